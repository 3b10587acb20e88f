"""Answers as SPSS and Stata files: numbers with labels, dates as dates, missing codes as such.

Choices are the numbers of their codes where all codes are whole numbers, else their places in the
list from 1. A multiple choice is one variable per option, 0 or 1. Don't-know, refusal and
not-applicable are user-missing: in Stata ``.a``, ``.b`` and ``.c``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from instruments.language import Language, in_language
from instruments.model import Instrument, Option
from survey.columns import Layout
from survey.form import Field, prepare
from survey.readings import HANOI
from survey.tables import Line

Package = Literal["sav", "dta"]
_NAME_LENGTH: Mapping[Package, int] = {"sav": 64, "dta": 32}
_LABEL_LENGTH: Mapping[Package, int] = {"sav": 120, "dta": 80}
_TEXT_BYTES: Mapping[Package, int] = {"sav": 32_767, "dta": 2_000_000}
_TAGS = {"dont_know": "a", "refused": "b", "not_applicable": "c"}
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_]")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_CHOSEN = {0: {"vi": "Không chọn", "en": "Not chosen"}, 1: {"vi": "Chọn", "en": "Chosen"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One column of the file: its name, its words, and its values by answer."""

    name: str
    label: str
    path: str
    code: str | None = None
    """Of a multiple choice, the option that the variable is about."""
    kind: Literal["number", "text", "date", "datetime"] = "text"
    numbers: Mapping[str, int] = field(default_factory=dict)
    """By code, the number that stands for it."""
    labels: Mapping[int, str] = field(default_factory=dict)
    missing: Mapping[int, str] = field(default_factory=dict)
    """Numbers that are user-missing, with Stata's letter for each."""

    def value(self, answer: str | None) -> object:
        """The answer as the variable holds it."""
        if not answer:
            return None
        if self.code is not None:
            return float(self.code in answer.split())
        if self.numbers:
            return self.numbers.get(answer)
        return _READ[self.kind](answer)


def write_statistical(
    path: Path, table: Layout, lines: Iterable[Line], *, to: Package, language: Language,
    instruments: Sequence[Instrument],
) -> None:  # fmt: skip
    """Write one table as a .sav or .dta file; all of it is held in memory."""
    import pandas as pd  # noqa: PLC0415 - CSV needs neither
    import pyreadstat  # noqa: PLC0415

    variables = variables_of(table, instruments, to=to, language=language)
    rows = list(lines)
    frame = pd.DataFrame({one.name: _column(one, rows, to=to) for one in variables})
    column_labels: list[str | None] = [one.label for one in variables]
    value_labels: dict[str, dict[Any, str]] = {
        one.name: _value_labels(one, to=to) for one in variables if one.labels
    }
    if to == "sav":
        ranges: dict[str, list[Any]] = {one.name: sorted(one.missing)[:3] for one in variables
                                        if one.missing}  # fmt: skip
        pyreadstat.write_sav(frame, str(path), column_labels=column_labels, missing_ranges=ranges,
                             variable_value_labels=value_labels)  # fmt: skip
    else:
        tags: dict[str, Any] = {one.name: sorted(set(one.missing.values())) for one in variables
                                if one.missing}  # fmt: skip
        pyreadstat.write_dta(frame, str(path), version=15, column_labels=column_labels,
                             variable_value_labels=value_labels, missing_user_values=tags)  # fmt: skip


def variables_of(
    table: Layout, instruments: Sequence[Instrument], *, to: Package, language: Language
) -> list[Variable]:
    """The variables of a table, in the order of the form, then the record's identity."""
    fields = _fields(instruments)
    found: list[Variable] = []
    for path in table.paths:
        found += _of_field(fields[path], language)
    found += [Variable(name=name, label=name, path=name)
              for name in (("_record",) if table.roster else ("_uuid", "_version", "_record"))]  # fmt: skip
    names = _names([one.name for one in found], longest=_NAME_LENGTH[to])
    return [
        Variable(name=name, label=_cut(one.label, _LABEL_LENGTH[to]), path=one.path, code=one.code,
                 kind=one.kind, numbers=one.numbers, missing=one.missing,
                 labels={number: _cut(text, _LABEL_LENGTH[to])
                         for number, text in one.labels.items()})
        for one, name in zip(found, names, strict=True)
    ]  # fmt: skip


