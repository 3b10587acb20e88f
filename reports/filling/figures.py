"""The figures that a mapping names, found in a report and written as it asks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from analysis.disclosure.screen import Code
from analysis.result import Verdict
from instruments.errors import Problem
from instruments.faults import did_you_mean, listed
from instruments.form_mapping import FormCell
from instruments.language import LANGUAGES, Message, say
from reports.edition import Edition
from reports.sheet import Form, Sheet
from reports.wording import said

Value = str | int | float
CODES = tuple(f"[{code}]" for code in get_args(Code))
"""What stands in the place of a withheld number."""
NOTHING = "[x]"
"""Stands where the report has no figure."""
_STEP = re.compile(r"([^.\[\]]+)(?:\[([^\]]*)\])?")
_SHOWS: Mapping[Form, str] = {
    "share": "share", "count": "count", "number": "number", "text": "words", "day": "words",
}  # fmt: skip


class Lost(Exception):
    """A figure that is not there; `what` and `hint` say so."""

    def __init__(self, what: Message, hint: Message | None = None) -> None:
        self.what, self.hint = what, hint
        super().__init__(what.text())

    def problem(self, where: str) -> Problem:
        """The problem with its place in the mapping file."""
        return Problem(where=where, what=self.what, hint=self.hint)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """What figures are looked up in: the result file's document and the sheets."""

    edition: Edition
    document: Mapping[str, Any]
    sheets: Sequence[Sheet]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value as a cell of a table takes it, and as a letter says it."""

    value: Value
    text: str

    @property
    def is_withheld(self) -> bool:
        """Whether a code stands in the place of a number."""
        return self.value in CODES


def figure(report: Report, cell: FormCell) -> Figure:
    """The figure of a cell.

    Raises:
        Lost: It is not there, or cannot be shown as asked.
    """
    if cell.result is not None:
        value = _by_path(report, cell.result)
        return _shown(report.edition, value, show=cell.show, decimals=cell.decimals)
    value, form = _by_table(report, cell)
    return _shown(report.edition, value, show=cell.show or _SHOWS[form], decimals=cell.decimals)


def _shown(edition: Edition, value: object, *, show: str | None, decimals: int) -> Figure:
    if isinstance(value, Mapping):
        return _worded(edition, value)
    if value is None or value == "":
        return Figure(value=NOTHING, text=NOTHING)
    if isinstance(value, date):
        value = edition.numbers.day(value)
    if isinstance(value, str):
        if show not in (None, "words") and value not in CODES:
            raise Lost(
                say("'{value}' is a text and no number.", value=value), say("Show it as words.")
            )
        return Figure(value=value, text=value)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or show == "words":
        raise Lost(say("'{value}' has no words.", value=str(value)), say("Show it as a number."))
    return _number(edition, value, show=show or ("count" if isinstance(value, int) else "number"),
                   decimals=decimals)  # fmt: skip


def _number(edition: Edition, value: float, *, show: str, decimals: int) -> Figure:
    numbers = edition.numbers
    match show:
        case "share":
            return Figure(value=value, text=numbers.percent(value))
        case "percent":
            points = round(100 * value, decimals)
            return Figure(value=points, text=numbers.number(points, decimals=decimals))
        case "count":
            return Figure(value=round(value), text=numbers.count(value))
    return Figure(value=value, text=numbers.number(value, decimals=decimals))


def _worded(edition: Edition, value: Mapping[str, Any]) -> Figure:
    """A verdict or a text in the edition's language."""
    if "word" in value and "by_point" in value:
        verdict = Verdict(word=value["word"], by_point=value["by_point"],
                          probability=value.get("probability"))  # fmt: skip
        text = edition.tell(said(verdict))
    elif value and value.keys() <= set(LANGUAGES):
        text = edition.read(value)
    else:
        raise Lost(say("This is a part of the report and no figure."),
                   say("Go on with one of: {names}.", names=listed(value)))  # fmt: skip
    return Figure(value=text, text=text)


def _by_path(report: Report, path: str) -> object:
    if path == "stamp":
        return report.edition.stamp or None
    value: Any = report.document
    estimate: Mapping[str, Any] = {}
    for name, chosen in _steps(path):
        if value is None:
            return None
        value = _part(value, name)
        if chosen is not None:
            value = _chosen(value, chosen, name)
        if isinstance(value, Mapping) and "flags" in value:
            estimate = value
    if isinstance(value, list):
        raise Lost(say("'{path}' names {count} figures.", path=path, count=len(value)),
                   say("Choose one in brackets, such as {example}.",
                       example="targets[target=T1a, phase=P2]"))  # fmt: skip
    return _screened(value, estimate, last=path.rpartition(".")[2])


