"""Traits of persons against a search of their likelihood, and fit of items at certain answers."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from analysis.irt.curves import probabilities
from analysis.irt.item_fit import CERTAIN, mean_squares
from analysis.irt.items import ItemParameters
from analysis.irt.traits import Prior, modes

SLOPES, THRESHOLDS = (0.9, 1.4, 1.1, 2.0, 0.7, 1.6), (-1.2, -0.6, 0.0, 0.3, 0.9, 1.8)
WAYS = [(0, 0, 1, 0, 1, 0), (1, 1, 1, 0, 0, 0), (1, 0, 1, 1, 0, 1), (1, 1, 1, 1, 1, 0)]


def items(guessing: float) -> list[ItemParameters]:
    return [ItemParameters(item=f"k{place}", model="3pl", slope=slope, guessing=guessing,
                           intercepts=(-slope * threshold,))
            for place, (slope, threshold) in enumerate(zip(SLOPES, THRESHOLDS, strict=True))]  # fmt: skip


def log_likelihood(theta: float, way: tuple[int, ...], guessing: float) -> float:
    return sum(float(np.log(probabilities(item, np.array([theta]))[answer, 0]))
               for item, answer in zip(items(guessing), way, strict=True))  # fmt: skip


def bias(theta: float, guessing: float) -> float:
    """Warm's J / 2I, written out for items of two categories."""
    information = joint = 0.0
    for slope, threshold in zip(SLOPES, THRESHOLDS, strict=True):
        plain = 1 / (1 + np.exp(-slope * (theta - threshold)))
        p = guessing + (1 - guessing) * plain
        first = (1 - guessing) * slope * plain * (1 - plain)
        second = slope * first * (1 - 2 * plain)
        information += first**2 / (p * (1 - p))
        joint += first * second / (p * (1 - p))
    return joint / (2 * information)


@pytest.mark.parametrize("guessing", [0.0, 0.2])
@pytest.mark.parametrize("way", WAYS)
def test_the_mode_is_where_a_golden_section_finds_it(way, guessing):
    prior = Prior(mean=np.array([0.3]), variance=np.array([1.7]))
    found = modes(np.array([way]), items(guessing), method="map", prior=prior)
    sought = minimize_scalar(
        lambda theta: (theta - 0.3) ** 2 / 3.4 - log_likelihood(theta, way, guessing),
        bounds=(-5, 5), method="bounded", options={"xatol": 1e-9},
    )  # fmt: skip
    assert found.theta[0] == pytest.approx(sought.x, abs=1e-6)


@pytest.mark.parametrize("guessing", [0.0, 0.2])
@pytest.mark.parametrize("way", WAYS[1:])
def test_weighted_likelihood_is_the_root_of_warm_s_equation(way, guessing):
    found = modes(np.array([way]), items(guessing), method="wle").theta[0]

    def equation(theta: float) -> float:
        ends = (log_likelihood(theta + side, way, guessing) for side in (1e-5, -1e-5))
        return (next(ends) - next(ends)) / 2e-5 + bias(theta, guessing)

    assert found == pytest.approx(brentq(equation, found - 0.5, found + 0.5), abs=1e-5)


def test_with_guessing_the_finite_maximum_counts_although_the_likelihood_rises_towards_the_end():
    way, guessing = (0, 1, 0, 1, 0, 1), 0.2
    found = modes(np.array([way]), items(guessing), method="ml").theta[0]
    grid = np.linspace(-20, 5, 25_001)
    values = np.array([log_likelihood(theta, way, guessing) for theta in grid])
    peaks = np.flatnonzero((values[1:-1] > values[:-2]) & (values[1:-1] > values[2:])) + 1
    best = peaks[np.argmax(values[peaks])]
    assert values[0] > values[best]
    assert found == pytest.approx(grid[best], abs=2e-3)


def test_without_any_finite_maximum_there_is_no_estimate():
    found = modes(np.array([[0, 0, 1, 0, 0, 1]]), items(0.25), method="ml")
    assert np.isnan(found.theta).all()
    assert np.isnan(found.se).all()


def test_certain_answers_have_a_least_variance_only_where_it_is_asked_for():
    one = items(0.0)[3:4]
    codes, theta = np.array([[0], [1], [1]]), np.array([6.0, 6.5, 0.2])
    exact, held = (mean_squares(codes, one, theta, least=least)[0] for least in (0.0, CERTAIN))
    p = probabilities(one[0], theta)[1]
    variance, squares = p * (1 - p), (codes[:, 0] - p) ** 2
    assert exact.outfit == pytest.approx(np.mean(squares / variance))
    assert held.outfit == pytest.approx(np.mean(squares / np.maximum(variance, CERTAIN)))
