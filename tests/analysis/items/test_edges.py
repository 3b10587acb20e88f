"""Data at the edge of what can be analysed: nothing breaks, nothing is undefined without a word."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.items.spec import run_items

ITEMS = [f"i{place}" for place in range(6)]
DESIGN = {"weights": "w", "strata": ["s"], "psu": ["p"]}
CUT = {"items": ["i0", "i1"], "expected": 1.0}
KINDS = [
    {"kind": "classical", "omega": ["total", "ordinal"]},
    {"kind": "classical", "cases": "pairwise"},
    {"kind": "polychoric"},
    {"kind": "dimensionality"},
    {"kind": "dif", "group": "g", "method": "mh", "purify": True},
    {"kind": "dif", "group": "g", "method": "mantel"},
    {"kind": "dif", "group": "g", "method": "logistic"},
    {"kind": "classification", "method": "livingston_lewis", "raw_cut": 1},
    {"kind": "classification", "method": "hanson_brennan", "raw_cut": 1},
    {"kind": "standard_setting", "method": "contrasting_groups", "group": "g", "focal": 2},
    {"kind": "list_experiment", "count": "x", "treatment": "f", "direct": "i4"},
    {"kind": "randomized_response", "of": "f", "method": "warner", "p_truth": 0.7},
    {"kind": "awareness", "method": "observed", "score": "raw", "raw_cut": 3, "by": ["g"]},
    {"kind": "awareness", "plausible_values": ["x", "y"], "cut": 0.2, "by": ["g"]},
    {"kind": "distractors", "key": dict.fromkeys(ITEMS, "1")},
    {"id": "m", "kind": "irt", "model": "2pl"},
    {"id": "c", "kind": "irt", "model": "rasch", "estimator": "cml"},
    {"id": "o", "kind": "irt", "model": "grm"},
    {"kind": "fit", "model": "m"},
    {"kind": "fit", "model": "c"},
    {"kind": "scores", "model": "m", "method": "wle"},
    {"kind": "andersen", "model": "c"},
    {"kind": "linking", "from": "m", "to": "o"},
    {"kind": "awareness", "model": "m", "cut": CUT, "by": ["g"]},
]


def made(persons: int = 160) -> pd.DataFrame:
    """Simulated: six items of a Rasch scale, two groups, a design of 20 PSUs in four strata."""
    rng = np.random.default_rng(8)
    theta = rng.normal(size=persons)
    chance = 1 / (1 + np.exp(-1.3 * (theta[:, None] - np.linspace(-1, 1, 6))))
    found = pd.DataFrame((rng.random(chance.shape) < chance).astype(float), columns=ITEMS)
    return found.assign(
        g=np.arange(persons) % 2 + 1, f=rng.integers(0, 2, persons), x=rng.integers(0, 4, persons),
        y=theta, w=0.5 + np.arange(persons) % 3, s=np.arange(persons) * 4 // max(persons, 1),
        p=np.arange(persons) * 20 // max(persons, 1),
    )  # fmt: skip


TABLES = {
    "everybody_right": lambda d: d.assign(i0=1.0),
    "nobody_right": lambda d: d.assign(i0=0.0),
    "nobody_answered": lambda d: d.assign(i0=np.nan),
    "the_same_item_twice": lambda d: d.assign(i1=d["i0"]),
    "an_item_against_another": lambda d: d.assign(i1=1 - d["i0"]),
    "an_item_without_error": lambda d: d.assign(i0=(d["y"] > 0).astype(float)),
    "coded_1_and_2": lambda d: d.assign(**{item: d[item] + 1 for item in ITEMS}),
    "parts_without_a_link": lambda d: d.assign(
        **{item: d[item].where((np.arange(len(d)) % 2 == 0) == (item < "i3")) for item in ITEMS}),
    "an_item_of_one_group": lambda d: d.assign(i0=d["i0"].where(d["g"] == 1)),
    "one_group": lambda d: d.assign(g=1),
    "twelve_persons": lambda d: d.head(12),
    "two_persons": lambda d: d.head(2),
    "one_person": lambda d: d.head(1),
    "no_persons": lambda d: d.head(0),
}  # fmt: skip


@pytest.fixture
def run(tmp_path):
    def asked(data, analyses, **shared):
        data.to_csv(tmp_path / "d.csv", index=False)
        shown = [{"id": str(n), **one} for n, one in enumerate(analyses)]
        spec = {"data": "d.csv", "items": ITEMS, "analyses": shown, **shared}
        (tmp_path / "s.yaml").write_text(json.dumps(spec))
        found = run_items(tmp_path / "s.yaml").document["analyses"]
        json.dumps(found, allow_nan=False)
        return {one["id"]: one for one in found}

    return asked


@pytest.mark.heavy
@pytest.mark.parametrize("name", TABLES)
def test_every_kind_answers_or_says_why_not(run, name):
    found = run(TABLES[name](made()), KINDS)
    assert len(found) == len(KINDS)
    assert all("error" not in one or one["error"]["what"] for one in found.values())


@pytest.mark.parametrize("items", [ITEMS[:1], ITEMS[:2]])
def test_one_item_or_two_are_answered_or_refused(run, items):
    asked = [one for one in KINDS if one["kind"] != "distractors"]
    found = run(made(), asked, items=items)
    assert ("error" in found["0"]) == (len(items) < 2)


def test_where_no_row_is_chosen_every_kind_says_so(run):
    found = run(made(), KINDS, where="g == 7")
    assert "error" in found["0"]
    assert "error" in found["m"]


def test_items_coded_1_and_2_are_right_and_wrong_to_kuder_richardson_and_mantel_haenszel(run):
    asked = [{"kind": "classical"}, {"kind": "dif", "group": "g", "method": "mh"}]
    plain, coded = (run(data, asked) for data in (made(), TABLES["coded_1_and_2"](made())))
    for name in ("kr20", "kr21"):
        assert coded["0"][name] == pytest.approx(plain["0"][name])
    for ours, theirs in zip(coded["1"]["items"], plain["1"]["items"], strict=True):
        assert ours["delta"] == pytest.approx(theirs["delta"])
        assert ours["std_p_dif"] == pytest.approx(theirs["std_p_dif"])


def test_rows_left_out_by_where_are_outside_a_domain_of_the_design(run):
    model = {"id": "m", "kind": "irt", "model": "2pl"}
    share = {"id": "a", "kind": "awareness", "model": "m", "cut": CUT}
    score = {"id": "s", "kind": "scores", "model": "m"}
    data = made(400)
    whole = run(data, [model, share, score], where="g == 2", design=DESIGN)
    part = run(data[data["g"] == 2], [model, share, score], design=DESIGN)
    assert whole["m"]["items"][0]["slope"] == pytest.approx(part["m"]["items"][0]["slope"])
    # Every PSU has persons of the group, so that its sums and the errors are the same.
    assert whole["m"]["items"][0]["se"]["slope"] == pytest.approx(
        part["m"]["items"][0]["se"]["slope"]
    )
    (row,), (own,) = whole["a"]["rows"], part["a"]["rows"]
    assert row["n"] == own["n"] == 200
    assert row["estimate"] == pytest.approx(own["estimate"])
    assert row["budget"] == pytest.approx(own["budget"])
    assert whole["s"]["theta"][0] is None
    assert whole["s"]["theta"][1::2] == pytest.approx(part["s"]["theta"])


def test_every_method_gives_the_share_of_the_rows_that_where_chooses(run):
    methods = ("latent", "pv", "posterior", "npml", "observed")
    asked = [{"id": "m", "kind": "irt", "model": "2pl"}, *(
        {"id": one, "kind": "awareness", "model": "m", "cut": CUT, "method": one} for one in methods
    )]  # fmt: skip
    found = run(made(800), asked, where="g == 2", design=DESIGN)
    for one in methods:
        (row,) = found[one]["rows"]
        assert row["n"] == 400
        assert 0.1 < row["estimate"] < 0.9
        assert row["se"] > 0.005


def test_guessing_may_be_held_fixed(run):
    asked = {"id": "m", "kind": "irt", "model": "3pl"}
    fixed = run(made(), [asked | {"guessing": 0.05}])["m"]
    assert [(one["guessing"], one["se"]["guessing"]) for one in fixed["items"]] == [
        (0.05, None)
    ] * 6
    wrong = run(made(), [asked | {"guessing": {"i9": 0.25}}, {"kind": "irt", "model": "2pl", "guessing": 0.2}])  # fmt: skip
    assert wrong["m"]["error"]["what"] == "item 'i9' is not in the model."
    assert wrong["1"]["error"]["what"] == "guessing is for 3pl, not for 2pl."


def test_a_share_under_a_free_density_says_what_the_normal_model_gives(run):
    asked = [{"id": "m", "kind": "irt", "model": "2pl"},
             {"id": "a", "kind": "awareness", "model": "m", "cut": CUT, "method": "npml"},
             {"id": "n", "kind": "awareness", "model": "m", "cut": CUT}]  # fmt: skip
    found = run(made(1500), asked, design=DESIGN)
    (free,), (normal,) = found["a"]["rows"], found["n"]["rows"]
    assert free["normal"] == pytest.approx(normal["estimate"])
    assert free["difference_se"] > 0
    assert free["budget"]["calibration"] is not None
    assert "normal_model_differs" not in free["flags"]  # the trait is normal
