"""Where entities stand in a record: with what is saved to them, one in each group or roster at most.

https://getodk.github.io/xforms-spec/entities, version 2025.1.0: an entity is described in the ``meta``
of the group, roster entry or record that it is about, and what is saved to it lies within.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from instruments.errors import DefinitionError, refusal
from instruments.expression.xpath import mentioned
from instruments.forms.xform.tree import Part
from instruments.language import say


class Use(NamedTuple):
    """A part that saves to an entity, or whose answer the entity shows or is told by."""

    around: Part
    """The group, roster or record that holds the part."""
    saves: bool


def entity_places(root: Part, entities: Mapping[str, Sequence[str]]) -> dict[str, Part]:
    """The part in whose description each entity stands, by its list; `entities` gives its rules.

    Raises:
        DefinitionError: An entity takes from several rosters, or there is no place left for it.
    """
    uses = {dataset: list(_uses(dataset, rules, root, is_only=len(entities) == 1))
            for dataset, rules in entities.items()}  # fmt: skip
    wished = {dataset: _wished(dataset, found) or root for dataset, found in uses.items()}
    if len(wished) == 1 and scope(next(iter(wished.values()))) is root:
        return dict.fromkeys(wished, root)
    taken: set[Part] = set()
    return {
        dataset: _settled(dataset, part, uses[dataset], taken) for dataset, part in wished.items()
    }


def scope(part: Part) -> Part:
    """The innermost roster at or around a part, or the record."""
    return next(one for one in (part, *part.above()) if one.kind in ("repeat", "root"))


def _uses(dataset: str, rules: Sequence[str], root: Part, *, is_only: bool) -> Iterator[Use]:
    shown = {name for rule in rules for name in mentioned(rule)}
    for part in root.walk():
        if part.parent is None:
            continue
        saved = part.cells.get("save_to", "").rpartition("#")
        if saved[2] and (saved[0] == dataset or (is_only and not saved[0])):
            yield Use(part.parent, saves=True)
        if part.name in shown:
            yield Use(part.parent, saves=False)


def _wished(dataset: str, uses: Sequence[Use]) -> Part | None:
    """The innermost part that holds all that is saved, else the innermost of what is shown."""
    if not uses:
        return None
    innermost = max((scope(use.around) for use in uses), key=_depth)
    around = (innermost, *innermost.above())
    saving = [use.around for use in uses if use.saves]
    if any(scope(use.around) not in around for use in uses) or any(
        scope(part) is not innermost for part in saving
    ):
        raise _refused(dataset)
    if saving:
        return max(_shared(saving), key=_depth)
    return max((use.around for use in uses if scope(use.around) is innermost), key=_depth)


def _settled(dataset: str, wished: Part, uses: Sequence[Use], taken: set[Part]) -> Part:
    """The wished part or the first free one around it within the roster; what lies between is taken."""
    saving = [use.around for use in uses if use.saves]
    ways = [part for part in (wished, *wished.above()) if scope(part) is scope(wished)]
    free = next((part for part in ways if part not in taken), None)
    if free is None or (free is not wished and any(part in taken for part in saving)):
        raise _refused(dataset)
    taken.add(free)
    for part in saving:
        taken.update(one for one in (part, *part.above()) if free in (one, *one.above()))
    return free


def _shared(parts: Sequence[Part]) -> set[Part]:
    return set.intersection(*({part, *part.above()} for part in parts))


def _depth(part: Part) -> int:
    return len(list(part.above()))


def _refused(dataset: str) -> DefinitionError:
    return refusal("entities", say("There is no one place for the entity '{dataset}': it saves from"
                                   " several rosters, or from a group that another entity has.",
                                   dataset=dataset),
                   say("Put all that belongs to an entity into a group of its own."))  # fmt: skip
