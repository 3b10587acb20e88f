"""The body of an XForm: what people see, in form order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from instruments.expression.xpath import mentioned
from instruments.forms.xform.choices import CHOOSING, Choices, list_of
from instruments.forms.xform.entities import Entity, entities_of, new_entry_actions
from instruments.forms.xform.itext import label_and_hint, needs_translation
from instruments.forms.xform.model import kind_of, new_repeat_actions
from instruments.forms.xform.references import References
from instruments.forms.xform.tree import Part, Tree, Words, parameters
from instruments.forms.xform.xml import Element

_LOOKS: tuple[str, ...] = ("appearance", "autoplay", "rows")
_RANGE = {"tick_interval": "odk:tick-interval", "placeholder": "odk:placeholder"}
_GEO = ("geopoint", "geotrace", "geoshape")
_POINT = {
    "capture-accuracy": "accuracyThreshold",
    "warning-accuracy": "unacceptableAccuracyThreshold",
}


def body(form: Tree, references: References) -> Element:
    """The element `body`."""
    triggered: dict[str, list[Part]] = {}
    for part in form.root.walk():
        for name in mentioned(part.cells.get("trigger", "")) if part.kind == "question" else ():
            triggered.setdefault(name, []).append(part)
    return _Body(form=form, references=references, by_trigger=triggered,
                 entities=entities_of(form)).element()  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    form: Tree
    references: References
    by_trigger: Mapping[str, Sequence[Part]]
    """What is computed anew, by the name of the question whose answer changes."""
    entities: list[Entity]

    def element(self) -> Element:
        style = self.form.settings.get("style")
        return Element(
            "h:body", {"class": style} if style else {}, list(self.inside(self.form.root))
        )

    def inside(self, part: Part) -> Iterator[Element]:
        for child in part.children:
            if child.kind == "repeat":
                yield self.repeat(child)
            elif child.kind == "group":
                yield from self.group(child)
            else:
                yield from self.question(child)

    def group(self, part: Part) -> Iterator[Element]:
        """The group, if there is anything in it to see: clients refuse one that is empty."""
        label, inside = self.label(part), list(self.inside(part))
        if inside:
            inside = [*([label] if label else []), *inside]
            yield Element("group", {"ref": part.path, **self.attributes(part)}, inside)

    def repeat(self, part: Part) -> Element:
        attributes = {"nodeset": part.path, **self.attributes(part)}
        inside = [*self.inside(part), *new_repeat_actions(part, self.references),
                  *new_entry_actions(self.entities, part)]  # fmt: skip
        label = self.label(part) or Element("label")
        return Element("group", {"ref": part.path}, [label, Element("repeat", attributes, inside)])

    def question(self, part: Part) -> Iterator[Element]:
        kind = kind_of(part)
        label, hint = self.label(part), self.hint(part)
        if kind.control is None or not is_seen(part, default=self.form.default_language):
            return
        inside = [label or Element("label"), *([hint] if hint else [])]
        if part.searches():
            inside += self.options(part)
        elif kind.control in CHOOSING:
            inside.append(self.choices.itemset(part))
        elif part.type == "osm":
            inside += self.tags(part)
        elif (places := parameters(part.cells).get("reference-geometry")) and part.type in _GEO:
            inside.append(self.choices.of_places(places, part))
        elif scale := parameters(part.cells).get("tick_labelset"):
            inside.append(self.choices.of_list(scale, part))
        attributes = {"ref": part.path, **kind.attributes, **self.attributes(part)}
        yield Element(kind.control, attributes, [*inside, *self.triggered(part)])

    def attributes(self, part: Part) -> dict[str, str]:
        """Attributes of a control: how it looks and what its parameters say."""
        cells = part.cells
        looks = _LOOKS if part.kind == "question" else (*_LOOKS, "intent")
        found: dict[str, str] = {name: cells[name] for name in looks if name in cells}
        found |= {
            heading.removeprefix("body::"): text
            for heading, text in cells.items()
            if heading.startswith("body::")
        }
        found |= {"jr:count": cells["repeat_count"]} if cells.get("repeat_count") else {}
        found |= _from_parameters(part)
        if part.type == "select_one_external":
            found["query"] = self.choices.query(part)
        return {name: self.references.expression(text, part) for name, text in found.items()}

    def label(self, part: Part) -> Element | None:
        label, _, translated, _ = label_and_hint(part, default=self.form.default_language)
        if part.cells.get("appearance") == "label" and not label:
            label = " "
        return self.words("label", part, label, translated=translated)

    def hint(self, part: Part) -> Element | None:
        _, hint, _, translated = label_and_hint(part, default=self.form.default_language)
        return self.words("hint", part, hint, translated=translated)

    def words(self, tag: str, part: Part, text: Words, *, translated: bool) -> Element | None:
        if translated:
            return Element(tag, {"ref": f"jr:itext('{part.path}:{tag}')"})
        if not isinstance(text, str):
            return None
        return Element(tag, {}, self.references.text(text, part))

    @property
    def choices(self) -> Choices:
        return Choices(form=self.form, references=self.references)

    def tags(self, part: Part) -> Iterator[Element]:
        """What OpenStreetMap shall be asked of a building or place."""
        for cells in self.form.further.get("osm", ()):
            if list_of(cells) == part.chosen_from:
                label = Element("label", {}, self.references.text(cells.get("label", ""), part))
                yield Element("tag", {"key": cells.get("name", "")}, [label])

    def options(self, part: Part) -> Iterator[Element]:
        """The options within the question, as a search in a file asks for."""
        name = part.chosen_from
        options = self.form.lists.get(name, [])
        translated = needs_translation(options, default=self.form.default_language)
        for position, cells in enumerate(options):
            label = (Element("label", {"ref": f"jr:itext('{name}-{position}')"}) if translated
                     else Element("label", {}, self.references.text(cells.get("label", ""), part)))  # fmt: skip
            yield Element("item", {}, [label, Element("value", {}, [cells["name"]])])

    def triggered(self, part: Part) -> Iterator[Element]:
        """What is computed anew when the answer to this question changes."""
        for other in self.by_trigger.get(part.name, ()):
            value = self.references.expression(other.cells.get("calculation", ""), part)
            tag = "odk:setgeopoint" if other.type == "background-geopoint" else "setvalue"
            attributes = {"event": "xforms-value-changed", "ref": other.path}
            yield Element(tag, attributes | ({"value": value} if value else {}))


def is_seen(part: Part, *, default: str) -> bool:
    """Whether people meet a part: a question that is shown, a repeat, a group that holds such."""
    if part.kind == "group":
        return any(is_seen(child, default=default) for child in part.children)
    if part.kind == "repeat":
        return True
    label, hint, of_label, of_hint = label_and_hint(part, default=default)
    computed = "calculation" in part.cells or "trigger" in part.cells
    says = label or hint or of_label or of_hint or part.cells.get("appearance") == "label"
    return kind_of(part).control is not None and bool(says or not computed)


def _from_parameters(part: Part) -> dict[str, str]:
    given = parameters(part.cells)
    if part.type == "range":
        limits = {"start": "1", "end": "10", "step": "1"}
        return {name: given.get(name, usual) for name, usual in limits.items()} | {
            attribute: given[name] for name, attribute in _RANGE.items() if name in given
        }
    if part.type == "geopoint":
        return {attribute: given[name] for name, attribute in _POINT.items() if name in given}
    if part.type in ("geotrace", "geoshape") and "incremental" in given:
        return {"incremental": "true"}
    named = {"text": ("rows", "rows"), "image": ("app", "intent")}
    if part.type in named and named[part.type][0] in given:
        return {named[part.type][1]: given[named[part.type][0]]}
    return {}
