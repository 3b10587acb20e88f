"""An audit holds every published estimate, and R `survey` makes each of them anew."""

import dataclasses
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analysis.analyze import analyze
from analysis.audit.write import write_audit
from analysis.result import Estimate, Gap
from reports.cli import main
from survey.demo import build_demo
from survey.study import Study
from tests.analysis import test_analyze, test_analyze_sat12

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Study:
    """A made-up study in which groups, ages, scores and residence are known in part."""
    data = test_analyze.answers()
    data.loc[5:9, ["born", "home"]] = ""
    data.loc[data["point"] == "P3", "reached"] = "zalo"
    return test_analyze.founded(tmp_path_factory.mktemp("audited"), data=data)


@pytest.fixture(scope="module")
def audit(small, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("audit")
    write_audit(small, folder, today=TODAY)
    return folder


def published(value: object) -> Iterator[Estimate]:
    """Every estimate anywhere in a result but differences, which rest on two of them."""
    if isinstance(value, Estimate):
        yield value
    elif isinstance(value, Gap):
        return
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from published(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from published(tuple(value.values()))
    elif isinstance(value, tuple):
        for one in value:
            yield from published(one)


def test_no_published_estimate_is_missing_from_the_audit(small, audit):
    wanted = sorted(
        (one.of, one.n, -1 if one.estimate is None else one.estimate)
        for one in published(analyze(small, today=TODAY))
    )
    table = pd.read_csv(audit / "estimates.csv").fillna({"estimate": -1})
    found = sorted(zip(table["of"], table["n"], table["estimate"], strict=True))
    assert len(found) > 40
    assert found == wanted


def test_each_estimate_says_in_r_what_it_is_of_and_about_whom(audit):
    table = pd.read_csv(audit / "estimates.csv", dtype=str).fillna("")
    rows = set(zip(table["place"], table["value"], table["inside"], strict=True))
    both = "both(reaches(score_knowledge, 0.6), reaches(score_disposition, 0.6))"
    turned = "both(reaches(score_disposition, 0.6), reaches(score_knowledge, 0.6))"
    assert {
        ("estimates", both, "TRUE"),
        ("estimates", "reaches(score_knowledge, 0.6)", 'group_sex == "f"'),
        ("items", "credit_k1", "TRUE"),
        ("exposure", "reached_loa", "TRUE"),
        ("exposure", both, "reached_zalo == 1"),
        ("curve knowledge 0.9", both.replace("knowledge, 0.6", "knowledge, 0.9"), "TRUE"),
        ("T1a P2", turned, "TRUE"),
        ("T1b P2", turned, "settled == 1 & (area_key_invented == 1 | area_suburban_huyen == 1)"),
    } <= rows


def test_the_data_hold_one_row_per_respondent_of_the_base_and_no_contact(small, audit):
    data = pd.read_csv(audit / "data.csv", dtype=str)
    assert len(data) == test_analyze.answers().shape[0] - 3
    assert data["record"].is_unique
    assert not {"point", "home", "born"} & set(data)


def test_the_script_declares_the_studys_own_design_and_raking(audit):
    script = (audit / "audit.R").read_text(encoding="utf-8")
    assert "design <- svydesign(ids = ~psu_1, weights = ~weight, data = data," in script
    assert "strata = ~stratum_1," in script
    assert "design <- calibrate(design, ~margin_sex, population," in script
    assert 'calfun = "raking", epsilon = 1e-11, maxit = 500)' in script
    margins = pd.read_csv(audit / "margins.csv")
    assert margins["share"].sum() == pytest.approx(1)


def test_the_command_writes_the_audit_into_a_folder_and_refuses_a_file(small, tmp_path):
    def run(place: Path) -> object:
        given = [
            "export",
            str(small.folder),
            "-o",
            str(place),
            "--to",
            "r",
            "--today",
            "2026-11-24",
        ]
        return CliRunner().invoke(main, given, prog_name="hieuluat")

    done = run(tmp_path / "audit")
    assert done.exit_code == 0, done.output
    assert done.stdout.split() == [
        str(tmp_path / "audit" / name)
        for name in ("data.csv", "estimates.csv", "audit.R", "margins.csv")
    ]
    (tmp_path / "file").touch()
    refused = run(tmp_path / "file")
    assert refused.exit_code == 2
    assert "is not a folder." in refused.stderr


def reproduce(study: Study, folder: Path) -> str:
    """What the script says; it fails where any estimate is not reproduced."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here: apt install r-base-core r-cran-survey")
    there = ["Rscript", "-e", 'quit(status = !requireNamespace("survey", quietly = TRUE))']
    if subprocess.run(there, capture_output=True, check=False).returncode:
        pytest.skip("R's package survey is not here: apt install r-cran-survey")
    write_audit(study, folder, today=TODAY)
    done = subprocess.run(
        ["Rscript", "audit.R"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def differences(folder: Path) -> pd.DataFrame:
    apart = pd.read_csv(folder / "audit.csv").filter(like="_apart")
    return apart.rename(columns=lambda name: name.removesuffix("_apart"))


CLOSED = ["estimate", "se", "df", "deff", "n", "n_eff"]


@pytest.mark.heavy
def test_r_survey_reproduces_every_published_estimate_of_the_demo(tmp_path):
    study = build_demo(tmp_path / "study", seed=2026, interviews=3000)
    said = reproduce(study, tmp_path / "audit")
    apart = differences(tmp_path / "audit")
    assert f"{len(apart)} of {len(apart)} published estimates are reproduced" in said
    assert len(apart) > 150
    assert apart[CLOSED].max().max() < 1e-9
    assert apart[["lower", "upper"]].max().max() < 1e-6


@pytest.mark.heavy
def test_r_survey_reproduces_a_study_with_unknown_levels_and_shares_at_their_bounds(
    small, tmp_path
):
    reproduce(small, tmp_path)
    assert differences(tmp_path)[CLOSED].max().max() < 1e-9


RECIPE = [
    {"method": "nonresponse", "status": "refused", "classes": ["groups"],
     "codes": {"respondent": ["no"], "nonrespondent": ["yes"]}},
    {"method": "trim", "upper": 2.5, "relative_to": "mean"},
    {"method": "rake", "margins": ["sex"]},
]  # fmt: skip


@pytest.fixture(scope="module")
def adjusted(tmp_path_factory) -> Study:
    """A made-up study whose weights answer for refusals and are capped before they are raked."""
    settings = deepcopy(test_analyze.SETTINGS)
    settings["weighting"] = {"steps": RECIPE}
    data = test_analyze.answers()
    data["refused"] = np.where(np.arange(len(data)) % 9, "no", "yes")
    form = test_analyze.questionnaire()
    form["items"].append(
        test_analyze.item("refused", options=test_analyze.options(yes=None, no=None))
    )
    return test_analyze.founded(
        tmp_path_factory.mktemp("adjusted"), data=data, settings=settings, forms=(form,)
    )


def test_a_recipe_that_r_does_not_have_is_audited_from_its_final_weights(adjusted, tmp_path):
    write_audit(adjusted, tmp_path, today=TODAY)
    script = (tmp_path / "audit.R").read_text(encoding="utf-8")
    assert "weights = ~final_weight, data = data," in script
    assert 'compared <- c("estimate", "df", "n")' in script
    assert "errors are not." in script
    assert "calibrate(" not in script
    data = pd.read_csv(tmp_path / "data.csv")
    assert (data["final_weight"] == 0).sum() > 10
    inside = pd.read_csv(tmp_path / "estimates.csv", keep_default_na=False)["inside"]
    assert inside.str.startswith("final_weight > 0").all()


@pytest.mark.heavy
def test_r_survey_reproduces_the_estimates_of_a_recipe_that_it_does_not_have(adjusted, tmp_path):
    said = reproduce(adjusted, tmp_path)
    apart = differences(tmp_path)
    assert list(apart) == ["estimate", "df", "n"]
    assert apart.max().max() < 1e-9
    assert f"{len(apart)} of {len(apart)} published estimates" in said


@pytest.mark.heavy
def test_r_survey_reproduces_a_linear_calibration_and_a_design_without_psus(tmp_path):
    settings = deepcopy(test_analyze.SETTINGS)
    settings["weighting"] = {"steps": [{"method": "linear", "margins": ["sex"]}]}
    del settings["sample"]["psu"]
    study = test_analyze.founded(tmp_path, settings=settings)
    reproduce(study, tmp_path / "audit")
    assert differences(tmp_path / "audit")[CLOSED].max().max() < 1e-9


@pytest.mark.heavy
def test_r_survey_reproduces_a_study_of_real_answers_without_raking(shared, tmp_path):
    file = shared / "oracle_irt" / "data" / "sat12.csv"
    reproduce(test_analyze_sat12.founded(tmp_path, file), tmp_path / "audit")
    assert differences(tmp_path / "audit")[CLOSED].max().max() < 1e-9
