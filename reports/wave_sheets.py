"""Waves as a sheet: every wave of every series, and the change to this one."""

from collections.abc import Iterator

from analysis.result import Trend
from instruments.language import Message, say
from reports.edition import Edition
from reports.sheet import ESTIMATE, Form, Sheet, Value, estimate_cells, made_sheet
from reports.waves import trend_name

_COLUMNS: tuple[tuple[Message, Form], ...] = (
    (say("Target"), "text"), (say("Series"), "text"), (say("Wave"), "text"), (say("As of"), "day"),
    *ESTIMATE, (say("Change to this wave"), "share"), (say("Standard error of the change"), "share"),
    (say("Lower limit of the change"), "share"), (say("Upper limit of the change"), "share"),
    (say("Standard error of linking"), "share"), (say("Linking items"), "count"),
    (say("Share above the earlier cut"), "share"), (say("Change with every item as a link"), "share"),
    (say("Why not comparable"), "text"), (say("Remarks"), "text"),
)  # fmt: skip


def wave_sheets(edition: Edition) -> tuple[Sheet, ...]:
    """One sheet of all series."""
    rows = [row for one in edition.analysis.trends for row in _rows(edition, one)]
    return (made_sheet(edition, say("Waves"), _COLUMNS, rows),)


def _rows(edition: Edition, trend: Trend) -> Iterator[tuple[Value, ...]]:
    changes = {one.day: one for one in trend.changes}
    for point in trend.points:
        change = changes.get(point.day)
        reasons = () if change is None else change.breaks
        numbers: tuple[Value, ...] = (None,) * 8
        if change is not None:
            numbers = (change.difference, change.se, *change.ci, change.linking_se,
                       change.anchors, change.at_cut, change.with_all)  # fmt: skip
        yield (
            trend.target, trend_name(edition, trend), edition.read(point.label), point.day,
            *estimate_cells(point.estimate), *numbers,
            "; ".join(map(edition.tell, reasons)) or None,
            "; ".join(map(edition.tell, () if change is None else change.notes)) or None,
        )  # fmt: skip
