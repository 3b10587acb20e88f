"""XForms of ours mean what the clients' own converter makes of the XLSForm, and are valid."""

import shutil
import subprocess
import warnings
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xlsxwriter
from hypothesis import given, settings

from instruments.dump import to_yaml
from instruments.errors import DefinitionError
from instruments.forms.gaps import gaps
from instruments.forms.xform.mended import mended
from instruments.forms.xform.write import to_xform
from instruments.forms.xlsform import to_xlsform
from instruments.library import find
from instruments.load import load_instrument
from instruments.model import Block, Instrument, Item, Option
from tests.instruments.drawn_instruments import instruments
from tests.instruments.feature_forms import FORMS, workbook
from tests.instruments.field_forms import FIELD_FORMS
from tests.instruments.field_habits import FIELD_HABITS
from tests.instruments.meaning import meaning

ALL_FORMS = FORMS | FIELD_FORMS | FIELD_HABITS
QUOTES = str.maketrans("“”‘’", "\"\"''")
FEATURES = [path for path in sorted((Path(__file__).parent / "features").glob("*.yaml"))
            if path.stem != "bank"]  # fmt: skip


def theirs(path: Path) -> str:
    """The XForm that pyxform makes, whatever it warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        xls2xform = pytest.importorskip("pyxform.xls2xform")
        return str(xls2xform.convert(xlsform=str(path), validate=False).xform)


def assert_same_meaning(one: str, other: str) -> None:
    left, right = meaning(one), meaning(other)
    for version in (left, right):
        version.pop("version")
    assert left.keys() == right.keys()
    assert [name for name in left if left[name] != right[name]] == [], [
        (left[name], right[name]) for name in left if left[name] != right[name]
    ]


@pytest.mark.parametrize("name", ALL_FORMS)
def test_our_xform_of_a_form_means_what_pyxforms_does(name: str, tmp_path: Path) -> None:
    path = workbook(name, tmp_path, ALL_FORMS)
    assert_same_meaning(to_xform(load_instrument(path)), theirs(path))


@pytest.mark.parametrize("name", ALL_FORMS)
def test_a_form_survives_yaml_and_our_xlsform(name: str, tmp_path: Path) -> None:
    path = workbook(name, tmp_path, ALL_FORMS)
    instrument = load_instrument(path)
    yaml = tmp_path / "copy.yaml"
    yaml.write_text(to_yaml(instrument), encoding="utf-8")
    again = tmp_path / "again" / path.name
    again.parent.mkdir()
    again.write_bytes(to_xlsform(load_instrument(yaml)))
    assert load_instrument(again) == instrument
    assert to_yaml(load_instrument(again)) == yaml.read_text(encoding="utf-8")
    assert_same_meaning(theirs(again), theirs(path))


@pytest.mark.parametrize("path", FEATURES, ids=lambda path: path.stem)
def test_each_feature_of_the_language_is_the_same_form_by_either_way(
    path: Path, tmp_path: Path
) -> None:
    instrument = load_instrument(path)
    form = tmp_path / f"{path.stem}.xlsx"
    form.write_bytes(to_xlsform(instrument))
    assert load_instrument(form) == instrument
    assert_same_meaning(to_xform(instrument), theirs(form))


def test_public_forms_keep_their_meaning(shared: Path, tmp_path: Path) -> None:
    paths = sorted((shared / "xlsforms").glob("*.xls*"))
    assert len(paths) == 13
    for path in paths:
        instrument = load_instrument(path)
        assert_same_meaning(to_xform(instrument), theirs(path))
        again = tmp_path / f"{path.stem}.xlsx"
        again.write_bytes(to_xlsform(instrument))
        assert load_instrument(again) == instrument
        assert_same_meaning(theirs(again), theirs(path))


def test_odk_validate_accepts_every_form(tmp_path: Path) -> None:
    pyxform = pytest.importorskip("pyxform")
    if shutil.which("java") is None:
        pytest.skip("java is not installed")
    jar = Path(pyxform.__file__).parent / "validators/odk_validate/bin/ODK_Validate.jar"
    made = []
    for source in [
        *(workbook(name, tmp_path, ALL_FORMS) for name in ALL_FORMS),
        find("residents"),
        *FEATURES,
    ]:
        made.append(tmp_path / f"{source.stem}.xml")
        made[-1].write_text(to_xform(load_instrument(source)), encoding="utf-8")
    done = subprocess.run(["java", "-jar", jar, *made], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    broken = made[0].with_stem("broken")
    broken.write_text(
        made[0].read_text().replace("</bind>", "").replace('type="int"', 'relevant="bogus(1)"')
    )
    refused = subprocess.run(
        ["java", "-jar", jar, broken], capture_output=True, text=True, check=False
    )
    assert refused.returncode != 0


@pytest.mark.parametrize("name", ["年齢", "ชื่อ", "نوع"])
def test_a_name_that_collect_cannot_read_is_kept_in_yaml_and_refused_in_an_xform(
    name: str, tmp_path: Path
) -> None:
    rows = f"| type | name | label |\n| text | {name} | A |\n| text | họ_và_tên.1 | B |"
    path = workbook("form", tmp_path, {"form": {"survey": rows}})
    instrument = load_instrument(path)
    assert f'{{id: "{name}"' in to_yaml(instrument)
    said = (f"{name}: ODK Collect does not read the name '{name}': its letters have no capitals, or it"
            " has marks apart from letters. Rename it and whatever mentions it, or make the XLSForm,"
            " which KoboToolbox plays in the browser.")  # fmt: skip
    assert [one.text() for one in mended(instrument)] == [said]
    with pytest.raises(DefinitionError) as refused:
        to_xform(instrument)
    assert refused.value.text() == said


def test_the_shipped_questionnaire_is_the_same_form_by_either_way(tmp_path: Path) -> None:
    instrument = load_instrument(find("residents"))
    path = tmp_path / "residents.xlsx"
    path.write_bytes(to_xlsform(instrument))
    assert_same_meaning(to_xform(instrument), theirs(path))


def test_no_key_nor_its_credit_is_in_the_xform() -> None:
    instrument = load_instrument(find("residents"))
    without = instrument.model_copy(
        update={"items": tuple(_without_key(part) for part in instrument.items)}
    )
    assert any(placed.item.key for placed in instrument.placed())
    assert to_xform(instrument) == to_xform(without)


def _without_key(part: Block | Item) -> Block | Item:
    if isinstance(part, Block):
        return part.model_copy(update={"items": tuple(map(_without_key, part.items))})
    secret = {
        "key": (),
        "law": (),
        "dimension": None,
        "topic": None,
        "source": None,
        "reviewed": None,
    }
    return part.model_copy(update=secret)


def make(*items: Item | Block, **fields: object) -> Instrument:
    given = {
        "id": "thu",
        "version": "1",
        "title": {"vi": "Thử"},
        "languages": ("vi", "en"),
        "items": items,
    }
    return Instrument.model_validate(given | fields)


def single(codes: str, **fields: object) -> Item:
    options = tuple(Option(code=code, label={"vi": code.upper(), "en": code}) for code in codes)
    return Item.model_validate({"id": "q", "type": "multiple", "label": {"vi": "Hỏi", "en": "Ask"},
                                "options": options, **fields})  # fmt: skip


def test_rules_of_options_become_one_constraint_with_one_message() -> None:
    options = (
        *single("ab").options,
        Option(code="khong", label={"vi": "Không", "en": "None"}, exclusive=True),
    )
    item = single(
        "ab", max_selected=2, checks={"rule": "selected(., 'a')", "message": {"vi": "Cần A."}}
    )
    found = meaning(to_xform(make(item.model_copy(update={"options": options}))))
    bind = found["binds"]["/data/q"]
    assert bind["constraint"] == (
        "(selected(.,'a'))and(count-selected(.)<=2)and(not(selected(.,'khong'))or count-selected(.)=1)"
    )
    assert bind["{http://openrosa.org/javarosa}constraintMsg"] == {
        "Tiếng Việt (vi) ": 'Cần A. Chỉ chọn nhiều nhất 2 phương án. "Không" không thể chọn cùng phương án khác.',
        "English (en) ": 'Choose no more than 2. "None" cannot be chosen together with others.',
    }


def test_own_options_and_a_shared_list_of_the_same_name_stay_apart() -> None:
    lists = {"q": (Option(code="z"),)}
    found = meaning(
        to_xform(
            make(single("ab"), single("", id="r", options=(), choices="q"), choice_lists=lists)
        )
    )
    assert [control["itemset"] for control in found["controls"]] == [
        "instance('q_')/root/item", "instance('q')/root/item",
    ]  # fmt: skip
    assert [choice["name"] for choice in found["choices"]["q_"]] == ["a", "b"]


def test_hostile_texts_are_printed_verbatim() -> None:
    hostile = "<script>alert(1)</script> {{7*7}} ]]> &amp; ' \" =1+1 \x07"
    item = Item(id="q", type="text", label={"vi": hostile, "en": hostile}, hint={"vi": hostile},
                checks=({"rule": "regex(., '[<>&]+')", "message": {"vi": hostile}},))  # fmt: skip
    document = to_xform(make(item, title={"vi": hostile}))
    texts = [element.text for element in ET.fromstring(document).findall(".//{*}value")]
    assert texts.count(hostile.replace("\x07", "�")) == 4
    assert "<script" not in document


@given(instruments())
@settings(max_examples=60)
def test_any_instrument_becomes_a_record_with_every_item_and_every_text(
    instrument: Instrument,
) -> None:
    found = meaning(to_xform(instrument))
    paths = {f"/data/{placed.path}" for placed in instrument.placed()}
    assert paths <= {path for path, _, _ in found["record"]}
    labels = {label for control in found["controls"] if isinstance(control["label"], dict)
              for label in control["label"].values()}  # fmt: skip
    for placed in instrument.placed():
        assert {
            " ".join(text.translate(QUOTES).split()) for text in placed.item.label.values()
        } <= labels


def test_a_type_that_xform_does_not_know_is_refused_with_its_path() -> None:
    block = Block(id="g", items=(Item(id="q", type="metadata", settings={"type": "devicid"}),))
    with pytest.raises(DefinitionError) as refused:
        to_xform(make(block))
    assert refused.value.text() == (
        "/data/g/q: There is no type 'devicid'. Did you mean 'deviceid'?"
    )


def of_rows(folder: Path, *rows: str, choices: str = "| list_name | name | label |") -> str:
    survey = "\n".join(("| type | name | label |", *rows))
    path = workbook("form", folder, {"form": {"survey": survey, "choices": choices}})
    return to_xform(load_instrument(path))


def test_a_group_with_nothing_to_see_is_in_the_record_but_not_in_the_body(tmp_path: Path) -> None:
    rows = ("| begin_group | g | G |", "| hidden | a |  |", "| end_group |  |  |")
    found = meaning(of_rows(tmp_path, *rows, "| text | b | B |"))
    assert [path for path, _, _ in found["record"]][:2] == ["/data/g", "/data/g/a"]
    assert [control["tag"] for control in found["controls"]] == ["input"]


def test_an_option_that_says_nothing_shows_its_code(tmp_path: Path) -> None:
    choices = "| list_name | name | label |\n| l | a | A |\n| l | b |  |"
    found = meaning(of_rows(tmp_path, "| select_one l | q | Q |", choices=choices))
    assert [choice["label"] for choice in found["choices"]["l"]] == ["A", "b"]


@pytest.mark.parametrize("before", [[[], ["text", "a", "A"], []], [["text", "a", "A"]]])
def test_rows_that_a_form_leaves_empty_do_not_change_the_names_of_a_table(
    before: list[list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "gaps.xlsx"
    head = [["type", "name", "label", "appearance"], *before]
    rows = [["begin_group", "g", "G", "table-list"], [], ["select_one l", "b", "B"], ["end_group"]]
    with xlsxwriter.Workbook(path) as book:
        for name, table in {
            "survey": head + rows,
            "choices": [["list_name", "name", "label"], ["l", "1", "One"]],
        }.items():
            page = book.add_worksheet(name)
            for number, cells in enumerate(table):
                page.write_row(number, 0, cells)
    assert_same_meaning(to_xform(load_instrument(path)), theirs(path))


def test_entities_without_a_place_of_their_own_are_kept_in_yaml_and_refused_in_an_xform(
    tmp_path: Path,
) -> None:
    forms = {"form": {
        "survey": "| type | name | label | save_to |\n| text | a | A | trees#a |\n"
                  "| text | b | B | people#b |",
        "entities": "| list_name | label |\n| trees | ${a} |\n| people | ${b} |",
    }}  # fmt: skip
    instrument = load_instrument(workbook("form", tmp_path, forms))
    said = (
        "entities: There is no one place for the entity 'people': it saves from several rosters, or"
        " from a group that another entity has. Put all that belongs to an entity into a group of its"
        " own."
    )
    assert [one.text() for one in mended(instrument)] == [said]
    with pytest.raises(DefinitionError) as refused:
        to_xform(instrument)
    assert refused.value.text() == said


def test_a_record_without_groups_is_named_as_not_made(tmp_path: Path) -> None:
    sheets = {"survey": "| type | name | label |\n| text | a | A |",
              "settings": "| form_id | flat |\n| f | yes |"}  # fmt: skip
    instrument = load_instrument(workbook("form", tmp_path, {"form": sheets}))
    assert [one.text() for one in mended(instrument)] == [
        "settings: The setting 'flat' is not followed: the record keeps its groups."
    ]


def test_metadata_must_say_which() -> None:
    with pytest.raises(DefinitionError) as refused:
        to_xform(make(Item(id="q", type="metadata")))
    assert refused.value.text() == (
        "q: The item of type metadata does not say which."
        " Add 'settings: {type: deviceid}' or another type of XLSForm."
    )


def test_options_that_lie_in_a_file_of_their_own_are_named(tmp_path: Path) -> None:
    instrument = load_instrument(workbook("external_choices", tmp_path, ALL_FORMS))
    assert [one.text() for one in gaps(instrument, kind="xform")] == [
        "external_choices: Clients read these options from a file itemsets.csv beside the form."
        " Make the XLSForm; its converter writes the file."
    ]
    assert gaps(instrument, kind="xlsform") == []
