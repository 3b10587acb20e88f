"""What a study's shares owe to how a don't-know counts: each under every rule, beside the adopted one.

The rules are those of `analysis.items.guessing`, and touch the dimensions where something is to be
known and don't know is adopted as wrong. A guess is right by chance with the mean credit of the
item's answers (1/m of m options), don't-know and refusal not among them. Whatever the rule, the items
are calibrated and the population is found anew; the cut is the same share of the points. An item
that can have several answers, or partial credit, has no guessing of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.columns import Floats
from analysis.describe import headline_indicators, rules
from analysis.errors import AnalysisError
from analysis.irt.fit import fit
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemModel
from analysis.irt.options import FitOptions
from analysis.irt.responses import ItemResponses
from analysis.items.guessing import BELOW, RULES, Rule, treated
from analysis.latent_shares import LatentShares, Scale
from analysis.measured import Measured
from analysis.readings import default_way
from analysis.result import TargetResult
from analysis.scoring import scored_items
from analysis.shares import Mask
from analysis.survey_targets import whom
from analysis.trait_result import CandourReport, RuleShare
from instruments.errors import Problem
from instruments.language import Message, say
from instruments.model import Placed
from instruments.plan import JointRule

ADOPTED, *OTHERS = RULES
DRAWS = 3
"""Draws of the guesses of people who do not know."""
_PASSES = FitOptions(most=200)
"""Ten times what a model needs that the answers determine."""
_WEIGHT = "@weight"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Answers:
    """A dimension's answers in which something is to be known: used rows by items of its scale.

    `credit` is a share of each item's points; `guesses` are, by item, the credits of the options
    among which a guess chooses, empty where there is no guessing.
    """

    scale: Scale
    items: tuple[str, ...]
    credit: Floats
    unknown: np.ndarray
    weights: Floats
    guesses: Mapping[str, tuple[float, ...]]

    @property
    def can_guess(self) -> bool:
        """Whether any item can be answered right by chance."""
        return any(self.guesses.values())


_Populations = tuple[LatentShares, ...] | Message
"""The traits under one rule, once or by draw; or why there are none."""


def candour(
    made: Measured, targets: Sequence[TargetResult], *, rng: np.random.Generator
) -> tuple[CandourReport, ...]:
    """Every target that the trait measures, and every other headline indicator, under each rule.

    Nothing where shares count observed scores, or no item can be guessed or answered by a don't-know.
    """
    traits = made.people.latent
    answers = {} if traits is None else _answers(made, traits)
    if traits is None or not answers:
        return ()
    asked, unknown = _told(list(answers.values()))
    under = {rule: _under(traits, answers, rule, rng) for rule in _applied(answers)}
    return tuple(
        CandourReport(
            of=one.of, target=one.target, phase=one.phase, asked=asked, unknown=unknown,
            rules=(RuleShare(rule=ADOPTED, share=one.adopted),
                   *(_share(one, rule, found) for rule, found in under.items())),
        )
        for one in _measures(made, targets)
    )  # fmt: skip


def _answers(made: Measured, traits: LatentShares) -> dict[int, _Answers]:
    """By place of the trait, where a rule changes anything."""
    known = {one.id for one in made.instruments[-1].dimensions if one.dont_know == "wrong"}
    found = {place: _of(made, scale, traits.model.used)
             for place, scale in enumerate(traits.scales) if scale.dimension in known}  # fmt: skip
    return {place: one for place, one in found.items() if one.unknown.any() or one.can_guess}


def _of(made: Measured, scale: Scale, used: np.ndarray) -> _Answers:
    placed = {one.path: one for one in scored_items(made.instruments[-1])}
    items = tuple(scale.points)
    credit = made.scores.credit.loc[used, list(items)].round(9).to_numpy(dtype=np.float64)
    said = [made.people.frame.loc[used, name].isin(_codes(made, placed[name])) for name in items]
    return _Answers(
        scale=scale, items=items, credit=credit,
        unknown=np.column_stack(said) & ~np.isnan(credit),
        weights=made.people.sample.weights[used],
        guesses={name: _guesses(made, placed[name], scale.points[name]) for name in items},
    )  # fmt: skip


def _codes(made: Measured, placed: Placed) -> set[str]:
    options = made.instruments[-1].options_of(placed.item)
    return {one.code for one in options if one.missing == "dont_know"}


def _guesses(made: Measured, placed: Placed, points: Sequence[float]) -> tuple[float, ...]:
    """The credits among which a guess chooses, of an item with one answer that is right or wrong."""
    last = (made.responses.fieldwork or (made.today, made.today))[1]
    key = next((one for one in placed.item.key if one.holds_on(last)), None)
    if placed.item.type != "single" or len(points) != 2 or key is None:
        return ()
    most = max(key.credit.values(), default=0.0)
    options = made.instruments[-1].options_of(placed.item)
    worth = tuple(key.credit.get(one.code, 0.0) / most for one in options
                  if one.missing is None) if most else ()  # fmt: skip
    return worth if 0 < sum(worth) < len(worth) else ()


def _told(answers: Sequence[_Answers]) -> tuple[int, float]:
    """How many items a rule touches, and the weighted share of their answers that are don't-knows."""
    touched = [one.unknown.any(axis=0) | np.array([bool(one.guesses[name]) for name in one.items])
               for one in answers]  # fmt: skip
    said = sum(float(one.weights @ one.unknown.sum(axis=1)) for one in answers)
    given = sum(
        float(one.weights @ (~np.isnan(one.credit[:, mask])).sum(axis=1))
        for one, mask in zip(answers, touched, strict=True)
    )
    return int(sum(mask.sum() for mask in touched)), said / given


