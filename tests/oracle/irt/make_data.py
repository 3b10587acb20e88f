"""Writes scale.csv: simulated answers to a scale of seven items, for reference.R.

Four items of two categories, three of three; two booklets leave out an item each; a weight, a group
and an age that the trait depends on.
"""

from pathlib import Path

import numpy as np
import pandas as pd

STEPS = {"k1": [-1.2], "k2": [-0.3], "k3": [0.4], "k4": [1.1],
         "s1": [-0.9, 0.6], "s2": [-0.2, 1.0], "s3": [0.1, 1.4]}  # fmt: skip
SLOPES = {"k1": 0.9, "k2": 1.3, "k3": 1.7, "k4": 1.0, "s1": 1.2, "s2": 1.6, "s3": 0.8}


def make_scale(persons: int = 600, seed: int = 2009) -> pd.DataFrame:
    """Graded answers to all items, with what stands beside them."""
    rng = np.random.default_rng(seed)
    group = rng.choice(["rural", "urban"], persons)
    age = rng.integers(18, 80, persons)
    theta = 0.5 * (group == "urban") - 0.01 * (age - 45) + rng.normal(0, 1, persons)
    data = pd.DataFrame({"group": group, "age10": (age - 45) / 10})
    data["weight"] = np.round(rng.uniform(0.4, 2.6, persons), 3)
    for item, steps in STEPS.items():
        above = 1 / (1 + np.exp(-SLOPES[item] * (theta[:, None] - np.array(steps))))
        data[item] = (rng.random((persons, 1)) < above).sum(axis=1)
    booklet = rng.integers(0, 3, persons)
    for left_out, item in enumerate(("k2", "s2")):
        data[item] = data[item].where(booklet != left_out).astype(pd.Int64Dtype())
    return data


if __name__ == "__main__":
    make_scale().to_csv(Path(__file__).with_name("scale.csv"), index=False)
