"""The letter in draft: the decree's form field by field, the page's numbers, the same bytes."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from zipfile import ZipFile

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reports.render import html
from reports.render.docx import render
from reports.view import page

HOSTILE = '{{7*7}} <w:p/> & ]]> \x0b "quote" =1+1 \N{RIGHT-TO-LEFT OVERRIDE}'


@pytest.fixture
def letter(analysis, plan):
    return docx.Document(io.BytesIO(render(page(analysis, plan, language="vi"))))


def runs(document, text: str):
    """Every run of every paragraph that holds `text`, in the body and in tables."""
    found = [one for one in paragraphs(document) if text in one.text]
    assert found, text
    return [run for one in found[:1] for run in one.runs]


def paragraphs(document):
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs


def text_of_letter(data: bytes) -> str:
    return "\n".join(one.text for one in paragraphs(docx.Document(io.BytesIO(data))))


def test_paper_and_margins_are_the_decree_s(letter):
    for section in letter.sections:
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        assert 20 <= round(section.top_margin.mm, 1) <= 25
        assert 20 <= round(section.bottom_margin.mm, 1) <= 25
        assert 30 <= round(section.left_margin.mm, 1) <= 35
        assert 15 <= round(section.right_margin.mm, 1) <= 20


def test_the_face_is_times_new_roman_in_black(letter):
    for name in ("Normal", "Heading 1", "Heading 2"):
        style = letter.styles[name]
        fonts = style.element.rPr.rFonts
        faces = {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "cs", "eastAsia")}
        assert faces == {"Times New Roman"}
        assert str(style.font.color.rgb) == "000000"


@pytest.mark.parametrize(
    ("text", "sizes", "bold", "italic"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (12, 13), True, False),
        ("Độc lập - Tự do - Hạnh phúc", (13, 14), True, False),
        ("[TÊN CƠ QUAN CHỦ QUẢN]", (12, 13), False, False),
        ("[TÊN CƠ QUAN BAN HÀNH]", (12, 13), True, False),
        ("Số: ", (13, 13), False, False),
        ("ngày ……… tháng", (13, 14), False, True),
        ("BÁO CÁO", (13, 14), True, False),
        ("Nơi nhận:", (12, 12), True, True),
        ("- Như trên;", (11, 11), False, False),
        ("[QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ]", (13, 14), True, False),
        ("Phụ lục I", (14, 14), True, False),
    ],
)
def test_each_element_has_the_size_and_style_of_the_decree_s_table(
    letter, text, sizes, bold, italic
):
    for run in runs(letter, text):
        assert Pt(sizes[0]) <= run.font.size <= Pt(sizes[1])
        assert (run.bold, run.italic) == (bold, italic)


def test_number_day_and_month_are_left_to_the_clerk(letter, analysis):
    text = "\n".join(one.text for one in paragraphs(letter))
    assert "Số: ………/BC-………" in text
    assert f"………, ngày ……… tháng ……… năm {analysis.provenance.today.year}" in text
    assert not re.search(r"\bMẬT\b", text)


def test_text_is_justified_with_a_first_line_indent_and_air_between_paragraphs(letter):
    body = next(one for one in letter.paragraphs if "ước đạt" in one.text)
    assert body.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert body.paragraph_format.first_line_indent == Mm(12.7)
    assert body.paragraph_format.space_after >= Pt(6)
    assert all(Pt(13) <= run.font.size <= Pt(14) for run in body.runs)


def test_pages_are_numbered_in_the_top_margin_but_for_the_first(letter):
    for section in letter.sections:
        assert section.different_first_page_header_footer
    (header,) = letter.sections[0].header.paragraphs
    assert header.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert "PAGE" in header._p.xml
    assert "PAGE" not in letter.sections[0].first_page_header.paragraphs[0]._p.xml
    assert 'w:pgNumType w:start="1"' in letter.sections[1]._sectPr.xml


def test_pictures_say_in_words_what_they_show(letter):
    (picture,) = letter.inline_shapes
    described = picture._inline.find(qn("wp:docPr")).get("descr")
    assert "71,3%" in described
    assert {picture._inline.get(f"dist{side}") for side in "TBLR"} == {"0"}


def test_simulated_data_are_stamped_on_every_page(analysis, plan):
    rests = replace(analysis.provenance, simulated=True)
    made = render(page(replace(analysis, provenance=rests), plan, language="vi"))
    for section in docx.Document(io.BytesIO(made)).sections:
        for margin in (section.first_page_header, section.footer):
            assert "SỐ LIỆU MÔ PHỎNG" in margin.paragraphs[0].text


def test_every_number_of_the_html_is_in_the_letter_and_no_other(analysis, plan, text_of):
    made = page(analysis, plan, language="vi")
    number = re.compile(r"\d[\d.,]*\d|\d")
    shown = set(number.findall(text_of(html.render(made))))
    written = re.sub(r"^\d+\. ", "", text_of_letter(render(made)), flags=re.MULTILINE)
    own = {str(analysis.provenance.today.year)}
    assert set(number.findall(written)) - own == shown - own


def test_hostile_text_stays_text(analysis, plan):
    rests = replace(analysis.provenance, title={"vi": HOSTILE, "en": HOSTILE})
    written = text_of_letter(render(page(replace(analysis, provenance=rests), plan, language="vi")))
    assert "{{7*7}} <w:p/> & ]]>" in written


def test_same_page_same_bytes_and_no_clock_inside(analysis, plan):
    one, other = (render(page(analysis, plan, language="vi")) for _ in range(2))
    assert one == other
    with ZipFile(io.BytesIO(one)) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
        assert (
            f"{analysis.provenance.today.isoformat()}T"
            in archive.read("docProps/core.xml").decode()
        )


@pytest.mark.heavy
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_the_state_s_name_on_one_line(analysis, plan, tmp_path):
    (tmp_path / "report.docx").write_bytes(render(page(analysis, plan, language="vi")))
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
                    "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "report.docx")],
                   check=True, capture_output=True, timeout=180)  # fmt: skip
    text = subprocess.run(["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"], check=True,
                          capture_output=True, text=True).stdout  # fmt: skip
    assert re.search(r"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM$", text, flags=re.MULTILINE)
    assert re.search(r"………, ngày ……… tháng ……… năm \d{4}$", text, flags=re.MULTILINE)
