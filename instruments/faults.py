"""What pydantic finds wrong with a document, told as sentences with the line and the cure."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from instruments.errors import Problem
from instruments.language import Message, say
from instruments.source import Location, Node, Unclear, unquoted

Sentence = tuple[Message, Message | None]


def problems_of(error: ValidationError, root: Node, model: type[BaseModel]) -> list[Problem]:
    """One problem for each thing that does not fit the model."""
    found = error.errors(include_url=False)
    faults = sorted((fault for fault in found if not _is_beside(fault, found, root)),
                    key=lambda fault: root.at(fault["loc"]).line)  # fmt: skip
    return [
        Problem(where=root.where(fault["loc"]), what=what, hint=hint)
        for fault in faults
        for what, hint in [_sentence(fault, root.at(fault["loc"]), model)]
    ]


def _is_beside(fault: ErrorDetails, all_: list[ErrorDetails], root: Node) -> bool:
    """Is it said of fields that they are no scalar, where another fault says what is wrong in them?"""
    scalar = fault["type"].startswith(("float_", "int_", "string_type"))
    if not scalar or not isinstance(root.at(fault["loc"]).value, dict | list):
        return False
    before = fault["loc"][:-1]
    return any(other["loc"][: len(before)] == before and len(other["loc"]) > len(fault["loc"])
               for other in all_)  # fmt: skip


def did_you_mean(found: str, known: Iterable[str]) -> Message:
    """A hint: the name most like the one found, or all that would do."""
    names = list(known)
    near = get_close_matches(found, names, n=1, cutoff=0.6)
    if near:
        return say("Did you mean '{near}'?", near=near[0])
    if not names:
        return say("None is declared here.")
    return say("Use one of: {names}.", names=listed(names))


def listed(names: Iterable[object], *, limit: int = 20) -> str:
    """Names in a row, the first twenty of many."""
    shown = [str(name) for name in names]
    return ", ".join(shown[:limit]) + (", …" if len(shown) > limit else "")


def _sentence(fault: ErrorDetails, node: Node, model: type[BaseModel]) -> Sentence:
    match fault["type"]:
        case "missing":
            return _missing(fault["loc"])
        case "extra_forbidden":
            return _unknown(fault["loc"], model)
        case "value_error":
            return _told(fault["ctx"]["error"])
        case "union_tag_not_found":
            return _missing((fault["ctx"]["discriminator"].strip("'"),))
        case "union_tag_invalid":
            return _no_kind(fault["ctx"])
        case kind:
            return _unfit(kind, fault, node)


def _unfit(kind: str, fault: ErrorDetails, node: Node) -> Sentence:
    if kind == "literal_error":
        return _no_choice(node, fault["ctx"])
    if kind.startswith(("string_type", "dict_type", "list_type", "tuple_type", "model_")):
        return _wrong_shape(kind, node)
    if kind.startswith(("int_", "float_", "finite_", "bool_", "date_", "datetime_", "time_")):
        return _wrong_scalar(kind, node)
    return _outside(kind, fault, node)


def _missing(location: Location) -> Sentence:
    name = location[-1]
    return say("'{name}' is missing.", name=name), say("Add '{name}: …'.", name=name)


def _unknown(location: Location, model: type[BaseModel]) -> Sentence:
    name = str(location[-1])
    return say("There is no field '{name}' here.", name=name), did_you_mean(
        name, _fields_at(location[:-1], model)
    )


def _no_choice(node: Node, limits: dict[str, Any]) -> Sentence:
    if node.plain is not None and not isinstance(node.value, str):
        return unquoted(node)
    expected = str(limits["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
    return say("'{value}' is not known here.", value=_value(node)), did_you_mean(
        _value(node), expected
    )


def _no_kind(limits: dict[str, Any]) -> Sentence:
    """A part whose field that says what it is says something unknown."""
    known = limits["expected_tags"].replace("'", "").split(", ")
    field, found = limits["discriminator"].strip("'"), str(limits["tag"])
    return say("'{field}' cannot be '{value}'.", field=field, value=found), did_you_mean(
        found, known
    )


def _told(error: Exception) -> Sentence:
    """A validator's own words: it raises ``ValueError(say(...))``, with a hint behind or without."""
    told = error.args[0] if error.args else error
    hint = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], Message) else None
    return (told if isinstance(told, Message) else say("{message}", message=told)), hint


