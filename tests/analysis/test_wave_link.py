"""Waves of the trait are linked by the questions that both ask; what cannot be linked is not compared."""

import json
from copy import deepcopy
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from analysis.analyze import analyze
from analysis.disclosure.screen import screen
from analysis.measured import measure
from analysis.serialise import as_json
from analysis.study_awareness import traits_of, with_traits
from analysis.targets import Evidence, judge_targets
from analysis.trend import method_of, trends
from survey.settings import EarlierWave
from tests.analysis.test_analyze import KNOWLEDGE, SETTINGS, TODAY, answers, founded
from tests.analysis.test_study_awareness import with_cut

MODE = "face to face"
PLAN = with_cut(status="panel", se=0.05)


def wave(level: float, seed: int, *, harder: float = 0.0, rows: int = 900):
    """Answers of people whose trait has this mean; the last item may have become harder."""
    made, rng = answers(rows), np.random.default_rng(seed)
    trait = rng.normal(size=rows) + level
    for place, name in enumerate(KNOWLEDGE):
        at = 0.4 * (place - 2) + (harder if place == len(KNOWLEDGE) - 1 else 0.0)
        right = rng.random(rows) < 1 / (1 + np.exp(-1.6 * (trait - at)))
        made[name] = np.where(right, "a", "b")
    return made


def settings() -> dict:
    made = deepcopy(SETTINGS)
    made["wave"] = {"id": "2", "mode": MODE}
    made["variables"] = {"age": made["variables"]["age"]}
    made["weighting"] = {}
    made.pop("exposure")
    return made


def study(tmp_path_factory, name: str, **more):
    return founded(tmp_path_factory.mktemp(name), data=wave(**more), settings=settings(), plan=PLAN)


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> dict:
    first = study(tmp_path_factory, "first", level=0.0, seed=1)
    document = as_json(screen(analyze(first, today=TODAY)))
    document["provenance"]["fieldwork"] = ["2025-04-01", "2025-04-20"]
    return document


@pytest.fixture(scope="module")
def now(tmp_path_factory):
    """The second wave measured, its people knowing more, one of its items grown harder."""
    made = measure(study(tmp_path_factory, "second", level=0.5, seed=2, harder=1.2), today=TODAY)
    traits = traits_of(made)
    made = with_traits(made, traits)
    targets = judge_targets(made.study.plan, Evidence(
        people=made.people, instruments=frozenset({"residents"}),
        fielded=made.responses.fieldwork, figures=None, today=TODAY,
    ))  # fmt: skip
    return made, targets, traits.report


def followed(now, document: dict, **named: object):
    """The trend of the first target, with one earlier wave published as `document`."""
    made, targets, report = now
    (made.study.folder / "first.json").write_text(json.dumps(document))
    earlier = EarlierWave(result="first.json", label={"vi": "Đợt 1", "en": "Wave 1"}, **named)
    known = made.study.settings.model_copy(update={"earlier": (earlier,)})
    made = replace(made, study=replace(made.study, settings=known))
    return trends(made, targets, (), report)[0]


def edited(document: dict, **first_item: object) -> dict:
    """The document with something else in some items of its scale, by how many."""
    made = deepcopy(document)
    count = first_item.pop("items", 1)
    for item in made["latent"]["traits"][0]["scale"][:count]:
        item.update(first_item)
    return made


def words(messages) -> str:
    return "; ".join(one.text("en") for one in messages)


def test_the_change_is_of_the_trait_and_holds_sampling_and_linking_error(published, now):
    trend = followed(now, published)
    before, after = (point.estimate for point in trend.points)
    (changed,) = trend.changes
    assert method_of(before) == method_of(after) == "latent"
    assert changed.difference == pytest.approx(changed.at_cut - before.estimate)
    assert changed.anchors == 5
    assert changed.linking_se > 0
    panels = [sqrt(one.budget.cut) for one in (before, after)]
    own = before.se**2 + after.se**2 - sum(one**2 for one in panels)
    whole = own + (panels[0] - panels[1]) ** 2 + changed.linking_se**2
    assert changed.se == pytest.approx(sqrt(whole), rel=0.03)
    assert changed.se < sqrt(before.se**2 + after.se**2 + changed.linking_se**2)
    assert changed.ci[0] < 0.18 < changed.ci[1]
    assert trend.points[1].breaks == ()


def test_an_anchor_that_moved_is_told_and_left_out_only_for_a_cause(published, now):
    with_it = followed(now, published).changes[0]
    assert "k5" in words(with_it.notes)
    assert with_it.with_all is None
    without = followed(
        now, published, no_anchors={"k5": "The leaflet printed the answer."}
    ).changes[0]
    assert without.anchors == 4
    assert without.with_all == pytest.approx(with_it.difference)
    assert without.difference != pytest.approx(with_it.difference, abs=1e-4)
    assert "item k5 links no waves: The leaflet printed the answer." in words(without.notes)


def test_an_item_with_other_words_or_key_is_no_anchor(published, now):
    changed = followed(now, edited(published, content="f" * 64)).changes[0]
    assert changed.anchors == 4


def test_too_few_anchors_are_refused_and_the_series_breaks_there(published, now):
    trend = followed(now, edited(published, content="f" * 64, items=3))
    (changed,) = trend.changes
    assert changed.difference is None
    assert words(changed.breaks) == ("2 of 5 items of a scale are the same in both waves and fit to "
                                     "link them; at least 3 and a third of them are needed")  # fmt: skip
    assert trend.points[1].breaks == changed.breaks


def test_a_result_without_its_items_is_not_linked(published, now):
    document = deepcopy(published)
    document["latent"]["traits"][0].pop("scale")
    assert "does not hold the items of its scale" in words(
        followed(now, document).changes[0].breaks
    )


def counted(published: dict) -> dict:
    """The document of a wave that counted scores."""
    document = deepcopy(published)
    for target in document["targets"]:
        if target["estimate"] is not None:
            target["estimate"] = target["estimate"]["observed"]
    document["latent"] = None
    return document


def test_a_wave_that_counted_scores_is_drawn_apart_and_compared_by_scores(published, now):
    trend = followed(now, counted(published))
    before, after = (point.estimate for point in trend.points)
    (changed,) = trend.changes
    assert words(trend.points[1].breaks) == "one wave measures the trait, the other counts scores"
    assert changed.by_scores
    assert changed.difference == pytest.approx(after.observed.estimate - before.estimate)
    assert changed.linking_se is None
    assert "counted scores in both waves" in words(changed.notes)


def test_scores_of_another_instrument_are_not_compared(published, now):
    document = counted(published)
    document["provenance"]["instruments"] = {"other 1": "f" * 64}
    (changed,) = followed(now, document).changes
    assert changed.difference is None
    assert "another instrument" in words(changed.breaks)


def test_a_result_of_another_version_is_read_by_the_fields_that_are_known(published, now):
    document = deepcopy(published)
    for target in document["targets"]:
        target["estimate"]["budget"]["of_a_later_version"] = 1.0
        target["estimate"]["of_a_later_version"] = 1.0
    document["latent"]["traits"][0]["scale"][0]["of_a_later_version"] = 1.0
    assert followed(now, document).changes[0].difference is not None
