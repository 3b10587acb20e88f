"""What stands beside a judged area: in what the whole of it lies, what it knows, what would decide it."""

from copy import deepcopy

import pytest

from analysis.analyze import analyze
from analysis.deciding import interviews_to_decide
from analysis.shares import AVERAGE
from tests.analysis.test_analyze import TODAY, answers, founded
from tests.analysis.test_areas import settings


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    wanted = deepcopy(settings(variable="kind"))
    own = {"label": {"vi": "Loại", "en": "Kind"}, "unit": "kind"}
    place = {"label": {"vi": "Đô thị", "en": "Settlement"}, "unit": "settlement", "report": False}
    wanted["variables"] |= {"kind": own, "settlement": place}
    wanted["judge_areas"].append({"variable": "unit", "target": "T1a"})
    return analyze(founded(tmp_path_factory.mktemp("profiles"), data=answers(480), settings=wanted),
                   today=TODAY)  # fmt: skip


def test_only_what_holds_the_whole_of_an_area_is_named(analysis):
    inside = {one.area: dict(one.inside) for one in analysis.profiles}
    assert inside["u2"] == {"kind": "huyen", "settlement": "urban", "groups": "key+suburban"}
    assert inside["u4"] == {"kind": "quan", "settlement": "urban", "groups": "rest"}
    assert inside["quan"] == {"settlement": "urban"}
    assert "settlement" not in inside["huyen"]
    assert "unit" not in inside["huyen"]


def test_every_judged_area_has_a_profile_with_the_topics_of_its_own_people(analysis):
    judged = [(one.variable, row.estimate.by[one.variable])
              for one in analysis.areas for row in one.rows]  # fmt: skip
    assert [(one.variable, one.area) for one in analysis.profiles] == judged
    names = {one.of for one in analysis.topics}
    for profile in analysis.profiles:
        assert {one.of for one in profile.topics} == names
        assert all(one.by == {profile.variable: profile.area} for one in profile.topics)
        assert all(AVERAGE in one.flags or one.hits is not None for one in profile.topics)


def test_the_interviews_that_would_decide_an_area_are_those_of_its_joint_interval(analysis):
    for areas in analysis.areas:
        own = [one for one in analysis.profiles if one.variable == areas.variable]
        for profile, row in zip(own, areas.rows, strict=True):
            assert profile.to_decide == interviews_to_decide(
                row.estimate, threshold=areas.threshold, verdict=row.verdict
            )
        assert len({one.to_decide_as_all for one in own}) == 1
