"""The quality page: what became of the sample, and what the numbers cannot bear."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.fieldwork import sample_report
from reports.quality import OUTCOMES, RATES, limitations, quality, strengths
from survey.disposition_file import SampleOutcomes
from survey.dispositions import DISPOSITIONS, outcome_rates
from tests.reports.detailed import FULL, cases, edition, texts


def test_every_outcome_and_every_rate_of_aapor_has_its_words():
    assert tuple(OUTCOMES) == DISPOSITIONS
    assert list(RATES) == list(outcome_rates(cases(I=1)).rates)


def test_the_quality_page_tells_outcomes_rates_and_exclusions():
    glance, outcomes, rates, excluded = quality(edition()).blocks
    told = {row[0].text: row[1].text for row in glance.rows}
    assert told["Sampling frame"] == "Lists of households"
    assert told["Sample"] == "97 primary sampling units in 6 strata"
    assert told["Mode"] == "Not told; write it under wave.mode in study.yaml."
    assert told["Worst margin after weighting"] == "Every margin is met."
    assert texts(outcomes.rows[0]) == ["Complete interview (I)", "58", "58.0%", "58.4%"]
    rate = {row[0].text: row[2].text for row in rates.rows}
    assert (rate["RR1"], rate["RR2"], rate["RR5"], rate["REF1"]) == (
        "59.8%", "62.9%", "62.4%", "21.6%",
    )  # fmt: skip
    assert "that count as eligible: 96.9%" in rates.notes[0]
    assert [texts(row) for row in excluded.rows] == [["Phỏng vấn trùng", "2"]]


def test_the_mode_is_told_in_words_with_the_share_of_each_where_several_were_mixed():
    mixed = replace(FULL.fieldwork, modes={"1": 0.968, "2": 0.032}, mode_item="d1")
    rests = replace(FULL.provenance, mode="CAPI")
    for language, words in {
        "en": "Face to face, on a device (CAPI). Of the interviews, weighted: strongly disagree 96.8%; "
              "disagree 3.2%",
        "vi": "Phỏng vấn trực tiếp, ghi trên máy (CAPI). Tỷ lệ phiếu, có quyền số: rất không đồng ý 96,8%; "
              "không đồng ý 3,2%",
    }.items():  # fmt: skip
        own = edition(fieldwork=mixed, provenance=rests)
        glance, *_ = quality(replace(own, language=language)).blocks
        assert words in [row[1].text for row in glance.rows]


def test_without_a_list_of_cases_the_page_says_what_to_do():
    own = edition(fieldwork=replace(FULL.fieldwork, sample=None))
    _, prose, _ = quality(own).blocks
    assert prose.paragraphs[0].startswith("No response rate can be given")
    assert "sample.dispositions in study.yaml" in prose.paragraphs[0]
    first = limitations(own).blocks[0].items
    assert (
        "How many did not take part is not known, so nothing can be said of nonresponse." in first
    )


def test_the_page_says_what_the_numbers_cannot_bear_and_what_speaks_for_them():
    own = edition()
    against = limitations(own).blocks[0].items
    assert any("Response rate 59.8% (RR1)" in one for one in against)
    assert "The list of cases has 61 interviews, the analysis 60." in against
    assert any("Not weighted to education" in one for one in against)
    assert any("inverse of these" in one for one in strengths(own).blocks[0].items)


def test_an_analysis_from_before_has_no_quality_page():
    own = edition(fieldwork=None)
    assert [make(own).blocks for make in (quality, strengths, limitations)] == [(), (), ()]


@given(st.lists(st.sampled_from(DISPOSITIONS), min_size=1, max_size=60))
def test_the_report_on_a_sample_has_the_rates_of_its_cases(outcomes):
    made = tuple(one for at, name in enumerate(outcomes)
                 for one in [replace(cases(**{name: 1})[0], unit=str(at), weight=1.0 + at % 4)])  # fmt: skip
    found = sample_report(SampleOutcomes(cases=made, weighted=True))
    assert sum(one.cases for one in found.outcomes) == len(outcomes)
    assert sum(one.share for one in found.outcomes) == pytest.approx(1)
    assert sum(one.weighted for one in found.outcomes) == pytest.approx(1)
    assert {one.name: one.by_cases for one in found.rates} == outcome_rates(made).rates
    assert {one.name: one.by_weights for one in found.rates} == (
        outcome_rates(made, weighted=True).rates
    )


def test_the_margin_that_is_furthest_off_is_named():
    first, *rest = FULL.weighting.margins
    off = replace(FULL.weighting, margins=(replace(first, after=0.45), *rest))
    glance, *_ = quality(edition(weighting=off)).blocks
    assert glance.rows[-1][1].text == "Sex: Men: 45.0% against 49.2% in the population"
