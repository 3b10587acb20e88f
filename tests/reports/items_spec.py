"""A made-up scale of eight items with options, one of them with a wrong key, one that differs by sex."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

ITEMS = [f"k{place}" for place in range(1, 9)]


def write_spec(folder: Path, *, persons: int = 700, **more: object) -> Path:
    """Write data and a SPEC that asks for everything a report shows."""
    rng = np.random.default_rng(6)
    sex = rng.choice(["f", "m"], persons)
    theta = rng.normal(size=persons)
    slope = np.where(np.arange(8) == 5, 0.1, 1.5)
    eta = slope * (theta[:, None] - np.linspace(-1.3, 1.3, 8))
    eta[:, 2] -= 2.0 * (sex == "f")
    right = rng.random((persons, 8)) < 1 / (1 + np.exp(-eta))
    wrong = rng.choice(["b", "c", "-8"], p=[0.6, 0.3, 0.1], size=(persons, 8))
    answers = pd.DataFrame(np.where(right, "a", wrong), columns=ITEMS)
    answers.to_csv(folder / "answers.csv", index=False)
    (answers == "a").astype(int).assign(sex=sex, w=rng.uniform(0.5, 2, persons)).to_csv(
        folder / "scored.csv", index=False
    )
    spec = {
        "data": "scored.csv", "items": ITEMS, "weights": "w", "simulated": True,
        "title": {"vi": "Thang đo thử", "en": "A trial scale"},
        "labels": {"k1": {"vi": "Ai cấp giấy?", "en": "Who issues <the> paper?"}},
        "analyses": [
            {"id": "c", "kind": "classical"}, {"id": "m", "kind": "irt", "model": "2pl"},
            {"id": "f", "kind": "fit", "model": "m"},
            {"id": "d", "kind": "dif", "group": "sex", "method": "mh"},
            {"id": "o", "kind": "distractors", "data": "answers.csv", "weights": None,
             "key": dict.fromkeys(ITEMS, "a"), "missing_codes": {"dont_know": ["-8"]}},
            {"id": "a", "kind": "awareness", "model": "m", "cut": {"items": ITEMS, "expected": 5}},
        ],
        **more,
    }  # fmt: skip
    path = folder / "spec.yaml"
    path.write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
    return path
