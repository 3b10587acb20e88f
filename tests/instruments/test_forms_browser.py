"""The preview in a browser: it skips, checks and computes as the definition says."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.forms.chance import drawn_codes
from instruments.forms.html.items import SILENT
from instruments.forms.html.page import to_html
from instruments.library import find
from instruments.load import load_instrument
from instruments.model import Block, Instrument, Item
from tests.instruments.browser import Browser
from tests.instruments.feature_forms import workbook

CHANCE = 0.5
FEATURES = Path(__file__).parent / "features"
pytestmark = pytest.mark.heavy

HELPERS = """
const part = (id) => document.querySelector(`[data-part="${id}"]`);
const tell = (field) => field.dispatchEvent(new Event("change", {bubbles: true}));
function set(id, value, place = part(id)) {
  const boxes = [...place.querySelectorAll("input[type=radio], input[type=checkbox]")];
  const codes = String(value).split(" ");
  if (boxes.length) boxes.forEach((box) => { box.checked = codes.includes(box.value); });
  const field = place.querySelector("input:not([type=radio]):not([type=checkbox]), select, textarea");
  if (field) field.value = value;
  tell(boxes[0] ?? field);
}
const seen = (id) => part(id).checkVisibility();
const problems = (id) => [...part(id).querySelectorAll(".problem")].filter((one) => one.checkVisibility()).map((one) => one.innerText);
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    made.send("Page.addScriptToEvaluateOnNewDocument", source=f"Math.random = () => {CHANCE}")
    yield made
    made.close()


def show(browser: Browser, instrument: Instrument, folder: Path) -> None:
    path = folder / "page.html"
    path.write_text(to_html(instrument), encoding="utf-8")
    browser.open(path)
    browser.run(HELPERS)


def relevant(instrument: Instrument, answers: dict[str, str]) -> dict[str, bool]:
    """Which parts apply, by the Python reading of the rules."""
    found: dict[str, bool] = {}

    def walk(parts: tuple[Block | Item, ...], above: bool) -> None:
        for part in parts:
            known = {name: value for name, value in answers.items() if found.get(name, True)}
            context = Context(now=datetime.now(UTC), answers=known)
            found[part.id] = above and (
                part.show_if is None or compile_test(parse(part.show_if))(context)
            )
            if isinstance(part, Block):
                walk(part.items, found[part.id])
            elif codes := drawn_codes(part, instrument):
                answers[part.id] = codes[int(CHANCE * len(codes))]

    walk(instrument.items, above=True)
    return found


def test_respondents_drawn_at_random_see_the_same_questions_as_in_python(
    browser: Browser, tmp_path: Path
) -> None:
    instrument, random = load_instrument(find("residents")), Random(1371)
    show(browser, instrument, tmp_path)
    choosing = [
        placed.item for placed in instrument.placed() if placed.item.type in ("single", "multiple")
    ]
    asked = [placed.item.id for placed in instrument.placed() if placed.item.type not in SILENT]
    answers: dict[str, str] = {}
    hidden = 0
    for _ in range(40):
        drawn = {item.id: [option.code for option in instrument.options_of(item) if not option.filters]
                 for item in random.sample(choosing, 20)}  # fmt: skip
        chosen = {name: random.choice(codes) for name, codes in drawn.items() if codes}
        answers |= chosen
        browser.run(";".join(f"set({name!r}, {code!r})" for name, code in chosen.items()))
        expected = relevant(instrument, answers)
        found = browser.run(f"Object.fromEntries({asked}.map((id) => [id, seen(id)]))")
        assert found == {name: expected[name] for name in asked}
        hidden += list(found.values()).count(False)
    assert hidden
    assert browser.complaints == []


