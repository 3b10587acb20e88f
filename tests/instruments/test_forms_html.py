"""The preview: complete without a script, closed to the outside, silent about keys."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings

from instruments.forms.html.page import to_html
from instruments.library import find
from instruments.load import load_instrument
from instruments.model import Block, Instrument, Item, Option
from tests.instruments.drawn_instruments import instruments
from tests.instruments.feature_forms import FORMS, workbook

VOID = ("meta", "input", "br", "hr")


class Page(HTMLParser):
    """The elements of a page with their attributes, and its texts outside script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.code: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.code[self.open[-1]] = data
        else:
            self.texts.append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [given for name, given in self.elements
                if name == tag and all(given.get(key) == value for key, value in wanted.items())]  # fmt: skip


def make(*parts: Item | Block, **fields: object) -> Instrument:
    given = {"id": "thu", "version": "1", "title": {"vi": "Thử", "en": "Trial"}, "languages": ("vi", "en"),
             "items": parts}  # fmt: skip
    return Instrument.model_validate(given | fields)


@pytest.fixture(scope="module")
def residents() -> Instrument:
    return load_instrument(find("residents"))


def test_nothing_is_loaded_sent_or_run_but_what_the_policy_names(residents: Instrument) -> None:
    page = Page(to_html(residents))
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"]
    hashes = {
        name: b64encode(sha256(text.encode()).digest()).decode() for name, text in page.code.items()
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}';"
        " base-uri 'none'; form-action 'none'"
    )
    names = {name for _, given in page.elements for name in given}
    assert not names & {"src", "href", "action", "style"}
    assert not [name for name in names if name.startswith("on")]


def test_the_page_is_the_same_whatever_the_key_is(residents: Instrument) -> None:
    def without(part: Block | Item) -> Block | Item:
        if isinstance(part, Block):
            return part.model_copy(update={"items": tuple(map(without, part.items))})
        hidden = {
            "key": (),
            "law": (),
            "dimension": None,
            "topic": None,
            "source": None,
            "reviewed": None,
        }
        return part.model_copy(update=hidden)

    assert any(placed.item.key for placed in residents.placed())
    open_copy = residents.model_copy(
        update={"items": tuple(map(without, residents.items)), "dimensions": (), "topics": ()}
    )
    assert to_html(residents) == to_html(open_copy)


def test_each_question_is_a_fieldset_or_a_labelled_field(residents: Instrument) -> None:
    page = Page(to_html(residents))
    ids = [given["id"] for _, given in page.elements if given.get("id")]
    assert len(ids) == len(set(ids))
    for name in ("input", "select", "textarea"):
        fields = [
            given for given in page.all(name) if given.get("type") not in ("radio", "checkbox")
        ]
        assert all(page.all("label", **{"for": given["id"] or ""}) for given in fields)
    legends, sets = len(page.all("legend")), len(page.all("fieldset"))
    asked = [
        placed.item for placed in residents.placed() if placed.item.type in ("single", "multiple")
    ]
    assert legends == sets == len(asked) - len(page.all("select"))


def test_without_a_script_every_skip_is_told_in_words_of_both_languages() -> None:
    first = Item(id="a", type="single", label={"vi": "Có con?", "en": "Children?"},
                 options=(Option(code="1", label={"vi": "Có", "en": "Yes"}),))  # fmt: skip
    page = Page(
        to_html(
            make(first, Item(id="b", type="integer", label={"vi": "Mấy"}, show_if="${a} = '1'"))
        )
    )
    assert "Chỉ trả lời nếu câu 1 trả lời “Có”." in page.texts
    assert "Answer only if question 1 is answered “Yes”." in page.texts


def test_texts_are_shown_verbatim_and_never_as_code() -> None:
    hostile = "</script><img src=x onerror=alert(1)> {{7*7}} ${a} \" ' & \u2028"
    options = tuple(Option(code=f"c{at}", label={"vi": hostile}) for at in range(13))
    page = Page(to_html(make(
        Item(id="a", type="text", label={"vi": hostile}, hint={"vi": hostile}, settings={"default": hostile},
             checks=({"rule": ". != '</script><b>'", "message": {"vi": hostile}},)),
        Item(id="b", type="single", options=options[:2], label={"vi": hostile}),
        Item(id="c", type="single", options=options, label={"vi": hostile}, show_if="${a} != '</script>'"),
        Block(id="d", label={"vi": hostile}, items=()),
        title={"vi": hostile},
    )))  # fmt: skip
    assert len(page.all("script")) == 1
    assert page.all("img") == []
    before = hostile.partition("${a}")[0]
    assert "".join(page.texts).count(before) == 13 + 2 + 8


def test_two_languages_are_there_at_once_and_one_is_shown_by_style_alone() -> None:
    page = Page(
        to_html(make(Item(id="a", type="text", label={"vi": "Tên", "en": "Name"})), language="en")
    )
    switch = page.all("input", name="language")
    assert [given.get("checked", "no") for given in switch] == [None, "no"]
    assert page.all("html")[0]["lang"] == "en"
    assert (
        "body:has(#language-0:checked) .l1, body:has(#language-1:checked) .l0 { display: none; }"
        in page.code["style"]
    )
    assert page.texts.index("Name") < page.texts.index("Tên")


def test_a_text_without_translation_is_shown_in_the_language_that_it_has() -> None:
    page = Page(to_html(make(Item(id="a", type="text", label={"vi": "Tên"}))))
    assert "".join(page.texts).count("Tên") == 1


@pytest.mark.parametrize("name", FORMS)
def test_every_form_has_a_preview(name: str, tmp_path: Path) -> None:
    page = Page(to_html(load_instrument(workbook(name, tmp_path))))
    assert page.all("main")


@given(instruments())
@settings(max_examples=60)
def test_any_instrument_becomes_a_page_that_shows_its_texts_verbatim(
    instrument: Instrument,
) -> None:
    texts = "".join(Page(to_html(instrument)).texts)
    for placed in instrument.placed():
        for text in (*placed.item.label.values(), *placed.item.hint.values()):
            assert text in texts


def test_equal_instruments_give_equal_pages(residents: Instrument) -> None:
    assert to_html(residents) == to_html(residents)
    assert not re.search(r"\b20\d\d-\d\d-\d\dT", to_html(residents))
