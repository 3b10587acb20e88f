"""Linearized errors agree with replication after every weighting step, and laws of estimation hold."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import mean, proportion, ratio, total
from analysis.formula import parse_formula
from analysis.regression import build_model, fit
from analysis.replicates import Kind, ReplicateDesign
from analysis.rows import Options
from analysis.weighting.adjustment import adjust
from analysis.weighting.calibrate import Solver, plan_calibration
from analysis.weighting.margins import Margin
from analysis.weighting.rake import rake
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))
MARGINS = (
    Margin(name="g", variables=("g",), targets={("a",): 30e3, ("b",): 40e3, ("c",): 30e3}),
    Margin(name="sex", variables=("sex",), targets={("f",): 52e3, ("m",): 48e3}),
)
GREG = "~ x + sex"
TOTALS = {"(Intercept)": 100_000.0, "x": 390_000.0, "sexm": 48_000.0}


def sample(seed: int = 1, design: Design = DESIGN, **shape: int) -> Sample:
    return Sample.of(cluster_sample(seed, **shape), design)


def replicated(kind: Kind, **more: object) -> Design:
    return replace(DESIGN, replicates=ReplicateDesign(kind=kind, **more))  # type: ignore[arg-type]


def weigh(chosen: Sample, step: str) -> Sample:
    """Apply one step of weighting by name."""
    if step == "none":
        return chosen
    if step == "rake":
        return rake(chosen, MARGINS).sample
    distances = {"linear": Solver(), "raking": Solver(distance="raking"),
                 "logit": Solver(distance="logit", bounds=(0.1, 8.0)),
                 "truncated": Solver(distance="truncated", bounds=(0.05, 6.0))}  # fmt: skip
    return adjust(chosen, plan_calibration(chosen, GREG, TOTALS, distances[step])).sample


STEPS = ("none", "rake", "linear", "raking", "logit", "truncated")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", ["jkn", "rao_wu"])
def test_linearized_and_replicated_errors_agree_after_every_weighting_step(
    step: str, kind: Kind
) -> None:
    shape = {"strata": 5, "psus": 30, "rows": 8}
    taylor = mean(weigh(sample(3, **shape), step), of="y", by="sex")
    again = mean(weigh(sample(3, replicated(kind, count=400), **shape), step), of="y", by="sex")
    for one, two in zip(taylor, again, strict=True):
        assert two.estimate == pytest.approx(one.estimate, rel=1e-9)
        assert two.se == pytest.approx(one.se, rel=0.02 if kind == "jkn" else 0.12)


@pytest.mark.parametrize("step", STEPS)
def test_a_domain_mean_is_a_ratio_is_a_regression_coefficient(step: str) -> None:
    data = cluster_sample(5)
    data["a"] = (data["g"] == "a").astype(float)
    data["ya"] = data["a"] * data["y"]
    chosen = weigh(Sample.of(data, DESIGN), step)
    domain = mean(chosen, of="y", by="g")[0]
    quotient = ratio(chosen, numerator="ya", denominator="a")[0]
    model = build_model(
        chosen, parse_formula("y ~ g + 0"), family="gaussian", link=None, where=None
    )
    coefficient = fit(chosen, model).rows(0.95)[0]
    assert (quotient.estimate, quotient.se) == pytest.approx(
        (domain.estimate, domain.se), rel=1e-10
    )
    assert (coefficient.estimate, coefficient.se) == pytest.approx(
        (domain.estimate, domain.se), rel=1e-9
    )


@given(st.integers(0, 30), st.floats(0.001, 1000))
def test_rescaled_weights_change_no_mean_and_scale_totals(seed: int, factor: float) -> None:
    data = cluster_sample(seed, strata=3, psus=3, rows=6)
    one = mean(Sample.of(data, DESIGN), of="y", by="sex")
    sums = total(Sample.of(data, DESIGN), of="y")
    data["w"] *= factor
    two = mean(Sample.of(data, DESIGN), of="y", by="sex")
    scaled = total(Sample.of(data, DESIGN), of="y")
    for a, b in zip(one, two, strict=True):
        assert (b.estimate, b.se, b.df) == pytest.approx((a.estimate, a.se, a.df), rel=1e-12)
    assert scaled[0].se == pytest.approx(factor * sums[0].se, rel=1e-12)


@given(st.integers(0, 30), st.randoms(use_true_random=False))
def test_rows_in_another_order_and_strata_renamed_change_nothing(seed: int, order: object) -> None:
    data = cluster_sample(seed, strata=3, psus=3, rows=6)
    one = proportion(Sample.of(data, DESIGN), of="g", by="sex")
    rows = list(range(len(data)))
    order.shuffle(rows)  # type: ignore[attr-defined]
    data = data.iloc[rows].reset_index(drop=True)
    data["h"] = data["h"].map({"s0": "zz", "s1": "b", "s2": "ă"})
    two = proportion(Sample.of(data, DESIGN), of="g", by="sex")
    for a, b in zip(one, two, strict=True):
        assert (a.by, a.level) == (b.by, b.level)
        assert (b.estimate, b.se) == pytest.approx((a.estimate, a.se), rel=1e-12, abs=1e-15)


@given(st.integers(0, 30))
def test_where_by_and_a_zero_product_agree(seed: int) -> None:
    data = cluster_sample(seed, strata=3, psus=3, rows=6)
    data["ym"] = data["y"] * (data["sex"] == "m")
    chosen = Sample.of(data, DESIGN)
    by = total(chosen, of="y", by="sex")[1]
    where = total(chosen, of="y", where=(data["sex"] == "m").to_numpy())[0]
    manual = total(chosen, of="ym")[0]
    assert (where.estimate, where.se, where.df) == pytest.approx(
        (by.estimate, by.se, by.df), rel=1e-12
    )
    assert (manual.estimate, manual.se) == pytest.approx((by.estimate, by.se), rel=1e-12)


@given(st.integers(0, 30))
def test_covariances_of_domains_hold_for_their_sum(seed: int) -> None:
    chosen = Sample.of(cluster_sample(seed, strata=3, psus=3, rows=6), DESIGN)
    parts, whole = total(chosen, of="y", by="g"), total(chosen, of="y")[0]
    assert parts.covariance.sum() == pytest.approx(whole.se**2, rel=1e-10)


@given(st.integers(0, 30))
def test_raking_by_two_routes_gives_the_same_weights_and_errors(seed: int) -> None:
    chosen = sample(seed)
    totals = {"(Intercept)": 100e3, "gb": 40e3, "gc": 30e3, "sexm": 48e3}
    plan = plan_calibration(chosen, "~ g + sex", totals, Solver(distance="raking"))
    one, two = rake(chosen, MARGINS).sample, adjust(chosen, plan).sample
    assert two.weights == pytest.approx(one.weights, rel=1e-8)
    assert mean(two, of="y")[0].se == pytest.approx(mean(one, of="y")[0].se, rel=1e-8)


def test_bounds_are_met_inside_the_solver() -> None:
    chosen = sample(2)
    for distance in ("logit", "truncated"):
        solver = Solver(distance=distance, bounds=(0.2, 2.5))  # type: ignore[arg-type]
        scaled = {name: value * chosen.weights.sum() / 100_000 for name, value in TOTALS.items()}
        done = adjust(chosen, plan_calibration(chosen, GREG, scaled, solver))
        g = done.sample.weights / chosen.weights
        assert g.min() >= 0.2 - 1e-12
        assert g.max() <= 2.5 + 1e-12
        assert done.reweighted.worst < 1e-10


def test_bounds_that_no_weights_meet_are_refused_by_term() -> None:
    chosen = sample(2)
    solver = Solver(distance="logit", bounds=(0.9, 1.1))
    with pytest.raises(AnalysisError) as caught:
        adjust(chosen, plan_calibration(chosen, GREG, TOTALS, solver))
    text = caught.value.text()
    assert "calibration did not converge: '" in text
    assert "widen the bounds" in text


def test_totals_that_do_not_fit_the_formula_are_named() -> None:
    with pytest.raises(AnalysisError, match="without a total sexm; not in it sexf"):
        plan_calibration(sample(), GREG, {"(Intercept)": 1.0, "x": 1.0, "sexf": 1.0}, Solver())


def test_the_jackknife_carries_the_fpc_and_half_samples_refuse_it() -> None:
    with_fpc = replace(DESIGN, fpc=("N",))
    taylor = total(Sample.of(cluster_sample(), with_fpc), of="y")[0]
    jackknife = replace(with_fpc, replicates=ReplicateDesign(kind="jkn", mse=True))
    again = total(Sample.of(cluster_sample(), jackknife), of="y")[0]
    assert again.se == pytest.approx(taylor.se, rel=1e-10)
    halves = replace(with_fpc, replicates=ReplicateDesign(kind="brr"))
    with pytest.raises(AnalysisError, match="brr cannot carry the fpc of the design"):
        Sample.of(cluster_sample(psus=2), halves)


@pytest.mark.parametrize("kind", ["brr", "fay"])
def test_half_samples_give_the_exact_error_of_a_total(kind: Kind) -> None:
    data = cluster_sample(psus=2, strata=7)
    taylor = total(Sample.of(data, DESIGN), of="y")[0]
    again = total(Sample.of(data, replicated(kind)), of="y")[0]
    assert again.se == pytest.approx(taylor.se, rel=1e-10)


def test_a_domain_that_vanishes_in_a_replicate_drops_it_with_a_flag() -> None:
    data = cluster_sample()
    data["place"] = np.where(data["psu"] == 3, "one", "rest")
    row = mean(
        Sample.of(data, replicated("jkn")), of="y", where=(data["place"] == "one").to_numpy()
    )[0]
    assert "replicates_lost" in row.flags


@pytest.mark.parametrize("kind", ["jkn", "rao_wu"])
def test_a_domain_that_vanishes_takes_no_replicate_from_the_others(kind: Kind) -> None:
    data = cluster_sample(strata=3, psus=5)
    data["place"] = data["psu"] // 2
    drawn = Sample.of(data, replicated(kind))
    together = proportion(drawn, of="aware", equals=1, by="place")
    for row in together:
        alone = proportion(drawn, of="aware", equals=1,
                           where=(data["place"] == int(row.by["place"])).to_numpy())[0]  # fmt: skip
        assert row.se == (None if alone.se is None else pytest.approx(alone.se, rel=1e-12))
        assert row.ci == pytest.approx(alone.ci, rel=1e-12)
    lost = ["replicates_lost" in row.flags for row in together]
    assert kind == "jkn" or any(lost)


def test_a_replicate_with_a_share_of_one_does_not_narrow_the_interval() -> None:
    data = cluster_sample(strata=2, psus=4, rows=6)
    data["aware"] = (data["psu"] != 3).astype(int)
    drawn = Sample.of(data, replicated("jkn"))
    logit, delta = (
        proportion(drawn, of="aware", equals=1, options=Options(interval=interval))[0].ci
        for interval in ("logit", "xlogit")
    )
    assert logit == delta


@pytest.mark.parametrize("mse", [False, True])
def test_a_share_of_one_has_its_exact_interval_under_replication_too(mse: bool) -> None:
    data = cluster_sample().assign(aware=1)
    taylor = proportion(Sample.of(data, DESIGN), of="aware", equals=1)[0]
    again = proportion(Sample.of(data, replicated("jkn", mse=mse)), of="aware", equals=1)[0]
    assert again.ci == pytest.approx(taylor.ci)
    assert again.ci[0] < again.ci[1] == 1


def test_supplied_replicate_weights_give_the_error_of_those_that_made_them() -> None:
    data = cluster_sample()
    made = Sample.of(data, replicated("rao_wu", count=40, seed=9))
    assert made.replicates is not None
    columns = pd.DataFrame({f"rw{i}": w for i, w in enumerate(made.replicates.weights())})
    design = Design(
        weights="w", replicates=ReplicateDesign(kind="columns", columns="rw*", scale=1 / 39)
    )
    again = mean(Sample.of(pd.concat([data, columns], axis=1), design), of="y")[0]
    assert again.se == pytest.approx(mean(made, of="y")[0].se, rel=1e-12)


@pytest.mark.parametrize(("kind", "psus"), [("jkn", 4), ("brr", 2), ("fay", 2), ("rao_wu", 4)])
@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_the_counted_rank_of_the_replicates_is_their_rank(
    kind: Kind, psus: int, share: float
) -> None:
    data = cluster_sample(psus=psus, strata=6, rows=3)
    replicates = Sample.of(data, replicated(kind, count=60)).replicates
    assert replicates is not None
    rng = np.random.default_rng(8)
    inside = np.isin(data["psu"], rng.permutation(6 * psus)[: max(1, round(share * 6 * psus))])
    assert replicates.index is not None
    rank = np.linalg.matrix_rank(replicates.factors[np.unique(replicates.index[inside])])
    assert replicates.degrees_of_freedom(inside) == rank - 1
