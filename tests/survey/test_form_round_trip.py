"""Any instrument goes out as a form, is filled at random, comes back, and nothing has changed."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.dump import to_yaml
from instruments.expression.evaluate import Context, compile_expression
from instruments.expression.parse import parse
from instruments.expression.values import to_text
from instruments.forms.xlsform import to_xlsform
from instruments.load import load_instrument
from instruments.model import Block, Instrument, Item
from survey.form import prepare
from survey.founding import new_study
from survey.imports import import_files
from survey.readings import HANOI
from survey.simulation.relevance import without_hidden
from survey.store import Store
from tests.instruments.drawn_instruments import instruments

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=HANOI)
LETTERS = st.characters(exclude_categories=["C", "Zl", "Zp"], include_characters="\n;,\"'=|")
WORDS = st.text(LETTERS, max_size=30).map(
    lambda text: normalize("NFC", text) if text.strip() else ""
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 23)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=HANOI).isoformat()
)
ANSWERS = {
    "integer": st.integers(0, 10**18 - 1).map(str),
    "decimal": st.decimals(0, 10**12, places=3).map(lambda number: to_text(float(number))),
    "text": WORDS,
    "date": st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat),
    "today": st.dates(date(2026, 1, 1), date(2026, 11, 23)).map(date.isoformat),
    "time": st.times().map(lambda clock: clock.isoformat("seconds")),
    "datetime": MOMENTS,
    "start": MOMENTS,
    "end": MOMENTS,
    "geopoint": st.just("21.0285 105.8542 12.5 4"),
    "file": st.just("anh_1.jpg"),
    "hidden": st.sampled_from(["1", "2"]),
}
UNASKED = (
    Item(id="bat_dau", type="start"),
    Item(id="ket_thuc", type="end"),
    Item(id="hom_nay", type="today"),
    Item(id="nhom", type="hidden", draw=[{"code": "1"}, {"code": "2"}]),
    Item(id="anh", type="file", label={"vi": "Ảnh"}),
    Item(id="tong", type="calculated", calculation="2 + 3"),
)


def flat(part: Block | Item) -> Block | Item:
    """Without rosters, which files of one sheet do not carry."""
    return part.model_copy(update={"repeat": False}) if isinstance(part, Block) else part


def translated(part: object) -> object:
    """Every text in both languages, as a definition must be to be published."""
    if isinstance(part, dict):
        whole = {name: translated(inside) for name, inside in part.items()}
        return {"vi": whole["vi"], "en": whole.get("en", whole["vi"])} if "vi" in whole else whole
    return [translated(inside) for inside in part] if isinstance(part, list | tuple) else part


def every_kind(drawn: Instrument) -> Instrument:
    whole = drawn.model_copy(update={"items": (*UNASKED, *map(flat, drawn.items))})
    return Instrument.model_validate(translated(whole.model_dump()))


@st.composite
def answer(draw: st.DrawFn, item: Item, instrument: Instrument) -> str:
    """A canonical text that every check of the item allows."""
    if item.calculation is not None:
        compute = compile_expression(parse(item.calculation))
        return to_text(compute(Context(now=NOW, answers={})))
    if not (item.required or item.draw) and draw(st.integers(0, 3)) == 0:
        return ""
    codes = [option.code for option in instrument.options_of(item)]
    if item.type == "single":
        return draw(st.sampled_from(codes))
    if item.type != "multiple":
        given = ANSWERS[item.type]
        return draw(given.filter(bool) if item.required else given)
    alone = [option.code for option in instrument.options_of(item) if option.exclusive]
    free = [code for code in codes if code not in alone]
    if not free or (alone and draw(st.booleans())):
        return draw(st.sampled_from(alone))
    most = min(item.max_selected or len(free), len(free))
    chosen = draw(st.sets(st.sampled_from(free), min_size=1, max_size=most))
    return " ".join(code for code in codes if code in chosen)


@st.composite
def filled_forms(draw: st.DrawFn) -> tuple[Instrument, list[dict[str, str]]]:
    instrument = every_kind(draw(instruments()))
    fields = prepare(instrument).level.fields
    rows = [
        {field.path: draw(answer(field.item, instrument)) for field in fields}
        for _ in range(draw(st.integers(1, 4)))
    ]
    return instrument, rows


def through_a_form(instrument: Instrument, folder: Path) -> Instrument:
    """The instrument as the XLSForm that it becomes says it."""
    path = folder / "form.xlsx"
    path.write_bytes(to_xlsform(instrument))
    return load_instrument(path)


def as_asked(form: Instrument, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """What is left when the form has hidden what its conditions hide."""
    shown = without_hidden(form, pd.DataFrame(rows, dtype=object), now=NOW)
    return [
        {str(name): str(cell) for name, cell in row.items()} for row in shown.to_dict("records")
    ]


def kobo_cells(form: Instrument, row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for field in prepare(form).level.fields:
        cell = row[field.path]
        yield field.path, cell
        for place, code in field.split():
            yield place, str(int(code in cell.split())) if cell else ""


def write_kobo(form: Instrument, rows: list[dict[str, str]], path: Path) -> Path:
    """Semicolons, quoted cells, a column for each option, and KoboToolbox's own columns behind."""
    lines = [
        {**dict(kobo_cells(form, row)), "_id": str(number), "_uuid": f"uuid-{number}",
         "_submission_time": "2026-11-24T01:02:03", "__version__": form.version,
         "_index": str(number)}
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, lines[0], delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(lines)
    return path


@settings(max_examples=20, deadline=None)
@given(filled_forms())
def test_answers_given_on_a_form_are_the_answers_imported(filled):
    instrument, rows = filled
    with TemporaryDirectory() as name:
        folder = Path(name)
        form = through_a_form(instrument, folder)
        asked = as_asked(form, rows)
        definition = folder / "thu.yaml"
        definition.write_text(to_yaml(instrument), encoding="utf-8")
        study = new_study(folder / "study", instruments=[str(definition)])
        file = write_kobo(form, asked, folder / "kobo.csv")
        (report,) = import_files(study, [file], now=lambda: NOW)
        assert report.faults == ()
        with Store.open(study.store_path) as store:
            stored = {record.uuid: record.answers for record in store.accepted()}
    expected = {
        f"uuid-{number}": {path: cell for path, cell in row.items() if cell}
        for number, row in enumerate(asked, start=1)
    }
    assert stored == expected


def test_every_kind_of_item_that_holds_an_answer_is_filled():
    from typing import get_args

    from instruments.item import ItemType
    from tests.instruments.drawn_instruments import ASKED

    drawn = {*ASKED, *(item.type for item in UNASKED)}
    assert set(get_args(ItemType)) - drawn == {"metadata"}
