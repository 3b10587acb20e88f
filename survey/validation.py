"""A response against the version of the instrument that it was collected with.

Relevance is decided in form order: what was skipped reads as unanswered further down, as in ODK
Collect. Where a condition reads something that the source does not carry and that cannot be
computed, the question is taken as asked and its absence is no fault. Calculated values that the
source carries are taken as given.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Self

from instruments.expression.evaluate import Context
from instruments.expression.values import Answer
from instruments.language import Message, nfc, say
from survey.answers import Answers
from survey.choices import Choices
from survey.findings import Fault, Note
from survey.form import NOBODY, Field, Form, Level, Roster, Test
from survey.readings import HANOI, Reading, Unfit
from survey.repairs import propose


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A response after checking; it is acceptable when there is no fault."""

    answers: Answers
    not_relevant: tuple[str, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """A form and what a source carries of it."""

    form: Form
    carried: frozenset[str]
    """Paths that the source has a place for, answered or not."""
    unknown: frozenset[str]
    """Ids of items that the source does not carry and that cannot be computed from others."""
    dated: tuple[Field, ...]
    shared: Mapping[str, Choices] = field(default_factory=dict)
    """Options of questions that the source answers by label, where several have the same one."""

    @classmethod
    def of(
        cls, form: Form, *, carried: frozenset[str] | None = None,
        labelled: frozenset[str] = frozenset(),
    ) -> Self:  # fmt: skip
        """Prepare; `carried` is every field where it is not given.

        Questions at `labelled` are answered by label: one of several options is told by which of
        them was offered.
        """
        fields = list(form.level.all_fields())
        places = frozenset(one.path for one in fields) if carried is None else carried
        unknown = _unknown(fields, places) | _never_kept(form)
        shared = {one.path: choices for one in fields
                  if one.path in labelled and one.choice_test is not None
                  and (choices := Choices.of(one)).shared}  # fmt: skip
        return cls(form=form, carried=places, unknown=unknown, dated=_dated(form), shared=shared)

    def check(self, response: Answers, *, now: datetime) -> Checked:
        """Check one response; `now` stands for its time where it tells none itself."""
        found = _Findings()
        visit = _Visit(checker=self, now=self.interview_time(response, default=now), found=found)
        answers = visit.level(self.form.level, response, {}, place="", base="")
        answers |= visit.foreign(response)
        return Checked(answers=answers, not_relevant=tuple(found.not_relevant),
                       faults=tuple(found.faults), notes=tuple(found.notes))  # fmt: skip

    def interview_time(self, response: Answers, *, default: datetime) -> datetime:
        """When the response was given: its interview date, else its own clock, else `default`."""
        for one in self.dated:
            value = typed(one, response.get(one.path, ""))
            if isinstance(value, datetime):
                return value
            if isinstance(value, date):
                return datetime.combine(value, time(23, 59), HANOI)
        return default

    def computes(self, one: Field) -> bool:
        """Whether a calculated item is to be computed here, the source not carrying it."""
        return one.path not in self.carried and one.id not in self.unknown

    def decidable(self, test: Test) -> bool:
        """Whether all that a condition reads is known."""
        return not (test.needs & self.unknown)


def _never_kept(form: Form) -> frozenset[str]:
    """Ids that no source carries: metadata of the device, and what lies beyond the language."""
    items = (placed.item for placed in form.instrument.placed())
    return frozenset({NOBODY, *(item.id for item in items if item.type == "metadata")})


def _dated(form: Form) -> tuple[Field, ...]:
    """Fields that tell when the response was given, the surest first."""
    named = form.instrument.interview_date
    fields = form.level.fields
    return (
        *(one for one in fields if one.path == named),
        *(one for kind in ("today", "end", "start") for one in fields if one.item.type == kind),
    )


def typed(one: Field, text: object) -> Answer:
    """The value of an answer's text; None where it does not fit."""
    reading = one.read(text) if isinstance(text, str) else None
    return reading.value if isinstance(reading, Reading) else None


def _unknown(fields: Sequence[Field], carried: frozenset[str]) -> frozenset[str]:
    unknown: set[str] = set()
    for one in fields:
        if one.path in carried:
            continue
        how = one.calculation
        if how is None or how.random or how.needs & unknown:
            unknown.add(one.id)
    return frozenset(unknown)


@dataclass(slots=True)
class _Findings:
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    not_relevant: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """One response being checked, level by level."""

    checker: Checker
    now: datetime
    found: _Findings

    def level(
        self, level: Level, response: Answers, outer: Mapping[str, Answer], *, place: str,
        base: str, position: int = 1,
    ) -> dict[str, str | Sequence[Answers]]:  # fmt: skip
        """Check one level; its canonical answers, those not relevant included."""
        values: dict[str, Answer] = dict(outer)
        context = Context(now=self.now, answers=values, rosters=by_instance(level, response),
                          position=position)  # fmt: skip
        answers, unfit = self._read(level, response, values)
        self._tell_apart(level, answers, unfit, values, context)
        hidden = self._skip(level, answers, values, context, place=place, base=base)
        for one in level.fields:
            if one.path not in hidden and (one.demanding or one.path in unfit):
                self._judge(one, answers.get(one.path, ""), unfit.get(one.path), context,
                            place=place + one.path[len(base) :])  # fmt: skip
        kept: dict[str, str | Sequence[Answers]] = dict(answers)
        for roster in level.rosters:
            instances = self._roster(roster, response, context, place=place, base=base)
            if instances:
                kept[roster.path] = instances
        return kept

    def foreign(self, response: Answers) -> dict[str, str]:
        """Answers to questions that this version does not have, kept but set aside."""
        kept = {path: nfc(text) for path, text in response.items()
                if path not in self.checker.form.places and isinstance(text, str) and text}  # fmt: skip
        for path, text in kept.items():
            self._set_aside(path, text)
        return kept

    def _read(
        self, level: Level, response: Answers, values: dict[str, Answer]
    ) -> tuple[dict[str, str], dict[str, Unfit]]:
        answers: dict[str, str] = {}
        unfit: dict[str, Unfit] = {}
        for one in level.fields:
            text = response.get(one.path, "")
            if not text or not isinstance(text, str):
                continue
            reading = one.read(text)
            if isinstance(reading, Unfit):
                unfit[one.path] = reading
                answers[one.path] = nfc(text)
            elif reading.text:
                answers[one.path] = reading.text
                values[one.id] = reading.value
        return answers, unfit

    def _tell_apart(
        self, level: Level, answers: dict[str, str], unfit: dict[str, Unfit],
        values: dict[str, Answer], context: Context,
    ) -> None:  # fmt: skip
        """Of several options with the label that is written, take the only one that was offered."""
        for one in level.fields:
            choices = self.checker.shared.get(one.path) if one.path in unfit else None
            test = one.choice_test
            if choices is None or test is None or not self.checker.decidable(test):
                continue
            offered = [code for code in choices.of_shared(answers[one.path])
                       if test.holds(_of_choice(one, code, context))]  # fmt: skip
            if len(offered) == 1:
                del unfit[one.path]
                answers[one.path] = offered[0]
                values[one.id] = offered[0]

    def _skip(
        self, level: Level, answers: Mapping[str, str], values: dict[str, Answer],
        context: Context, *, place: str, base: str,
    ) -> set[str]:  # fmt: skip
        """Paths not to be asked, in form order; their values leave the context."""
        hidden: set[str] = set()
        for one in level.fields:
            if one.tests and not self._relevant(one.tests, context):
                hidden.add(one.path)
                values.pop(one.id, None)
                if one.path in answers and one.item.type != "calculated":
                    self._set_aside(place + one.path[len(base) :], answers[one.path])
            elif one.calculation is not None and self.checker.computes(one):
                values[one.id] = one.calculation.compute(context)
        return hidden

    def _relevant(self, tests: tuple[Test, ...], context: Context) -> bool:
        return all(test.holds(context) for test in tests if self.checker.decidable(test))

    def _set_aside(self, place: str, value: str) -> None:
        self.found.not_relevant.append(place)
        message = say("This question was not to be asked; the answer is kept, but not analysed.")
        self.found.notes.append(Note(rule="not_relevant", path=place, value=value, message=message))

    def _judge(
        self, one: Field, text: str, unfit: Unfit | None, context: Context, *, place: str
    ) -> None:
        if unfit is not None:
            self._fault(one, place, text, unfit, context)
        elif text:
            for reason in _broken(one, context, self.checker):
                if isinstance(reason, Unfit):
                    self._fault(one, place, text, reason, context)
                else:
                    self.found.notes.append(Note(rule="soft_check", path=place, value=text,
                                                 message=reason))  # fmt: skip
        elif self._wanted(one):
            reason = Unfit("required_missing", say("The question must be answered."))
            self._fault(one, place, "", reason, context)

    def _wanted(self, one: Field) -> bool:
        return (
            one.item.required
            and one.path in self.checker.carried
            and one.item.type != "calculated"
            and all(self.checker.decidable(test) for test in one.tests)
        )

    def _fault(self, one: Field, place: str, text: str, reason: Unfit, context: Context) -> None:
        def fits(candidate: str) -> bool:
            reading = one.read(candidate)
            if isinstance(reading, Unfit):
                return False
            trial = {**context.answers, one.id: reading.value}
            again = Context(now=context.now, answers=trial, rosters=context.rosters)
            return not any(isinstance(why, Unfit) for why in _broken(one, again, self.checker))

        proposal = propose(one, text, fits=fits) if text else None
        self.found.faults.append(Fault(path=place, value=text, rule=reason.rule,
                                       message=reason.message, proposal=proposal))  # fmt: skip

    def _roster(
        self, roster: Roster, response: Answers, context: Context, *, place: str, base: str
    ) -> list[Answers]:  # fmt: skip
        given = _instances(roster, response)
        where = place + roster.path[len(base) :]
        if given and roster.tests and not self._relevant(roster.tests, context):
            self._set_aside(where, str(len(given)))
            silent = _Visit(checker=self.checker, now=self.now, found=_Findings())
            return silent._each(roster, given, context, where=where)
        return self._each(roster, given, context, where=where)

    def _each(
        self, roster: Roster, given: Sequence[Answers], context: Context, *, where: str
    ) -> list[Answers]:
        return [
            self.level(roster.level, instance, context.answers, place=f"{where}[{number}]",
                       base=roster.path, position=number)
            for number, instance in enumerate(given, start=1)
        ]  # fmt: skip


def _broken(one: Field, context: Context, checker: Checker) -> Iterator[Unfit | Message]:
    """Rules that an answer breaks: a fault each, or for a soft rule its message alone."""
    if one.choice_test is not None and checker.decidable(one.choice_test):
        value = str(context.answers.get(one.id) or "")
        for code in value.split() if one.item.type == "multiple" else filter(None, [value]):
            if not one.choice_test.holds(_of_choice(one, code, context)):
                yield Unfit("choice_filter", say("'{value}' is not offered after the answers "
                                                 "given before.", value=code))  # fmt: skip
    if one.rules:
        here = replace(context, current=context.answers.get(one.id))
        for rule in one.rules:
            if checker.decidable(rule.test) and not rule.test.holds(here):
                yield Unfit("constraint", rule.message) if rule.hard else rule.message


def _of_choice(one: Field, code: str, context: Context) -> Context:
    option = one.options.get(code)
    filters = {} if option is None else option.filters
    return replace(context, columns={**filters, "name": code})


def _instances(roster: Roster, response: Answers) -> Sequence[Answers]:
    given = response.get(roster.path, ())
    return () if isinstance(given, str) else given


def by_instance(level: Level, response: Answers) -> dict[str, Sequence[Answer]]:
    """For expressions over rosters: the values of each inner item, one per instance."""
    found: dict[str, Sequence[Answer]] = {}
    for roster in level.rosters:
        given = _instances(roster, response)
        found[roster.id] = [float(number) for number in range(1, len(given) + 1)]
        for one in roster.level.fields:
            found[one.id] = [typed(one, instance.get(one.path, "")) for instance in given]
    return found
