"""A list experiment is tested for honesty, and combined with the direct question."""

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design, Sample
from analysis.items.list_checks import combined, design_effect, told
from analysis.items.sensitive import list_experiment

SHARE, ADMITS = 0.3, 0.4
"""Who does it, and who of them admits it."""


def asked(seed: int, *, size: int = 4000, lost: float = 0.0, lies: bool = False) -> pd.DataFrame:
    """Four other items; with `lost` some are not counted by who was asked of the sensitive one."""
    rng = np.random.default_rng(seed)
    others = rng.binomial(4, 0.5, size)
    does = rng.random(size) < SHARE
    listed = np.arange(size) % 2
    direct = (does & (rng.random(size) < ADMITS)).astype(float)
    hidden = (others > 0) & (rng.random(size) < lost)
    count = others + listed * (does & ~lies) - listed * hidden
    return pd.DataFrame({"count": count, "listed": listed, "direct": direct, "w": 1.0,
                         "psu": np.arange(size) // 4})  # fmt: skip


def sample_of(data: pd.DataFrame) -> Sample:
    return Sample.of(data, Design(weights="w", psu=("psu",)))


def columns(data: pd.DataFrame, *names: str) -> list[np.ndarray]:
    return [data[name].to_numpy(dtype=float) for name in names]


def test_shares_by_number_of_other_items_add_up_to_the_estimate_and_to_everybody():
    data = asked(1)
    count, listed = columns(data, "count", "listed")
    sample, inside = sample_of(data), np.ones(len(data), dtype=bool)
    effect = design_effect(count, listed, sample=sample, inside=inside)
    estimate = list_experiment(count, listed, sample=sample).estimate
    assert sum(one.share for one in effect.cells if one.sensitive) == pytest.approx(estimate)
    assert sum(one.share for one in effect.cells) == pytest.approx(1)
    assert effect.floor == effect.cells[0].share
    assert effect.ceiling == next(
        one.share for one in effect.cells if one.sensitive and one.count == 4
    )
    assert effect.p > 0.05
    assert list(told(effect, None)) == []


def test_items_that_are_not_counted_because_of_the_sensitive_one_are_found_out():
    data = asked(2, lost=0.6)
    count, listed = columns(data, "count", "listed")
    effect = design_effect(
        count, listed, sample=sample_of(data), inside=np.ones(len(data), dtype=bool)
    )
    assert effect.p < 0.001
    assert list(told(effect, None)) == ["design_effect"]


def test_both_questions_together_are_unbiased_and_surer_than_the_list_alone():
    apart, spread, alone = [], [], []
    for seed in range(60):
        data = asked(seed, size=2000)
        sample, inside = sample_of(data), np.ones(len(data), dtype=bool)
        both = combined(*columns(data, "count", "listed", "direct"), sample=sample, inside=inside)
        apart.append(both.estimate - SHARE)
        spread.append(both.se)
        alone.append(list_experiment(*columns(data, "count", "listed"), sample=sample).se)
    assert abs(np.mean(apart)) < 3 * np.std(apart) / np.sqrt(60)
    assert np.mean(spread) == pytest.approx(np.std(apart), rel=0.25)
    assert np.mean(spread) < 0.95 * np.mean(alone)


def test_who_admits_it_must_have_counted_it():
    data = asked(3, lies=True)
    count, listed, direct = columns(data, "count", "listed", "direct")
    sample, inside = sample_of(data), np.ones(len(data), dtype=bool)
    both = combined(count, listed, direct, sample=sample, inside=inside)
    assert both.placebo == pytest.approx(0, abs=0.2)
    assert both.placebo_p < 0.001
    effect = design_effect(count, listed, sample=sample, inside=inside)
    assert "admitted_but_not_counted" in list(told(effect, both))


def test_without_people_who_deny_it_there_is_nothing_to_combine():
    data = asked(4, size=40).assign(direct=1.0)
    asked_of = columns(data, "count", "listed", "direct")
    assert combined(*asked_of, sample=sample_of(data), inside=np.ones(40, dtype=bool)) is None
