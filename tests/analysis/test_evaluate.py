"""`hieuluat evaluate`: the way through a form, its calculations, faults and points, from one file."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from reports.cli import main

DEFINITION = """
kind: instrument
id: thu
version: "1"
title: {vi: Thử}
languages: [vi]
dimensions: [{id: kt, label: {vi: Kiến thức}}]
choice_lists:
  xa:
    - {code: a, label: {vi: Xã A}, filters: {huyen: "1"}}
    - {code: b, label: {vi: Xã B}, filters: {huyen: "2"}}
items:
  - {id: tuoi, type: integer, label: {vi: Tuổi}, required: true,
     checks: {rule: ". >= 18 and . < 120", message: {vi: "Từ 18 tuổi."}}}
  - {id: huyen, type: single, label: {vi: Huyện}, options: [{code: "1", label: {vi: Một}}, {code: "2", label: {vi: Hai}}]}
  - {id: xa, type: single, choices: xa, label: {vi: Xã}, choice_filter: "huyen = ${huyen}"}
  - {id: ten_huyen, type: calculated, calculation: "jr:choice-name(${huyen}, '${huyen}')"}
  - {id: nam_sinh, type: calculated, calculation: "2026 - ${tuoi}"}
  - {id: hom_nay, type: calculated, calculation: "today()"}
  - {id: chia, type: calculated, calculation: "${tuoi} div 0 * 0"}
  - id: nhom
    show_if: "${tuoi} > 60"
    items:
      - {id: huu, type: single, label: {vi: Hưu}, required: true, options: [{code: co, label: {vi: Có}}, {code: khong, label: {vi: Không}}]}
      - {id: luong, type: decimal, label: {vi: Lương}, show_if: "${huu} = 'co'"}
  - id: k1
    type: single
    label: {vi: Câu 1}
    dimension: kt
    options: [{code: a, label: {vi: A}}, {code: b, label: {vi: B}}]
    key: [{credit: {a: 1}, valid_to: 2026-06-30}, {credit: {b: 1}, valid_from: 2026-07-01}]
  - {id: k2, type: multiple, label: {vi: Câu 2}, dimension: kt, key: {a: 1, b: 1}, options: [{code: a, label: {vi: A}}, {code: b, label: {vi: B}}, {code: c, label: {vi: C}}]}
  - id: con
    repeat: true
    items:
      - {id: tuoi_con, type: integer, label: {vi: Tuổi con}, required: true}
      - {id: hoc, type: text, label: {vi: Học}, show_if: "${tuoi_con} >= 6"}
      - {id: sinh, type: calculated, calculation: "2026 - ${tuoi_con}"}
  - {id: tong, type: calculated, calculation: "sum(${tuoi_con}) + count(${con})"}
