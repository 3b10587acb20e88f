"""Differences of groups and topics: the right number, the right error, and one interval for all."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.analyze import analyze
from analysis.design import Design, Sample
from analysis.disclosure.screen import screen
from analysis.gaps import held_at
from analysis.intervals import t_interval
from analysis.result import Estimate, Gap
from analysis.shares import difference
from tests.analysis.samples import cluster_sample
from tests.analysis.test_analyze import TODAY, founded
from tests.analysis.test_study_awareness import knowing, with_cut

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))


def by_hand(data: pd.DataFrame, inside: np.ndarray) -> tuple[float, float]:
    """The difference of two domain means, and its error from influences summed by PSU."""
    y, w = data["aware"].to_numpy(float), data["w"].to_numpy()
    influence, means = np.zeros(len(data)), []
    for sign, part in ((1, inside), (-1, ~inside)):
        means.append(np.average(y[part], weights=w[part]))
        influence += sign * part * w * (y - means[-1]) / w[part].sum()
    sums = data.assign(z=influence).groupby(["h", "psu"])["z"].sum()
    variance = sum(len(own) * own.var(ddof=1) for _, own in sums.groupby(level="h"))
    return means[0] - means[1], variance**0.5


@given(st.integers(0, 10_000))
def test_the_difference_of_a_group_from_all_others_has_the_error_of_its_influences(seed):
    data = cluster_sample(seed % 7 + 1)
    inside = np.random.default_rng(seed).random(len(data)) < 0.3
    found = difference(Sample.of(data, DESIGN), data["aware"].astype(float), inside=inside)
    value, error = by_hand(data, inside)
    assert found.estimate == pytest.approx(value, rel=1e-9, abs=1e-12)
    assert found.se == pytest.approx(error, rel=1e-9)


def test_two_sides_differ_by_the_same_and_an_empty_side_has_no_difference():
    data = cluster_sample()
    sample, values = Sample.of(data, DESIGN), data["aware"].astype(float)
    inside = (data["sex"] == "f").to_numpy()
    one, other = (difference(sample, values, inside=side) for side in (inside, ~inside))
    assert (one.estimate, one.se) == (pytest.approx(-other.estimate), pytest.approx(other.se))
    assert difference(sample, values, inside=np.ones(len(data), dtype=bool)) is None
    assert difference(sample, values.where(~inside), inside=inside) is None


@given(st.floats(-0.5, 0.5), st.floats(1e-4, 0.2), st.floats(2, 200), st.floats(0.5, 0.9999))
def test_the_word_is_that_of_the_interval_at_its_own_confidence(value, se, df, confidence):
    raw = Estimate(of="x", estimate=value, se=se, ci=(None, None), df=df, n=100)
    found = held_at(raw, confidence)
    low, high = t_interval(value, se, df, confidence)
    expected = "higher" if low > 0 else "lower" if high < 0 else "open"
    assert Gap(share=raw, to_others=found).word == expected
    assert found.confidence == confidence


def test_a_difference_without_an_error_has_no_interval_and_no_word():
    raw = Estimate(of="x", estimate=0.2, se=0.0, ci=(0.2, 0.2), df=10, n=100)
    assert held_at(raw, 0.95).ci == (None, None)
    assert Gap(share=raw, to_others=held_at(raw, 0.95)).word is None
    assert Gap(share=raw).word is None


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """An analysis whose shares count scores."""
    return analyze(founded(tmp_path_factory.mktemp("counted")), today=TODAY)


@pytest.fixture(scope="module")
def latent(tmp_path_factory):
    """An analysis whose shares rest on the trait."""
    folder = tmp_path_factory.mktemp("latent")
    study = founded(folder, data=knowing(), plan=with_cut(status="panel", se=0.02))
    return analyze(study, today=TODAY)


def test_groups_are_held_against_the_target_and_against_everybody_else(counted, latent):
    for analysis in (counted, latent):
        groups = {tuple(one.share.by.items()): one for one in analysis.gaps if one.share.by}
        men, women = groups[("sex", "m"),], groups[("sex", "f"),]
        assert men.to_others.estimate == pytest.approx(men.share.estimate - women.share.estimate)
        assert men.to_others.estimate == pytest.approx(-women.to_others.estimate)
        assert men.to_others.se == pytest.approx(women.to_others.se)
        assert (men.target, men.threshold) == ("T1a", 0.9)
        assert men.to_target.estimate == pytest.approx(men.share.estimate - 0.9)
        assert men.to_target.ci == pytest.approx(tuple(one - 0.9 for one in men.share.ci))
        (each,) = {one.to_others.confidence for one in groups.values()}
        assert each == pytest.approx(1 - 0.05 / len(groups))


def test_every_group_that_is_estimated_has_its_gap(counted):
    shown = {tuple(one.by.items()) for one in counted.estimates if one.of == "aware" and one.by}
    assert {tuple(one.share.by.items()) for one in counted.gaps} == shown


def test_a_withheld_group_tells_no_difference(counted):
    whole, men, women = (
        next(one for one in counted.estimates if one.of == "aware" and dict(one.by) == by)
        for by in ({}, {"sex": "m"}, {"sex": "f"})
    )
    few = replace(men, n=4, hits=2)
    rest = replace(women, n=whole.n - 4, hits=whole.hits - 2)
    gaps = tuple(replace(next(one for one in counted.gaps if one.share == own), share=small)
                 for own, small in ((men, few), (women, rest)))  # fmt: skip
    found = screen(replace(counted, estimates=(whole, few, rest), gaps=gaps, areas=()))
    assert [one.share.estimate for one in found.gaps] == [None, None]
    assert [(one.to_target, one.to_others) for one in found.gaps] == [(None, None)] * 2
    kept = screen(counted).gaps
    assert all(one.to_others is not None for one in kept if one.share.estimate is not None)
