"""Questions that can never be shown and checks that no answer can pass."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from instruments.check.domains import examples
from instruments.check.findings import Finding, Place
from instruments.check.possible import Condition, Solver
from instruments.check.view import Spot, View
from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.expression.tree import references
from instruments.language import say
from instruments.model import Item

_NEAR = 8
"""Items whose own conditions are looked at; what lies further away is taken as free."""


def unreachable(seen: View) -> Iterator[Finding]:
    """Conditions that no answers to the other questions fulfil, and checks that refuse all."""
    reach = _Reach(seen=seen)
    yield from _never_shown(reach)
    yield from _never_passed(reach)


def _never_shown(reach: "_Reach") -> Iterator[Finding]:
    hopeless: list[Place] = []
    for spot in reach.seen.spots:
        if spot.part.show_if is None or any(spot.at[: len(at)] == at for at in hopeless):
            continue
        if reach.is_impossible(_shown(spot)):
            hopeless.append(spot.at)
            alone = reach.is_impossible(_own(spot), around=False)
            yield Finding((*spot.at, "show_if"), say("'{id}' can never be shown.", id=spot.part.id),
                          _CONTRADICTS_ITSELF if alone else _CONTRADICTS_OTHERS)  # fmt: skip


def _never_passed(reach: "_Reach") -> Iterator[Finding]:
    for spot in reach.seen.spots:
        item = spot.part
        if isinstance(item, Item) and item.checks and not reach.is_impossible(_shown(spot)):
            yield from _hopeless_checks(item, spot, reach)


def _hopeless_checks(item: Item, spot: Spot, reach: "_Reach") -> Iterator[Finding]:
    rules = [_condition(check.rule, item.id) for check in item.checks]
    bad = [at for at, rule in enumerate(rules) if reach.refuses_all(item, spot, rule)]
    for at in bad:
        yield Finding((*spot.at, "checks", at, "rule"), say("No answer can pass this check."),
                      say("Compare it with the options, the type and the other conditions."))  # fmt: skip
    hard = [one for check, rule in zip(item.checks, rules, strict=True) if check.hard
            for one in rule]  # fmt: skip
    if not bad and len(item.checks) > 1 and reach.refuses_all(item, spot, hard):
        yield Finding((*spot.at, "checks"), say("No answer can pass these checks together."),
                      say("Compare them with each other."))  # fmt: skip


_CONTRADICTS_ITSELF = say("No answer fulfils its condition; compare it with the options and types.")
_CONTRADICTS_OTHERS = say("Its condition contradicts those of the questions that it depends on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    seen: View
    solver: Solver = field(default_factory=Solver)
    known: dict[tuple[str | Condition | None, ...], bool] = field(default_factory=dict)

    def refuses_all(self, item: Item, spot: Spot, rules: list[Condition]) -> bool:
        """Whether no answer to a question that is asked passes the rules."""
        return self.is_impossible([*rules, *_shown(spot)], answered=item.id)

    def is_impossible(
        self, conditions: list[Condition], *, around: bool = True, answered: str | None = None
    ) -> bool:
        """Whether they cannot hold, given also the conditions of the items around them."""
        if not conditions:
            return False
        names = _names(conditions, answered)
        every = [*conditions, *(self.around(names, but=answered) if around else ())]
        key = (answered, *every)
        if key not in self.known:
            self.known[key] = self.decide(every, names, answered)
        return self.known[key]

    def decide(self, conditions: list[Condition], names: list[str], answered: str | None) -> bool:
        found = {
            name: examples(name, [one.clause for one in conditions if name in one.reads], self.seen)
            for name in names
        }
        answers = {
            name: [one for one in some if name != answered or one != ""]
            for name, some in found.items()
            if some is not None
        }
        return self.solver.is_impossible(conditions, answers)

    def around(self, names: list[str], *, but: str | None) -> list[Condition]:
        """What must hold where an item is answered: it was shown, and it passed its checks."""
        found: list[Condition] = []
        for name in names:  # grows while it is walked through
            spot = self.seen.items.get(name)
            if spot is None or not isinstance(spot.part, Item) or name == but:
                continue
            rules = [*_shown(spot), *(rule for check in spot.part.checks if check.hard
                                      for rule in _condition(check.rule, name))]  # fmt: skip
            found += [replace(one, unless_empty=name) for one in rules]
            more = [other for other in _names(rules, None) if other not in names]
            names += more[: max(0, _NEAR - len(names))]
        return found


def _shown(spot: Spot) -> list[Condition]:
    """The conditions under which a part is shown: those of the blocks around it and its own."""
    around = [block.show_if for block in spot.blocks if block.show_if is not None]
    return [*(one for rule in around for one in _condition(rule, None)), *_own(spot)]


def _own(spot: Spot) -> list[Condition]:
    return [] if spot.part.show_if is None else _condition(spot.part.show_if, None)


def _condition(rule: str, current: str | None) -> list[Condition]:
    """A rule as a condition; none where it cannot be read, which is told elsewhere."""
    try:
        parsed = parse(rule)
    except DefinitionError:
        return []
    reads = references(parsed) | ({current} if current is not None else set())
    return [Condition(clause=(parsed.root, current), reads=reads)]


def _names(conditions: list[Condition], answered: str | None) -> list[str]:
    """Items that conditions read, the answered one first."""
    first = [] if answered is None else [answered]
    return list(
        dict.fromkeys([*first, *(name for one in conditions for name in sorted(one.reads))])
    )
