"""Texts and codes that would like to be code, through every form that an instrument becomes."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from instruments.dump import to_yaml
from instruments.errors import DefinitionError
from instruments.expression.evaluate import Context, compile_expression, compile_test
from instruments.expression.parse import parse
from instruments.forms.exchange.ddi import to_ddi
from instruments.forms.exchange.spss import to_spss
from instruments.forms.exchange.surveyjs import to_surveyjs
from instruments.forms.html.page import to_html
from instruments.forms.paper.run import PrintRun
from instruments.forms.paper.write import to_paper
from instruments.forms.rules import rules_of
from instruments.forms.shown import words_for
from instruments.forms.xform.write import to_xform
from instruments.forms.xlsform import to_xlsform
from instruments.freeze import canonical_json
from instruments.load import load_instrument
from instruments.model import Instrument

TEXTS = [
    "{{7*7}} {% for x in y %} <%= 7*7 %> #{7*7}",
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '#read("/etc/passwd") #sys.version #pagebreak()',
    "`raw` $x^2$ *b* _i_ @ref //c /*d*/ ~ --- <label>",
    r"\server\share \u0041 \n \\ \"",
    "' or '1'='1",
    '" or ""="',
    'it\'s "both" kinds',
    "=cmd|'/c calc'!A0",
    "@SUM(1+1)*cmd",
    "../../../../etc/passwd",
    "]]> &amp; &lt; <!-- --> <?php ?> <![CDATA[x]]>",
    '<output value="/data/nguoi"/>',
    "{nguoi} {title} {locale} {panel.nguoi} {0} {x!r} %s %(x)s",
    "instance('x')/root/item[name='a']/label | //*",
    "một dòng\nhai dòng",
]
UNPRINTED = ["Chữ \u202bnhúng\u202c \u200fdấu\u2066x\u2069", "😀 中文", "W" * 5000]
"""Marks that a reader of PDF does not give back, and a word that it breaks."""
CODES = [
    "<b>",
    "{{7*7}}",
    "#read",
    "$x",
    "\\",
    "it's",
    '"q"',
    "=1+1",
    "../x",
    "%s",
    "&amp;",
    "`",
    "]]>",
    "@a",
]


def made(text: str, *, codes: list[str] = CODES) -> Instrument:
    """A definition that says the text wherever a text can stand, as it is loaded from its YAML."""
    words = {"vi": text}
    fields = {"label": words, "hint": words, "instruction": words}
    options = [{"code": code, "label": words} for code in codes]
    loose = Instrument.model_validate({
        "id": "thu", "version": "1", "title": words, "languages": ["vi"],
        "items": [
            {"id": "nguoi", "type": "text", "label": words,
             "checks": [{"rule": "string-length(.) < 900", "message": words}]},
            {"id": "b", "label": words, "items": [
                {"id": "chon", "type": "single", "options": options, **fields},
                {"id": "nhieu", "type": "multiple", "options": options[:2], **fields},
                {"id": "ghi_chu", "type": "note", "label": words},
            ]},
        ],
    })  # fmt: skip
    with TemporaryDirectory() as name:
        path = Path(name) / "thu.yaml"
        path.write_text(to_yaml(loose), encoding="utf-8")
        return load_instrument(path)


class Words(HTMLParser):
    """What a page shows, its elements, and the values of its controls."""

    def __init__(self) -> None:
        super().__init__()
        self.said, self.tags, self.values, self.silent = [], [], [], 0

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.values += [value for name, value in attrs if name == "value"]
        self.silent += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.said.append(data)


def page(instrument: Instrument) -> list[str]:
    words = Words()
    words.feed(to_html(instrument))
    words.close()
    assert words.tags.count("script") == 1
    assert not {"img", "iframe", "object", "link"} & set(words.tags)
    return ["".join(words.said), *words.values]


def workbook(instrument: Instrument) -> Iterator[str]:
    book = load_workbook(BytesIO(to_xlsform(instrument)))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                if cell.value is not None:
                    yield str(cell.value)


def xml(document: str) -> list[str]:
    root = ElementTree.fromstring(document)
    return ["".join(one.itertext()) for one in root.iter()] + [
        value for one in root.iter() for value in one.attrib.values()
    ]


def spss(instrument: Instrument) -> list[str]:
    joined = to_spss(instrument).replace("' +\n  '", "")
    return [found.replace("''", "'") for found in re.findall(r"'((?:[^']|'')*)'", joined)]


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inside in value.values():
            yield from strings(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from strings(inside)
    else:
        yield str(value)


def surveyjs(instrument: Instrument) -> list[str]:
    said = strings(json.loads(to_surveyjs(instrument).text))
    return [one.replace("\u2060", "").replace("&#123;", "{") for one in said]


def pdf(edition: str) -> Callable[[Instrument], list[str]]:
    def read(instrument: Instrument) -> list[str]:
        content = to_paper(instrument, run=PrintRun(edition=edition, codes=["1"]))
        done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True,
                              check=True)  # fmt: skip
        return [done.stdout.decode()]

    return read


OUTPUTS = {
    "html": page,
    "xlsform": lambda instrument: list(workbook(instrument)),
    "xform": lambda instrument: xml(to_xform(instrument)),
    "ddi": lambda instrument: xml(to_ddi(instrument)),
    "surveyjs": surveyjs,
    "spss": spss,
    "json": lambda instrument: list(strings(json.loads(canonical_json(instrument)))),
    "yaml": lambda instrument: list(strings(instrument.model_dump(mode="json"))),
}
PRINTED = {edition: pdf(edition) for edition in ("respondent", "interviewer")}


def plain(text: str) -> str:
    """Letters and signs without spaces and places to break, which a page may set as it likes."""
    return re.sub(r"[\s\u200b]", "", text)


@pytest.mark.parametrize("text", [*TEXTS, *UNPRINTED], ids=range(len(TEXTS) + len(UNPRINTED)))
@pytest.mark.parametrize("output", OUTPUTS)
def test_a_hostile_text_is_said_letter_by_letter(output: str, text: str) -> None:
    if output == "spss" and len(text.encode()) > 120:
        pytest.skip("SPSS takes labels of 120 bytes; the loss is named")
    said = OUTPUTS[output](made(text))
    shown = [
        plain(one)
        for one in said
        if plain(text) in plain(one) or plain(escaped(text)) in plain(one)
    ]
    assert shown, (output, text)


def escaped(text: str) -> str:
    """The text where SurveyJS sets it as HTML, which only notes are."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("edition", PRINTED)
