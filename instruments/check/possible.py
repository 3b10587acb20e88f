"""Whether conditions can hold together: a sound search over examples of answers.

Conditions are taken apart at `and`, `or` and `not`. Each remaining part is computed by the same
evaluator that runs in the field once its items have example answers; a part that depends on
anything else (today's date, chance, an item without examples) may hold or not. "Impossible" is
therefore always true; where too little is known or too much would have to be tried, the answer is
that it may be possible.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from instruments.check.domains import Clause
from instruments.expression.evaluate import Context, compile_test
from instruments.expression.tree import (
    Call,
    Column,
    Current,
    Expression,
    Node,
    Operation,
    Parent,
    Reference,
    walk,
)
from instruments.expression.values import Answer

_MOST_STEPS, _MOST_IN_ALL, _MOST_ITEMS = 1000, 40_000, 16
_DEPENDS = frozenset({"today", "now", "random", "uuid", "once", "position", "jr:choice-name"})
"""Functions of more than the answers."""
_GATHERS = frozenset({
    "sum", "count", "count-non-empty", "min", "max", "join", "concat", "indexed-repeat",
})  # fmt: skip
"""Functions that may read many answers to the same item."""
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Never read: conditions that ask for the time are not computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition that must hold, if `unless_empty` names an item only where that is answered."""

    clause: Clause
    reads: frozenset[str] = field(compare=False)
    """Items whose answers it needs, the one with the answer ``.`` among them."""
    unless_empty: str | None = None


@dataclass(frozen=True, slots=True)
class Solver:
    """Decides conditions of one instrument, with so many steps in all."""

    _parts: dict[tuple[Node, str | None], "_Part"] = field(default_factory=dict)
    _steps: Iterator[int] = field(default_factory=lambda: iter(range(_MOST_IN_ALL)))

    def is_impossible(
        self, conditions: Sequence[Condition], answers: Mapping[str, Sequence[Answer]]
    ) -> bool:
        """Whether no combination of the example answers can make all conditions hold."""
        search = _Search(examples=answers, solver=self, steps=islice(self._steps, _MOST_STEPS))
        return not search.may_hold(conditions, list(answers)[:_MOST_ITEMS], {})

    def part(self, node: Node, current: str | None) -> "_Part":
        """A condition without `and`, `or` and `not`, made ready once."""
        key = (node, current)
        if key not in self._parts:
            self._parts[key] = _part(node, current)
        return self._parts[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    test: Callable[[Context], bool]
    needs: frozenset[str]
    current: str | None
    is_computable: bool

    def value(self, answers: Mapping[str, Answer]) -> bool | None:
        if not self.is_computable or not self.needs <= answers.keys():
            return None
        current = answers[self.current] if self.current in self.needs else None
        return self.test(Context(now=_NO_TIME, answers=answers, current=current))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    examples: Mapping[str, Sequence[Answer]]
    solver: Solver
    steps: Iterator[int]

    def may_hold(
        self, conditions: Sequence[Condition], left: list[str], answers: dict[str, Answer]
    ) -> bool:
        """Try the examples of one item after the other; give up on what is already false."""
        if next(self.steps, None) is None:
            return True
        open_ones = []
        for condition in conditions:
            held = self.holds(condition, answers)
            if held is False:
                return False
            if held is None:
                open_ones.append(condition)
        if not left or not open_ones:
            return True
        name, *others = left
        return any(
            self.may_hold(open_ones, others, {**answers, name: answer})
            for answer in self.examples[name]
        )

    def holds(self, condition: Condition, answers: Mapping[str, Answer]) -> bool | None:
        """Whether a condition holds; None where the answers so far do not decide."""
        node, current = condition.clause
        if condition.unless_empty is None:
            return self.truth(node, current, answers)
        if answers.get(condition.unless_empty) == "":
            return True
        held = self.truth(node, current, answers)
        return held if held or condition.unless_empty in answers else None

    def truth(self, node: Node, current: str | None, answers: Mapping[str, Answer]) -> bool | None:
        match node:
            case Operation(first=first, rest=(("and" | "or" as word, _), *_)):
                terms = (first, *(operand for _, operand in node.rest))
                return self.joined(terms, current, answers, decides=word == "or")
            case Call(name="not", arguments=(inner,)):
                held = self.truth(inner, current, answers)
                return None if held is None else not held
        return self.solver.part(node, current).value(answers)

    def joined(
        self, terms: Sequence[Node], current: str | None, answers: Mapping[str, Answer], *,
        decides: bool,
    ) -> bool | None:  # fmt: skip
        """`or` is decided by one that holds, `and` by one that does not; else all must be known."""
        values = [self.truth(term, current, answers) for term in terms]
        if decides in values:
            return decides
        return None if None in values else not decides


def _part(node: Node, current: str | None) -> _Part:
    inside = list(walk(node))
    needs = {one.id for one in inside if isinstance(one, Reference)}
    if any(isinstance(one, Current) for one in inside) and current is not None:
        needs.add(current)
    depends = any(_depends(one) for one in inside)
    test = compile_test(Expression(text="", root=node))
    return _Part(test=test, needs=frozenset(needs), current=current, is_computable=not depends)


def _depends(node: Node) -> bool:
    """Whether a node reads anything but one answer to each item."""
    if not isinstance(node, Call):
        return isinstance(node, Column | Parent)
    gathers = node.name in _GATHERS and any(isinstance(one, Reference) for one in node.arguments)
    return gathers or node.name in _DEPENDS
