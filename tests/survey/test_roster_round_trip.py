"""Forms with rosters, filled at random, come back from KoboToolbox's workbook and from its JSON alike."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from instruments.dump import to_yaml
from instruments.model import Instrument
from survey.answers import Answers
from survey.form import Form, Level, prepare
from survey.founding import new_study
from survey.imports import import_files
from survey.store import Store
from tests.instruments.drawn_instruments import instruments
from tests.survey.test_form_round_trip import NOW, through_a_form
from tests.survey.test_html_round_trip import filled, shown, with_every_kind

pytestmark = pytest.mark.heavy
Write = Callable[[Form, list[Answers], Path], Path]


@st.composite
def with_rosters(draw: st.DrawFn) -> tuple[Instrument, list[Answers]]:
    """A form whose last block is a roster, and answers to it."""
    drawn = draw(instruments().filter(lambda one: getattr(one.items[-1], "repeat", False)))
    instrument = with_every_kind(drawn)
    level = prepare(instrument).level
    return instrument, draw(st.lists(filled(level, instrument), min_size=1, max_size=3))


def write_json(form: Form, records: list[Answers], path: Path) -> Path:
    results = [
        {**record, "_uuid": f"u{number}", "__version__": form.version, "_id": number,
         "_submission_time": "2026-11-24T01:02:03"}
        for number, record in enumerate(records, start=1)
    ]  # fmt: skip
    file = path / "kobo.json"
    file.write_text(json.dumps({"count": len(results), "results": results}), encoding="utf-8")
    return file


def cells(level: Level, answers: Answers) -> Iterator[tuple[str, str]]:
    """The columns of one level, each option of a multiple choice in one of its own."""
    for field in level.fields:
        cell = answers.get(field.path, "")
        yield field.path, cell
        for place, code in field.split():
            yield place, str(int(code in cell.split())) if cell else ""


def write_workbook(form: Form, records: list[Answers], path: Path) -> Path:
    """A sheet of records and one for each roster, whose rows point back by ``_parent_index``."""
    file = path / "kobo.xlsx"
    main = [
        {**dict(cells(form.level, record)), "_id": str(number), "_uuid": f"u{number}",
         "_submission_time": "2026-11-24T01:02:03", "__version__": form.version, "_index": str(number)}
        for number, record in enumerate(records, start=1)
    ]  # fmt: skip
    with xlsxwriter.Workbook(
        file, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        fill(book.add_worksheet(form.id), main)
        for roster in form.level.rosters:
            entries = [
                {**dict(cells(roster.level, entry)), "_parent_table_name": form.id,
                 "_parent_index": str(number)}
                for number, record in enumerate(records, start=1)
                for entry in record.get(roster.path, [])
            ]  # fmt: skip
            numbered = [{**entry, "_index": str(at)} for at, entry in enumerate(entries, start=1)]
            empty = dict.fromkeys(
                [*dict(cells(roster.level, {})), "_index", "_parent_table_name", "_parent_index"],
                "",
            )
            fill(book.add_worksheet(roster.id), numbered or [empty], headings_only=not numbered)
    return file


def fill(
    sheet: "xlsxwriter.worksheet.Worksheet",
    rows: list[dict[str, str]],
    *,
    headings_only: bool = False,
) -> None:
    sheet.write_row(0, 0, list(rows[0]))
    for at, row in enumerate([] if headings_only else rows, start=1):
        for column, cell in enumerate(row.values()):
            sheet.write_string(at, column, cell)


def stored(instrument: Instrument, file: Path, folder: Path) -> dict[str, Answers]:
    definition = folder / "thu.yaml"
    definition.write_text(to_yaml(instrument), encoding="utf-8")
    study = new_study(folder / "study", instruments=[str(definition)])
    (report,) = import_files(study, [file], now=lambda: NOW)
    assert report.faults == ()
    with Store.open(study.store_path) as store:
        return {str(record.uuid): record.answers for record in store.accepted()}


@pytest.mark.parametrize("write", [write_json, write_workbook])
@settings(max_examples=8)
@given(with_rosters())
def test_entries_of_rosters_come_back_with_their_record(
    write: Write, form_and_records: tuple[Instrument, list[Answers]]
) -> None:
    instrument, records = form_and_records
    with TemporaryDirectory() as name:
        folder = Path(name)
        form = prepare(through_a_form(instrument, folder))
        asked = [shown(record, form.level) for record in records]
        assume(any(asked))  # a document without any answer names no question at all
        found = stored(instrument, write(form, asked, folder), folder)
    assert found == {f"u{number}": record for number, record in enumerate(asked, start=1)}
