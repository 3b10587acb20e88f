"""The decree's measures: paper, margins, type sizes, and how a paragraph of each kind is set."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

from instruments.language import Language

FONT = "Times New Roman"
PAPER = (210, 297)
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 15}
"""Millimetres; the decree allows 20-25, 20-25, 30-35 and 15-20."""
WIDTH = PAPER[0] - MARGINS["left"] - MARGINS["right"]
BODY, TABLE, SMALL = 14, 11, 10
"""Points: text and headings, cells, and what stands below tables."""
FIRST_LINE = 12.7
"""Indent of a paragraph's first line in millimetres."""
LOCALES: dict[Language, str] = {"vi": "vi-VN", "en": "en-GB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a paragraph is set: sizes in points, lengths in millimetres."""

    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT
    first_line: float = 0
    left: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    keep_with_next: bool = False


CENTRED = Setting(align=WD_ALIGN_PARAGRAPH.CENTER)
TEXT = Setting(align=WD_ALIGN_PARAGRAPH.JUSTIFY, first_line=FIRST_LINE, after=6)


def set_page(section: Section) -> None:
    """A4 upright with the decree's margins, its first page without a number."""
    section.page_width, section.page_height = (Mm(length) for length in PAPER)
    for side, length in MARGINS.items():
        setattr(section, f"{side}_margin", Mm(length))
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True


def set_styles(document: Document, language: Language) -> None:
    """Times New Roman in black throughout, single line spacing, headings for navigation."""
    for name, size in (("Normal", BODY), ("Heading 1", BODY), ("Heading 2", BODY)):
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)  # noqa: S101 - tells the type checker
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), RGBColor(0, 0, 0)
        style.font.bold = name != "Normal"
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = 1.0
        _set_script(style, language)


def place(paragraph: Paragraph, setting: Setting) -> Paragraph:
    """Set a paragraph."""
    form = paragraph.paragraph_format
    paragraph.alignment = setting.align
    form.first_line_indent, form.left_indent = Mm(setting.first_line), Mm(setting.left)
    form.right_indent = Mm(setting.right)
    form.space_before, form.space_after = Pt(setting.before), Pt(setting.after)
    form.keep_with_next = setting.keep_with_next
    return paragraph


def rule_below(paragraph: Paragraph) -> None:
    """A solid line under a paragraph, between its indents."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def keep_whole(row: _Row) -> None:
    """Let no end of a page part a row."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def set_widths(table: Table, widths: Sequence[float], *, margin: float) -> None:
    """Fix the widths of columns, and the space beside the text of cells, in millimetres."""
    table.autofit = False
    for index, width in enumerate(widths):
        table.columns[index].width = Mm(width)
        for cell in table.columns[index].cells:
            cell.width = Mm(width)
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        space = OxmlElement(f"w:{side}")
        space.set(qn("w:w"), str(Mm(margin).twips))
        space.set(qn("w:type"), "dxa")
        margins.append(space)
    table._tbl.tblPr.append(margins)


def _set_script(style: ParagraphStyle, language: Language) -> None:
    """The same face for every script, and the language that a spelling checker goes by."""
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
    for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    spoken = OxmlElement("w:lang")
    for script in ("val", "eastAsia", "bidi"):
        spoken.set(qn(f"w:{script}"), LOCALES[language])
    properties.append(spoken)
