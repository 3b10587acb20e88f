"""A cut with its panel: rounds from the judges' file, a hash before results, a curve around it."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import special

from analysis.errors import AnalysisError
from analysis.items.spec import run_items
from analysis.items.standard_setting import angoff
from analysis.items.standards import check_standard, freeze_standard, read_standard

ITEMS = ["k1", "k2", "k3"]
FIRST = date(2026, 9, 1)


def judges(spread):
    rng = np.random.default_rng(3)
    ratings = np.clip(rng.normal(0.6, spread, (6, 3)), 0.05, 0.95).round(2)
    return [dict(zip(ITEMS, row.tolist(), strict=True)) for row in ratings]


def document(**more):
    said = [
        {"round": number, "judge": f"j{place}", "ratings": row}
        for number, spread in ((1, 0.2), (2, 0.05))
        for place, row in enumerate(judges(spread))
    ]
    return {"method": "angoff", "items": ITEMS, "judgements": said, "status": "panel",
            "descriptors": {"aware": {"en": "Knows who issues the paper."}}, **more}  # fmt: skip


def written(folder, **more):
    path = folder / "standards.yaml"
    path.write_text(json.dumps(document(**more)), encoding="utf-8")
    return path


def test_each_round_has_its_cut_and_the_last_one_counts(tmp_path):
    found = read_standard(written(tmp_path))
    last = angoff(np.array([list(row.values()) for row in judges(0.05)]))
    assert [one.round for one in found.rounds] == [1, 2]
    assert found.cut == pytest.approx(last.cut)
    assert found.se == pytest.approx(last.se)
    assert found.rounds[1].se < found.rounds[0].se
    assert set(found.rounds[0].judges) == {f"j{place}" for place in range(6)}


def test_an_adopted_cut_is_a_constant(tmp_path):
    found = read_standard(written(tmp_path, status="adopted", cut=2.0, decision="12/QĐ-STP",
                                  adopted_on="2026-08-01"))  # fmt: skip
    assert (found.cut, found.se) == (2.0, 0.0)
    check_standard(found, first_interview=FIRST)


@pytest.mark.parametrize("day", ["2026-09-01", "2026-11-01"])
def test_a_cut_that_was_adopted_after_the_first_interview_is_refused(tmp_path, day):
    found = read_standard(written(tmp_path, status="adopted", decision="12/QĐ-STP", adopted_on=day))
    with pytest.raises(
        AnalysisError, match=f"adopted on {day}, and the first interview was on 2026-09-01"
    ):
        check_standard(found, first_interview=FIRST)


def test_an_adopted_cut_without_its_decision_is_refused(tmp_path):
    with pytest.raises(AnalysisError, match="an adopted cut needs `decision` and `adopted_on`"):
        read_standard(written(tmp_path, status="adopted"))


def test_the_hash_is_of_the_content_and_not_of_the_file(tmp_path):
    found = read_standard(written(tmp_path))
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump(document(), sort_keys=True), encoding="utf-8")
    assert read_standard(other).hash == found.hash
    frozen = freeze_standard(found, folder=tmp_path)
    assert frozen.name == f"standards-{found.hash[:12]}.json"
    assert read_standard(frozen).hash == found.hash


def test_standards_that_are_not_the_frozen_ones_are_refused(tmp_path):
    frozen = read_standard(written(tmp_path)).hash
    changed = read_standard(written(tmp_path, descriptors={"aware": {"en": "Less."}}))
    with pytest.raises(AnalysisError, match="not those that were frozen"):
        check_standard(changed, first_interview=FIRST, frozen=frozen)


def test_judges_stand_in_a_table_of_their_own(tmp_path):
    rows = [{"round": 1, "judge": f"j{place}", **row} for place, row in enumerate(judges(0.1))]
    pd.DataFrame(rows).to_csv(tmp_path / "judges.csv", index=False)
    path = written(tmp_path, judgements="judges.csv")
    assert read_standard(path).cut == pytest.approx(
        np.mean([sum(one.values()) for one in judges(0.1)])
    )


def test_a_bookmark_is_at_the_item_before_it(tmp_path):
    pages = [{"judge": "a", "page": 2}, {"judge": "b", "page": 3}]
    booklet = [{"item": name, "difficulty": b} for name, b in zip(ITEMS, (-1, 0, 1), strict=True)]
    found = read_standard(written(tmp_path, method="bookmark", judgements=pages, booklet=booklet))
    assert found.cut == pytest.approx(np.mean([-1, 0]) + np.log(2))


def test_borderline_is_the_median_of_those_whom_judges_name(tmp_path):
    scores = pd.DataFrame({"judge": ["a"] * 8 + ["b"] * 8, "score": [4, 5, 6, 7] * 4})
    scores.to_csv(tmp_path / "judges.csv", index=False)
    found = read_standard(written(tmp_path, method="borderline", judgements="judges.csv"))
    assert found.cut == pytest.approx(5.5)
    assert found.se > 0


def test_every_fault_of_the_judges_is_told_at_once(tmp_path):
    said = [{"judge": "a", "ratings": {"k1": 0.5}},
            {"judge": "a", "ratings": dict.fromkeys(ITEMS, 0.5)}]  # fmt: skip
    with pytest.raises(AnalysisError) as error:
        read_standard(written(tmp_path, judgements=said, descriptors={}))
    told = error.value.text("en")
    assert "no level is described" in told
    assert "ratings and items differ: k2, k3" in told
    assert "the judge speaks twice in round 1" in told


def test_a_spec_gives_the_standard_and_a_falling_curve(tmp_path):
    rng = np.random.default_rng(2)
    theta = rng.normal(size=1500)
    right = rng.random((1500, 6)) < special.expit(1.5 * (theta[:, None] - np.linspace(-1, 1, 6)))
    names = [f"q{place}" for place in range(6)]
    pd.DataFrame(right.astype(int), columns=names).to_csv(tmp_path / "d.csv", index=False)
    written(tmp_path)
    spec = {"data": "d.csv", "items": names, "analyses": [
        {"id": "s", "kind": "standard", "standards": "standards.yaml", "first_interview": "2026-09-01"},
        {"id": "m", "kind": "irt", "model": "2pl"},
        {"id": "c", "kind": "cut_sensitivity", "model": "m", "cut_se": 0.3, "count": 5,
         "cut": {"items": names, "expected": 3.5}},
        {"id": "n", "kind": "cut_sensitivity", "model": "m", "cut": {"items": names, "expected": 3}},
        {"id": "o", "kind": "cut_sensitivity", "model": "m", "at": [3.0, 7.0],
         "cut": {"items": names, "expected": 3}},
    ]}  # fmt: skip
    (tmp_path / "s.yaml").write_text(json.dumps(spec))
    standard, _, curve, refused, reach = run_items(tmp_path / "s.yaml").document["analyses"]
    assert standard["flags"] == ["not_frozen"]
    shares = [row["share"] for row in curve["rows"]]
    assert shares == sorted(shares, reverse=True)
    assert [row["cut"] for row in curve["rows"]] == pytest.approx([2.9, 3.2, 3.5, 3.8, 4.1])
    middle = curve["rows"][2]
    assert middle["share"] == pytest.approx(special.ndtr(-middle["theta"]), abs=0.01)
    assert "no standard error" in refused["error"]["what"]
    assert reach["rows"][1]["share"] is None
    assert reach["flags"] == ["out_of_reach: 1"]