"""


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "thu.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    return path


def run(form: Path, document: object, *options: str) -> Any:
    answers = form.with_name("answers.json")
    text = document if isinstance(document, str) else json.dumps(document)
    answers.write_text(text, encoding="utf-8")
    return CliRunner().invoke(
        main, ["evaluate", str(form), "--answers", str(answers), *options], catch_exceptions=False
    )


def evaluated(form: Path, today: str = "2026-11-24", **answers: object) -> dict[str, Any]:
    done = run(form, {"today": today, "answers": answers}, "--format", "json", "--language", "vi")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    assert list(found) == ["relevant", "calculated", "problems", "notes", "score"]
    return found


def test_items_and_blocks_are_relevant_or_not(form: Path) -> None:
    young, old = (
        evaluated(form, tuoi=30)["relevant"],
        evaluated(form, tuoi="61", huu="co")["relevant"],
    )
    assert [young[name] for name in ("tuoi", "nhom", "huu", "luong", "con")] == [
        True, False, False, False, True,
    ]  # fmt: skip
    assert [old[name] for name in ("nhom", "huu", "luong")] == [True, True, True]


def test_an_answer_that_is_not_to_be_asked_counts_for_nothing(form: Path) -> None:
    found = evaluated(form, tuoi=30, huu="co")
    assert found["relevant"]["luong"] is False
    assert [(one["item"], one["rule"]) for one in found["notes"]] == [("huu", "not_relevant")]


def test_calculations_are_computed_on_the_day_and_never_nan(form: Path) -> None:
    found = evaluated(form, tuoi=30, huyen="2")["calculated"]
    assert found["nam_sinh"] == 1996
    assert found["hom_nay"] == "2026-11-24"
    assert found["ten_huyen"] == "Hai"
    assert found["chia"] is None


def test_an_entry_of_a_roster_is_computed_by_itself(form: Path) -> None:
    found = evaluated(form, tuoi=30, con=[{"tuoi_con": 3}, {"tuoi_con": 9}, {}])
    assert found["calculated"]["sinh"] == [2023, 2017, None]
    assert found["calculated"]["tong"] == 15
    assert found["relevant"]["hoc"] is True
    assert [(one["item"], one["entry"], one["rule"]) for one in found["problems"]] == [
        ("tuoi_con", 3, "required_missing")
    ]
    assert evaluated(form, tuoi=30)["calculated"]["sinh"] == []


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({}, ("tuoi", "required_missing", "Câu hỏi này bắt buộc phải trả lời.")),
        ({"tuoi": 7}, ("tuoi", "constraint", "Từ 18 tuổi.")),
        ({"tuoi": "bảy"}, ("tuoi", "type", "“bảy” không phải là số nguyên.")),
        ({"tuoi": 20, "k1": "z"}, ("k1", "unknown_choice", "“z” không phải phương án của câu hỏi này.")),
        ({"tuoi": 20, "huyen": "1", "xa": "b"}, ("xa", "choice_filter", None)),
        ({"tuoi": 70}, ("huu", "required_missing", None)),
    ],
)  # fmt: skip
def test_each_problem_names_its_item_and_rule(
    form: Path, answers: dict[str, object], problem: tuple[str, str, str | None]
) -> None:
    (found,) = evaluated(form, **answers)["problems"]
    assert (found["item"], found["rule"]) == problem[:2]
    if problem[2] is not None:
        assert found["message"] == problem[2]


def test_points_follow_the_key_of_the_day(form: Path) -> None:
    before = evaluated(form, "2026-06-30", tuoi=20, k1="a", k2=["a", "b"])["score"]
    after = evaluated(form, "2026-07-01", tuoi=20, k1="a", k2=["a"])["score"]
    assert before == {"kt": {"points": 3.0, "possible": 3.0, "share": 1.0}}
    assert after == {"kt": {"points": 1.0, "possible": 3.0, "share": pytest.approx(1 / 3)}}
    assert evaluated(form, tuoi=20)["score"] == {"kt": {"points": 0, "possible": 0, "share": None}}


def test_a_bad_file_is_refused_once_with_all_its_problems(form: Path) -> None:
    answers = {"tuoii": 3, "con": {"tuoi_con": 3}, "k1": ["a"], "k2": ["a", {}]}
    done = run(form, {"today": "hôm nay", "answer": {}, "answers": answers}, "--language", "en")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "answers.json, today: 'hôm nay' is no date. Write it as 2026-11-24.",
        "answers.json, answer: There is no field 'answer' here. Did you mean 'answers'?",
        "answers.json, answers.tuoii: There is no item 'tuoii' here. Did you mean 'tuoi'?",
        "answers.json, answers.con: 'con' is a roster. Write a list with the answers of each entry.",
        "answers.json, answers.k1: This is no single answer. Write a text or a number.",
        "answers.json, answers.k2: A list of answers holds codes alone.",
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "answers.json, line 1: This is not JSON: Expecting property name enclosed in double quotes."),
        ("[]", "answers.json: These are no answers. "
               'Write {"today": "2026-11-24", "answers": {"id": "value"}}.'),
        ('{"answers": [1]}', "answers.json, answers: These are no answers. "
                             'Write {"today": "2026-11-24", "answers": {"id": "value"}}.'),
        ("[" * 200_000, "answers.json: Its parts are nested too deep."),
    ],
)  # fmt: skip
def test_what_is_no_file_of_answers_says_how_one_looks(form: Path, text: str, what: str) -> None:
    done = run(form, text, "--language", "en")
    assert (done.exit_code, done.stderr.strip()) == (1, what)


def test_a_file_that_is_not_there_is_named(form: Path) -> None:
    done = CliRunner().invoke(
        main, ["evaluate", str(form), "--answers", "gone.json", "--language", "en"]
    )
    assert (done.exit_code, done.stderr.strip()) == (1, "gone.json: There is no such file.")


def test_people_read_what_is_asked_computed_wrong_and_worth(form: Path) -> None:
    done = run(form, {"answers": {"tuoi": 7, "k1": "b"}}, "--language", "vi")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Được hỏi: tuoi, huyen,")
    assert "  nam_sinh = 2019" in lines
    assert "  tuoi: Từ 18 tuổi. (constraint)" in lines
    assert "  kt: 1 / 1" in lines
