"""The share above one or two cuts: known truth, one budget, a cut that moves with its items."""

from dataclasses import replace
from functools import cache
from math import inf

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from analysis.awareness.counted import Validity, rogan_gladen
from analysis.awareness.cut import Cut
from analysis.awareness.domains import Domain
from analysis.awareness.item_effects import ItemEffects
from analysis.awareness.joint import Cuts, JointModel, frechet, full_rank
from analysis.awareness.joint_mass import mass_beyond
from analysis.awareness.joint_population import JointPopulation, fit_population
from analysis.awareness.latent import latent
from analysis.awareness.likelihoods import Likelihoods
from analysis.awareness.plausible import combine
from analysis.awareness.question import Question
from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.irt.fit import fit
from analysis.irt.items import ItemModel, ItemParameters
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import covariance, design_covariance, location_errors
from analysis.replicates import ReplicateDesign

N, PSU, RHO = 1500, 15, 0.5
DESIGN = Design(weights="w", strata=("stratum",), psu=("psu",))
ITEM = ItemParameters.of_thresholds("a", "2pl", slope=1.2, thresholds=(0.3,))
OTHER = ItemParameters.of_thresholds("b", "grm", slope=1.5, thresholds=(-0.5, 0.8))


MOST = (8.0, 12.0)


@cache
def people(seed: int = 5) -> tuple[pd.DataFrame, np.ndarray]:
    """Answers to eight items of one trait and six graded ones of another, two groups apart."""
    rng = np.random.default_rng(seed)
    group = (rng.random(N) < 0.4).astype(int)
    traits = rng.multivariate_normal([0, 0], [[1, RHO], [RHO, 1]], size=N)
    traits += np.where(group == 1, 0.36, -0.24)[:, None]
    columns = {}
    for trait, (count, steps) in enumerate(((8, (0.0,)), (6, (-0.7, 0.7)))):
        for item in range(count):
            slope, middle = 1 + 0.1 * item, (item - count / 2) * 0.3
            reached = 1 / (1 + np.exp(-slope * (traits[:, [trait]] - middle - np.array(steps))))
            columns["kd"[trait] + str(item)] = (rng.random((N, 1)) < reached).sum(axis=1) * 1.0
    psu = np.arange(N) // PSU
    return pd.DataFrame(columns).assign(
        g=group, w=np.exp(0.3 * rng.normal(size=N)), psu=psu, stratum=psu // 10
    ), traits


@cache
def calibrations():
    data, _ = people()
    return tuple(
        fit(ItemResponses.of(data, [n for n in data if n[0] == trait and n[1:].isdigit()],
                             weights="w"), model)
        for trait, model in (("k", "2pl"), ("d", "grm"))
    )  # fmt: skip


@cache
def joint_model(*, design: Design = DESIGN, traits: int = 2) -> JointModel:
    data, _ = people()
    columns = np.column_stack([np.ones(N), data["g"]])
    return JointModel.of(calibrations()[:traits], columns, sample=Sample.of(data, design),
                         used=np.ones(N, dtype=bool))  # fmt: skip


def cuts(*, rule="both", se=0.0, traits: int = 2) -> Cuts:
    own = {t: Cut(value=0.6 * MOST[t], se=se,
                  items=one.responses.items)
           for t, one in enumerate(calibrations()[:traits])}  # fmt: skip
    return Cuts(of=own, rule=rule)


def shifted(fitted, step: float) -> np.ndarray:
    """The free parameters with the second moved."""
    values = np.array(fitted.values)
    values[1] += step
    return values


def thetas(given: Cuts) -> dict[int, float]:
    return {t: cut.theta(calibrations()[t].items) for t, cut in given.of.items()}


def masks() -> list[np.ndarray]:
    group = people()[0]["g"].to_numpy()
    return [np.ones(N, dtype=bool), group == 0, group == 1]


