"""What an XForm asks and does, as plain data in which two XForms of one meaning are equal."""

import re
from typing import Any
from xml.etree import ElementTree as ET

JR = "{http://openrosa.org/javarosa}"
CONTROLS = ("input", "select", "select1", "group", "repeat", "range", "rank", "trigger", "upload")


def meaning(xform: str) -> dict[str, Any]:
    """Record, binds, controls in order, choices and actions, each text in every language."""
    root = ET.fromstring(xform)
    model = root.find(".//{*}model")
    texts = _texts(model)
    record = model.find("{*}instance")[0]
    return {
        "id": record.get("id"),
        "version": record.get("version"),
        "title": root.find(".//{*}title").text,
        "record": _record(record, f"/{_name(record)}"),
        "binds": {bind.get("nodeset"): _bind(bind, texts) for bind in model.findall("{*}bind")},
        "actions": sorted(_attributes(action) for action in root.iter() if _name(action) in
                          ("setvalue", "setgeopoint", "recordaudio")),
        "choices": {one.get("id"): _choices(one, texts) for one in model.findall("{*}instance") if one.get("id")},
        "controls": [_control(one, texts) for one in root.find(".//{*}body").iter() if _name(one) in CONTROLS],
        "style": root.find(".//{*}body").get("class"),
        "submission": [_attributes(one) for one in model.findall("{*}submission")],
    }  # fmt: skip


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _expression(text: str) -> str:
    """Without the spaces that mean nothing; those inside texts and between names stay."""
    return re.sub(r"\s*([^\w\s'\"])\s*", r"\1", " ".join(text.split()))


def _attributes(element: ET.Element) -> list[tuple[str, str]]:
    return sorted((name, _expression(value)) for name, value in element.items())


def _texts(model: ET.Element) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for translation in model.findall(".//{*}translation"):
        for text in translation.findall("{*}text"):
            for value in text.findall("{*}value"):
                words = _words(value)
                if words not in ("", "-"):
                    place = f"{translation.get('lang')} {value.get('form') or ''}"
                    found.setdefault(text.get("id"), {})[place] = words
    return found


def _words(element: ET.Element) -> str:
    inner = [f"{{{_expression(part.get('value'))}}}{part.tail or ''}" for part in element]
    return " ".join(f"{element.text or ''}{''.join(inner)}".split())


def _said(element: ET.Element | None, texts: dict[str, dict[str, str]]) -> Any:
    if element is None:
        return None
    reference = re.fullmatch(r"jr:itext\('(.+)'\)", element.get("ref") or "")
    return texts.get(reference[1], {}) if reference else _words(element)


def _record(element: ET.Element, path: str) -> list[Any]:
    found = []
    for child in element:
        here = f"{path}/{_name(child)}"
        found.append((here, sorted(child.items()), (child.text or "").strip()))
        found += _record(child, here)
    return found


def _bind(bind: ET.Element, texts: dict[str, dict[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = dict(_attributes(bind))
    for name, value in found.items():
        reference = re.fullmatch(r"jr:itext\('(.+)'\)", value)
        found[name] = texts.get(reference[1], {}) if reference else value
    return found


def _choices(instance: ET.Element, texts: dict[str, dict[str, str]]) -> Any:
    if instance.get("src"):
        return instance.get("src")
    return [
        {
            _name(part): texts.get(part.text, {}) if _name(part) == "itextId" else part.text
            for part in item
        }
        for item in instance.findall(".//{*}item")
    ]


def _control(element: ET.Element, texts: dict[str, dict[str, str]]) -> dict[str, Any]:
    itemset = element.find("{*}itemset")
    return {
        "tag": _name(element),
        "attributes": _attributes(element),
        "label": _said(element.find("{*}label"), texts),
        "hint": _said(element.find("{*}hint"), texts),
        "items": [
            (_said(item.find("{*}label"), texts), item.findtext("{*}value"))
            for item in element.findall("{*}item")
        ],
        "itemset": None if itemset is None else _expression(itemset.get("nodeset")),
    }
