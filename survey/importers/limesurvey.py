"""LimeSurvey: responses as CSV, Excel or "VV" text, headed by codes, by texts, or by both.

``question[sub]`` is one option of a multiple choice or one row of an array, ``question[other]`` the
text behind the option "other", whose code is ``-oth-``. A VV file has a line of texts above the
line of codes, and writes in braces what tab-separated text cannot hold.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from instruments.language import say
from survey.importers.added import Added, with_added
from survey.importers.headed import first_filled, records_below, trimmed
from survey.importers.table import (
    Columns,
    Container,
    Contents,
    Evidence,
    Override,
    Row,
    Sheet,
    Table,
)

KIND = "limesurvey"
CONTAINERS: frozenset[Container] = frozenset({"text", "workbook"})
_CODES = {
    "Response ID": "id", "Date submitted": "submitdate", "Last page": "lastpage",
    "Start language": "startlanguage", "Seed": "seed", "Access code": "token", "Token": "token",
    "Date started": "startdate", "Date last action": "datestamp", "IP address": "ipaddr",
    "Referrer URL": "refurl", "Total time": "interviewtime", "First name": "firstname",
    "Last name": "lastname", "Email address": "email",
}  # fmt: skip
_TELLING = frozenset(
    {"submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "id"}
)
_SYSTEM = frozenset(_CODES.values())
_TIMING = re.compile(r"(group|question)time\d*.*", re.IGNORECASE)
_SUB = re.compile(r"(?P<question>.*?) ?\[(?P<sub>[^\[\]]*)\](\[(?P<scale>[^\[\]]*)\])?", re.DOTALL)
_NOT_SHOWN = "{question_not_shown}"
_OTHER = frozenset({"Other", "Khác"})
_TICKS = frozenset({"", "Y", "N", "Yes", "No", "Có", "Không", "1", "0", "N/A", _NOT_SHOWN})
_BRACED = (
    ("{quote}", '"'),
    ("{tab}", "\t"),
    ("{cr}", "\r"),
    ("{newline}", "\n"),
    ("{lbrace}", "{"),
)


def recognise(contents: Contents) -> Evidence | None:
    """A file with at least four of LimeSurvey's own columns."""
    layout = _layout(contents)
    found = [code for code in layout.codes if code in _TELLING]
    if len(set(found)) < 4:
        return None
    return Evidence(score=0.9, why=say("It has LimeSurvey's own columns: {names}.",
                                       names=", ".join(found)))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records, whichever way they are headed."""
    bare = _layout(contents)
    layout = replace(bare, others=_written(bare))
    added = [*_identity(layout), *_others(layout)]
    headings = (*layout.headings, *(one.heading for one in added))
    return Table(
        kind=KIND, evidence=evidence, contents=contents, headings=headings, sheet=layout.sheet.name,
        columns=_columns(layout, added),
        lines=lambda: with_added(_rows(layout), width=len(layout.headings), added=added),
        unread=tuple(one.name for one in contents.sheets if one is not layout.sheet),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where the headings stand, and what each says: its code, and its text where it has one."""

    sheet: Sheet
    line: int
    headings: tuple[str, ...]
    codes: tuple[str, ...]
    texts: tuple[str, ...]
    braced: bool
    others: frozenset[int] = frozenset()
    """Columns with what was written for "other"."""

    def where(self, code: str) -> int | None:
        return self.codes.index(code) if code in self.codes else None


def _layout(contents: Contents) -> _Layout:
    sheet, (line, cells) = first_filled(contents)
    headings = trimmed(cells)
    following = next(
        islice((one for one in sheet.lines() if one[0] > line and any(one[1])), 1), None
    )
    if following is not None and len(_TELLING.intersection(following[1])) >= 4:
        codes = trimmed(following[1])
        texts = tuple(headings[at] if at < len(headings) else "" for at in range(len(codes)))
        return _Layout(sheet=sheet, line=following[0], headings=codes, codes=codes, texts=texts,
                       braced=True)  # fmt: skip
    between = re.match(r"id(\W+)\w", headings[0]) if headings else None
    sign = between[1] if between is not None else "\0"
    pairs = [heading.partition(sign) for heading in headings]
    return _Layout(sheet=sheet, line=line, headings=headings, braced=False,
                   codes=tuple(_CODES.get(code, code) for code, _, _ in pairs),
                   texts=tuple(text for _, _, text in pairs))  # fmt: skip


