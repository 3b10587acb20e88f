"""Two versions of an instrument: every change is named, with what it does to a trend."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.compare.difference import Difference
from instruments.compare.differences import differences
from instruments.library import find
from instruments.load import load_instrument

BASE = """\
id: f
version: "1"
title: {vi: Phiếu, en: Form}
languages: [vi, en]
dimensions: [{id: knowledge, label: {vi: Hiểu biết, en: Knowledge}}, {id: attitude, label: {vi: Ý thức, en: Attitude}}]
consent: {version: "1", text: loi_moi, item: dong_y, agree: co}
items:
  - {id: loi_moi, type: note, label: {vi: "Xin mời trả lời.", en: "Please answer."}}
  - id: dong_y
    type: single
    label: {vi: "Đồng ý không?", en: "Do you agree?"}
    options: [{code: co, label: {vi: Có, en: "Yes"}}, {code: khong, label: {vi: Không, en: "No"}}]
  - id: k1
    type: single
    anchor: true
    dimension: knowledge
    label: {vi: "Đăng ký khai sinh trong mấy ngày?", en: "Within how many days?"}
    options:
      - {code: a, label: {vi: 30 ngày, en: 30 days}}
      - {code: b, label: {vi: 60 ngày, en: 60 days}}
      - {code: kb, label: {vi: Không biết, en: Don't know}, missing: dont_know}
    key: b
  - id: k2
    type: integer
    show_if: "${k1}='b'"
    label: {vi: "Bao nhiêu?", en: "How many?"}
    checks: {rule: ". > 0", message: {vi: Lớn hơn 0., en: Above 0.}}
  - {id: k3, type: text, label: {vi: "Vì sao?", en: "Why?"}}
"""


def changed(folder: Path, *changes: tuple[str, str], version: str = "2") -> list[Difference]:
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "old.yaml").write_text(BASE, encoding="utf-8")
    (folder / "new.yaml").write_text(text.replace('version: "1"\ntitle', f'version: "{version}"\ntitle'),
                                     encoding="utf-8")  # fmt: skip
    return differences(load_instrument(folder / "old.yaml"), load_instrument(folder / "new.yaml"))


def test_marks_in_place_of_answers_are_another_measurement() -> None:
    before = load_instrument(Path(__file__).parent / "features" / "assessor.yaml")
    block = before.items[-1].model_copy(update={"assessor": False})
    after = before.model_copy(update={"version": "2", "items": (*before.items[:-1], block)})
    assert [one.text() for one in differences(before, after)] == [
        "[not comparable] cham/noi_dung: It passed from the respondent to an assessor, or back. "
        "What people say of themselves and what others see are two measurements."
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("trong mấy ngày", "trong bao nhiêu ngày",
         "[not comparable] k1: In 'vi' “Đăng ký khai sinh trong mấy ngày?” became “Đăng ký khai sinh "
         "trong bao nhiêu ngày?”. Another wording is another stimulus; a change in answers may come "
         "from it."),
        ("trong mấy ngày?", "trong mấy ngày",
         "[check] k1: In 'vi' “Đăng ký khai sinh trong mấy ngày?” became “Đăng ký khai sinh trong mấy "
         "ngày”. The words are the same; the marks or capitals are not."),
        ("      - {code: a, label: {vi: 30 ngày, en: 30 days}}\n", "",
         "[not comparable] k1: The option 'a' is gone. "
         "Those who would have chosen it now choose another one."),
        ("      - {code: kb", "      - {code: c, label: {vi: 90 ngày, en: 90 days}}\n      - {code: kb",
         "[not comparable] k1: The option 'c' is new. It draws answers away from the others."),
        ("vi: 60 ngày", "vi: Sáu mươi ngày",
         "[not comparable] k1, b: In 'vi' “60 ngày” became “Sáu mươi ngày”. Another wording is another "
         "stimulus; a change in answers may come from it."),
        (", missing: dont_know", "",
         "[not comparable] k1: The option 'kb' counts as an answer, before as dont_know. "
         "Shares are of other people."),
        ("    key: b", "    key: {b: 1, a: 0.5}",
         "[not comparable] k1: The key differs: b 1 became b 1, a 0.5. The same answer earns another "
         "score; score the old wave anew by the new key."),
        ("    key: b", "    key: [{credit: {b: 1}, valid_to: 2027-02-28}, "
         "{credit: {a: 1}, valid_from: 2027-03-01}]",
         "[safe] k1: A new key holds from 2027-03-01. Each interview is scored by the key of its day."),
        ("    anchor: true\n", "",
         "[not comparable] k1: It is no longer an anchor. "
         "Fewer items link the scores of the two waves."),
        ("dimension: knowledge\n", "dimension: attitude\n",
         "[not comparable] k1: It counts for another dimension. The scores of both dimensions change."),
        ("type: integer", "type: decimal",
         "[not comparable] k2: The type of answer differs. The answers are of another kind."),
        ("\"${k1}='b'\"", "\"${k1}='a'\"",
         "[not comparable] k2: It is asked under other conditions: ${k1}='b' became ${k1}='a'. "
         "Shares are of other people."),
        (". > 0", ". >= 0",
         "[check] k2: The checks differ: . > 0 became . >= 0. "
         "Answers are refused that were taken, or the reverse."),
        ("  - {id: k3, type: text, label: {vi: \"Vì sao?\", en: \"Why?\"}}\n", "",
         "[not comparable] k3: It is gone. There is no trend of it."),
        ("  - {id: k3", "  - {id: k4, type: text, label: {vi: M, en: N}}\n  - {id: k3",
         "[safe] k4: It is new. It has no trend yet; questions after it may be answered differently."),
        ("{id: k3, type: text,", "{id: k3, required: true, type: text,",
         "[check] k3: Whether it must be answered has changed. More or fewer people leave it open."),
        ("Xin mời trả lời.", "Kính mời trả lời.",
         "[not comparable] loi_moi: In 'vi' “Xin mời trả lời.” became “Kính mời trả lời.”. Its version "
         "is the same, so nobody can tell who agreed to what."),
    ],
)  # fmt: skip
def test_a_change_is_told_with_its_effect(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in [one.text() for one in changed(tmp_path, (old, new))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\"${k1}='b'\"", '"(${k1} = \\"b\\")"'),
        ("vi: \"Vì sao?\"", "vi: \"Vì  sao?\""),
        ("checks: {rule: \". > 0\", message: {vi: Lớn hơn 0., en: Above 0.}}",
         "checks: [{rule: \".>0\", message: {vi: Lớn hơn 0., en: Above 0.}}]"),
    ],
)  # fmt: skip
def test_another_spelling_is_no_change(tmp_path: Path, old: str, new: str) -> None:
    assert changed(tmp_path, (old, new)) == []


def test_a_removed_anchor_says_what_it_linked(tmp_path: Path) -> None:
    start = BASE.index("  - id: k1")
    whole = BASE[start : BASE.index("  - id: k2")]
    found = changed(tmp_path, (whole, ""), ("    show_if: \"${k1}='b'\"\n", ""))
    assert found[0].text() == (
        "[not comparable] k1: It is gone. "
        "It was an anchor: one item less links the scores of the two waves."
    )


def test_only_items_that_changed_places_among_the_others_have_moved(tmp_path: Path) -> None:
    line = '  - {id: k3, type: text, label: {vi: "Vì sao?", en: "Why?"}}\n'
    found = changed(tmp_path, (line, ""), ("  - id: dong_y", line + "  - id: dong_y"))
    assert [(one.where, one.kind, one.effect) for one in found] == [("k3", "order", "may_break")]


def test_an_item_in_another_block_is_safe(tmp_path: Path) -> None:
    line = '  - {id: k3, type: text, label: {vi: "Vì sao?", en: "Why?"}}\n'
    block = f"  - id: cuoi\n    label: {{vi: Cuối, en: End}}\n    items:\n  {line[:2]}{line[2:]}"
    block = block.replace("items:\n    - {id: k3", "items:\n      - {id: k3")
    found = changed(tmp_path, (line, block.replace("    - {id: k3", "      - {id: k3")))
    assert [(one.where, one.kind, one.effect) for one in found] == [("cuoi/k3", "path", "safe")]


def test_a_published_version_that_changed_is_told_first(tmp_path: Path) -> None:
    found = changed(tmp_path, ("Vì sao?", "Tại sao?"), version="1")
    assert found[0].text() == (
        "[not comparable] Both are called version 1. "
        "Answers cannot be told apart; a published version never changes."
    )


def test_the_gravest_come_first(tmp_path: Path) -> None:
    found = changed(tmp_path, ("  - {id: k3", "  - {id: k4, type: text, label: {vi: M, en: N}}\n  - {id: k3"),
                    (". > 0", ". >= 0"), ("type: integer", "type: decimal"))  # fmt: skip
    assert [one.effect for one in found] == ["breaks", "may_break", "safe"]


def test_an_instrument_does_not_differ_from_itself() -> None:
    instrument = load_instrument(find("residents"))
    assert differences(instrument, instrument) == []


@given(st.permutations(range(12)))
def test_what_is_left_in_place_is_a_longest_rise(order: list[int]) -> None:
    """Compared with the quadratic recursion of the textbook."""
    from instruments.compare.differences import _longest_rise

    kept = [order[at] for at in sorted(_longest_rise(order))]
    lengths: list[int] = []
    for at, number in enumerate(order):
        lengths.append(1 + max((lengths[to] for to in range(at) if order[to] < number), default=0))
    assert kept == sorted(kept)
    assert len(kept) == max(lengths)