def test_the_joint_share_of_everybody_and_of_groups_is_that_of_the_simulated_traits():
    data, traits = people()
    asked = cuts()
    at = thetas(asked)
    above = (traits[:, 0] > at[0]) & (traits[:, 1] > at[1])
    model = joint_model()
    for row, mask in zip(model.shares(asked, at, masks()), masks(), strict=True):
        true = np.average(above[mask], weights=data["w"][mask])
        assert abs(row.estimate - true) < 3 * row.budget.total**0.5
    assert model.population.correlation == pytest.approx(RHO, abs=0.08)


def test_the_budget_adds_up_and_a_cut_without_error_has_no_line():
    model, at = joint_model(), thetas(cuts())
    (sure, *_), (unsure, *_) = (model.shares(cuts(se=se), at, masks()) for se in (0.0, 0.4))
    assert sure.budget.cut is None
    assert unsure.budget.total == pytest.approx(sure.budget.total + unsure.budget.cut)
    assert sure.budget.total == pytest.approx(sure.budget.sampling + sure.budget.calibration)


def test_the_line_of_the_cut_is_what_the_share_does_when_both_cuts_move_together():
    model, step = joint_model(), 0.01
    ends = []
    for sign in (1, -1):
        moved = {t: replace(c, value=c.value + sign * step) for t, c in cuts().of.items()}
        ends.append(model.shares(Cuts(of=moved), thetas(Cuts(of=moved)), masks())[0].estimate)
    together = replace(cuts(), covariance=((0.04, 0.04), (0.04, 0.04)))
    row = model.shares(together, thetas(together), masks())[0]
    assert row.budget.cut**0.5 == pytest.approx(abs(ends[0] - ends[1]) / (2 * step) * 0.2, rel=1e-3)


def test_a_difference_of_groups_is_that_of_their_shares_and_knows_what_both_rest_on():
    model, at, (_, one, other) = joint_model(), thetas(cuts()), masks()
    asked = cuts(se=0.4)
    alone = model.shares(asked, at, [one, other])
    forth, back, none = model.differences(asked, at, [(one, other), (other, one), (one, one)])
    assert forth.estimate == pytest.approx(alone[0].estimate - alone[1].estimate)
    assert (back.estimate, back.budget.total) == (
        pytest.approx(-forth.estimate), pytest.approx(forth.budget.total),
    )  # fmt: skip
    assert (none.estimate, none.budget.total) == (pytest.approx(0), pytest.approx(0, abs=1e-12))
    apart = [row.budget for row in alone]
    assert forth.budget.cut < min(row.cut for row in apart)


def test_the_error_of_a_difference_by_replicates_is_that_by_linearization():
    pair = [tuple(masks()[1:])]
    errors = [
        joint_model(design=design).differences(cuts(), thetas(cuts()), pair)[0].budget.total ** 0.5
        for design in (DESIGN, replace(DESIGN, replicates=ReplicateDesign(kind="jkn")))
    ]
    assert errors[0] == pytest.approx(errors[1], rel=0.05)


def test_either_and_average_follow_from_both_and_the_margins():
    model, at = joint_model(), thetas(cuts())
    both, either, average = (model.shares(cuts(rule=rule), at, masks())[0]
                             for rule in ("both", "either", "average"))  # fmt: skip
    assert either.estimate == pytest.approx(sum(both.margins) - both.estimate)
    assert average.estimate == pytest.approx(np.mean(both.margins))
    low, high = frechet(both.margins)
    assert low < both.estimate < high


def test_one_trait_agrees_with_the_latent_regression_of_one_trait():
    data, _ = people()
    model, asked = joint_model(traits=1), cuts(traits=1)
    row = model.shares(asked, thetas(asked), masks())[0]
    fitted = calibrations()[0]
    (other,) = latent(Question(
        calibration=fitted,
        responses=fitted.responses.with_persons(data, weights="w", condition_on=["g"]),
        sample=Sample.of(data, DESIGN), domains=[Domain(by={}, inside=masks()[0])], cut=asked.of[0],
    ))  # fmt: skip
    assert row.estimate == pytest.approx(other.estimate, abs=2e-3)
    assert row.budget.total == pytest.approx(other.budget.total, rel=0.1)


