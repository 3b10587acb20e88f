"""A page for each area: its verdict or why none, what it lies in, and nothing that is withheld."""

import re
from dataclasses import replace

import pytest

from analysis.disclosure.publishing import public
from analysis.disclosure.screen import code_of, screen
from analysis.result import AreaProfile
from analysis.shares import AVERAGE
from instruments.errors import HieuluatError
from reports.area_page import area_page, subjects
from reports.area_writing import Wanted, render_sheets, stem
from reports.document import Answers, Bullets, Chart, Table
from reports.edition import Edition
from reports.release_standing import DRAFT, DRAFTS
from reports.render import docx, html, pdf
from tests.reports.conftest import TOPICS, share
from tests.reports.test_areas import DISTRICTS, with_areas


def profiles(codes=DISTRICTS, *, n=400):
    """A profile for each district, all of them in the rest of the city."""
    return tuple(
        AreaProfile(
            variable="district", area=code, inside={"groups": "rest"}, to_decide=777,
            to_decide_as_all=1234,
            topics=tuple(
                replace(share(0.5 + 0.05 * at, 0.4, 0.9, of=topic, n=n, district=code),
                        flags=(AVERAGE,), cv=0.1)
                for at, topic in enumerate(TOPICS)
            ),
        )
        for code in codes
    )  # fmt: skip


@pytest.fixture
def judged(analysis):
    """Thirty districts with their profiles; the first has too few respondents to be published."""
    return screen(replace(with_areas(analysis), profiles=profiles()))


def pages(analysis, plan, *, language="vi", standing=DRAFT):
    edition = Edition(analysis=analysis, plan=plan, language=language, standing=standing)
    return {
        one.profile.area: (one, area_page(edition, one)) for one in subjects(edition, "district")
    }


def blocks(page, kind):
    return [block for one in (*page.front, *page.boxes) for block in one.blocks
            if isinstance(block, kind)]  # fmt: skip


def test_an_area_without_a_number_says_why_and_shows_none(judged, plan):
    subject, page = pages(judged, plan)["001"]
    assert code_of(subject.estimate) is not None
    ((answer,),) = [one.items for one in blocks(page, Answers)]
    assert answer.lead == "Chưa đủ căn cứ kết luận."
    assert "Không công bố số liệu của địa bàn này so với T1a (90%)" in answer.text
    assert "Điều đó không nói lên điều gì về địa bàn" in answer.text
    compared, topics = blocks(page, Table)
    assert re.fullmatch(r"\[[cu]\]", compared.rows[0][1].text)
    assert topics.caption == (
        "Điều toàn bộ người dân biết ít nhất; ở Quận Ba Đình số người được hỏi quá ít"
    )
    (chart,) = blocks(page, Chart)
    assert "Quận Ba Đình" not in chart.description


def test_what_its_own_number_would_decide_is_not_told_of_a_withheld_area(judged, plan):
    _, page = pages(judged, plan)["001"]
    needed = blocks(page, Bullets)[-1].items
    assert needed == ("Khoảng 1.300 phiếu phỏng vấn tại đây (cuộc khảo sát này: 20), "
                      "nếu tỷ lệ ở đây bằng tỷ lệ của toàn bộ.",)  # fmt: skip
    assert judged.profiles[0].to_decide is None
    assert judged.profiles[0].topics == ()


def test_a_published_area_stands_beside_what_it_lies_in(judged, plan):
    subject, page = pages(judged, plan, language="en")["282"]
    compared, topics = blocks(page, Table)
    names = [row[0].text for row in compared.rows]
    assert names == ["Huyện Mỹ Đức", "Rest of the city", "All"]
    assert compared.rows[0][2].mark == subject.row.verdict.word
    assert [row[2].text for row in compared.rows[1:]] == ["–", "–"]
    assert topics.caption == "What people asked in Huyện Mỹ Đức know least"
    assert [row[1].text for row in topics.rows] == ["50%", "55%", "60%"]
    ((answer,),) = [one.items for one in blocks(page, Answers)]
    assert "30 areas are judged at once: each interval holds with 99.8% confidence" in answer.text


def test_a_topic_that_few_answered_or_that_varies_much_is_not_told(analysis):
    few = screen(replace(with_areas(analysis), profiles=profiles(n=29)))
    assert {one.topics for one in few.profiles} == {()}
    wide = tuple(replace(one, topics=tuple(replace(each, cv=0.31) for each in one.topics))
                 for one in profiles())  # fmt: skip
    assert {
        one.topics for one in screen(replace(with_areas(analysis), profiles=wide)).profiles
    } == {()}


def test_the_public_sheet_rounds_and_plans_no_wave(judged, plan):
    _, page = pages(public(judged), plan, standing=DRAFTS["public"])["282"]
    assert "Cần gì để kết luận được" not in {one.title for one in page.boxes}
    counts = [row[3].text for row in blocks(page, Table)[0].rows]
    assert {int(text.replace(".", "")) % 10 for text in counts} == {0}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("code", ["001", "282"])
def test_a_sheet_is_one_page_of_a4(judged, plan, tmp_path, language, code):
    pikepdf = pytest.importorskip("pikepdf")
    _, page = pages(judged, plan, language=language)[code]
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf.render(page))
    with pikepdf.open(path) as opened:
        assert len(opened.pages) == 1


def test_a_sheet_in_html_has_no_annex_and_the_letter_no_signature(judged, plan):
    import io

    from docx import Document

    _, page = pages(judged, plan)["282"]
    assert 'class="annex"' not in html.render(page)
    document = Document(io.BytesIO(docx.render(page)))
    text = "\n".join(one.text for one in document.paragraphs)
    assert "Huyện Mỹ Đức" in text
    assert "Nơi nhận" not in text
    assert len(document.sections) == 1


def test_all_sheets_are_written_by_code_and_name_with_the_same_bytes(judged, plan):
    order = {"wanted": Wanted(variable="district"), "formats": ("html",), "languages": ("vi",),
             "standing": DRAFT}  # fmt: skip
    first = dict(render_sheets(judged, plan, **order))
    assert len(first) == 30
    assert {"001-quan-ba-dinh.html", "019-quan-nam-tu-liem.html"} <= first.keys()
    only = Wanted(variable="district", only=("282", "001"))
    again = dict(render_sheets(judged, plan, **order | {"wanted": only}))
    assert list(again) == ["001-quan-ba-dinh.html", "282-huyen-my-duc.html"]
    assert all(first[name] == data for name, data in again.items())


def test_a_name_in_letters_that_every_disk_takes(judged, plan):
    edition = Edition(analysis=judged, plan=plan, language="vi")
    subject = subjects(edition, "district")[0]
    assert stem(replace(subject, name="Xã Đoài Phương/..")) == "001-xa-doai-phuong"


def test_a_variable_that_is_not_judged_and_unknown_codes_are_refused_at_once(judged, plan):
    order = {"formats": ("html",), "languages": ("vi",), "standing": DRAFT}
    with pytest.raises(HieuluatError) as refused:
        list(render_sheets(judged, plan, wanted=Wanted(variable="unit"), **order))
    assert "The areas of 'unit' are not judged." in str(refused.value)
    assert "Judged are the areas of: district." in str(refused.value)
    with pytest.raises(HieuluatError) as refused:
        list(
            render_sheets(
                judged, plan, wanted=Wanted(variable="district", only=("28", "001", "x")), **order
            )
        )
    assert "'28' is no area of 'district'." in str(refused.value)
    assert "'x' is no area of 'district'." in str(refused.value)