def _applied(answers: Mapping[int, _Answers]) -> list[Rule]:
    """The rules that differ from the adopted one: where nobody said don't know, guessing alone."""
    if any(one.unknown.any() for one in answers.values()):
        return list(OTHERS)
    return ["wrong_guessing"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Measure:
    """An indicator with its share as adopted, in the domain of a target where one is named."""

    of: str
    target: str = ""
    phase: str = ""
    adopted: float | None
    cuts: Mapping[str, float]
    joint: JointRule
    inside: Mask


def _measures(made: Measured, targets: Sequence[TargetResult]) -> Iterator[_Measure]:
    """Targets that the trait measures, then the indicators that none of these is about."""
    plan, people, told = made.study.plan, made.people, set()
    for result in targets:
        target, one = (
            next(each for each in plan.targets if each.id == result.target),
            result.estimate,
        )
        way = default_way(plan, target, phase=result.phase)
        inside = None if one is None or one.budget is None else whom(people, target, way)
        if one is not None and inside is not None:
            told.add(one.of)
            yield _Measure(of=one.of, target=result.target, phase=result.phase, adopted=one.estimate,
                           cuts=dict(way.cuts), joint=way.joint, inside=inside)  # fmt: skip
    for indicator in headline_indicators(plan, people):
        rule = rules([indicator])[indicator.id]
        if indicator.id not in told and (found := rule.share(people, of=indicator.id)).budget:
            yield _Measure(of=indicator.id, adopted=found.estimate, cuts=rule.cuts, joint=rule.joint,
                           inside=people.everyone())  # fmt: skip


def _share(one: _Measure, rule: Rule, found: _Populations) -> RuleShare:
    """The share under a rule, the mean over draws where there are several."""
    if isinstance(found, Message):
        return RuleShare(rule=rule, share=None, note=found)
    try:
        shares = [traits.points(one.cuts, one.joint, inside=[one.inside])[0] for traits in found]
    except AnalysisError as error:
        return RuleShare(rule=rule, share=None, note=error.problems[0].what)
    return RuleShare(rule=rule, share=float(np.mean(shares)))


def _under(
    traits: LatentShares, answers: Mapping[int, _Answers], rule: Rule, rng: np.random.Generator
) -> _Populations:
    """The traits under a rule; each draw's population is sought from that of the draw before."""
    found: list[LatentShares] = []
    try:
        for _ in range(DRAWS if rule == "chance" else 1):
            found.append(_population(found[-1] if found else traits, answers, rule, rng))
    except AnalysisError as error:
        return error.problems[0].what
    return tuple(found)


def _population(
    traits: LatentShares, answers: Mapping[int, _Answers], rule: Rule, rng: np.random.Generator
) -> LatentShares:
    """The traits with the dimensions calibrated anew; a panel's error is left out of their budgets."""
    scales = tuple(
        replace(_scale(answers[place], rule, rng) if place in answers else scale, cut_se=0.0)
        for place, scale in enumerate(traits.scales)
    )
    model = traits.model.answered([one.calibration for one in scales])
    if model.settled.flags:
        raise _unfit(say("under it the distribution of the traits is not determined"))
    return replace(traits, scales=scales, model=model)


def _scale(given: _Answers, rule: Rule, rng: np.random.Generator) -> Scale:
    values = (
        _guessed(given, rng) if rule == "chance" else treated(given.credit, given.unknown, rule)
    )
    frame = pd.DataFrame(values, columns=list(given.items)).assign(**{_WEIGHT: given.weights})
    responses = ItemResponses.of(frame, list(given.items), weights=_WEIGHT)
    models = {name: _model(given, name, worth, rule)
              for name, worth in zip(responses.items, responses.values, strict=True)}  # fmt: skip
    fitted = fit(responses, models, options=_PASSES)
    _refuse_unfit(fitted)
    points = {name: tuple(max(share, 0.0) * given.scale.points[name][-1] for share in values)
              for name, values in zip(responses.items, responses.values, strict=True)}  # fmt: skip
    return replace(given.scale, calibration=fitted, points=points)


def _guessed(given: _Answers, rng: np.random.Generator) -> Floats:
    """Each don't-know as an answer drawn from the item's options; wrong where one cannot guess."""
    drawn = np.column_stack([rng.choice(given.guesses[name] or (0.0,), size=len(given.credit))
                             for name in given.items])  # fmt: skip
    return np.where(given.unknown, drawn, given.credit)


def _model(given: _Answers, name: str, worth: Sequence[float], rule: Rule) -> ItemModel:
    """Partial credit where don't-know is a category, else as adopted; guessing fixed at its chance."""
    if BELOW in worth:
        return ItemModel(model="gpcm")
    if len(worth) > 2:
        return ItemModel(model="grm")
    if rule in ("chance", "wrong_guessing") and (guesses := given.guesses[name]):
        return ItemModel(model="3pl", guessing=float(np.mean(guesses)))
    return ItemModel(model="2pl")


def _refuse_unfit(fitted: FittedModel) -> None:
    if not fitted.converged:
        raise _unfit(say("under it the model of the items does not converge"))
    falling = [one.item.rpartition("/")[2] for one in fitted.items if one.slope <= 0]
    if falling:
        raise _unfit(say("under it items do not tell people who know more from people who know "
                         "less: {items}", items=", ".join(falling)))  # fmt: skip


def _unfit(what: Message) -> AnalysisError:
    return AnalysisError(
        Problem(where="candour", what=what, hint=say("Look at the items' report."))
    )
