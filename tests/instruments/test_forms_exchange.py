"""What other programs get: read back with their own means, complete, escaped, and without a key."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from instruments.forms.exchange.ddi import to_ddi
from instruments.forms.exchange.spss import to_spss
from instruments.forms.exchange.surveyjs import to_surveyjs
from instruments.forms.exchange.variables import variables
from instruments.forms.gaps import gaps
from instruments.library import find
from instruments.load import load_instrument
from instruments.model import Instrument
from tests.instruments.drawn_instruments import instruments

FEATURES = Path(__file__).parent / "features"
DDI = {"d": "ddi:codebook:2_5"}
HOSTILE = "{{7*7}} ]]> <script>alert(\"1\")</script> & 'it''s' \"q\" #x ."
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def feature(name: str) -> Instrument:
    return load_instrument(FEATURES / f"{name}.yaml")


def small(*items: dict[str, object], **more: object) -> Instrument:
    return Instrument.model_validate({
        "id": "nho", "version": "1", "title": {"vi": "Phiếu nhỏ"}, "languages": ["vi"],
        "items": items, **more,
    })  # fmt: skip


def choice(code: str, label: str = "", **more: object) -> dict[str, object]:
    return {"code": code, "label": {"vi": label} if label else {}, **more}


def hostile() -> Instrument:
    text = {"vi": HOSTILE}
    options = [choice("a", HOSTILE), choice("b'c", HOSTILE, missing="refused")]
    return small(
        {"id": "q", "type": "single", "label": text, "hint": text, "options": options},
        {"id": "n", "type": "note", "label": text},
        title=text,
    )


def elements(survey: dict[str, object]) -> dict[str, dict[str, object]]:
    """Every panel and question of a SurveyJS form by its name."""
    found: dict[str, dict[str, object]] = {}

    def go(parts: list[dict[str, object]]) -> None:
        for part in parts:
            assert part["name"] not in found
            found[part["name"]] = part
            go(part.get("elements", []) + part.get("templateElements", []))

    go(survey["pages"])
    return found


def survey(instrument: Instrument) -> dict[str, dict[str, object]]:
    return elements(json.loads(to_surveyjs(instrument).text))


def commands(syntax: str) -> list[list[str]]:
    """SPSS commands as words and texts, doubled quotes undone and pieces joined."""
    found: list[list[str]] = []
    words: list[str] = []
    for text, word, end in re.findall(
        r"'((?:[^']|'')*)'|([^\s'.]+(?:\.[^\s'.]+)*)|(\.)\s*\n", syntax
    ):
        if end:
            found.append(words)
            words = []
        elif len(words) > 1 and words[-1] == "+":
            words[-2:] = [words[-2] + text.replace("''", "'")]
        else:
            words.append(word or text.replace("''", "'"))
    assert words == []
    return found


@settings(max_examples=25)
@given(instruments())
def test_the_codebook_names_every_variable_with_its_labels_and_codes(instrument):
    root = ElementTree.fromstring(to_ddi(instrument))
    expected = list(variables(instrument))
    found = root.findall("d:dataDscr/d:var", DDI)
    assert [one.get("name") for one in found] == [one.path for one in expected]
    for one, variable in zip(found, expected, strict=True):
        labels = {label.get(XML_LANGUAGE): label.text for label in one.findall("d:labl", DDI)}
        assert labels == variable.label
        codes = [(category.findtext("d:catValu", None, DDI), category.get("missing") == "Y")
                 for category in one.findall("d:catgry", DDI)]  # fmt: skip
        assert codes == [(option.code, option.missing is not None) for option in variable.options]


def test_groups_of_the_codebook_point_at_its_variables():
    root = ElementTree.fromstring(to_ddi(feature("grid")))
    names = {one.get("ID"): one.get("name") for one in root.iter(f"{{{DDI['d']}}}var")}
    (group,) = root.findall("d:dataDscr/d:varGrp", DDI)
    assert group.get("type") == "grid"
    assert [names[one] for one in group.get("var").split()] == [
        "thai_do/td1", "thai_do/td2", "thai_do/td3",
    ]  # fmt: skip


def test_the_codebook_tells_who_is_asked_in_words():
    root = ElementTree.fromstring(to_ddi(feature("show_if")))
    told = {one.get("name"): [who.text for who in one.findall("d:universe", DDI)]
            for one in root.iter(f"{{{DDI['d']}}}var")}  # fmt: skip
    assert told["tranh_chap"] == []
    assert told["chi_tiet/ket_qua"] == [
        "tranh_chap trả lời “Có”; hoa_giai trả lời “Có”",
        "tranh_chap is answered “Yes”; hoa_giai is answered “Yes”",
    ]


def test_elements_of_a_variable_stand_in_the_order_of_the_schema():
    order = ["labl", "qstn", "universe", "catgry", "derivation", "varFormat"]
    root = ElementTree.fromstring(to_ddi(load_instrument(find("residents"))))
    for variable in root.iter(f"{{{DDI['d']}}}var"):
        places = [order.index(inside.tag.rpartition("}")[2]) for inside in variable]
        assert places == sorted(places)


def test_hostile_texts_come_back_letter_by_letter():
    root = ElementTree.fromstring(to_ddi(hostile()))
    texts = [one.text for one in root.iter() if one.text and "7*7" in one.text]
    assert texts == [HOSTILE] * 6
    found = survey(hostile())
    assert found["q"]["title"] == found["q"]["description"] == {"vi": HOSTILE}
    assert found["q"]["choices"] == [
        {"value": code, "text": {"vi": HOSTILE}} for code in ("a", "b'c")
    ]
    assert "<" not in found["n"]["html"]["vi"]
    assert commands(to_spss(hostile()))[1:] == [
        ["VARIABLE", "LABELS", "q", HOSTILE],
        ["VALUE", "LABELS", "q", "a", HOSTILE, "b'c", HOSTILE],
        ["MISSING", "VALUES", "q", "(", "b'c", ")"],
    ]


@pytest.mark.parametrize("write", [to_ddi, to_spss, lambda one: to_surveyjs(one).text])
@pytest.mark.parametrize("name", ["residents", "forces"])
def test_another_key_writes_the_same_file(name, write):
    instrument = load_instrument(find(name))

    def without_keys(part):
        if hasattr(part, "items"):
            return part.model_copy(update={"items": tuple(map(without_keys, part.items))})
        return part.model_copy(update={"key": (), "law": (), "dimension": None, "source": None})

    assert any(placed.item.key for placed in instrument.placed())
    assert write(without_keys(instrument)) == write(instrument)


@settings(max_examples=25)
@given(instruments())
def test_surveyjs_gets_every_question_or_a_named_loss(instrument):
    made = to_surveyjs(instrument)
    found = elements(json.loads(made.text))
    lost = {loss.where for loss in made.losses}
    for placed in instrument.placed():
        assert placed.item.id in found or placed.path in lost
        if placed.item.type in ("single", "multiple"):
            codes = [one["value"] for one in found[placed.item.id]["choices"]]
            assert codes == [one.code for one in instrument.options_of(placed.item)]


def test_conditions_and_checks_are_those_of_surveyjs():
    found = survey(small(
        {"id": "a", "type": "single", "options": [choice("1"), choice("2")]},
        {"id": "m", "type": "multiple", "options": [choice("x"), choice("k", "Không", exclusive=True)]},
        {"id": "n", "type": "integer", "checks": {"rule": ". > 0 and . < ${a} + 5"}},
        {"id": "t", "type": "text", "checks": {"rule": "regex(., '[0-9]{3}')"}},
        {"id": "c", "type": "calculated", "calculation": "2026 - ${n}"},
        {"id": "b", "show_if": "selected(${m}, 'x') and not(selected(${a}, '1')) and ${t} != ''",
         "items": [{"id": "q", "type": "text", "show_if": "count-selected(${m}) = 2 or ${n} = ''"}]},
    ))  # fmt: skip
    assert found["b"]["visibleIf"] == "(({m} contains 'x') and (!(({a} = '1'))) and ({t} notempty))"
    assert found["q"]["visibleIf"] == "((iif({m} empty, 0, {m.length}) = 2) or ({n} empty))"
    assert found["n"]["validators"] == [
        {"type": "regex", "regex": "^[+-]?[0-9]+$"},
        {"type": "expression",
         "expression": "({n} empty) or (({n} > 0) and (({a} notempty) and ({n} < ({a} + 5))))"},
    ]  # fmt: skip
    assert found["t"]["validators"] == [{"type": "regex", "regex": "^(?:[0-9]{3})$"}]
    assert found["m"]["validators"] == [{
        "type": "expression",
        "expression": "({m} empty) or ((!(({m} contains 'k'))) or (iif({m} empty, 0, {m.length}) = 1))",
        "text": {"vi": "“Không” không thể chọn cùng phương án khác."},
    }]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "written"),
    [
        ("${n} + 1 < 5", "(({n} notempty) and (({n} + 1) < 5))"),
        ("${n} * 2 != 4", "((!(({n} notempty))) or (({n} * 2) != 4))"),
        ("${n} <= ${k}", "(({n} notempty) and ({k} notempty) and ({n} <= {k}))"),
        ("${n} <= 5", "({n} <= 5)"),
        ("${n} - 1 and ${k} = 2", None),
        ("if(${n} = 1, ${k} + 1, 0) < 3", None),
        ("coalesce(${n}, 0) <= 3", None),
        ("coalesce(${n}, 0) < 3", "(iif({n} empty, 0, {n}) < 3)"),
    ],
)
def test_a_missing_answer_is_never_0_for_surveyjs(condition, written):
    found = survey(small(
        {"id": "n", "type": "integer"},
        {"id": "k", "type": "integer"},
        {"id": "q", "type": "text", "show_if": condition},
    ))  # fmt: skip
    assert found["q"].get("visibleIf") == written


def test_a_question_of_a_roster_is_read_inside_its_entry_and_refused_outside():
    made = to_surveyjs(feature("roster"))
    survey = json.loads(made.text)
    assert elements(survey)["can_cuoc"]["visibleIf"] == "({panel.tuoi} >= 14)"
    assert "calculatedValues" not in survey
    assert [(loss.where, loss.what.text()) for loss in made.losses] == [
        ("tong", "The calculation is left out.")
    ]


def test_what_surveyjs_cannot_say_is_named_and_not_guessed():
    instrument = small(
        {"id": "t", "type": "text"},
        {"id": "h", "type": "hidden", "draw": ["1", "2"]},
        {"id": "a", "type": "text", "show_if": "string-length(${t}) > 3"},
        {"id": "b", "type": "text", "checks": {"rule": "string-length(.) > 3"}},
        {"id": "d", "type": "text", "show_if": "${t} = 'it\"s'"},
        {"id": "e", "type": "text", "show_if": "${h} = '1'", "checks": {"rule": ". != 'x'", "hard": False}},
        {"id": "p", "type": "geopoint"},
    )  # fmt: skip
    assert [(one.where, one.what.text()) for one in gaps(instrument, kind="surveyjs")] == [
        ("h", "SurveyJS does not fill it; the page that shows the form must set its value."),
        ("a", "The condition 'string-length(${t}) > 3' is left out; it is asked of everybody."),
        ("b", "The check 'string-length(.) > 3' is left out."),
        ("d", "The condition '${t} = 'it\"s'' is left out; it is asked of everybody."),
        ("e", "The check '. != 'x'' only asks for confirmation; it is left out."),
        ("p", "SurveyJS has no such question; it is left out."),
    ]
    assert survey(instrument)["e"]["visibleIf"] == "({h} = '1')"


@pytest.mark.parametrize("kind", ["html", "xlsform", "xform", "surveyjs"])
def test_a_booklet_whose_order_a_form_cannot_follow_is_named(kind):
    places = [(one.where, one.what.text()) for one in gaps(feature("booklets"), kind=kind)]
    assert [one for one in places if "booklet" in one[0]] == [
        ("booklets, booklet 3", "Its blocks are asked in the order of the form (a, c), not in the booklet's own.")
    ]  # fmt: skip


def test_orders_of_booklets_and_blocks_are_no_part_of_a_codebook():
    what = "A codebook does not hold orders that are drawn."
    found = [(one.where, one.what.text()) for one in gaps(feature("booklets"), kind="ddi")]
    assert ("booklets", what) in found
    rows = [{"id": name, "type": "text", "label": {"vi": name}} for name in ("a", "b")]
    block = {"id": "khoi", "rotate": "shuffle", "items": rows}
    assert [(one.where, one.what.text()) for one in gaps(small(block), kind="ddi")] == [
        ("khoi", what)
    ]


def test_a_word_in_braces_that_is_a_name_for_surveyjs_stays_a_word_and_is_named():
    text = {"vi": "Ông {tuoi}, trang {pageNo}, {gi đó} {{7*7}} ${tuoi} {panel.tuoi}"}
    item = {"id": "tuoi", "type": "integer", "label": text}
    note = {"id": "n", "type": "note", "label": text}
    made = to_surveyjs(small(item, note))
    parts = elements(json.loads(made.text))
    joined = "\u2060"
    assert parts["tuoi"]["title"] == {
        "vi": f"Ông {{{joined}tuoi}}, trang {{{joined}pageNo}}, {{gi đó}} {{{{7*7}}}} {{tuoi}} {{{joined}panel.tuoi}}"
    }
    assert parts["n"]["html"]["vi"].startswith("Ông &#123;tuoi}, trang &#123;pageNo}, &#123;gi đó}")
    assert "{tuoi} &#123;panel.tuoi}" in parts["n"]["html"]["vi"]
    assert [one.what.text() for one in made.losses] == [
        f"SurveyJS would read {braced} in a text as an answer; an invisible sign behind the brace keeps it a text."
        for braced in ("{tuoi}", "{pageNo}", "{panel.tuoi}")
    ]


@settings(max_examples=25)
@given(instruments())
def test_spss_names_are_valid_and_differ_in_more_than_their_case(instrument):
    named = [one[2] for one in commands(to_spss(instrument)) if one[:2] == ["VARIABLE", "LABELS"]]
    assert len({name.upper() for name in named}) == len(named)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]{0,63}", name) for name in named)


def test_spss_codes_that_are_numbers_are_numbers_and_missing_values_are_declared():
    assert commands(to_spss(small(
        {"id": "a", "type": "single", "options": [choice("1", "Có"), choice("9", "Không biết", missing="dont_know")]},
        {"id": "A", "type": "single", "options": [choice("01", "Có"), choice("kb", missing="dont_know")]},
    )))[1:] == [
        ["*", "A_2", "=", "A"],
        ["VALUE", "LABELS", "a", "1", "Có", "9", "Không biết"],
        ["MISSING", "VALUES", "a", "(9)"],
        ["VALUE", "LABELS", "A_2", "01", "Có", "kb", "kb"],
        ["MISSING", "VALUES", "A_2", "(", "kb", ")"],
    ]  # fmt: skip


def test_what_spss_has_no_room_for_is_named():
    missing = [
        choice(code, "Mất", missing="refused") for code in ("m1", "m2", "m3", "m4", "khong_biet")
    ]
    instrument = small(
        {"id": "m", "type": "multiple", "options": [choice("x"), choice("y")]},
        {"id": "a", "type": "single", "label": {"vi": "ạ" * 90}, "options": missing},
    )
    assert [(one.where, one.what.text()) for one in gaps(instrument, kind="spss")] == [
        ("m", "Its codes stand in one text; SPSS cannot label them."),
        ("a", f"The label '{'ạ' * 90}' is cut off after 255 bytes."),
        ("a", "SPSS takes three missing values of at most 8 bytes; not declared: m4, khong_biet."),
    ]
    labels = [
        one for one in commands(to_spss(instrument)) if one[:3] == ["VARIABLE", "LABELS", "a"]
    ]
    assert labels[0][3] == "ạ" * 85


def test_what_a_codebook_has_no_element_for_is_named():
    what = "A codebook does not hold orders that are drawn."
    assert [(one.where, one.what.text()) for one in gaps(feature("rotation"), kind="ddi")] == [
        ("khoi", what), ("nguon", what),
    ]  # fmt: skip
