"""Columns to places of the form: found by path, id and option; else settled by a person."""

import pytest

from instruments.model import Block, Instrument, Item
from survey.errors import ImportRejected
from survey.form import prepare
from survey.importers.table import Columns
from survey.mapping import read_mapping, settle
from survey.transcription import TableValues, Transcriber

NONE = Columns()


@pytest.fixture
def settling(study):
    def settled(headings, *, given=None, columns=NONE, empty=()):
        filled = frozenset(range(len(headings))) - set(empty)
        return settle(headings, columns=columns, filled=filled, given=given or {}, where="f.csv",
                      forms=[prepare(one) for one in study.instruments])  # fmt: skip

    return settled


def answers(study, headings, *rows, columns=NONE):
    """What the newest version makes of rows under these headings."""
    seen = [{cell: 1 for cell in cells if cell} for cells in zip(*rows, strict=True)]
    form = prepare(study.instruments[-1])
    found = settle(headings, columns=columns, filled=frozenset(range(len(headings))), given={},
                   where="f.csv", forms=[form])  # fmt: skip
    transcriber = Transcriber.of(
        found.layout, {one.path: [one] for one in form.level.all_fields()}, columns=columns,
        values=TableValues(columns=seen, repeats={}), repeats={},
    )  # fmt: skip
    return [transcriber.answers(row, {}) for row in rows]


def refusal(settling, *args, **how) -> list[str]:
    with pytest.raises(ImportRejected) as refused:
        settling(*args, **how)
    return [problem.text() for problem in refused.value.problems]


def test_headings_are_form_paths_ids_or_either_with_an_option(settling):
    found = settling(["ca_nhan/gioi_tinh", "k1", "kien_thuc/nguon/tv", "nguon/loa"])
    assert found.layout.whole == {"ca_nhan/gioi_tinh": 0, "kien_thuc/k1": 1}
    assert found.layout.options == {"kien_thuc/nguon": {"tv": 2, "loa": 3}}
    assert found.layout.carried == {"ca_nhan/gioi_tinh", "kien_thuc/k1", "kien_thuc/nguon"}


@pytest.mark.parametrize(
    ("tv", "loa", "expected"),
    [("1", "0", "tv"), ("TRUE", "False", "tv"), ("tv", "loa", "tv loa"), ("", "", None),
     ("0", "0", None)],
)  # fmt: skip
def test_split_columns_become_the_codes_that_were_chosen(study, tv, loa, expected):
    (found,) = answers(study, ["nguon/tv", "nguon/loa"], [tv, loa])
    assert found.get("kien_thuc/nguon") == expected


def test_a_whole_column_goes_before_its_split_ones(study):
    (found,) = answers(study, ["nguon", "nguon/tv", "nguon/loa"], ["loa", "1", "0"])
    assert found == {"kien_thuc/nguon": "loa"}


def test_notes_and_device_metadata_are_known_and_never_stored(study):
    (found,) = answers(study, ["thiet_bi", "cam_on", "k1"], ["imei-123", "x", "dung"])
    assert found == {"kien_thuc/k1": "dung"}


def test_columns_of_the_system_and_empty_ones_without_a_name_need_no_settling(settling):
    found = settling(["k1", "_id", ""], columns=Columns(system=frozenset({1})), empty=[2])
    assert found.layout.carried == {"kien_thuc/k1"}


HOW = (
    "Settle them in a file for --mapping, each on its line: 'heading: form path', "
    "'heading: _uuid' where it numbers the records, or 'heading: null' to leave it out."
)


def test_every_unsettled_column_is_named_at_once_with_what_it_looks_like(settling):
    assert refusal(settling, ["k1", "họ tên", "", "gioi_tinhh", "nguon/bao"]) == [
        f"f.csv: Columns are unsettled: 4; nothing was stored. {HOW}",
        "f.csv: Column 'họ tên' belongs to no question of the form.",
        "f.csv: Column '#3' belongs to no question of the form.",
        "f.csv: Column 'gioi_tinhh' belongs to no question of the form. "
        "Did you mean 'ca_nhan/gioi_tinh'?",
        "f.csv: Column 'nguon/bao' belongs to no question of the form. "
        "Did you mean 'kien_thuc/nguon/loa'?",
    ]


def test_two_columns_of_one_question_are_unsettled(settling):
    assert refusal(settling, ["k1", "kien_thuc/k1", "a1", "a1"]) == [
        f"f.csv: Columns are unsettled: 2; nothing was stored. {HOW}",
        "f.csv: Columns 'k1', 'kien_thuc/k1' all belong to 'kien_thuc/k1'. Keep one of them.",
        "f.csv: Columns 'a1#1', 'a1#2' all belong to 'thai_do/a1'. Keep one of them.",
    ]


def test_a_mapping_settles_repeated_foreign_and_numbering_columns(settling):
    given = {
        "a1#2": None,
        "Câu 1": "kien_thuc/k1",
        "Mã": "_uuid",
        "bản": "_version",
        "tv?": "kien_thuc/nguon/tv",
    }
    found = settling(["a1", "a1", "Câu 1", "Mã", "bản", "tv?"], given=given)
    assert found.layout.whole == {"thai_do/a1": 0, "kien_thuc/k1": 2}
    assert found.layout.options == {"kien_thuc/nguon": {"tv": 5}}
    assert (found.ids, found.versions) == ((3,), (4,))


def test_wrong_lines_of_a_mapping_are_named_with_what_was_probably_meant(settling):
    assert refusal(settling, ["k1", "thiet_bi"], given={"thietbi": None, "k1": "kien_thuc/k9"}) == [
        "f.csv: The mapping names a column 'thietbi', which the file does not have. "
        "Did you mean 'thiet_bi'?",
        "f.csv: The mapping puts column 'k1' at 'kien_thuc/k9', which the form does not have. "
        "Did you mean 'kien_thuc/k1'?",
    ]


def test_an_id_that_stands_in_two_groups_is_unsettled():
    both = [Block(id=name, items=(Item(id="k1", type="text"),)) for name in ("a", "b")]
    form = prepare(
        Instrument(id="i", version="1", title={"vi": "T"}, languages=("vi",), items=both)
    )
    with pytest.raises(ImportRejected, match="'k1' may be any of: a/k1, b/k1"):
        settle(["k1"], columns=Columns(), filled=frozenset({0}), forms=[form], given={}, where="f")


def test_a_mapping_file_is_yaml_or_json(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text('"Họ tên": null\nCâu 1: kien_thuc/k1\n', encoding="utf-8")
    assert read_mapping(path) == {"Họ tên": None, "Câu 1": "kien_thuc/k1"}
    path.write_text('{"a": "b", "c": null}', encoding="utf-8")
    assert read_mapping(path) == {"a": "b", "c": None}


@pytest.mark.parametrize(
    ("text", "words"),
    [("- a\n", "This is no mapping. Write 'heading: form path' on each line."),
     ("a: [b]\n", "m.yaml, line 1, a: The place of a column is a form path or null."),
     ("a: b\na: c\n", "line 2")],
)  # fmt: skip
def test_a_mapping_file_of_another_shape_is_refused(tmp_path, text, words):
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportRejected) as refused:
        read_mapping(path)
    assert words in str(refused.value)
