"""A trait that is not normal is told from the answers, by the design's errors."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.design import Design, Sample
from analysis.irt.fit import fit
from analysis.irt.normality import normality
from analysis.irt.options import FitOptions
from analysis.irt.responses import ItemResponses
from analysis.items.spec import run_items

ITEMS = [f"k{place}" for place in range(12)]
DESIGN = Design(weights="w", psu=("psu",))


def answers(seed: int, *, skewed: bool, size: int = 1500, apart: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    trait = (rng.gamma(4, size=size) - 4) / 2 if skewed else rng.normal(size=size)
    group = np.arange(size) % 5 == 0
    chance = expit(1.4 * (trait[:, None] + apart * group[:, None] - np.linspace(-1.5, 1.5, 12)))
    table = pd.DataFrame((rng.random(chance.shape) < chance).astype(int), columns=ITEMS)
    return table.assign(w=rng.uniform(0.5, 2, size), psu=np.arange(size) // 10, g=group.astype(int))


def shape(data: pd.DataFrame, **named):
    fitted = fit(ItemResponses.of(data, ITEMS, weights="w", **named), "2pl")
    return normality(fitted, Sample.of(data, DESIGN), np.arange(len(data)))


def test_a_normal_trait_passes_and_chances_are_uniform():
    found = [shape(answers(seed, skewed=False)) for seed in range(25)]
    assert sum(one.fails for one in found) <= 1
    assert 0.25 < np.mean([one.p for one in found]) < 0.75
    assert np.mean([one.skewness for one in found]) == pytest.approx(0, abs=0.15)


def test_a_skewed_trait_is_found_with_its_skewness():
    found = [shape(answers(seed, skewed=True)) for seed in range(4)]
    assert all(one.fails for one in found)
    assert np.mean([one.skewness for one in found]) == pytest.approx(1, abs=0.35)


def test_groups_far_apart_are_each_taken_by_itself():
    assert shape(answers(3, skewed=False, apart=3.0)).fails
    assert not shape(answers(3, skewed=False, apart=3.0), groups="g").fails


def test_a_density_that_is_free_is_not_tested():
    data = answers(1, skewed=False)
    fitted = fit(ItemResponses.of(data, ITEMS, weights="w"), "2pl",
                 options=FitOptions(density="npml", moments=4))  # fmt: skip
    assert normality(fitted, Sample.of(data, DESIGN), np.arange(len(data))) is None


@pytest.mark.parametrize("skewed", [True, False])
def test_a_share_under_the_normal_model_says_that_the_trait_is_not_normal(tmp_path, skewed):
    answers(5, skewed=skewed).to_csv(tmp_path / "data.csv", index=False)
    asked = {"kind": "awareness", "model": "m", "cut": {"items": ITEMS, "expected": 6}, "cut_se": 0}
    path = tmp_path / "spec.yaml"
    path.write_text(json.dumps({
        "data": "data.csv", "items": ITEMS, "design": {"weights": "w", "psu": ["psu"]},
        "analyses": [{"id": "m", "kind": "irt", "model": "2pl"}, asked | {"id": "a"},
                     asked | {"id": "free", "method": "npml"}],
    }))  # fmt: skip
    _, normal, free = run_items(path).document["analyses"]
    told = [flag.partition(":")[0] for flag in normal["rows"][0]["flags"]]
    assert ("trait_not_normal" in told) == skewed
    assert not any(flag.startswith("trait_not_normal") for flag in free["rows"][0]["flags"])
