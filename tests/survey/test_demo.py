"""The demonstration study: complete, labelled, taken in by the real importer, true to its city."""

import json
import shutil
from datetime import date, datetime
from hashlib import sha256

import pandas as pd
import pytest

from analysis.analyze import analyze
from survey.demo import TODAY, build_demo
from survey.disposition_file import read_outcomes
from survey.dispositions import outcome_rates
from survey.errors import StudyError
from survey.founding import new_study
from survey.imports import import_files
from survey.population.units import read_units
from survey.population.variables import AGE, derive_variables
from survey.readings import HANOI
from survey.snapshot import freeze
from survey.store import Store
from survey.study import Study

SEED, INTERVIEWS = 5, 900


@pytest.fixture(scope="module")
def study(simulated, tmp_path_factory):
    return Study.open(shutil.copytree(simulated, tmp_path_factory.mktemp("demo") / "study"))


@pytest.fixture(scope="module")
def truth(study):
    return json.loads((study.folder / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def results(study):
    return analyze(study, today=TODAY)


def test_the_folder_holds_everything_that_a_study_needs(study):
    names = {str(path.relative_to(study.folder).parent) for path in study.folder.rglob("*.*")}
    assert {"population", "sample", "administrative", "export", "instruments"} <= names
    assert (study.folder / "store.db").exists()
    assert len(list(study.inbox.iterdir())) == 1


def test_the_list_of_cases_gives_response_rates_of_everybody_who_was_drawn(study, truth):
    outcomes = read_outcomes(study.folder / study.settings.sample.dispositions)
    found = outcome_rates(outcomes.cases)
    assert found.cases == truth["contacted"]
    assert found.rates["RR1"] == pytest.approx(found.counts["I"] / found.cases)
    assert outcomes.weighted


def test_the_study_says_that_it_is_simulated_and_what_is_fictitious(study, truth):
    population = study.settings.population
    assert study.settings.simulated
    assert truth["simulated"]
    assert [one.id for one in population.areas if one.fictitious] == ["designated"]
    assert [one.id for one in population.margins if one.fictitious] == ["sex.age"]
    assert "mô phỏng" in next(one for one in population.margins if one.fictitious).source["vi"]


def test_margins_sum_to_one_and_name_source_date_and_base(study):
    margins = study.settings.population.margins
    assert [one.id for one in margins] == ["group.settlement", "sex.age"]
    for margin in margins:
        assert pd.DataFrame(margin.shares)["share"].sum() == pytest.approx(1, abs=1e-12)
        assert margin.source
        assert margin.base
    assert margins[0].as_of == date(2019, 4, 1)
    assert study.settings.weighting.margins == ("group.settlement", "sex.age")


def test_census_margin_and_simulated_adults_agree_on_the_groups(study, truth):
    shares = pd.DataFrame(study.settings.population.margins[0].shares)
    outside = shares[shares["group"] == "rest"]["share"].sum()
    assert 1 - outside == pytest.approx(truth["share_in_areas"], abs=1e-4)


def test_margins_that_are_missing_are_named(study):
    assert study.settings.population.wanted_margins == ("sex.age.district", "education", "official")


def test_the_importer_finds_the_dirty_rows_that_were_planted(study, truth, results):
    expected = truth["export"]
    assert expected["rows"] == expected["accepted"] + 3 + 1
    with Store.open(study.store_path) as store:
        (batch,) = store.list_batches()
        records = list(store.accepted())
    assert batch.state == "sealed"
    assert len(records) == expected["accepted"]
    assert results.responses["accepted"] == expected["accepted"]
    assert results.responses["quarantined"] == expected["quarantined"] == 3
    assert [one.not_relevant for one in records if one.not_relevant] == [("dia_ban/ma_dtv",)]


def test_text_that_looks_like_a_formula_is_kept_as_it_was_sent(study, truth):
    formula = next(one for one in truth["export"]["dirty"] if one["value"].startswith("="))
    frame = freeze(study).frame()
    assert (frame[formula["path"]] == formula["value"]).sum() == 1


def test_every_response_falls_into_a_group_and_a_stratum(study):
    frame = freeze(study).frame()
    days = pd.to_datetime(frame["today"])
    units = read_units(study.folder / "population/units.csv")
    levels = derive_variables(
        frame, settings=study.settings, units=units, interview_dates=days, lists={}
    )
    assert not levels.isna().any(axis=None)
    assert set(levels["group"]) == {"key+suburban", "key", "suburban", "rest"}
    assert levels[AGE].min() >= 18
    sample = pd.read_csv(study.folder / "sample/points.csv").set_index("point")
    drawn = sample.loc[frame["dia_ban/ma_diem"]]
    assert (drawn["stratum"].to_numpy() == levels["group"] + "/" + levels["settlement"]).all()


def test_every_stratum_has_enough_points_to_show_a_variance(study):
    sample = pd.read_csv(study.folder / "sample/points.csv")
    assert sample["stratum"].value_counts().min() >= 6
    assert (sample["probability"] > 0).all()
    assert (sample["interviews"] == 12).all()


def test_estimates_lie_about_the_truth_of_the_simulated_city(truth, results):
    targets = {(one.target, one.phase): one.estimate for one in results.targets}
    for target, area in (("T1a", "city"), ("T1b", "areas")):
        estimate = targets[target, "P2"]
        assert abs(estimate.estimate - truth["aware"][area]) < 4 * estimate.se
        assert 0.6 < truth["aware"][area] < 0.75


def test_weighting_makes_up_for_who_was_found_at_home(results):
    assert results.weighting.converged
    young_men = next(one for one in results.weighting.margins if one.category == "nam × 18-29")
    assert young_men.before < young_men.target - 0.02
    assert young_men.after == pytest.approx(young_men.target, abs=1e-9)


def test_there_is_a_baseless_phase_and_no_word_on_it(results):
    first = {one.target: one.verdict.word for one in results.targets if one.phase == "P1"}
    assert first["T1a"] == first["T1b"] == "no_data"


def test_every_way_of_counting_the_trained_has_a_verdict_of_its_own(study, results):
    ways = next(one for one in study.plan.readings if one.id == "A9")
    alternatives = {one.id for one in ways.options} - {ways.default}
    assert alternatives == {"phase_any", "year_all", "ever_all"}
    for target in ways.applies_to:
        (result,) = (one for one in results.targets if (one.target, one.phase) == (target, "P2"))
        found = {one.option: one for one in result.readings if one.reading == ways.id}
        assert set(found) == alternatives
        counted = {name: one.count.numerator for name, one in found.items()}
        assert counted["year_all"] <= result.count.numerator <= counted["ever_all"]
        assert result.count.numerator <= counted["phase_any"]
        assert "no_data" not in {one.verdict.word for one in found.values()}


def test_a_fresh_study_takes_a_few_of_these_rows_and_says_what_it_lacks(study, tmp_path):
    lines = (study.folder / "export/kobo.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    few = tmp_path / "few.csv"
    few.write_text("".join(lines[:31]), encoding="utf-8")
    fresh = new_study(tmp_path / "fresh")
    (report,) = import_files(fresh, [few], now=lambda: datetime(2026, 11, 24, tzinfo=HANOI))
    assert report.accepted == 30
    got = analyze(fresh, today=TODAY)
    judged = {one.target: one for one in got.targets if one.phase == "P2"}
    assert judged["T1a"].estimate.n == judged["T1a"].estimate.df + 1 == 30
    assert judged["T1b"].estimate.n < 30
    assert got.weighting.missing_margins == (
        "group.settlement", "sex.age.district", "education", "official",
    )  # fmt: skip
    told = [one.text() for one in got.warnings]
    assert "There are no design weights: every response counts alike." in told
    assert (
        "No list of units is loaded for 'Key areas'; the domain consists of 'Suburban rural "
        "districts' alone." in told
    )


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        build_demo(tmp_path, seed=SEED)
    assert "There is something in this place already." in caught.value.text()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_same_seed_builds_the_same_folder_byte_for_byte(study, tmp_path):
    again = build_demo(tmp_path, seed=SEED, interviews=INTERVIEWS)
    for name in ("study.yaml", "truth.json", "export/kobo.csv", "sample/points.csv",
                 "administrative/counts.csv", "population/units.csv"):  # fmt: skip
        first, second = ((one.folder / name).read_bytes() for one in (study, again))
        assert sha256(first).hexdigest() == sha256(second).hexdigest()
    assert freeze(study).hash == freeze(again).hash
