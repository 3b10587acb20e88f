"""Distractors and dimensions: by hand, by law, and by data whose truth is known."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.items.dimensionality import dimensionality
from analysis.items.distractors import Chosen, distractors
from analysis.items.in_python import dimensions, option_statistics
from reports.cli import main


def simulated(n=600, k=5, seed=3):
    """Answers in which b lures people of little knowledge, c of any, and 9 is a don't-know."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=n)
    right = rng.random((n, k)) < 1 / (1 + np.exp(np.linspace(-1, 1, k) - 1.5 * theta[:, None]))
    wrong = np.where(rng.random((n, k)) < 0.2, "9", np.where(rng.random((n, k)) < 0.7, "b", "c"))
    return pd.DataFrame(np.where(right, "a", wrong), columns=[f"k{i}" for i in range(k)])


def chosen(frame, **more):
    return Chosen(answers=frame, key=dict.fromkeys(frame, ("a",)), causes={"9": "dont_know"},
                  **more)  # fmt: skip


def test_shares_and_rest_scores_are_those_of_a_small_table_worked_by_hand():
    frame = pd.DataFrame({"x": ["a", "a", "b", "9"], "y": ["a", "b", "a", "b"],
                          "z": ["a", "a", "b", "b"]})  # fmt: skip
    item = distractors(chosen(frame))[0]
    found = {one.option: one for one in item.options}
    assert {name: one.share for name, one in found.items()} == {"a": 0.5, "b": 0.25, "9": 0.25}
    assert {name: one.rest for name, one in found.items()} == {"a": 0.75, "b": 0.5, "9": 0.0}
    assert [one.kind for one in item.options] == ["key", "distractor", "dont_know"]


def test_shares_of_all_options_add_up_to_one_in_every_group():
    for item in distractors(chosen(simulated())):
        assert sum(one.share for one in item.options) == pytest.approx(1)
        for group in zip(*(one.by_group for one in item.options), strict=True):
            assert sum(group) == pytest.approx(1)


def test_the_key_rises_with_the_score_and_a_good_distractor_falls():
    for item in distractors(chosen(simulated(2000))):
        rows = {one.option: one.by_group for one in item.options}
        assert rows["a"][0] < rows["a"][-1]
        assert rows["b"][0] > rows["b"][-1]
        assert item.flags == ()


def test_a_wrong_key_is_found_because_the_able_choose_another_option():
    frame = simulated(1000)
    wrong = Chosen(answers=frame, key={name: ("b" if name == "k0" else "a",) for name in frame},
                   causes={"9": "dont_know"})  # fmt: skip
    flags = distractors(wrong)[0].flags
    assert "chosen_by_the_able: a" in flags
    assert "key_does_not_rise" in flags


def test_an_item_that_was_not_administered_counts_nowhere():
    frame = simulated(400)
    frame.loc[:199, "k0"] = None
    item = distractors(chosen(frame))[0]
    assert item.n == 200
    assert sum(one.n for one in item.options) == 200


def test_weights_of_two_are_a_person_twice():
    frame = simulated(300)
    twice = pd.concat([frame, frame[:100]], ignore_index=True)
    weighted = chosen(frame, weights=np.r_[np.full(100, 2.0), np.ones(200)])
    a, b = distractors(weighted), distractors(chosen(twice))
    for one, other in zip(a, b, strict=True):
        assert [x.share for x in one.options] == pytest.approx([x.share for x in other.options])
        assert [x.rest for x in one.options] == pytest.approx([x.rest for x in other.options])


def test_a_design_of_persons_alone_gives_the_binomial_error():
    frame = simulated(500).assign(w=1.0)
    sample = Sample.of(frame, Design(weights="w"))
    own = chosen(frame.drop(columns="w"), sample=sample, weights=sample.weights)
    row = distractors(own)[0].options[0]
    assert row.se == pytest.approx(np.sqrt(row.share * (1 - row.share) / 499), rel=1e-9)


def test_a_key_that_nobody_chose_is_an_error_that_names_the_answers():
    frame = simulated(50)
    with pytest.raises(AnalysisError, match="nobody chose 'A'; the answers are: 9, a, b"):
        distractors(Chosen(answers=frame, key=dict.fromkeys(frame, ("A",)), causes={}))


def test_an_item_without_a_key_is_an_error():
    with pytest.raises(AnalysisError, match="item 'k1' has no key"):
        distractors(Chosen(answers=simulated(50)[["k0", "k1"]], key={"k0": "a"}, causes={}))


def two_factors(n=800, *, apart):
    rng = np.random.default_rng(8)
    theta = rng.normal(size=(n, 2))
    own = np.repeat([0, 1 if apart else 0], 4)
    return (rng.random((n, 8)) < 1 / (1 + np.exp(-1.8 * theta[:, own]))).astype(float)


@pytest.mark.parametrize(("apart", "factors"), [(False, 1), (True, 2)])
def test_as_many_dimensions_are_found_as_made_the_data(apart, factors):
    found = dimensionality(list(two_factors(apart=apart).T), draws=20, rng=np.random.default_rng(1))
    assert found.factors == factors
    assert ("not_one_dimension" in found.flags) == apart
    assert sum(found.eigenvalues) == pytest.approx(8)


def test_answers_at_random_have_no_dimension():
    x = (np.random.default_rng(2).random((700, 6)) < 0.5).astype(float)
    found = dimensionality(list(x.T), draws=20, rng=np.random.default_rng(1))
    assert found.factors == 0
    assert "no_common_dimension" in found.flags


def test_the_same_seed_gives_the_same_table():
    frame = pd.DataFrame(two_factors(200, apart=False)[:, :4], columns=list("abcd"))
    first, second = (dimensions(frame, items=list("abcd"), seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_a_notebook_gets_a_row_for_each_option():
    frame = simulated(200)
    table = option_statistics(frame, key=dict.fromkeys(frame, "a"),
                              missing_codes={"dont_know": ["9"]})  # fmt: skip
    assert list(table.columns[:7]) == ["item", "option", "kind", "share", "se", "n", "rest"]
    assert set(table["kind"]) == {"key", "distractor", "dont_know"}


def test_a_spec_asks_for_both(tmp_path):
    frame = simulated(300)
    frame.to_csv(tmp_path / "a.csv", index=False)
    (frame == "a").astype(int).add_prefix("s").join(frame).to_csv(tmp_path / "b.csv", index=False)
    spec = {"data": "b.csv", "missing_codes": {"dont_know": ["9"]}, "analyses": [
        {"id": "o", "kind": "distractors", "items": list(frame), "key": dict.fromkeys(frame, "a")},
        {"id": "d", "kind": "dimensionality", "items": ["sk0", "sk1", "sk2", "sk3"], "draws": 20},
    ]}  # fmt: skip
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(spec))
    done = CliRunner().invoke(main, ["items", str(tmp_path / "s.yaml"), "--format", "json"])
    assert done.exit_code == 0, done.output
    options, dims = json.loads(done.output)["analyses"]
    assert {one["option"] for one in options["items"][0]["options"]} == {"a", "b", "c", "9"}
    assert len(dims["eigenvalues"]) == len(dims["chance_upper"]) == 4
    assert dims["seed"] == 1