def test_skips_checks_and_messages_follow_each_answer(browser: Browser, tmp_path: Path) -> None:
    show(browser, load_instrument(workbook("skips_and_checks", tmp_path)), tmp_path)
    assert browser.run("[seen('many'), seen('why')]") == [False, False]
    browser.run("set('age', 'forty')")
    assert browser.run("problems('age')") == ["Please write a number."]
    browser.run("set('age', '130')")
    assert browser.run("problems('age')") == ["0 to 120, not 130"]
    browser.run("set('age', '40')")
    assert browser.run("[problems('age'), seen('many'), seen('why')]") == [[], True, False]
    browser.run("set('many', 'yes no')")
    assert browser.run("[problems('many').length, seen('why')]") == [1, True]
    browser.run("document.getElementById('check').click()")
    assert browser.run("[document.getElementById('bad').innerText, document.getElementById('good').hidden]") == [
        "1 answers need another look; they are marked.", True,
    ]  # fmt: skip
    browser.run("set('many', 'yes'); set('why', 'work')")
    browser.run("document.getElementById('check').click()")
    assert browser.run("document.getElementById('good').innerText") == (
        "All answers fit. 3 of 4 questions are answered."
    )
    assert browser.complaints == []


def test_choices_follow_the_answers_that_filter_them(browser: Browser, tmp_path: Path) -> None:
    show(browser, load_instrument(workbook("cascade", tmp_path)), tmp_path)
    shown = "[...part('d').querySelectorAll('.choice')].filter((one) => one.checkVisibility()).map((one) => one.innerText)"
    browser.run("set('r', 'n')")
    assert browser.run(shown) == ["Alpha"]
    browser.run("set('d', 'a'); set('r', 's')")
    assert browser.run(f"[{shown}, part('d').querySelector(':checked')]") == [["Beta"], None]


def test_rosters_grow_and_their_entries_are_asked_apart(browser: Browser, tmp_path: Path) -> None:
    show(browser, load_instrument(workbook("repeats", tmp_path)), tmp_path)
    browser.run("set('n', '2')")
    browser.run("set('name', 'An'); set('age', '40')")
    browser.run("part('person').querySelector(':scope > button.add').click()")
    second = "document.querySelectorAll('[data-part=person] > .instance')[1]"
    inside = f'(id) => {second}.querySelector(`[data-part="${{id}}"]`)'
    browser.run(f"const at = {inside}; set('name', 'Bình', at('name')); set('age', '7', at('age'))")
    assert browser.run("[seen('more'), at('more').checkVisibility()]") == [True, False]
    assert browser.run("part('shown').innerText") == "Sum 49"
    assert browser.run("at('age').querySelector('label').innerText").startswith("3. Age of Bình")
    ids = "[...document.querySelectorAll('[id]')].map((one) => one.id)"
    assert browser.run(f"{ids}.length === new Set({ids}).size")
    assert browser.complaints == []


def test_the_language_switches_and_answers_stay(browser: Browser, tmp_path: Path) -> None:
    show(browser, load_instrument(find("residents")), tmp_path)
    browser.run("set('dong_y', 'co')")
    assert (
        browser.run("part('dong_y').querySelector('.choice').innerText")
        == "Có, tôi tự nguyện tham gia"
    )
    browser.run(
        "const english = document.getElementById('language-1'); english.checked = true; tell(english)"
    )
    assert browser.run("part('dong_y').querySelector('.choice').innerText") == "Yes, I freely agree"
    assert browser.run("part('huyen_cu').querySelector('option').textContent") == "Choose …"
    assert browser.run("part('dong_y').querySelector(':checked').value") == "co"


