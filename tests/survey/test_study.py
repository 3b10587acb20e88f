"""Study folders: made from definitions, opened with every problem at once."""

import shutil

import pytest
import yaml

from survey.errors import StudyError
from survey.founding import new_study
from survey.study import Study


def test_a_new_study_has_frozen_definitions_and_settings_in_two_languages(study):
    assert [path.name for path in sorted(study.folder.iterdir())] == ["instruments", "study.yaml"]
    assert [one.id for one in study.instruments] == ["nhan_thuc"]
    assert study.plan.id == "hanoi_1371"
    assert study.settings.title == {"vi": "Nhận thức pháp luật"}
    assert not study.settings.simulated
    text = (study.folder / "study.yaml").read_text(encoding="utf-8")
    assert "# Phiên bản" in text or "Phiên bản cũ đứng trước" in text
    assert "Oldest version first" in text


def test_a_study_of_the_shipped_plan_brings_its_questionnaire_and_population(tmp_path):
    study = new_study(tmp_path / "Khảo sát 2026")
    assert study.settings.id == "khao_sat_2026"
    assert [one.id for one in study.instruments] == ["residents"]
    assert study.settings.population.age_from == 18
    assert study.versions_of("residents") == study.instruments


def test_every_problem_of_a_new_study_is_told_at_once(tmp_path, form_file):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    form_file.write_text("kind: instrument\nid: x\n", encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        new_study(tmp_path / "full", plan="hanoi_1372", instruments=[str(form_file), "resident"])
    text = str(refused.value)
    assert "There is something in this place already. Name a new or an empty folder." in text
    assert (
        "neither a file nor a shipped definition 'hanoi_1372'. Did you mean 'hanoi_1371'?" in text
    )
    assert "'version' is missing" in text
    assert "Did you mean 'residents'?" in text
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["file"]


def test_a_plan_of_ones_own_needs_an_instrument(tmp_path):
    from instruments.library import find

    with pytest.raises(StudyError, match=r"No instrument is given\. Name one"):
        new_study(tmp_path / "s", plan=str(find("hanoi_1371")))


def test_a_folder_without_settings_is_no_study(tmp_path):
    with pytest.raises(
        StudyError, match=r"it has no study\.yaml\. Make a study with 'hieuluat new"
    ):
        Study.open(tmp_path)


def test_settings_that_do_not_hold_are_told_with_their_line(study):
    path = study.folder / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("language: vi", "language: fr\nwave_: x")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        Study.open(study.folder)
    assert [problem.where for problem in refused.value.problems] == [
        "study.yaml, line 12, language", "study.yaml, line 13, wave_",
    ]  # fmt: skip


def test_a_frozen_copy_that_was_changed_is_refused(study):
    (copy,) = (study.folder / "instruments").glob("nhan_thuc-*.json")
    copy.write_text(copy.read_text(encoding="utf-8").replace("Giới tính", "Giới"), encoding="utf-8")
    with pytest.raises(StudyError, match="The frozen copy was changed after it was frozen"):
        Study.open(study.folder)


def test_a_missing_frozen_copy_is_named(study):
    (copy,) = (study.folder / "instruments").glob("nhan_thuc-*.json")
    copy.unlink()
    with pytest.raises(StudyError, match=copy.name):
        Study.open(study.folder)


def test_the_same_version_twice_is_refused(tmp_path, form_file):
    other = tmp_path / "other.yaml"
    shutil.copy(form_file, other)
    text = other.read_text(encoding="utf-8").replace("Giới tính", "Giới")
    other.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="Version '1' of 'nhan_thuc' stands twice"):
        new_study(tmp_path / "s", instruments=[str(form_file), str(other)])
    assert not (tmp_path / "s").exists()


def test_examples_in_the_settings_are_valid_once_uncommented(study):
    """Each commented example of study.yaml is YAML of the model's own shape."""
    from survey.settings import Join, Population, SampleDesign, Variable

    lines = (study.folder / "study.yaml").read_text(encoding="utf-8").splitlines()
    sample = yaml.safe_load("\n".join(
        line[2:] for line in lines[lines.index("# sample:") + 1 :][:6]
    ))  # fmt: skip
    assert SampleDesign.model_validate(sample).key == Join(item="dia_ban/ma_diem", column="point")
    variables = yaml.safe_load("\n".join(
        line[2:] for line in lines[lines.index("# variables:") + 1 :][:2]
    ))  # fmt: skip
    assert {Variable.model_validate(one).item for one in variables.values()} == {
        "ca_nhan/gioi_tinh", "ca_nhan/nam_sinh",
    }  # fmt: skip
    begin = lines.index("population:")
    population = yaml.safe_load("\n".join(
        line.replace("  # ", "  ", 1) for line in lines[begin + 1 : lines.index("variables: {}")]
        if line.startswith("  ")
    ))  # fmt: skip
    loaded = Population.model_validate(population)
    assert (loaded.areas[0].area, loaded.margins[0].variables) == ("suburban", ("sex",))