def _fields(instruments: Sequence[Instrument]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for instrument in reversed(instruments):
        for one in prepare(instrument).level.all_fields():
            found.setdefault(one.path, one)
    return found


def _of_field(one: Field, language: Language) -> Iterator[Variable]:
    label = in_language(one.item.label, language) or one.path
    if one.item.type == "multiple":
        chosen = {number: in_language(text, language) for number, text in _CHOSEN.items()}
        for code, option in one.options.items():
            yield Variable(name=f"{one.path}_{code}", path=one.path, code=code, kind="number",
                           label=f"{label}: {in_language(option.label, language) or code}",
                           labels=chosen)  # fmt: skip
    elif one.item.type == "single":
        numbers = _numbers(list(one.options))
        yield Variable(
            name=one.path, label=label, path=one.path, kind="number", numbers=numbers,
            labels={numbers[code]: in_language(option.label, language) or code
                    for code, option in one.options.items()},
            missing=_missing(one.options.values(), numbers),
        )  # fmt: skip
    else:
        yield Variable(name=one.path, label=label, path=one.path, kind=_kind(one))


def _numbers(codes: Sequence[str]) -> dict[str, int]:
    """Codes that are whole numbers are themselves; else they are numbered from 1."""
    if all(_WHOLE.fullmatch(code) and str(int(code)) == code for code in codes):
        return {code: int(code) for code in codes}
    return {code: place for place, code in enumerate(codes, start=1)}


def _missing(options: Iterable[Option], numbers: Mapping[str, int]) -> dict[int, str]:
    return {numbers[one.code]: _TAGS[one.missing] for one in options if one.missing is not None}


def _kind(one: Field) -> Literal["number", "text", "date", "datetime"]:
    if one.item.type in ("integer", "decimal"):
        return "number"
    if one.item.type in ("date", "today"):
        return "date"
    return "datetime" if one.item.type in ("datetime", "start", "end") else "text"


def _names(wanted: Sequence[str], *, longest: int) -> list[str]:
    """Names that the packages take, each once: the path, or from the right as much as fits."""
    taken: set[str] = set()
    names = []
    for text in wanted:
        bare = _NOT_A_NAME.sub("_", text)[-longest:]
        name = base = bare if bare[0].isalpha() else f"v{bare}"[:longest]
        number = 1
        while name.lower() in taken:
            number += 1
            name = f"{base[: longest - len(str(number)) - 1]}_{number}"
        taken.add(name.lower())
        names.append(name)
    return names


def _column(one: Variable, rows: Sequence[Line], *, to: Package) -> list[Any]:
    values = [one.value(row.get(one.path)) for row in rows]
    if one.kind == "text":
        return [_fitting(str(value or ""), _TEXT_BYTES[to]) for value in values]
    if to == "dta" and one.missing:
        return [one.missing.get(int(str(value)), value) if isinstance(value, int) else value
                for value in values]  # fmt: skip
    return values


def _value_labels(one: Variable, *, to: Package) -> dict[Any, str]:
    if to == "sav":
        return dict(one.labels)
    return {one.missing.get(number, number): text for number, text in one.labels.items()}


def _fitting(text: str, limit: int) -> str:
    return text.encode()[:limit].decode("utf-8", "ignore")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _date(text: str) -> object:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _datetime(text: str) -> object:
    """The time in Việt Nam, without its zone, which neither package knows."""
    try:
        return datetime.fromisoformat(text).astimezone(HANOI).replace(tzinfo=None)
    except ValueError:
        return None


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return None


_READ: Mapping[str, Callable[[str], object]] = {
    "number": _number,
    "text": str,
    "date": _date,
    "datetime": _datetime,
}
