"""Standard errors after each step of weighting: exact derivatives, the jackknife, repeated samples."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design, Sample
from analysis.engine.memory import Grouping, unit_sums
from analysis.estimate import mean, total
from analysis.replicates import ReplicateDesign
from analysis.residuals import residual_sums
from analysis.spec_model import CalibrationSpec
from analysis.spec_recipe import apply_recipe
from analysis.weighting.recipe import Weighting
from tests.analysis.samples import case_sample

Step = dict[str, Any]
LINEAR = Design(weights="w", strata=("h",), psu=("psu",))
JACKKNIFE = Design(
    weights="w", strata=("h",), psu=("psu",), replicates=ReplicateDesign(kind="jkn", mse=True)
)
UNKNOWN: Step = {"method": "unknown_eligibility", "status": "status", "classes": ["region"]}
CLASSES: Step = {"method": "nonresponse", "status": "status", "classes": ["g", "sex"]}
INVERSE: Step = {"method": "propensity", "status": "status", "formula": "~ z + sex",
                 "use": "inverse"}  # fmt: skip
GROUPS: Step = {"method": "propensity", "status": "status", "formula": "~ z + sex", "groups": 4}
TRIM: Step = {"method": "trim", "upper": 2.2, "relative_to": "mean", "compatibility": "textbook"}


def weighted(data: pd.DataFrame, steps: Sequence[Step], design: Design = LINEAR) -> Weighting:
    recipe = [CalibrationSpec.model_validate(step) for step in steps]
    return apply_recipe(Sample.of(data, design), recipe)


def margin(data: pd.DataFrame, variable: str, *factors: float) -> Step:
    """Totals some way from the sample's that sum to its total weight."""
    sums = data.groupby(variable)["w"].sum() * np.array(factors)
    sums *= data["w"].sum() / sums.sum()
    return {"variables": variable,
            "totals": [{variable: str(level), "total": float(t)} for level, t in sums.items()]}  # fmt: skip


def greg(data: pd.DataFrame) -> Step:
    return {"method": "linear", "formula": "~ x",
            "totals": {"(Intercept)": float(data["w"].sum()),
                       "x": 1.02 * float((data["w"] * data["x"]).sum())}}  # fmt: skip


def greg_by_region(data: pd.DataFrame) -> Step:
    totals = {
        region: {"(Intercept)": float(part["w"].sum()),
                 "x": 1.03 * float((part["w"] * part["x"]).sum())}
        for region, part in data.groupby("region")
    }  # fmt: skip
    return {"method": "linear", "formula": "~ x", "by": "region", "totals": totals}


def scores_by_unit(made: Weighting, values: np.ndarray) -> np.ndarray:
    """The linearized scores of a total, as the variance takes them."""
    sample = made.sample
    grouping = Grouping(codes=np.where(sample.kept, 0, -1), cells=1)
    units = sample.stages[-1].units
    linear = unit_sums(sample.unit, units, grouping, sample.weights, [values])
    return np.asarray(residual_sums(sample, grouping, (values,), linear, sample.steps)).ravel()


def derivative(made: Weighting, values: np.ndarray, unit: int, step: float = 1e-5) -> float:
    """How the total changes when a unit counts more than once and the recipe is run again."""
    totals = []
    for grown in (1 + step, 1 - step):
        times = np.where(made.sample.unit == unit, grown, 1.0)
        weights = made.base * times
        for one in made.applied:
            weights = one.adjustment.reweight(weights, times).weights
        totals.append(float(weights @ values))
    return (totals[0] - totals[1]) / (2 * step)


@pytest.mark.parametrize(
    "steps",
    [
        lambda data: [greg(data)],
        lambda data: [UNKNOWN],
        lambda data: [UNKNOWN, CLASSES],
        lambda data: [UNKNOWN, INVERSE],
        lambda data: [UNKNOWN, CLASSES, greg(data)],
        lambda data: [UNKNOWN, INVERSE, greg(data)],
        lambda data: [{**UNKNOWN, "eligible": 0.5}, CLASSES, greg(data)],
        lambda data: [UNKNOWN, {**CLASSES, "by": "region"}, greg_by_region(data)],
        lambda data: [UNKNOWN, {**INVERSE, "by": "region"}, greg(data)],
        lambda data: [greg(data), TRIM],
        lambda data: [UNKNOWN, CLASSES, {**TRIM, "strict": True}, greg(data)],
        lambda data: [UNKNOWN, INVERSE, TRIM, greg(data), {**TRIM, "by": "region"}],
        lambda data: [UNKNOWN, CLASSES, greg(data), {**TRIM, "redistribute": False}],
    ],
    ids=["greg", "unknown", "classes", "inverse", "classes+greg", "inverse+greg", "e", "by",
         "inverse by", "trim", "classes+trim+greg", "trim twice", "cut"],
)  # fmt: skip
def test_the_scores_of_a_recipe_are_the_derivatives_of_its_estimate(steps: Any) -> None:
    data = case_sample(1, strata=5, psus=8, rows=25)
    made = weighted(data, steps(data))
    values = data["y"].to_numpy()
    scores = scores_by_unit(made, values)
    units = range(0, len(scores), 7)
    changes = [derivative(made, values, unit) for unit in units]
    assert [scores[unit] for unit in units] == pytest.approx(changes, rel=1e-6)


