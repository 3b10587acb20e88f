"""Definitions written as YAML read back as the same definitions."""

from pathlib import Path
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from instruments.dump import to_yaml
from instruments.load import load_instrument
from instruments.model import Instrument, Item, Option
from instruments.source import Node
from instruments.yaml_source import UNSEEN, compose

LIBRARY = Path("instruments/library/hanoi_1371")
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(
    lambda text: normalize("NFC", UNSEEN.sub("", text))
)
LINES = st.lists(
    st.sampled_from(
        ["yes", "- a", "# b", "c: d", "012", "'", '"', "\n", " ", "đường", "{x}", "&a", "%"]
    )
)
TEXTS = WORDS | LINES.map(" ".join) | LINES.map("".join)


def read_back(text: str) -> Node:
    root, problems = compose(text, file="x.yaml")
    assert not problems
    return root


def test_the_shipped_questionnaire_reads_back_equal(tmp_path: Path) -> None:
    instrument = load_instrument(LIBRARY / "residents.yaml")
    copy = tmp_path / "copy.yaml"
    copy.write_text(to_yaml(instrument), encoding="utf-8")
    assert load_instrument(copy) == instrument
    assert to_yaml(load_instrument(copy)) == copy.read_text(encoding="utf-8")


@given(TEXTS)
def test_any_text_reads_back_equal(text: str) -> None:
    item = Item(id="a", type="text", label={"vi": text, "en": f"{text} {text}"}, show_if=text)
    written = Instrument(id="i", version="1", title={"vi": text}, languages=("vi",), items=(item,))
    assert Instrument.model_validate(read_back(to_yaml(written)).data()) == written


@given(st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=12))
def test_any_code_stays_a_text(code: str) -> None:
    code = normalize("NFC", code)
    options = (Option(code=code, filters={code: code}), Option(code="no"), Option(code="012"))
    item = Item(id="a", type="single", options=options, key=[{"credit": {code: 1}}])
    written = Instrument(id="i", version="1.0", title={"vi": "x"}, languages=("vi",), items=(item,))
    assert Instrument.model_validate(read_back(to_yaml(written)).data()) == written


def test_what_is_written_is_made_for_reading() -> None:
    item = Item(
        id="gioi_tinh", type="single", required=True, label={"vi": "Giới tính", "en": "Sex"},
        hint={"vi": "Đọc chậm từng phương án, dừng lại sau mỗi phương án, rồi ghi phương án mà người"
                    " trả lời chọn trước tiên, kể cả khi họ đổi ý."},
        options=(Option(code="1", label={"vi": "Nam"}), Option(code="no", label={"vi": "Nữ"})),
        key=[{"credit": {"1": 1}}], show_if="${tuoi} >= 18",
    )  # fmt: skip
    written = Instrument(
        id="thu", version="2026.1", title={"vi": "Thử"}, languages=("vi", "en"), items=(item,)
    )
    assert (
        to_yaml(written)
        == """kind: instrument
id: thu
version: "2026.1"
title: {vi: "Thử"}
languages: [vi, en]
items:
  - id: gioi_tinh
    type: single
    label: {vi: "Giới tính", en: Sex}
    hint:
      vi: >-
        Đọc chậm từng phương án, dừng lại sau mỗi phương án, rồi ghi phương án mà người trả lời chọn
        trước tiên, kể cả khi họ đổi ý.
    options:
      - {code: "1", label: {vi: Nam}}
      - {code: "no", label: {vi: "Nữ"}}
    required: true
    show_if: "${tuoi} >= 18"
    key:
      - {credit: {"1": 1}}
"""
    )


def test_a_large_instrument_is_written_and_read_quickly(tmp_path: Path) -> None:
    items = tuple(Item(id=f"k{n}", type="text", label={"vi": f"Câu {n}"}) for n in range(1000))
    written = Instrument(id="i", version="1", title={"vi": "x"}, languages=("vi",), items=items)
    path = tmp_path / "i.yaml"
    path.write_text(to_yaml(written), encoding="utf-8")
    assert load_instrument(path) == written
