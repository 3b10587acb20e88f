"""Very many problems of one rule: a report counts them, and the quarantine holds every row."""

import csv

import openpyxl
import pytest

from survey import import_report
from survey.founding import new_study
from survey.imports import check_files, import_files, undo_batch
from survey.quarantine import count, listed
from survey.quarantine_book import write_quarantine
from survey.store import Store

FORM = """
kind: instrument
id: f
version: "1"
title: {vi: "Phiếu"}
languages: [vi]
items:
  - {id: k1, type: single, required: true, label: {vi: "Câu 1"},
     options: [{code: a, label: {vi: "Đúng"}}, {code: b, label: {vi: "Sai"}}]}
"""


@pytest.mark.parametrize(
    ("rows", "most"),
    [(60, 20), pytest.param(50_100, import_report.LISTED, marks=pytest.mark.heavy)],
)
def test_problems_that_are_only_counted_are_all_in_quarantine(
    tmp_path, monkeypatch, now, rows, most
):
    monkeypatch.setattr(import_report, "LISTED", most)
    form, path = tmp_path / "f.yaml", tmp_path / "f.csv"
    form.write_text(FORM, encoding="utf-8")
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["_uuid", "k1"], *([f"u{at}", "z"] for at in range(rows))])
    study = new_study(tmp_path / "study", instruments=[str(form)])
    for run in (check_files, import_files):
        (report,) = run(study, [path], now=now)
        assert (report.quarantined, len(report.faults)) == (rows, most)
        assert [one.note.message.text() for one in report.notes] == [
            f"{rows - most} more problems of the rule 'unknown_choice' are not listed; all of them "
            "are in quarantine."
        ]
    with Store.open(study.store_path) as store:
        kept = listed(store, limit=None)
        assert count(store) == rows
    assert [(one.row, one.uuid, one.given["k1"], one.problems[0].rule) for one in kept] == [
        (at + 1, f"u{at}", "z", "unknown_choice") for at in range(rows)
    ]
    assert write_quarantine(study, tmp_path / "q.xlsx") == rows
    book = openpyxl.load_workbook(tmp_path / "q.xlsx", read_only=True)
    assert sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) == rows + 1
    assert undo_batch(study, "1", now=now) == rows
