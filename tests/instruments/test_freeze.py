"""Frozen copies: one content, one text, one hash, and the same definition when read back."""

import json
import string
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from instruments.freeze import canonical_json, content_hash
from instruments.library import find
from instruments.load import load_definition, load_instrument, load_plan
from instruments.model import Block, Check, Instrument, Item, Key, LawReference, Option

WORDS = st.text(
    st.characters(exclude_categories=("Cs",)) | st.sampled_from("ấậđ\u0301\u2028\x85\ufeff\"\\'"),
    min_size=1, max_size=12,
).map(lambda text: normalize("NFC", text))  # fmt: skip
NAMES = st.text(string.ascii_letters + "_", min_size=1, max_size=8)
CODES = st.sampled_from(["a", "b", "no", "1", "012", "null", "kb", "1e3", "2026-11-24"])
TEXTS = st.dictionaries(st.sampled_from(["vi", "en"]), WORDS)
DAYS = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@st.composite
def items(draw: st.DrawFn, name: str) -> Item:
    codes = draw(st.lists(CODES, min_size=1, max_size=4, unique=True))
    options = tuple(Option(code=code, label=draw(TEXTS)) for code in codes)
    begin = draw(DAYS)
    keys = (
        Key(credit={codes[0]: draw(st.floats(0.01, 1))}, valid_to=begin),
        Key(credit={codes[-1]: 1}, valid_from=begin + timedelta(days=1)),
    )
    law = LawReference(number=draw(WORDS), article=draw(WORDS), valid_from=begin)
    return Item(
        id=name, type="single", options=options, label=draw(TEXTS), hint=draw(TEXTS),
        required=draw(st.booleans()), reviewed=draw(st.sampled_from([None, True, False])),
        checks=(Check(rule=". != ''", message=draw(TEXTS), hard=draw(st.booleans())),),
        key=draw(st.sampled_from([(), keys[:1], keys])), law=draw(st.sampled_from([(), (law,)])),
        settings=draw(st.dictionaries(NAMES, WORDS, max_size=2)),
    )  # fmt: skip


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    names = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    parts = [draw(items(name)) for name in names[1:]]
    block = Block(id=names[0], label=draw(TEXTS), items=tuple(parts[:1]))
    return Instrument(
        id="f", version=draw(WORDS), title=draw(TEXTS), languages=("vi", "en"),
        items=(block, *parts[1:]),
    )  # fmt: skip


@given(instruments())
def test_a_frozen_instrument_is_read_back_equal(instrument: Instrument) -> None:
    text = canonical_json(instrument)
    json.loads(text)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "frozen.json"
        path.write_text(text, encoding="utf-8")
        read = load_instrument(path)
    assert read == instrument
    assert canonical_json(read) == text


def test_the_shipped_definitions_are_read_back_equal(tmp_path: Path) -> None:
    for name in ("hanoi_1371", "residents"):
        definition = load_definition(find(name))
        path = tmp_path / f"{name}.json"
        path.write_text(canonical_json(definition), encoding="utf-8")
        assert load_definition(path) == definition
    assert load_plan(tmp_path / "hanoi_1371.json").kind == "plan"


def test_the_hash_is_of_the_content_not_of_the_spelling(tmp_path: Path) -> None:
    head = 'id: f\nversion: "1"\ntitle: {vi: Phiếu}\nlanguages: [vi]\nitems:\n'
    short = (
        head
        + "  - {id: k, type: single, options: [{code: a, label: {vi: A}}], label: {vi: Câu}, key: a}\n"
    )
    long = normalize("NFD", "kind: instrument\n" + head) + """\
  - label: {vi: Câu}
    id: k
    required: false
    type: single
    key:
      - credit: {a: 1.0}
    options:
      - code: "a"
        exclusive: false
        label: {vi: A}
"""  # fmt: skip
    hashes = set()
    for number, text in enumerate((short, long, short.replace("Câu", "câu"))):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        hashes.add(content_hash(load_definition(path)))
    assert len(hashes) == 2
    assert all(len(one) == 64 for one in hashes)


def test_the_canonical_form_of_a_small_instrument_never_changes() -> None:
    item = Item(id="k", type="single", options=(Option(code="a"),), key=(Key(credit={"a": 1}),))
    instrument = Instrument(
        id="f", version="1", title={"vi": "Phiếu"}, languages=("vi",), items=(item,)
    )
    assert canonical_json(instrument) == (
        '{"id":"f","items":[{"id":"k","key":[{"credit":{"a":1.0}}],"options":[{"code":"a"}],'
        '"type":"single"}],"kind":"instrument","languages":["vi"],"title":{"vi":"Phiếu"},'
        '"version":"1"}\n'
    )
