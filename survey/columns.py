"""Accepted records as flat tables: one of the form's own level, one of each roster.

Columns are form paths in the order of the newest version, those that only older versions have
behind them. Cells are canonical texts, or None where there is no answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from instruments.model import Instrument
from survey.answers import Answers, Record
from survey.form import Level, prepare

Cells = dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Paths of one table: the form's own level where `roster` is empty, else a roster's."""

    roster: str
    paths: tuple[str, ...]
    coded: frozenset[str]
    """Paths whose answers are codes of options."""

    @property
    def stem(self) -> str:
        """The roster's path as part of a file name."""
        return self.roster.replace("/", "__")


def layouts(instruments: Sequence[Instrument]) -> tuple[Layout, ...]:
    """The tables of a study, that of the form's own level first."""
    found: dict[str, dict[str, bool]] = {"": {}}
    for instrument in reversed(instruments):
        _gather(prepare(instrument).level, "", found)
    return tuple(
        Layout(roster=roster, paths=tuple(paths),
               coded=frozenset(path for path, coded in paths.items() if coded))
        for roster, paths in found.items()
    )  # fmt: skip


def cells_of(record: Record, layout: Layout) -> Iterator[Cells]:
    """The record's lines in a table: one at the form's own level, one per instance of a roster."""
    for answers in _instances(record.answers, layout.roster):
        values = (answers.get(path) for path in layout.paths)
        yield {path: value if isinstance(value, str) else None
               for path, value in zip(layout.paths, values, strict=True)}  # fmt: skip


def _gather(level: Level, roster: str, found: dict[str, dict[str, bool]]) -> None:
    own = found.setdefault(roster, {})
    for field in level.fields:
        if field.item.contact:
            continue
        own.setdefault(field.path, field.coded)
    for inner in level.rosters:
        _gather(inner.level, inner.path, found)


def _instances(answers: Answers, roster: str) -> Iterable[Answers]:
    """Every instance of a roster at whatever depth, in order."""
    if not roster:
        yield answers
        return
    for path, value in answers.items():
        if not isinstance(value, str) and (path == roster or roster.startswith(f"{path}/")):
            for instance in value:
                yield from _instances(instance, "" if path == roster else roster)
