"""Cases without an interview answer for nothing, and respondents of their class answer for them."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.analyze import analyze
from analysis.errors import AnalysisError
from analysis.serialise import as_json
from tests.analysis.test_analyze import TODAY, answers, changed, founded

CASES = pd.DataFrame({
    "point": [f"P{i % 24}" for i in range(96)],
    "status": (["2.1", "2.2", "3.1"] * 24)[:72] + ["4.5"] * 24,
    "sex": ["m", "m", "f", "m"] * 24,
})  # fmt: skip
STEPS = [
    {"method": "unknown_eligibility", "status": "status", "classes": ["stratum"]},
    {"method": "nonresponse", "status": "status", "classes": ["stratum"]},
    {"method": "rake", "margins": ["sex"]},
]


def study_with(tmp_path, cases: pd.DataFrame, *, steps: list[dict] | None = None, **more):
    parts = {"sample__cases": "cases.csv", "weighting": {"steps": steps or STEPS}} | more
    study = founded(tmp_path, settings=changed(**parts))
    cases.to_csv(study.folder / "cases.csv", index=False)
    return study


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    return analyze(study_with(tmp_path_factory.mktemp("cases"), CASES), today=TODAY)


def by_hand() -> pd.DataFrame:
    """All cases with their weights before raking, from the definitions of both adjustments."""
    data = answers()
    data = data[2026 - data["born"].astype(int) >= 18].assign(status="1")
    data = pd.concat([data, CASES])
    number = data["point"].str[1:].astype(int)
    data["w"] = 100.0 + 10 * number
    data["stratum"] = np.where(number % 4 < 2, "huyen", "quan")
    digit = data["status"].str[0]
    for givers, takers in (("3", "124"), ("2", "1")):
        for stratum in ("huyen", "quan"):
            mine = data["stratum"] == stratum
            giving, taking = mine & (digit == givers), mine & digit.isin(list(takers))
            carried = data.loc[giving | taking, "w"].sum()
            data.loc[taking, "w"] *= carried / data.loc[taking, "w"].sum()
            data.loc[giving, "w"] = 0
    return data.assign(w=data["w"].where(digit == "1", 0.0))


def test_the_steps_are_carried_out_over_all_cases(analysis):
    data = by_hand()
    unknown, response, raked = analysis.weighting.steps
    assert (unknown.left_out, response.left_out) == (24, 72)
    assert response.people == raked.people == (data["w"] > 0).sum()
    base = 100.0 + 10 * data["point"].str[1:].astype(int)
    known = ~data["status"].str.startswith("3")
    assert unknown.kept_share == pytest.approx(base[known].sum() / base.sum())
    for one in response.classes:
        mine = data["stratum"] == one.name
        assert one.takers == ((data["status"] == "1") & mine).sum()
        assert one.cases == (data["status"].str[0].isin(["1", "2"]) & mine).sum()


def test_the_headline_is_that_of_respondents_with_the_weight_of_all_cases(analysis):
    data = by_hand()
    told = next(one for one in analysis.estimates if one.of == "knowledge" and not one.by)
    known = data[data["w"] > 0].copy()
    for sex in ("m", "f"):
        mine = known["sex"] == sex
        known.loc[mine, "w"] *= 0.5 / known.loc[mine, "w"].sum()
    names = [f"k{i}" for i in range(1, 6)]
    passes = (known[names] == "a").mean(axis=1) >= 0.6
    assert told.estimate == pytest.approx(np.average(passes, weights=known["w"]))
    assert told.n == len(known)


def test_cases_are_counted_among_no_responses_and_warned_of_as_none(analysis, tmp_path):
    plain = analyze(founded(tmp_path), today=TODAY)
    assert analysis.responses == plain.responses
    few, as_few = (
        [text for one in told.warnings if "too few items" in (text := one.text())]
        for told in (analysis, plain)
    )
    assert few == as_few
    json.dumps(as_json(analysis), allow_nan=False)


@pytest.mark.parametrize(
    ("cases", "steps", "message"),
    [
        (
            CASES.rename(columns={"status": "outcome"}), STEPS,
            "cases.csv: there is no column 'status'. Use one of: point, outcome, sex.",
        ),
        (
            CASES, STEPS[2:],
            "study.yaml, weighting: no step says who answers for the cases without an interview. "
            "Add a step nonresponse to weighting.steps, or leave the cases out.",
        ),
        (
            CASES.assign(point="P0").assign(point=["P77", *CASES["point"][1:]]), STEPS,
            "record cases.csv 1, 'point': 'P77' is not in sample.csv (1 responses). "
            "Did you mean 'P7'?",
        ),
    ],
)  # fmt: skip
def test_cases_that_have_no_place_are_refused(tmp_path, cases, steps, message):
    with pytest.raises(AnalysisError) as caught:
        analyze(study_with(tmp_path, cases, steps=steps), today=TODAY)
    assert caught.value.text() == message


def test_a_changed_table_of_cases_is_another_hash_of_the_settings(analysis, tmp_path):
    study = study_with(tmp_path, CASES[:-1])
    assert analyze(study, today=TODAY).provenance.settings != analysis.provenance.settings
