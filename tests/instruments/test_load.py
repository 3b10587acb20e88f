"""Definitions from YAML: strict, and every problem at once with its line and cure."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, field_validator

from instruments.errors import DefinitionError
from instruments.language import say
from instruments.load import load_definition, load_instrument, load_plan, load_yaml
from instruments.model import Instrument, Key
from instruments.yaml_source import MAX_BYTES, MAX_PARTS, compose

HEAD = """\
id: nhan_thuc
version: "2026.11"
title: {vi: Khảo sát, en: Survey}
languages: [vi, en]
"""
ITEM = """\
  - id: k01
    type: single
    label: {vi: Câu hỏi, en: Question}
    options:
      - {code: a, label: {vi: A, en: A}}
      - {code: b, label: {vi: B, en: B}}
"""


def write(folder: Path, text: str, name: str = "form.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        load_definition(path)
    return [problem.text() for problem in caught.value.problems]


def test_a_small_instrument_is_loaded(tmp_path: Path) -> None:
    instrument = load_instrument(write(tmp_path, HEAD + "items:\n" + ITEM))
    assert instrument.id == "nhan_thuc"
    assert [placed.path for placed in instrument.placed()] == ["k01"]


def test_an_unquoted_no_as_code_is_refused_with_its_line_and_cure(tmp_path: Path) -> None:
    text = HEAD + "items:\n" + ITEM.replace("code: b", "code: no")
    assert refused(write(tmp_path, text)) == [
        "form.yaml, line 11, items.k01.options[2].code: "
        'no without quotation marks is not read as a text. Write "no".'
    ]


@pytest.mark.parametrize(
    "plain",
    ["no", "Yes", "ON", "off", "true", "012", "1", "1.0", "-1", "1e3", "1_000", "0x1F", "1:30",
     ".5", ".inf", "2026-11-24", "2026-02-31"],
)  # fmt: skip
def test_what_yaml_could_read_as_something_else_must_be_quoted(tmp_path: Path, plain: str) -> None:
    text = HEAD + "items:\n" + ITEM.replace("code: b", f"code: {plain}")
    assert refused(write(tmp_path, text)) == [
        f"form.yaml, line 11, items.k01.options[2].code: "
        f'{plain} without quotation marks is not read as a text. Write "{plain}".'
    ]
    quoted = HEAD + "items:\n" + ITEM.replace("code: b", f'code: "{plain}"')
    (placed,) = load_instrument(write(tmp_path, quoted)).placed()
    assert placed.item.options[1].code == plain


def test_an_empty_code_is_refused(tmp_path: Path) -> None:
    for empty in ("", "~", "null"):
        text = HEAD + "items:\n" + ITEM.replace("{code: b,", f"{{code: {empty},")
        message = refused(write(tmp_path, text))[0]
        assert message.startswith("form.yaml, line 11, items.k01.options[2].code: ")


def test_a_code_as_key_of_a_mapping_must_be_quoted_too(tmp_path: Path) -> None:
    text = HEAD + "items:\n" + ITEM + "    key: {1: 1}\n"
    assert refused(write(tmp_path, text)) == [
        'form.yaml, line 12: 1 without quotation marks is not read as a text. Write "1".'
    ]


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        HEAD
        + """\
items:
  - id: k01
    type: singel
    lable: {vi: x}
    required: maybe
    max_selected: 1.5
    key: 1
    law: {number: 60/2014, article: 5, valid_from: 2025-02-31}
  - {typ: note}
  - x
  - id: sâu
    type: note
    checks: {rule: ". > 1", hard: {}}
