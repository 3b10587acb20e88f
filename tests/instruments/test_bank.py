"""Items from a bank: taken by name and version, and nothing of their wording changed."""

from pathlib import Path

import pytest

from instruments.errors import DefinitionError
from instruments.load import load_definition, load_instrument

HEAD = """\
id: f
version: "1"
title: {vi: F}
languages: [vi]
"""
BANK = """\
kind: bank
id: nh
version: "1"
title: {vi: NH}
languages: [vi]
choice_lists:
  ds: [{code: d, label: {vi: "Đúng"}}, {code: s, label: {vi: Sai}}]
items:
  - {id: k1, version: "1", type: single, choices: ds, label: {vi: Cũ}, key: d}
  - {id: k1, version: "2", type: single, choices: ds, label: {vi: Mới}, key: d}
  - {id: k2, version: "1", type: single, choices: ds, label: {vi: Hai}, key: x}
"""


def problems(folder: Path, form: str, bank: str = BANK) -> list[str]:
    (folder / "nh.yaml").write_text(bank, encoding="utf-8")
    (folder / "form.yaml").write_text(HEAD + form, encoding="utf-8")
    try:
        load_instrument(folder / "form.yaml")
    except DefinitionError as error:
        return [problem.text() for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("nh.yaml", "'nh.yaml' names no item of a bank. "
         "Write it as bank.yaml#id or bank.yaml#id@version."),
        ("nh.yaml#k1", "The bank has several versions of 'k1'. Add one of them: @1, @2."),
        ("nh.yaml#k1@3", "The bank has no version '3' of 'k1'. Use one of: 1, 2."),
        ("nh.yaml#k9", "The bank has no item 'k9'. Use one of: k1, k2."),
        ("../nh.yaml#k1@1", "'../nh.yaml' is not the name of a file in the same folder. "
         "Write the file's name alone, such as communes.yaml."),
        ("khac.yaml#k1", "There is no file 'khac.yaml' in this folder."),
    ],
)  # fmt: skip
def test_an_item_that_cannot_be_taken_names_the_line_and_the_cure(
    tmp_path: Path, use: str, message: str
) -> None:
    assert problems(tmp_path, f'items:\n  - use: "{use}"\n') == [f"form.yaml, line 6: {message}"]


def test_a_fault_of_a_taken_item_names_the_bank_and_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, "items: [{use: nh.yaml#k2}]\n") == [
        "nh.yaml, line 11, items.k2.key: The key 'x' is no option. Use one of: d, s."
    ]


def test_the_wording_of_a_taken_item_cannot_be_changed(tmp_path: Path) -> None:
    form = "items:\n  - use: nh.yaml#k1@2\n    required: true\n    label: {vi: Khác}\n"
    assert problems(tmp_path, form) == [
        "form.yaml, line 8: 'label' of an item from a bank cannot be changed here. "
        "Add a new version of the item to the bank."
    ]


def test_a_list_of_the_same_name_must_say_the_same(tmp_path: Path) -> None:
    own = 'choice_lists:\n  ds: [{code: d, label: {vi: "Đúng"}}, {code: s, label: {vi: Sai}}]\n'
    form = "items: [{use: nh.yaml#k1@1}]\n"
    assert problems(tmp_path, own + form) == []
    assert problems(tmp_path, own.replace("vi: Sai", "vi: Sai rồi") + form) == [
        "nh.yaml, line 7: The choice list 'ds' exists already: form.yaml, line 6. "
        "Rename one of the two."
    ]


def test_a_bank_is_read_once_and_a_list_is_brought_once(tmp_path: Path) -> None:
    assert problems(tmp_path, "items: [{use: nh.yaml#k1@1}]\n") == []
    instrument = load_instrument(tmp_path / "form.yaml")
    assert list(instrument.choice_lists) == ["ds"]


def test_another_kind_of_file_is_no_bank(tmp_path: Path) -> None:
    bank = BANK.replace("kind: bank", "kind: instrument")
    assert problems(tmp_path, "items: [{use: nh.yaml#k1@1}]\n", bank) == [
        "nh.yaml: This is no item bank. An item bank begins with 'kind: bank' and has 'items'."
    ]


def test_the_bank_itself_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "nh.yaml"
    text = BANK.replace('version: "2"', 'version: "1", show_if: "${k2} = \'d\'"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_definition(path)
    assert [problem.text() for problem in caught.value.problems] == [
        "nh.yaml, line 10, items.k1.version: Version '1' of 'k1' exists already: "
        "nh.yaml, line 9, items.k1.version. Give a changed item a new version.",
        "nh.yaml, line 10, items.k1.show_if: An item of a bank cannot know what else is asked. "
        "Write 'show_if' where the item is used.",
        "nh.yaml, line 11, items.k2.key: The key 'x' is no option. Use one of: d, s.",
    ]
