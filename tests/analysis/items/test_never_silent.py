"""Nothing goes by in silence: a wrong option is refused by name, what cannot be estimated is flagged."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analysis.errors import AnalysisError
from analysis.irt.fit import fit, refit
from analysis.irt.options import FitOptions
from analysis.irt.responses import ItemResponses
from analysis.items.in_python import dimensions, item_statistics, option_statistics
from analysis.items.spec import run_items
from reports.cli import main
from reports.items.cautions import WORDS

ITEMS = [f"i{place}" for place in range(6)]
CUT = {"items": ["i0", "i1"], "expected": 1.0}
MODEL = {"id": "m", "kind": "irt", "model": "2pl"}
SHARE = {"id": "a", "kind": "awareness", "model": "m", "cut": CUT}
KNOWN = [{"item": f"i{place}", "slope": 1.0, "thresholds": [place / 4 - 0.5]} for place in range(5)]


def made(persons: int = 200) -> pd.DataFrame:
    """Simulated: six items of a Rasch scale and two groups."""
    rng = np.random.default_rng(8)
    theta = rng.normal(size=persons)
    chance = 1 / (1 + np.exp(-1.3 * (theta[:, None] - np.linspace(-1, 1, 6))))
    table = pd.DataFrame((rng.random(chance.shape) < chance).astype(int), columns=ITEMS)
    return table.assign(g=np.arange(persons) % 2 + 1, y=theta, z=theta + 0.1, e=0.4, w=1.0,
                        f=rng.integers(0, 2, persons), x=rng.integers(0, 4, persons),
                        same="one", none=np.nan, text="ha")  # fmt: skip


TWINS = made().assign(i1=lambda table: table["i0"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("never_silent")
    made().to_csv(place / "d.csv", index=False)
    return place


@pytest.fixture
def run(folder):
    def asked(*analyses, data=None, **shared):
        if data is not None:
            data.to_csv(folder / "own.csv", index=False)
        shown = [{"id": str(place), **one} for place, one in enumerate(analyses)]
        spec = {"data": "d.csv" if data is None else "own.csv", "items": ITEMS, "analyses": shown}
        (folder / "s.yaml").write_text(json.dumps({**spec, **shared}))
        document = run_items(folder / "s.yaml").document
        json.dumps(document, allow_nan=False)
        return document

    return asked


REFUSED = [
    ({"kind": "irt", "model": "2pl", "items": ["i0", "i0"]}, "'i0' stands twice here."),
    ({"kind": "irt", "model": "2pl", "items": []}, "At least 1 entries are needed here."),
    ({"kind": "irt", "model": "2pl", "reference": 2}, "there is no group '2'."),
    ({"kind": "irt", "model": "2pl", "condition_on": ["same"]}, "everybody has the same 'same'."),
    ({"kind": "irt", "model": "2pl", "condition_on": ["none"]},
     "row 1, column 'none': the value is missing (200 such rows)."),
    ({"kind": "irt", "model": "2pl", "items": ["i0", "i1"]},
     "the data do not determine the slope of item"),
    ({"kind": "curves", "parameters": KNOWN, "theta": [float("nan")]}, "'NaN' is not a number."),
    ({"kind": "curves", "parameters": KNOWN + KNOWN}, "'i0' stands twice here."),
    ({"kind": "curves", "parameters": [KNOWN[0] | {"slope": 0}]},
     "item 'i0' has the slope 0, so that it tells nothing."),
    ({"kind": "scores", "parameters": [KNOWN[0] | {"thresholds": [0, 1], "guessing": 0.2}]},
     "guessing is for right and wrong, and item 'i0' has more categories."),
    ({"kind": "fit", "parameters": KNOWN[:1]}, "2 items or more are needed here."),
    ({"kind": "dif", "group": "g", "reference": 1, "focal": 1},
     "'1' is both the reference and the focal group."),
    ({"kind": "dif", "group": "g", "where": "g == 1"}, "nobody is in the group '2'."),
    ({"kind": "dif", "group": "g", "test_items": ["i9"]}, "item 'i9' is not among the items."),
    ({"kind": "dif", "group": "g", "items": ["i0"], "method": "logistic"},
     "2 items or more are needed here."),
    ({"kind": "classification", "method": "livingston_lewis", "raw_cut": [2, 3]},
     "livingston_lewis takes one cut."),
    ({"kind": "classification", "method": "rudner", "cut": 0,
      "scores": {"theta": "none", "se": "e"}}, "nobody has a number in 'none' with its error."),
    ({"kind": "classification", "method": "rudner", "cut": 0, "parameters": KNOWN,
      "quadrature": {"points": [0, 1], "weights": [0, 0]}}, "all the weights are 0."),
    ({"kind": "standard_setting", "method": "angoff", "ratings": [[0.5, 0.6], [0.5, 1.6]]},
     "1.6 is no share between 0 and 1."),
    ({"kind": "standard_setting", "method": "bookmark", "pages": [2, 3], "difficulties": [0, 1],
      "slopes": [1]}, "there are 2 items and 1 slopes above 0."),
    ({"kind": "standard_setting", "method": "bookmark", "pages": [2, 3], "difficulties": [0, 1],
      "response": 1}, "1 is too large."),
    ({"kind": "randomized_response", "of": "f", "method": "forced", "p_truth": 0.7,
      "p_forced_yes": 0.4}, "p_truth 0.7 and p_forced_yes 0.4 do not leave a chance between 0 and 1 "
                            "of a forced no."),
    ({"kind": "randomized_response", "of": "x", "method": "warner", "p_truth": 0.7},
     "is neither 0 nor 1."),
    ({"kind": "list_experiment", "count": "text", "treatment": "f"},
     "column 'text' is text, not a number: row 1 has 'ha'."),
    ({"kind": "awareness", "plausible_values": ["y", "z"], "cut": CUT},
     "an expected score on items needs the items' curves, and there is no model here."),
    ({"kind": "awareness", "method": "rogan_gladen", "raw_cut": 3, "sensitivity": 1.2,
      "specificity": 0.9}, "1.2 is too large."),
    ({"kind": "awareness", "method": "observed", "score": "raw", "raw_cut": 3, "by": ["none"]},
     "nobody has a value of none."),
    ({"kind": "distractors", "key": {**dict.fromkeys(ITEMS, "1"), "i9": "1"}},
     "item 'i9' is not among the items."),
    ({"kind": "dimensionality", "seed": -1}, "-1 is too small."),
    ({"kind": "standard", "standards": "gone.yaml", "first_interview": "2026-01-01"},
     "there is no such file."),
]  # fmt: skip


@pytest.mark.parametrize(("one", "what"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_answered_is_refused_by_name_and_with_the_cure(run, one, what):
    error = run(one)["analyses"][0]["error"]
    assert what in error["what"]
    assert error["hint"]
    assert "analyses" in error["where"] or "line" in error["where"]


OF_A_MODEL = [
    ({"draws": 1, "method": "pv"}, "1 is too small."),
    ({"seed": -1, "method": "pv"}, "-1 is too small."),
    ({"cut_se": -0.1}, "-0.1 is too small."),
    ({"cut_se": 400}, "a standard error of 400 is wider than the items reach around the cut 1."),
    ({"link_error": -1}, "-1 is too small."),
    ({"by": ["g", "g"]}, "'g' stands twice here."),
    ({"by": ["y"]}, "1 persons answered, too few for a distribution of their own."),
    ({"cut": {"items": ["i0", "i0"], "expected": 1}}, "'i0' stands twice here."),
    ({"model": "gone"}, "there is no analysis 'gone' before this one that it could start from."),
    ({"model": "c"}, "analysis 'c' leaves nothing that this one could start from."),
    ({"model": "wrong"}, "analysis 'wrong' was refused, so that nothing can start from it."),
]


def test_a_share_is_refused_where_an_option_makes_none_of_it(run):
    cml = {"id": "c", "kind": "irt", "model": "rasch", "estimator": "cml"}
    wrong = {"id": "wrong", "kind": "irt", "model": "2pl", "items": ["i0", "gone"]}
    shares = [SHARE | option | {"id": str(place)} for place, (option, _) in enumerate(OF_A_MODEL)]
    found = run(MODEL, cml, wrong, *shares)["analyses"][3:]
    for one, (option, what) in zip(found, OF_A_MODEL, strict=True):
        assert what in one["error"]["what"], option
        assert one["error"]["hint"], option


def test_an_id_that_stands_twice_is_refused_and_the_first_stays(run):
    first, second = run({"id": "c", "kind": "classical"}, {"id": "c", "kind": "classical"})[
        "analyses"
    ]
    assert "error" not in first
    assert second["error"]["what"] == "an analysis before this one has the id 'c'."


def test_a_group_of_the_reference_may_be_written_as_a_number(run):
    found = run(MODEL | {"groups": "g", "reference": 2})["analyses"][0]
    assert [one["se"]["mean"] is None for one in found["population"]] == [False, True]


def rows(document, name="a"):
    return next(one for one in document["analyses"] if one["id"] == name)["rows"]


def test_a_cut_without_its_error_is_flagged_and_an_adopted_one_is_not(run):
    adopted = SHARE | {"id": "b", "cut_se": 0}
    found = run(MODEL, SHARE, adopted)
    assert "cut_without_se" in rows(found)[0]["flags"]
    assert "cut_without_se" not in rows(found, "b")[0]["flags"]
    assert "a: cut_without_se" in found["warnings"]


def test_whole_scores_say_that_they_leave_the_error_of_the_cut_out(run):
    counted = SHARE | {"id": "b", "method": "observed", "score": "raw", "cut_se": 0.2}
    found = run(MODEL, counted, counted | {"id": "c", "cut_se": 0})
    assert rows(found, "b")[0]["budget"]["cut"] is None
    assert "cut_error_left_out" in rows(found, "b")[0]["flags"]
    assert "cut_error_left_out" not in rows(found, "c")[0]["flags"]


@pytest.mark.parametrize("method", ["pv", "posterior", "observed"])
def test_the_error_of_the_cut_and_of_the_link_have_a_line_in_every_method(run, method):
    one = SHARE | {"method": method, "draws": 5, "cut_se": 0.2, "link_error": 0.1}
    budget = rows(run(MODEL, one))[0]["budget"]
    assert budget["cut"] > 0
    assert budget["linking"] > 0
    known = [line for name, line in budget.items() if name != "total" and line is not None]
    assert budget["total"] == pytest.approx(sum(known))


def test_the_line_of_the_cut_is_that_of_the_latent_share(run):
    latent, posterior = (SHARE | {"id": name, "method": name, "cut_se": 0.1}
                         for name in ("latent", "posterior"))  # fmt: skip
    found = run(MODEL, latent, posterior, data=made(1200))
    lines = [rows(found, name)[0]["budget"]["cut"] for name in ("latent", "posterior")]
    assert lines[1] == pytest.approx(lines[0], rel=0.1)


def test_what_is_flagged_of_a_model_is_flagged_of_whatever_starts_from_it(run):
    found = run(MODEL, SHARE, {"id": "s", "kind": "scores", "model": "m"}, data=TWINS)
    model, share, scores = found["analyses"]
    assert model["items"][0]["flags"] == ["separation"]
    assert "separation: i0" in share["rows"][0]["flags"]
    assert "separation: i0" in scores["flags"]


def test_a_group_that_is_not_conditioned_on_is_flagged_in_every_method(run):
    asked = [SHARE | {"id": method, "method": method, "by": ["g"], "condition_on": ["x"], "draws": 2}
             for method in ("latent", "pv", "posterior", "observed")]  # fmt: skip
    found = run(MODEL, *asked)
    for one in asked:
        assert all("not_conditioned_on: g" in row["flags"] for row in rows(found, one["id"]))


def test_few_persons_and_few_that_weigh_are_flagged(run):
    heavy = made().assign(w=np.where(np.arange(200) == 0, 60, 1.0))
    few = run({"kind": "classical"}, data=made(12))["analyses"][0]
    weighted = run({"kind": "classical", "weights": "w"}, data=heavy)["analyses"][0]
    assert "few_persons: 12" in few["flags"]
    assert "few_effective_persons: 18" in weighted["flags"]


def test_a_weight_beside_which_the_others_are_nothing_is_refused(run):
    heavy = made().assign(w=np.where(np.arange(200) == 4, 1e300, 1.0))
    error = run({"kind": "classical", "weights": "w"}, data=heavy)["analyses"][0]["error"]
    assert error["what"] == (
        "row 5, column 'w': the weight 1e+300 is nearly all of the weight there is."
    )


def test_a_table_without_rows_is_refused_by_every_analysis(run):
    covariate = MODEL | {"condition_on": ["text"]}
    for one in run(covariate, {"kind": "classical"}, data=made().head(0))["analyses"]:
        assert one["error"]["where"].endswith("own.csv")
        assert one["error"]["what"] == "the table has no rows."
        assert one["error"]["hint"]


def test_known_items_that_nobody_answered_give_no_share_and_no_reliability(run):
    empty = made().assign(**dict.fromkeys(ITEMS, np.nan))
    share = {"kind": "awareness", "parameters": KNOWN, "cut": 0.2}
    refused, scores = run(share, {"kind": "scores", "parameters": KNOWN}, data=empty)["analyses"]
    assert refused["error"]["what"] == "0 persons have answers that count."
    assert "not_estimable: reliability" in scores["flags"]


def test_errors_that_do_not_know_the_design_say_so(run):
    of_groups = run({"kind": "dif", "group": "g"}, design={"weights": "w"})["analyses"][0]
    cml = {"kind": "irt", "model": "rasch", "estimator": "cml"}
    replicated = {"weights": "w", "replicates": {"kind": "jk1"}}
    whole, by_replicates = (run(cml, design=design)["analyses"][0]
                            for design in ({"weights": "w"}, replicated))  # fmt: skip
    assert "errors_without_design" in of_groups["flags"]
    assert "errors_without_design" in by_replicates["flags"]
    assert "errors_without_design" not in whole["flags"]


def test_identical_items_have_an_alpha_without_error_or_interval(run):
    same = made().assign(**{item: made()["i0"] for item in ITEMS})
    alpha = run({"kind": "classical"}, data=same)["analyses"][0]["alpha"]
    assert (alpha["se"], alpha["ci"], alpha["flags"]) == (None, [None, None], ["no_variance"])


def test_judges_who_agree_have_a_cut_without_error(run):
    one = {"kind": "standard_setting", "method": "angoff", "ratings": [[0.5, 0.6], [0.5, 0.6]]}
    found = run(one)["analyses"][0]
    assert (found["cut"], found["se"], found["flags"]) == (1.1, None, ["no_variance"])


def test_replicates_without_spread_leave_errors_null_and_flagged(run):
    still = made().assign(r1=1.0, r2=1.0)
    design = {"weights": "w", "replicates": {"kind": "columns", "columns": "r*"}}
    found = run(MODEL | {"design": design}, data=still)["analyses"][0]
    assert "no_variance" in found["flags"]
    assert found["items"][0]["se"]["slope"] is None


def test_a_decision_that_the_cut_does_not_make_is_flagged(run):
    one = {"kind": "classification", "method": "rudner", "model": "m", "cut": [50, 0]}
    found = run(MODEL, one)["analyses"][1]["rows"]
    assert [row["flags"] for row in found if row["cut"] == 50] == [["one_decision"]]
    assert [row["flags"] for row in found if row["cut"] == 0] == [[]]


FILES = {
    "in another alphabet": ("d.csv", "i0,i1,tên\n1,0,ê\n".encode("latin-1")),
    "with a short row": ("d.csv", b"i0,i1,i2\n1,0\n1,0,1\n"),
    "no Parquet": ("d.parquet", b"rubbish"),
    "no SPSS file": ("d.sav", b"rubbish"),
    "no Stata file": ("d.dta", b"rubbish"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_table_is_an_error_with_its_name(tmp_path, name):
    file, content = FILES[name]
    (tmp_path / file).write_bytes(content)
    spec = {"data": file, "items": ["i0", "i1"], "analyses": [{"id": "c", "kind": "classical"}]}
    (tmp_path / "s.yaml").write_text(json.dumps(spec))
    error = run_items(tmp_path / "s.yaml").document["analyses"][0]["error"]
    assert error["where"].endswith(file)
    assert error["what"].startswith("the table cannot be read: ")
    assert error["hint"].startswith("Save it again")


def test_a_report_shows_flags_and_refusals_in_words(folder, run):
    run(MODEL, SHARE, {"id": "d", "kind": "dif", "group": "gone"}, data=TWINS)
    done = CliRunner().invoke(main, ["items", str(folder / "s.yaml"), "--report", str(folder / "out"),
                                     "--language", "en"])  # fmt: skip
    assert done.exit_code == 1
    page = (folder / "out" / "items.html").read_text()
    assert "What the figures do not bear" in page
    assert WORDS["separation"].text() in page
    assert WORDS["cut_without_se"].text() in page
    assert "Refused: d." in page
    assert "separation:" not in page
    assert "cut_without_se" not in page


def test_a_report_of_nothing_but_refusals_says_why(folder, run):
    run({"id": "c", "kind": "classical"}, MODEL, data=made().assign(**dict.fromkeys(ITEMS, 1)))
    done = CliRunner().invoke(main, ["items", str(folder / "s.yaml"), "--report", str(folder / "out"),
                                     "--language", "en"])  # fmt: skip
    assert done.exit_code == 1
    page = (folder / "out" / "items.html").read_text()
    assert "all items but one have the same answer from everybody." in page


IN_PYTHON = [
    (lambda table: item_statistics(table, items=["i0"]), "2 items or more are needed here."),
    (lambda table: item_statistics(table, items=["i0", "i0"]), "'i0' stands twice here."),
    (lambda table: item_statistics(table, items=["i0", "text"]), "column 'text' is text"),
    (lambda table: item_statistics(table, items=["i0", "none"]), "0 persons have answers that count."),
    (lambda table: item_statistics(table.assign(w=-1), items=ITEMS, weights="w"),
     "row 1, column 'w': the weight -1 is not above zero (200 such rows)."),
    (lambda table: dimensions(table.assign(i0=1), items=ITEMS, seed=1),
     "item 'i0' has the same answer from everybody."),
    (lambda table: dimensions(table, items=ITEMS, seed=-1), "seed -1 is too small."),
    (lambda table: option_statistics(table, key=dict.fromkeys(ITEMS, "1"), groups=0),
     "groups 0 is too small."),
    (lambda table: ItemResponses.of(table, ITEMS).subset(["i9"]), "item 'i9' is not among the items."),
    (lambda table: fit(ItemResponses.of(table, ITEMS), "4pl"), "there is no model '4pl'."),
    (lambda table: fit(ItemResponses.of(table, ITEMS), "2pl", options=FitOptions(tolerance=-1)),
     "a tolerance of -1 in 2000 passes is never met."),
    (lambda table: refit(fit(ItemResponses.of(table, ITEMS), "2pl"), np.ones(3)),
     "there are 3 weights for 200 persons."),
]  # fmt: skip


@pytest.mark.parametrize(("call", "what"), IN_PYTHON, ids=range(len(IN_PYTHON)))
def test_a_wrong_argument_in_python_is_an_error_with_the_cure(call, what):
    with pytest.raises(AnalysisError) as caught:
        call(made())
    assert what in str(caught.value)
    assert caught.value.problems[0].hint


def test_a_key_may_be_a_number():
    told, written = (option_statistics(made(), key=dict.fromkeys(ITEMS, key)) for key in (1, "1"))
    pd.testing.assert_frame_equal(told, written)


def test_a_list_s_count_is_a_whole_number_of_few_items(run):
    one = {"kind": "list_experiment", "count": "y", "treatment": "f"}
    error = run(one)["analyses"][0]["error"]
    assert "is no count of items." in error["what"]
