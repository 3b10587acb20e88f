"""A study's own items in one command: its weights, its design, its groups and its options."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from analysis.errors import AnalysisError
from analysis.items.of_study import write_study_specs
from analysis.measured import measure
from reports.cli import main
from tests.analysis.test_analyze import KNOWLEDGE, TODAY, founded, questionnaire
from tests.analysis.test_study_awareness import knowing


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    form = questionnaire() | {"mode": "sex"}
    return founded(tmp_path_factory.mktemp("items"), data=knowing(), forms=(form,))


def run(study, folder, *more: str):
    return CliRunner().invoke(main, ["items", str(study.folder), "--today", TODAY.isoformat(), *more,
                                     *(["--report", str(folder)] if folder else [])])  # fmt: skip


def test_one_command_analyses_the_items_of_every_dimension_with_weights_and_design(study, tmp_path):
    found = run(study, tmp_path / "out", "--format", "json")
    assert found.exit_code == 0, found.output
    knowledge, disposition = json.loads(found.output)
    kinds = [one["kind"] for one in knowledge["analyses"]]
    assert kinds[:4] == ["classical", "irt", "fit", "distractors"]
    assert {one["id"] for one in knowledge["analyses"] if one["kind"] == "dif"} >= {
        "sex: m", "mode: m"
    }  # fmt: skip
    assert not [one for one in knowledge["analyses"] if "error" in one]
    assert disposition["analyses"][1]["kind"] == "irt"
    for name in ("knowledge", "disposition"):
        assert (tmp_path / "out" / name / "items.html").is_file()
    spec = yaml.safe_load((tmp_path / "out" / "knowledge.yaml").read_text())
    assert spec["design"] == {"weights": "weight", "strata": ["stratum1"], "psu": ["psu1"]}


def test_a_question_s_share_of_right_answers_is_that_of_the_study(study, tmp_path):
    made = measure(study, today=TODAY)
    path = write_study_specs(made, tmp_path)["knowledge"]
    found = CliRunner().invoke(main, ["items", str(path), "--format", "json"])
    (classical, *_), sample = json.loads(found.output)["analyses"], made.people.sample
    for one in classical["items"]:
        credit = made.scores.credit[one["item"]].to_numpy()
        known = ~np.isnan(credit) & sample.kept
        assert one["p"] == pytest.approx(np.average(credit[known], weights=sample.weights[known]))
    written = pd.read_csv(tmp_path / "answers.csv", dtype=str)
    assert set(KNOWLEDGE) <= set(written)


def test_without_a_folder_the_command_says_that_it_needs_one(study):
    found = run(study, None, "--language", "en")
    assert found.exit_code == 2
    assert "give --report" in found.output


def test_a_study_without_scales_is_refused(tmp_path):
    form = questionnaire()
    for one in form["items"]:
        one.pop("dimension", None)
    plain = founded(tmp_path, data=knowing(240), forms=(form,))
    with pytest.raises(AnalysisError, match="no dimension has 3 items that tell people apart"):
        write_study_specs(measure(plain, today=TODAY), tmp_path / "out")
