"""Signs of careless or invented interviews in accepted responses; advice, never exclusion.

Each rule is one that can be told in a sentence to the interviewer whom it concerns.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from instruments.language import say
from survey.answers import Answers, short_hash
from survey.findings import Note
from survey.form import Field, Form
from survey.readings import Reading

ENOUGH_ANSWERS = 8
"""Fewer substantive answers than these are alike too easily by chance."""
_CIRCUMSTANCES = frozenset(
    {"start", "end", "today", "datetime", "time", "calculated", "hidden", "geopoint", "file"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Items of one block that are answered on the same scale."""

    path: str
    items: tuple[str, ...]
    scale: tuple[str, ...]
    """Codes from end to end, without don't-know and refusal."""

    @property
    def middle(self) -> str | None:
        """The neutral answer, which a scale of odd length has."""
        half, odd = divmod(len(self.scale), 2)
        return self.scale[half] if odd else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The fields in which a device notes when an interview began and ended."""

    start: Field
    end: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long an interview took by the respondent's device."""

    row: int
    version: str
    seconds: float
    path: str


def grids(form: Form) -> tuple[Grid, ...]:
    """Blocks of a respondent with at least three items on one scale of at least three points.

    The words of the scale must be the same: items of knowledge share letters, not answers, and the
    levels of a rubric are an assessor's.
    """
    groups: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    rated = _marked_by_an_assessor(form)
    for field in form.level.fields:
        block, _, _ = field.path.rpartition("/")
        if block and field.item.type == "single" and field.path not in rated:
            groups.setdefault((block, _scale(field), _words(field)), []).append(field.path)
    return tuple(
        Grid(path=block, items=tuple(items), scale=scale)
        for (block, scale, _), items in groups.items()
        if len(items) >= 3 and len(scale) >= 3
    )


def straight_lines(scales: Iterable[Grid], answers: Answers) -> list[Note]:
    """Grids answered alike throughout, at another point than the middle of the scale.

    All-neutral is an opinion that people have; all-agree, with items worded both ways, is not.
    """
    return [
        Note(rule="qc_straightline", path=grid.path, value=code,
             message=say("Every item of this block has the same answer, '{code}'.", code=code))
        for grid in scales
        if len(given := {answers.get(path, "") for path in grid.items}) == 1
        and isinstance(code := given.pop(), str)
        and code in grid.scale and code != grid.middle
    ]  # fmt: skip


def clocks(form: Form) -> Clocks | None:
    """The form's own start and end, where it has both."""
    found = {field.item.type: field for field in form.level.fields}
    if "start" not in found or "end" not in found:
        return None
    return Clocks(start=found["start"], end=found["end"])


def timing(on: Clocks | None, answers: Answers, *, row: int, version: str) -> Timing | None:
    """The time between start and end, where both are told."""
    if on is None:
        return None
    start, end = _moment(on.start, answers), _moment(on.end, answers)
    if start is None or end is None:
        return None
    return Timing(row=row, version=version, seconds=(end - start).total_seconds(),
                  path=on.end.path)  # fmt: skip


def _moment(field: Field, answers: Answers) -> datetime | None:
    text = answers.get(field.path)
    reading = field.read(text) if isinstance(text, str) else None
    value = reading.value if isinstance(reading, Reading) else None
    return value if isinstance(value, datetime) else None


def likeness(substantive: frozenset[str], answers: Answers) -> str | None:
    """A hash of what the respondent said, without times, places and calculations."""
    said = {path: value for path, value in answers.items() if path in substantive}
    return short_hash(said) if len(said) >= ENOUGH_ANSWERS else None


def substantive_paths(form: Form) -> frozenset[str]:
    """Fields and rosters that hold what a respondent said."""
    said = [one.path for one in form.level.fields if one.item.type not in _CIRCUMSTANCES]
    return frozenset([*said, *(roster.path for roster in form.level.rosters)])


def near_duplicate(reference: str, *, every_cell: bool = False) -> Note:
    """The note on a response that says what another one says."""
    message = (
        say("Every cell is the same as in {reference}; both are kept.", reference=reference)
        if every_cell
        else say("All answers are the same as those of {reference}.", reference=reference)
    )
    return Note(rule=f"near_duplicate_of:{reference}", message=message)


def _scale(field: Field) -> tuple[str, ...]:
    options: Mapping[str, object] = field.options
    return tuple(code for code in options if field.options[code].missing is None)


def _words(field: Field) -> tuple[str, ...]:
    return tuple(str(sorted(field.options[code].label.items())) for code in _scale(field))


def _marked_by_an_assessor(form: Form) -> frozenset[str]:
    return frozenset(placed.path for placed in form.instrument.placed() if placed.assessor)
