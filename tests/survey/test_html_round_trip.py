"""Any instrument is filled in its own page, in a browser, and the answers come back as they were given."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from instruments.dump import to_yaml
from instruments.forms.html.page import to_html
from instruments.load import load_instrument
from instruments.model import Instrument, Item
from survey.answers import Answers
from survey.form import Level, prepare
from survey.founding import new_study
from survey.imports import import_files
from survey.store import Store
from tests.instruments.browser import Browser
from tests.instruments.drawn_instruments import instruments
from tests.survey.test_form_round_trip import NOW, UNASKED, answer, translated

pytestmark = pytest.mark.heavy
UNTYPED = frozenset(("start", "end", "today", "hidden", "calculated", "file", "note"))
"""What a page notes by itself, and a file, which no script may choose."""

FILL = """
function fill(level, place) {
  for (const [id, value] of level.answers) {
    const part = place.querySelector(`[data-part="${id}"]`);
    const boxes = [...part.querySelectorAll("input[type=radio], input[type=checkbox]")];
    boxes.forEach((box) => { box.checked = value.split(" ").includes(box.value); });
    const field = boxes[0] ?? part.querySelector("input, select, textarea");
    if (!boxes.length) field.value = value;
    field.dispatchEvent(new Event("change", {bubbles: true}));
  }
  for (const [id, entries] of level.rosters) {
    const roster = place.querySelector(`[data-part="${id}"]`);
    const add = roster.querySelector(":scope > button.add");
    for (let at = 1; at < entries.length; at += 1) add.click();
    [...roster.querySelectorAll(":scope > .instance")].forEach((entry, at) => entries[at] && fill(entries[at], entry));
  }
}
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


def with_every_kind(drawn: Instrument) -> Instrument:
    asked = tuple(one for one in UNASKED if one.type != "file")
    whole = drawn.model_copy(update={"items": (*asked, *drawn.items)})
    return Instrument.model_validate(translated(whole.model_dump()))


def typed(item: Item, text: str) -> str:
    """What a field of one line keeps of a text."""
    return " ".join(text.split()) if item.type == "text" else text


@st.composite
def filled(draw: st.DrawFn, level: Level, instrument: Instrument) -> Answers:
    """Answers to one level of the form, rosters with up to three entries."""
    found: dict[str, object] = {
        field.path: typed(field.item, draw(answer(field.item, instrument)))
        for field in level.fields
        if field.item.type not in UNTYPED
    }
    for roster in level.rosters:
        entries = draw(st.lists(filled(roster.level, instrument), min_size=1, max_size=3))
        found[roster.path] = [one for one in entries if any(one.values())]
    return {path: value for path, value in found.items() if value}


@st.composite
def filled_pages(draw: st.DrawFn) -> tuple[Instrument, Answers]:
    instrument = with_every_kind(draw(instruments()))
    return instrument, draw(filled(prepare(instrument).level, instrument))


def steps(answers: Answers, kinds: dict[str, str]) -> dict[str, list[list[object]]]:
    """The answers as the script fills them in."""
    told: dict[str, list[list[object]]] = {"answers": [], "rosters": []}
    for path, value in answers.items():
        name = path.rpartition("/")[2]
        if isinstance(value, str):
            told["answers"].append([name, as_written(value, kinds[path])])
        else:
            told["rosters"].append([name, [steps(one, kinds) for one in value]])
    return told


def as_written(text: str, kind: str) -> str:
    """As a field of the page takes it: Vietnamese decimals, and moments of the device's own clock."""
    if kind == "decimal":
        return text.replace(".", ",")
    return text.removesuffix("+07:00") if kind == "datetime" else text


def played(browser: Browser, instrument: Instrument, answers: Answers, folder: Path) -> Path:
    """The file that the page gives out after it was filled."""
    page = folder / "page.html"
    page.write_text(to_html(instrument), encoding="utf-8")
    browser.open(page)
    kinds = {placed.path: placed.item.type for placed in instrument.placed()}
    browser.run(FILL + f"fill({json.dumps(steps(answers, kinds))}, document)")
    browser.run("document.querySelector('.record').open = true")
    browser.run("new Promise((done) => setTimeout(done, 30))")
    saved = folder / "answers.json"
    saved.write_text(browser.run("document.getElementById('record').value"), encoding="utf-8")
    assert browser.complaints == []
    return saved


def stored(instrument: Instrument, saved: Path, folder: Path) -> Answers:
    definition = folder / "thu.yaml"
    definition.write_text(to_yaml(instrument), encoding="utf-8")
    study = new_study(folder / "study", instruments=[str(definition)])
    (report,) = import_files(study, [saved], now=lambda: NOW)
    assert report.faults == ()
    with Store.open(study.store_path) as store:
        (record,) = store.accepted()
    return record.answers


def shown(answers: Answers, level: Level, around: frozenset[str] = frozenset()) -> Answers:
    """What is left when the form has hidden what its conditions, "the question was answered", hide."""
    kept: dict[str, object] = {}
    for field in level.fields:
        needs = {name for test in field.tests for name in test.needs}
        if field.path in answers and needs <= around | {path.rpartition("/")[2] for path in kept}:
            kept[field.path] = answers[field.path]
    names = around | {path.rpartition("/")[2] for path in kept}
    for roster in level.rosters:
        if not all(test.needs <= names for test in roster.tests):
            continue
        entries = [shown(one, roster.level, names) for one in answers.get(roster.path, [])]
        if any(entries):
            kept[roster.path] = [one for one in entries if one]
    return kept


@settings(
    max_examples=40,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(filled_pages())
def test_answers_given_in_the_page_are_the_answers_imported(browser, filled_page):
    instrument, answers = filled_page
    with TemporaryDirectory() as name:
        found = stored(instrument, played(browser, instrument, answers, Path(name)), Path(name))
    silent = {one.id for one in UNASKED}
    assert {path: value for path, value in found.items() if path not in silent} == shown(
        answers, prepare(instrument).level
    )
    assert found["nhom"] in ("1", "2")
    assert found["tong"] == "5"
    assert {"bat_dau", "ket_thuc", "hom_nay"} <= found.keys()


def test_a_shipped_form_with_a_roster_comes_back_whole(browser, tmp_path):
    from random import Random

    from instruments.expression.values import to_text
    from instruments.forms.paths import drawn_respondent
    from instruments.library import find

    instrument = load_instrument(find("local_reporters"))
    drawn = drawn_respondent(instrument, random=Random(3), now=NOW)
    given_ = [
        [name, " ".join(one) if isinstance(one, list) else to_text(one)]
        for name, one in drawn.items()
        if one is not None
    ]
    asked = {placed.item.id for placed in instrument.placed() if placed.item.type not in UNTYPED}
    page = tmp_path / "page.html"
    page.write_text(to_html(instrument), encoding="utf-8")
    browser.open(page)
    told = {"answers": [one for one in given_ if one[0] in asked and one[1]], "rosters": []}
    browser.run(FILL + f"fill({json.dumps(told)}, document)")
    browser.run("document.querySelector('.record').open = true")
    browser.run("new Promise((done) => setTimeout(done, 30))")
    (record,) = json.loads(browser.run("document.getElementById('record').value"))["results"]
    assert record["_xform_id_string"] == "local_reporters"
    assert record["__version__"] == instrument.version
    (entry,) = record["tap_huan/khoa"]
    assert set(entry) <= {placed.path for placed in instrument.placed()}
