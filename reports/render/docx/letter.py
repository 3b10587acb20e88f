"""What stands above and below the text of an official letter, with blanks for the clerk."""

from collections.abc import Callable
from datetime import date

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from instruments.language import Language, Message, say
from reports.document import Page
from reports.render.docx.form import (
    BODY,
    CENTRED,
    WIDTH,
    Setting,
    keep_whole,
    place,
    rule_below,
    set_widths,
)
from reports.render.docx.runs import Face, write

LEFT = 65
"""Width in millimetres of the issuing body's column; the State's name keeps one line in the rest."""
_RULES = {"body": 20, "motto": 20, "title": 55}
"""Indents on both sides that leave a line of the decree's length: a third to a half, or the whole."""
_BLANK = "………"
_Tell = Callable[[Message], str]


def head(document: Document, page: Page) -> None:
    """Issuing body, State and motto, number, place and date, then the name and subject."""
    tell = _in(page.language)
    table = _pair(document, rows=2)
    left, right = table.rows[0].cells
    _line(left, tell(say("[PARENT BODY]")), Face(12))
    _line(left, tell(say("[ISSUING BODY]")), Face(12, bold=True), rule="body")
    _line(right, tell(say("SOCIALIST REPUBLIC OF VIET NAM")), Face(12, bold=True))
    _line(right, tell(say("Independence - Freedom - Happiness")), Face(13, bold=True), rule="motto")
    left, right = table.rows[1].cells
    _line(left, tell(say("No: {blank}/BC-{blank}", blank=_BLANK)), Face(13))
    _line(right, tell(_dated(page.as_of)), Face(13, italic=True))
    name = place(document.add_paragraph(), Setting(align=WD_ALIGN_PARAGRAPH.CENTER, before=18))
    write(name, tell(say("REPORT")), Face(BODY, bold=True))
    write(place(document.add_paragraph(), CENTRED), page.title, Face(BODY, bold=True))
    _rule(document.add_paragraph(), "title", after=12)
    line = place(document.add_paragraph(), Setting(align=WD_ALIGN_PARAGRAPH.CENTER, after=12))
    write(line, tell(say("To: {blank}", blank=_BLANK)), Face(BODY))


def foot(document: Document, page: Page) -> None:
    """Recipients at the left, level with the signer's place at the right."""
    tell = _in(page.language)
    place(document.add_paragraph(), Setting(after=6))
    table = _pair(document, rows=1)
    keep_whole(table.rows[0])
    left, right = table.rows[0].cells
    first = place(left.paragraphs[0], Setting())
    write(first, tell(say("Recipients:")), Face(12, bold=True, italic=True))
    for line in (say("- As above;"), say("- {blank};", blank=_BLANK),
                 say("- Filed: Records, {blank}.", blank=_BLANK)):  # fmt: skip
        write(place(left.add_paragraph(), Setting()), tell(line), Face(11))
    _line(right, tell(say("[AUTHORITY AND TITLE OF THE SIGNER]")), Face(BODY, bold=True))
    for _ in range(4):
        right.add_paragraph()
    _line(right, tell(say("[Full name]")), Face(BODY, bold=True))


def _in(language: Language) -> _Tell:
    return lambda message: message.text(language)


def _dated(day: date) -> Message:
    """The year only: place, day and month are the clerk's."""
    return say("{blank}, day {blank} month {blank} year {year}", blank=_BLANK, year=str(day.year))


def _pair(document: Document, *, rows: int) -> Table:
    """A table without lines: two columns that stand side by side."""
    table: Table = document.add_table(rows=rows, cols=2)
    set_widths(table, (LEFT, WIDTH - LEFT), margin=0)
    return table


def _line(cell: _Cell, text: str, face: Face, *, rule: str = "") -> None:
    """A centred line of a cell, with a rule below it where the decree asks for one."""
    first = cell.paragraphs[0]
    paragraph = cell.add_paragraph() if first.runs or len(cell.paragraphs) > 1 else first
    write(place(paragraph, CENTRED), text, face)
    if rule:
        _rule(cell.add_paragraph(), rule, after=6)


def _rule(paragraph: Paragraph, name: str, *, after: float) -> None:
    indent = _RULES[name]
    place(paragraph, Setting(left=indent, right=indent, after=after))
    paragraph.paragraph_format.line_spacing = Pt(3)
    rule_below(paragraph)
