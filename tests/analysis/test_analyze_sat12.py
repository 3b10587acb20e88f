"""Real people's answers end to end: 600 people and 32 items of the SAT12 test, knowledge only."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import special

from analysis.analyze import analyze
from analysis.intervals import t_quantile
from analysis.serialise import as_json
from survey.founding import new_study
from survey.imports import import_files
from survey.study import Study

TODAY = date(2026, 11, 24)
CUT, LEVEL = 0.5, 0.6
ITEMS = [f"Item.{number}" for number in range(1, 33)]

PLAN = {
    "kind": "plan",
    "id": "sat12_plan",
    "version": "1",
    "title": {"en": "Knowledge only"},
    "languages": ["en"],
    "phases": [{"id": "P", "label": {"en": "P"}, "begins": "2026-01-01", "ends": "2026-12-31"}],
    "populations": [{"id": "pupils", "label": {"en": "Pupils"}, "instrument": "sat12"}],
    "indicators": [
        {"id": "knows", "label": {"en": "Knows"},
         "cuts": [{"dimension": "science", "at_least": CUT}]},
    ],
    "targets": [
        {"id": "K", "label": {"en": "K"}, "quote": {"en": "K"}, "population": "pupils",
         "measure": "survey", "indicator": "knows", "final": LEVEL,
         "phases": {"P": {"level": LEVEL, "basis": "population"}}},
    ],
}  # fmt: skip


def questionnaire() -> dict:
    right_or_wrong = [
        {"code": "0", "label": {"en": "wrong"}},
        {"code": "1", "label": {"en": "right"}},
    ]
    return {
        "kind": "instrument",
        "id": "sat12",
        "version": "1",
        "title": {"en": "SAT12"},
        "languages": ["en"],
        "dimensions": [{"id": "science", "label": {"en": "Science"}}],
        "choice_lists": {"mark": right_or_wrong},
        "items": [
            *({"id": name, "type": "single", "choices": "mark", "label": {"en": name},
               "dimension": "science", "key": "1"} for name in ITEMS),
            {"id": "w", "type": "decimal", "label": {"en": "weight"}},
            {"id": "stratum", "type": "text", "label": {"en": "stratum"}},
            {"id": "psu", "type": "text", "label": {"en": "PSU"}},
        ],
    }  # fmt: skip


def founded(folder: Path, data: Path) -> Study:
    """A study of the data: definitions and settings written, the file taken in."""
    for name, definition in (("plan", PLAN), ("sat12", questionnaire())):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(definition), encoding="utf-8")
    study = new_study(
        folder / "study", plan=str(folder / "plan.yaml"), instruments=(str(folder / "sat12.yaml"),)
    )
    path = study.folder / "study.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["sample"] = {"weight": "w", "strata": ["stratum"], "psu": ["psu"]}
    settings["wave"] = {"id": "only", "begins": "2026-10-01", "ends": "2026-10-31"}
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    study = Study.open(study.folder)
    import_files(study, [data], now=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    return study


def by_hand(data: pd.DataFrame) -> tuple[float, float, tuple[float, float], int]:
    """The weighted share at the cut, its linearized error and logit limits, from the file alone."""
    w, passed = data["w"].to_numpy(), (data[ITEMS].mean(axis=1) >= CUT).to_numpy(dtype=float)
    p = float(np.sum(w * passed) / w.sum())
    z = w * (passed - p) / w.sum()
    variance, df = 0.0, 0
    for rows in data.groupby("stratum").groups.values():
        units = data.loc[rows, "psu"]
        sums = pd.Series(z[rows]).groupby(units.to_numpy()).sum()
        variance += len(sums) / (len(sums) - 1) * float(((sums - sums.mean()) ** 2).sum())
        df += len(sums) - 1
    se = float(np.sqrt(variance))
    reach = float(t_quantile(0.975, df)) * se / (p * (1 - p))
    low, high = special.expit(special.logit(p) + np.array([-reach, reach]))
    return p, se, (float(low), float(high)), df


@pytest.fixture(scope="module")
def file(shared) -> Path:
    return shared / "oracle_irt" / "data" / "sat12.csv"


@pytest.fixture(scope="module")
def analysis(file, tmp_path_factory):
    return analyze(founded(tmp_path_factory.mktemp("sat12"), file), today=TODAY)


def test_the_observed_share_is_the_hand_calculation_from_the_file(analysis, file):
    data = pd.read_csv(file)
    p, se, limits, df = by_hand(data)
    (result,) = analysis.targets
    observed = result.estimate.observed
    assert observed.estimate == pytest.approx(p, rel=1e-12)
    assert observed.se == pytest.approx(se, rel=1e-9)
    assert observed.ci == pytest.approx(limits, rel=1e-9)
    assert (observed.df, observed.n) == (df, 600)


def test_the_verdict_rests_on_the_share_of_the_trait_with_every_line_of_its_budget(analysis):
    (result,) = analysis.targets
    budget = result.estimate.budget
    assert result.estimate.se**2 == pytest.approx(budget.total)
    assert budget.sampling > 0
    assert budget.calibration is not None
    assert budget.cut is None
    assert abs(result.estimate.estimate - result.estimate.observed.estimate) < 0.05


def test_the_verdict_is_that_of_the_interval(analysis):
    (result,) = analysis.targets
    low, high = result.estimate.ci
    word = "at_target" if low >= LEVEL else "below_target" if high < LEVEL else "inconclusive"
    assert (result.threshold, result.due, result.verdict.word) == (LEVEL, False, word)


def test_every_item_has_its_weighted_share_correct(analysis, file):
    data = pd.read_csv(file)
    assert [one.of for one in analysis.items] == ITEMS
    for one in analysis.items:
        assert one.estimate == pytest.approx(np.average(data[one.of], weights=data["w"]))


def test_the_curve_falls_as_the_cut_rises(analysis):
    shares = [point.estimate.estimate for point in analysis.curve]
    assert [point.cut for point in analysis.curve] == [0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert shares == sorted(shares, reverse=True)


def test_what_the_study_does_not_have_is_said_and_nothing_breaks(analysis):
    assert analysis.weighting.margins == ()
    assert [one.text() for one in analysis.warnings] == [
        "600 interviews have no date; they are scored as of the end of the wave.",
        "No population figures are used: the weights are those of the sample alone.",
        "The distribution of Science is not normal: shares above its cut are biased, by how much and "
        "in which direction the annex says.",
        "No analysis plan was fixed before the first answers: "
        "all but the targets themselves is marked exploratory.",
    ]
    assert analysis.responses == {
        "accepted": 600, "quarantined": 0, "outside_base": 0, "base": 600, "scored": 600,
    }  # fmt: skip


def test_the_document_holds_every_number_and_is_json(analysis):
    document = json.loads(json.dumps(as_json(analysis), allow_nan=False))
    assert document["provenance"]["fieldwork"] == ["2026-10-01", "2026-10-31"]
    assert document["targets"][0]["estimate"]["estimate"] == analysis.targets[0].estimate.estimate
    assert set(document["warnings"][0]) == {"vi", "en"}