def _wrong_shape(kind: str, node: Node) -> Sentence:
    if kind == "string_type":
        if isinstance(node.value, dict | list):
            return say("A text is expected here, not a list or a mapping."), None
        return unquoted(node)
    if kind.startswith(("list", "tuple")):
        return say("A list is expected here."), say("Begin each entry with '- '.")
    return say("Fields are expected here, not {value}.", value=_value(node)), say(
        "Write them as 'field: value', each on its own line."
    )


def _wrong_scalar(kind: str, node: Node) -> Sentence:
    value = _value(node)
    if kind.startswith("int"):
        return say("'{value}' is not a whole number.", value=value), say("Write it as 12.")
    if kind.startswith(("float", "finite")):
        return say("'{value}' is not a number.", value=value), say("Write it as 12 or 0.5.")
    if kind.startswith("bool"):
        return say("'{value}' is neither true nor false.", value=value), None
    if kind.startswith("time"):
        return say("'{value}' is not a time.", value=value), None
    return say("'{value}' is not a date.", value=value), say("Write it as 2026-11-24.")


def _outside(kind: str, fault: ErrorDetails, node: Node) -> Sentence:
    value, limits = _value(node), fault.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return _ill_formed(str(fault["input"]), limits["pattern"])
    if kind == "too_short":
        return say("At least {limit} entries are needed here.", limit=limits["min_length"]), say(
            "Write them, or leave the field out."
        )
    if kind.startswith("string_too_"):
        return _wrong_length(value, limits)
    if kind.startswith(("greater_than", "less_than")):
        return _beyond(value, limits)
    return say("'{value}' does not fit here ({reason}).", value=value, reason=fault["msg"]), None


def _wrong_length(value: str, limits: dict[str, Any]) -> Sentence:
    if "max_length" in limits:
        return say("'{value}' is longer than {limit} characters.",
                   value=value, limit=limits["max_length"]), None  # fmt: skip
    return say("'{value}' is shorter than {limit} characters.",
               value=value, limit=limits["min_length"]), None  # fmt: skip


def _beyond(value: str, limits: dict[str, Any]) -> Sentence:
    small, large = (
        say("{value} is too small.", value=value),
        say("{value} is too large.", value=value),
    )
    if "ge" in limits:
        return small, say("At least {limit}.", limit=limits["ge"])
    if "gt" in limits:
        return small, say("Above {limit}.", limit=limits["gt"])
    if "lt" in limits:
        return large, say("Below {limit}.", limit=limits["lt"])
    return large, say("At most {limit}.", limit=limits["le"])


def _ill_formed(value: str, pattern: str) -> Sentence:
    if "A-Za-z_" in pattern:
        return say("'{value}' is not an identifier.", value=value), say(
            "Use letters without marks, digits, '_', '-' and '.', at most 255; begin with a letter."
        )
    if pattern in (r"^\S+$", r"^\S(.*\S)?$"):
        return say("'{value}' contains a space.", value=value), say("Codes have none.")
    return say("'{value}' is not of the form {pattern}.", value=value, pattern=pattern), None


def _value(node: Node) -> str:
    if isinstance(node.value, dict | list):
        return "…"
    return node.value.raw if isinstance(node.value, Unclear) else str(node.plain or node.value)


def _fields_at(location: Location, model: type[BaseModel]) -> list[str]:
    """Names of the fields that may stand at `location`."""
    models = [model]
    for step in location:
        tagged = [one for one in models if one.__name__.lower() == step]
        models = tagged or [inner for one in models for inner in _inside(one, step)] or models
    return [field.alias or name for one in models for name, field in one.model_fields.items()]


def _inside(model: type[BaseModel], step: str | int) -> Iterator[type[BaseModel]]:
    for name, field in model.model_fields.items():
        if step in (name, field.alias):
            yield from _models(field.annotation)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
