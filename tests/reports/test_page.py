"""The page as a reader meets it: its words, its numbers, and that the two never disagree."""

import re
from dataclasses import replace
from datetime import date
from unicodedata import is_normalized

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.result import Estimate
from analysis.verdict import judge
from reports.document import Table
from reports.edition import Edition
from reports.render import html, pdf
from reports.view import page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_before_the_deadline_reads_as_agreed(analysis, plan, language, golden, text_of):
    shown = html.render(page(analysis, plan, language=language))
    golden.check(f"reports_page_{language}.txt", text_of(shown))


def test_the_page_after_the_deadline_says_met_and_not_met(afterwards, plan, golden, text_of):
    shown = html.render(page(afterwards, plan, language="vi"))
    golden.check("reports_page_after_vi.txt", text_of(shown))


def test_every_text_is_in_normal_form_c(analysis, plan):
    assert is_normalized("NFC", html.render(page(analysis, plan, language="vi")))


def test_before_the_deadline_nothing_is_called_met_or_not_met(analysis, plan):
    words = [row[3].text for row in _targets(page(analysis, plan, language="vi")).rows]
    assert not [word for word in words if word.startswith(("Đạt", "Chưa đạt"))]


def test_a_phase_that_ended_without_a_survey_says_so_in_one_line(analysis, plan):
    notes = _targets(page(analysis, plan, language="vi")).notes
    line = "Giai đoạn 1 (2021–2024) (hạn 31/12/2024): T1a, T1b, T2.2: không có số liệu điều tra."
    assert line in notes


def test_the_floor_under_a_part_follows_from_its_share_and_not_from_a_constant(analysis, plan):
    notes = _targets(page(analysis, plan, language="en")).notes
    assert notes[0] == (
        "T1b holds 53.4% of the population: for T1a to reach 90%, T1b must reach at least 81.3% "
        "even if everybody elsewhere does. With the estimated 72.7% elsewhere, T1a is out of reach "
        "whatever T1b is. With T1b exactly at 70%, T1a reaches 84.0% at most."
    )


def test_alternatives_without_data_or_verdict_do_not_count_as_agreement(analysis, plan):
    captions = [
        block.caption
        for section in page(analysis, plan, language="vi").annex
        if section.id == "readings"
        for block in section.blocks
    ]
    assert captions == [
        "T1a: kết luận không đổi trong 0/1 phương án",
        "T1b: kết luận không đổi trong 1/1 phương án",
    ]


def test_a_reading_that_is_advice_shows_its_distance_and_no_verdict(analysis, plan):
    readings = next(
        section for section in page(analysis, plan, language="vi").annex if section.id == "readings"
    )
    advice = next(row for row in readings.blocks[0].rows if row[0].text == "100% số người")
    assert advice[3].text == "còn thiếu 28,7 điểm phần trăm; không kết luận"
    assert advice[3].mark is None


@pytest.mark.parametrize(("simulated", "said"), [(True, True), (False, False)])
def test_simulated_data_are_named_on_the_page_and_in_the_chart(analysis, plan, simulated, said):
    rests = replace(analysis.provenance, simulated=simulated)
    made = page(replace(analysis, provenance=rests), plan, language="vi")
    chart = next(block for part in made.front for block in part.blocks if block.kind == "chart")
    for text in (made.stamp, chart.stamp, chart.description):
        assert ("SỐ LIỆU MÔ PHỎNG" in text) is said


def test_no_survey_no_targets_and_no_margins_still_make_a_page(analysis, plan):
    bare = replace(
        analysis, estimates=(), curve=(), domains=(), targets=(), warnings=(),
        topics=(), exposure=(),
        weighting=replace(analysis.weighting, margins=(), missing_margins=()),
    )  # fmt: skip
    made = page(bare, plan, language="vi")
    assert [section.id for section in made.front] == ["answers"]
    assert "<table" not in html.render(made)
    assert pdf.render(made).startswith(b"%PDF")


def test_an_estimate_that_is_not_defined_is_said_to_be_so(analysis, plan):
    empty = Estimate(
        of="knowledge", by={"sex": "m"}, estimate=None, se=None, ci=(None, None), df=None, n=0,
        flags=("empty",),
    )  # fmt: skip
    made = page(replace(analysis, estimates=(empty,)), plan, language="vi")
    groups = next(section for section in made.annex if section.id == "groups").blocks[0]
    assert [(cell.text, cell.note) for cell in groups.rows[0]] == [
        ("Nam", "Giới tính"), ("không xác định", ""), ("0", "không có người trả lời"), ("–", ""),
    ]  # fmt: skip


SHARES = st.floats(min_value=0.01, max_value=0.99)


@settings(max_examples=300)
@given(
    limits=st.tuples(SHARES, SHARES, SHARES).map(sorted),
    threshold=st.integers(min_value=1, max_value=100).map(lambda percent: percent / 100),
    today=st.sampled_from([date(2026, 11, 24), date(2028, 2, 1)]),
    language=st.sampled_from(["vi", "en"]),
)
def test_the_verdict_never_contradicts_the_interval_that_is_printed(
    limits, threshold, today, language, made, plan
):
    low, point, high = limits
    city = Estimate(
        of="law_abiding", estimate=point, se=max((high - low) / 4, 0.001), ci=(low, high), df=50,
        n=1000,
    )  # fmt: skip
    analysis = made(today=today, city=city, level=threshold)
    result = next(each for each in analysis.targets if each.target == "T1a" and each.phase == "p2")
    printed = Edition(analysis=analysis, plan=plan, language=language).interval(
        city, against=threshold
    )
    least, most = (_number(part) for part in re.split(r"\s(?:\u2011|to)\s", printed))
    below = re.match(r"(dưới|under)", re.split(r"\s(?:\u2011|to)\s", printed)[1]) is not None
    match result.verdict.word:
        case "met" | "at_target":
            assert least >= threshold - 1e-9
        case "not_met" | "below_target":
            assert most < threshold or (below and most <= threshold + 1e-9)
        case _:
            assert judge(city, threshold=threshold, due=True).word == "inconclusive"


def _targets(made) -> Table:
    return next(section for section in made.front if section.id == "targets").blocks[0]


def _number(text: str) -> float:
    return float(re.search(r"[\d.,]+", text)[0].replace(",", ".")) / 100
