"""Sizes for every combination that is asked, as a document and as a table to read."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from math import isinf
from typing import Any

from analysis.sample_assumptions import Assumptions
from analysis.sample_size import Interval, Size, size_for_interval, size_for_target
from analysis.text_table import text_table
from instruments.language import Language, say

Json = dict[str, Any]
ABOVE = (0.03, 0.05, 0.08)
POWERS = (0.8, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Shares with half-widths, and targets with distances of the truth and powers.

    Without `above` the truth is taken at the usual distances above the target that stay below 1.
    """

    shares: tuple[float, ...] = ()
    half_widths: tuple[float, ...] = ()
    interval: Interval = "mean"
    targets: tuple[float, ...] = ()
    above: tuple[float, ...] = ()
    powers: tuple[float, ...] = POWERS
    level: float = 0.95


def sizes(wanted: Wanted, given: Assumptions) -> Json:
    """Every size that is wanted, doubles in full; an infinite figure is the text ``inf``."""
    return {
        "assumptions": _plain(asdict(given) | {"deff": given.design_effect}),
        "intervals": list(_intervals(wanted, given)),
        "targets": list(_targets(wanted, given)),
    }


def as_text(document: Json, language: Language) -> str:
    """The sizes as one or two tables."""
    tables = [
        _table(document[name], (*own, *_FOUND), language)
        for name, own in (("intervals", _ASKED_WIDTH), ("targets", _ASKED_TARGET))
        if document[name]
    ]
    return "\n\n".join(tables)


_ASKED_WIDTH = ("share", "half_width")
_ASKED_TARGET = ("target", "truth", "power")
_FOUND = ("interviews", "psus", "approached", "deff", "df", "n_eff", "reached")
_HEADINGS = {
    "share": say("share"),
    "half_width": say("half-width"),
    "target": say("target"),
    "truth": say("truth"),
    "power": say("power"),
    "interviews": say("interviews"),
    "psus": say("PSUs"),
    "approached": say("to approach"),
    "deff": say("deff"),
    "df": say("df"),
    "n_eff": say("n_eff"),
    "reached": say("reached"),
}


def _table(rows: Sequence[Json], columns: Sequence[str], language: Language) -> str:
    headings = [_HEADINGS[column].text(language) for column in columns]
    return text_table(headings, [[row[column] for column in columns] for row in rows])


def _intervals(wanted: Wanted, given: Assumptions) -> Iterator[Json]:
    for share, half_width in product(wanted.shares, wanted.half_widths):
        size = size_for_interval(share, half_width=half_width, level=wanted.level,
                                 interval=wanted.interval, given=given)  # fmt: skip
        yield _row(size, share=share, half_width=half_width, level=wanted.level)


def _targets(wanted: Wanted, given: Assumptions) -> Iterator[Json]:
    for target, power in product(wanted.targets, wanted.powers):
        for above in wanted.above or [one for one in ABOVE if target + one < 1]:
            truth = round(target + above, 12)
            size = size_for_target(
                target, truth=truth, power=power, level=wanted.level, given=given
            )
            yield _row(size, target=target, truth=truth, power=power, level=wanted.level)


def _row(size: Size, **asked: float) -> Json:
    return _plain({**asked, **asdict(size)})


def _plain(values: Json) -> Json:
    return {
        name: "inf" if isinstance(value, float) and isinf(value) else value
        for name, value in values.items()
    }
