"""Entities: records of people or things that a form makes or changes on its server.

https://getodk.github.io/xforms-spec/entities, version 2024.1.0: one list, of the record as a whole.
"""

from collections.abc import Iterator
from typing import NamedTuple

from instruments.errors import refusal
from instruments.forms.sheets import Cells
from instruments.forms.xform.references import References
from instruments.forms.xform.tree import Part, Tree
from instruments.forms.xform.xml import Element
from instruments.language import say

NAMESPACE = {"xmlns:entities": "http://www.opendatakit.org/xforms/entities"}
_VERSIONS = {"baseVersion": "__version", "trunkVersion": "__trunkVersion", "branchId": "__branchId"}


class _Entity(NamedTuple):
    dataset: str
    id: str
    create_if: str
    update_if: str
    label: str

    @property
    def creates(self) -> bool:
        return not self.id or bool(self.create_if)


def has_entities(form: Tree) -> bool:
    """Whether the form makes or changes an entity."""
    return bool(form.further.get("entities"))


def entity_version(form: Tree) -> dict[str, str]:
    """The attribute of the model that says so."""
    return {"entities:entities-version": "2024.1.0"} if has_entities(form) else {}


def entity_nodes(form: Tree) -> Iterator[Element]:
    """The node in the record's description."""
    for entity in entities_of(form):
        attributes = {"dataset": entity.dataset, "id": ""}
        attributes |= {"create": "1"} if entity.creates else {}
        if entity.id:
            attributes |= {"update": "1", **dict.fromkeys(_VERSIONS, "")}
        inside = [Element("label")] if entity.label else []
        yield Element("entity", attributes, inside)


def entity_binds(form: Tree, references: References) -> Iterator[Element]:
    """How the node is filled."""
    for entity in entities_of(form):
        stored = f"instance('{entity.dataset}')/root/item[name={entity.id}]"
        rules = {
            "@id": entity.id, "@create": entity.create_if, "@update": entity.update_if,
            "label": entity.label,
            **({f"@{name}": f"{stored}/{field}" for name, field in _VERSIONS.items()}
               if entity.id else {}),
        }  # fmt: skip
        for name, rule in rules.items():
            if rule or name == "@id":
                value = references.expression(rule, form.meta)
                yield Element("bind", {"nodeset": f"{form.meta.path}/entity/{name}",
                                       **({"calculate": value} if value else {}),
                                       "readonly": "true()", "type": "string"})  # fmt: skip


def entity_actions(form: Tree) -> Iterator[Element]:
    """A new entity gets an id of its own when the form is opened."""
    for entity in entities_of(form):
        if not entity.id:
            yield Element("setvalue", {"event": "odk-instance-first-load",
                                       "ref": f"{form.meta.path}/entity/@id", "value": "uuid()"})  # fmt: skip


def entities_of(form: Tree) -> list[_Entity]:
    """The entities of a form.

    Raises:
        DefinitionError: There are several lists, or one of a roster.
    """
    rows = form.further.get("entities", ())
    in_roster = [part for part in form.root.walk() if "save_to" in part.cells and _in_roster(part)]
    if len(rows) > 1 or in_roster:
        where = in_roster[0].path if in_roster else "entities"
        raise refusal(where, say("Only one list of entities, of the record as a whole, can be written"
                                 " into an XForm."),
                      say("Export the form as an XLSForm, which holds it unchanged."))  # fmt: skip
    return [_entity(row) for row in rows]


def _entity(row: Cells) -> _Entity:
    cells = {heading.strip().lower().replace(" ", "_"): text for heading, text in row.items()}
    return _Entity(
        cells.get("dataset") or cells.get("list_name", ""),
        *(cells.get(name, "") for name in ("entity_id", "create_if", "update_if", "label")),
    )


def _in_roster(part: Part) -> bool:
    return any(above.kind == "repeat" for above in part.above())
