"""JSON files of responses, read whole and with limits."""

import json
from pathlib import Path

from instruments.language import say
from survey.errors import rejected
from survey.importers.table import Contents

_LIMIT = 200 * 1024 * 1024
_STARTS = (b"{", b"[")
_MARKS = b"\xef\xbb\xbf \t\r\n"


def is_json(head: bytes) -> bool:
    """Whether a file begins as a JSON object or list does."""
    start = head.lstrip(_MARKS)
    return start.startswith(_STARTS) and start[1:].lstrip()[:1] in (b'"', b"{", b"[", b"}", b"]")


def open_json(path: Path) -> Contents:
    """Parse a JSON document.

    Raises:
        ImportRejected: It is damaged, nested without end, or too large.
    """
    if path.stat().st_size > _LIMIT:
        raise rejected(path.name, say("The JSON file is larger than {size} MB.",
                                      size=_LIMIT // (1024 * 1024)),
                       say("Export the responses as CSV."))  # fmt: skip
    try:
        document = _parsed(path.read_bytes().decode("utf-8-sig"))
    except RecursionError:
        raise rejected(path.name, say("The JSON file is nested too deeply.")) from None
    except UnicodeDecodeError:
        raise rejected(path.name, say("The JSON file is not UTF-8 text."),
                       say("Export it again.")) from None  # fmt: skip
    except ValueError as error:
        raise rejected(path.name, say("The JSON file is damaged ({reason}).", reason=error),
                       say("Export it again.")) from None  # fmt: skip
    return Contents(path=path, container="json", document=document, encoding="utf-8")


def _parsed(text: str) -> object:
    """The document; where each line is one (JSON lines), the list of them."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if not error.msg.startswith("Extra data"):
            raise
    return [json.loads(line) for line in text.split("\n") if line.strip()]