def _columns(layout: _Layout, added: Sequence[Added]) -> Columns:
    width = len(layout.headings)
    names = {at: tuple(dict.fromkeys(_names(code, text, other=at in layout.others)))
             for at, (code, text) in enumerate(zip(layout.codes, layout.texts, strict=True))}  # fmt: skip
    last = layout.where("datestamp")
    told: set[int] = set()
    for at, name in ((layout.where("startdate"), "start"),
                     (layout.where("submitdate") if last is None else last, "end")):  # fmt: skip
        if at is not None:
            names[at] = (name,)
            told.add(at)
    system = {at for at, code in enumerate(layout.codes) if at not in told
              and (code in _SYSTEM or _TIMING.fullmatch(code) or code.endswith("[filecount]"))}  # fmt: skip
    ids = frozenset(width + at for at, one in enumerate(added) if one.heading == "id-seed")
    serial = (layout.where(code) for code in ("id", "seed", "startdate", "datestamp", "submitdate"))
    return Columns(
        in_form_order=True,
        ids=tuple(ids), made=frozenset(range(width, width + len(added))),
        system=frozenset(system) | ids, names=names, blank=frozenset({"N/A"}),
        serial=frozenset(at for at in serial if at is not None),
    )  # fmt: skip


def _names(code: str, text: str, *, other: bool) -> Iterator[str]:
    """A question by its code and text; an option or a row within its question, then alone."""
    for heading in filter(None, (code, text)):
        found = _SUB.fullmatch(heading)
        if found is None:
            yield heading
        elif other:
            yield f"{found['question']}_other"
        else:
            yield from (f"{found['question']}/{found['sub']}", found["sub"])


def _identity(layout: _Layout) -> Iterator[Added]:
    """Responses are numbered from 1 in each survey; with their seed the number is theirs alone."""
    number, seed = layout.where("id"), layout.where("seed")
    if number is not None and seed is not None:
        yield Added(heading="id-seed", cell=partial(_joined, (number, seed)))


def _joined(places: Sequence[int], cells: Sequence[str]) -> str:
    parts = [cells[at] for at in places]
    return "-".join(parts) if all(parts) else ""


def _written(layout: _Layout) -> frozenset[int]:
    """By their code, else by their text and that anything but ticks stands in them."""
    subs = {at: found["sub"] for at, code in enumerate(layout.codes)
            if (found := _SUB.fullmatch(code)) is not None}  # fmt: skip
    told = {at for at, sub in subs.items() if sub == "other"}
    asked = [at for at, sub in subs.items() if sub in _OTHER]
    if asked:
        told |= {at for row in _rows(layout) for at in asked
                 if at < len(row.cells) and row.cells[at] not in _TICKS}  # fmt: skip
    return frozenset(told)


def _others(layout: _Layout) -> Iterator[Added]:
    """For each multiple choice with a text for "other": whether it was chosen."""
    subs = [_SUB.fullmatch(code) for code in layout.codes]
    for at in sorted(layout.others):
        question = next(one["question"] for one in [subs[at]] if one is not None)
        if sum(one is not None and one["question"] == question for one in subs) > 1:
            yield Added(heading=f"{question}/other", cell=partial(_filled, at))


def _filled(at: int, cells: Sequence[str]) -> str:
    return "1" if cells[at] else "0"


def _rows(layout: _Layout) -> Iterator[Row]:
    for row in records_below(layout.sheet, layout.line, len(layout.headings)):
        yield replace(row, cells=tuple(_cell(text, braced=layout.braced) for text in row.cells))


def _cell(text: str, *, braced: bool) -> str:
    if braced and "{" in text:
        if text == _NOT_SHOWN:
            return ""
        for written, meant in _BRACED:
            text = text.replace(written, meant)
    if text == "-oth-":
        return "other"
    return text[1:] if text.startswith("'=") else text
