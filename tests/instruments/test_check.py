"""Rules across the parts of an instrument: each breach has its words, its place and its cure."""

from pathlib import Path

import pytest

from instruments.check.instrument import check_instrument
from instruments.errors import DefinitionError
from instruments.load import load_instrument
from instruments.model import Instrument

HEAD = """\
id: nhan_thuc
version: "2026.11"
title: {vi: Khảo sát, en: Survey}
languages: [vi, en]
dimensions: [{id: knowledge, label: {vi: Hiểu biết, en: Knowledge}}]
topics: [{id: giao_thong, label: {vi: Giao thông, en: Traffic}}]
choice_lists:
  yn:
    - {code: co, label: {vi: Có, en: "Yes"}}
    - {code: khong, label: {vi: Không, en: "No"}}
items:
"""
LABEL = "label: {vi: Câu, en: Question}"
FIRST = f"  - {{id: k1, type: single, choices: yn, {LABEL}}}\n"


def problems(folder: Path, *items: str, head: str = HEAD) -> list[str]:
    """What is told of a form whose lines from 12 on are the items."""
    path = folder / "form.yaml"
    lines = "".join(f"  - {{{item}}}\n" for item in items)
    path.write_text(head + lines, encoding="utf-8")
    try:
        load_instrument(path)
    except DefinitionError as error:
        return [problem.text().removeprefix("form.yaml, ") for problem in error.problems]
    return []


def test_an_id_that_stands_twice_names_both_lines(tmp_path: Path) -> None:
    assert problems(tmp_path, f"id: k1, type: note, {LABEL}", f"id: k1, type: note, {LABEL}") == [
        "line 13, items.k1.id: The item 'k1' exists already: form.yaml, line 12, items.k1.id. "
        "Give each item its own id."
    ]


def test_an_id_that_stands_twice_is_found_across_blocks(tmp_path: Path) -> None:
    block = f"id: b, {LABEL}, items: [{{id: k1, type: note, {LABEL}}}]"
    assert problems(tmp_path, f"id: k1, type: note, {LABEL}", block) == [
        "line 13, items.b.k1.id: The item 'k1' exists already: form.yaml, line 12, items.k1.id. "
        "Give each item its own id."
    ]


def test_a_block_may_not_share_the_path_of_its_neighbour(tmp_path: Path) -> None:
    block = f"id: k1, {LABEL}, items: [{{id: k2, type: note, {LABEL}}}]"
    assert problems(tmp_path, f"id: k1, type: note, {LABEL}", block) == [
        "line 13, items.k1.id: The id 'k1' is used already: form.yaml, line 12, items.k1.id. "
        "Give each part of a block its own id."
    ]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("type: single, choices: yno", ".choices: There is no choice list 'yno'. Did you mean 'yn'?"),
        ("type: single", ": The item 'k2' has no options. "
         "Add 'options' or name a list under 'choices'."),
        ("type: text, choices: yn", ".type: An item of type 'text' has no options. "
         "Use single or multiple, or remove the options."),
        ("type: single, choices: yn, options: [{code: a, label: {vi: A, en: A}}]",
         ".choices: The item has options of its own and a list. Keep one of the two."),
        ("type: single, choices: yn, max_selected: 2",
         ".max_selected: This is for items of type multiple, and at least 1."),
        ("type: single, choices: yn, key: con", ".key: The key 'con' is no option. Did you mean 'co'?"),
        ("type: single, choices: yn, key: {co: 0}", ".key: No option gives credit. "
         "Give the right option credit 1."),
        ("type: text, key: a", ".key: The item 'k2' has a key but no options."),
        ("type: single, choices: yn, dimension: knowlege",
         ".dimension: The dimension 'knowlege' is not declared. Did you mean 'knowledge'?"),
        ("type: single, choices: yn, topic: thue",
         ".topic: The topic 'thue' is not declared. Use one of: giao_thong."),
        ("type: note, law: {number: x, article: y, valid_from: 2025-01-02, valid_to: 2025-01-01}",
         ".law.valid_to: 2025-01-01 lies before 2025-01-02. Exchange the dates."),
        ("type: note, law: {number: x, article: y, valid_from: 2025-01-02, promulgated: 2025-02-01}",
         ".law.promulgated: 2025-01-02 lies before 2025-02-01. A law is promulgated before it takes "
         "effect."),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit_the_others(tmp_path: Path, field: str, message: str) -> None:
    found = problems(tmp_path, f"id: k2, {field}, {LABEL}")
    assert found == [f"line 12, items.k2{message}"]


def test_an_option_code_twice_names_both_places(tmp_path: Path) -> None:
    options = "options: [{code: a, label: {vi: A, en: A}}, {code: a, label: {vi: B, en: B}}]"
    assert problems(tmp_path, f"id: k1, type: single, {LABEL}, {options}") == [
        "line 12, items.k1.options.a.code: 'a' is used already: "
        "form.yaml, line 12, items.k1.options.a.code. Give each its own."
    ]


