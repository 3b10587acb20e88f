"""Areas are judged on the trait, each with its own distribution, and never counted in its place."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from analysis import area_traits
from analysis.analyze import analyze
from analysis.area_traits import TOO_FEW, area_shares
from analysis.errors import AnalysisError
from analysis.latent_shares import UNCONDITIONED, LatentShares
from analysis.measured import measure
from analysis.rules import Rule
from analysis.study_awareness import traits_of, with_traits
from instruments.errors import Problem
from instruments.language import say
from tests.analysis.test_analyze import KNOWLEDGE, SETTINGS, TODAY, answers, founded
from tests.analysis.test_study_awareness import with_cut

UNITS = ("u1", "u2", "u3", "u4")
RULE = Rule(cuts={"knowledge": 0.6})


def settings() -> dict:
    made = deepcopy(SETTINGS)
    made["variables"]["unit"] = {"label": {"vi": "Đơn vị", "en": "Unit"}, "unit": "code",
                                 "report": False}  # fmt: skip
    made["judge_areas"] = [{"variable": "unit", "target": "T1a"}]
    made["population"]["areas"] = [made["population"]["areas"][0]]
    del made["variables"]["groups"]
    return made


def apart(rows: int = 1200):
    """Answers in which u1 knows much more than u2, though both lie in one stratum and one kind."""
    made, rng = answers(rows), np.random.default_rng(9)
    trait = rng.normal(size=rows) + made["home"].map({"u1": 0.8, "u2": -0.8}).fillna(0.0)
    for place, name in enumerate(KNOWLEDGE):
        right = rng.random(rows) < 1 / (1 + np.exp(-1.6 * (trait - 0.4 * (place - 2))))
        made[name] = np.where(right, "a", "b")
    return made[(made["home"] != "u4") | (np.arange(rows) < 60)].reset_index(drop=True)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return founded(tmp_path_factory.mktemp("apart"), data=apart(), settings=settings(),
                   plan=with_cut(status="adopted"))  # fmt: skip


@pytest.fixture(scope="module")
def people(study):
    made = measure(study, today=TODAY)
    return with_traits(made, traits_of(made)).people


@pytest.fixture(scope="module")
def judged(study):
    return analyze(study, today=TODAY).areas[0]


def test_an_area_s_own_distribution_shows_a_gap_that_scores_and_typical_people_make_smaller(people):
    own = area_shares(people, RULE, of="aware", variable="unit", levels=UNITS).estimates
    typical = RULE.shares_by(people, of="aware", variable="unit", order=UNITS)
    gaps = [found[0].estimate - found[1].estimate for found in (own, typical)]
    counted = own[0].observed.estimate - own[1].observed.estimate
    assert gaps[0] > counted > gaps[1]
    assert all(UNCONDITIONED in one.flags for one in typical)
    assert not any(UNCONDITIONED in one.flags for one in own)


def test_the_areas_of_everybody_average_to_the_headline(people):
    own = area_shares(people, RULE, of="aware", variable="unit", levels=UNITS[:3]).estimates
    weights = [people.sample.weights[(people.groups["unit"] == unit).to_numpy()].sum()
               for unit in UNITS[:3]]  # fmt: skip
    whole = RULE.share(people, of="aware", where=(people.groups["unit"] != "u4").to_numpy())
    joined = np.average([one.estimate for one in own[:3]], weights=weights)
    assert joined == pytest.approx(whole.estimate, abs=0.01)


def test_each_area_has_a_budget_and_the_joint_interval_around_it(judged):
    assert judged.is_latent
    for row in judged.rows[:3]:
        one = row.estimate
        assert one.se**2 == pytest.approx(one.budget.total)
        assert one.budget.calibration is not None
        assert one.confidence == pytest.approx(1 - 0.05 / 4)
        assert one.ci[0] < one.estimate < one.ci[1]


def test_an_area_with_few_interviews_has_no_number_and_is_named(judged):
    assert judged.unmodelled == ("u4",)
    last = judged.rows[3]
    assert 0 < last.estimate.n < 20
    assert last.estimate.estimate is None
    assert last.estimate.ci == (None, None)
    assert TOO_FEW in last.estimate.flags
    assert last.verdict.word == "no_data"


def test_areas_whose_distribution_cannot_be_found_are_not_judged_and_it_is_said(
    people, monkeypatch
):
    def refused(*_: object) -> LatentShares:
        raise AnalysisError(Problem(where="awareness", what=say("the data do not determine it.")))

    monkeypatch.setattr(area_traits.LatentShares, "given", refused)
    found = area_shares(people, RULE, of="aware", variable="unit", levels=UNITS)
    assert {one.estimate for one in found.estimates} == {None}
    assert "ask more people in each" in found.notes[0].text("en")


def test_where_the_headline_counts_scores_the_areas_do_and_say_so(people):
    found = area_shares(
        replace(people, latent=None), RULE, of="aware", variable="unit", levels=UNITS
    )
    assert not found.is_latent
    assert found.estimates[0].budget is None
