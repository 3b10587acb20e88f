"""JSON Schema of definition files, by which editors complete, explain and check while one writes.

It is made from the models and their docstrings. What holds across items, `hieuluat check` alone
can say; what a file may say before it is read (`include`, `use`, types given by the block) is added.
"""

from typing import Any

from pydantic import BaseModel

from instruments.bank import Bank
from instruments.form_mapping import FormMapping
from instruments.laws import LawRegister
from instruments.model import Instrument
from instruments.plan import Plan

Schema = dict[str, Any]

KINDS: dict[str, type[BaseModel]] = {
    "instrument": Instrument,
    "plan": Plan,
    "bank": Bank,
    "laws": LawRegister,
    "form": FormMapping,
}

_FILE = r"^[^/\\:]+\.(yaml|yml|json)$"
_OWN = ("show_if", "required", "anchor", "fixed", "rotate", "card", "instruction", "vignette",
        "dimension", "topic")  # fmt: skip


def json_schema(kind: str) -> Schema:
    """The schema of a kind of file, after JSON Schema 2020-12."""
    made = KINDS[kind].model_json_schema(mode="validation")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
    return _of_instrument(schema) if kind == "instrument" else schema


def _of_instrument(schema: Schema) -> Schema:
    """What is resolved before validation, and so is not in the models."""
    parts, item = schema["$defs"], schema["$defs"]["Item"]
    parts["Use"] = _use(item)
    item["required"] = ["id"]
    for owner in (schema, parts["Block"]):
        owner["properties"]["items"]["items"] = {
            "anyOf": [{"$ref": f"#/$defs/{name}"} for name in ("Item", "Block", "Use")]
        }
    parts["Block"]["required"] = ["id", "items"]
    schema["properties"]["include"] = _include()
    return schema


def _use(item: Schema) -> Schema:
    reference = {
        "type": "string",
        "pattern": r"^[^#]+#[^#@]+(@[^#@]+)?$",
        "description": "The item's place in a bank: bank.yaml#id or bank.yaml#id@version.",
    }
    return {
        "type": "object",
        "description": "An item taken from a bank of the same folder.",
        "properties": {"use": reference} | {name: item["properties"][name] for name in _OWN},
        "required": ["use"],
        "additionalProperties": False,
    }


def _include() -> Schema:
    name = {"type": "string", "pattern": _FILE}
    return {
        "description": "Files of the same folder whose choice lists are added.",
        "anyOf": [name, {"type": "array", "items": name}],
    }
