"""A form from elsewhere as ODK Collect can run it, and what it cannot.

What clients in a browser alone run is said in other words where there are any, else left out where the
form still asks the same questions; the rest is refused.
"""

from collections.abc import Iterator

from instruments.check.circles import rules_by_content
from instruments.check.collect import RULES, rounded
from instruments.check.findings import Place, as_problems, path
from instruments.check.view import View, view
from instruments.errors import Problem
from instruments.expression.xpath import for_clients
from instruments.forms.sheets import to_sheets
from instruments.forms.xform.names import unreadable
from instruments.forms.xform.tree import Part, Tree, tree
from instruments.language import say
from instruments.model import Instrument


def tree_for_collect(instrument: Instrument) -> Tree:
    """The parts of the form, without the rules that Collect cannot follow."""
    form, seen = tree(to_sheets(instrument)), view(instrument, where=path)
    parts = {part.path: part for part in form.root.walk()}
    for way, rule in rules_by_content(seen):
        parts[way].cells.pop(rule.name, None)
    for spot, rule, _ in rounded(seen):
        cells = parts[_way(form.root, seen, spot.at)].cells
        cells[rule.name] = for_clients(cells[rule.name])
    return form


def changed_for_collect(instrument: Instrument) -> Iterator[Problem]:
    """What `tree_for_collect` says otherwise than the form, by form path."""
    seen = view(instrument, where=path)
    for way, rule in rules_by_content(seen):
        yield Problem(where=way.partition("/")[2].partition("/")[2],
                      what=say("The condition '{rule}' reads answers inside the group that it shows:"
                               " ODK Collect cannot wait for them, so that it is left out.",
                               rule=rule.text))  # fmt: skip
    for spot, _, name in rounded(seen):
        yield Problem(where=_named(seen, spot.at),
                      what=say("'{name}' is said by 'int', to the same value: ODK Collect does not"
                               " know it.", name=name))  # fmt: skip


def beyond_collect(instrument: Instrument, form: Tree) -> list[Problem]:
    """What no form for Collect can hold, by form path."""
    seen = view(instrument, where=path)
    found = [finding for rule in RULES for finding in rule(seen)]
    return [*unreadable(form), *as_problems(found, where=lambda at: _named(seen, at))]


def _named(seen: View, at: Place) -> str:
    """The form path of the part at or around a place."""
    spot = next(one for one in seen.spots[::-1] if at[: len(one.at)] == one.at)
    return "/".join([*(block.id for block in spot.blocks), spot.part.id])


def _way(root: Part, seen: View, at: Place) -> str:
    return f"{root.path}/{_named(seen, at)}"
