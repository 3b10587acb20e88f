"""Waves are joined only where they ask alike, and a change has the error of both of them."""

import json
from copy import deepcopy
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.analyze import analyze
from analysis.disclosure.screen import screen
from analysis.errors import AnalysisError
from analysis.modes import moved, named
from analysis.result import Estimate
from analysis.serialise import as_json
from analysis.wave_change import change
from instruments.freeze import content_hash
from tests.analysis.test_analyze import SETTINGS, TODAY, answers, founded, questionnaire

MODE = "face to face"


def settings(mode: str = MODE, **earlier: object) -> dict:
    made = deepcopy(SETTINGS)
    made["variables"]["kind"] = {"label": {"vi": "Loại", "en": "Kind"}, "unit": "kind"}
    made["judge_areas"] = [{"variable": "kind", "target": "T1a"}]
    made["wave"] = {"id": "2", "mode": mode}
    if earlier:
        made["earlier"] = [{"label": {"vi": "Đợt 1", "en": "Wave 1"}} | earlier]
    return made


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> dict:
    """The result of the first wave, half a year before."""
    data = answers()
    data["day"] = "2026-04-05"
    study = founded(tmp_path_factory.mktemp("first"), data=data, settings=settings())
    return as_json(screen(analyze(study, today=TODAY)))


def second(folder, document: dict, **more):
    data = answers(480).iloc[240:].reset_index(drop=True)
    mode = more.pop("mode", MODE)
    study = founded(folder, data=data, settings=settings(mode, result="first.json", **more))
    (study.folder / "first.json").write_text(json.dumps(document))
    return analyze(study, today=TODAY)


def of(value: float, se: float, df: float | None = 50) -> Estimate:
    return Estimate(of="x", estimate=value, se=se, ci=(None, None), df=df, n=100)


def test_the_change_of_two_waves_has_the_error_of_both(published, tmp_path):
    found = second(tmp_path, published)
    trend = next(one for one in found.trends if one.target == "T1a" and not one.by)
    before, now = (point.estimate for point in trend.points)
    assert before.estimate == published["targets"][0]["estimate"]["estimate"]
    (changed,) = trend.changes
    assert changed.difference == pytest.approx(now.estimate - before.estimate)
    assert changed.se == pytest.approx(sqrt(before.se**2 + now.se**2))
    assert changed.ci[0] < changed.difference < changed.ci[1]
    assert trend.points[0].day < trend.points[1].day


def test_areas_are_followed_by_their_own_intervals(published, tmp_path):
    found = second(tmp_path, published)
    by = [one for one in found.trends if one.by]
    assert [one.by["kind"] for one in by] == ["huyen", "quan"]
    for one in by:
        assert [point.estimate.confidence for point in one.points] == pytest.approx([0.95, 0.95])


@pytest.mark.parametrize(
    ("alter", "more", "reason"),
    [
        ({}, {"mode": "telephone"}, "people were asked otherwise: face to face, then by telephone"),
        ({"provenance": {"mode": ""}}, {}, "how people were asked is not known of both waves"),
        ({"provenance": {"instruments": {"other 1": "f" * 64}}}, {}, "another instrument"),
        ({"cuts": {"aware": {"knowledge": 0.5, "disposition": 0.6}}}, {}, "another cut score"),
    ],
)
def test_a_break_leaves_no_change_and_says_why(published, tmp_path, alter, more, reason):
    document = deepcopy(published)
    for name, values in alter.items():
        document[name] |= values
    (trend, *_) = second(tmp_path, document, **more).trends
    (changed,) = trend.changes
    assert changed.difference is changed.se is None
    assert reason in changed.breaks[0].text("en")
    assert trend.points[1].breaks == changed.breaks


BRIDGE = {"source": {"vi": "Báo cáo mẫu cầu nối", "en": "Report on the bridge"},
          "effects": {"T1a": {"difference": 0.03, "se": 0.02}}}  # fmt: skip


def test_a_bridge_takes_the_mode_off_the_change_and_adds_its_error(published, tmp_path):
    trends = second(tmp_path, published, mode="telephone", bridge=BRIDGE).trends
    trend = next(one for one in trends if one.target == "T1a" and not one.by)
    before, now = (point.estimate for point in trend.points)
    (changed,) = trend.changes
    assert changed.mode_effect == 0.03
    assert changed.difference == pytest.approx(now.estimate - before.estimate - 0.03)
    assert changed.se == pytest.approx(sqrt(before.se**2 + now.se**2 + 0.02**2))
    assert "people were asked otherwise" in trend.points[1].breaks[0].text("en")
    others = [one.changes[0] for one in trends if one.by or one.target != "T1a"]
    assert others
    for other in others:
        assert other.difference is None
        assert "only a bridge sample, whose mode is drawn at random" in other.notes[-1].text("en")