def test_a_hostile_text_is_printed_letter_by_letter(edition: str, text: str) -> None:
    (said,) = PRINTED[edition](made(text))
    instructions = 2 if edition == "interviewer" else 0
    assert plain(said).count(plain(text)) >= len(CODES) + 2 + 8 + instructions - 3


@pytest.mark.parametrize("text", UNPRINTED)
def test_what_a_font_lacks_or_a_line_cannot_hold_is_printed_without_a_crash(text: str) -> None:
    assert PRINTED["interviewer"](made(text))


def test_a_word_longer_than_the_line_stays_on_the_paper() -> None:
    text = "W" * 700
    content = to_paper(made(text), run=PrintRun(edition="interviewer", codes=["1"]))
    done = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True
    )
    right = [float(one) for one in re.findall(r'xMax="([0-9.]+)"', done.stdout.decode())]
    width = 595.3
    assert max(right) <= width - 15 * 72 / 25.4


@pytest.mark.parametrize("output", OUTPUTS)
def test_hostile_codes_are_kept_as_they_are(output: str) -> None:
    said = OUTPUTS[output](made("Câu hỏi"))
    assert [code for code in CODES if code not in said] == []


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_words_of_a_drawn_value_are_a_text_in_xpath(text: str) -> None:
    levels = [{"code": "1", "label": {"vi": text}}, {"code": "2", "label": {"vi": "khác"}}]
    drawn = {"id": "muc", "type": "hidden", "draw": levels}
    shows = {"id": "q", "type": "text", "label": {"vi": "Thấy ${muc} chưa?"}}
    instrument = Instrument.model_validate({
        "id": "thu", "version": "1", "title": {"vi": "T"}, "languages": ["vi"], "items": [drawn, shows],
    })  # fmt: skip
    ElementTree.fromstring(to_xform(instrument))
    (calculation,) = words_for(instrument.items[0], ["vi"]).values()
    said = compile_expression(parse(calculation))
    now = datetime(2026, 11, 24)
    assert said(Context(now=now, answers={"muc": "1"})) == text
    assert said(Context(now=now, answers={"muc": "2"})) == "khác"


def test_a_code_with_both_kinds_of_quotation_marks_can_exclude_others() -> None:
    words = {"vi": "Chữ"}
    codes = ["a'\"b", "c"]
    options = [{"code": code, "label": words, "exclusive": code != "c"} for code in codes]
    instrument = Instrument.model_validate({
        "id": "thu", "version": "1", "title": words, "languages": ["vi"],
        "items": [{"id": "q", "type": "multiple", "label": words, "options": options}],
    })  # fmt: skip
    for output in (*OUTPUTS.values(), *PRINTED.values()):
        assert list(output(instrument))
    (rule,) = rules_of(instrument.items[0], instrument)
    holds = compile_test(parse(rule.rule))
    now = datetime(2026, 11, 24)
    assert holds(Context(now=now, answers={}, current=["a'\"b"]))
    assert not holds(Context(now=now, answers={}, current=codes))


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40))
def test_no_text_breaks_a_form(text: str) -> None:
    instrument = made("Chữ " + text.replace("${", "$ {"))
    for output in (page, surveyjs, spss, PRINTED["respondent"]):
        assert output(instrument)
    ElementTree.fromstring(to_xform(instrument))
    ElementTree.fromstring(to_ddi(instrument))
    assert list(workbook(instrument))


@pytest.mark.parametrize("char", ["\\0", "\\a", "\\e", "\\x7f", "\\u202e", "\\u202d", "\\ufffe"])
def test_a_character_that_nobody_sees_is_refused_with_its_line(char: str, tmp_path: Path) -> None:
    path = tmp_path / "thu.yaml"
    path.write_text(f'id: thu\nversion: "1"\ntitle: {{vi: "A{char}B"}}\nlanguages: [vi]\n'
                    "items:\n  - {id: q, type: text, label: {vi: Q}}\n")  # fmt: skip
    with pytest.raises(
        DefinitionError, match=r"line 3: The character U\+.* nobody can see it\. Remove it"
    ):
        load_instrument(path)


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x7f", "\ufffe", "\ud800"])
def test_a_control_from_elsewhere_is_printed_as_a_sign(char: str) -> None:
    instrument = Instrument.model_validate({
        "id": "thu", "version": "1", "title": {"vi": f"T{char}T"}, "languages": ["vi"],
        "items": [{"id": "q", "type": "text", "label": {"vi": f"A{char}B"}}],
    })  # fmt: skip
    (said,) = PRINTED["respondent"](instrument)
    assert "A\ufffdB" in said
