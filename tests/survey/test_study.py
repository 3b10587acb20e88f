"""Study folders: made from definitions, opened with every problem at once."""

import re
import shutil

import pytest
import yaml

from survey.errors import StudyError
from survey.founding import new_study
from survey.population.hanoi import SUBURBAN_LISTS, census_sex_margin
from survey.population.units import read_units
from survey.settings import Join, StudySettings
from survey.study import Study


def test_a_new_study_has_frozen_definitions_and_settings_in_two_languages(study):
    assert [path.name for path in sorted(study.folder.iterdir())] == [
        "administrative", "instruments", "population", "sample", "study.yaml",
    ]  # fmt: skip
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


def uncommented(text: str) -> dict:
    """The settings with every example taken for meant, each in place of what it is an example of."""
    lines = [line for line in text.splitlines() if " / " not in line or ": " in line]
    meant = re.sub(r"^( *)# (?= *(- )?[a-z_]+:( |$))", r"\1", "\n".join(lines), flags=re.MULTILINE)
    return yaml.load(meant, Loader=yaml.SafeLoader)  # of two equal keys the later one holds


def test_every_example_in_the_settings_fits_their_model_once_it_is_uncommented(study, tmp_path):
    from instruments.library import find

    plan = tmp_path / "plan.yaml"
    text = find("hanoi_1371").read_text(encoding="utf-8").replace("id: hanoi_1371", "id: own")
    plan.write_text(text, encoding="utf-8")
    form = str(next(tmp_path.glob("nhan_thuc.yaml")))
    other = new_study(tmp_path / "other", plan=str(plan), instruments=[form])
    residents = new_study(tmp_path / "residents")
    for one in (study, other, residents):
        settings = StudySettings.model_validate(
            uncommented((one.folder / "study.yaml").read_text(encoding="utf-8"))
        )
        assert settings.sample.key == Join(item="dia_ban/ma_diem", column="point")
        assert settings.variables["sex"].item == "ca_nhan/gioi_tinh"
        assert settings.population.residence is not None
        assert settings.population.margins[0].variables == ("sex",)
        areas = {area.area for area in settings.population.areas}
        assert areas == ({"suburban"} if one is other else {"suburban", "key"})


def test_a_study_of_residents_begins_with_what_is_published_of_hanoi(tmp_path):
    made = new_study(tmp_path / "s").settings
    units = read_units(tmp_path / "s" / made.population.units)
    assert units.equals(read_units())
    assert "Tổng cục Thống kê" in (tmp_path / "s/population/units.md").read_text(encoding="utf-8")
    assert made.population.areas == SUBURBAN_LISTS
    assert made.population.residence == Join(item="dia_ban/xa_cu", column="commune")
    assert [made.variables[name].item for name in ("sex", "age")] == [
        "ca_nhan/gioi_tinh", "ca_nhan/nam_sinh",
    ]  # fmt: skip
    assert made.variables["age"].bands == (18, 30, 45, 60)
    assert made.variables["group"].areas == ("key", "suburban")
    assert made.population.margins == (census_sex_margin(male="nam", female="nu"),)
    assert made.weighting.margins == ("sex",)
    assert set(made.population.wanted_margins) == {
        "group.settlement", "sex.age.district", "education", "official",
    }  # fmt: skip
    assert made.exposure == "tiep_can/hoat_dong"


def test_no_list_of_key_areas_is_guessed_but_the_settings_say_who_issues_it(tmp_path):
    new_study(tmp_path / "s")
    text = (tmp_path / "s/study.yaml").read_text(encoding="utf-8")
    given = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert not any("area: key" in line for line in given)
    assert "# Key areas are designated by the competent authority" in text
    assert "# Địa bàn trọng yếu do cơ quan có thẩm quyền xác định" in text


def test_another_questionnaire_under_the_plan_gets_the_communes_but_no_variables(study):
    population = study.settings.population
    assert population.units == "population/units.csv"
    assert population.areas == SUBURBAN_LISTS
    assert (population.residence, population.margins) == (None, ())
    assert (study.settings.variables, study.settings.exposure) == ({}, None)
