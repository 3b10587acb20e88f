"""Qualtrics: CSV or TSV with three heading lines (names, texts, import ids), or two of old.

Options of a multiple choice stand in one cell with commas between, or in a column each, whose text
is ``Question - Selected Choice - Option``; ``_TEXT`` is what was written beside an option. -99 is a
question that was seen and not answered.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from instruments.language import say
from survey.importers.headed import first_filled, positions, records_below, trimmed
from survey.importers.table import Columns, Container, Contents, Evidence, Override, Sheet, Table

KIND = "qualtrics"
CONTAINERS: frozenset[Container] = frozenset({"text", "archive", "workbook"})
_CLOCKS = {"StartDate": "start", "EndDate": "end"}
_TELLING = frozenset(
    {"StartDate", "EndDate", "RecordedDate", "ResponseId", "ResponseID", "Progress", "Finished",
     "DistributionChannel", "UserLanguage", "Duration (in seconds)"}
)  # fmt: skip
_SYSTEM = (_TELLING - _CLOCKS.keys()) | frozenset(
    {"Status", "IPAddress", "RecipientLastName", "RecipientFirstName", "RecipientEmail",
     "ExternalReference", "ExternalDataReference", "LocationLatitude", "LocationLongitude",
     "LocationAccuracy", "ResponseSet", "Name", "EmailAddress"}
)  # fmt: skip
_IMPORT_ID = re.compile(r'\{"ImportId":')
_OLD = re.compile(r"V\d+")
_CHOICE = " - Selected Choice"
_PAGE_TIMING = re.compile(r".+_(First Click|Last Click|Page Submit|Click Count|DO)(_.*)?")
_TEXT = re.compile(r"(?P<question>.+?)(_\d+)?_TEXT")


def recognise(contents: Contents) -> Evidence | None:
    """A file whose third line holds import ids, or whose first or second has Qualtrics's columns."""
    layout = _layout(contents)
    if layout is None:
        return None
    found = [name for name in layout.names if name in _TELLING]
    return Evidence(score=0.95, why=say("It has Qualtrics's heading lines and columns: {names}.",
                                        names=", ".join(found)))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records below the heading lines."""
    layout = _layout(contents) or _plainly(contents)
    return Table(
        kind=KIND, evidence=evidence, contents=contents, headings=layout.names,
        sheet=layout.sheet.name, columns=_columns(layout),
        lines=lambda: records_below(layout.sheet, layout.line, len(layout.names)),
        unread=tuple(one.name for one in contents.sheets if one is not layout.sheet),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """The last heading line, and each column's name and text."""

    sheet: Sheet
    line: int
    names: tuple[str, ...]
    texts: tuple[str, ...]


def _layout(contents: Contents) -> _Layout | None:
    sheet, _ = first_filled(contents)
    filled = list(islice((one for one in sheet.lines() if any(one[1])), 3))
    if len(filled) < 2:
        return None
    (_, first), (line, second) = filled[:2]
    names, texts = trimmed(first), _padded(trimmed(second), len(trimmed(first)))
    if len(filled) == 3 and sum(_IMPORT_ID.match(cell) is not None for cell in filled[2][1]) > 1:
        return _Layout(sheet=sheet, line=filled[2][0], names=names, texts=texts)
    own = tuple(
        text if _OLD.fullmatch(name) else name for name, text in zip(names, texts, strict=True)
    )
    if "ResponseID" in own and len(_TELLING.intersection(own)) >= 3:
        return _Layout(sheet=sheet, line=line, names=own, texts=texts)
    return None


def _plainly(contents: Contents) -> _Layout:
    """Of a file from which someone took the further heading lines."""
    sheet, (line, cells) = first_filled(contents)
    return _Layout(sheet=sheet, line=line, names=trimmed(cells), texts=("",) * len(trimmed(cells)))


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * width)[:width]


def _columns(layout: _Layout) -> Columns:
    names = {at: tuple(dict.fromkeys(_names(name, text)))
             for at, (name, text) in enumerate(zip(layout.names, layout.texts, strict=True))}  # fmt: skip
    for name, meant in _CLOCKS.items():
        names |= dict.fromkeys(positions(layout.names, (name,)), (meant,))
    system = frozenset(at for at, name in enumerate(layout.names)
                       if name in _SYSTEM or _PAGE_TIMING.fullmatch(name))  # fmt: skip
    answers = frozenset(range(len(layout.names))) - system
    return Columns(
        in_form_order=True,
        ids=positions(layout.names, ("ResponseId", "ResponseID")), system=system, names=names,
        serial=frozenset(positions(layout.names, ("StartDate", "EndDate", "RecordedDate"))),
        missing=dict.fromkeys(answers, frozenset({"-99"})),
    )  # fmt: skip


def _names(name: str, text: str) -> Iterator[str]:
    """The question's text; an option, or a row of a matrix, behind its question and alone."""
    written = _TEXT.fullmatch(name)
    if written is not None:
        yield f"{written['question']}_other"
        return
    if not text:
        return
    yield text.removesuffix(_CHOICE)
    question, dash, option = text.replace(_CHOICE, "").rpartition(" - ")
    if dash:
        yield from (f"{question}/{option}", f"{name.rpartition('_')[0]}/{option}", option)
