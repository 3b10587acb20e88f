"""A don't-know under every rule: the shares of a study, each held against another way to it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analyze import GUESSES, analyze
from analysis.awareness.cut import Cut
from analysis.design import Design, Sample
from analysis.disclosure.publishing import public
from analysis.disclosure.screen import blank, screen
from analysis.items.guessing import RULES, Candour, by_rule
from analysis.measured import measure
from analysis.result import Analysis
from analysis.serialise import as_json
from analysis.study_awareness import traits_of, with_traits
from analysis.study_candour import candour
from tests.analysis.test_analyze import KNOWLEDGE, TODAY, answers, founded, options, questionnaire
from tests.analysis.test_study_awareness import with_cut

ROWS = 720


def form(*, dont_know: str = "wrong") -> dict:
    """Three answers to each question of knowledge, beside don't-know and refusal."""
    made = questionnaire()
    made["dimensions"][0]["dont_know"] = dont_know
    for one in made["items"]:
        if one["id"] in KNOWLEDGE:
            one["options"] = options(a=None, b=None, c=None, kb="dont_know", tc="refused")
    return made


def knowing(*, candid: float = 0.6) -> pd.DataFrame:
    """Who does not know says so, more often the less they know, or guesses."""
    made, rng = answers(ROWS), np.random.default_rng(11)
    trait = rng.normal(size=ROWS) + 0.5
    for place, name in enumerate(KNOWLEDGE):
        knows = rng.random(ROWS) < 1 / (1 + np.exp(-1.6 * (trait - 0.4 * (place - 2))))
        says = rng.random(ROWS) < candid / (1 + np.exp(trait))
        guess = rng.choice(["a", "b", "c"], ROWS)
        made[name] = np.where(knows, "a", np.where(says, "kb", guess))
    return made


def study(folder, *, data: pd.DataFrame | None = None, **more):
    return founded(folder, data=knowing() if data is None else data, forms=(form(**more),),
                   plan=with_cut(status="adopted"))  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return measure(study(tmp_path_factory.mktemp("candour")), today=TODAY)


@pytest.fixture(scope="module")
def analysis(made) -> Analysis:
    return analyze(made.study, today=TODAY)


def shares(analysis: Analysis, target: str = "T1a") -> dict[str, float]:
    (one,) = [each for each in analysis.candour if each.target == target]
    return {each.rule: each.share for each in one.rules}


def test_every_target_stands_under_every_rule_beside_the_adopted_one(analysis):
    assert [(one.target, one.of) for one in analysis.candour] == [
        ("T1a", "aware"), ("T1b", "aware")
    ]  # fmt: skip
    for one, target in zip(analysis.candour, analysis.targets, strict=True):
        assert tuple(each.rule for each in one.rules) == RULES
        assert one.rules[0].share == target.estimate.estimate
        assert [each.note for each in one.rules] == [None] * len(RULES)
        assert one.asked == len(KNOWLEDGE)
    found = shares(analysis)
    assert found["ignore"] > found["category"] > found["wrong"] + 0.01


def test_the_share_of_don_t_knows_is_of_the_weighted_answers(analysis, made):
    used = made.people.sample.weights > 0
    frame, weights = made.people.frame.loc[used, KNOWLEDGE], made.people.sample.weights[used]
    said = weights @ frame.eq("kb").sum(axis=1) / (weights @ frame.notna().sum(axis=1))
    assert analysis.candour[0].unknown == pytest.approx(said)


def test_not_counted_is_what_a_study_finds_whose_form_calls_don_t_knows_missing(analysis, tmp_path):
    data = knowing()
    nothing = (data[KNOWLEDGE] == "kb").all(axis=1)
    missing = analyze(study(tmp_path, data=data[~nothing], dont_know="missing"), today=TODAY)
    assert missing.latent is not None
    assert missing.candour == ()
    again = analyze(study(_inside(tmp_path, "again"), data=data[~nothing]), today=TODAY)
    assert shares(again)["ignore"] == pytest.approx(missing.targets[0].estimate.estimate, abs=1e-6)
    assert shares(again, "T1b")["ignore"] == pytest.approx(
        missing.targets[1].estimate.estimate, abs=1e-6)  # fmt: skip


def _inside(folder, name: str):
    (folder / name).mkdir()
    return folder / name


def test_each_rule_agrees_with_the_same_rule_in_the_analysis_of_items(analysis, made):
    """Which conditions on nothing, so that its population is another one, but nearly the same."""
    used = (made.people.sample.weights > 0) & made.people.frame[KNOWLEDGE].notna().any(axis=1)
    frame = made.people.frame.loc[used, KNOWLEDGE].reset_index(drop=True)
    weights = made.people.sample.weights[used]
    given = Candour(
        right=frame.eq("a").to_numpy(dtype=float), unknown=frame.eq("kb").to_numpy(),
        items=tuple(KNOWLEDGE), options=dict.fromkeys(KNOWLEDGE, 3),
        sample=Sample.of(pd.DataFrame({"w": weights}), Design(weights="w")),
    )  # fmt: skip
    cut = Cut(value=0.6 * len(KNOWLEDGE), items=tuple(KNOWLEDGE))
    rows = by_rule(given, cut, rng=np.random.default_rng(3))
    for row in rows:
        assert row.share == pytest.approx(shares(analysis)[row.rule], abs=0.012), row.rule


def test_the_same_seed_gives_the_same_shares_and_another_one_nearly_the_same(made, analysis):
    ready = with_traits(made, traits_of(made))
    again, other = (candour(ready, analysis.targets, rng=np.random.default_rng(seed))
                    for seed in (GUESSES, 1))  # fmt: skip
    assert again == analysis.candour
    assert other != again
    assert other[0].rules[2].share == pytest.approx(again[0].rules[2].share, abs=0.015)


def test_a_rule_that_cannot_be_fitted_says_why_and_leaves_the_others(tmp_path):
    data = knowing()
    data["k3"] = data["k3"].replace({"b": "kb", "c": "kb"})
    (one, _) = analyze(study(tmp_path, data=data), today=TODAY).candour
    notes = {each.rule: each.note.text("en") for each in one.rules if each.note}
    assert list(notes) == ["ignore"]
    assert "k3" in notes["ignore"]
    assert one.rules[-1].share is None
    assert one.ends is not None


def test_where_nobody_says_don_t_know_guessing_alone_is_another_rule(tmp_path):
    found = analyze(study(tmp_path, data=knowing(candid=0.0)), today=TODAY).candour
    assert [each.rule for each in found[0].rules] == ["wrong", "wrong_guessing"]
    assert found[0].unknown == 0


def test_the_document_holds_the_least_and_the_greatest_share(analysis):
    written = as_json(analysis)["candour"][0]
    found = shares(analysis).values()
    assert (written["least"], written["greatest"]) == (min(found), max(found))


def test_what_is_withheld_has_no_share_by_another_rule_and_the_public_has_none(analysis):
    first, *others = analysis.targets
    gone = replace(first, estimate=blank(first.estimate, code="u", n=first.estimate.n))
    gone = replace(gone, estimate=replace(gone.estimate, n=0))
    held = screen(replace(analysis, targets=(gone, *others)))
    assert [one.target for one in held.candour] == ["T1b"]
    assert public(analysis).candour == ()
