"""The model of an XForm: the record to be filled, further instances, binds and actions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from instruments.errors import refusal
from instruments.expression.syntax import is_xpath
from instruments.faults import did_you_mean
from instruments.forms.sheets import Cells
from instruments.forms.xform.entities import (
    Entity,
    entities_of,
    entity_actions,
    entity_binds,
    entity_nodes,
    entity_version,
)
from instruments.forms.xform.itext import MESSAGES, Translations, needs_translation
from instruments.forms.xform.kinds import KINDS, Kind
from instruments.forms.xform.references import LAST_SAVED, References, shows_answers
from instruments.forms.xform.tree import Part, Tree, address, parameters, words
from instruments.forms.xform.xml import Element
from instruments.language import say
from instruments.xlsform.columns import MEDIA

_BINDS = {
    "required": "required",
    "relevant": "relevant",
    "constraint": "constraint",
    "calculation": "calculate",
    "read_only": "readonly",
}
_TRUTH = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE"), "true()"),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE"), "false()"),
}
_PARAMETERS = {
    "max-pixels": "orx:max-pixels",
    "quality": "odk:quality",
    **{name: f"odk:{name}" for name in (
        "allow-mock-accuracy", "track-changes", "track-changes-reasons", "identify-user",
        "location-priority", "location-min-interval", "location-max-age")},
}  # fmt: skip
_NAME = re.compile(r"[^\W\d][\w.-]*")
_PULLDATA = re.compile(r"pulldata\s*\(\s*['\"]([^'\"]+)['\"]")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.\d+)?")
_DAYS = ("date", "datetime", "geopoint", "geotrace", "geoshape")
_TOKEN = re.compile(
    r"(?P<literal>-?\d{4}-\d{2}-\d{2}(?:T[\d:.Z+-]*)?|\d{2}:\d{2}:\d{2}[\d.]*|-?\d+\.\d*|-?\.\d+|-?\d+"
    r"|'[^']*'|\"[^\"]*\")"
    r"|(?P<operator>[*+|-]| mod | div )"
    r"|(?P<call>\$\{|[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?\()"
    r"|[^\W\d][\w.-]*"
    r"|."
)


def kind_of(part: Part) -> Kind:
    """What the question is in an XForm."""
    if part.type not in KINDS:
        raise refusal(part.path, say("There is no type '{type}'.", type=part.type),
                      did_you_mean(part.type, KINDS))  # fmt: skip
    return KINDS[part.type]


def model(form: Tree, references: References, translations: Translations) -> Element:
    """The whole model."""
    parts: list[Element] = [*_submission(form.settings)]
    if translations.sayings:
        parts.append(translations.element())
    entities = entities_of(form)
    parts.append(Element("instance", {}, [_record(form, references, entities)]))
    parts += _instances(form)
    binds = [bind for part in form.parts() for bind in _bind(part, form, references)]
    binds += entity_binds(entities, references)
    actions = [action for part in form.root.walk() for action in _actions(part, references)]
    actions += entity_actions(entities)
    version = {"odk:xforms-version": "1.0.0"} | entity_version(entities)
    return Element("model", version, [*parts, *binds, *actions])


def new_repeat_actions(repeat: Part, references: References) -> Iterator[Element]:
    """What sets computed defaults whenever an instance of a repeat is added."""
    for part in repeat.walk():
        innermost = next((above for above in part.above() if above.kind == "repeat"), None)
        if innermost is repeat and is_dynamic(part):
            yield _set_value(part, "odk-new-repeat", part.cells["default"], references)


def is_dynamic(part: Part) -> bool:
    """Whether the default is an expression and not a value, told by its operators and calls."""
    return looks_computed(part) and is_xpath(part.cells.get("default", ""))


def plain_default(part: Part) -> str:
    """The default as clients read it: Excel gives a day its midnight, which no date has for them."""
    written = part.cells.get("default", "")
    found = _MOMENT.fullmatch(written)
    if found is None or part.type not in ("date", "datetime"):
        return written
    return found[1] if part.type == "date" else f"{found[1]}T{found[2]}"


def looks_computed(part: Part) -> bool:
    """Whether the default holds what expressions are told by, be it one or not."""
    for token in _TOKEN.finditer(part.cells.get("default", "")):
        if token["operator"] == "-" and part.type in _DAYS:
            return False
        if token["operator"] or token["call"]:
            return True
    return False


def _set_value(part: Part, event: str, value: str, references: References) -> Element:
    attributes = {"event": event, "ref": part.path, "value": references.expression(value, part)}
    return Element("setvalue", attributes)


def _submission(settings: Mapping[str, str]) -> Iterator[Element]:
    attributes: dict[str, str] = {}
    if settings.get("submission_url"):
        attributes |= {"action": settings["submission_url"], "method": "post"}
    named = {"public_key": "base64RsaPublicKey", "auto_send": "orx:auto-send",
             "auto_delete": "orx:auto-delete"}  # fmt: skip
    attributes |= {name: settings[key] for key, name in named.items() if settings.get(key)}
    if _TRUTH.get(settings.get("client_editable", "")) == "true()":
        attributes["odk:client-editable"] = "true"
    if attributes:
        yield Element("submission", attributes)


def _record(form: Tree, references: References, entities: list[Entity]) -> Element:
    settings = form.settings
    attributes = _with("attribute::", settings) | {"id": settings["form_id"]}
    if settings.get("version"):
        attributes["version"] = settings["version"]
    if settings.get("instance_xmlns"):
        attributes["xmlns"] = settings["instance_xmlns"]
    attributes |= {
        f"odk:{key}": settings[key] for key in ("prefix", "delimiter") if key in settings
    }
    record = _Record(references=references, entities=entities, meta=form.meta)
    return Element(form.root.name, attributes, list(record.nodes(form.root)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """The record to be filled."""

    references: References
    entities: list[Entity]
    meta: Part
    """What describes the record as a whole."""

    def nodes(
        self, part: Part, *, templates: bool = True, of_template: bool = False
    ) -> Iterator[Element]:
        """The nodes inside; a repeat is given once as template, unless its own was, and once.

        What stands directly inside a template begins without entries: its repeats are templates
        alone.
        """
        for child in part.children:
            is_repeat = child.kind == "repeat"
            if is_repeat and templates:
                yield self.node(child, of_template=True, attributes={"jr:template": ""})
            if not (is_repeat and of_template):
                yield self.node(child, templates=templates and not is_repeat)
        described = [*entity_nodes(self.entities, part),
                     *(self.nodes(self.meta) if part.kind == "root" else ())]  # fmt: skip
        if described:
            yield Element("meta", {}, described)

    def node(
        self,
        part: Part,
        *,
        templates: bool = True,
        of_template: bool = False,
        attributes: Mapping[str, str] | None = None,
    ) -> Element:
        """One part with what is in it."""
        written = _with("instance::", part.cells)
        given = dict(attributes or {}) | {
            name: self.references.expression(text, part) for name, text in written.items()
        }
        if part.kind != "question":
            inside = self.nodes(part, templates=templates, of_template=of_template)
            return Element(part.name, given, list(inside))
        default = plain_default(part)
        if not default or is_dynamic(part):
            return Element(part.name, given)
        is_image = part.type == "image" and "jr://images/" not in default
        return Element(part.name, given, [f"jr://images/{default}" if is_image else default])


def _instances(form: Tree) -> Iterator[Element]:
    texts = [text for part in form.parts() for text in part.cells.values()]
    pulled = {name: address(f"{name}.csv") for text in texts for name in _PULLDATA.findall(text)}
    for name, source in {**form.files, **pulled}.items():
        yield Element("instance", {"id": name, "src": source})
    if any("${last-saved#" in text for text in texts):
        yield Element("instance", {"id": LAST_SAVED, "src": "jr://instance/last-saved"})
    for name, options in form.lists.items():
        if name in form.searched():
            continue
        items = [Element("item", {}, inside) for inside in _items(name, options, form)]
        yield Element("instance", {"id": name}, [Element("root", {}, items)])


def _items(name: str, options: list[Cells], form: Tree) -> Iterator[list[Element]]:
    default = form.default_language
    translated = needs_translation(options, default=default)
    users = [part for part in form.root.walk() if part.chosen_from == name]
    for position, cells in enumerate(options):
        inside = [Element("itextId", {}, [f"{name}-{position}"])] if translated else []
        inside.append(Element("name", {}, [cells["name"]]))
        label = cells.get("label") or (cells["name"] if needs_label(position, users) else None)
        if label and not translated:
            inside.append(Element("label", {}, [label]))
        yield [*inside, *(Element(column, {}, [text]) for column, text in _columns(cells))]


def needs_label(position: int, users: list[Part]) -> bool:
    """Whether clients refuse an option that shows nothing: the first one, or one without filter."""
    filters = ["choice_filter" in part.cells for part in users]
    return bool(users) and (position == 0 or not all(filters))


def _with(prefix: str, cells: Cells) -> dict[str, str]:
    """Attributes that columns with a prefix name."""
    return {
        name.removeprefix(prefix): text for name, text in cells.items() if name.startswith(prefix)
    }


def _columns(cells: Cells) -> Iterator[tuple[str, str]]:
    """Further columns of a choice, which filters read; headings that are no names are notes."""
    for column, text in cells.items():
        if column not in ("name", "label", *MEDIA) and _NAME.fullmatch(column):
            yield column, text


def _bind(part: Part, form: Tree, references: References) -> Iterator[Element]:
    attributes: dict[str, str] = dict(kind_of(part).bind) if part.kind == "question" else {}
    cells = part.cells
    for column, name in _BINDS.items():
        if column in cells and not (column == "calculation" and "trigger" in cells):
            attributes[name] = _TRUTH.get(cells[column], cells[column])
    attributes |= _with("bind::", cells)
    if saved := cells.get("save_to"):
        attributes["entities:saveto"] = saved.rpartition("#")[2]
    attributes |= _from_parameters(part)
    attributes = {name: references.expression(text, part) for name, text in attributes.items()}
    attributes |= _messages(part, form)
    if attributes:
        yield Element("bind", {"nodeset": part.path, **attributes})


def _messages(part: Part, form: Tree) -> dict[str, str]:
    found = {}
    for column, attribute in MESSAGES.items():
        message = words(part.cells, column, default=form.default_language)
        if isinstance(message, dict) or shows_answers(message):
            found[attribute] = f"jr:itext('{part.path}:{attribute}')"
        elif message:
            found[attribute] = message
    return found


def _from_parameters(part: Part) -> dict[str, str]:
    given = parameters(part.cells)
    if part.type == "range":
        numbers = [given.get(name, "1") for name in ("start", "end", "step")]
        return {"type": "decimal"} if any(float(number) % 1 for number in numbers) else {}
    if part.type == "background-audio":
        return {}
    return {attribute: given[name] for name, attribute in _PARAMETERS.items() if name in given}


def _actions(part: Part, references: References) -> Iterator[Element]:
    if is_dynamic(part):
        yield _set_value(part, "odk-instance-first-load", part.cells["default"], references)
    if part.type == "start-geopoint":
        yield Element("odk:setgeopoint", {"event": "odk-instance-first-load", "ref": part.path})
    if part.type == "background-audio":
        quality = parameters(part.cells).get("quality")
        yield Element("odk:recordaudio", {"event": "odk-instance-load", "ref": part.path}
                      | ({"odk:quality": quality} if quality else {}))  # fmt: skip