def test_a_bridge_that_is_not_needed_is_not_used_and_that_is_said(published, tmp_path):
    (trend, *_) = second(tmp_path, published, mode="Face-to-face", bridge=BRIDGE).trends
    (changed,) = trend.changes
    assert changed.mode_effect is None
    assert changed.difference == pytest.approx(
        trend.points[1].estimate.estimate - trend.points[0].estimate.estimate
    )
    assert "the bridge over modes is not used" in changed.notes[0].text("en")


def test_a_bridge_of_an_unknown_target_is_refused(published, tmp_path):
    strange = {**BRIDGE, "effects": {"T1c": {"difference": 0.03, "se": 0.02}}}
    with pytest.raises(AnalysisError, match=r"no target 'T1c'.*T1"):
        second(tmp_path, published, bridge=strange)


def test_interviews_that_mix_modes_otherwise_are_not_joined(published, tmp_path):
    form = questionnaire() | {"mode": "sex"}
    study = founded(tmp_path, data=answers(480), settings=settings(MODE, result="first.json"),
                    forms=(form,))  # fmt: skip
    document = deepcopy(published)
    document["provenance"]["instruments"] = {"residents 1": content_hash(study.instruments[0])}
    document["fieldwork"]["modes"] = {"m": 0.9, "f": 0.1}
    (study.folder / "first.json").write_text(json.dumps(document))
    found = analyze(study, today=TODAY)
    assert found.fieldwork.modes == pytest.approx({"m": 0.5, "f": 0.5})
    (changed,) = found.trends[0].changes
    assert changed.difference is None
    assert [one.text("en") for one in changed.breaks] == [
        "40% of the interviews were held in another mode than before"
    ]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "part"), [
    ({}, {"a": 1.0}, 0.0), ({"a": 1.0}, {"b": 1.0}, 1.0), ({"a": 0.95, "b": 0.05}, {"a": 1.0}, 0.05),
])  # fmt: skip
def test_what_moved_between_modes_is_half_of_all_differences(before, after, part):
    assert moved(before, after) == pytest.approx(part)


def test_a_mode_is_told_in_the_reader_s_language_and_a_strange_one_as_it_was_written():
    assert named("CAPI").text("vi") == "phỏng vấn trực tiếp, ghi trên máy (CAPI)"
    assert named("by drum") == "by drum"


def test_a_linking_error_joins_two_instruments_and_widens_the_interval(published, tmp_path):
    document = deepcopy(published)
    document["provenance"]["instruments"] = {"other 1": "f" * 64}
    (trend, *_) = second(tmp_path, document, linking_se=0.02).trends
    before, now = (point.estimate for point in trend.points)
    (changed,) = trend.changes
    assert changed.breaks == ()
    assert changed.se == pytest.approx(sqrt(before.se**2 + now.se**2 + 0.02**2))


def test_a_file_that_is_missing_or_no_result_is_named(tmp_path):
    study = founded(tmp_path, settings=settings(result="none.json"))
    with pytest.raises(AnalysisError, match=r"there is no file 'none.json'"):
        analyze(study, today=TODAY)
    (study.folder / "none.json").write_text("[]")
    with pytest.raises(AnalysisError, match=r"'none.json' is no result of a report"):
        analyze(study, today=TODAY)


def test_without_this_wave_s_number_no_change_is_published(published, tmp_path):
    found = second(tmp_path, published)
    (trend, *others) = found.trends
    few = replace(trend.points[-1].estimate, n=12, hits=6)
    blank = replace(trend, points=(trend.points[0], replace(trend.points[-1], estimate=few)))
    held = screen(replace(found, trends=(blank, *others))).trends[0]
    assert held.points[-1].estimate.estimate is None
    assert held.changes == ()


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(0.001, 0.1), st.floats(0.001, 0.1),
       st.integers(2, 200), st.integers(2, 200))  # fmt: skip
def test_a_change_agrees_with_welch_and_turns_its_sign_with_time(p, q, se_p, se_q, df_p, df_q):
    forth = change(of(p, se_p, df_p), of(q, se_q, df_q))
    back = change(of(q, se_q, df_q), of(p, se_p, df_p))
    assert forth[0] == pytest.approx(-back[0])
    assert forth[2] == pytest.approx((-back[2][1], -back[2][0]))
    variance = se_p**2 + se_q**2
    df = variance**2 / (se_p**4 / df_p + se_q**4 / df_q)
    limits = q - p + np.array([-1, 1]) * stats.t.ppf(0.975, df) * np.sqrt(variance)
    assert forth[2] == pytest.approx(tuple(np.clip(limits, -1, 1)), abs=1e-9)


def test_a_change_without_an_error_is_no_number():
    assert change(replace(of(0.5, 0.1), se=None), of(0.6, 0.1)) is None
    assert change(of(0.5, 0.0), of(0.6, 0.0)) is None
