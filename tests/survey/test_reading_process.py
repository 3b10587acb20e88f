"""Files are read in a process of its own: what it may use, what it says, and what it leaves."""

import csv
import json
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import xlsxwriter

from instruments.guarded import Budget, ReaderStopped, lines_of
from survey.errors import ImportRejected
from survey.importers import recognise
from survey.importers.recognise import read_table
from survey.importers.sources import parse_table
from survey.importers.table import Override

CORPUS = Path(__file__).with_name("corpus")
MIB = 1024 * 1024


def refusal(path: Path, **how) -> str:
    with pytest.raises(ImportRejected) as refused:
        list(read_table(path, **how).rows())
    return str(refused.value)


def children() -> set[str]:
    """Processes that this one has started and not yet taken leave of."""
    return {pid for task in Path("/proc/self/task").iterdir()
            for pid in (task / "children").read_text().split()}  # fmt: skip


BEFORE: set[str] = set()
"""What other tests have left running (a database, a browser)."""


@pytest.fixture(autouse=True)
def _children_of_others() -> None:
    BEFORE.clear()
    BEFORE.update(children())


def no_child_is_left() -> bool:
    return children() <= BEFORE


def answer_of(program: str, *, memory: int = 512 * MIB, seconds: int = 5) -> object:
    """The last line that a reading program with this body prints."""
    source = (
        f"from instruments.guarded import answer\n\ndef parts():\n    {program}\n\nanswer(parts)"
    )
    command = [sys.executable, "-I", "-B", "-c", source, str(memory), str(seconds)]
    done = subprocess.run(command, capture_output=True, check=False)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def large(tmp_path) -> Path:
    path = tmp_path / "large.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["k1", "k2", "k3"])
        writer.writerows([str(number), "Không biết", "có"] for number in range(60_000))
    return path


def told(**given) -> str:
    return json.dumps(
        {"kind": None, "encoding": None, "delimiter": None, "dictionary": None} | given
    )


@pytest.mark.parametrize(
    "name",
    ["odk.csv.zip", "redcap.csv", "surveyjs.json", "labelled.sav", "sheet.xlsx", "utf16.txt"],
)
def test_a_table_arrives_as_it_was_read(name):
    sent, own = read_table(CORPUS / name), parse_table(CORPUS / name, told=Override())
    for part in ("kind", "evidence", "headings", "columns", "repeats", "sheet", "unread"):
        assert getattr(sent, part) == getattr(own, part), part
    assert list(sent.lines()) == list(own.lines())
    assert list(sent.lines()) == list(own.lines()), "rows can be gone through again"
    for part in ("name", "container", "encoding", "delimiter"):
        assert getattr(sent.contents, part) == getattr(own.contents, part), part


def test_a_person_is_believed_across_the_process(tmp_path):
    path = tmp_path / "redcap.csv"
    path.write_bytes((CORPUS / "redcap.csv").read_bytes())
    assert read_table(path, kind="csv").kind == "csv"
    assert "The file cannot be read as 'kobbo'." in refusal(path, kind="kobbo")
    found = read_table(path, dictionary=CORPUS / "redcap_dictionary.csv")
    assert "Its dictionary is redcap_dictionary.csv." in str(found.evidence.why)
    assert "Từ điển dữ liệu là redcap_dictionary.csv." in found.evidence.why.text("vi")


