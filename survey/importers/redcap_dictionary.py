"""REDCap's data dictionary: labels of fields and of their choices, as downloaded or by the API."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from instruments.language import nfc, say
from survey.errors import rejected

_NAME = ("Variable / Field Name", "field_name")
_TYPE = ("Field Type", "field_type")
_LABEL = ("Field Label", "field_label")
_CHOICES = ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations")
_FIXED: dict[str, dict[str, str]] = {
    "yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"},
}  # fmt: skip
_CHOSEN = frozenset({"radio", "dropdown", "checkbox"})
_TAG = re.compile(r"<[^<>]+>")
_LARGEST = 20 * 1024 * 1024
_NEIGHBOURS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """By field: its label, and its choices; empty where no dictionary was found."""

    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def choice_of(self, field: str, written: str) -> tuple[str, str]:
        """A checkbox's choice by its code in a heading: its own code, and its label.

        In headings REDCap writes codes small, with ``_`` for other signs.
        """
        for code, label in self.labels.get(field, {}).items():
            if written in (code, label, re.sub(r"[^a-z0-9_]", "_", code.lower())):
                return code, label
        return written, written


def is_dictionary(headings: Sequence[str]) -> bool:
    """Whether a table's headings are those of a data dictionary."""
    return any(name in headings for name in _NAME) and any(name in headings for name in _CHOICES)


def codebook_for(data: Path, headings: Sequence[str], *, given: Path | None) -> Codebook:
    """The dictionary that was given, else the one beside the data that knows the most columns.

    Raises:
        ImportRejected: What was given is no dictionary.
    """
    if given is not None:
        book = _read(given)
        if book is None:
            raise rejected(given.name, say("This is no data dictionary of REDCap."),
                           say("Download it in REDCap under 'Data Dictionary'."))  # fmt: skip
        return book
    stems = [name.partition("___")[0] for name in headings]
    found = [(sum(stem in book.fields for stem in stems), book)
             for path in _beside(data) if (book := _read(path)) is not None]  # fmt: skip
    known, best = max(found, key=lambda pair: pair[0], default=(0, Codebook()))
    return best if known > len(stems) / 2 else Codebook()


def _beside(data: Path) -> Iterator[Path]:
    try:
        neighbours = sorted(data.parent.glob("*.csv"))
    except OSError:
        return
    yield from (path for path in islice(neighbours, _NEIGHBOURS) if path != data and _may_be(path))


def _may_be(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(200)
        return path.stat().st_size <= _LARGEST and any(name.encode() in head for name in _NAME)
    except OSError:
        return False


def _read(path: Path) -> Codebook | None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if not is_dictionary(rows.fieldnames or ()):
                return None
            return _book(path.name, rows)
    except (OSError, UnicodeDecodeError, csv.Error):
        return None


def _book(name: str, rows: Iterator[Mapping[str, str]]) -> Codebook:
    fields: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    for row in rows:
        key, kind = _cell(row, _NAME), _cell(row, _TYPE)
        fields[key] = _TAG.sub("", _cell(row, _LABEL))
        chosen = _choices(_cell(row, _CHOICES)) if kind in _CHOSEN else _FIXED.get(kind, {})
        if chosen:
            labels[key] = chosen
    return Codebook(name=name, fields=fields, labels=labels)


def _choices(text: str) -> dict[str, str]:
    """``1, One | 2, Two``; older projects write a line each."""
    pairs = (part.partition(",") for part in re.split(r"\||\\n|\n", text))
    return {code.strip(): _TAG.sub("", label).strip() for code, _, label in pairs if code.strip()}


def _cell(row: Mapping[str, str], names: Sequence[str]) -> str:
    text = next((row[name] for name in names if row.get(name)), "")
    return "" if text == "NA" else nfc(text).strip()