def test_keys_may_not_hold_on_the_same_day(tmp_path: Path) -> None:
    def keys(end: str) -> str:
        return (
            f"id: k1, type: single, choices: yn, {LABEL}, key: "
            f"[{{credit: {{co: 1}}, valid_to: {end}}}, {{credit: {{khong: 1}}, valid_from: 2026-07-01}}]"
        )

    assert problems(tmp_path, keys("2026-06-30")) == []
    assert problems(tmp_path, keys("2026-07-01")) == [
        "line 12, items.k1.key[2]: Two keys hold on the same day; the other one: "
        "form.yaml, line 12, items.k1.key[1]. End the old key the day before the new one begins."
    ]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("${k1} =", "Character 8: The expression breaks off. "
         "Add what belongs behind the last operator or bracket."),
        ("${k9} = 1", "Character 1: there is no item 'k9'. Use one of: k1, cost, k2, steps."),
        ("${k1} = 'zz'", "Character 9: 'zz' is no option of 'k1'. Use one of: co, khong."),
        ("'con' != ${k1}", "Character 1: 'con' is no option of 'k1'. Did you mean 'co'?"),
        ("${k1} = 1", "Character 9: '1' is no option of 'k1'. Use one of: co, khong."),
        ("not(selected(${k1}, 'ko'))", "Character 21: 'ko' is no option of 'k1'. Use one of: co, khong."),
        ("${k1} = co", "Character 9: 'co' stands alone. "
         "Write ${co} for the answer to an item, 'co' for a text."),
        ("${cost} > 1", "Character 1: 'cost' has many answers here, one for each entry of the "
         "roster. Use it inside sum(…), count(…), min(…), max(…) or join(…)."),
    ],
)  # fmt: skip
def test_an_expression_that_cannot_hold(tmp_path: Path, rule: str, message: str) -> None:
    roster = f"id: steps, repeat: true, {LABEL}, items: [{{id: cost, type: decimal, {LABEL}}}]"
    found = problems(
        tmp_path,
        f"id: k1, type: single, choices: yn, {LABEL}",
        roster,
        f'id: k2, type: note, {LABEL}, show_if: "{rule}"',
    )
    assert found == [f"line 14, items.k2.show_if: {message}"]


@pytest.mark.parametrize(
    "rule",
    [
        "${k1} = ''",
        "${k1} = 'co' or selected(${k1}, 'khong')",
        "sum(${cost}) > 1",
        "count(${steps})",
    ],
)
def test_an_expression_that_holds(tmp_path: Path, rule: str) -> None:
    roster = (
        f"id: steps, repeat: true, {LABEL}, items: [{{id: cost, type: decimal, {LABEL}}}, "
        f'{{id: more, type: note, {LABEL}, show_if: "${{cost}} > 1"}}]'
    )
    first, last = (
        f"id: k1, type: single, choices: yn, {LABEL}",
        f'id: k2, type: note, {LABEL}, show_if: "{rule}"',
    )
    assert problems(tmp_path, first, roster, last) == []


def test_a_check_compares_the_answer_itself_with_its_codes(tmp_path: Path) -> None:
    check = "checks: {rule: \". != 'ko'\", message: {vi: Sai, en: Wrong}}"
    assert problems(tmp_path, f"id: k1, type: single, choices: yn, {LABEL}, {check}") == [
        "line 12, items.k1.checks.rule: Character 6: 'ko' is no option of 'k1'. Use one of: co, khong."
    ]


def test_a_choice_filter_names_columns_of_its_list(tmp_path: Path) -> None:
    options = "options: [{code: a, filters: {huyen: h1}, label: {vi: A, en: A}}]"
    rule = "choice_filter: \"huyn = 'h1' and name != 'x'\""
    assert problems(tmp_path, f"id: k1, type: single, {options}, {LABEL}, {rule}") == [
        "line 12, items.k1.choice_filter: Character 1: the list has no column 'huyn'. "
        "Did you mean 'huyen'?"
    ]


def test_other_is_a_code_where_other_is_offered(tmp_path: Path) -> None:
    items = (
        f"id: k1, type: single, choices: yn, or_other: true, {LABEL}",
        f"id: k2, type: note, {LABEL}, show_if: \"${{k1}} = 'other'\"",
    )
    assert problems(tmp_path, *items) == []


def test_items_that_wait_for_each_other_are_named_as_a_circle(tmp_path: Path) -> None:
    items = (
        f'id: a, type: note, {LABEL}, show_if: "${{c}} = 1"',
        'id: b, type: calculated, calculation: "${a} + 1"',
        'id: c, type: calculated, calculation: "${b} + 1"',
    )
    assert problems(tmp_path, *items) == [
        "line 12, items.a: The item 'a' waits for itself: a → c → b → a. "
        "Let one of them stand alone."
    ]