def test_refusals_arrive_in_both_languages():
    with pytest.raises(ImportRejected) as refused:
        read_table(CORPUS / "password.xlsx")
    assert "The workbook is protected by a password." in refused.value.text("en")
    assert "Tệp Excel được đặt mật khẩu." in refused.value.text("vi")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nul.csv", "Line 2 holds a NUL character"), ("nul.json", "Line 1 holds a NUL character"),
        ("half.json", "Line 1 holds half a character"), ("deep.json", "nested too deeply"),
        ("number.json", "The JSON file is damaged"), ("html.xls", "This is a web page ('Đăng nhập')"),
        ("entity.xlsx", "declares XML entities"), ("dimension.xlsx", "reaches to row 1048576"),
        ("truncated.xlsx", "is damaged"), ("traversal.csv.zip", "names files outside itself"),
        ("unclosed.csv", "a quotation mark that does not close"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_in_words_and_soon(name, words):
    begun = time.monotonic()
    assert words in refusal(CORPUS / name)
    assert time.monotonic() - begun < 10
    assert no_child_is_left()


def test_directions_hidden_in_a_text_stay_in_it():
    first, second = read_table(CORPUS / "bidi.csv").rows()
    assert (first.cells[1], second.cells[1]) == ("\u202ecba\u2066", "a\u200bb")


def test_reading_stops_at_its_processor_time(large):
    budget = Budget(seconds=1, patience=30)
    big = large.with_name("big.csv")
    with big.open("wb") as stream:
        for _ in range(40):
            stream.write(large.read_bytes())
    with pytest.raises(ReaderStopped, match="takes longer than a file of this size may"):
        list(lines_of("survey.importers.child", str(big), told(), budget=budget))
    assert no_child_is_left()


def test_reading_stops_at_its_memory(tmp_path):
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for line in range(4_000):
            sheet.write_row(line, 0, [f"{line}"] * 60)
    budget = Budget(memory=60 * MIB, seconds=20, patience=30)
    with pytest.raises(ReaderStopped, match=r"memory|stopped by signal|its reader failed"):
        list(lines_of("survey.importers.child", str(path), told(), budget=budget))
    assert no_child_is_left()


def test_a_silent_reader_is_not_waited_for(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("k1,k2\n1,2\n")
    with pytest.raises(ReaderStopped, match="takes longer"):
        list(lines_of("survey.importers.child", str(path), told(),
                      budget=Budget(seconds=5, patience=0.0)))  # fmt: skip
    assert no_child_is_left()


@pytest.mark.parametrize(
    ("program", "answer"),
    [
        ("yield bytearray(2 ** 31)", {"stopped": "memory"}),
        ("yield (lambda f: f(f))(lambda f: f(f))", {"stopped": "nesting"}),
        ("raise KeyError('Nguyễn Văn A')", {"stopped": "KeyError, <string>:4"}),
        ("yield 1", "end"),
    ],
)
def test_whatever_happens_in_the_reader_is_an_answer_without_the_files_words(program, answer):
    assert answer_of(program) == answer


def test_the_reader_cannot_write_files_nor_leave_a_core(tmp_path):
    path = tmp_path / "stolen"
    said = answer_of(
        f"stream = open({str(path)!r}, 'w'); stream.write('x'); stream.flush(); yield 1"
    )
    assert said == {"stopped": "OSError, <string>:4"}
    assert path.read_text() == ""
    limit = "__import__('resource').getrlimit(__import__('resource').RLIMIT_CORE)"
    assert answer_of(f"assert {limit} == (0, 0); yield 1") == "end"


def test_an_honest_large_file_gets_more_time_than_a_small_one(large, tmp_path):
    small = tmp_path / "small.csv"
    small.write_text("k1,k2\n1,2\n")
    assert Budget.for_file(small).seconds < 10 > Budget.for_file(small).patience
    assert Budget.for_file(large).seconds > Budget.for_file(small).seconds


def test_a_file_too_large_to_be_kept_is_read_anew_each_time(large, monkeypatch):
    monkeypatch.setattr(recognise, "KEPT", 1_000)
    found = read_table(large)
    assert no_child_is_left()
    assert sum(1 for _ in found.rows()) == 60_000
    with closing(found.lines()) as rows:
        assert next(rows).cells == ("0", "Không biết", "có")
    assert no_child_is_left(), "rows that nobody wants any more are not read on"
    assert sum(1 for _ in found.rows()) == 60_000


def test_a_pipe_a_folder_and_a_missing_file_are_not_opened(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert "The file cannot be read (Invalid argument)." in refusal(pipe)
    assert "(Is a directory)" in refusal(tmp_path)
    assert "(No such file or directory)" in refusal(tmp_path / "none.csv")


def test_a_cell_longer_than_any_answer_is_refused(tmp_path):
    path = tmp_path / "long.json"
    path.write_text(json.dumps([{"k1": "a" * 200_000}]))
    assert "has a cell of more than 131072 characters" in refusal(path)


def test_a_table_with_more_columns_than_any_survey_is_refused(tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps([{f"k{number}": 1 for number in range(20_000)}]))
    assert "The table has 20000 columns; at most 16384 are read." in refusal(path)


def test_reading_leaves_nothing_behind(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    before = set(CORPUS.iterdir())
    for path in before:
        try:
            list(read_table(path).rows())
        except ImportRejected:
            continue
    assert list(scratch.iterdir()) == []
    assert set(CORPUS.iterdir()) == before
    assert no_child_is_left()
