"""What a form does with given answers: which parts are asked, what is computed, what is wrong.

The same checker as for imports says what is wrong; here the way through the form is told as well.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.expression.values import Answer, Value, to_text, to_value
from instruments.model import Block, Item
from survey.answers import Answers
from survey.findings import Fault, Note
from survey.form import Field, Form, Level, Roster
from survey.validation import Checker, by_instance, typed

MOST_EXACT = 2**53
"""From here on a number may differ from the whole number that it is written as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The state of a form that holds given answers.

    `calculated` has one value for each item, for items of a roster one for each entry.
    """

    relevant: Mapping[str, bool]
    """By id of an item or block; inside a roster, whether any of its entries asks it."""
    calculated: Mapping[str, Value | tuple[Value | None, ...] | None]
    faults: Sequence[Fault]
    notes: Sequence[Note]
    answers: Answers
    """Canonical answers to what was asked."""
    day: datetime
    """When the interview was, which decides the keys that hold."""


def evaluate(form: Form, answers: Answers, *, now: datetime) -> Evaluation:
    """Let a form take answers given by form path at the time `now`."""
    carried = frozenset(_given(form.level, answers))
    checker = Checker.of(form, carried=carried)
    checked = checker.check(answers, now=now)
    walk = _Walk(form=form, now=now)
    walk.start(answers)
    asked = {path: value for path, value in checked.answers.items()
             if path not in checked.not_relevant}  # fmt: skip
    return Evaluation(relevant=walk.relevant, calculated=walk.calculated, faults=checked.faults,
                      notes=checked.notes, answers=asked,
                      day=checker.interview_time(answers, default=now))  # fmt: skip


def _given(level: Level, answers: Answers) -> Iterator[str]:
    """Paths that have a place among the answers: all that people fill, and what is given."""
    for one in level.fields:
        if one.calculation is None or one.path in answers:
            yield one.path
    for roster in level.rosters:
        entries = answers.get(roster.path, ())
        for entry in ({},) if isinstance(entries, str) or not entries else entries:
            yield from _given(roster.level, entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The form, or one entry of a roster, on the way through it."""

    level: Level
    answers: Answers
    context: Context
    values: dict[str, Answer]
    is_entry: bool

    def field(self, path: str) -> Field | None:
        """The field of an item; None where it takes no answer."""
        return next((one for one in self.level.fields if one.path == path), None)

    def roster(self, path: str) -> tuple[Roster, Sequence[Answers]]:
        """A roster with its entries."""
        found = next(one for one in self.level.rosters if one.path == path)
        entries = self.answers.get(path, ())
        return found, () if isinstance(entries, str) else entries


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """The way through a form, in form order."""

    form: Form
    now: datetime
    relevant: dict[str, bool] = field(default_factory=dict)
    calculated: dict[str, Value | tuple[Value | None, ...] | None] = field(default_factory=dict)

    def start(self, answers: Answers) -> dict[str, Answer]:
        """Go through the whole form; the values that stand at its end."""
        values = _read(self.form.level, answers)
        at = self.place(self.form.level, answers, values, position=1, is_entry=False)
        self.parts(self.form.instrument.items, at, above="", shown=True)
        return values

    def place(
        self, level: Level, answers: Answers, values: dict[str, Answer],
        *, position: int, is_entry: bool,
    ) -> _Place:  # fmt: skip
        context = Context(now=self.now, answers=values, rosters=by_instance(level, answers),
                          position=position, choice_label=self.label)  # fmt: skip
        return _Place(level=level, answers=answers, context=context, values=values,
                      is_entry=is_entry)  # fmt: skip

    def parts(self, parts: Sequence[Block | Item], at: _Place, *, above: str, shown: bool) -> None:
        for part in parts:
            path, asked = f"{above}{part.id}", shown and _holds(part, at.context)
            self.relevant[part.id] = asked or self.relevant.get(part.id, False)
            if isinstance(part, Item):
                self.item(part, at, path=path, asked=asked)
            elif part.repeat:
                self.entries(part, at, path=path, asked=asked)
            else:
                self.parts(part.items, at, above=f"{path}/", shown=asked)

    def item(self, item: Item, at: _Place, *, path: str, asked: bool) -> None:
        found = at.field(path)
        if not asked:
            at.values.pop(item.id, None)
        elif found is not None and found.calculation is not None and path not in at.answers:
            chance = found.calculation.random
            at.values[item.id] = None if chance else found.calculation.compute(at.context)
        if item.calculation is not None:
            self.keep(item.id, shown_value(at.values.get(item.id)), at)

    def keep(self, name: str, value: Value | None, at: _Place) -> None:
        earlier = self.calculated.get(name, ())
        entries = (*earlier, value) if isinstance(earlier, tuple) else (value,)
        self.calculated[name] = entries if at.is_entry else value

    def entries(self, block: Block, at: _Place, *, path: str, asked: bool) -> None:
        roster, entries = at.roster(path)
        for number, entry in enumerate(entries if asked else (), start=1):
            values = at.values | _read(roster.level, entry)
            here = self.place(roster.level, entry, values, position=number, is_entry=True)
            self.parts(block.items, here, above=f"{path}/", shown=True)
        if not (asked and entries):
            self.unseen(block.items, asked=asked)

    def unseen(self, parts: Sequence[Block | Item], *, asked: bool) -> None:
        """Parts of a roster without entries: those that every entry would ask."""
        for part in parts:
            here = asked and part.show_if is None
            self.relevant.setdefault(part.id, here)
            if isinstance(part, Block):
                self.unseen(part.items, asked=here)
            elif part.calculation is not None:
                self.calculated.setdefault(part.id, ())

    def label(self, name: str, code: str) -> str:
        """The words of a code in the form's first language."""
        instrument = self.form.instrument
        language = instrument.default_language or instrument.languages[0]
        items = (placed.item for placed in instrument.placed() if placed.item.id == name)
        labels = {one.code: one.label for item in items for one in instrument.options_of(item)}
        return labels.get(code, {}).get(language) or code


def shown_value(answer: Answer) -> Value | None:
    """A value as JSON has it: dates by ISO 8601, whole numbers without a fraction, no NaN."""
    if answer is None or isinstance(answer, bool | str):
        return answer or (answer if answer is False else None)
    value = to_value(answer)
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < MOST_EXACT
        return (int(value) if whole else value) if math.isfinite(value) else None
    return to_text(value)


def _read(level: Level, answers: Answers) -> dict[str, Answer]:
    found = {one.id: typed(one, answers.get(one.path, "")) for one in level.fields}
    return {name: value for name, value in found.items() if value is not None}


def _holds(part: Block | Item, context: Context) -> bool:
    return part.show_if is None or compile_test(parse(part.show_if))(context)
