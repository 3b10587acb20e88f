"""Writes city.csv: a simulated two-stage sample (communes, persons), for reference.R."""

from pathlib import Path

import numpy as np
import pandas as pd


def make_city(seed: int = 1371) -> pd.DataFrame:
    """Four strata with 5 to 9 of 30 communes each, 4 to 8 of 60 persons in each commune."""
    rng = np.random.default_rng(seed)
    rows = []
    for stratum, drawn in zip("abcd", (5, 6, 7, 9), strict=True):
        for commune in range(drawn):
            effect, size = rng.normal(0, 0.5), int(rng.integers(40, 80))
            taken = int(rng.integers(4, 9))
            for _ in range(taken):
                age = int(rng.integers(18, 80))
                score = 5 + effect - 0.02 * age + rng.normal(0, 1)
                rows.append({
                    "stratum": stratum, "commune": f"{stratum}{commune}", "persons": size,
                    "communes": 30, "age": age, "sex": rng.choice(["f", "m"]),
                    "school": rng.choice(["low", "mid", "high"]), "score": round(score, 3),
                    "aware": int(score > 4.2), "weight": round(30 / drawn * size / taken, 6),
                })  # fmt: skip
    data = pd.DataFrame(rows)
    data["visits"] = rng.poisson(np.exp(0.2 + 0.1 * data["score"]))
    data.loc[rng.random(len(data)) < 0.06, "visits"] = np.nan
    return data


if __name__ == "__main__":
    make_city().to_csv(Path(__file__).with_name("city.csv"), index=False)
