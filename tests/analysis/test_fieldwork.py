"""How the fieldwork went, as the analysis keeps it: from the list of cases, frozen and derived anew."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from analysis.analyze import analyze
from analysis.errors import AnalysisError
from analysis.fieldwork import fieldwork
from analysis.measured import measure
from survey.dispositions import outcome_rates
from survey.exclusions import exclude
from survey.quality.study import fieldwork_report
from survey.store import Store
from survey.study import Study
from tests.analysis.test_analyze import SETTINGS, TODAY, founded

LIST = "sample/outcomes.csv"


def study_with_list(folder, *, outcomes: dict[str, int]) -> Study:
    settings = deepcopy(SETTINGS)
    settings["sample"] |= {"dispositions": LIST, "frame": {"vi": "Danh sách hộ", "en": "A list"}}
    study = founded(folder, settings=settings)
    path = study.folder / LIST
    path.parent.mkdir(exist_ok=True)
    rows = [f"{name}-{at},{name},{1 + at % 3}" for name, count in outcomes.items()
            for at in range(count)]  # fmt: skip
    path.write_text("unit,outcome,weight\n" + "\n".join(rows) + "\n")
    return study


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("listed")
    return study_with_list(folder, outcomes={"I": 237, "P": 4, "R": 60, "NC": 30, "UH": 9})


@pytest.fixture(scope="module")
def analysis(study):
    return analyze(study, today=TODAY)


def test_the_rates_are_those_that_the_quality_command_shows(study, analysis):
    found = analysis.fieldwork
    shown = fieldwork_report(study).outcomes
    assert {one.name: one.by_cases for one in found.sample.rates} == shown.counted.rates
    assert {one.name: one.by_weights for one in found.sample.rates} == shown.weighted.rates
    assert (found.sample.cases, found.sample.held) == (340, 241)
    assert found.sample.rates[0].by_cases == pytest.approx(237 / 340)
    assert outcome_rates([]).rates["RR1"] is None


def test_the_design_is_told_with_its_frame(analysis):
    found = analysis.fieldwork
    assert (found.strata, found.psus, found.has_weights) == (2, 24, True)
    assert found.frame == {"vi": "Danh sách hộ", "en": "A list"}


def test_without_a_list_nothing_is_made_up(tmp_path):
    found = fieldwork(measure(founded(tmp_path), today=TODAY))
    assert (found.sample, found.frame, found.excluded) == (None, {}, ())


def test_another_list_is_another_setting_and_one_that_is_gone_is_named(tmp_path, analysis):
    study = study_with_list(tmp_path, outcomes={"I": 237, "R": 61})
    assert analyze(study, today=TODAY).provenance.settings != analysis.provenance.settings
    (study.folder / LIST).unlink()
    with pytest.raises(AnalysisError, match=r"sample\.dispositions: there is no file") as caught:
        measure(study, today=TODAY)
    assert "begins at the study's folder" in str(caught.value)


def test_exclusions_are_counted_by_reason_as_the_snapshot_holds_them(study):
    with Store.existing(study.store_path) as store:
        keys = [one.key for one in store.accepted()]
    now = lambda: datetime(2026, 11, 24, tzinfo=UTC)  # noqa: E731 - a clock that stands still
    exclude(study, keys[:2], why="answered twice", by="Lan", now=now)
    frozen = measure(study, today=TODAY).snapshot
    exclude(study, keys[2:3], why="invented", by="Lan", now=now)
    again = fieldwork(measure(study, today=TODAY))
    assert [(one.why, one.cases) for one in again.excluded] == [
        ("answered twice", 2),
        ("invented", 1),
    ]
    then = fieldwork(measure(study, today=TODAY, snapshot=frozen))
    assert [(one.why, one.cases) for one in then.excluded] == [("answered twice", 2)]
    assert then.interviews == again.interviews + 1
