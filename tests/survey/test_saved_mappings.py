"""What was settled once serves the next file of the same source."""

import csv

import pytest

from survey.digest import digest
from survey.errors import ImportRejected
from survey.imports import Reading, check_files, import_files
from survey.mapping import ColumnsUnsettled

HEADINGS = ["Mã số", "Câu 1", "Giới", "Sinh năm"]
PLACES = {"Mã số": "_uuid", "Câu 1": "kien_thuc/k1", "Giới": "ca_nhan/gioi_tinh",
          "Sinh năm": "ca_nhan/nam_sinh", "Ghi chú": None}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def write(name, *rows, headings=HEADINGS):
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([headings, *rows])
        return path

    return write


def test_the_next_file_of_a_source_needs_no_settling(study, file, now):
    first = file("a.csv", ["1", "dung", "nam", "1980"])
    mapping = {name: PLACES[name] for name in HEADINGS}
    import_files(study, [first], now=now, reading=Reading(mapping=mapping))
    (report,) = import_files(study, [file("b.csv", ["2", "sai", "nu", "1990"])], now=now)
    assert report.accepted == 1


def test_a_column_that_is_new_is_settled_beside_those_that_are_known(study, file, now):
    mapping = {name: PLACES[name] for name in HEADINGS}
    import_files(study, [file("a.csv", ["1", "dung", "nam", "1980"])], now=now,
                 reading=Reading(mapping=mapping))  # fmt: skip
    wider = file("b.csv", ["2", "sai", "nu", "1990", "x"], headings=[*HEADINGS, "Ghi chú"])
    with pytest.raises(ColumnsUnsettled) as refused:
        check_files(study, [wider], now=now)
    assert [(one.name, one.settled) for one in refused.value.columns if not one.settled] == [
        ("Ghi chú", False)
    ]
    (report,) = check_files(study, [wider], now=now, reading=Reading(mapping={"Ghi chú": None}))
    assert report.accepted == 1


def test_a_check_run_keeps_nothing(study, file, now):
    mapping = {name: PLACES[name] for name in HEADINGS}
    path = file("a.csv", ["1", "dung", "nam", "1980"])
    before = digest(study)
    check_files(study, [path], now=now, reading=Reading(mapping=mapping))
    with pytest.raises(ImportRejected, match="Columns are unsettled: 4"):
        check_files(study, [path], now=now)
    assert digest(study) == before
    assert not (study.folder / "mappings").exists()