def test_replicates_and_linearization_tell_the_same_error():
    at = thetas(cuts())
    plain = joint_model().shares(cuts(), at, masks())
    again = joint_model(design=replace(DESIGN, replicates=ReplicateDesign(kind="jkn")))
    for one, other in zip(plain, again.shares(cuts(), at, masks()), strict=True):
        assert other.budget.total == pytest.approx(one.budget.total, rel=0.05)


def test_the_cross_derivative_is_that_of_the_score():
    fitted, weights = calibrations(), np.ones(N)
    likelihoods = Likelihoods.of([f.responses for f in fitted], [f.items for f in fitted])
    design = full_rank(np.column_stack([np.ones(N), people()[0]["g"]]))
    settled = fit_population(likelihoods, design, weights)
    for trait in (0, 1):
        effects = ItemEffects.of(fitted[trait], trait, likelihoods=likelihoods, settled=settled,
                                 weights=weights)  # fmt: skip
        scores = []
        for sign in (1, -1):
            values = shifted(fitted[trait], sign * 1e-4)
            items = [one.items for one in fitted]
            items[trait] = fitted[trait].items_at(values)
            moved = Likelihoods.of([f.responses for f in fitted], items)
            scores.append(weights @ settled.population.scores(moved))
        cross = (scores[0] - scores[1]) / 2e-4
        assert effects.carried[1] == pytest.approx(
            np.linalg.solve(settled.information, cross), rel=1e-4, abs=1e-8
        )


@pytest.mark.parametrize("rule", ["both", "either", "average"])
def test_the_mass_beyond_the_cuts_is_the_integral_of_the_density(rule):
    covariance = np.array([[1.3, 0.4], [0.4, 0.7]])
    population = JointPopulation(design=np.ones((1, 1)), coefficients=np.array([[0.2, -0.3]]),
                                 covariance=covariance)  # fmt: skip
    joint = stats.multivariate_normal([0.2, -0.3], covariance)
    both, _ = integrate.dblquad(lambda y, x: joint.pdf([x, y]), 0.5, 8, -0.1, 8)
    first, second = 1 - stats.norm(0.2, 1.3**0.5).cdf(0.5), 1 - stats.norm(-0.3, 0.7**0.5).cdf(-0.1)
    wanted = {"both": both, "either": first + second - both, "average": (first + second) / 2}[rule]
    assert mass_beyond(population, {0: 0.5, 1: -0.1}, rule).mass[0] == pytest.approx(
        wanted, abs=1e-6
    )


def test_a_cut_on_items_moves_with_their_scale_and_a_bare_one_does_not():
    cut = Cut(value=0.9, items=("a", "b"))
    before = cut.theta([ITEM, OTHER])
    moved = [ItemParameters.of_thresholds(one.item, one.model, slope=one.slope / 2,
                                          thresholds=tuple(2 * b + 1 for b in one.thresholds))
             for one in (ITEM, OTHER)]  # fmt: skip
    assert cut.theta(moved) == pytest.approx(2 * before + 1)
    assert Cut(value=0.9).theta(moved) == 0.9


def test_points_take_the_place_of_ranks():
    ranks = Cut(value=0.9, items=("a", "b")).theta([ITEM, OTHER])
    halves = {"a": (0.0, 0.5), "b": (0.0, 0.5, 1.0)}
    assert Cut(value=0.45, items=("a", "b"), points=halves).theta([ITEM, OTHER]) == pytest.approx(
        ranks
    )


def test_a_score_that_nobody_can_have_is_refused_with_the_range():
    with pytest.raises(AnalysisError) as caught:
        Cut(value=3.5, items=("a", "b")).theta([ITEM, OTHER])
    assert (
        str(caught.value.problems[0].what)
        == "an expected score of 3.5 on these items is out of reach."
    )
    assert str(caught.value.problems[0].hint) == "Give one between 0 and 3."


def test_an_item_that_is_not_in_the_model_is_named():
    with pytest.raises(AnalysisError, match="item 'c' is not in the model"):
        Cut(value=0.5, items=("c",)).theta([ITEM, OTHER])


