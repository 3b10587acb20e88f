"""What is not in a plan that was hashed before the data came is exploratory, in every format."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.analyze import analyze
from analysis.disclosure.screen import screen
from analysis.exploratory import EXPLORATORY, marked
from analysis.result import Analysis
from reports.cli import main
from reports.view import page
from survey.analysis_plan import hash_of_plan, plan_analysis, planned
from survey.demo import TODAY
from survey.errors import StudyError
from survey.settings import AnalysisPlan, JudgedAreas
from survey.study import Study


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], prog_name="hieuluat")


@pytest.fixture(scope="module")
def demo(simulated, tmp_path_factory) -> Study:
    return Study.open(shutil.copytree(simulated, tmp_path_factory.mktemp("planned") / "study"))


@pytest.fixture
def fresh(tmp_path) -> Path:
    """A study without answers whose plan of analysis names a group and a table."""
    folder = tmp_path / "study"
    assert run("new", folder).exit_code == 0
    with (folder / "study.yaml").open("a", encoding="utf-8") as stream:
        stream.write("\nanalysis_plan: {indicators: [aware], targets: [T1a], tables: [topics]}\n")
    return folder


def test_a_plan_is_fixed_before_the_first_answers_and_holds_until_it_is_changed(fresh):
    study = Study.open(fresh)
    assert planned(study) is None
    done = run("plan-analysis", fresh, "--by", "Lan", "--language", "en")
    assert done.output == (
        f"The analysis plan stands in the journal with the hash {hash_of_plan(study)}.\n"
    )
    found = planned(study)
    assert found is not None
    assert found.plan.targets == ("T1a",)
    other = study.settings.model_copy(update={"analysis_plan": AnalysisPlan(targets=("T1b",))})
    assert planned(replace(study, settings=other)) is None


def test_the_number_of_areas_judged_at_once_is_part_of_the_hash(fresh):
    study = Study.open(fresh)
    areas = (JudgedAreas(variable="group", target="T1a"),)
    more = replace(study, settings=study.settings.model_copy(update={"judge_areas": areas}))
    assert hash_of_plan(more) != hash_of_plan(study)


def test_after_the_first_answers_a_plan_is_refused(demo):
    with pytest.raises(StudyError, match="a plan that is hashed after that proves nothing"):
        plan_analysis(demo, by="Lan", now=lambda: pytest.fail("nothing may be written"))


def test_names_that_the_study_does_not_have_are_refused_together(fresh):
    text = (fresh / "study.yaml").read_text(encoding="utf-8")
    text = text.replace("[aware]", "[awere]").replace("[T1a]", "[T9]")
    (fresh / "study.yaml").write_text(text, encoding="utf-8")
    done = run("plan-analysis", fresh, "--by", "Lan", "--language", "en")
    assert done.exit_code == 1
    assert "study.yaml, analysis_plan.indicators: There is no 'awere'. " in done.output
    assert "study.yaml, analysis_plan.targets: There is no 'T9'." in done.output


@pytest.fixture(scope="module")
def analysis(demo) -> Analysis:
    return analyze(demo, today=TODAY)


def titles(analysis: Analysis, study: Study) -> set[str]:
    """The headings of the annex."""
    made = page(screen(analysis), study.plan, language="en")
    return {section.title for section in made.annex}


def test_a_report_marks_what_was_not_planned_and_nothing_else(demo, analysis):
    found = titles(analysis, demo)
    assert "Other cut scores (exploratory)" in found
    assert {"Groups", "Known and not known", "Reach of activities"} <= found
    assert {"Opinions and conduct", "Differences by group and topic"} <= found
    assert "Easy and hard questions (exploratory)" in found
    for one in analysis.gaps:
        is_planned = one.share.by.keys() <= {*demo.settings.analysis_plan.groups}
        assert (EXPLORATORY in one.share.flags) is not is_planned
    assert any("on 2026-11-02 (hash " in one.text() for one in analysis.warnings)
    assert all(EXPLORATORY in one.flags for one in analysis.items)


def test_without_a_plan_the_targets_alone_were_fixed_beforehand(demo, analysis):
    bare = replace(demo, settings=demo.settings.model_copy(update={"analysis_plan": None}))
    found = marked(analysis, bare)
    assert {"Groups (exploratory)", "Reach of activities (exploratory)"} <= titles(found, demo)
    assert {
        "Opinions and conduct (exploratory)",
        "Differences by group and topic (exploratory)",
    } <= (titles(found, demo))
    judged = [one.estimate for one in found.targets if one.estimate is not None]
    assert judged
    assert not any(EXPLORATORY in one.flags for one in judged)
    assert found.warnings[-1].text().startswith("No analysis plan was fixed before")
