"""The command `hieuluat check`."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from instruments.library import find
from reports.cli import main


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def bad(folder: Path) -> Path:
    path = folder / "bad.yaml"
    path.write_text('id: f\nversion: 1\ntitle: {vi: F}\nlanguages: [vi]\nitems: []\nx: "1"\n')
    return path


def test_good_definitions_are_counted_in_text() -> None:
    result = run(find("hanoi_1371"), find("residents"), "--language", "en")
    assert result.exit_code == 0
    plan, instrument = [line for line in result.stdout.splitlines() if ": OK. " in line]
    assert plan.startswith("plan.yaml: OK. Plan hanoi_1371, version ")
    assert " 8 targets, 2 phases, " in plan
    assert instrument.startswith("residents.yaml: OK. Instrument residents, version ")
    assert " items, 37 with a key, 24 of them not reviewed." in instrument


def test_a_plan_is_json_with_no_problems() -> None:
    result = run(find("hanoi_1371"), "--format", "json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["kind"], report["id"], report["problems"]) == ("plan", "hanoi_1371", [])


def test_problems_are_json_and_sentences_and_the_exit_code_is_1(tmp_path: Path) -> None:
    result = run(bad(tmp_path), "--format", "json", "--language", "en")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "kind": None,
        "id": None,
        "version": None,
        "problems": [
            {
                "where": "bad.yaml, line 2, version",
                "what": "1 without quotation marks is not read as a text.",
                "hint": 'Write "1".',
            },
            {
                "where": "bad.yaml, line 6, x",
                "what": "There is no field 'x' here.",
                "hint": "Use one of: kind, id, version, title, languages, default_language, "
                "choice_lists, dimensions, topics, items, rotate, booklets, booklet_item, "
                "indirect, consent, mode, interviewer, interview_date, fieldwork, settings.",
            },
        ],
        "advice": [],
    }
    assert result.stderr.splitlines()[0] == (
        'bad.yaml, line 2, version: 1 without quotation marks is not read as a text. Write "1".'
    )


def test_problems_are_told_in_vietnamese(tmp_path: Path) -> None:
    result = run(bad(tmp_path), "--language", "vi")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert '1 không có dấu ngoặc kép thì không được đọc là văn bản. Hãy viết "1".' in result.stderr


def test_one_bad_file_among_several_decides_the_exit_code(tmp_path: Path) -> None:
    result = run(find("hanoi_1371"), bad(tmp_path), "--format", "json")
    assert result.exit_code == 1
    assert [bool(report["problems"]) for report in json.loads(result.stdout)] == [False, True]
