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
