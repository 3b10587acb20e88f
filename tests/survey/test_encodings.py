"""Vietnamese text in every encoding that files come in, told apart by its syllables."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import ImportRejected
from survey.importers.encoding import Bytes, decoded
from survey.importers.sources import parse_table
from survey.importers.syllables import share_of_syllables
from survey.importers.table import Override
from survey.importers.tcvn3 import LETTERS

BYTES = {letter: bytes([byte]) for byte, letter in LETTERS.items() if letter.isalpha()}
WORDS = ("Phường", "xã", "nơi", "cư", "trú", "nước", "người", "nghiêng", "quyền", "luật", "giữa",
         "khuya", "nghĩa", "vụ", "tòa", "án", "pháp", "Đồng", "ý", "rất", "thường", "trực")  # fmt: skip
sentences = st.lists(
    st.sampled_from([word for word in WORDS if not word.isascii()]), min_size=6, unique=True
).map(" ".join)


def in_tcvn3(text: str) -> bytes:
    return b"".join(BYTES.get(letter) or letter.encode("ascii") for letter in text)


def in_cp1258(text: str) -> bytes:
    """Vowels with their hat or horn, tones behind them: as Windows types Vietnamese."""
    signs = []
    for letter in text:
        spread = normalize("NFD", letter)
        tones = "".join(sign for sign in spread[1:] if sign in "\u0300\u0301\u0303\u0309\u0323")
        base = normalize("NFC", "".join(sign for sign in spread if sign not in tones))
        signs.append(base + tones)
    return "".join(signs).encode("cp1258")


def read(content: bytes) -> tuple[str, str]:
    text = decoded(Bytes(name="f", open=lambda: __import__("io").BytesIO(content)))
    with text.lines() as lines:
        return text.encoding, normalize("NFC", "".join(lines))


def test_tcvn3_has_each_of_the_134_letters_once():
    assert len(BYTES) == 134
    assert all(normalize("NFC", letter) == letter for letter in BYTES)


@given(sentences)
def test_the_encoding_is_told_by_the_syllables(text):
    assert read(text.encode()) == ("utf-8", text)
    assert read(text.encode("utf-16")) == ("utf-16", text)
    assert read(in_tcvn3(text)) == ("tcvn3", text)
    assert read(in_cp1258(text)) == ("cp1258", text)
    assert read(normalize("NFD", text).encode()) == ("utf-8", text)


@pytest.mark.parametrize("word", WORDS)
def test_vietnamese_syllables_are_known(word):
    assert share_of_syllables(f"{word}á") >= 0
    assert word.isascii() or share_of_syllables(word) == 1.0


@pytest.mark.parametrize("word", ["Straße", "résumé", "naïveté", "Ñandú", "µéö", "a b́", "́"])
def test_other_words_are_none(word):
    assert share_of_syllables(word) == 0.0


def test_bytes_that_are_no_vietnamese_are_refused_with_their_line(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes("a,b\n1,x\n2,Straße Größe\n".encode("latin-1"))
    with pytest.raises(ImportRejected, match="Line 3 holds bytes that are not UTF-8 text"):
        parse_table(path, told=Override())
    table = parse_table(path, told=Override(encoding="cp1252"))
    assert [row.cells[1] for row in table.rows()] == ["x", "Straße Größe"]


LAYOUTS = {
    "two lines of headings without merged cells": (
        "Bảng tổng hợp,,,,\nSTT,Nhóm,,Nhóm hai,\n,Giới tính,Tuổi,Xã,Thôn\n1,Nam,30,A,B\n",
        ("STT", "Giới tính", "Tuổi", "Xã", "Thôn"), [("1", "Nam", "30", "A", "B")], [],
    ),
    "a line that numbers the columns": (
        "Họ,Giới,Tuổi,Xã\n(1),(2),(3),(4)\nA,Nam,30,X\n",
        ("Họ", "Giới", "Tuổi", "Xã"), [("A", "Nam", "30", "X")], [],
    ),
    "headings again on a new page": (
        "STT,Giới,Tuổi,Xã\n1,Nam,30,X\nSTT,Giới,Tuổi,Xã\n2,Nữ,31,Y\nCộng,,61,\n",
        ("STT", "Giới", "Tuổi", "Xã"), [("1", "Nam", "30", "X"), ("2", "Nữ", "31", "Y")],
        ["STT Giới Tuổi Xã", "Cộng 61"],
    ),
    "a record that answers little is a record": (
        "Giới,Tuổi,Xã,Thôn\nNam,30,X,Y\n,,,Z\n",
        ("Giới", "Tuổi", "Xã", "Thôn"), [("Nam", "30", "X", "Y"), ("", "", "", "Z")], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_tables_as_people_lay_them_out(tmp_path, name):
    text, headings, records, aside = LAYOUTS[name]
    path = tmp_path / "f.csv"
    path.write_text(text, encoding="utf-8")
    table = parse_table(path, told=Override())
    assert table.headings == headings
    assert [row.cells for row in table.rows()] == records
    assert [" ".join(filter(None, row.cells)) for row in table.lines() if not row.number] == aside
    assert [row.number for row in table.rows()] == list(range(1, len(records) + 1))
