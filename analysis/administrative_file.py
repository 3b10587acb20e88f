"""The file of administrative counts, read strictly: every problem at once, with its line.

One row is one unit on one target. Rows of a share give ``phase, as_of, denominator, reported_on``
(empty where the unit has not reported) and a numerator for each way in which the plan counts:
``numerator_phase_all`` always, others, such as ``numerator_year_all``, where they are known. Rows of
a yearly rate give ``year, kind, events, persons, average_strength``. Both give ``target, unit,
source`` and may give ``force``, by its id or label in the plan; a share may give ``due_on``, the day
by which a report was due.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from analysis.administrative import KINDS, Administrative, UnitShare, UnitYear
from analysis.errors import refuse
from analysis.readings import DEFAULT_COUNTS
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.plan import Plan
from survey.cells import Cells, read_cells

_NUMERATOR = "numerator_"
_WITHIN = (("phase_all", "phase_any"), ("year_all", "phase_all"), ("phase_all", "ever_all"))
"""Numerators of which the second counts whoever the first counts."""
_COLUMNS = {
    "administrative_share": (
        "target", "unit", "source", "phase", "as_of", "denominator", "reported_on",
        _NUMERATOR + DEFAULT_COUNTS,
    ),
    "administrative_rate": (
        "target", "unit", "source", "year", "kind", "events", "persons", "average_strength",
    ),
}  # fmt: skip

_Row = TypeVar("_Row", UnitShare, UnitYear)


def read_administrative(path: Path, *, plan: Plan) -> Administrative:
    """Read a CSV or Excel file of counts for the administrative targets of `plan`.

    Raises:
        ImportRejected: the file is no table.
        AnalysisError: every column, row or cell that cannot be used.
    """
    headings, rows = read_cells(path)
    measures = {one.id: one.measure for one in plan.targets if one.measure in _COLUMNS}
    named = [measures[row["target"]] for row in rows if row["target"] in measures]
    refuse(_heading_problems(path.name, headings, named))
    for row in rows:
        row.known("target", measures)
    good = [row for row in rows if not row.problems]
    shares = [(row, _share(row, plan)) for row in good if "_share" in measures[row["target"]]]
    years = [(row, _year(row, plan)) for row in good if "_rate" in measures[row["target"]]]
    refuse(problem for row in rows for problem in row.problems)
    refuse([*_repeated(shares), *_repeated(years), *_unequal(years)])
    return Administrative(
        shares=tuple(share for _, share in shares),
        years=tuple(year for _, year in years),
        forces={one.id: one.label for one in plan.forces},
    )


def _heading_problems(
    file: str, headings: Collection[str], measures: Iterable[str]
) -> Iterator[Problem]:
    needed = dict.fromkeys(name for one in measures for name in _COLUMNS[one])
    for name in needed or ("target", "unit", "source"):
        if name not in headings:
            yield Problem(
                where=file,
                what=say("there is no column '{column}'.", column=name),
                hint=did_you_mean(name, headings),
            )


def _share(row: Cells, plan: Plan) -> UnitShare:
    reported = row.day("reported_on") if row["reported_on"] else None
    read = UnitShare(
        target=row["target"],
        phase=row.known("phase", [phase.id for phase in plan.phases]),
        as_of=row.day("as_of"),
        unit=row.text("unit"),
        force=_force(row, plan),
        numerators=_numerators(row) if reported else {},
        denominator=row.whole("denominator") if reported or row["denominator"] else None,
        reported_on=reported,
        due_on=row.day("due_on") if row["due_on"] else None,
        source=row.text("source"),
    )
    _check_sizes(row, read)
    return read


def _numerators(row: Cells) -> dict[str, int]:
    """The plan's default must be there; others where the unit gives them."""
    names = [name for name in row.texts if name.startswith(_NUMERATOR)]
    given = [name for name in names if row[name] or name == _NUMERATOR + DEFAULT_COUNTS]
    return {name.removeprefix(_NUMERATOR): row.whole(name) for name in given}


def _check_sizes(row: Cells, read: UnitShare) -> None:
    whole = read.denominator
    for name, value in read.numerators.items():
        if whole is not None and value > whole:
            what = say("{value} of {whole} persons is more than all.", value=value, whole=whole)
            hint = say("Count each person once (persons, not attendances), or correct the "
                       "number in post.")  # fmt: skip
            row.note(_NUMERATOR + name, what, hint)
    for name, wider in _WITHIN:
        part = read.numerators.get(name, 0)
        if part > read.numerators.get(wider, part):
            what = say("{part} persons are more than the {whole} of column '{wider}'.", part=part,
                       whole=read.numerators[wider], wider=_NUMERATOR + wider)  # fmt: skip
            row.note(_NUMERATOR + name, what, say("Who is counted here is counted there as well."))


def _force(row: Cells, plan: Plan) -> str:
    """The force's id, where the plan lists its forces; else what the file calls it."""
    names = {text: one.id for one in plan.forces for text in (one.id, *one.label.values())}
    if not names or not row["force"]:
        return row["force"]
    return names.get(row.known("force", names), "")


def _year(row: Cells, plan: Plan) -> UnitYear:
    return UnitYear(
        target=row["target"],
        unit=row.text("unit"),
        force=_force(row, plan),
        year=row.whole("year"),
        kind=row.known("kind", KINDS),
        events=row.whole("events"),
        persons=row.whole("persons"),
        strength=row.positive("average_strength"),
        source=row.text("source"),
    )


def _identity(row: UnitShare | UnitYear) -> tuple[object, ...]:
    if isinstance(row, UnitShare):
        return row.target, row.phase, row.as_of, row.unit, row.force
    return row.target, row.year, row.kind, row.unit, row.force


def _repeated(rows: Iterable[tuple[Cells, _Row]]) -> Iterator[Problem]:
    first: dict[tuple[object, ...], int] = {}
    for cells, row in rows:
        line = first.setdefault(_identity(row), cells.line)
        if line != cells.line:
            what = say("unit '{unit}' stands here again for the same target and time; it is already "
                       "in line {line}.", unit=row.unit, line=line)  # fmt: skip
            yield Problem(where=f"{cells.file}, line {cells.line}", what=what,
                          hint=say("Keep one of the two rows."))  # fmt: skip


def _unequal(rows: Iterable[tuple[Cells, UnitYear]]) -> Iterator[Problem]:
    """Law and discipline of one unit and year are per the same average strength."""
    first: dict[tuple[object, ...], tuple[int, float]] = {}
    for cells, row in rows:
        line, strength = first.setdefault(
            (row.target, row.year, row.unit, row.force), (cells.line, row.strength)
        )
        if strength != row.strength:
            what = say("the average strength {value} differs from {other} in line {line}, of the "
                       "same unit and year.",
                       value=f"{row.strength:g}", other=f"{strength:g}", line=line)  # fmt: skip
            yield Problem(where=f"{cells.file}, line {cells.line}, column 'average_strength'",
                          what=what, hint=say("Correct one of them."))  # fmt: skip
