"""Files of statistics packages: variables with labels, labelled values and declared missing ones.

Values are read as the file stores them, rows in stretches, so that a large file needs little memory
and a date beyond the calendar is a value that its question refuses, not a crash.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import isfinite
from typing import Any

from instruments.language import nfc, say
from survey.errors import ImportRejected, rejected
from survey.folding import fold
from survey.importers.added import Added, with_added
from survey.importers.headed import serial_columns
from survey.importers.table import Columns, Contents, Evidence, Override, Row, Table

Value = str | float | None
Read = Callable[..., tuple[Mapping[str, Sequence[Value]], Any]]
Moment = Callable[[float, str], str | None]
"""A number and its format as ISO 8601, or None where the format is none of dates and times."""
_CELLS = 2_000_000
_FEW = 10_000
_ENCODINGS = {"cp1258": "WINDOWS-1258", "tcvn3": "TCVN", "utf-8": "UTF-8", "utf-16": "UTF-16"}
_IDS = frozenset({"uuid", "_uuid", "instanceid", "meta/instanceid", "key", "responseid"})
_VERSIONS = frozenset({"_version", "__version__", "formversion"})
_OWN = re.compile(r"_.*|meta/.*|formhub/uuid")
_SPLIT = re.compile(r"(?P<question>.+?)(?:: | - | – | \[)(?P<option>[^\[\]]+)\]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """How the files of one statistics package are read."""

    kind: str
    read: Read
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variable:
    name: str
    label: str
    format: str
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[tuple[float | str, float | str]] = ()
    numeric: bool = False
    moment: Moment

    def cell(self, value: Value) -> str:
        """The value as text; one that is declared missing without a label is no answer."""
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            return value if value in self.labels or not self.numeric else ""
        if not isfinite(value):
            return ""
        text = _number(value)
        if text not in self.labels and any(low <= value <= high for low, high in self._ranges()):
            return ""
        return (self.moment(value, self.format) or text) if self.format else text

    def _ranges(self) -> Iterator[tuple[float, float]]:
        for low, high in self.missing:
            if not isinstance(low, str) and not isinstance(high, str):
                yield low, high

    def declared_missing(self) -> frozenset[str]:
        """Single values, and labelled ones in a range, that stand for no answer."""
        single = {str(low) if isinstance(low, str) else _number(low)
                  for low, high in self.missing if low == high}  # fmt: skip
        ranged = {text for text in self.labels for low, high in self._ranges()
                  if _is_number(text) and low <= float(text) <= high}  # fmt: skip
        letters = {text for text in self.labels if self.numeric and text.isalpha()}
        return frozenset(single | ranged | letters)


def table_of(contents: Contents, *, package: Package, told: Override, evidence: Evidence) -> Table:
    """The records of a statistics package's file.

    Raises:
        ImportRejected: The file is damaged, or its texts are in another encoding.
    """
    _, meta = _read(contents, package, told, metadataonly=True)
    variables = _variables(meta, package)
    added = list(_sets(meta, variables))
    return Table(
        kind=package.kind, evidence=evidence, contents=contents,
        headings=(*(one.name for one in variables), *(one.heading for one in added)),
        columns=_columns(variables, meta),
        lines=lambda: with_added(_rows(contents, package, told, variables), width=len(variables),
                                 added=added),
    )  # fmt: skip


def _read(contents: Contents, package: Package, told: Override, **how: object) -> Any:  # noqa: ANN401 - pyreadstat's own
    from pyreadstat import PyreadstatError, ReadstatError  # noqa: PLC0415 - other files need none

    encoding = None if told.encoding is None else _ENCODINGS.get(told.encoding, told.encoding)
    try:
        return package.read(str(contents.path), user_missing=True, disable_datetime_conversion=True,
                            output_format="dict", encoding=encoding, **how)  # fmt: skip
    except (PyreadstatError, ReadstatError, ValueError, OverflowError) as error:
        raise _unreadable(contents.name, str(error)) from None


def _unreadable(name: str, reason: str) -> ImportRejected:
    if "encoding" in reason:
        return rejected(name, say("The texts of the file are in another encoding than it says."),
                        say("Give it with --encoding: cp1258 or tcvn3, for example."))  # fmt: skip
    return rejected(name, say("The file is damaged and cannot be opened ({reason}).",
                              reason=reason), say("Export it again."))  # fmt: skip


def _variables(meta: Any, package: Package) -> list[_Variable]:  # noqa: ANN401 - pyreadstat's own
    ranges = getattr(meta, "missing_ranges", None) or {}
    return [
        _Variable(
            name=nfc(name), label=nfc(label or ""), moment=package.moment,
            format=meta.original_variable_types.get(name) or "",
            labels={_code(code): nfc(str(text))
                    for code, text in meta.variable_value_labels.get(name, {}).items()},
            missing=tuple((one["lo"], one["hi"]) for one in ranges.get(name, ())),
            numeric=meta.readstat_variable_types.get(name) != "string",
        )
        for name, label in zip(meta.column_names, meta.column_labels, strict=True)
    ]  # fmt: skip


def _rows(
    contents: Contents, package: Package, told: Override, variables: Sequence[_Variable]
) -> Iterator[Row]:
    stretch = max(1_000, _CELLS // max(len(variables), 1))
    done = 0
    while True:
        values, _ = _read(contents, package, told, row_offset=done, row_limit=stretch)
        columns = [_texts(variable, column)
                   for variable, column in zip(variables, values.values(), strict=True)]  # fmt: skip
        number = done
        for number, cells in enumerate(zip(*columns, strict=True), start=done + 1):
            yield Row(number=number, line=number, cells=cells)
        if number - done < stretch:
            return
        done = number


def _texts(variable: _Variable, column: Sequence[Value]) -> list[str]:
    """Cells of a column; most hold few values, many times over."""
    known: dict[Value, str] = {}
    for value in column:
        if value not in known and len(known) < _FEW:
            known[value] = variable.cell(value)
    return [known[value] if value in known else variable.cell(value) for value in column]


def _columns(variables: Sequence[_Variable], meta: Any) -> Columns:  # noqa: ANN401 - pyreadstat's own
    width = len(variables)
    called = [{fold(one.name), fold(one.label)} for one in variables]
    ids = tuple(at for at, names in enumerate(called) if names & _IDS)
    versions = tuple(at for at, names in enumerate(called) if names & _VERSIONS)
    own = {at for at, one in enumerate(variables) if _OWN.fullmatch(one.label or one.name)}
    merged = {one for members in _category_sets(meta).values() for one in members[1]}
    own |= {at for at, one in enumerate(variables) if one.name in merged}
    by_set = _dichotomies(meta)
    serial = serial_columns(tuple(one.name for one in variables)) | serial_columns(
        tuple(one.label for one in variables)
    )
    return Columns(
        made=frozenset(range(width, width + len(_category_sets(meta)))),
        ids=ids, versions=versions, system=frozenset({*own, *ids, *versions}), serial=serial,
        names={at: tuple(dict.fromkeys(_names(one, by_set))) for at, one in enumerate(variables)}
        | {width + at: (label,) for at, (label, _) in enumerate(_category_sets(meta).values())},
        labels={at: one.labels for at, one in enumerate(variables) if one.labels},
        missing={at: codes for at, one in enumerate(variables)
                 if (codes := one.declared_missing())},
    )  # fmt: skip


def _names(variable: _Variable, by_set: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """The label; as an option of a multiple choice, the question's name or label before it."""
    if variable.label:
        yield variable.label
        for name in filter(None, by_set.get(variable.name, ())):
            yield f"{name}/{variable.label}"
        found = _SPLIT.fullmatch(variable.label)
        if found is not None:
            yield f"{found['question']}/{found['option']}"


