"""The same numbers in every format: what one section prints, sought in each of the others."""

import io
import re
import subprocess
from collections.abc import Iterator
from html import unescape

import docx
from python_calamine import CalamineWorkbook

from analysis.result import Analysis
from analysis.serialise import as_json
from instruments.language import Language
from instruments.plan import Plan
from reports.document import Chart, Page, Section
from reports.edition import Edition
from reports.format import Formatter
from reports.render import docx as letter
from reports.render import html, pdf, xlsx
from reports.sheets import sheets
from reports.view import view

NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")


def disagreements(
    analysis: Analysis, plan: Plan, *, section: str, language: Language, folder
) -> dict[str, set[str]]:
    """By format, the numbers of a section of the HTML page that the format does not have.

    The numbers on an axis are part of the letter's picture.
    """
    edition = Edition(analysis=analysis, plan=plan, language=language)
    page = view(edition)
    printed = set(NUMBER.findall(words_of(html.render(page), section)))
    assert printed
    shares = {one for one in printed if one.endswith("%")}
    drawn = [block for block in section_of(page, section).blocks if isinstance(block, Chart)]
    axes = {one for chart in drawn for _, text in chart.ticks for one in NUMBER.findall(text)}
    return {
        "pdf": printed - set(NUMBER.findall(pdf_words(pdf.render(page), folder))),
        "docx": printed - axes - set(NUMBER.findall(letter_words(letter.render(page)))),
        "xlsx": shares - written(cells(edition, page), language),
        "json": shares - written(leaves(as_json(analysis)), language),
    }


def section_of(page: Page, name: str) -> Section:
    """A section of the annex or the front by its id."""
    return next(one for one in (*page.front, *page.boxes, *page.annex) if one.id == name)


def words_of(shown: str, section: str) -> str:
    """The words of one section of an HTML page; every letter of its drawings included."""
    body = re.search(rf'<section class="{section}".*?</section>', shown, flags=re.DOTALL)
    assert body is not None, section
    text = re.sub(r"<(?:style|defs).*?</(?:style|defs)>|<!--.*?-->", " ", body[0], flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", text))


def pdf_words(data: bytes, folder) -> str:
    """The words of a PDF, by poppler."""
    (folder / "page.pdf").write_bytes(data)
    command = ["pdftotext", "-raw", folder / "page.pdf", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def letter_words(data: bytes) -> str:
    """The words of a letter: paragraphs, tables, and what stands for its pictures."""
    document = docx.Document(io.BytesIO(data))
    texts = [one.text for one in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    texts += re.findall(r'descr="([^"]*)"', document.element.xml)
    return "\n".join(texts)


def cells(edition: Edition, page: Page) -> Iterator[object]:
    """Every cell of the workbook."""
    data = xlsx.render(sheets(edition, page), title=page.title, stamp="", as_of=page.as_of)
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in book.sheet_names:
        for row in book.get_sheet_by_name(name).to_python():
            yield from row


def leaves(value: object) -> Iterator[object]:
    """Every value of a JSON document."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        yield value
        return
    for each in value:
        yield from leaves(each)


def written(values: Iterator[object], language: Language) -> set[str]:
    """Every way in which the numbers among `values` are printed as shares."""
    numbers, known = Formatter(language), set()
    for value in values:
        if isinstance(value, float) and 0 <= value <= 1:
            forms = (numbers.percent(value), numbers.threshold(value), numbers.probability(value),
                     numbers.percent(value, se=0.2))  # fmt: skip
            for one in forms:
                known |= set(NUMBER.findall(one))
    return known