def test_texts_show_the_words_of_drawn_and_chosen_codes(browser: Browser, tmp_path: Path) -> None:
    show(browser, load_instrument(FEATURES / "vignette.yaml"), tmp_path)
    told = browser.run("part('bia').innerText")
    assert told in (
        "Ông Hòa uống một cốc bia rồi lái xe về.", "Ông Hòa uống bốn cốc bia rồi lái xe về.",
    )  # fmt: skip
    browser.run("set('bia_dung', 'co')")
    assert browser.run("part('bia').innerText") == told
    browser.run(
        "const english = document.getElementById('language-1'); english.checked = true; tell(english)"
    )
    assert re.fullmatch("Mr Hòa drank (one glass|four glasses) of beer and rode home.",
                        browser.run("part('bia').innerText"))  # fmt: skip
    show(browser, load_instrument(workbook("shown_answers", tmp_path)), tmp_path)
    browser.run("set('who', '<b>An</b>'); set('q', 'a')")
    assert browser.run("part('n').querySelector('p').innerText") == 'Hello <b>An</b>, 1 < 2 & "ok"'
    assert browser.complaints == []


def test_a_word_without_end_is_broken_and_not_pushed_off_the_screen(
    browser: Browser, tmp_path: Path
) -> None:
    word = {"vi": "W" * 900}
    options = [{"code": code, "label": word} for code in "ab"]
    many = [{"code": str(code), "label": word} for code in range(20)]
    items = [{"id": "a", "type": "single", "label": word, "hint": word, "options": options},
             {"id": "b", "type": "single", "label": word, "options": many},
             {"id": "c", "type": "note", "label": word}]  # fmt: skip
    show(browser, Instrument.model_validate({"id": "t", "version": "1", "title": word,
                                             "languages": ["vi"], "items": items}), tmp_path)  # fmt: skip
    assert browser.run("document.documentElement.scrollWidth") == 420


def test_nothing_is_wider_than_a_small_phone(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(to_html(load_instrument(find("residents"))), encoding="utf-8")
    browser.open(path, width=320)
    assert browser.run("document.documentElement.scrollWidth") == 320
    assert browser.run("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    low = "[...document.querySelectorAll('.choice, select, button, input[type=text]')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44).length"
    assert browser.run(low) == 0


def test_each_entry_of_a_roster_has_values_of_its_own(browser: Browser, tmp_path: Path) -> None:
    instrument = Instrument.model_validate({
        "id": "ho", "version": "1", "title": {"vi": "Hộ"}, "languages": ["vi"],
        "items": [
            {"id": "nguoi", "repeat": True, "label": {"vi": "Người"}, "items": [
                {"id": "tuoi", "type": "integer", "label": {"vi": "Tuổi"}},
                {"id": "doi", "type": "calculated", "calculation": "${tuoi} * 2"},
                {"id": "gia", "type": "text", "label": {"vi": "Ý kiến"}, "show_if": "${doi} > 100"},
                {"id": "noi", "type": "note", "label": {"vi": "Gấp đôi: ${doi}"}},
            ]},
            {"id": "tong", "type": "calculated", "calculation": "sum(${doi})"},
            {"id": "cuoi", "type": "note", "label": {"vi": "Cộng: ${tong}"}},
        ],
    })  # fmt: skip
    show(browser, instrument, tmp_path)
    browser.run("document.querySelector('button.add').click()")
    for entry, age in enumerate(("30", "60")):
        browser.run(f"""(() => {{
            const field = document.querySelectorAll("[data-part=tuoi] input")[{entry}];
            field.value = "{age}"; tell(field);
        }})()""")
    assert browser.run(
        "[...document.querySelectorAll('[data-part=gia]')].map((one) => one.checkVisibility())"
    ) == [False, True]
    assert browser.run(
        "[...document.querySelectorAll('[data-part=noi]')].map((one) => one.innerText.trim())"
    ) == ["Gấp đôi: 60", "Gấp đôi: 120"]
    assert "Cộng: 180" in browser.run("part('cuoi').innerText")
    browser.run("document.querySelector('.record').open = true")
    browser.run("new Promise((done) => setTimeout(done, 50))")
    (record,) = json.loads(browser.run("document.getElementById('record').value"))["results"]
    assert [entry["nguoi/doi"] for entry in record["nguoi"]] == ["60", "120"]
    assert record["tong"] == "180"