def test_a_block_that_shows_by_an_item_inside_it_is_a_circle(tmp_path: Path) -> None:
    block = f'id: b, {LABEL}, show_if: "${{k}} = 1", items: [{{id: k, type: integer, {LABEL}}}]'
    assert problems(tmp_path, block) == [
        "line 12, items.b.k: The item 'k' waits for itself: k → k. Let one of them stand alone."
    ]


def test_a_long_chain_of_skips_is_no_circle_and_no_depth(tmp_path: Path) -> None:
    items = [f"id: q0, type: integer, {LABEL}"] + [
        f'id: q{number}, type: integer, {LABEL}, show_if: "${{q{number - 1}}} = 1"'
        for number in range(1, 1500)
    ]
    assert problems(tmp_path, *items) == []
    assert problems(tmp_path, *reversed(items)) == []


def test_every_text_has_every_language(tmp_path: Path) -> None:
    option = "options: [{code: a, label: {vi: A}}]"
    assert problems(tmp_path, f"id: k1, type: single, label: {{vi: Câu, fr: Q}}, {option}") == [
        "line 12, items.k1.label.fr: The language 'fr' is not declared. Use one of: vi, en.",
        "line 12, items.k1.label: The text is missing in 'en'. Add 'en: …'.",
        "line 12, items.k1.options.a.label: The text is missing in 'en'. Add 'en: …'.",
    ]


def test_what_is_asked_has_words(tmp_path: Path) -> None:
    assert problems(tmp_path, "id: k1, type: single, options: [{code: a}]") == [
        "line 12, items.k1: The item 'k1' has no label. Add 'label' with the words of the question.",
        "line 12, items.k1.options.a: The option 'a' has no label. "
        "Add 'label' with the words of the answer.",
    ]


def test_a_label_that_shows_an_answer_names_an_item(tmp_path: Path) -> None:
    label = 'label: {vi: "Chào ${ten}", en: "Hello ${k1}"}'
    assert problems(tmp_path, f"id: k1, type: note, {label}") == [
        "line 12, items.k1.label.vi: There is no item 'ten'. Use one of: k1."
    ]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("interview_date: ngay", "line 1, interview_date: There is no item at 'ngay'. "
         "Did you mean 'b/ngay'?"),
        ("interview_date: k1", "line 1, interview_date: 'k1' is no date. "
         "Name an item of type date, datetime, today, start or end."),
        ("default_language: fr", "line 1, default_language: The language 'fr' is not declared. "
         "Use one of: vi, en."),
    ],
)  # fmt: skip
def test_a_head_that_names_what_does_not_exist(tmp_path: Path, field: str, message: str) -> None:
    items = (
        f"id: k1, type: single, choices: yn, {LABEL}",
        f"id: b, {LABEL}, items: [{{id: ngay, type: date, {LABEL}}}]",
    )
    assert problems(tmp_path, *items, head=f"{field}\n{HEAD}") == [message]
    assert problems(tmp_path, *items, head=f"interview_date: b/ngay\n{HEAD}") == []


def test_a_blueprint_names_topics(tmp_path: Path) -> None:
    head = HEAD.replace("en: Knowledge}}", "en: Knowledge}, blueprint: {giao_thon: 3}}")
    assert problems(tmp_path, f"id: k1, type: note, {LABEL}", head=head) == [
        "line 5, dimensions.knowledge.blueprint.giao_thon: Nothing is called 'giao_thon'. "
        "Did you mean 'giao_thong'?"
    ]


def test_a_definition_without_a_file_names_its_parts() -> None:
    item = {"id": "k", "type": "single", "choices": "x"}
    fields = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"]}
    instrument = Instrument.model_validate(fields | {"items": [item]})
    (problem,) = check_instrument(instrument)
    assert problem.text() == (
        "items[1].choices: There is no choice list 'x'. None is declared here."
    )


@pytest.mark.parametrize(
    ("count", "message"),
    [
        ("${m}", "Character 1: there is no item 'm'. Use one of: n, a, nha."),
        ("${n} +", "Character 7: The expression breaks off. "
         "Add what belongs behind the last operator or bracket."),
        ("${n} + 1", None),
    ],
)  # fmt: skip
def test_the_number_of_roster_entries_is_an_expression(
    tmp_path: Path, count: str, message: str | None
) -> None:
    items = (
        f"id: n, type: integer, {LABEL}",
        f'id: nha, repeat: true, {LABEL}, settings: {{repeat_count: "{count}"}}, '
        f"items: [{{id: a, type: text, {LABEL}}}]",
    )
    told = [] if message is None else [f"line 13, items.nha.settings.repeat_count: {message}"]
    assert problems(tmp_path, *items) == told