@pytest.mark.parametrize(
    "steps",
    [
        [UNKNOWN, CLASSES], [UNKNOWN, INVERSE], [UNKNOWN, GROUPS],
        [UNKNOWN, CLASSES, "rake"], [UNKNOWN, CLASSES, "rake", TRIM],
        [UNKNOWN, CLASSES, TRIM, "rake"],
    ],
    ids=["classes", "inverse", "groups", "classes+rake", "rake+trim", "trim+rake"],
)  # fmt: skip
@pytest.mark.parametrize("seed", [1, 2])
def test_errors_after_every_step_agree_with_the_jackknife_that_runs_it_again(
    steps: list[Any], seed: int
) -> None:
    data = case_sample(seed, strata=8, psus=25, rows=12)
    rake = {"method": "rake",
            "margins": [margin(data, "g", 1.1, 0.9, 0.9), margin(data, "sex", 0.95, 1.05)]}  # fmt: skip
    recipe = [rake if step == "rake" else step for step in steps]
    linear, jackknife = (weighted(data, recipe, one).sample for one in (LINEAR, JACKKNIFE))
    for variable in ("y", "x", "g"):
        for estimate in (mean, total):
            errors = [row.se for row in estimate(linear, of=variable)]
            again = [row.se for row in estimate(jackknife, of=variable)]
            near = 0.12 if variable == "g" else 0.06
            assert errors == pytest.approx(again, rel=near, abs=1e-5), (variable, estimate)


def test_after_two_calibrations_in_turn_only_what_the_second_fixed_is_without_error() -> None:
    data = case_sample(3, strata=10, psus=20, rows=6)
    rng = np.random.default_rng(5)
    data["g2"] = np.where(
        rng.random(len(data)) < 0.7, data["g"], rng.choice(list("abc"), len(data))
    )
    data["y"] += data["g"].map({"a": 0, "b": 8, "c": 18}) + data["g2"].map(
        {"a": 0, "b": 6, "c": -9}
    )
    steps = [
        {"method": "rake", "margins": [margin(data, "g", 1.3, 0.8, 0.9)]},
        {"method": "rake", "margins": [margin(data, "g2", 0.8, 1.1, 1.3)]},
    ]
    linear, jackknife = (weighted(data, steps, one).sample for one in (LINEAR, JACKKNIFE))
    assert [row.se for row in total(linear, of="g2")] == [0, 0, 0]
    for variable in ("g", "x", "y"):
        for estimate in (mean, total):
            errors = [row.se for row in estimate(linear, of=variable)]
            again = [row.se for row in estimate(jackknife, of=variable)]
            assert errors == pytest.approx(again, rel=0.02), variable


def test_what_is_cut_keeps_the_sum_of_the_weights_and_its_error() -> None:
    data = case_sample(2, strata=6, psus=10, rows=12)
    rake = {"method": "rake", "margins": [margin(data, "g", 1.1, 0.9, 0.9)]}
    data["one"] = 1.0
    known = total(weighted(data, [rake, TRIM]).sample, of="one")[0]
    assert known.estimate == pytest.approx(data["w"].sum())
    assert known.se == pytest.approx(0, abs=1e-6)
    free, cut = (total(weighted(data, steps).sample, of="one")[0] for steps in ([], [TRIM]))
    assert (cut.estimate, cut.se) == pytest.approx((free.estimate, free.se))


def test_linearized_errors_equal_the_spread_of_estimates_over_repeated_samples() -> None:
    rng = np.random.default_rng(7)
    population = _population(rng)
    estimates, variances = [], []
    for _ in range(300):
        data = _draw(population, rng)
        made = weighted(data, [CLASSES, _rake(population), TRIM])
        row = mean(made.sample, of="y")[0]
        estimates.append(row.estimate)
        variances.append(row.se**2)
    assert np.mean(estimates) == pytest.approx(population["y"].mean(), abs=0.02)
    assert np.mean(variances) == pytest.approx(np.var(estimates), rel=0.2)


def _population(rng: np.random.Generator) -> pd.DataFrame:
    """A simulated population of 400 clusters in four strata; response hangs on g and sex."""
    clusters, size = 400, 60
    n = clusters * size
    effect = np.repeat(rng.normal(0, 1, clusters), size)
    data = pd.DataFrame({
        "h": np.repeat(np.arange(clusters) % 4, size), "psu": np.repeat(np.arange(clusters), size),
        "g": rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2]), "sex": rng.choice(["f", "m"], n),
    })  # fmt: skip
    data["y"] = effect + data["g"].map({"a": 0.0, "b": 2.0, "c": 5.0}) + rng.normal(0, 2, n)
    data["chance"] = data["g"].map({"a": 0.8, "b": 0.6, "c": 0.45}) - 0.1 * (data["sex"] == "m")
    return data


def _draw(population: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Ten clusters with replacement in each stratum, and twelve people in each of them."""
    drawn = [int(psu) for h in range(4) for psu in rng.choice(np.arange(h, 400, 4), 10)]
    rows = np.concatenate([psu * 60 + rng.choice(60, 12, replace=False) for psu in drawn])
    data = population.iloc[rows].reset_index(drop=True)
    data["psu"] = np.repeat(np.arange(len(drawn)), 12)
    data["w"] = len(population) / len(data)
    answered = rng.random(len(data)) < data["chance"]
    data["status"] = np.where(answered, "respondent", "nonrespondent")
    data.loc[~answered, "y"] = np.nan
    return data


def _rake(population: pd.DataFrame) -> Step:
    margins = [
        {"variables": name, "totals": [
            {name: level, "total": float(count)}
            for level, count in population[name].value_counts().items()
        ]}
        for name in ("g", "sex")
    ]  # fmt: skip
    return {"method": "rake", "margins": margins}
