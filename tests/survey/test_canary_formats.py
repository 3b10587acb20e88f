"""Names and phone numbers planted in files of every container: nothing that is kept shows them."""

import csv
import json
import logging
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import xlsxwriter

from survey.contact_key import key_place, read_key
from survey.contacts import Vault
from survey.export import export
from survey.founding import new_study
from survey.imports import Reading, check_files, import_files, undo_batch
from survey.originals import give_out
from survey.readings import HANOI
from survey.snapshot import freeze
from survey.study import Study

FORM = """
kind: instrument
id: canary
version: "1"
title: {vi: Phiếu thử, en: Test}
languages: [vi, en]
default_language: vi
choice_lists:
  tf: [{code: a, label: {vi: Đúng, en: "True"}}, {code: b, label: {vi: Sai, en: "False"}}]
items:
  - {id: ho_ten, type: text, contact: true, label: {vi: Họ và tên, en: Name}}
  - {id: dien_thoai, type: text, contact: true, label: {vi: Điện thoại, en: Phone}}
  - {id: k1, type: single, choices: tf, required: true, label: {vi: Câu hỏi một, en: Question one}}
"""
CANARIES = 200
pytestmark = pytest.mark.heavy
HEADINGS = ["ho_ten", "dien_thoai", "k1", "so_can_cuoc"]
LEFT_OUT = Reading(mapping={"so_can_cuoc": None})


def now() -> datetime:
    return datetime(2026, 11, 24, tzinfo=HANOI)


def rows() -> list[list[str]]:
    """Every other row has a fault, so that as many canaries come to the quarantine as are accepted."""
    return [[f"Chim Hoàng Yến {number:04}", f"0912{number:06}", "a" if number % 2 else "zz",
             f"00109{number:07}"] for number in range(CANARIES)]  # fmt: skip


def marks() -> list[str]:
    return [mark for row in rows() for mark in (row[0].removeprefix("Chim "), row[1], row[3])]


def _csv(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADINGS, *rows()])


def _xlsx(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([HEADINGS, *rows()]):
            sheet.write_row(at, 0, row)


def _json(path: Path) -> None:
    records = [{"id": f"u-{at}", "data": dict(zip(HEADINGS, row, strict=True))}
               for at, row in enumerate(rows())]  # fmt: skip
    path.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")


def _sav(path: Path) -> None:
    pyreadstat.write_sav(pd.DataFrame(rows(), columns=HEADINGS), path)


WRITERS = {"csv": _csv, "xlsx": _xlsx, "json": _json, "sav": _sav}


@pytest.fixture
def study(tmp_path) -> Study:
    form = tmp_path / "canary.yaml"
    form.write_text(FORM, encoding="utf-8")
    return new_study(tmp_path / "study", instruments=[str(form)])


def found_in(folder: Path) -> dict[str, list[str]]:
    """By file, the marks in it, as text of any encoding that we write."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            hits = [mark for mark in marks() if mark.encode() in content
                    or mark.encode("utf-16-le") in content]  # fmt: skip
            if hits:
                found[path.name] = hits[:3]
    return found


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_canaries_are_sealed_in_the_original_and_in_the_contact_file(
    study, tmp_path, monkeypatch, caplog, capfd, ending
):
    caplog.set_level(logging.DEBUG)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    source = tmp_path / f"canaries.{ending}"
    WRITERS[ending](source)
    check_files(study, [source], now=now, reading=LEFT_OUT)
    (report,) = import_files(study, [source], now=now, reading=LEFT_OUT)
    assert (report.accepted, report.quarantined) == (CANARIES // 2, CANARIES // 2)
    out = tmp_path / "out"
    out.mkdir()
    export(study, out / "answers.csv")
    freeze(study)
    (out / "report.json").write_text(
        json.dumps(report.as_json("vi"), default=str, ensure_ascii=False)
    )
    assert list((study.folder / "inbox").iterdir()), "the original is kept"
    assert found_in(study.folder) == {}
    assert found_in(out) == {}
    assert list(scratch.iterdir()) == []
    said = caplog.text + "".join(capfd.readouterr())
    assert not [mark for mark in marks() if mark in said]


def test_contact_data_are_kept_with_accepted_rows_and_go_with_their_batch(study, tmp_path):
    source = tmp_path / "canaries.csv"
    _csv(source)
    (report,) = import_files(study, [source], now=now, reading=LEFT_OUT)
    key = read_key(key_place(study))
    kept = Vault(study).opened(key).contacts
    assert len(kept) == CANARIES
    (original,) = (study.folder / "inbox").iterdir()
    give_out(original, tmp_path / "out" / "original", key=key)
    assert found_in(tmp_path / "out"), "the search finds what is there"
    undo_batch(study, str(report.batch), now=now)
    assert Vault(study).opened(key).contacts == {}


def test_a_refusal_of_columns_names_headings_and_no_cell(study, tmp_path, capfd):
    source = tmp_path / "canaries.csv"
    _csv(source)
    with pytest.raises(Exception, match="so_can_cuoc") as refused:
        import_files(study, [source], now=now)
    assert not [mark for mark in marks() if mark in str(refused.value)]
