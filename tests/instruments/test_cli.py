"""The command `hieuluat check`."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from instruments.freeze import content_hash
from instruments.library import find
from instruments.load import load_instrument, load_plan
from reports.cli import main
from tests.instruments.broken_files import truncated_xls


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
    items = [placed.item for placed in load_instrument(find("residents")).placed()]
    keyed = [item for item in items if item.key]
    unreviewed = sum(item.reviewed is False for item in keyed)
    assert instrument.endswith(
        f": {len(items)} items, {len(keyed)} with a key, {unreviewed} of them not reviewed."
    )


def test_a_plan_is_json_with_no_problems() -> None:
    result = run(find("hanoi_1371"), "--format", "json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["kind"], report["id"], report["problems"]) == ("plan", "hanoi_1371", [])
    assert report["hash"] == content_hash(load_plan(find("hanoi_1371")))


def test_problems_are_json_and_sentences_and_the_exit_code_is_1(tmp_path: Path) -> None:
    result = run(bad(tmp_path), "--format", "json", "--language", "en")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "kind": None,
        "id": None,
        "version": None,
        "hash": None,
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
                "indirect, consent, mode, interviewer, interview_date, fieldwork, settings, ….",
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


def one_question(folder: Path, *, version: str, label: str, key: str = "a") -> Path:
    path = folder / f"v{version}.yaml"
    path.write_text(
        f'id: f\nversion: "{version}"\ntitle: {{vi: F}}\nlanguages: [vi]\nitems:\n'
        f'  - id: k1\n    type: single\n    label: {{vi: "{label}"}}\n    key: {key}\n    options:\n'
        "      - {code: a, label: {vi: Một}}\n      - {code: b, label: {vi: Hai}}\n",
        encoding="utf-8",
    )
    return path


def test_advice_is_shown_apart_and_never_fails(tmp_path: Path) -> None:
    path = one_question(tmp_path, version="1", label="Câu hỏi?")
    result = run(path, "--format", "json", "--language", "en")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["problems"] == []
    assert report["advice"] == [
        {
            "rule": "no_dont_know",
            "where": "v1.yaml, line 6, items.k1",
            "what": "1 items offer no “don't know”: k1.",
            "why": "Whoever does not know guesses, and guessing passes for knowledge.",
        }
    ]
    assert "differences" not in report
    told = run(path, "--language", "vi").stdout.splitlines()
    assert told[1:] == [
        "Khuyến nghị (không bắt buộc phải sửa):",
        "  - v1.yaml, dòng 6, items.k1: 1 câu không có phương án “không biết”: k1. "
        "Người không biết sẽ đoán, và đoán đúng bị tính là hiểu biết.",
    ]


def test_a_change_that_breaks_comparisons_exits_with_1(tmp_path: Path) -> None:
    old = one_question(tmp_path, version="1", label="Câu hỏi?")
    new = one_question(tmp_path, version="2", label="Câu hỏi khác?")
    result = run(new, "--against", old, "--format", "json", "--language", "en")
    assert result.exit_code == 1
    (difference,) = json.loads(result.stdout)["differences"]
    assert (difference["where"], difference["kind"], difference["effect"]) == (
        "k1", "wording", "breaks",
    )  # fmt: skip
    told = run(new, "--against", old, "--language", "en").stdout
    assert "Changes since the other version:\n  - [not comparable] k1: In 'vi' “Câu hỏi?”" in told
    assert run(new, "--against", new).exit_code == 0


def test_a_change_to_look_at_does_not_fail(tmp_path: Path) -> None:
    old = one_question(tmp_path, version="1", label="Câu hỏi?")
    new = one_question(tmp_path, version="2", label="Câu hỏi")
    assert run(new, "--against", old).exit_code == 0


def test_the_days_of_fieldwork_are_given_on_the_command_line() -> None:
    found = run(find("residents"), "--fieldwork", "2027-03-01", "2027-03-31", "--format", "json")
    rules = {one["rule"] for one in json.loads(found.stdout)["advice"]}
    assert "law_out_of_force" in rules
    assert "field_period_missing" not in rules
    backwards = run(
        find("residents"), "--fieldwork", "2027-03-31", "2027-03-01", "--language", "en"
    )
    assert backwards.exit_code == 1
    assert backwards.stderr == (
        "--fieldwork: 2027-03-01 lies before 2027-03-31. Exchange the dates.\n"
    )


def test_booklets_are_printed_as_yaml_and_json() -> None:
    from instruments.cli import booklets

    text = CliRunner().invoke(booklets, ["--per-booklet", "2", "a", "b", "c"])
    assert text.stdout.splitlines() == [
        "booklets:",
        '  - {id: "1", blocks: [a, b]}',
        '  - {id: "2", blocks: [b, c]}',
        '  - {id: "3", blocks: [c, a]}',
    ]
    made = CliRunner().invoke(booklets, ["--per-booklet", "1", "a", "b", "--format", "json"])
    assert json.loads(made.stdout) == {
        "booklets": [{"id": "1", "blocks": ["a"]}, {"id": "2", "blocks": ["b"]}]
    }


def test_bytes_that_abort_the_reader_of_workbooks_abort_no_command(tmp_path: Path) -> None:
    broken = tmp_path / "old.xls"
    broken.write_bytes(truncated_xls())
    said = (
        "old.xls: The workbook is damaged and cannot be opened (its reader failed). "
        "Export it again, or open it in Excel and save it anew as .xlsx.\n"
    )
    result = run(broken, find("hanoi_1371"), "--language", "en")
    assert (result.exit_code, result.stderr) == (1, said)
    assert "plan.yaml: OK." in result.stdout
    new = ["new", str(tmp_path / "study"), "--instrument", str(broken), "--language", "en"]
    made = CliRunner().invoke(main, new)
    assert (made.exit_code, made.stderr) == (1, said)
    assert not (tmp_path / "study").exists()
