"""Repeats inside repeats and "other" with its text: one survey in three of KoboToolbox's formats."""

import csv
import json

import pytest
import xlsxwriter

from survey.digest import digest
from survey.founding import new_study
from survey.imports import import_files
from survey.store import Store

FORM = """
kind: instrument
id: f
version: "1"
title: {vi: "Phiếu"}
languages: [vi]
items:
  - {id: a, type: single, or_other: true, label: {vi: "Ai?"},
     options: [{code: x, label: {vi: "Anh"}}]}
  - {id: m, type: multiple, or_other: true, label: {vi: "Gì?"},
     options: [{code: x, label: {vi: "Xe"}}, {code: y, label: {vi: "Nhà"}}]}
  - id: ho
    repeat: true
    label: {vi: "Hộ"}
    items:
      - {id: ten, type: text, label: {vi: "Tên"}}
      - id: con
        repeat: true
        label: {vi: "Con"}
        items: [{id: tuoi, type: integer, label: {vi: "Tuổi"}}]
"""
SYSTEM = ["_id", "_uuid", "_submission_time", "__version__", "_index"]
ANSWERS = [
    {"a": "other", "a_other": "bà", "m": "x other", "m_other": "đò",
     "ho": [{"ho/ten": "A"},
            {"ho/ten": "B", "ho/con": [{"ho/con/tuoi": "5"}, {"ho/con/tuoi": "7"}]}]},
    {"a": "x", "m": "y", "ho": [{"ho/ten": "C", "ho/con": [{"ho/con/tuoi": "9"}]}]},
]  # fmt: skip


def as_json(path):
    records = [{**answers, "_id": number, "_uuid": f"u{number}", "_submission_time": "2026-09-01",
                "__version__": "1"} for number, answers in enumerate(ANSWERS, start=1)]  # fmt: skip
    path.write_text(json.dumps({"count": 2, "next": None, "previous": None, "results": records}),
                    encoding="utf-8")  # fmt: skip


def as_sheets(path):
    with xlsxwriter.Workbook(path) as book:
        main, homes, children = (book.add_worksheet(name) for name in ("F", "Hộ", "con"))
        for sheet, lines in (
            (main, [
                ["Ai?", "Specify other.", "Gì?", "Gì?/Xe", "Gì?/Nhà", "Gì?/Other",
                 "Specify other.", *SYSTEM],
                ["Other", "bà", "Xe Other", 1, 0, 1, "đò", 1, "u1", "2026-09-01", "1", 1],
                ["Anh", "", "Nhà", 0, 1, 0, "", 2, "u2", "2026-09-01", "1", 2],
            ]),
            (homes, [["Tên", "_index", "_parent_table_name", "_parent_index"],
                     ["A", 1, "F", 1], ["B", 2, "F", 1], ["C", 3, "F", 2]]),
            (children, [["Tuổi", "_index", "_parent_table_name", "_parent_index"],
                        [5, 1, "Hộ", 2], [7, 2, "Hộ", 2], [9, 3, "Hộ", 3]]),
        ):  # fmt: skip
            for at, line in enumerate(lines):
                sheet.write_row(at, 0, line)


def as_columns(path):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["a", "a_other", "m", "m/x", "m/y", "m/other", "m_other", "ho[1]/ten",
                         "ho[2]/ten", "ho[1]/con[1]/tuoi", "ho[2]/con[1]/tuoi",
                         "ho[2]/con[2]/tuoi", *SYSTEM[:-1]])  # fmt: skip
        writer.writerow(["other", "bà", "x other", 1, 0, 1, "đò", "A", "B", "n/a", 5, 7, 1, "u1",
                         "t", "1"])  # fmt: skip
        writer.writerow(["x", "n/a", "y", 0, 1, 0, "n/a", "C", "n/a", 9, "n/a", "n/a", 2, "u2",
                         "t", "1"])  # fmt: skip


@pytest.fixture
def make(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_text(FORM, encoding="utf-8")
    return lambda name: new_study(tmp_path / name, instruments=[str(path)])


def test_three_formats_give_the_same_records(tmp_path, make, now):
    digests = set()
    for write, name in ((as_json, "k.json"), (as_sheets, "k.xlsx"), (as_columns, "k.csv")):
        write(tmp_path / name)
        study = make(f"study of {name}")
        (report,) = import_files(study, [tmp_path / name], now=now)
        assert (report.kind, report.accepted, report.quarantined) == ("kobo", 2, 0), name
        with Store.open(study.store_path) as store:
            assert [record.answers for record in store.accepted()] == ANSWERS, name
        digests.add(digest(study))
    assert len(digests) == 1
