"""Each source's files as tables: which columns are what, what was joined, decoded or added."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from survey.errors import ImportRejected
from survey.importers.odk import recognise as recognise_odk
from survey.importers.readstat import Package, table_of
from survey.importers.redcap_dictionary import is_dictionary
from survey.importers.sources import SOURCES, parse_table
from survey.importers.table import Contents, Evidence, Override, Row, Table

CORPUS = Path(__file__).with_name("corpus")


def table(name: str | Path, **told) -> Table:
    path = name if isinstance(name, Path) else CORPUS / name
    return parse_table(path, told=Override(**told))


def cells(found: Table, row: Row) -> dict[str, str]:
    return dict(zip(found.headings, row.cells, strict=True))


def named(found: Table, heading: str) -> tuple[str, ...]:
    return found.columns.names[found.headings.index(heading)]


def system(found: Table) -> set[str]:
    return {found.headings[at] for at in found.columns.system}


def ids(found: Table) -> list[str]:
    return [found.headings[at] for at in found.columns.ids]


def refusal(name: str | Path, **told) -> str:
    with pytest.raises(ImportRejected) as refused:
        list(table(name, **told).lines())
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "kind", "records"),
    [
        ("odk.csv.zip", "odk", 2), ("limesurvey.csv", "limesurvey", 1),
        ("limesurvey_vv.txt", "limesurvey", 2), ("redcap.csv", "redcap", 2),
        ("surveyjs.json", "surveyjs", 2), ("surveyjs.jsonl", "surveyjs", 2),
        ("surveyjs_plain.json", "surveyjs", 1), ("google.csv", "google", 1),
        ("qualtrics.csv", "qualtrics", 1), ("qualtrics_old.csv", "qualtrics", 1),
        ("labelled.sav", "spss", 2), ("labelled.zsav", "spss", 2), ("ascii.por", "spss", 2),
        ("labelled.dta", "stata", 2), ("kobo.csv", "kobo", 1), ("plain.csv", "csv", 2),
    ],
)  # fmt: skip
def test_each_system_is_known_by_its_own_marks(name, kind, records):
    found = table(name)
    assert (found.kind, len(list(found.rows()))) == (kind, records)
    assert [row.number for row in found.rows()] == list(range(1, records + 1))
    assert kind in [source.KIND for source in SOURCES]


@pytest.mark.parametrize(
    ("name", "kind", "records"),
    [
        ("limesurvey_100001_R_data_file.csv", "limesurvey", 3), ("redcap_simple_data.csv", "redcap", 5),
        ("redcap_checkboxes1_data.csv", "redcap", 4), ("kobocat_childrens_survey.sav", "spss", 2),
        ("pyreadstat_sample.sav", "spss", 5), ("odk_collect_audit.csv", "csv", 5),
    ],
)  # fmt: skip
def test_files_that_other_programs_wrote_are_read(shared, name, kind, records):
    found = table(shared / "exports" / "real" / name)
    assert (found.kind, len(list(found.rows()))) == (kind, records)


def test_odk_joins_repeats_at_any_depth_in_the_order_of_their_keys():
    found = table("odk.csv.zip")
    first, second = found.rows()
    (steps,) = first.nested.values()
    assert [one.cells[0] for one in steps] == ["talk", "court"]
    (costs,) = steps[1].nested.values()
    assert [one.cells[0] for one in costs] == ["5"]
    assert second.nested == {}
    assert {repeat.names for repeat in found.repeats} == {("g/steps",), ("g/steps/cost",)}
    assert [repeat.parent for repeat in found.repeats] == [None, "f-steps.csv"]


def test_odk_columns_are_paths_and_a_place_is_one_answer():
    found = table("odk.csv.zip")
    assert named(found, "g-k2/a") == ("g/k2/a",)
    assert cells(found, next(iter(found.rows())))["loc"] == "21.02 105.84 0 5"
    assert {"loc-Latitude", "loc-Accuracy", "KEY", "SubmitterID"} <= system(found)
    assert ids(found)[0] == "KEY"
    assert found.headings[found.columns.versions[0]] == "FormVersion"


@pytest.mark.parametrize(
    ("name", "made"),
    [("odk.csv.zip", ["loc"]), ("limesurvey.csv", ["id-seed", "k2/other"]), ("redcap.csv", ["record-event"]),
     ("labelled.sav", [])],
)  # fmt: skip
def test_columns_that_the_file_does_not_have_are_told_apart(name, made):
    found = table(name)
    assert [found.headings[at] for at in sorted(found.columns.made)] == made


def test_an_instance_of_no_record_refuses_the_export_because_it_would_be_lost(tmp_path):
    path = tmp_path / "orphan.csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("f.csv", "SubmissionDate,k1,KEY,FormVersion\n2026-09-01,1,uuid:1,v1\n")
        archive.writestr("f-r.csv", "what,PARENT_KEY,KEY\na,uuid:9,uuid:9/r[1]\n")
    assert "f-r.csv: Line 2 belongs to 'uuid:9', which the export does not have." in refusal(path)


def test_a_file_with_a_column_called_key_alone_is_not_of_odk(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("KEY,k1\n1,2\n")
    assert table(path).kind == "csv"
    contents = Contents(path=path, container="text", sheets=table(path).contents.sheets)
    assert recognise_odk(contents) is None


def test_limesurvey_tells_options_arrays_and_what_was_written_for_other():
    found = table("limesurvey.csv")
    assert named(found, "k2[a]") == ("k2/a", "a")
    assert named(found, "grid[r1]") == ("grid/r1", "r1")
    assert named(found, "k1[other]") == ("k1_other",)
    row = cells(found, next(iter(found.rows())))
    assert (row["k1"], row["k1[other]"], row["k2/other"]) == ("other", "chợ", "1")
    assert "k1/other" not in row, "one answer of many, not an option of its own"


def test_limesurvey_responses_are_known_by_number_and_seed_and_timed():
    found = table("limesurvey.csv")
    assert ids(found) == ["id-seed"]
    assert cells(found, next(iter(found.rows())))["id-seed"] == "1-865239185"
    assert (named(found, "startdate"), named(found, "datestamp")) == (("start",), ("end",))
    assert {"lastpage", "seed", "startlanguage"} <= system(found)


def test_limesurvey_vv_is_decoded_and_its_texts_are_further_names():
    found = table("limesurvey_vv.txt")
    first, second = (cells(found, row) for row in found.rows())
    assert first["k1"] == 'a\tb\n"c"{'
    assert (second["k1"], second["k2[a]"], second["submitdate"]) == ("", "", "")
    assert named(found, "k1") == ("k1", "First question")


def test_limesurvey_headings_of_code_and_text_are_taken_apart(tmp_path):
    path = tmp_path / "both.csv"
    path.write_text('"id. Response ID","submitdate. Date submitted","lastpage. Last page",'
                    '"seed. Seed","k2[a]. Nguồn? [Ti vi]"\n1,,5,86,Y\n')  # fmt: skip
    found = table(path)
    assert found.kind == "limesurvey"
    assert named(found, "k2[a]. Nguồn? [Ti vi]") == ("k2/a", "a", "Nguồn?/Ti vi", "Ti vi")


@pytest.mark.parametrize(
    ("cell", "names"), [("Yes", ("Nguồn?/Khác", "Khác")), ("chợ", ("Nguồn?_other",))]
)
def test_limesurvey_other_by_its_text_is_an_option_where_it_is_ticked(tmp_path, cell, names):
    path = tmp_path / "texts.csv"
    path.write_text('"Response ID","Date submitted","Last page","Seed","Nguồn? [Loa]","Nguồn? [Khác]"\n'
                    f'1,,5,86,No,{cell}\n')  # fmt: skip
    found = table(path)
    assert named(found, "Nguồn? [Khác]") == names
    assert ("Nguồn?/other" in found.headings) == (cell == "chợ")


def test_redcap_instances_go_to_their_record_and_a_record_of_instances_alone_is_kept():
    found = table("redcap.csv")
    first, second = found.rows()
    assert [one.cells[8] for one in first.nested["laboratory"]] == ["RBC", "WBC"]
    assert [one.cells[8] for one in second.nested["laboratory"]] == ["Hct"]
    assert cells(found, second)["record-event"] == "2/visit_1_arm_1"
    assert "lab" in system(found)
    (repeat,) = found.repeats
    assert "lab" not in {repeat.headings[at] for at in repeat.columns.system}


def test_redcap_takes_labels_and_choices_from_the_dictionary_beside_it():
    found = table("redcap.csv")
    assert "redcap_dictionary.csv" in str(found.evidence.why)
    assert named(found, "src___1") == ("src/1", "src/Ti vi", "Nguồn/Ti vi")
    assert named(found, "src____9") == ("src/-9", "src/Không rõ", "Nguồn/Không rõ")
    assert named(found, "age") == ("Tuổi",)


def test_redcap_without_dictionary_and_with_labels(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("Record ID,Gender,Source (choice=TV),Complete?\n1,Male,Checked,Complete\n")
    found = table(path)
    assert (found.kind, named(found, "Source (choice=TV)")) == ("redcap", ("Source/TV",))
    assert named(found, "Gender") == ()


def test_a_dictionary_that_is_none_is_refused_and_one_is_known():
    words = refusal("redcap.csv", dictionary=CORPUS / "plain.csv")
    assert "plain.csv: This is no data dictionary of REDCap." in words
    assert is_dictionary(table("redcap_dictionary.csv").headings)
    assert not is_dictionary(table("plain.csv").headings)


@pytest.mark.parametrize("name", ["surveyjs.json", "surveyjs.jsonl"])
def test_surveyjs_opens_matrices_and_panels_and_keeps_file_names_alone(name):
    found = table(name)
    first, second = found.rows()
    row = cells(found, first)
    assert (row["id"], row["k2"], row["grid/r1"], row["photo"]) == ("u-1", "a b", "3", "a.jpg")
    assert [one.cells for one in first.nested["steps"]] == [("court", "0.5"), ("none", "")]
    assert cells(found, second)["agree"] == "true"
    assert named(found, "k1-Comment") == ("k1_other",)
    assert (ids(found), system(found)) == (["id"], {"id", "createdAt"})


def test_a_surveyjs_questionnaire_is_not_taken_for_answers():
    assert "This is a SurveyJS questionnaire, not its results." in refusal("surveyjs_form.json")


def test_google_grid_columns_are_known_by_their_row_and_quiz_columns_are_googles():
    found = table("google.csv")
    assert named(found, "Đồng ý? [Luật dễ hiểu]") == ("Đồng ý?/Luật dễ hiểu", "Luật dễ hiểu")
    assert named(found, "Dấu thời gian") == ("end",)
    assert system(found) == {"Giới tính [Điểm số]"}


def test_qualtrics_names_options_by_their_question_and_knows_99():
    found = table("qualtrics.csv")
    assert named(found, "k2_1") == (
        "Nguồn? - Selected Choice - Ti vi", "Nguồn?/Ti vi", "k2/Ti vi", "Ti vi",
    )  # fmt: skip
    assert named(found, "k2_1_TEXT") == ("k2_other",)
    assert found.columns.missing[found.headings.index("k1")] == {"-99"}
    assert (ids(found), [row.line for row in found.rows()]) == (["ResponseId"], [4])
    old = table("qualtrics_old.csv")
    assert (ids(old), named(old, "Q1")) == (["ResponseID"], ("Giới tính?",))


def test_spss_gives_labels_missing_values_and_dates():
    found = table("labelled.sav")
    sex = found.headings.index("sex")
    assert found.columns.labels[sex] == {"1": "Nam", "2": "Nữ", "99": "Không trả lời"}
    assert found.columns.missing[sex] == {"99"}
    assert [cells(found, row)["day"] for row in found.rows()] == ["2026-06-09", "1583-01-01"]
    assert named(found, "src_tv") == ("Nguồn?: Ti vi", "Nguồn?/Ti vi")
    assert ids(found) == ["uuid"]


def test_a_date_beyond_the_calendar_is_a_value_that_no_date_question_takes():
    found = table("far_date.sav")
    assert [row.cells for row in found.rows()] == [("#1e+18",), ("2026-06-09",)]


def test_unlabelled_values_in_a_missing_range_are_no_answers(tmp_path):
    path = tmp_path / "range.sav"
    frame = pd.DataFrame({"k": [1.0, 97.0, 99.0], "s": ["a", "b", "-"]})
    pyreadstat.write_sav(frame, path, variable_value_labels={"k": {1: "Có", 99: "Từ chối"}},
                         missing_ranges={"k": [{"lo": 90, "hi": 99}], "s": ["-"]})  # fmt: skip
    found = table(path)
    assert [row.cells[0] for row in found.rows()] == ["1", "", "99"]
    assert dict(found.columns.missing) == {0: frozenset({"99"}), 1: frozenset({"-"})}


class Meta:
    """What pyreadstat tells of a file with multiple-response sets, which it cannot write."""

    column_names = ("t1", "t2", "c1", "c2")
    column_labels = ("Ti vi", "Loa", "Thứ nhất", "Thứ hai")
    variable_value_labels: Mapping[str, object] = {"c1": {1.0: "A, b", 2.0: "C"},
                                                   "c2": {1.0: "A, b", 2.0: "C"}}  # fmt: skip
    original_variable_types: Mapping[str, str] = {}
    readstat_variable_types: Mapping[str, str] = {}
    mr_sets: Mapping[str, object] = {
        "$nguon": {"type": "D", "is_dichotomy": True, "label": "Nguồn?", "variable_list": ["t1", "t2"]},
        "$hai": {"type": "C", "is_dichotomy": False, "label": "Hai điều?", "variable_list": ["c1", "c2"]},
    }  # fmt: skip


def test_multiple_response_sets_become_options_or_one_answer():
    def read(_path, **_how):
        return {"t1": [1.0], "t2": [0.0], "c1": [2.0], "c2": [1.0]}, Meta

    contents = Contents(path=Path("sets.sav"), container="spss")
    found = table_of(contents, package=Package(kind="spss", read=read, moment=lambda *_: None),
                     told=Override(), evidence=Evidence(score=1, why=table("labelled.sav").evidence.why))  # fmt: skip
    assert named(found, "t1") == ("Ti vi", "nguon/Ti vi", "Nguồn?/Ti vi")
    assert (named(found, "hai"), system(found)) == (("Hai điều?",), {"c1", "c2"})
    assert [cells(found, row)["hai"] for row in found.rows()] == ["C; A, b"]


def test_stata_letters_are_missing_values(tmp_path):
    path = tmp_path / "letters.dta"
    frame = pd.DataFrame({"k": [1, "a", "b"]}, dtype=object)
    pyreadstat.write_dta(frame, path, missing_user_values={"k": ["a", "b"]},
                         variable_value_labels={"k": {1: "Có", "a": "Từ chối"}})  # fmt: skip
    found = table(path)
    assert [row.cells[0] for row in found.rows()] == ["1", "a", ""]
    assert found.columns.missing[0] == {"a"}


def test_a_damaged_statistics_file_is_refused_in_words(tmp_path):
    path = tmp_path / "half.sav"
    path.write_bytes((CORPUS / "labelled.sav").read_bytes()[:300])
    assert "half.sav: The file is damaged and cannot be opened" in refusal(path)


def test_a_locked_archive_is_said_to_be_locked():
    assert "The archive is protected by a password." in refusal("encrypted.csv.zip")


def test_media_files_are_left_packed_however_many(tmp_path):
    path = tmp_path / "media.csv.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("f.csv", "k1,k2\n1,2\n")
        for number in range(3_000):
            archive.writestr(f"media/{number}.jpg", b"x")
    assert len(list(table(path).rows())) == 1
