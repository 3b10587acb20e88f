"""Small simulated samples for the tests of estimation."""

import numpy as np
import pandas as pd


def cluster_sample(
    seed: int = 1, *, strata: int = 4, psus: int = 6, rows: int = 12
) -> pd.DataFrame:
    """A stratified cluster sample with unequal weights, two groups and a 0/1 outcome."""
    rng = np.random.default_rng(seed)
    n = strata * psus * rows
    stratum = np.repeat(np.arange(strata), psus * rows)
    psu = np.repeat(np.arange(strata * psus), rows)
    effect = rng.normal(0, 1, strata * psus)[psu]
    x = rng.gamma(4, 1, n)
    y = 2 + x + effect + rng.normal(0, 1, n)
    return pd.DataFrame(
        {
            "h": [f"s{code}" for code in stratum],
            "psu": psu,
            "w": rng.uniform(20, 80, n).round(2) * (1 + stratum),
            "g": rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2]),
            "sex": rng.choice(["f", "m"], n),
            "x": x,
            "y": y,
            "aware": (rng.random(n) < 1 / (1 + np.exp(-effect))).astype(int),
            "N": 40.0,
        }
    )


def case_sample(seed: int = 1, **size: int) -> pd.DataFrame:
    """The same with all cases that were drawn: AAPOR codes in `status`, answers of all are known.

    Response hangs on `z` and `sex`, which are known of every case, and on nothing else.
    """
    data = cluster_sample(seed, **size)
    rng = np.random.default_rng([seed, 1])
    data["z"] = rng.normal(0, 1, len(data)) + (data["g"] == "a")
    data["y"] += 2 * data["z"]
    data["region"] = np.where(data["h"].isin(["s0", "s1"]), "N", "S")
    chance = 1 / (1 + np.exp(-0.7 - 0.4 * data["z"] - 0.4 * (data["sex"] == "f")))
    answered = np.where(rng.random(len(data)) < chance, "1.1", "2.1")
    drawn = rng.random(len(data))
    data["status"] = np.where(drawn < 0.1, "3.1", np.where(drawn < 0.17, "4.2", answered))
    return data
