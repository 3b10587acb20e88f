"""What an XForm says otherwise than the form that it was made of, because clients would refuse it."""

from collections.abc import Iterator

from instruments.errors import DefinitionError, Problem
from instruments.expression.syntax import is_xpath
from instruments.forms.sheets import Cells
from instruments.forms.xform.body import is_seen
from instruments.forms.xform.choices import lets_empty_pass
from instruments.forms.xform.collect import (
    beyond_collect,
    changed_for_collect,
    tree_for_collect,
)
from instruments.forms.xform.entities import entities_of
from instruments.forms.xform.itext import needs_translation
from instruments.forms.xform.model import looks_computed, needs_label, plain_default
from instruments.forms.xform.tree import Part, Tree
from instruments.language import say
from instruments.model import Instrument
from instruments.xlsform.rows import truth


def mended(instrument: Instrument) -> Iterator[Problem]:
    """Every such place, by form path or by list and code."""
    form = tree_for_collect(instrument)
    if "flat" in form.settings:
        yield Problem(where="settings",
                      what=say("The setting 'flat' is not followed: the record keeps its groups."))  # fmt: skip
    if truth(form.settings.get("add_none_option", "")):
        yield Problem(where="settings",
                      what=say("The setting 'add_none_option' is not followed: no option is added."))  # fmt: skip
    for part in form.root.walk():
        yield from _of_part(part, form)
    yield from _entities(form)
    yield from (*changed_for_collect(instrument), *beyond_collect(instrument, form))
    for name, options in form.lists.items():
        yield from _of_list(name, options, form)


def _entities(form: Tree) -> Iterator[Problem]:
    """Entities that no client could place: the definition and the XLSForm carry them."""
    try:
        entities_of(form)
    except DefinitionError as error:
        yield from error.problems


def _of_part(part: Part, form: Tree) -> Iterator[Problem]:
    where = part.path.removeprefix(f"/{form.root.name}/")
    if part.kind == "group" and not is_seen(part, default=form.default_language):
        yield Problem(where=where,
                      what=say("The group has nothing to see; clients refuse such a group, so it is"
                               " part of the record alone."))  # fmt: skip
    default = part.cells.get("default", "")
    if (written := plain_default(part)) != default:
        yield Problem(where=where,
                      what=say("The default '{text}' is written as '{written}', which clients read.",
                               text=default, written=written))  # fmt: skip
    if lets_empty_pass(part):
        yield Problem(where=where,
                      what=say("Empty answers of the roster are not offered, whatever the filter"
                               " says: clients refuse an option without a code."))  # fmt: skip
    if part.kind == "question" and looks_computed(part) and not is_xpath(default):
        yield Problem(where=where,
                      what=say("The default '{text}' is no expression; it is taken as a text.",
                               text=default))  # fmt: skip


def _of_list(name: str, options: list[Cells], form: Tree) -> Iterator[Problem]:
    if needs_translation(options, default=form.default_language):
        return
    users = [part for part in form.root.walk() if part.chosen_from == name]
    for position, cells in enumerate(options):
        if not cells.get("label") and needs_label(position, users):
            yield Problem(where=f"choices/{name}/{cells['name']}",
                          what=say("The option has no label; its code is shown."))  # fmt: skip
