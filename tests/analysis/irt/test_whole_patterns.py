"""Fit of models and items against sums over every pattern of answers that can occur."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from analysis.irt.curves import probabilities
from analysis.irt.fit import fit
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.irt.limited_information import limited_information
from analysis.irt.responses import ItemResponses
from analysis.irt.s_x2 import EXPECTED, LEAST, OBSERVED, PERSONS, _joined, s_x2

PERSONS_DRAWN = 700


def calibrated(model: str, categories: int, items: int) -> FittedModel:
    """A model of simulated answers."""
    rng = np.random.default_rng(20261124)
    theta = rng.normal(size=PERSONS_DRAWN)
    cuts = np.sort(rng.normal(size=(items, categories - 1)), axis=1)
    latent = theta[:, None] * rng.uniform(0.6, 1.8, items) + rng.logistic(size=(len(theta), items))
    codes = (latent[:, :, None] > cuts).sum(axis=2)
    table = pd.DataFrame(codes, columns=[f"k{place}" for place in range(items)])
    return fit(ItemResponses.of(table, list(table)), model)


def patterns(items: list[ItemParameters] | tuple[ItemParameters, ...]) -> np.ndarray:
    return np.array(list(product(*[range(item.categories) for item in items])))


def chances(fitted: FittedModel, values: np.ndarray) -> np.ndarray:
    """The probability of every pattern at given values of the parameters."""
    items, people = fitted.items_at(values), fitted.population_at(values)
    prior = people.prior(np.zeros(1, dtype=np.int64), np.empty((1, 0)))[0]
    ways = patterns(items)
    joint = np.ones((len(ways), len(prior)))
    for place, item in enumerate(items):
        joint *= probabilities(item, people.nodes)[ways[:, place]]
    return np.asarray(joint @ prior)


def by_definition(fitted: FittedModel) -> float:
    """N e'(Ξ⁻¹ - Ξ⁻¹Δ(Δ'Ξ⁻¹Δ)⁻¹Δ'Ξ⁻¹)e with Ξ, Δ and e of whole patterns, by the null space of Δ."""
    ways, values = patterns(fitted.items), np.asarray(fitted.values, dtype=float)
    counts = [item.categories for item in fitted.items]
    single = [ways[:, i] == k for i, count in enumerate(counts) for k in range(1, count)]
    pairs = [ways[:, i] * ways[:, j] for i, j in combinations(range(len(counts)), 2)]
    margins = np.array([*single, *pairs], dtype=float)
    expected = chances(fitted, values)
    places = np.ravel_multi_index(tuple(fitted.responses.codes.T.astype(int)), counts)
    observed = np.bincount(places, minlength=len(ways)) / len(places)
    steps = np.eye(len(values)) * 1e-5
    slopes = margins @ np.array([chances(fitted, values + step) - chances(fitted, values - step)
                                 for step in steps]).T / 2e-5  # fmt: skip
    spread = margins @ (np.diag(expected) - np.outer(expected, expected)) @ margins.T
    across = np.linalg.qr(slopes, mode="complete")[0][:, slopes.shape[1] :]
    gap = across.T @ margins @ (observed - expected)
    return float(len(places) * gap @ np.linalg.solve(across.T @ spread @ across, gap))


@pytest.mark.parametrize(
    ("model", "categories", "items"),
    [("rasch", 2, 6), ("2pl", 2, 6), ("pcm", 3, 4), ("gpcm", 3, 5), ("grm", 4, 4)],
)
def test_limited_information_is_what_whole_patterns_give(model, categories, items):
    fitted = calibrated(model, categories, items)
    found = limited_information(fitted)
    assert found.statistic == pytest.approx(by_definition(fitted), rel=1e-5)
    margins = items * (categories - 1) + items * (items - 1) // 2
    assert found.df == margins - fitted.n_parameters


@pytest.mark.parametrize(("model", "categories"), [("2pl", 2), ("gpcm", 4)])
def test_s_x2_expects_what_whole_patterns_give_at_each_score(model, categories):
    fitted = calibrated(model, categories, 5)
    ways, expected = patterns(fitted.items), chances(fitted, np.asarray(fitted.values, dtype=float))
    totals, answered = ways.sum(axis=1), fitted.responses.codes.astype(int)
    cells = np.zeros((3, totals.max() + 1, categories))
    for score in range(totals.max() + 1):
        for k in range(categories):
            chosen = (totals == score) & (ways[:, 0] == k)
            persons = (answered.sum(axis=1) == score) & (answered[:, 0] == k)
            cells[PERSONS, score, k] = cells[OBSERVED, score, k] = persons.sum()
            cells[EXPECTED, score, k] = expected[chosen].sum() / expected[totals == score].sum()
    cells[EXPECTED] *= cells[PERSONS].sum(axis=1, keepdims=True)
    joined = _joined(cells[:, 1:-1])
    counted = joined[EXPECTED] > 0
    wanted = ((joined[OBSERVED] - joined[EXPECTED])[counted] ** 2 / joined[EXPECTED][counted]).sum()
    prior = fitted.population.prior(np.zeros(1, dtype=np.int64), np.empty((1, 0)))[0]
    found = s_x2(fitted.responses.codes, fitted.items, fitted.population.nodes, prior,
                 free=[categories] * 5)[0]  # fmt: skip
    assert found.statistic == pytest.approx(wanted, rel=1e-8)
    assert found.df == counted.sum() - joined.shape[1] - categories


@pytest.mark.parametrize("categories", [2, 3, 5])
def test_joined_cells_keep_every_person_and_expect_enough(categories):
    rng = np.random.default_rng(7)
    shares = rng.dirichlet(np.full(categories, 0.5), 24)
    persons = np.array([rng.multinomial(count, share)
                        for count, share in zip(rng.integers(0, 12, 24), shares, strict=True)])  # fmt: skip
    cells = np.array([persons, persons, shares * persons.sum(axis=1, keepdims=True)], dtype=float)
    joined = _joined(cells)
    assert joined.sum(axis=(1, 2)) == pytest.approx(cells.sum(axis=(1, 2)))
    assert joined[OBSERVED].sum(axis=1) == pytest.approx(joined[EXPECTED].sum(axis=1))
    small = (joined[EXPECTED] > 0) & (joined[EXPECTED] < LEAST)
    assert joined.shape[1] == 1 or not small.any()
