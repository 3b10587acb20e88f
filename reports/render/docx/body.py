"""The blocks of a page as paragraphs, tables and pictures of a letter."""

from collections.abc import Sequence
from io import BytesIO

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import _Cell, _Row

from reports import pictures
from reports.chart_layout import WIDE
from reports.document import Answers, Block, Bullets, Cell, Picture, Prose, Section, Table
from reports.render.docx.form import (
    BODY,
    CENTRED,
    SMALL,
    TABLE,
    TEXT,
    WIDTH,
    Setting,
    keep_whole,
    place,
    set_widths,
)
from reports.render.docx.runs import Face, write
from reports.wording import GLYPHS

_BESIDE = Setting(after=3)
_DPI = 130
"""Of a drawing ten inches wide: as it stands on the page, two hundred dots an inch."""


def add_section(
    document: Document, section: Section, *, number: str, level: int, size: float = BODY
) -> None:
    """A numbered heading and its blocks, their text in `size` points."""
    heading = document.add_paragraph(style=f"Heading {level}")
    place(heading, Setting(before=10, after=4, keep_with_next=True))
    write(heading, f"{number} {section.title}".strip(), Face(size, bold=True))
    for block in section.blocks:
        add_block(document, block, size=size)


def add_block(document: Document, block: Block, *, size: float = BODY) -> None:
    """One block, whatever its kind."""
    match block:
        case Answers():
            _add_answers(document, block, size=size)
        case Prose():
            _add_paragraphs(document, block.paragraphs, size=size)
        case Bullets():
            _add_paragraphs(document, [f"- {text}" for text in block.items], size=size)
        case Table():
            _add_table(document, block)
        case Picture():
            _add_chart(document, block)


def _add_answers(document: Document, block: Answers, *, size: float) -> None:
    for item in block.items:
        paragraph = place(document.add_paragraph(), TEXT)
        mark = "" if item.mark is None else f"{GLYPHS[item.mark]} "
        write(paragraph, f"{mark}{item.lead} ", Face(size, bold=True))
        write(paragraph, item.text, Face(size))


def _add_paragraphs(document: Document, texts: Sequence[str], *, size: float) -> None:
    for text in texts:
        write(place(document.add_paragraph(), TEXT), text, Face(size))


def _add_table(document: Document, block: Table) -> None:
    caption = place(document.add_paragraph(), Setting(before=8, after=4, keep_with_next=True))
    write(caption, block.caption, Face(TABLE, bold=True))
    table = document.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    _repeat(table.rows[0])
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _fill(cell, Cell(text=column.title), bold=True, numeric=column.numeric)
    for row in block.rows:
        made = table.add_row()
        keep_whole(made)
        for cell, column, given in zip(made.cells, block.columns, row, strict=True):
            _fill(cell, given, numeric=column.numeric)
    whole = sum(column.share for column in block.columns)
    set_widths(table, [WIDTH * column.share / whole for column in block.columns], margin=1.5)
    for note in block.notes:
        write(place(document.add_paragraph(), _BESIDE), note, Face(SMALL, italic=True))


def _fill(cell: _Cell, given: Cell, *, bold: bool = False, numeric: bool = False) -> None:
    align = WD_ALIGN_PARAGRAPH.RIGHT if numeric else WD_ALIGN_PARAGRAPH.LEFT
    mark = "" if given.mark is None else f"{GLYPHS[given.mark]} "
    paragraph = place(cell.paragraphs[0], Setting(align=align))
    write(paragraph, f"{mark}{given.text}", Face(TABLE, bold=bold))
    if given.note:
        write(place(cell.add_paragraph(), Setting(align=align)), given.note, Face(SMALL))


def _repeat(row: _Row) -> None:
    """Let a heading stand again on every page that its table reaches."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    keep_whole(row)


def _add_chart(document: Document, block: Picture) -> None:
    """The chart as a picture, with the words of its description as alternative text."""
    drawn = BytesIO()
    pictures.figure(block, layout=WIDE).savefig(
        drawn, format="png", dpi=_DPI, facecolor="white", metadata={"Software": None}
    )
    drawn.seek(0)
    paragraph = place(document.add_paragraph(), CENTRED)
    picture = paragraph.add_run().add_picture(drawn, width=Mm(WIDTH))
    for side in ("distT", "distB", "distL", "distR"):
        picture._inline.set(
            side, "0"
        )  # what is not said, LibreOffice takes for an eighth of an inch
    properties = picture._inline.find(qn("wp:docPr"))
    properties.set("descr", f"{block.title}. {block.description}")
