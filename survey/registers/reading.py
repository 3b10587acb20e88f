"""Reading filled registers: every problem of every sheet at once, persons made pseudonyms."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.plan import Plan
from survey.cells import Cells
from survey.errors import ImportRejected
from survey.registers.layout import SHEETS, VIOLATIONS
from survey.registers.model import Completion, Post, Return, Unit, Violations
from survey.registers.pseudonyms import pseudonym
from survey.sheets.reading import Filled, faults, read_sheets

_KIND = next(one for one in VIOLATIONS.fields if one.id == "kind")


def read_return(paths: Sequence[Path], *, plan: Plan, key: bytes) -> Return:
    """Read workbooks or CSV files of registers for the administrative targets of `plan`.

    Raises:
        ImportRejected: every sheet, row or cell that cannot be used.
    """
    filled = read_sheets(paths, SHEETS)
    shares = [one.id for one in plan.targets if one.measure == "administrative_share"]
    rates = [one.id for one in plan.targets if one.measure == "administrative_rate"]
    units = [(row, _unit(row, plan, shares)) for row in _rows(filled, "units")]
    posts = [(row, _post(row, shares, key)) for row in _rows(filled, "posts")]
    completions = [_completion(row, key) for row in _rows(filled, "completions")]
    violations = [(row, _violations(row, plan, rates)) for row in _rows(filled, "violations")]
    problems = [*faults(filled), *_repeated(units), *_strangers(posts, units), *_again(violations),
                *_mixed(violations)]  # fmt: skip
    if problems:
        raise ImportRejected(problems)
    return Return(units=tuple(one for _, one in units), posts=tuple(one for _, one in posts),
                  completions=tuple(completions),
                  violations=tuple(one for _, one in violations))  # fmt: skip


def _rows(filled: Sequence[Filled], sheet: str) -> list[Cells]:
    return [row for one in filled if one.layout.id == sheet for row in one.rows]


def _unit(row: Cells, plan: Plan, targets: Collection[str]) -> Unit:
    reported = row.when("reported_on") if row["reported_on"] else None
    as_of = row.when("as_of")
    if not any(phase.begins <= as_of <= phase.ends for phase in plan.phases):
        row.note("as_of", say("this day lies in no phase of the plan."))
    if reported is not None and reported < as_of:
        row.note("reported_on", say("the report is dated before the day that it describes."))
    return Unit(target=row.known("target", targets), unit=row.text("unit"),
                force=_force(row, plan), as_of=as_of,
                due_on=row.when("due_on") if row["due_on"] else None, reported_on=reported,
                in_post=row.whole("in_post") if row["in_post"] and reported is None else None,
                source=row.text("source"))  # fmt: skip


def _post(row: Cells, targets: Collection[str], key: bytes) -> Post:
    since = row.when("since")
    until = row.when("until") if row["until"] else None
    if until is not None and until < since:
        row.note("until", say("the last day lies before the first."))
    return Post(target=row.known("target", targets), unit=row.text("unit"),
                person=pseudonym(row.text("person"), key=key), role=row["role"], since=since,
                until=until)  # fmt: skip


def _completion(row: Cells, key: bytes) -> Completion:
    contents = tuple(dict.fromkeys(
        part for one in row.text("contents").replace(",", ";").split(";") if (part := one.strip())
    ))  # fmt: skip
    return Completion(person=pseudonym(row.text("person"), key=key), course=row.text("course"),
                      contents=contents, completed_on=row.when("completed_on"))  # fmt: skip


def _violations(row: Cells, plan: Plan, targets: Collection[str]) -> Violations:
    rates = bool(row["event_rate"] or row["person_rate"])
    if rates and (row["events"] or row["persons"] or row["strength"]):
        row.note("event_rate", say("the row gives counts and rates."),
                 say("Give events, persons and strength, or rates alone."))  # fmt: skip
    kind = _KIND.code(row["kind"])
    if kind is None:
        row.note("kind", say("'{value}' is not known here.", value=row["kind"]),
                 did_you_mean(row["kind"], _KIND.choice_words()))  # fmt: skip
    return Violations(
        target=row.known("target", targets), unit=row.text("unit"), force=_force(row, plan),
        year=row.whole("year"), kind=kind or "law",
        events=None if rates else row.whole("events"),
        persons=None if rates else row.whole("persons"),
        event_rate=_rate(row, "event_rate") if rates else None,
        person_rate=_rate(row, "person_rate") if rates else None,
        strength=_strength(row, rates=rates), source=row.text("source"),
    )  # fmt: skip


def _rate(row: Cells, column: str) -> float:
    return 0.0 if row[column] in ("0", "0.0", "0,0") else row.positive(column)


def _strength(row: Cells, *, rates: bool) -> float:
    """A unit that is alone with its rate needs no weight."""
    if not rates:
        return row.positive("strength")
    return row.positive("weight") if row["weight"] else 1.0


def _force(row: Cells, plan: Plan) -> str:
    names = {text: one.id for one in plan.forces for text in (one.id, *one.label.values())}
    if not names or not row["force"]:
        return row["force"]
    return names.get(row.known("force", names), "")


def _repeated(units: Sequence[tuple[Cells, Unit]]) -> Iterator[Problem]:
    first: dict[tuple[object, ...], Cells] = {}
    for row, one in units:
        before = first.setdefault((one.target, one.unit, one.as_of), row)
        if before is not row:
            yield _stands_again(row, one.unit, before)


def _again(violations: Sequence[tuple[Cells, Violations]]) -> Iterator[Problem]:
    first: dict[tuple[object, ...], Cells] = {}
    for row, one in violations:
        before = first.setdefault((one.target, one.unit, one.force, one.year, one.kind), row)
        if before is not row:
            yield _stands_again(row, one.unit, before)


def _stands_again(row: Cells, unit: str, before: Cells) -> Problem:
    return Problem(
        where=f"{row.file}, line {row.line}", hint=say("Keep one of the two rows."),
        what=say("unit '{unit}' stands here again for the same target and time; it is already in "
                 "line {line}.", unit=unit, line=before.line),
    )  # fmt: skip


def _strangers(
    posts: Sequence[tuple[Cells, Post]], units: Sequence[tuple[Cells, Unit]]
) -> Iterator[Problem]:
    """Posts in units that the sheet of units does not list, or that have not reported."""
    reported = {(one.target, one.unit) for _, one in units if one.reported_on is not None}
    for row, one in posts:
        if (one.target, one.unit) not in reported:
            yield Problem(
                where=f"{row.file}, line {row.line}, column '{row.headings.get('unit', 'unit')}'",
                what=say("unit '{unit}' has not reported on {target}, but persons of it are listed.",
                         unit=one.unit, target=one.target),
                hint=say("Add the unit with its date of report to the sheet of units."),
            )  # fmt: skip


def _mixed(violations: Sequence[tuple[Cells, Violations]]) -> Iterator[Problem]:
    """Counts of some units and rates of others in one year cannot be pooled."""
    first: dict[tuple[str, int], bool] = {}
    for row, one in violations:
        counted = one.events is not None
        if first.setdefault((one.target, one.year), counted) != counted:
            yield Problem(
                where=f"{row.file}, line {row.line}",
                what=say("some units of {year} give counts, others rates.", year=str(one.year)),
                hint=say("Give rates and relative strength of all units of a year, or counts of "
                         "all."),
            )  # fmt: skip
