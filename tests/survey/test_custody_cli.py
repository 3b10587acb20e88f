"""The commands that put right, verify and delete, as they are typed."""

import json

import openpyxl
import pytest
from click.testing import CliRunner

from reports.cli import main
from survey.imports import import_files
from survey.snapshot import freeze

UUID = "00000000-0000-4000-8000-{:012}".format


@pytest.fixture
def filled(study, kobo, respond, now):
    import_files(study, [kobo([respond(1), respond(2, k1="")])], now=now)
    return study


@pytest.fixture
def run(filled):
    def call(command, *arguments, exit_code=0):
        words = [command, str(filled.folder), *map(str, arguments), "--format", "json",
                 "--language", "en"]  # fmt: skip
        answer = CliRunner().invoke(main, words)
        assert answer.exit_code == exit_code, answer.output
        return json.loads(answer.stdout) if answer.stdout else answer.stderr

    return call


def test_quarantine_is_written_and_its_workbook_imported(run, tmp_path):
    path = tmp_path / "q.xlsx"
    assert run("quarantine", "-o", path) == {"file": str(path), "rows": 1}
    book = openpyxl.load_workbook(path)
    headings = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(2, headings.index("kien_thuc/k1") + 1, "dung")
    book.save(path)
    (report,) = run("import", path, "--yes")
    assert (report["kind"], report["accepted"], report["batch"]) == ("excel", 1, "2")


def test_an_answer_is_corrected_shown_and_undone(run):
    made = run("correct", UUID(1), "kien_thuc/k1", "dung", "--why", "nghe lại", "--by", "lan")
    assert made == {"batch": "2",
                    "changes": [{"place": "kien_thuc/k1", "old": "sai", "new": "dung"}]}  # fmt: skip
    (change,) = run("history", UUID(1))
    assert (change["old"], change["who"], change["why"], change["undone"]) == (
        "sai", "lan", "nghe lại", False,
    )  # fmt: skip
    assert run("undo", "2") == {"batch": "2", "rows": 1}
    (change,) = run("history", UUID(1))
    assert change["undone"]


def test_many_corrections_come_from_a_table(run, as_csv):
    good = as_csv([["record", "place", "value", "why"], [UUID(1), "thai_do/a1", "5", "ghi nhầm"]])
    assert run("correct", "--file", good)["changes"] == [
        {"place": "thai_do/a1", "old": "2", "new": "5"}
    ]
    bad = as_csv([["record", "value"], [UUID(1), "5"]], name="bad.csv")
    assert run("correct", "--file", bad, exit_code=1) == (
        "bad.csv: It has no column 'place', 'why'. Name the columns record, place, value, why.\n"
    )


def test_the_journal_is_read_and_verified_against_a_printed_head(run):
    assert [one["event"] for one in run("journal")] == ["opened", "sealed"]
    found = run("journal", "--verify")
    assert (found["entries"], found["faults"]) == (2, [])
    assert run("journal", "--head", found["head"][:12])["faults"] == []
    assert len(run("journal", "--head", "f" * 12, exit_code=1)["faults"]) == 1


def test_snapshots_receipts_and_forgetting(run, filled, tmp_path):
    snapshot = freeze(filled)
    (one,) = run("snapshots")
    assert (one["hash"], one["batches"], one["undone"], one["kept"]) == (
        snapshot.hash, [1], [], True,
    )  # fmt: skip
    path = tmp_path / "codes.csv"
    assert run("receipts", "-o", path)["receipts"] == 1
    code = path.read_text(encoding="utf-8").splitlines()[1].rpartition(",")[2]
    gone = run("forget", code)
    assert (gone["rows"], len(gone["originals"]), gone["snapshots"]) == (1, 1, [snapshot.hash])
    assert run("snapshots")[0]["kept"] is False


def test_retention_without_a_time_is_refused_in_words(run):
    told = run("retention", exit_code=1)
    assert told.startswith("study.yaml: No time is set after which contact data are deleted.")
