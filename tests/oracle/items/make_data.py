"""Writes answers.csv: simulated answers to two scales, for reference.R.

Eight questions of right and wrong, of which k3 is harder for women at the same knowledge; six
statements with codes 1 to 4, s2 and s5 not answered by some; two groups, a weight, ten strata of two
PSUs, a trained group for the cut, a list experiment and a randomized response.
"""

from pathlib import Path

import numpy as np
import pandas as pd

TWO = [f"k{place}" for place in range(1, 9)]
FOUR = [f"s{place}" for place in range(1, 7)]


def make_answers(persons: int = 640, seed: int = 1371) -> pd.DataFrame:
    """Answers with what stands beside them."""
    rng = np.random.default_rng(seed)
    woman = rng.random(persons) < 0.5
    theta = rng.normal(0, 1, persons) - 0.2 * woman
    data = pd.DataFrame({"sex": np.where(woman, "nu", "nam")})
    data["weight"] = np.round(rng.uniform(0.4, 2.6, persons), 3)
    data["stratum"] = np.arange(persons) * 10 // persons
    data["psu"] = np.arange(persons) * 40 // persons
    data["trained"] = (rng.random(persons) < 1 / (1 + np.exp(0.8 - 1.2 * theta))).astype(int)
    for place, item in enumerate(TWO):
        hard = -1.2 + 0.35 * place + 0.9 * woman * (item == "k3")
        chance = 1 / (1 + np.exp(-(0.9 + 0.12 * place) * (theta - hard)))
        data[item] = (rng.random(persons) < chance).astype(int)
    for place, item in enumerate(FOUR):
        steps = np.array([-1.1, 0.1, 1.2]) + 0.2 * (place - 2)
        above = 1 / (1 + np.exp(-(0.8 + 0.2 * place) * (theta[:, None] - steps)))
        data[item] = 1 + (rng.random((persons, 1)) < above).sum(axis=1)
    for item in ("s2", "s5"):
        data[item] = data[item].where(rng.random(persons) > 0.08).astype(pd.Int64Dtype())
    data["listed"] = rng.integers(0, 2, persons)
    data["count"] = data[TWO[:3]].sum(axis=1) + data["listed"] * (rng.random(persons) < 0.3)
    data["coin"] = np.where(rng.random(persons) < 4 / 6, rng.random(persons) < 0.2,
                            rng.random(persons) < 0.5).astype(int)  # fmt: skip
    return data


if __name__ == "__main__":
    make_answers().to_csv(Path(__file__).with_name("answers.csv"), index=False)
