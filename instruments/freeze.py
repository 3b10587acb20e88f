"""Frozen definitions: one text and one hash for one content, whatever file it came from."""

import json
import re
from datetime import date
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from instruments.bank import Bank
from instruments.language import nfc
from instruments.model import Instrument
from instruments.plan import Plan

_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON allows and YAML, by which frozen copies are read back, changes or refuses."""


def canonical_json(definition: Instrument | Plan | Bank) -> str:
    """The definition as JSON: keys sorted, defaults left out, texts in NFC, no spare spaces."""
    document = {"kind": definition.kind, **plain(definition)}
    text = json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def content_hash(definition: Instrument | Plan | Bank) -> str:
    """SHA-256 of the canonical JSON, in 64 hexadecimal digits."""
    return sha256(canonical_json(definition).encode()).hexdigest()


def plain(part: Any) -> Any:  # noqa: ANN401 - whatever a model holds
    """A definition as dicts, lists and texts, defaults left out."""
    if isinstance(part, BaseModel):
        return {
            name: plain(value)
            for name, field in type(part).model_fields.items()
            if (value := getattr(part, name)) != field.get_default(call_default_factory=True)
        }
    if isinstance(part, dict):
        return {nfc(key): plain(value) for key, value in part.items()}
    if isinstance(part, tuple):
        return [plain(value) for value in part]
    if isinstance(part, date):
        return part.isoformat()
    return nfc(part) if isinstance(part, str) else part