"""
    )
    assert refused(write(tmp_path, text)) == [
        "form.yaml, line 7, items.k01.type: 'singel' is not known here. Did you mean 'single'?",
        "form.yaml, line 8, items.k01.lable: There is no field 'lable' here. Did you mean 'label'?",
        "form.yaml, line 9, items.k01.required: 'maybe' is neither true nor false.",
        "form.yaml, line 10, items.k01.max_selected: '1.5' is not a whole number. Write it as 12.",
        "form.yaml, line 11, items.k01.key: "
        '1 without quotation marks is not read as a text. Write "1".',
        "form.yaml, line 12, items.k01.law.article: "
        '5 without quotation marks is not read as a text. Write "5".',
        "form.yaml, line 12, items.k01.law.valid_from: "
        "'2025-02-31' is not a date. Write it as 2026-11-24.",
        "form.yaml, line 13, items[2]: 'id' is missing. Add 'id: …'.",
        "form.yaml, line 13, items[2]: 'type' is missing. Add 'type: …'.",
        "form.yaml, line 13, items[2].typ: There is no field 'typ' here. Did you mean 'type'?",
        "form.yaml, line 14, items[3]: Fields are expected here, not x. "
        "Write them as 'field: value', each on its own line.",
        "form.yaml, line 15, items.sâu.id: 'sâu' is not an identifier. Use letters without marks, "
        "digits, '_', '-' and '.', at most 255; begin with a letter.",
        "form.yaml, line 17, items.sâu.checks.hard: '…' is neither true nor false.",
    ]  # fmt: skip


def test_an_unknown_field_does_not_hide_what_the_rules_find(tmp_path: Path) -> None:
    text = HEAD + "items:\n" + ITEM + "    colour: red\n    key: c\n"
    assert refused(write(tmp_path, text)) == [
        "form.yaml, line 12, items.k01.colour: There is no field 'colour' here. Use one of: id, "
        "type, label, hint, instruction, card, options, choices, choice_filter, or_other, rotate, "
        "required, show_if, checks, calculation, once, draw, max_selected, vignette, topic, ….",
        "form.yaml, line 13, items.k01.key: The key 'c' is no option. Use one of: a, b.",
    ]


def test_the_same_field_twice_names_both_lines(tmp_path: Path) -> None:
    text = HEAD + "items:\n" + ITEM + "    type: note\n"
    assert refused(write(tmp_path, text)) == [
        "form.yaml, line 12: 'type' stands here a second time; first in line 7. Keep one of the two."
    ]


def test_an_alias_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    problems = refused(write(tmp_path, bomb))
    assert problems[0] == (
        "form.yaml, line 1: An anchor (&a) is not allowed. Remove it and write repeated parts out."
    )
    assert "form.yaml, line 2: An alias (*a) is not allowed. Write the part out." in problems


def test_tags_and_merges_are_refused(tmp_path: Path) -> None:
    text = HEAD + "items:\n" + ITEM + "    source: !!python/name:os.system x\n    <<: {id: y}\n"
    assert refused(write(tmp_path, text)) == [
        "form.yaml, line 12: A tag (!!python/name:os.system) is not allowed. "
        "Remove it; put a text in quotation marks.",
        "form.yaml, line 13: A merge ('<<') is not allowed. Write the fields out.",
    ]


@pytest.mark.parametrize("open_bracket", ["[", "{a: ", "- "])
def test_a_mebibyte_of_nesting_is_refused_at_once(tmp_path: Path, open_bracket: str) -> None:
    path = write(tmp_path, open_bracket * ((1 << 20) // len(open_bracket)))
    assert refused(path) == [
        "form.yaml, line 1: More than 20 levels lie within each other. "
        "Close the brackets or reduce the indentation."
    ]


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "form.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert refused(path) == [
        "form.yaml: The file is larger than 2 MiB. "
        "Move choice lists to files of their own and name them under 'include'."
    ]


def test_a_file_of_too_many_parts_is_refused_before_a_model_is_built(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "items:\n" + "  - x\n" * MAX_PARTS)
    assert refused(path) == [
        f"form.yaml, line {MAX_PARTS - 11}: The file has too many parts. "
        "Move choice lists to files of their own and name them under 'include'."
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "form.yaml: The file is empty."),
        (b"# only a comment\n", "form.yaml: The file is empty."),
        (b"hello", "form.yaml, line 1: This is not a definition. "
         "Begin with fields such as 'kind', 'id', 'version' and 'title'."),
        (b"kind: plam", "form.yaml, line 1, kind: There is no kind 'plam'. Did you mean 'plan'?"),
        (b"id: x\ntitle: a: b\n", "form.yaml, line 2, column 9: This is not YAML: mapping values "
         "are not allowed in this context. Put a text that contains ': ' in quotation marks, or "
         "check the indentation."),
        (b"id: 'x\n", "form.yaml, line 2, column 1: This is not YAML: found unexpected end of "
         "stream. Close the quotation mark that is open here."),
        (b"id:\tx\n\ty: z\n", "form.yaml, line 2, column 1: This is not YAML: found a tab "
         "character that violates indentation. Indent with spaces, not tabs."),
        (b"id: @x\n", "form.yaml, line 1, column 5: This is not YAML: found character that cannot "
         "start any token. Indent with spaces, not tabs; put a text that begins with % @ ` in "
         "quotation marks."),
        ("tên: ".encode("utf-16"), "form.yaml, line 1: The file is not UTF-8 text. "
         "Save it with the encoding UTF-8."),
        (b"id: x\ntitle: \xff\n", "form.yaml, line 2: The file is not UTF-8 text. "
         "Save it with the encoding UTF-8."),
    ],
)  # fmt: skip
def test_what_is_no_definition_says_why(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "form.yaml"
    path.write_bytes(content)
    assert refused(path) == [message]


def test_a_second_document_is_refused(tmp_path: Path) -> None:
    text = HEAD + "items:\n" + ITEM + "---\nid: other\n"
    assert refused(write(tmp_path, text)) == [
        "form.yaml, line 12: A second document begins here. "
        "Keep one document in a file; remove the line '---'."
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "form.yaml") == [f"{tmp_path / 'form.yaml'}: There is no such file."]


@pytest.mark.parametrize("written", ["key: a", "key: {a: 1}", "key: [{credit: {a: 1}}]"])
def test_a_key_can_be_written_in_short(tmp_path: Path, written: str) -> None:
    instrument = load_instrument(write(tmp_path, f"{HEAD}items:\n{ITEM}    {written}\n"))
    (placed,) = instrument.placed()
    assert placed.item.key == (Key(credit={"a": 1}),)


def test_a_key_with_partial_credit_and_a_single_law_can_be_written_in_short(tmp_path: Path) -> None:
    text = """\
    key: {a: 1, b: 0.5}
    law: {number: 36/2024/QH15, article: "9", valid_from: 2025-01-01}
