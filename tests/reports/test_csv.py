"""Each table as CSV: the cells of the workbook, in the form that the language's programs read."""

import csv
import io
from dataclasses import replace

import pytest

from reports.edition import Edition
from reports.render.csv import render
from reports.sheets import sheets
from reports.view import view
from reports.writing import render_report
from tests.reports.test_areas import with_areas


def tables(analysis, plan, language):
    edition = Edition(analysis=analysis, plan=plan, language=language)
    page = view(edition)
    made = sheets(edition, page)
    return made, render(made, stamp=page.stamp, language=language)


def rows(data: bytes, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.mark.parametrize(("language", "delimiter", "point"), [("vi", ";", ","), ("en", ",", ".")])
def test_every_cell_of_every_sheet_is_in_its_file(analysis, plan, language, delimiter, point):
    made, files = tables(with_areas(analysis), plan, language)
    assert list(files) == [sheet.id for sheet in made]
    assert len(set(files)) == len(made)
    for sheet in made:
        head, *body = rows(files[sheet.id], delimiter)
        assert head[:-1] == [title for title, _ in sheet.columns]
        for written, row in zip(body, sheet.rows, strict=True):
            for text, value in zip(written, row, strict=False):
                if isinstance(value, float):
                    assert float(text.replace(point, ".")) == value
                    assert {".": ",", ",": "."}[point] not in text
                if value is None:
                    assert text == ""


def test_simulated_data_say_so_in_every_row(analysis, plan):
    _, files = tables(analysis, plan, "en")
    for data in files.values():
        assert {row[-1] for row in rows(data, ",")[1:]} == {
            "SIMULATED DATA: about no real people or places"
        }


def test_a_text_that_looks_like_a_formula_is_none(analysis, plan):
    rests = replace(analysis.provenance, title={"vi": "=1+1", "en": "=1+1"})
    made, _ = tables(replace(analysis, provenance=rests), plan, "en")
    hostile = replace(made[0], rows=(("=1+1", *made[0].rows[0][1:]),))
    found = rows(render((hostile,), stamp="", language="en")[hostile.id], ",")
    assert found[1][0] == "'=1+1"


def test_the_report_writes_a_file_for_each_table_and_names_its_hash(analysis, plan):
    files = render_report(analysis, plan, formats=("csv",), languages=("vi", "en"))
    assert "report.targets.csv" in files
    assert "report.en.targets.csv" in files
    assert b'"report.targets.csv"' in files["result.json"]
