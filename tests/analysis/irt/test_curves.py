"""Response curves: they are probabilities, and their derivatives are those of differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.irt.curves import (
    Shape,
    derivatives,
    expected_score,
    family_probabilities,
    information,
    log_derivatives,
    probabilities,
)
from analysis.irt.items import ItemParameters
from tests.analysis.irt.scales import ITEMS

THETA = np.linspace(-4, 4, 9)
EVERY = [item for items in ITEMS.values() for item in items]
SHAPES = [
    Shape(curve="graded", categories=2, guessing=False),
    Shape(curve="graded", categories=4, guessing=False),
    Shape(curve="partial", categories=4, guessing=False),
    Shape(curve="graded", categories=2, guessing=True),
]


def values_of(shape: Shape, slope: float, first: float, gaps: list[float]) -> np.ndarray:
    steps = first - np.cumsum([0.0, *gaps])[: shape.categories - 1]
    return np.array([[slope, *steps, *([-1.4] if shape.guessing else [])]])


@given(
    shape=st.sampled_from(SHAPES), slope=st.floats(-3, 3), first=st.floats(-3, 3),
    gaps=st.lists(st.floats(0.05, 2), min_size=2, max_size=2),
)  # fmt: skip
@settings(max_examples=60)
def test_log_derivatives_are_limits_of_differences(shape, slope, first, gaps):
    values = values_of(shape, slope, first, gaps)
    p, slopes = log_derivatives(shape, values, THETA)
    np.testing.assert_allclose(p, family_probabilities(shape, values, THETA), rtol=1e-12)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    for place in range(shape.parameters):
        step = np.zeros_like(values)
        step[0, place] = 1e-6
        ahead, behind = (
            np.log(family_probabilities(shape, values + sign * step, THETA)) for sign in (1, -1)
        )
        np.testing.assert_allclose(slopes[:, place], (ahead - behind) / 2e-6, atol=2e-6, rtol=1e-6)


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.item)
def test_derivatives_by_theta_are_limits_of_differences(item: ItemParameters):
    ahead, behind = probabilities(item, THETA + 1e-6), probabilities(item, THETA - 1e-6)
    np.testing.assert_allclose(derivatives(item, THETA), (ahead - behind) / 2e-6, atol=1e-8)


def test_information_of_two_categories_is_a_squared_pq():
    item = ITEMS["2pl"][1]
    right = probabilities(item, THETA)[1]
    np.testing.assert_allclose(information(item, THETA), item.slope**2 * right * (1 - right))


def test_far_tails_keep_their_digits():
    item = ItemParameters(item="s", model="grm", slope=2.0, intercepts=(0.3, -0.3))
    tail = probabilities(item, np.array([-40.0, 40.0]))
    assert tail[2, 0] == pytest.approx(np.exp(-80.3), rel=1e-12, abs=0)
    assert tail[0, 1] == pytest.approx(np.exp(-80.3), rel=1e-12, abs=0)


def test_partial_credit_with_two_categories_is_the_graded_model():
    both = [ItemParameters(item="k", model=model, slope=1.3, intercepts=(0.4,))
            for model in ("gpcm", "grm")]  # fmt: skip
    one, other = (probabilities(item, THETA) for item in both)
    np.testing.assert_allclose(one, other, rtol=1e-12)


def test_the_expected_score_grows_from_nothing_to_the_highest_rank():
    for item in EVERY:
        ends = expected_score(item, np.array([-60.0, 60.0]))
        lowest = item.guessing
        np.testing.assert_allclose(ends, [lowest, item.categories - 1], atol=1e-9)


@pytest.mark.parametrize("model", ["grm", "gpcm", "2pl"])
def test_thresholds_give_the_item_back(model):
    for item in ITEMS[model]:
        again = ItemParameters.of_thresholds(
            item.item, item.model, slope=item.slope, thresholds=item.thresholds
        )
        np.testing.assert_allclose(again.intercepts, item.intercepts, rtol=1e-12)


def test_adjacent_categories_of_partial_credit_cross_at_the_thresholds():
    item = ITEMS["gpcm"][1]
    for k, b in enumerate(item.thresholds):
        at = probabilities(item, np.array([b]))[:, 0]
        assert at[k] == pytest.approx(at[k + 1], rel=1e-12)
