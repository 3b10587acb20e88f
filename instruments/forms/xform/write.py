"""An instrument as the text of an XForm."""

import re

from instruments.errors import DefinitionError
from instruments.forms.xform.body import body
from instruments.forms.xform.collect import beyond_collect, tree_for_collect
from instruments.forms.xform.entities import NAMESPACE, has_entities
from instruments.forms.xform.itext import Translations
from instruments.forms.xform.model import model
from instruments.forms.xform.references import References
from instruments.forms.xform.tree import Part, Tree
from instruments.forms.xform.xml import Element, document
from instruments.model import Instrument

_DECLARED = re.compile(r"([^\s=]+)=([^\s=]+)(?=\s|$)")
_NAMESPACES = {
    "xmlns": "http://www.w3.org/2002/xforms",
    "xmlns:h": "http://www.w3.org/1999/xhtml",
    "xmlns:ev": "http://www.w3.org/2001/xml-events",
    "xmlns:xsd": "http://www.w3.org/2001/XMLSchema",
    "xmlns:jr": "http://openrosa.org/javarosa",
    "xmlns:orx": "http://openrosa.org/xforms",
    "xmlns:odk": "http://www.opendatakit.org/xforms",
}


def to_xform(instrument: Instrument) -> str:
    """The XForm, saying what the instrument's XLSForm says to every client.

    Raises:
        DefinitionError: A part has a type or a name, or mentions an item, that no XForm knows.
    """
    form = tree_for_collect(instrument)
    if problems := beyond_collect(instrument, form):
        raise DefinitionError(problems)
    _add_metadata(form)
    references = References.of(form)
    translations = Translations.of(form, references)
    title = form.settings.get("form_title") or form.settings["form_id"]
    head = [Element("h:title", {}, [title]), model(form, references, translations)]
    inside = [Element("h:head", {}, head), body(form, references)]
    return document(Element("h:html", _namespaces(form), inside))


def _namespaces(form: Tree) -> dict[str, str]:
    """The usual prefixes, and those that the form declares: ``prefix="address"``."""
    declared = {f"xmlns:{prefix}": address.strip("\"'")
                for prefix, address in _DECLARED.findall(form.settings.get("namespaces", ""))}  # fmt: skip
    return (NAMESPACE if has_entities(form) else {}) | declared | _NAMESPACES


def _add_metadata(form: Tree) -> None:
    """The record's own id, and its name where the form says how to make one."""
    settings = form.settings
    if settings.get("omit_instanceID", "").lower() not in ("yes", "true"):
        given = {"read_only": "true()", "bind::jr:preload": settings.get("instance_id", "uid")}
        _add(form, "instanceID", given)
    if settings.get("instance_name"):
        _add(form, "instanceName", {"calculation": settings["instance_name"]})


def _add(form: Tree, name: str, cells: dict[str, str]) -> None:
    part = Part(kind="question", name=name, type="calculate", cells=cells, parent=form.meta)
    form.meta.children.append(part)