def _dichotomies(meta: Any) -> Mapping[str, tuple[str, str]]:  # noqa: ANN401 - pyreadstat's own
    """By variable, the name and label of the multiple-response set of which it is one option."""
    return {
        variable: (name.lstrip("$"), nfc(one.get("label") or ""))
        for name, one in _sets_of(meta) if _is_dichotomy(one)
        for variable in one.get("variable_list", ())
    }  # fmt: skip


def _category_sets(meta: Any) -> Mapping[str, tuple[str, Sequence[str]]]:  # noqa: ANN401 - pyreadstat's own
    """By name, label and variables of the sets whose variables each hold one chosen code."""
    return {
        name.lstrip("$"): (nfc(one.get("label") or ""), tuple(one.get("variable_list", ())))
        for name, one in _sets_of(meta) if not _is_dichotomy(one)
    }  # fmt: skip


def _sets_of(meta: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:  # noqa: ANN401 - pyreadstat's own
    yield from (getattr(meta, "mr_sets", None) or {}).items()


def _is_dichotomy(one: Mapping[str, Any]) -> bool:
    return bool(one.get("is_dichotomy")) or one.get("type") == "D"


def _sets(meta: Any, variables: Sequence[_Variable]) -> Iterator[Added]:  # noqa: ANN401 - pyreadstat's own
    at = {one.name: position for position, one in enumerate(variables)}
    for name, (_, members) in _category_sets(meta).items():
        places = [at[one] for one in members if one in at]
        yield Added(heading=name, cell=partial(_chosen, places, variables))


def _chosen(places: Sequence[int], variables: Sequence[_Variable], cells: Sequence[str]) -> str:
    codes = ((at, cells[at]) for at in places)
    return "; ".join(variables[at].labels.get(code, code) for at, code in codes
                     if code and code not in variables[at].declared_missing())  # fmt: skip


def beyond(value: float) -> str:
    """A moment beyond the calendar, as a text that no date question takes."""
    return f"#{_number(value)}"


def _code(code: object) -> str:
    return _number(code) if isinstance(code, float | int) else nfc(str(code))


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9.]+(e[+-]?[0-9]+)?", text) is not None


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