"""
    (placed,) = load_instrument(write(tmp_path, HEAD + "items:\n" + ITEM + text)).placed()
    assert placed.item.key[0].credit == {"a": 1, "b": 0.5}
    assert placed.item.law[0].valid_from == date(2025, 1, 1)


def test_texts_are_normalized(tmp_path: Path) -> None:
    decomposed = "Khảo sát"
    instrument = load_instrument(
        write(tmp_path, HEAD.replace("Khảo sát", decomposed) + "items:\n" + ITEM)
    )
    assert instrument.title["vi"] == "Khảo sát"


def test_choice_lists_come_from_the_files_that_are_included(tmp_path: Path) -> None:
    write(tmp_path, "choice_lists:\n  xa:\n    - {code: x1, label: {vi: X, en: X}}\n", "xa.yaml")
    text = (
        HEAD
        + """\
include: [xa.yaml]
items:
  - {id: q, type: single, choices: xa, label: {vi: Xã, en: Commune}}
"""
    )
    instrument = load_instrument(write(tmp_path, text))
    assert [option.code for option in instrument.choice_lists["xa"]] == ["x1"]


def test_an_included_file_names_its_own_lines(tmp_path: Path) -> None:
    write(tmp_path, "choice_lists:\n  xa:\n    - {code: no}\n  yn: []\n", "xa.yaml")
    text = HEAD + "include: [xa.yaml]\nchoice_lists: {yn: []}\nitems:\n" + ITEM
    assert refused(write(tmp_path, text)) == [
        "xa.yaml, line 4: The choice list 'yn' exists already: form.yaml, line 6. "
        "Rename one of the two.",
        'xa.yaml, line 3, choice_lists.xa[1].code: no without quotation marks is not read as a '
        'text. Write "no".',
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["../xa.yaml", "/etc/passwd", "a/b.yaml", "..\\xa.yaml", "..", "a.txt"]
)
def test_only_files_of_the_same_folder_are_included(tmp_path: Path, name: str) -> None:
    text = f"{HEAD}include: ['{name}']\nitems:\n{ITEM}"
    assert refused(write(tmp_path, text)) == [
        f"form.yaml, line 5: '{name}' is not the name of a file in the same folder. "
        "Write the file's name alone, such as communes.yaml."
    ]


def test_an_included_file_that_is_not_there_is_named_where_it_is_named(tmp_path: Path) -> None:
    text = f"{HEAD}include: xa.yaml\nitems:\n{ITEM}"
    assert refused(write(tmp_path, text)) == [
        "form.yaml, line 5: There is no file 'xa.yaml' in this folder."
    ]


def test_an_included_file_holds_choice_lists_alone(tmp_path: Path) -> None:
    write(tmp_path, "items: []\n", "xa.yaml")
    text = f"{HEAD}include: xa.yaml\nitems:\n{ITEM}"
    assert refused(write(tmp_path, text)) == [
        "xa.yaml: An included file holds 'choice_lists' and nothing else."
    ]


def test_a_plan_is_no_instrument_and_the_other_way_round(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "items:\n" + ITEM)
    with pytest.raises(DefinitionError) as caught:
        load_plan(path)
    assert str(caught.value) == (
        "form.yaml: This is a definition of another kind. Give a file of kind 'plan'."
    )


class Wave(BaseModel, extra="forbid"):
    """Any model can be read with lines."""

    name: str
    begins: date
    weight: float = 1

    @field_validator("name")
    @classmethod
    def known(cls, name: str) -> str:
        if name == "bad":
            raise ValueError(say("The wave '{name}' is closed.", name=name))
        return name


def test_any_model_is_read_with_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "name: w1\nbegins: 2026-11-24\n", "study.yaml")
    assert load_yaml(path, Wave) == Wave(name="w1", begins=date(2026, 11, 24))
    with pytest.raises(DefinitionError) as caught:
        load_yaml(write(tmp_path, "name: bad\nbegin: 1\nweight: x\n", "study.yaml"), Wave)
    assert str(caught.value).splitlines() == [
        "study.yaml, line 1, name: The wave 'bad' is closed.",
        "study.yaml, line 1: 'begins' is missing. Add 'begins: …'.",
        "study.yaml, line 2, begin: There is no field 'begin' here. Did you mean 'begins'?",
        "study.yaml, line 3, weight: 'x' is not a number. Write it as 12 or 0.5.",
    ]


@given(st.text(max_size=60) | st.text("ab:-[]{},&*!'\"\n #|>?%@`<", max_size=60))
def test_any_text_is_composed_or_refused(text: str) -> None:
    try:
        root, _ = compose(text, file="form.yaml")
        root.data()
        where = root.where(())
    except DefinitionError as error:
        where = error.problems[0].where
    assert where.startswith("form.yaml")


def test_the_model_takes_shorthands_without_a_file_too() -> None:
    item = {"id": "k", "type": "single", "options": [{"code": "a"}], "key": "a"}
    fields = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"]}
    instrument = Instrument.model_validate(fields | {"items": [item]})
    assert Instrument.model_validate(instrument.model_dump()) == instrument


def test_a_spec_may_repeat_a_part_by_an_alias() -> None:
    root, problems = compose("a: &a {b: 1, c: [2]}\nd: [*a, *a]\n", file="s.yaml", aliases=True)
    assert not problems
    assert root.data() == {"a": {"b": 1, "c": [2]}, "d": [{"b": 1, "c": [2]}] * 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &a [x]\n" + "".join(f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
                                 for before, name in zip("abcdefgh", "bcdefghi", strict=True)),
         "s.yaml, line 7: The file has too many parts."),
        ("a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 40)),
         "s.yaml, line 20: More than 20 levels lie within each other."),
        ("a: &a [*a]\n", "s.yaml, line 1: The alias *a repeats no part before it."),
    ],
)  # fmt: skip
def test_aliases_of_a_spec_that_grow_or_lead_nowhere_are_refused(text: str, expected: str) -> None:
    try:
        _, problems = compose(text, file="s.yaml", aliases=True)
        found = [f"{one.where}: {one.what.text('en')}" for one in problems]
    except DefinitionError as error:
        found = [str(error)]
    assert found[0].startswith(expected)