def _screened(value: object, estimate: Mapping[str, Any], *, last: str) -> object:
    """The value, or the code in the place of one that is withheld."""
    flags = estimate.get("flags", ())
    code = next((one for one in get_args(Code) if f"withheld_{one}" in flags), None)
    if code is None or isinstance(value, (str, Mapping)):
        return value
    is_hidden_count = last == "n" and code == "c" and not value
    return f"[{code}]" if value is None or is_hidden_count else value


def _steps(path: str) -> Iterator[tuple[str, str | None]]:
    """Names and what stands in brackets behind them; points inside brackets part nothing."""
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None or path[found.end() : found.end() + 1] not in {"", "."}:
            raise Lost(say("'{path}' is no path of a result.", path=path),
                       say("Write it like {example}.",
                           example="estimates[of=aware, by=].estimate"))  # fmt: skip
        yield found[1].strip(), found[2]
        at = found.end() + 1


def _part(value: Any, name: str) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    if not isinstance(value, Mapping) or name not in value:
        known = list(value) if isinstance(value, Mapping) else []
        raise Lost(say("The report has no '{name}' here.", name=name), did_you_mean(name, known))
    return value[name]


def _chosen(value: Any, chosen: str, name: str) -> Any:  # noqa: ANN401 - a JSON value
    """The only one of a list that has what stands in the brackets."""
    if not isinstance(value, list):
        raise Lost(say("'{name}' is no list to choose from.", name=name))
    wanted = [part.partition("=")[::2] for part in chosen.split(",")]
    found = [one for one in value
             if all(_told(one, key.strip()) == text.strip() for key, text in wanted)]  # fmt: skip
    if len(found) != 1:
        raise Lost(say("{count} of '{name}' have {chosen}.", count=len(found), name=name, chosen=chosen),
                   _others(value, wanted) if not found else say("Say more of the one that is meant."))  # fmt: skip
    return found[0]


def _others(value: list[Any], wanted: Sequence[Sequence[str]]) -> Message:
    """What the first name in the brackets could be."""
    key = wanted[0][0].strip()
    return did_you_mean(wanted[0][1].strip(), dict.fromkeys(_told(one, key) for one in value))


def _told(value: Any, path: str) -> str:  # noqa: ANN401 - a JSON value
    """What a part of an entry says; nothing where it is not there or empty."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return "" if value is None or value == {} else str(value)


def _by_table(report: Report, cell: FormCell) -> tuple[object, Form]:
    names = {one.id: one for one in report.sheets}
    if cell.table not in names:
        raise Lost(say("The report has no table '{name}'.", name=cell.table),
                   did_you_mean(cell.table or "", names))  # fmt: skip
    sheet = names[cell.table]
    headings = [title for title, _ in sheet.columns]
    for name in (*cell.row, cell.column or ""):
        if name not in headings:
            raise Lost(say("Table '{table}' has no column '{name}'.", table=cell.table, name=name),
                       did_you_mean(name, headings))  # fmt: skip
    places = {headings.index(name): text for name, text in cell.row.items()}
    found = [row for row in sheet.rows
             if all(str(row[at] if row[at] is not None else "") == text
                    for at, text in places.items())]  # fmt: skip
    if len(found) != 1:
        raise Lost(_rows(cell, len(found)), _near(sheet, places) if not found else
                   say("Say more of the one that is meant."))  # fmt: skip
    at = headings.index(cell.column or "")
    return found[0][at], sheet.columns[at][1]


def _rows(cell: FormCell, count: int) -> Message:
    row = ", ".join(f"{name}={text}" for name, text in cell.row.items())
    return say(
        "{count} rows of table '{table}' have {row}.", count=count, table=cell.table, row=row
    )


def _near(sheet: Sheet, places: Mapping[int, str]) -> Message:
    """What the first column that fits no row could hold."""
    rows = list(sheet.rows)
    for at, text in places.items():
        left = [row for row in rows if str(row[at]) == text]
        if not left:
            return did_you_mean(text, dict.fromkeys(str(row[at]) for row in rows))
        rows = left
    return say("Say less of the row, or correct it.")
