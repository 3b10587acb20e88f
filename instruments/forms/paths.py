"""Ways through an instrument: which share of respondents meets each question, and how long it takes.

Respondents are drawn: each answers every question that it meets, by chance among the answers that
the hard checks allow. That tells the shape of the form (a question for one in a hundred, a branch
that nobody reaches), not the shares that a population will show.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from statistics import quantiles

from instruments.check.domains import Clause, examples
from instruments.check.expressions import written
from instruments.check.findings import path
from instruments.check.view import View, view
from instruments.expression.evaluate import Compiled, Context, compile_expression, compile_test
from instruments.expression.parse import parse
from instruments.expression.tree import Reference, walk
from instruments.expression.values import Answer
from instruments.forms.chance import drawn_codes
from instruments.forms.rules import rules_of
from instruments.language import in_language
from instruments.model import Block, Instrument, Item

SECONDS_PER_WORD, SECONDS_PER_ANSWER = 0.3, 4.0
"""Rough: Vietnamese is spoken at 5.2 syllables a second (Pellegrino, Coupé & Marsico 2011, Language
87); interviewers read more slowly, and a listener needs a moment to choose."""

_SILENT = frozenset(("calculated", "hidden", "start", "end", "today", "metadata"))
_USUAL: Mapping[str, tuple[Answer, ...]] = {
    "integer": tuple(float(number) for number in range(0, 100, 7)),
    "decimal": (0.0, 0.5, 1.0, 10.0),
    "date": ("2000-01-01", "2026-01-01"),
}
_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """What the drawn respondents met."""

    respondents: int
    shares: Mapping[str, float]
    """Share that met each item or block, by id."""
    minutes: tuple[float, float, float]
    """Time that a tenth stays below, the median, and the time that a tenth exceeds."""


def simulate(instrument: Instrument, *, respondents: int, random: Random, now: datetime) -> Paths:
    """Send drawn respondents through the form; each roster is filled once."""
    walker = _Walker.of(instrument, random=random, now=now)
    met: dict[str, int] = {}
    times = []
    for _ in range(respondents):
        answers: dict[str, Answer] = {}
        seconds = 0.0
        for part in walker.walk(instrument.items, answers):
            met[part.id] = met.get(part.id, 0) + 1
            seconds += walker.seconds.get(part.id, 0.0)
        times.append(seconds / 60)
    tenths = quantiles(times, n=10, method="inclusive") if respondents > 1 else times * 9
    return Paths(
        respondents=respondents,
        shares={part.id: met.get(part.id, 0) / respondents for part in _parts(instrument.items)},
        minutes=(tenths[0], tenths[4], tenths[8]),
    )


def drawn_respondent(instrument: Instrument, *, random: Random, now: datetime) -> dict[str, Answer]:
    """The answers of one respondent drawn so, by id; of each roster one entry."""
    answers: dict[str, Answer] = {}
    walker = _Walker.of(instrument, random=random, now=now)
    for _ in walker.walk(instrument.items, answers):
        pass
    return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walker:
    instrument: Instrument
    random: Random
    now: datetime
    tests: Mapping[str, Compiled]
    computed: Mapping[str, Compiled]
    rules: Mapping[str, Sequence[Compiled]]
    filters: Mapping[str, Compiled]
    candidates: Mapping[str, tuple[Answer, ...]]
    seconds: Mapping[str, float]
    options: Mapping[str, Sequence[str]]
    drawn: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, instrument: Instrument, *, random: Random, now: datetime) -> "_Walker":
        """Prepare everything that does not depend on the respondent."""
        seen = view(instrument, where=path)
        parts, items = (
            list(_parts(instrument.items)),
            [placed.item for placed in instrument.placed()],
        )
        clauses = _by_item(_clauses(seen))
        return cls(
            instrument=instrument, random=random, now=now,
            tests={part.id: compile_test(parse(part.show_if)) for part in parts if part.show_if},
            computed={item.id: compile_expression(parse(item.calculation))
                      for item in items if item.calculation},
            rules={item.id: [compile_test(parse(rule.rule)) for rule in rules_of(item, instrument)]
                   for item in items},
            filters={item.id: compile_test(parse(item.choice_filter))
                     for item in items if item.choice_filter},
            candidates={item.id: _candidates(item, clauses.get(item.id, []), seen)
                        for item in items},
            seconds={item.id: _seconds(item, instrument) for item in items},
            options={item.id: [option.code for option in instrument.options_of(item)]
                     for item in items},
            drawn={item.id: drawn_codes(item, instrument) for item in items},
        )  # fmt: skip

    def walk(
        self, parts: tuple[Block | Item, ...], answers: dict[str, Answer]
    ) -> Iterator[Block | Item]:
        """The parts that a respondent meets, who answers them on the way."""
        context = Context(now=self.now, answers=answers, random=self.random.random)
        for part in parts:
            test = self.tests.get(part.id)
            if test is not None and not test(context):
                continue
            yield part
            if isinstance(part, Block):
                yield from self.walk(part.items, answers)
            else:
                answers[part.id] = self.answer(part, context)

    def answer(self, item: Item, context: Context) -> Answer:
        if item.id in self.computed:
            return self.computed[item.id](context)
        if self.drawn[item.id]:
            return self.random.choice(self.drawn[item.id])
        if not self.rules[item.id]:
            return self.guess(item, context)
        found: Answer = None
        for _ in range(_TRIES):
            found = self.guess(item, context)
            with_answer = Context(now=self.now, answers=context.answers, current=found)
            if found is None or all(rule(with_answer) for rule in self.rules[item.id]):
                break
        return found

    def guess(self, item: Item, context: Context) -> Answer:
        if item.type not in ("single", "multiple"):
            known = self.candidates[item.id]
            return self.random.choice(known) if known else None
        options = self.options[item.id]
        codes: Sequence[str] = options if item.id not in self.filters else [
            option.code for option in self.instrument.options_of(item)
            if self.is_offered(item, {"name": option.code, **option.filters}, context)
        ]  # fmt: skip
        if not codes:
            return None
        if item.type == "single":
            return self.random.choice(codes)
        return self.random.sample(codes, self.random.randint(1, min(3, len(codes))))

    def is_offered(self, item: Item, columns: Mapping[str, str], context: Context) -> bool:
        test = self.filters.get(item.id)
        if test is None:
            return True
        return bool(test(Context(now=self.now, answers=context.answers, columns=columns)))


def _candidates(item: Item, clauses: list[Clause], seen: View) -> tuple[Answer, ...]:
    """Answers that between them meet every condition, or where that cannot be told usual ones."""
    if item.type in _SILENT or item.type in ("note", "single", "multiple"):
        return ()
    found = [answer for answer in examples(item.id, clauses, seen) or () if answer != ""]
    return (*found, *_USUAL.get(item.type, ("một câu trả lời",)))


def _clauses(seen: View) -> Iterator[Clause]:
    for spot in seen.spots:
        for one in written(spot):
            yield parse(one.text).root, spot.part.id


def _by_item(clauses: Iterable[Clause]) -> dict[str, list[Clause]]:
    """The conditions that read an item, by its id: most conditions read few."""
    found: dict[str, list[Clause]] = {}
    for root, current in clauses:
        names = {node.id for node in walk(root) if isinstance(node, Reference)}
        for name in names | ({current} if current else set()):
            found.setdefault(name, []).append((root, current))
    return found


def _seconds(item: Item, instrument: Instrument) -> float:
    """Time to read a question with its options, and to answer it."""
    if item.type in _SILENT:
        return 0.0
    options = instrument.options_of(item)
    texts = [item.label, item.hint, *(option.label for option in options if len(options) <= 12)]
    words = sum(len(in_language(text, "vi").split()) for text in texts)
    return words * SECONDS_PER_WORD + (0.0 if item.type == "note" else SECONDS_PER_ANSWER)


def _parts(parts: tuple[Block | Item, ...]) -> Iterator[Block | Item]:
    for part in parts:
        yield part
        if isinstance(part, Block):
            yield from _parts(part.items)
