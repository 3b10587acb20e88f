"""Don't-knows by every rule: the truth is known, and the rules differ as they must."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import special

from analysis.awareness.cut import Cut
from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.items.guessing import RULES, Candour, by_rule, spread
from analysis.items.spec import run_items

NAMES = tuple(f"k{place}" for place in range(8))


def candour(n=700, *, guessers=0.0, seed=5):
    """People who do not know say so, but for `guessers`, who guess among four options."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=n)
    knows = rng.random((n, 8)) < special.expit(1.6 * (theta[:, None] - np.linspace(-1, 1, 8)))
    says = ~knows & (rng.random(n) >= guessers)[:, None]
    lucky = ~knows & ~says & (rng.random((n, 8)) < 0.25)
    right = (knows | lucky).astype(float)
    return Candour(right=right, unknown=says & (rng.random((n, 8)) < 0.8), items=NAMES,
                   options=dict.fromkeys(NAMES, 4), sample=Sample.of(
                       pd.DataFrame({"w": np.ones(n)}), Design(weights="w")))  # fmt: skip


CUT = Cut(value=5.0, items=NAMES)


def test_every_rule_has_a_share_with_an_error_and_the_range_holds_them():
    rows = by_rule(candour(), CUT, draws=2, rng=np.random.default_rng(1))
    assert [row.rule for row in rows] == list(RULES)
    assert all(0.05 < row.share < 0.95 and row.se > 0.005 for row in rows)
    low, high = spread(rows)
    assert low == min(row.share for row in rows)
    assert high == max(row.share for row in rows) > low


def test_ignoring_don_t_knows_makes_people_look_better_than_counting_them_wrong():
    found = {row.rule: row.share
             for row in by_rule(candour(), CUT, rules=("wrong", "ignore"), rng=np.random.default_rng(1))}  # fmt: skip
    assert found["ignore"] > found["wrong"] + 0.03


def test_the_same_seed_gives_the_same_chance():
    one, two = (by_rule(candour(600), CUT, rules=("chance",), draws=2, rng=np.random.default_rng(9))
                for _ in range(2))  # fmt: skip
    assert one == two


def test_a_bare_cut_and_items_without_options_are_refused_together():
    given = candour(100)
    bare = Candour(right=given.right, unknown=np.zeros_like(given.unknown), items=NAMES,
                   options={}, sample=given.sample)  # fmt: skip
    with pytest.raises(AnalysisError) as error:
        by_rule(bare, Cut(value=0.5), rng=np.random.default_rng(1))
    told = error.value.text("en")
    assert "an expected score on named items" in told
    assert "nobody said that they do not know" in told
    assert "the number of options of 'k7' is not known" in told


def test_a_spec_shows_the_rules_side_by_side(tmp_path):
    given = candour(600)
    cells = np.where(given.unknown, "-8", given.right.astype(int).astype(str))
    pd.DataFrame(cells, columns=list(NAMES)).assign(w=1.0).to_csv(tmp_path / "d.csv", index=False)
    spec = {"data": "d.csv", "items": list(NAMES), "weights": "w",
            "missing_codes": {"dont_know": ["-8"]}, "analyses": [
                {"id": "g", "kind": "guessing", "options": 4, "rules": ["wrong", "category", "ignore"],
                 "cut": {"items": list(NAMES), "expected": 5}}]}  # fmt: skip
    (tmp_path / "s.yaml").write_text(json.dumps(spec))
    (found,) = run_items(tmp_path / "s.yaml").document["analyses"]
    assert [row["rule"] for row in found["rows"]] == ["wrong", "category", "ignore"]
    assert found["range"][0] <= found["range"][1]
    assert all(0 < share < 1 for share in found["dont_know"].values())
    assert found["flags"] == []
