"""The whole letter, with the same bytes for the same page."""

from datetime import datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.text.paragraph import Paragraph

from instruments.language import say
from reports.document import Page
from reports.render.docx.body import add_section
from reports.render.docx.form import (
    BODY,
    CENTRED,
    SMALL,
    TABLE,
    TEXT,
    Setting,
    place,
    set_page,
    set_styles,
)
from reports.render.docx.letter import foot, head
from reports.render.docx.runs import Face, write

_EPOCH = (1980, 1, 1, 0, 0, 0)


def render(page: Page) -> bytes:
    """The page as a letter in draft with its annex; one without an annex as a plain sheet."""
    document = docx.Document()
    set_styles(document, page.language)
    _describe(document, page)
    _furnish(document.sections[0], page)
    if page.annex:
        head(document, page)
        _text(document, page)
        foot(document, page)
        _annex(document, page)
    else:
        _sheet(document, page)
    stream = BytesIO()
    document.save(stream)
    return _same_bytes(stream.getvalue())


def _describe(document: Document, page: Page) -> None:
    about = document.core_properties
    about.title = " - ".join(part for part in (page.stamp, page.title) if part)
    about.author = about.last_modified_by = about.keywords = about.subject = ""
    about.comments, about.language = page.stamp, page.language
    about.created = about.modified = datetime.combine(page.as_of, time())
    about.revision = 1


def _furnish(section: Section, page: Page) -> None:
    """The page's number in the top margin from the second page on; the stamp on every page."""
    set_page(section)
    numbered = place(section.header.paragraphs[0], CENTRED)
    _field(write(numbered, "", Face(13)), "PAGE")
    for margin in (section.first_page_header, section.footer):
        write(place(margin.paragraphs[0], CENTRED), page.stamp, Face(SMALL, bold=True))


def _text(document: Document, page: Page) -> None:
    introduction = f"{page.subtitle}. {'; '.join(page.facts)}."
    write(place(document.add_paragraph(), TEXT), introduction, Face(BODY))
    for number, section in enumerate((*page.front, *page.boxes), start=1):
        add_section(document, section, number=f"{number}.", level=1)


def _sheet(document: Document, page: Page) -> None:
    """What lies beside a letter: its title and its sections in the size of tables."""
    write(place(document.add_paragraph(), CENTRED), page.title, Face(BODY, bold=True))
    about = f"{page.subtitle}. {'; '.join(page.facts)}."
    write(
        place(document.add_paragraph(), Setting(align=CENTRED.align, after=4)), about, Face(TABLE)
    )
    for section in (*page.front, *page.boxes):
        add_section(document, section, number="", level=2, size=TABLE)
    _provenance(document, page)


def _provenance(document: Document, page: Page) -> None:
    for line in page.footer:
        write(place(document.add_paragraph(), Setting(before=4)), line, Face(SMALL))


def _annex(document: Document, page: Page) -> None:
    """On pages of its own with numbers of their own, as the decree asks of an annex."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = True
    set_page(section)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.append(start)
    title = place(document.add_paragraph(), CENTRED)
    write(title, say("Appendix I").text(page.language), Face(BODY, bold=True))
    write(place(document.add_paragraph(), Setting(align=CENTRED.align, after=8)),
          page.annex_about, Face(BODY, bold=True))  # fmt: skip
    for number, each in enumerate(page.annex, start=1):
        add_section(document, each, number=f"{number}.", level=2)
    _provenance(document, page)


def _field(paragraph: Paragraph, instruction: str) -> None:
    """A field that the reader's program fills in."""
    run = paragraph.runs[-1]._r
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = instruction
        run.append(mark)


def _same_bytes(data: bytes) -> bytes:
    """The archive anew with its members in order, each of the same age."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as given, ZipFile(stream, "w", ZIP_DEFLATED) as made:
        for name in sorted(given.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            member = ZipInfo(name, date_time=_EPOCH)
            member.compress_type = ZIP_DEFLATED
            made.writestr(member, given.read(name))
    return stream.getvalue()
