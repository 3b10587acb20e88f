"""When a study's shares rest on the trait, what its cut adds, and what is said where they cannot."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest

from analysis.analyze import analyze
from tests.analysis.test_analyze import KNOWLEDGE, PLAN, TODAY, answers, founded


def knowing(rows: int = 720) -> pd.DataFrame:
    """Answers whose knowledge items measure one trait."""
    made, rng = answers(rows), np.random.default_rng(4)
    trait = rng.normal(size=rows) + 0.3 * (made["sex"] == "f")
    for place, name in enumerate(KNOWLEDGE):
        right = rng.random(rows) < 1 / (1 + np.exp(-1.6 * (trait - 0.4 * (place - 2))))
        made[name] = np.where(right, "a", rng.choice(["b", "kb"], rows))
    return made


def with_cut(**cut) -> dict:
    """The plan with knowledge alone, its cut as given."""
    plan = deepcopy(PLAN)
    plan["indicators"][0]["cuts"] = [{"dimension": "knowledge", "at_least": 0.6, **cut}]
    return plan


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    """Analyses of the same answers under plans that differ in the cut alone."""
    known = {}

    def made(status: str, se: float | None = None):
        if (status, se) not in known:
            given = {} if se is None else {"se": se}
            folder = tmp_path_factory.mktemp(status)
            study = founded(folder, data=knowing(), plan=with_cut(status=status, **given))
            known[status, se] = analyze(study, today=TODAY)
        return known[status, se]

    return made


def told(analysis) -> str:
    return "\n".join(one.text() for one in analysis.warnings)


def test_the_headline_is_the_share_of_the_trait_with_the_observed_one_beside_it(analysed):
    analysis = analysed("adopted")
    estimate = analysis.targets[0].estimate
    assert (analysis.latent.traits[0].model, analysis.latent.traits[0].items) == ("2pl", 5)
    assert {"key", "suburban", "sex", "age", "groups", "reached"} >= set(
        analysis.latent.conditioned_on
    )
    assert estimate.observed.estimate != estimate.estimate
    assert estimate.budget.cut is None
    assert estimate.se**2 == pytest.approx(estimate.budget.total)
    assert estimate.ci[0] < estimate.estimate < estimate.ci[1]


def test_the_parts_of_everybody_add_up_to_everybody(analysed):
    shares = [one for one in analysed("adopted").estimates if one.of == "aware"]
    whole = next(one for one in shares if not one.by)
    sexes = [one.estimate for one in shares if "sex" in one.by]
    assert min(sexes) < whole.estimate < max(sexes)
    assert whole.estimate == pytest.approx(np.mean(sexes), abs=1e-6)


def test_an_adopted_cut_is_a_constant_and_a_panels_error_widens_the_interval(analysed):
    adopted, panel = (analysed(*one).targets[0].estimate for one in (("adopted",), ("panel", 0.05)))
    assert panel.estimate == pytest.approx(adopted.estimate)
    assert panel.budget.cut > 0
    assert panel.budget.total == pytest.approx(adopted.budget.total + panel.budget.cut)
    assert panel.ci[1] - panel.ci[0] > adopted.ci[1] - adopted.ci[0]


def test_a_panels_cut_without_an_error_is_said(analysed):
    assert ("The panel's cut on Knowledge has no standard error: intervals are too narrow by what the "
            "panel does not know.") in told(analysed("panel"))  # fmt: skip


def test_the_curve_falls_as_the_cut_rises(analysed):
    shares = [point.estimate.estimate for point in analysed("adopted").curve]
    assert shares == sorted(shares, reverse=True)


def test_with_few_respondents_scores_are_counted_and_the_reader_is_told(tmp_path):
    analysis = analyze(founded(tmp_path, data=knowing(150), plan=with_cut()), today=TODAY)
    assert analysis.latent is None
    assert analysis.targets[0].estimate.observed is None
    assert "respondents are too few to calibrate the items (at least 200)." in told(analysis)
