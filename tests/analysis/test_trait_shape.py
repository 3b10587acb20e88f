"""A trait that is not normal is told, with the way the normal model errs; old answers are counted."""

import numpy as np
import pytest

from analysis.analyze import analyze
from analysis.trait_shape import DIFFERS, told
from tests.analysis.test_analyze import TODAY, answers, founded, questionnaire
from tests.analysis.test_study_awareness import with_cut

NAMES = [f"k{place}" for place in range(1, 13)]


def form(right: str = "a", **first: object) -> dict:
    """The questionnaire with twelve items of knowledge, the first of them as given."""
    made = questionnaire(right=right)
    sample = next(one for one in made["items"] if one["id"] == "k1")
    kept = [one for one in made["items"] if not one["id"].startswith("k")]
    made["items"] = kept + [{**sample, "id": name, **(first if name == "k1" else {})}
                            for name in NAMES]  # fmt: skip
    return made


def of(trait: np.ndarray, seed: int = 3):
    """Answers of people with these traits to items around the cut."""
    made, rng = answers(len(trait)), np.random.default_rng(seed)
    for place, name in enumerate(NAMES):
        right = rng.random(len(trait)) < 1 / (1 + np.exp(-1.8 * (trait - 0.25 * (place - 6))))
        made[name] = np.where(right, "a", "b")
    return made


def analysed(folder, trait: np.ndarray, **more):
    study = founded(folder, data=of(trait), plan=with_cut(status="adopted"), forms=(form(**more),))
    return analyze(study, today=TODAY)


def test_with_a_normal_trait_both_distributions_find_the_same_share(tmp_path):
    found = analysed(tmp_path, np.random.default_rng(8).normal(size=1200))
    assert found.old_law == ()
    shape = found.latent.traits[0].shape
    assert shape.free == pytest.approx(shape.normal, abs=0.025)
    estimate = found.targets[0].estimate
    assert (DIFFERS in estimate.flags) is shape.disagree
    assert shape.normal == pytest.approx(estimate.estimate, abs=estimate.se)


def test_two_kinds_of_people_are_told_from_a_normal_trait_with_the_direction(tmp_path):
    rng = np.random.default_rng(8)
    trait = np.where(
        rng.random(1800) < 0.25, rng.normal(1.9, 0.3, 1800), rng.normal(-0.9, 0.3, 1800)
    )
    found = analysed(tmp_path, trait)
    shape = found.latent.traits[0].shape
    assert shape.disagree
    assert abs(shape.free - 0.25) < abs(shape.normal - 0.25)
    assert DIFFERS in found.targets[0].estimate.flags
    assert "The distribution of Knowledge is not normal" in "\n".join(
        one.text("en") for one in found.warnings
    )


def test_without_a_trait_nothing_is_flagged():
    assert told((), None, {}) == ()


def test_answers_of_the_law_before_its_amendment_are_an_indicator(tmp_path):
    keys = [{"credit": {"b": 1}, "valid_to": "2026-06-30"},
            {"credit": {"a": 1}, "valid_from": "2026-07-01"}]  # fmt: skip
    found = analysed(tmp_path, np.random.default_rng(5).normal(size=300), key=keys)
    (old,) = found.old_law
    assert old.of == "k1"
    share = next(one for one in found.items if one.of == "k1")
    assert old.estimate == pytest.approx(1 - share.estimate)
    assert old.ci[0] < old.estimate < old.ci[1]
