"""What the contract says of `items` beyond the numbers: settings, shapes, and refusals in place."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.items.spec import run_items

ITEMS = [f"i{place}" for place in range(6)]
KNOWN = [{"item": item, "slope": 1.0, "thresholds": [place / 2.5 - 1]}
         for place, item in enumerate(ITEMS)]  # fmt: skip


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Simulated: 240 persons, six Rasch items from -1 to 1, trait N(0, 1)."""
    rng = np.random.default_rng(11)
    theta = rng.normal(size=240)
    chance = 1 / (1 + np.exp(-(theta[:, None] - np.linspace(-1, 1, 6))))
    found = pd.DataFrame((rng.random(chance.shape) < chance).astype(float), columns=ITEMS)
    found.loc[3, "i0"] = np.nan
    found["g"] = np.arange(240) % 2
    found["w"] = 0.5 + np.arange(240) % 3
    return found


@pytest.fixture
def ask(table, tmp_path):
    def asked(*analyses, data=table, **shared):
        for name, one in {"d": data, "part": table.iloc[:40]}.items():
            one.to_csv(tmp_path / f"{name}.csv", index=False)
        spec = {"data": "d.csv", "items": ITEMS, **shared,
                "analyses": [{"id": str(n), **one} for n, one in enumerate(analyses)]}  # fmt: skip
        (tmp_path / "s.yaml").write_text(json.dumps(spec))
        found = run_items(tmp_path / "s.yaml").document["analyses"]
        json.dumps(found, allow_nan=False)
        return found

    return asked


def test_known_parameters_stand_for_a_model_in_every_kind_that_starts_from_one(ask):
    scores, curves, fit, rudner, lee, *shares = ask(
        {"kind": "scores", "parameters": KNOWN},
        {"kind": "curves", "parameters": KNOWN},
        {"kind": "fit", "parameters": KNOWN},
        {"kind": "classification", "method": "rudner", "cut": 0.2, "parameters": KNOWN},
        {"kind": "classification", "method": "lee", "raw_cut": 3, "parameters": KNOWN},
        *[{"kind": "awareness", "method": method, "parameters": KNOWN, "cut": 0.0}
          for method in ("latent", "pv", "posterior", "observed")],
    )  # fmt: skip
    assert len(scores["theta"]) == 240
    assert [row["score"] for row in scores["by_raw_score"]] == list(range(7))
    assert curves["items"][0]["flags"] == []
    assert fit["m2"]["p"] > 0.001  # the data were made by these parameters
    assert all(0.5 < row["accuracy"] < 1 for one in (rudner, lee) for row in one["rows"])
    for one in shares:
        (row,) = one["rows"]
        assert abs(row["estimate"] - 0.5) < 4 * row["se"] + 0.05


def test_an_awareness_analysis_without_weights_counts_everybody_the_same(ask):
    cut = {"items": ["i0", "i1", "i2"], "expected": 1.5}
    _, bare, weighted = ask(
        {"kind": "irt", "model": "2pl"},
        {"kind": "awareness", "model": "0", "cut": cut},
        {"kind": "awareness", "model": "0", "cut": cut, "weights": "w"},
    )
    assert bare["rows"][0]["estimate"] != weighted["rows"][0]["estimate"]


def test_weights_of_an_own_design_come_before_those_of_the_whole(ask):
    own, plain, none = ask(
        {"kind": "classical", "design": {"weights": "w"}},
        {"kind": "classical", "weights": "w"},
        {"kind": "classical"},
        weights="i0",
    )  # fmt: skip
    assert own["alpha"] == plain["alpha"]
    assert "error" in none  # an item of 0 and 1 is no weight


def test_scores_of_several_groups_are_given_by_every_method(ask):
    _, *found = ask(
        {"kind": "irt", "model": "rasch", "groups": "g"},
        *[{"kind": "scores", "model": "0", "method": method} for method in ("eap", "map", "wle")],
    )
    for one in found:
        assert "error" not in one
        assert len(one["theta"]) == 240


def test_eapsum_gives_each_row_what_its_raw_score_gives(ask, table):
    _, found = ask(
        {"kind": "irt", "model": "2pl"}, {"kind": "scores", "model": "0", "method": "eapsum"}
    )
    sums = table[ITEMS].sum(axis=1, skipna=False)
    by_score = {row["score"]: row["theta"] for row in found["by_raw_score"]}
    assert found["theta"][3] is None
    assert found["flags"] == ["no_estimate: 1"]
    assert [found["theta"][row] for row in (0, 1, 2)] == [by_score[int(sums[row])] for row in (0, 1, 2)]  # fmt: skip
    assert 0 < found["reliability"] < 1


def test_scores_follow_the_data_of_their_model_and_may_name_their_own(ask):
    _, of_model, own, inside = ask(
        {"kind": "irt", "model": "rasch", "data": "part.csv"},
        {"kind": "scores", "model": "0"},
        {"kind": "scores", "model": "0", "data": "d.csv"},
        {"kind": "scores", "model": "0", "where": "g == 1"},
    )
    assert (len(of_model["theta"]), len(own["theta"])) == (40, 240)
    assert own["theta"][:40] == pytest.approx(of_model["theta"])
    assert inside["theta"][0] is None
    assert inside["theta"][1] == pytest.approx(of_model["theta"][1])


def test_a_list_experiment_is_weighted_also_without_a_design(ask, table):
    data = table.assign(count=table[ITEMS].sum(axis=1))
    (found,) = ask({"kind": "list_experiment", "count": "count", "treatment": "g"},
                   data=data, weights="w")  # fmt: skip
    means = [np.average(part["count"], weights=part["w"]) for _, part in data.groupby("g")]
    assert found["estimate"] == pytest.approx(means[1] - means[0])


def test_what_cannot_be_computed_is_refused_in_its_place_with_the_others_printed(ask, table):
    constant = table.assign(i2=1.0)
    scale, pairs, groups, good = ask(
        {"kind": "classical", "omega": ["total", "ordinal"]},
        {"kind": "no_such_kind"},
        {"kind": "standard_setting", "method": "contrasting_groups", "group": "g", "focal": 7},
        {"kind": "classical", "items": ["i0", "i1", "i3"]},
        data=constant,
    )
    assert scale["alpha"]["estimate"] > 0
    assert scale["omega"]["total"] is None
    assert scale["omega"]["flags"] == [
        "not_estimable: an item never varies or follows from the others, so that no factor can be "
        "fitted."
    ]
    assert pairs["error"]["what"] == "there is no analysis of the kind 'no_such_kind'."
    assert groups["error"]["what"] == "everybody is in the same group."
    assert good["n"] == 239


def test_an_item_that_nobody_answered_is_named(ask, table):
    found = ask({"kind": "classical", "cases": "pairwise"}, {"kind": "polychoric"},
                {"kind": "classification", "method": "livingston_lewis", "raw_cut": 3},
                data=table.assign(i2=np.nan))  # fmt: skip
    for one in found[:2]:
        assert one["error"]["what"] == "nobody answered item 'i2'."
    assert found[2]["error"]["what"] == ("0 persons answered every item, or all have the same "
                                         "score.")  # fmt: skip
