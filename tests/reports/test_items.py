"""The researcher's report on items: everything is on it, in both languages, and it stands alone."""

import json
import re
from datetime import date
from itertools import pairwise

import pytest
from click.testing import CliRunner
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.errors import AnalysisError
from analysis.items.inspection import inspect
from reports.chart_layout import NARROW, WIDE
from reports.cli import main
from reports.curves import WrightMap, _apart, wright_figure
from reports.items.advice import advice
from reports.items.drawings import item_panels, wright_map
from reports.items.edition import ItemsEdition
from reports.items.shares import shares
from reports.items.view import items_page
from reports.pictures import figure, svg
from reports.render import html
from tests.reports.items_spec import ITEMS, write_spec

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def inspection(tmp_path_factory):
    return inspect(write_spec(tmp_path_factory.mktemp("items")))


def edition(inspection, language="en"):
    return ItemsEdition(inspection=inspection, language=language, today=DAY)


def told(inspection, item):
    return " ".join(one.text("en") for one in advice(inspection, item))


def test_advice_finds_the_item_that_differs_by_sex_and_the_one_that_tells_nothing(inspection):
    assert "works differently by sex" in told(inspection, "k3")
    assert "hardly tells who knows" in told(inspection, "k6")
    assert told(inspection, "k4") == ""


def test_observed_shares_lie_about_the_curve_of_items_that_fit(inspection):
    curve = next(one for one in inspection.scale.curves if one.item == "k4")
    expected = dict(curve.expected)
    near = [min(expected, key=lambda x: abs(x - one.theta)) for one in curve.observed]
    apart = [abs(one.share - expected[x]) for one, x in zip(curve.observed, near, strict=True)]
    assert len(apart) >= 6
    assert max(apart) < 0.12


def test_the_population_on_the_map_is_whole(inspection):
    assert sum(share for _, share in inspection.scale.persons) == pytest.approx(1, abs=0.01)


def test_the_cut_is_carried_from_the_expected_score_to_the_trait(inspection):
    share = next(one for one in inspection.analyses if one["id"] == "a")["rows"][0]
    assert inspection.scale.cut == pytest.approx(share["cut"])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_has_every_item_and_says_that_data_are_simulated(inspection, language):
    shown = html.render(items_page(edition(inspection, language)))
    assert all(f">{item}" in shown for item in ITEMS)
    stamp = {"vi": "SỐ LIỆU MÔ PHỎNG", "en": "SIMULATED DATA"}[language]
    drawings = len(re.findall("<svg", shown))
    assert drawings == 2 * (len(ITEMS) + 2)
    assert shown.count(stamp) >= drawings
    assert "<script" not in shown
    assert not re.search(r'(src|href)="http', shown)


def test_words_of_an_item_are_escaped(inspection):
    shown = html.render(items_page(edition(inspection)))
    assert "Who issues &lt;the&gt; paper?" in shown
    assert "<the>" not in shown


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
def test_nothing_that_is_written_on_a_drawing_lies_outside_of_it(inspection, layout):
    own = edition(inspection, "vi")
    for picture in (wright_map(own, inspection.scale), item_panels(own, "k3", place=3)):
        drawn = figure(picture, layout=layout)
        box, renderer = drawn.bbox, FigureCanvasAgg(drawn).get_renderer()
        for text in (one for one in drawn.axes[0].texts if one.get_text()):
            extent = text.get_window_extent(renderer)
            assert box.x0 - 1 <= extent.x0 < extent.x1 <= box.x1 + 1, text.get_text()
            assert box.y0 - 1 <= extent.y0 < extent.y1 <= box.y1 + 1, text.get_text()


def test_the_same_drawing_is_the_same_bytes(inspection):
    picture = item_panels(edition(inspection), "k1", place=1)
    assert svg(picture, layout=WIDE) == svg(picture, layout=WIDE)


def test_names_at_the_ends_of_curves_stand_apart():
    found = _apart([10, 11, 50, 51, 52], least=15, last=55)
    assert all(after - before >= 15 for before, after in pairwise(found))
    assert max(found) <= 55


def test_the_command_writes_both_languages_and_the_numbers(tmp_path):
    spec, folder = write_spec(tmp_path, persons=300), tmp_path / "out"
    done = CliRunner().invoke(
        main, ["items", str(spec), "--report", str(folder), "--format", "json"]
    )
    assert done.exit_code == 0, done.output
    assert {path.name for path in folder.iterdir()} >= {"items.html", "items.json"}
    assert len(list(folder.glob("items*.html"))) == 2
    assert json.loads((folder / "items.json").read_text())["simulated"] is True
    assert len(json.loads(done.output)["files"]) == 3


def test_a_refused_analysis_is_told_on_the_page(tmp_path):
    spec = write_spec(tmp_path, persons=200, analyses=[
        {"id": "c", "kind": "classical"}, {"id": "x", "kind": "fit", "model": "nowhere"}])  # fmt: skip
    found = inspect(spec)
    shown = html.render(items_page(edition(found)))
    assert found.refused
    assert "Refused: x." in shown
    assert "nowhere" in shown


def test_a_spec_without_items_to_show_is_an_error(tmp_path):
    spec = write_spec(tmp_path, persons=50, analyses=[{"id": "n", "kind": "dimensionality",
                                                       "draws": 20, "items": ITEMS[:3]}])  # fmt: skip
    with pytest.raises(AnalysisError, match="there is nothing to report"):
        inspect(spec)


def test_an_item_beyond_the_scale_is_pointed_to_and_the_line_of_the_cut_spares_names():
    ends = ((-3.5, ""), (0.0, "0"), (3.5, ""))
    drawn = wright_figure(
        WrightMap(id="w", title="", description="", stamp=None, persons=((0.0, 0.5), (0.5, 0.5)),
                  items=((0.1, "k1"), (9.0, "k2")), ticks=ends, persons_label="", items_label="",
                  rule=(0.1, "cut")),
        layout=WIDE,
    )  # fmt: skip
    lines = drawn.axes[0].lines
    assert sorted(one.get_marker() for one in lines if one.get_marker() in "o^v") == ["^", "o"]
    assert sum(one.get_linestyle() == "--" for one in lines) == 2


def test_the_share_above_the_cut_has_its_interval_and_every_line_of_its_error(tmp_path):
    cut = {"items": ITEMS, "expected": 5}
    analyses = [
        {"id": "m", "kind": "irt", "model": "2pl"},
        {"id": "aware", "kind": "awareness", "model": "m", "cut": cut, "cut_se": 0.2,
         "by": ["sex"], "condition_on": ["sex"]},
        {"id": "counted", "kind": "awareness", "model": "m", "cut": cut, "method": "observed",
         "score": "raw"},
        {"id": "average", "kind": "awareness", "model": "m", "statistic": "mean",
         "condition_on": ["sex"], "by": ["sex"]},
    ]  # fmt: skip
    found = inspect(write_spec(tmp_path, analyses=analyses))
    aware, counted = shares(edition(found)).blocks[:2]
    assert aware.caption == "aware: from the distribution of the trait"
    assert [column.title for column in aware.columns] == [
        "Group", "Share and interval", "Sampling", "Items", "Cut", "Together", "Respondents"]  # fmt: skip
    (row, _) = next(one for one in found.analyses if one["id"] == "aware")["rows"]
    assert aware.rows[0][0].text == "sex f"
    assert aware.rows[0][5].text == f"{100 * row['se']:.2f}"
    assert aware.rows[0][1].note.startswith("(")
    assert counted.rows[0][0].text == "All"
    assert len(shares(edition(found)).blocks) == 3
