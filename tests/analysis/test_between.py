"""Judged areas count among the groups that nobody may subtract from each other."""

from dataclasses import replace

import pytest

from analysis.analyze import analyze_measured
from analysis.disclosure.between import (
    EVERYBODY,
    difference_in,
    families,
    groups_of,
    published,
    withhold,
)
from analysis.disclosure.screen import code_of, screen
from analysis.measured import measure
from analysis.result import AreaProfile
from tests.analysis.test_analyze import TODAY, answers, founded
from tests.analysis.test_areas import settings


def people(first: int, last: int) -> frozenset[str]:
    return frozenset(f"r{number:05}" for number in range(first, last))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    wanted = settings()
    wanted["variables"]["unit"]["report"] = False
    folder = tmp_path_factory.mktemp("between")
    return measure(founded(folder, data=answers(480), settings=wanted), today=TODAY)


@pytest.fixture(scope="module")
def analysis(made):
    return screen(analyze_measured(made))


def test_areas_that_are_judged_count_as_published_though_no_table_has_them(made, analysis):
    found = groups_of(made)
    units = {name for name in found if name[0] == "unit"}
    assert len(units) == 4
    assert units <= published(found, analysis).keys()
    assert families(made.study.settings)[-1] >= {"unit"}


def test_a_new_unit_that_gives_away_the_rest_of_an_old_district_is_withheld():
    now = {EVERYBODY: people(0, 200), ("district", "a"): people(0, 60), ("unit", "x"): people(0, 55),
           ("sex", "m"): people(0, 100)}  # fmt: skip
    both = (frozenset({"sex"}), frozenset({"district", "unit"}))
    gone, found = difference_in(now, [], families=both)
    assert gone == {("unit", "x")}
    assert found.leak is None
    assert difference_in(now, [], families=both[:1])[0] == frozenset()


def test_a_unit_of_today_is_held_against_a_district_that_was_released_before():
    before = {EVERYBODY: people(0, 200), ("district", "a"): people(0, 60)}
    now = {EVERYBODY: people(0, 200), ("unit", "x"): people(0, 55)}
    gone, _ = difference_in(now, [before], families=(frozenset({"district", "unit"}),))
    assert gone == {("unit", "x")}


def test_a_withheld_area_keeps_neither_number_nor_verdict_nor_profile(analysis):
    row = next(one for one in analysis.areas[0].rows if code_of(one.estimate) is None)
    level = row.estimate.by["unit"]
    profile = AreaProfile(variable="unit", area=level, to_decide=500, to_decide_as_all=900)
    held = withhold(replace(analysis, profiles=(profile,)), [("unit", level)])
    gone = next(one for one in held.areas[0].rows if one.estimate.by["unit"] == level)
    assert (code_of(gone.estimate), gone.estimate.n, gone.verdict.word) == ("c", 0, "no_data")
    assert (held.profiles[0].to_decide, held.profiles[0].to_decide_as_all) == (None, 900)
    assert sum(code_of(one.estimate) == "c" for one in held.areas[0].rows) == 1
