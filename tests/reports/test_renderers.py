"""HTML, PDF and workbook: hostile text stays text, numbers agree, and the bytes repeat."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from unicodedata import normalize
from zipfile import ZipFile

import pytest
from fontTools.ttLib import TTFont
from python_calamine import CalamineWorkbook

from analysis.result import Analysis
from instruments.plan import Plan
from reports.edition import Edition
from reports.format import Formatter
from reports.render import html, pdf, xlsx
from reports.render.fonts import woff
from reports.sheets import sheets
from reports.view import page

HOSTILE = '{{7*7}} <script>alert(1)</script> #sys.inputs ]#panic() $x$ =1+1 "quote" &amp; \\u0041'


@pytest.fixture
def hostile(analysis) -> Analysis:
    rests = replace(analysis.provenance, title={"vi": HOSTILE, "en": HOSTILE}, study=HOSTILE)
    return replace(analysis, provenance=rests)


def workbook(analysis: Analysis, plan: Plan) -> bytes:
    edition = Edition(analysis=analysis, plan=plan, language="vi")
    made = page(analysis, plan, language="vi")
    return xlsx.render(sheets(edition, made), title=made.title, stamp=made.stamp, as_of=made.as_of)


def test_hostile_text_is_shown_word_for_word_in_html(hostile, plan, text_of):
    shown = html.render(page(hostile, plan, language="vi"))
    assert "<script" not in shown
    assert HOSTILE in text_of(shown)


def test_hostile_text_is_shown_word_for_word_in_pdf(hostile, plan, tmp_path):
    (tmp_path / "page.pdf").write_bytes(pdf.render(page(hostile, plan, language="vi")))
    shown = pdf_text(tmp_path / "page.pdf")
    assert re.sub(r"\s", "", HOSTILE) in re.sub(r"\s", "", shown)


def test_hostile_text_is_no_formula_in_the_workbook(hostile, plan):
    data = workbook(hostile, plan)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[0][0].startswith(HOSTILE)
    assert b"<f>" not in b"".join(parts(data).values())


def test_the_html_asks_nothing_of_anybody(analysis, plan):
    shown = html.render(page(analysis, plan, language="vi"))
    assert "default-src 'none'" in shown
    links = re.findall(r"""(?:src|href)=["']?([^"'> ]+)|url\(([^)]{,40})""", shown)
    assert all((a or b).startswith(("#", "data:")) for a, b in links)


def test_every_letter_of_vietnamese_is_in_the_embedded_font():
    tones = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
    small = {normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in tones} | {"đ"}
    letters = small | {letter.upper() for letter in small}
    assert len(letters) == 146
    for weight in ("normal", "bold"):
        font = TTFont(io.BytesIO(woff(weight, "".join(sorted(letters)))))
        assert {ord(letter) for letter in letters} <= set(font.getBestCmap())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_share_in_the_html_is_a_cell_of_the_workbook_and_a_value_of_the_analysis(
    analysis, plan, language, text_of
):
    numbers = Formatter(language)
    shown = text_of(html.render(page(analysis, plan, language=language)))
    printed = set(re.findall(r"\d+(?:[.,]\d+)?%", shown))
    cells = [cell for row in _cells(analysis, plan) for cell in row if isinstance(cell, float)]
    values = [value for value in _leaves(asdict(analysis)) if isinstance(value, float)]
    for source in (cells, values):
        shares = [value for value in source if 0 <= value <= 1]
        known = {write(value) for value in shares for write in (numbers.percent, numbers.threshold)}
        known |= {numbers.probability(value) for value in shares}
        unknown = {text for text in printed if not any(text in one for one in known)}
        assert unknown == set()


def _cells(analysis, plan) -> Iterator[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(analysis, plan)))
    for name in book.sheet_names:
        yield from book.get_sheet_by_name(name).to_python()


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        if "numerator" in value and "denominator" in value:
            yield value["numerator"] / value["denominator"]
        value = value.values()
    elif not isinstance(value, list | tuple):
        yield value
        return
    for each in value:
        yield from _leaves(each)


def test_simulated_data_are_stamped_on_every_sheet_and_every_page(analysis, plan, tmp_path):
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(analysis, plan)))
    for name in book.sheet_names:
        assert book.get_sheet_by_name(name).to_python()[1][0].startswith("SỐ LIỆU MÔ PHỎNG")
    (tmp_path / "page.pdf").write_bytes(pdf.render(page(analysis, plan, language="vi")))
    pages = pdf_text(tmp_path / "page.pdf").rstrip("\f").split("\f")
    assert len(pages) > 1
    assert all("SỐ LIỆU MÔ PHỎNG" in text for text in pages)


def test_the_answer_stands_whole_on_the_first_page_of_the_pdf(analysis, plan, tmp_path):
    for language, last in (("vi", "Việc cần làm"), ("en", "To be done")):
        (tmp_path / "page.pdf").write_bytes(pdf.render(page(analysis, plan, language=language)))
        first, second, *_ = pdf_text(tmp_path / "page.pdf").split("\f")
        assert last in first
        assert ("Phụ lục" if language == "vi" else "Annex") in second


SCRIPT = """
import sys, time
later = float(sys.argv[2])
clock = time.time
time.time = lambda: clock() + later
from datetime import date
from hashlib import sha256
from runpy import run_path
made = run_path(sys.argv[1])
from instruments.plan import Plan
from reports.release_standing import DRAFT
from reports.writing import RENDERERS, render_report
plan = Plan.model_validate(made["PLAN"])
analysis = made["make_analysis"](today=date(2026, 11, 24))
files = render_report(analysis, plan, formats=tuple(RENDERERS), languages=("vi",), standing=DRAFT)
for name, data in files.items():
    print(name, sha256(data).hexdigest())
"""
ELSEWHERE = {
    "here": {"TZ": "Asia/Ho_Chi_Minh", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "USER": "lan"},
    "elsewhere": {"TZ": "America/New_York", "PYTHONHASHSEED": "2", "LC_ALL": "C", "USER": "mai",
                  "LANG": "en_US.UTF-8", "HOME": "/nonexistent", "LOGNAME": "mai"},
}  # fmt: skip


def test_the_same_input_gives_the_same_bytes_elsewhere_by_another_hand_and_a_day_later(tmp_path):
    """Time zone, locale, hash seed, folder, user and clock differ; no file does."""
    fixture = Path(__file__).parent / "conftest.py"
    seen = set()
    for at, (name, more) in enumerate(ELSEWHERE.items()):
        place = tmp_path / name
        place.mkdir()
        environment = {**os.environ, **more, "PYTHONPATH": str(Path(__file__).parents[2]),
                       "MPLCONFIGDIR": str(place)}  # fmt: skip
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(fixture), str(at * 86_400)], cwd=place,
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        seen.add(run.stdout)
    assert len(seen) == 1, seen
    names = [line.split()[0] for line in seen.pop().splitlines()]
    assert {"report.html", "report.pdf", "report.docx", "report.xlsx", "result.json"} <= set(names)


def pdf_text(path: Path) -> str:
    """The words of a PDF, by poppler; skipped, visibly, where that is not installed."""
    try:
        run = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    return run.stdout.decode()


def parts(data: bytes) -> dict[str, bytes]:
    """The files inside a workbook."""
    with ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
