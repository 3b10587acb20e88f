"""Areas that the settings name are judged at once, and what is withheld has no verdict."""

from copy import deepcopy
from dataclasses import replace

import pytest

from analysis.analyze import analyze
from analysis.disclosure.screen import code_of, screen
from analysis.errors import AnalysisError
from analysis.serialise import as_json
from analysis.simultaneous import at_confidence
from tests.analysis.test_analyze import SETTINGS, TODAY, answers, founded


def settings(**wanted: str) -> dict:
    made = deepcopy(SETTINGS)
    made["variables"]["unit"] = {"label": {"vi": "Đơn vị", "en": "Unit"}, "unit": "code"}
    made["judge_areas"] = [{"variable": "unit", "target": "T1a"} | wanted]
    return made


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    data = answers(480)
    data.loc[data["home"] == "u4", "home"] = "u3"
    return analyze(founded(tmp_path_factory.mktemp("areas"), data=data, settings=settings()),
                   today=TODAY)  # fmt: skip


def test_every_unit_of_the_table_counts_as_planned_whoever_was_interviewed(analysis):
    (areas,) = analysis.areas
    assert (areas.planned, areas.target, areas.phase) == (4, "T1a", "P2")
    assert [row.estimate.by["unit"] for row in areas.rows] == ["u1", "u2", "u3", "u4"]
    assert areas.rows[3].estimate.n == 0
    assert areas.rows[3].verdict.word == "no_data"


def test_each_area_has_its_own_estimate_with_a_wider_interval(analysis):
    (areas,) = analysis.areas
    own = [one for one in analysis.estimates if one.of == "aware" and "unit" in one.by]
    for alone, row in zip(own, areas.rows[:3], strict=True):
        joint = row.estimate
        assert joint.estimate == alone.estimate
        assert joint.confidence == pytest.approx(1 - 0.05 / 4)
        assert joint.ci[0] < alone.ci[0]
        assert joint.ci[1] > alone.ci[1]


def test_the_result_file_says_how_many_false_verdicts_are_expected(analysis):
    (areas,) = as_json(analysis)["areas"]
    assert areas["expected_false_alone"] == pytest.approx(4 * 0.025)
    assert areas["expected_false"] == pytest.approx(0.025)


def test_an_area_that_may_not_be_published_has_neither_number_nor_verdict(analysis):
    (areas,) = analysis.areas
    first, *others = areas.rows
    few = replace(first, estimate=replace(first.estimate, n=29, hits=20))
    (held,) = screen(replace(analysis, areas=(replace(areas, rows=(few, *others)),))).areas
    assert code_of(held.rows[0].estimate) is not None
    assert held.rows[0].estimate.ci == (None, None)
    assert held.rows[0].verdict.word == held.rows[0].alone.word == "no_data"
    assert all(row.estimate.hits is None for row in held.rows)


def test_reliability_is_that_of_the_area_s_own_interval(analysis):
    (areas,) = analysis.areas
    (held,) = screen(analysis).areas
    for before, after in zip(areas.rows, held.rows, strict=True):
        if code_of(after.estimate) is None:
            assert at_confidence(after.estimate, 0.95).ci == pytest.approx(
                at_confidence(before.estimate, 0.95).ci
            )


def test_a_variable_without_units_and_a_target_about_some_areas_are_refused(tmp_path):
    study = founded(tmp_path, settings=settings(variable="sex", target="T1b"))
    with pytest.raises(AnalysisError) as refused:
        analyze(study, today=TODAY)
    text = str(refused.value)
    assert "'sex' is no variable that comes from a column of the table of units." in text
    assert "'T1b' is no target that a survey measures among everybody." in text


def test_areas_that_no_hashed_plan_fixed_are_not_called_planned(analysis):
    assert not analysis.areas[0].is_planned
