"""The public edition: rounded, in plain words, and nothing in it that is internal."""

import json
import re
from dataclasses import replace

import pytest

from analysis.disclosure.publishing import public
from reports.document import Table
from reports.edition import Edition
from reports.release_standing import DRAFT, DRAFTS
from reports.sheets import sheets
from reports.view import view
from reports.writing import RENDERERS, render_report
from tests.reports.conftest import JOINT, share

INTERNAL = {"tasks", "readings", "traits", "adjusted", "cuts", "administrative", "phases",
            "weighting", "notes"}  # fmt: skip


@pytest.fixture
def released(analysis):
    """The analysis as the public gets it, with all that only a next wave needs."""
    item = share(0.613, 0.6, 0.63, of="k07")
    open_ = tuple(replace(one, to_decide=4321) for one in analysis.targets)
    labels = {**analysis.labels, "k07": {"vi": "Câu hỏi mật", "en": "Secret question"},
              "k07=a": {"vi": "Đáp án mật", "en": "Secret answer"}}  # fmt: skip
    return public(replace(analysis, items=(item,), targets=open_, labels=labels))


def edition_of(analysis, plan, language="vi", audience="public"):
    return Edition(analysis=analysis, plan=plan, language=language, standing=DRAFTS[audience])


def sections(page):
    return [one for part in (page.front, page.boxes, page.annex) for one in part]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_section_on_decisions_diagnostics_or_other_readings_is_in_it(released, plan, language):
    shown = view(edition_of(released, plan, language))
    names = {one.id for one in sections(shown)}
    assert names.isdisjoint(INTERNAL)
    assert names >= {"answers", "targets", "cautions", "about", "groups", "topics", "method"}
    inside = {one.id for one in sections(view(edition_of(released, plan, language, "internal")))}
    assert inside >= {"tasks", "readings", "weighting"}
    assert "about" not in inside


def test_every_number_of_respondents_is_a_multiple_of_ten(released, plan):
    tables = [block for one in sections(view(edition_of(released, plan))) for block in one.blocks
              if isinstance(block, Table)]  # fmt: skip
    found = [row[at].text for table in tables for at, column in enumerate(table.columns)
             if column.title.startswith("Số người") for row in table.rows]  # fmt: skip
    assert len(found) > 10
    assert {int(text.replace(".", "")) % 10 for text in found} == {0}


def test_it_says_what_it_is_and_where_the_full_method_stands(released, plan, text_of):
    text = text_of(RENDERERS["html"](edition := edition_of(released, plan), view(edition)).decode())
    assert "DỰ THẢO bản công khai; SỐ LIỆU MÔ PHỎNG" in text
    assert "Đây là bản công khai. Số người được làm tròn đến hàng chục (10, …)" in text
    assert "nằm trong báo cáo đầy đủ trên cùng dữ liệu (bản chụp 5d1c5d1c5d1c)" in text
    assert "Khoảng 3.010 người đã được phỏng vấn." in text
    assert "Số cách hiểu mà kết luận không đổi: T1a: 0 trong 1 cách; T1b: " in text


def test_what_serves_the_next_wave_is_in_no_file(released, plan):
    files = render_report(released, plan, formats=("html", "xlsx", "csv"), languages=("en",),
                          standing=DRAFTS["public"])  # fmt: skip
    result = json.loads(files["result.json"])
    for part in ("items", "curve", "old_law", "answers", "gaps"):
        assert result[part] == [], part
    assert result["fieldwork"] is None
    assert {one["to_decide"] for one in result["targets"]} == {None}
    assert set(result["responses"]) <= {"base", "outside_base", "scored"}
    assert not [name for name in files if re.search("readings|rates|weighting|floors", name)]
    assert not any("Secret" in data.decode("utf-8", "replace") for data in files.values())
    assert "hieuluat journal" not in files["report.html"].decode()
    assert result["standing"]["audience"] == "public"


def test_its_workbook_has_no_sheet_that_the_internal_one_lacks(released, plan):
    own, whole = (edition_of(released, plan, "en", name) for name in ("public", "internal"))
    shown = {one.id for one in sheets(own, view(own))}
    assert shown == {"targets", "estimates", "notes"}
    assert shown < {one.id for one in sheets(whole, view(whole))}


def test_a_draft_of_either_audience_says_for_whom_it_is(analysis):
    assert DRAFT.stamp.text("en") == "DRAFT"
    assert DRAFTS["public"].stamp.text("en") == "DRAFT of the public edition"


def test_the_letter_names_what_its_annex_holds(released, plan):
    assert view(edition_of(released, plan, "en")).annex_about == (
        "Results by group and how the numbers were made"
    )
    assert JOINT in {one.of for one in released.estimates}
