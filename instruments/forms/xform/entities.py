"""Entities: records of people or things that a form makes or changes on its server.

https://getodk.github.io/xforms-spec/entities, version 2024.1.0 for one list of the record as a whole,
2025.1.0 for several lists and for entries of rosters.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from instruments.forms.sheets import Cells
from instruments.forms.xform.entity_places import entity_places, scope
from instruments.forms.xform.references import References
from instruments.forms.xform.tree import Part, Tree
from instruments.forms.xform.xml import Element

NAMESPACE = {"xmlns:entities": "http://www.opendatakit.org/xforms/entities"}
_VERSIONS = {"baseVersion": "__version", "trunkVersion": "__trunkVersion", "branchId": "__branchId"}
_RULES = ("entity_id", "create_if", "update_if", "label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An entity and the part of the record that it is about."""

    dataset: str
    rules: Cells
    around: Part

    @property
    def id(self) -> str:
        """The rule by which an entity that exists is found; empty where one is made."""
        return self.rules["entity_id"]

    @property
    def creates(self) -> bool:
        """Whether it makes entities, and not only changes them."""
        return not self.id or bool(self.rules["create_if"])

    @property
    def path(self) -> str:
        """The path of its node."""
        return f"{self.around.path}/meta/entity"

    @property
    def source(self) -> Part:
        """The node from which its rules see the rest of the record."""
        meta = Part(kind="group", name="meta", parent=self.around)
        entity = Part(kind="group", name="entity", parent=meta)
        return Part(kind="question", name="label", parent=entity)


def has_entities(form: Tree) -> bool:
    """Whether the form makes or changes an entity."""
    return bool(form.further.get("entities"))


def entities_of(form: Tree) -> list[Entity]:
    """The entities of a form.

    Raises:
        DefinitionError: An entity has no one place in the record.
    """
    rows = dict(_row(cells) for cells in form.further.get("entities", ()))
    places = entity_places(form.root, {name: list(rules.values()) for name, rules in rows.items()})
    return [Entity(dataset=name, rules=rules, around=places[name]) for name, rules in rows.items()]


def entity_version(entities: list[Entity]) -> dict[str, str]:
    """The attribute of the model that says so."""
    if not entities:
        return {}
    is_plain = len(entities) == 1 and scope(entities[0].around).kind == "root"
    return {"entities:entities-version": "2024.1.0" if is_plain else "2025.1.0"}


def entity_nodes(entities: list[Entity], around: Part) -> Iterator[Element]:
    """The node in the description of a part of the record."""
    for entity in entities:
        if entity.around is around:
            attributes = {"dataset": entity.dataset, "id": ""}
            attributes |= {"create": "1"} if entity.creates else {}
            attributes |= {"update": "1", **dict.fromkeys(_VERSIONS, "")} if entity.id else {}
            inside = [Element("label")] if entity.rules["label"] else []
            yield Element("entity", attributes, inside)


def entity_binds(entities: list[Entity], references: References) -> Iterator[Element]:
    """How the nodes are filled."""
    for entity in entities:
        rules = entity.rules
        stored = f"instance('{entity.dataset}')/root/item[name={entity.id}]"
        written = {
            "@id": entity.id, "@create": rules["create_if"], "@update": rules["update_if"],
            "label": rules["label"],
            **({f"@{name}": f"{stored}/{field}" for name, field in _VERSIONS.items()}
               if entity.id else {}),
        }  # fmt: skip
        for name, rule in written.items():
            if rule or name == "@id":
                value = references.expression(rule, entity.source)
                yield Element("bind", {"nodeset": f"{entity.path}/{name}",
                                       **({"calculate": value} if value else {}),
                                       "readonly": "true()", "type": "string"})  # fmt: skip


def entity_actions(entities: list[Entity]) -> Iterator[Element]:
    """A new entity gets an id of its own when the form is opened."""
    yield from (_new_id(entity, "odk-instance-first-load") for entity in entities if not entity.id)


def new_entry_actions(entities: list[Entity], roster: Part) -> Iterator[Element]:
    """A new entity gets an id of its own when an entry is added to its roster."""
    for entity in entities:
        if not entity.id and scope(entity.around) is roster:
            yield _new_id(entity, "odk-new-repeat")


def _new_id(entity: Entity, event: str) -> Element:
    return Element("setvalue", {"event": event, "ref": f"{entity.path}/@id", "value": "uuid()"})


def _row(cells: Cells) -> tuple[str, Cells]:
    name = cells.get("dataset") or cells.get("list_name", "")
    return name, {rule: cells.get(rule, "") for rule in _RULES}
