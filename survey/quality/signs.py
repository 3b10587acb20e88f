"""Signs on single interviews that need all of them to be seen: pace, overlap, hours, likeness."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from instruments.language import Message, say
from survey.quality.durations import ENOUGH_DURATIONS, SPEED
from survey.quality.figures import percent
from survey.quality.flags import grids, straight_lines
from survey.quality.interviews import Interviews
from survey.quality.matches import Matches

SLOWEST_LINE = 0.5
"""An interview of more than half the median time is never called too fast."""
SPREADS = 3.0
_MAD = 1.4826
_EVENING, _MORNING = 22, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A reason to look at one interview; never a reason to drop it by itself."""

    record: str
    interviewer: str
    rule: str
    value: str
    message: Message


def signs(interviews: Interviews, found: Matches | None) -> list[Sign]:
    """Every sign, record by record within its rule."""
    return [*too_fast(interviews), *overlapping(interviews), *at_night(interviews),
            *one_line(interviews), *(() if found is None else alike(interviews, found))]  # fmt: skip


def too_fast(interviews: Interviews) -> Iterator[Sign]:
    """Interviews below the line of their version.

    The line lies three robust standard deviations of log time below the median, but not below
    0.3 of it and not above half of it.
    """
    seconds = interviews.seconds
    seconds = seconds[seconds > 0]
    for _, group in seconds.groupby(interviews.versions.reindex(seconds.index)):
        if len(group) < ENOUGH_DURATIONS:
            continue
        logs = np.log(group.to_numpy())
        middle = float(np.median(logs))
        spread = _MAD * float(np.median(np.abs(logs - middle)))
        line = float(np.exp(middle)) * min(max(np.exp(-SPREADS * spread), SPEED), SLOWEST_LINE)
        for record, lasted in group[group < line].items():
            yield _sign(interviews, record, "qc_speeder", f"{lasted:.0f}",
                        say("The interview took {seconds} s; half of them took {median} s or more.",
                            seconds=round(lasted), median=round(float(np.exp(middle)))))  # fmt: skip


def overlapping(interviews: Interviews) -> Iterator[Sign]:
    """Interviews that end before they begin, or begin before the interviewer's last one ended."""
    seconds = interviews.seconds
    for record in seconds.index[seconds < 0]:
        yield _sign(interviews, record, "qc_clock", f"{seconds[record]:.0f}",
                    say("The interview ended before it began."))  # fmt: skip
    named = interviews.interviewers[(interviews.interviewers != "") & (seconds >= 0)]
    for _, records in named.groupby(named):
        starts = interviews.starts[records.index].sort_values()
        ends = interviews.ends[starts.index]
        latest = ends.cummax().shift()
        for record in starts.index[starts < latest]:
            yield _sign(interviews, record, "qc_overlap", f"{starts[record]:%Y-%m-%d %H:%M}",
                        say("It began before an earlier interview of the same interviewer "
                            "ended."))  # fmt: skip


def at_night(interviews: Interviews) -> Iterator[Sign]:
    """Interviews that an interviewer began between ten at night and six in the morning."""
    hour = interviews.starts.dt.hour
    night = ((hour >= _EVENING) | (hour < _MORNING)) & (interviews.interviewers != "")
    for record in interviews.frame.index[night]:
        yield _sign(interviews, record, "qc_night", f"{interviews.starts[record]:%H:%M}",
                    say("It began at night."))  # fmt: skip


def one_line(interviews: Interviews) -> Iterator[Sign]:
    """Grids answered alike throughout, at another point than the middle."""
    for grid in grids(interviews.form):
        if not set(grid.items) <= set(interviews.frame):
            continue
        table = interviews.frame[list(grid.items)]
        first = table.iloc[:, 0]
        same = table.eq(first, axis=0).all(axis=1) & first.notna()
        for record, code in first[same].items():
            for note in straight_lines((grid,), dict.fromkeys(grid.items, str(code))):
                yield _sign(interviews, record, note.rule, grid.path, note.message)


def alike(interviews: Interviews, found: Matches) -> Iterator[Sign]:
    """Interviews more like another one than chance made any."""
    index = interviews.frame.index
    for at in found.beyond:
        other = str(index[found.other[at]])
        share = float(found.share[at])
        yield _sign(interviews, index[at], "qc_near_duplicate", f"{share:.3f}",
                    say("{percent}% of its answers are those of {other}; by chance the most alike "
                        "share {line}%.", percent=percent(share), other=other,
                        line=percent(found.line)))  # fmt: skip


def _sign(interviews: Interviews, record: object, rule: str, value: str, message: Message) -> Sign:
    name = str(record)
    return Sign(record=name, interviewer=str(interviews.interviewers[name]), rule=rule,
                value=value, message=message)  # fmt: skip
