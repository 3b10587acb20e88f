"""Laws that hold for every estimator, before and after calibration, whatever the data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.api import (
    Design,
    Estimates,
    Sample,
    glm,
    margin,
    mean,
    proportion,
    quantile,
    rake,
    ratio,
    total,
    variance,
)
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata="h", psu="psu")
SEX = margin({"f": 5200, "m": 4800}, of="sex")
GROUP = margin({"a": 3000, "b": 4000, "c": 3000}, of="g")
seeds = st.integers(0, 10_000)

QUESTIONS: dict[str, Callable[[Sample], Estimates]] = {
    "mean": lambda sample: mean(sample, of="y", by="sex"),
    "total": lambda sample: total(sample, of=["y", "g"]),
    "ratio": lambda sample: ratio(sample, numerator="y", denominator="x", by="g"),
    "proportion": lambda sample: proportion(sample, of="aware", equals=1, by=["g", "sex"]),
    "variance": lambda sample: variance(sample, of="y", by="sex"),
    "quantile": lambda sample: quantile(sample, of="y", probs=(0.2, 0.5), by="sex"),
    "model": lambda sample: glm(sample, "aware ~ x + sex", family="binomial"),
    "contrast": lambda sample: mean(sample, of="y", by="g").contrast("log(y[g=a] / y[g=b])"),
}
every_question = pytest.mark.parametrize("name", QUESTIONS)
whether_raked = pytest.mark.parametrize("raked", [False, True])


def ask(name: str, data: pd.DataFrame, *, raked: bool, design: Design = DESIGN) -> np.ndarray:
    """The numbers that a question has of data."""
    sample = Sample.of(data, design)
    if raked:
        sample = rake(sample, [SEX, GROUP]).sample
    frame = QUESTIONS[name](sample).to_frame()
    numbers = frame[["estimate", "se", "lower", "upper", "df", "n"]].astype(float)
    return np.nan_to_num(numbers.to_numpy(), nan=-1.0)


def drawn(seed: int) -> pd.DataFrame:
    return cluster_sample(seed, strata=3, psus=4, rows=12)


def assert_same(one: np.ndarray, two: np.ndarray, digits: float = 1e-12) -> None:
    assert two == pytest.approx(one, rel=digits, abs=digits * np.abs(one).max())


@every_question
@whether_raked
@settings(max_examples=8)
@given(seed=seeds, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(name: str, raked: bool, seed: int, order: Any) -> None:
    data = drawn(seed)
    places = list(range(len(data)))
    order.shuffle(places)
    assert_same(ask(name, data, raked=raked), ask(name, data.iloc[places], raked=raked))


@every_question
@whether_raked
@settings(max_examples=8)
@given(seed=seeds, cut=st.integers(1, 140))
def test_a_file_split_in_two_and_joined_the_other_way_round_changes_nothing(
    name: str, raked: bool, seed: int, cut: int
) -> None:
    data = drawn(seed)
    joined = pd.concat([data.iloc[cut:], data.iloc[:cut]], ignore_index=True)
    assert_same(ask(name, data, raked=raked), ask(name, joined, raked=raked))


@every_question
@whether_raked
@settings(max_examples=8)
@given(seed=seeds, names=st.permutations(["ă", "Z", "1"]), shift=st.integers(-50, 50))
def test_names_of_strata_and_psus_mean_nothing(
    name: str, raked: bool, seed: int, names: list[str], shift: int
) -> None:
    data = drawn(seed)
    other = data.assign(h=data["h"].map(dict(zip(["s0", "s1", "s2"], names, strict=True))),
                        psu=shift - 7 * data["psu"])  # fmt: skip
    assert_same(ask(name, data, raked=raked), ask(name, other, raked=raked))


@every_question
@whether_raked
@settings(max_examples=8)
@given(seed=seeds, factor=st.floats(1e-3, 1e3))
def test_weights_in_another_unit_change_no_share_and_scale_what_is_counted(
    name: str, raked: bool, seed: int, factor: float
) -> None:
    data = drawn(seed)
    one = ask(name, data, raked=raked)
    two = ask(name, data.assign(w=data["w"] * factor), raked=raked)
    if name == "total" and not raked:
        two[:, :4] /= factor
    assert_same(one, two)


@every_question
@given(seed=seeds)
@settings(max_examples=8)
def test_a_stratum_drawn_whole_adds_no_error(name: str, seed: int) -> None:
    data = drawn(seed)
    data["N"] = np.where(data["h"] == "s1", 4, 1e18)
    census = Design(weights="w", strata="h", psu="psu", fpc="N")
    without, whole = ask(name, data, raked=False), ask(name, data, raked=False, design=census)
    assert whole[:, 0] == pytest.approx(without[:, 0], rel=1e-12)
    assert (whole[:, 1] <= without[:, 1] * (1 + 1e-9)).all()


@settings(max_examples=25)
@given(seed=seeds)
def test_the_complement_of_a_share_has_the_mirrored_interval(seed: int) -> None:
    data = drawn(seed)
    has, lacks = (
        proportion(Sample.of(data, DESIGN), of="aware", equals=value, by="sex") for value in (1, 0)
    )
    for one, two in zip(has, lacks, strict=True):
        assert two.estimate == pytest.approx(1 - one.estimate, abs=1e-12)
        assert two.se == pytest.approx(one.se, rel=1e-9)
        assert two.ci == pytest.approx((1 - one.ci[1], 1 - one.ci[0]), abs=1e-9)


@settings(max_examples=25)
@given(seed=seeds)
@whether_raked
def test_a_share_is_a_mean_is_a_ratio_of_totals(raked: bool, seed: int) -> None:
    data = drawn(seed).assign(one=1.0)
    sample = Sample.of(data, DESIGN)
    if raked:
        sample = rake(sample, [SEX, GROUP]).sample
    share = proportion(sample, of="aware", equals=1)[0]
    for other in (mean(sample, of="aware")[0],
                  ratio(sample, numerator="aware", denominator="one")[0],
                  total(sample, of=["aware", "one"]).contrast("aware / one")[0],
                  glm(sample, "aware ~ 1")[0]):  # fmt: skip
        assert (other.estimate, other.se) == pytest.approx((share.estimate, share.se), rel=1e-9)


@settings(max_examples=25)
@given(seed=seeds)
@whether_raked
def test_a_difference_of_domains_is_a_regression_coefficient(raked: bool, seed: int) -> None:
    sample = Sample.of(drawn(seed), DESIGN)
    if raked:
        sample = rake(sample, [SEX, GROUP]).sample
    apart = mean(sample, of="y", by="sex").contrast("y[sex=m] - y[sex=f]")[0]
    slope = glm(sample, "y ~ sex")[1]
    assert (slope.estimate, slope.se) == pytest.approx((apart.estimate, apart.se), rel=1e-9)
