"""How answers to opinions are distributed: among those who gave one, in the order of the form."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.analyze import analyze
from analysis.result import AnswerShares, Estimate
from tests.analysis.test_analyze import TODAY, answers, founded, item, options, questionnaire

SCALE = {"1": 0.0, "2": 0.25, "3": 0.5, "4": 0.75, "5": 1.0}


def form() -> dict:
    """The small form, with opinions of which not to know is no wrong answer."""
    made = deepcopy(questionnaire())
    made["dimensions"][1]["dont_know"] = "missing"
    codes = options(**dict.fromkeys(SCALE), kb="dont_know", tc="refused")
    made["items"].append(item("s1", dimension="disposition", options=codes, key=SCALE))
    return made


@pytest.fixture(scope="module")
def data():
    rows = answers()
    chance = [0.1, 0.1, 0.1, 0.2, 0.4, 0.06, 0.04]
    return rows.assign(
        s1=np.random.default_rng(3).choice([*SCALE, "kb", "tc"], len(rows), p=chance)
    )


@pytest.fixture(scope="module")
def analysis(tmp_path_factory, data):
    study = founded(tmp_path_factory.mktemp("opinions"), data=data, forms=(form(),))
    return analyze(study, today=TODAY)


def test_shares_add_up_and_those_for_are_the_answers_worth_more_than_half(analysis):
    scale = next(one for one in analysis.answers if one.item == "s1")
    assert [one.level for one in scale.shares] == list(SCALE)
    assert sum(one.estimate for one in scale.shares) == pytest.approx(1)
    assert scale.favourable.estimate == pytest.approx(sum(one.estimate for one in scale.shares[3:]))
    assert scale.is_scale
    assert all(0 < one.ci[0] < one.estimate < one.ci[1] < 1 for one in scale.shares)


def test_who_gave_no_answer_is_counted_apart(analysis, data):
    scale = next(one for one in analysis.answers if one.item == "s1")
    adults = data.iloc[3:]
    given = adults["s1"].isin(SCALE)
    assert (scale.favourable.n, scale.unanswered.n) == (int(given.sum()), len(adults))
    assert 0 < scale.unanswered.estimate < 0.25


def test_only_opinions_are_told_and_two_answers_make_no_scale(analysis):
    assert {one.item for one in analysis.answers} == {"d1", "d2", "d3", "s1"}
    assert [one.item for one in analysis.answers if one.is_scale] == ["s1"]


def test_knowledge_alone_has_no_opinions_to_tell(tmp_path):
    assert analyze(founded(tmp_path), today=TODAY).answers == ()


@given(st.permutations(list(SCALE.values())))
def test_a_scale_is_one_whose_answers_are_worth_ever_more_or_ever_less(worths):
    credit = dict(zip("abcde", worths, strict=True))
    one = Estimate(of="x", estimate=0.2, se=0.01, ci=(0.1, 0.3), df=9, n=90)
    made = AnswerShares(item="x", shares=tuple(replace(one, level=code) for code in credit),
                        credit=credit, favourable=one, unanswered=one)  # fmt: skip
    assert made.is_scale is (worths in (sorted(worths), sorted(worths, reverse=True)))
