"""Areas judged at once on the page: map, chart and table agree, and nothing withheld slips out."""

from dataclasses import replace
from itertools import pairwise

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.disclosure.screen import screen
from analysis.result import DomainLabel
from analysis.simultaneous import judge_areas
from reports.areas import areas
from reports.chart_layout import NARROW, WIDE
from reports.collation import in_order
from reports.document import Chart, Prose, Table, Tiles
from reports.edition import Edition
from reports.grid import GRIDS, _read, grid_of
from reports.tiles import figure
from tests.reports.agreement import disagreements
from tests.reports.conftest import JOINT, share

DISTRICTS = sorted(_read("districts_2021"))
UNITS = sorted(_read("units_2025"))


def with_areas(analysis, codes=DISTRICTS, *, variable="district"):
    """The analysis with every area of a grid; the first is too small to be published."""
    estimates = []
    for index, code in enumerate(codes):
        middle = 0.55 + 0.4 * index / len(codes)
        n = 20 if index == 0 else 400
        found = share(middle, middle - 0.04, middle + 0.04, n=n, **{variable: code})
        estimates.append(replace(found, of=JOINT, hits=round(n * middle)))
    found = judge_areas(estimates, variable=variable, threshold=0.9, planned=len(codes), due=False)
    names = {"vi": "Quận, huyện, thị xã", "en": "District"}
    domain = DomainLabel(variable=variable, label=names, levels={})
    city = replace(analysis.estimates[0], n=60_000)
    made = replace(
        analysis,
        areas=(replace(found, target="T1a", phase="p2"),),
        estimates=(city, *analysis.estimates[1:]),
        domains=(*analysis.domains, domain),
    )
    return screen(made)


def blocks(analysis, plan, kind, *, language="vi"):
    edition = Edition(analysis=analysis, plan=plan, language=language)
    return [one for one in areas(edition).blocks if isinstance(one, kind)]


def test_without_areas_there_is_no_section(analysis, plan):
    assert blocks(analysis, plan, object) == []


@pytest.mark.parametrize("name", GRIDS)
def test_no_two_tiles_of_a_grid_share_a_place(name):
    places = [(one.row, one.column) for one in _read(name).values()]
    assert len(set(places)) == len(places) == {"districts_2021": 30, "units_2025": 126}[name]


def test_a_grid_serves_only_areas_that_it_knows_all_of():
    assert grid_of(["001", "282"])["282"].short == "Mỹ Đức"
    assert grid_of(["001", "999"]) == {}
    assert grid_of([]) == {}


def test_north_lies_above_south_and_west_before_east():
    grid = grid_of(["016", "282"])
    assert grid["016"].row < grid["282"].row
    assert grid["271"].column < grid["018"].column


def test_what_is_withheld_is_in_no_block(analysis, plan):
    found = with_areas(analysis)
    (tiles,) = blocks(found, plan, Tiles)
    (table,) = blocks(found, plan, Table)
    small = next(tile for tile in tiles.tiles if tile.short == "Ba Đình")
    assert small.text in {"[c]", "[u]"}
    assert small.mark == "no_data"
    row = next(one for one in table.rows if one[0].text == "Quận Ba Đình")
    assert row[1].text in {"[c]", "[u]"}
    assert row[1].note == ""
    assert row[2].text == "Không công bố số liệu"
    (chart,) = blocks(found, plan, Chart)
    assert "Quận Ba Đình" not in [one.label for one in chart.rows]


def test_the_words_say_how_many_false_verdicts_each_way_of_judging_gives(analysis, plan):
    (prose,) = blocks(with_areas(analysis), plan, Prose, language="en")
    text = " ".join(prose.paragraphs)
    assert "30 areas" in text
    assert "on average up to 0.75 areas" in text
    assert "at most 0.025" in text
    assert "Judged one by one, these would have another verdict:" in text


def test_every_verdict_in_the_table_is_that_of_the_interval_beside_it(analysis, plan):
    found = with_areas(analysis)
    for row in found.areas[0].rows:
        low, high = row.estimate.ci
        if low is not None:
            assert (row.verdict.word == "at_target") == (low >= 0.9)
            assert (row.verdict.word == "below_target") == (high < 0.9)


def test_map_chart_and_table_hold_the_same_numbers(analysis, plan):
    found = with_areas(analysis)
    (tiles,) = blocks(found, plan, Tiles)
    (chart,) = blocks(found, plan, Chart)
    (table,) = blocks(found, plan, Table)
    shown = {row[0].text: row[1].text for row in table.rows}
    assert {tile.name: tile.text for tile in tiles.tiles} == shown
    assert {row.label: row.text.split(" (")[0] for row in chart.rows}.items() <= shown.items()


def test_126_units_are_drawn_in_charts_that_each_fit_a_page(analysis, plan):
    found = with_areas(analysis, UNITS, variable="new_unit")
    charts = blocks(found, plan, Chart)
    assert len(charts) == 4
    assert len({chart.id for chart in charts}) == 4
    assert max(len(chart.rows) for chart in charts) == 32
    (tiles,) = blocks(found, plan, Tiles)
    assert len(tiles.tiles) == 126


@pytest.mark.parametrize("layout", [WIDE, NARROW])
@pytest.mark.parametrize(("codes", "variable"), [(DISTRICTS, "district"), (UNITS, "new_unit")])
def test_no_letter_of_a_map_leaves_its_tile_or_the_picture(analysis, plan, layout, codes, variable):
    (tiles,) = blocks(with_areas(analysis, codes, variable=variable), plan, Tiles)
    drawn = figure(tiles, layout=layout)
    (axes,) = drawn.axes
    renderer = FigureCanvasAgg(drawn).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    assert min(box.x0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= layout.width
    assert min(text.get_fontsize() for text in axes.texts) >= 11
    written = sorted(boxes, key=lambda box: (box.y0, box.x0))
    for one, other in pairwise(written):
        assert not (one.x0 < other.x1 - 1 and other.x0 < one.x1 - 1
                    and one.y0 < other.y1 - 3 and other.y0 < one.y1 - 3)  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_number_is_the_same_in_every_format(analysis, plan, language, tmp_path):
    found = disagreements(with_areas(analysis), plan, section="areas", language=language,
                          folder=tmp_path)  # fmt: skip
    assert found == {"pdf": set(), "docx": set(), "xlsx": set(), "json": set()}


def test_names_stand_in_the_order_of_the_vietnamese_alphabet():
    names = ["Đống Đa", "Đan Phượng", "Ba Vì", "Ba Đình", "Ứng Hòa", "Chương Mỹ", "Ô Diên", "Ơn"]
    assert sorted(names, key=in_order) == [
        "Ba Đình", "Ba Vì", "Chương Mỹ", "Đan Phượng", "Đống Đa", "Ô Diên", "Ơn", "Ứng Hòa",
    ]  # fmt: skip
    assert sorted(["mạ", "ma", "mã", "má", "mà", "mả"], key=in_order) == [
        "ma", "mà", "mả", "mã", "má", "mạ",
    ]  # fmt: skip
