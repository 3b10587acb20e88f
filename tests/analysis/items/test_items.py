"""Item analysis by laws and by numbers worked out another way; R's digits are in tests/oracle."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.bivariate import distribution
from analysis.errors import AnalysisError
from analysis.irt.curves import expected_score, probabilities
from analysis.irt.items import ItemParameters
from analysis.irt.score_distribution import score_distribution
from analysis.items.classical import classical
from analysis.items.classification import livingston_lewis
from analysis.items.classification_irt import lee, rudner
from analysis.items.dif import Matching, ets_class, mantel, mantel_haenszel, purified
from analysis.items.dif_regression import logistic_dif
from analysis.items.linking import link, transformed
from analysis.items.polychoric import from_margins, joint
from analysis.items.polychoric import probabilities as cell_probabilities
from analysis.items.reliability import guttman
from analysis.items.sensitive import list_experiment
from analysis.items.spec import run_items
from analysis.items.standard_setting import angoff, bookmark, borderline, contrasting_groups
from reports.cli import main

RNG = np.random.default_rng(20261124)


def answers(n=400, k=8, seed=1):
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=n)
    b = np.linspace(-1.5, 1.5, k)
    return (rng.random((n, k)) < 1 / (1 + np.exp(-1.3 * (theta[:, None] - b)))).astype(float)


def test_kr20_is_alpha_of_dichotomous_items():
    found = classical(answers(), list("abcdefgh"))
    assert found.kr20 == pytest.approx(found.alpha.estimate, rel=1e-12)


def test_alpha_of_parallel_items_is_the_spearman_brown_of_their_correlation():
    r, k = 0.3, 5
    bounds = guttman(np.full((k, k), r) + (1 - r) * np.eye(k))
    assert bounds["lambda3"] == pytest.approx(k * r / (1 + (k - 1) * r))
    assert bounds["lambda4"] >= bounds["lambda3"] - 0.05


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_guttman_s_bounds_keep_their_order(seed):
    found = guttman(np.corrcoef(answers(200, 6, seed).T))
    assert found["lambda1"] < found["lambda3"] <= found["lambda2"] + 1e-12


def test_weights_of_two_are_a_person_twice():
    x = answers(60)
    doubled = classical(np.vstack([x, x[:20]]), list("abcdefgh"), weights=np.ones(80))
    once = classical(x, list("abcdefgh"), weights=np.r_[np.full(20, 2.0), np.ones(40)])
    assert once.alpha.estimate == pytest.approx(doubled.alpha.estimate, rel=1e-12)
    assert [one.p for one in once.items] == pytest.approx([one.p for one in doubled.items])


def test_an_item_that_everybody_gets_right_is_flagged_and_nothing_is_undefined():
    x = answers(100)
    x[:, 3] = 1
    item = classical(x, list("abcdefgh")).items[3]
    assert item.flags == ("constant",)
    assert item.item_total is item.corrected_item_total is item.biserial is None


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-0.99, 0.99))
@settings(max_examples=60, deadline=None)
def test_the_bivariate_normal_agrees_with_scipy(h, k, rho):
    wanted = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([h, k])
    assert float(distribution(h, k, rho)) == pytest.approx(float(wanted), abs=2e-5)


@given(st.floats(-0.9, 0.9))
@settings(max_examples=15, deadline=None)
def test_a_table_made_by_a_correlation_gives_it_back(rho):
    rows, columns = np.array([-0.5, 0.4]), np.array([-1.0, 0.2, 0.9])
    table = 1000 * cell_probabilities(rho, rows, columns)
    assert from_margins(table).rho == pytest.approx(rho, abs=1e-9)
    found = joint(table)
    assert found.rho == pytest.approx(rho, abs=1e-6)
    assert found.rows == pytest.approx(rows, abs=1e-6)


def matching(shift=0.0, n=2000, seed=3):
    rng = np.random.default_rng(seed)
    focal = np.arange(n) % 2 == 1
    theta = rng.normal(size=n)
    easy = rng.random((n, 12)) < 1 / (1 + np.exp(-(theta[:, None] - np.linspace(-1, 1, 12))))
    studied = rng.random(n) < 1 / (1 + np.exp(-(theta - shift * focal)))
    score = easy.sum(axis=1) + studied
    return Matching(answer=studied.astype(float), focal=focal, score=score.astype(float),
                    weight=np.ones(n))  # fmt: skip


def test_an_item_that_is_harder_for_the_focal_group_favours_the_reference():
    found = mantel_haenszel(matching(shift=1.2))
    assert found.delta < -1.5
    assert found.ets_class == "C"
    assert found.std_p_dif < 0


def test_mantel_of_two_categories_is_mantel_haenszel_without_correction():
    given_ = matching(shift=0.5)
    assert mantel(given_).chi2 == pytest.approx(mantel_haenszel(given_).chi2_uncorrected)


def test_logistic_tests_add_up():
    given_ = matching(shift=0.8)
    parts = [logistic_dif(given_, test=test).chi2 for test in ("uniform", "nonuniform")]
    assert logistic_dif(given_, test="both").chi2 == pytest.approx(sum(parts), rel=1e-6)


@pytest.mark.parametrize(
    ("delta", "error", "wanted"),
    [(0.9, 0.1, "A"), (1.6, 1.0, "A"), (1.3, 0.3, "B"), (1.6, 0.5, "B"), (-2.4, 0.4, "C")],
)
def test_the_ets_classes_need_size_and_certainty(delta, error, wanted):
    assert ets_class(delta, error) == wanted


def test_purifying_stops_when_the_flagged_items_stay_the_same():
    seen = []

    def test(item, out):
        seen.append((item, out))
        return mantel_haenszel(matching(shift=1.5 if item == "a" else 0.0, seed=ord(item)))

    found, repeated = purified(["a", "b"], test, most=10)
    assert found["a"].p < 0.05
    assert repeated == 1
    assert ("a", frozenset()) in seen
    assert ("b", frozenset({"a"})) in seen


def test_the_score_distribution_is_that_of_counting_every_pattern():
    items = [ItemParameters.of_thresholds("a", "2pl", slope=1.2, thresholds=[0.3]),
             ItemParameters.of_thresholds("b", "gpcm", slope=0.8, thresholds=[-0.5, 0.9])]  # fmt: skip
    theta = np.array([-1.0, 0.4])
    found = score_distribution(probabilities(item, theta) for item in items)
    a, b = (probabilities(item, theta) for item in items)
    assert found[:, 0] == pytest.approx(a[0] * b[0])
    assert found[:, 2] == pytest.approx(a[0] * b[2] + a[1] * b[1])
    mean = sum(expected_score(item, theta) for item in items)
    assert found @ np.arange(4) == pytest.approx(mean)


def test_decisions_without_error_are_all_right_and_alike():
    theta = np.array([-1.0, 0.5, 2.0])
    (only,) = rudner(theta, np.full(3, 1e-6), [0.0], np.ones(3))
    assert (only.accuracy, only.consistency) == pytest.approx((1, 1))
    sure = np.eye(3)
    (only,) = lee(sure, np.array([0.0, 1.0, 2.0]), [1.0], np.ones(3))
    assert (only.accuracy, only.consistency) == pytest.approx((1, 1))


def test_livingston_and_lewis_find_what_simulated_parallel_forms_show():
    rng = np.random.default_rng(7)
    tau = rng.beta(4, 3, size=200_000)
    first, second = (rng.binomial(30, tau) for _ in range(2))
    reliability = np.corrcoef(first, second)[0, 1]
    found = livingston_lewis(first.astype(float), None, highest=30, cut=18, reliability=reliability)
    assert found.consistency == pytest.approx(np.mean((first >= 18) == (second >= 18)), abs=0.004)
    assert found.accuracy == pytest.approx(np.mean((first >= 18) == (tau >= 0.6)), abs=0.004)


ITEMS = [ItemParameters.of_thresholds(f"i{k}", "2pl", slope=a, thresholds=[b])
         for k, (a, b) in enumerate(zip([0.8, 1.2, 1.5, 1.0, 0.9], [-1, -0.4, 0.1, 0.6, 1.2],
                                        strict=True))]  # fmt: skip
METHODS = ["mean_mean", "mean_sigma", "mean_gmean", "haebara", "stocking_lord", "haberman"]


@pytest.mark.parametrize("method", METHODS)
@given(st.floats(0.5, 2.0), st.floats(-1.5, 1.5))
@settings(max_examples=10, deadline=None)
def test_every_method_finds_an_exact_transformation(method, slope, shift):
    moved = [transformed(item, slope=slope, shift=shift) for item in ITEMS]
    found = link(ITEMS, moved, method=method)
    assert (found.slope, found.shift) == pytest.approx((slope, shift), abs=1e-5)
    assert found.linking_error == pytest.approx(0, abs=1e-5)


def test_a_drifting_anchor_is_dropped_by_the_robust_method_alone():
    moved = [transformed(item, slope=1.1, shift=0.3) for item in ITEMS]
    moved[2] = transformed(moved[2], slope=1.0, shift=1.5)
    robust, plain = (link(ITEMS, moved, method=name) for name in ("haberman", "mean_mean"))
    assert robust.dropped == ("i2",)
    assert robust.shift == pytest.approx(0.3, abs=1e-6)
    assert abs(plain.shift - 0.3) > 0.2


def test_too_few_anchors_are_refused():
    with pytest.raises(AnalysisError, match="share 2 items"):
        link(ITEMS[:2], ITEMS[:2])


def test_judges_who_agree_leave_no_error_between_them():
    found = angoff(np.tile([0.5, 0.7, 0.4], (4, 1)))
    assert found.cut == pytest.approx(1.6)
    assert found.se == pytest.approx(0, abs=1e-12)


def test_a_rating_above_one_is_named():
    with pytest.raises(AnalysisError, match="judge 2, item 1"):
        angoff(np.array([[0.5, 0.6], [1.5, 0.7]]))


def test_a_bookmark_is_where_the_last_mastered_item_is():
    found = bookmark([3, 3], [1.0, 0.0, 2.0], response=0.5)
    assert found.cut == pytest.approx(1.0)


def test_contrasting_groups_meet_where_the_odds_are_even():
    rng = np.random.default_rng(5)
    scores = rng.normal(size=4000) * 3 + 10
    focal = (rng.random(4000) < 1 / (1 + np.exp(-(scores - 11)))).astype(float)
    found = contrasting_groups(scores, focal)
    assert found.cut == pytest.approx(11, abs=4 * found.se)
    with pytest.raises(AnalysisError, match="separates"):
        contrasting_groups(np.arange(10.0), (np.arange(10) > 4).astype(float))


def test_the_borderline_cut_is_a_median_with_an_error():
    found = borderline(np.arange(101.0))
    assert found.cut == 50
    assert 0 < found.se < 10


def test_a_list_experiment_outside_0_and_1_is_flagged_and_not_cut_off():
    found = list_experiment(np.array([3.0, 3, 4, 1, 1, 1]), np.array([1.0, 1, 1, 0, 0, 0]))
    assert found.estimate > 1
    assert found.flags == ("outside_0_1",)


@pytest.fixture
def spec(tmp_path):
    def write(*analyses, **top):
        data = pd.DataFrame(answers(), columns=[f"k{i}" for i in range(8)])
        data["g"] = np.where(np.arange(400) % 2, "nam", "nữ")
        data["w"] = 1 + np.arange(400) % 3
        data.iloc[3, 0] = -8
        data.to_csv(tmp_path / "answers.csv", index=False)
        path = tmp_path / "spec.yaml"
        path.write_text(yaml.safe_dump(
            {"data": "answers.csv", "items": [f"k{i}" for i in range(8)],
             "missing_codes": {"dont_know": ["-8"]}, "analyses": list(analyses), **top},
            allow_unicode=True))  # fmt: skip
        return path

    return write


def test_the_command_answers_what_it_can_and_refuses_the_rest_in_its_place(spec):
    path = spec(
        {"id": "c", "kind": "classical"},
        {"id": "x", "kind": "clasical"},
        {"id": "y", "kind": "dif", "group": "h"},
        {"id": "m", "kind": "irt", "model": "2pl"},
    )
    done = CliRunner().invoke(main, ["items", str(path), "--format", "json", "--language", "en"])
    assert done.exit_code == 1
    found = {one["id"]: one for one in json.loads(done.stdout)["analyses"]}
    assert found["c"]["n"] == 400
    assert "classical" in found["x"]["error"]["hint"]
    assert found["x"]["error"]["where"].startswith("spec.yaml, line")
    assert "'h'" in found["y"]["error"]["what"]
    assert found["m"]["converged"]


def test_dont_know_is_wrong_unless_it_is_ignored(spec):
    wrong, ignored = ({"id": "c", "kind": "classical", "missing": {"dont_know": rule},
                       "cases": "pairwise"} for rule in ("wrong", "ignore"))  # fmt: skip
    counts = [run_items(spec(one)).document["analyses"][0]["items"][0]["n"]
              for one in (wrong, ignored)]  # fmt: skip
    assert counts == [400, 399]


def test_a_code_that_nobody_declared_is_named_with_row_and_column(spec):
    path = spec({"id": "c", "kind": "classical"})
    table = path.with_name("answers.csv")
    table.write_text(table.read_text().replace("-8.0", "không biết"))
    (found,) = run_items(path).document["analyses"]
    assert "row 4, column 'k0': 'không biết' is not a score." in found["error"]["what"]


def test_weights_may_be_turned_off_for_one_analysis(spec):
    path = spec(
        {"id": "a", "kind": "classical"},
        {"id": "b", "kind": "classical", "weights": None},
        weights="w",
    )
    a, b = run_items(path).document["analyses"]
    assert a["items"][1]["p"] != b["items"][1]["p"]


def test_two_calibrations_are_linked_with_their_errors(spec):
    path = spec(
        {"id": "nam", "kind": "irt", "model": "2pl", "where": "g == 'nam'"},
        {"id": "nu", "kind": "irt", "model": "2pl", "where": "g == 'nữ'"},
        {"id": "l", "kind": "linking", "from": "nam", "to": "nu", "method": "mean_mean"},
    )
    linked = run_items(path).document["analyses"][-1]
    assert linked["A"] == pytest.approx(1, abs=4 * linked["se"]["A"])
    assert 0 < linked["se"]["B"] < 1


def test_an_instrument_stands_for_its_scored_items(tmp_path):
    options = [{"code": code, "label": {"vi": code, "en": code}} for code in ("a", "b")]
    label = {"vi": "Câu", "en": "Item"}
    items = [{"id": f"q{k}", "type": "single", "label": label, "options": options, "key": "a",
              "dimension": "d"} for k in range(3)]  # fmt: skip
    (tmp_path / "form.yaml").write_text(yaml.safe_dump(json.loads(json.dumps({
        "id": "f", "version": "1", "title": {"vi": "T", "en": "T"}, "languages": ["vi", "en"],
        "items": items, "dimensions": [{"id": "d", "label": label}],
        "fieldwork": {"begins": "2026-11-01", "ends": "2026-12-01"}}))))  # fmt: skip
    (tmp_path / "x.csv").write_text("q0,q1,q2,w\n" + "a,a,b,1\nb,a,b,1\na,b,a,1\nb,b,b,2\n" * 5)
    path = tmp_path / "spec.yaml"
    path.write_text("data: x.csv\ninstrument: form.yaml\nanalyses: [{id: c, kind: classical}]\n")
    (found,) = run_items(path).document["analyses"]
    assert [one["item"] for one in found["items"]] == ["q0", "q1", "q2"]
    assert found["items"][0]["p"] == pytest.approx(0.5)