def test_rubins_rules_by_hand():
    found = combine(np.array([0.4, 0.5, 0.6]), np.array([0.01, 0.02, 0.03]))
    assert (found.estimate, found.within) == (pytest.approx(0.5), pytest.approx(0.02))
    assert found.between == pytest.approx(0.01)
    r = (4 / 3) * 0.01 / 0.02
    assert found.df == pytest.approx(2 * (1 + 1 / r) ** 2)
    assert combine(np.array([0.5]), np.array([0.02])).df == inf


def test_rogan_gladen_by_hand_and_a_useless_test_is_refused():
    data = pd.DataFrame({"w": [1.0, 1, 1, 1], "psu": [1, 2, 3, 4]})
    sample = Sample.of(data, Design(weights="w", psu=("psu",)))
    domains = [Domain(by={}, inside=np.ones(4, dtype=bool))]
    (row,) = rogan_gladen(np.array([1.0, 1, 0, 0]), sample, domains, cut=1.0,
                          validity=Validity(sensitivity=0.9, specificity=0.8))  # fmt: skip
    assert row.estimate == pytest.approx((0.5 + 0.8 - 1) / 0.7)
    assert row.budget.sampling == pytest.approx((0.25 / 3) / 0.7**2)
    with pytest.raises(AnalysisError, match="says nothing"):
        rogan_gladen(np.ones(4), sample, domains, cut=1.0,
                     validity=Validity(sensitivity=0.5, specificity=0.5))  # fmt: skip


def test_a_population_of_which_no_answer_tells_is_refused():
    nothing = Likelihoods(nodes=np.linspace(-6, 6, 49), tables=(np.zeros((50, 49)),) * 2)
    with pytest.raises(AnalysisError, match="do not determine the distribution of the traits"):
        fit_population(nothing, np.ones((50, 1)), np.ones(50))


def test_other_models_of_the_same_answers_are_followed_to_the_population_that_is_found_anew():
    data, _ = people()
    given, (first, second) = joint_model(), calibrations()
    models = {name: ItemModel(model="3pl", guessing=0.2) for name in first.responses.items}
    other = (fit(first.responses, models), second)
    near = given.answered(other)
    anew = JointModel.of(other, np.column_stack([np.ones(N), data["g"]]), sample=given.sample,
                         used=given.used, known_items=True)  # fmt: skip
    assert near.population.means == pytest.approx(anew.population.means, abs=1e-6)
    assert near.population.covariance == pytest.approx(anew.population.covariance, abs=1e-6)
    assert np.abs(near.population.means - given.population.means).max() > 1e-3


def test_the_errors_of_items_are_by_the_design_linearized_or_by_replicates():
    """Neighbours of a unit are alike here, so that errors as if drawn at random are too small."""
    data, _ = people()
    own = data.sort_values("k0", kind="stable").reset_index(drop=True)
    own = own.assign(psu=np.arange(N) // PSU, stratum="all")
    names = [name for name in own if name[0] == "k" and name[1:].isdigit()]
    fitted = fit(ItemResponses.of(own, names, weights="w"), "2pl")
    used = np.ones(N, dtype=bool)
    errors = []
    for design in (DESIGN, replace(DESIGN, replicates=ReplicateDesign(kind="jkn"))):
        sample = Sample.of(own, design)
        model = JointModel.of([fitted], np.ones((N, 1)), sample=sample, used=used)
        matrix = model.effects[0].covariance(sample, used)
        errors.append(location_errors(fitted, matrix))
        held = design_covariance(fitted, Sample.of(own, DESIGN)).matrix
        size = len(matrix)
        assert np.diag(matrix) == pytest.approx(np.diag(held)[:size], rel=0.15)
    naive = location_errors(fitted, covariance(fitted))
    assert errors[0]["k0"] > 2 * naive["k0"]
    assert errors[1]["k0"] == pytest.approx(errors[0]["k0"], rel=0.1)
