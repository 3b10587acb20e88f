"""What is not in a plan that was hashed before the data came is exploratory, in every format."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reports.cli import main
from survey.analysis_plan import hash_of_plan, plan_analysis, planned
from survey.demo import build_demo
from survey.errors import StudyError
from survey.settings import AnalysisPlan, JudgedAreas
from survey.study import Study


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], prog_name="hieuluat")


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Study:
    return build_demo(tmp_path_factory.mktemp("planned") / "study", seed=7, interviews=900)


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


def test_the_report_marks_what_was_not_planned_and_nothing_else(demo, tmp_path):
    done = run("report", demo.folder, "-o", tmp_path, "--to", "html", "--language", "en",
               "--today", "2026-11-24", "--format", "json")  # fmt: skip
    assert done.exit_code == 0, done.output
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    titles = re.findall(r"<h3[^>]*>([^<]*)</h3>", page)
    assert "Other cut scores (exploratory)" in titles
    assert {"Groups", "Known and not known", "Reach of activities"} <= set(titles)
    assert "on 2026-11-02 (hash " in page
    text = (demo.folder / "study.yaml").read_text(encoding="utf-8")
    (demo.folder / "study.yaml").write_text(text.replace("- settlement\n", ""), encoding="utf-8")
    run("report", demo.folder, "-o", tmp_path, "--to", "html", "--language", "en",
        "--today", "2026-11-24")  # fmt: skip
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Groups (exploratory)" in page
    assert "is not the one that was fixed before the first answers" in page
