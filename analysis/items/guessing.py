"""What the share owes to how a don't-know counts: each rule's share side by side, and their range.

A don't-know is candour or caution, and who says it differs from who guesses (Mondak 2001; Jessee
2017); no rule is right for all, so the range is shown. `chance`: those who do not know had guessed,
right with 1/m, and guessing is in the model (Birnbaum's lower asymptote fixed at 1/m); averaged over
draws. `category`: don't-know is a category of its own below a wrong answer (partial credit,
Muraki 1992), with nothing earned for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from analysis.awareness.cut import Cut
from analysis.awareness.domains import Domain
from analysis.awareness.latent import latent
from analysis.awareness.question import Question
from analysis.columns import Floats
from analysis.design import Sample
from analysis.errors import AnalysisError, refuse
from analysis.irt.fit import fit
from analysis.irt.items import ItemModel
from analysis.irt.responses import ItemResponses
from instruments.errors import Problem
from instruments.language import say

Rule = Literal["wrong", "wrong_guessing", "chance", "category", "ignore"]
RULES: tuple[Rule, ...] = ("wrong", "wrong_guessing", "chance", "category", "ignore")
BELOW = -1.0
"""The category of a don't-know that is one of its own, below a wrong answer."""
_WEIGHT = "@weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShare:
    """The latent share under one rule, with the design's error, and what went wrong."""

    rule: Rule
    share: float | None
    se: float | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candour:
    """Answers with their don't-knows.

    `right` is persons by items: 1, 0, or NaN where not administered; `unknown` marks don't-knows;
    `options` counts each item's options. The share is that of the persons `inside`, all of them
    unless given; the others have no answers.
    """

    right: Floats
    unknown: np.ndarray
    items: tuple[str, ...]
    options: Mapping[str, int]
    sample: Sample
    inside: np.ndarray | None = None

    @property
    def domain(self) -> Domain:
        """Whose share it is."""
        everybody = np.ones(len(self.right), dtype=bool)
        return Domain(by={}, inside=everybody if self.inside is None else self.inside)


def by_rule(
    given: Candour, cut: Cut, *, rules: Sequence[Rule] = RULES, draws: int = 5,
    rng: np.random.Generator,
) -> list[RuleShare]:  # fmt: skip
    """The share above `cut`, an expected score on items, under each rule.

    Raises:
        AnalysisError: The cut is a bare value of the trait, nobody said don't know, or an item's
            number of options is not known.
    """
    refuse(_problems(given, cut))
    return [_share(given, cut, rule, draws, rng) for rule in rules]


def spread(rows: Sequence[RuleShare]) -> tuple[float, float] | None:
    """The least and the greatest share; None where no rule gave one."""
    known = [row.share for row in rows if row.share is not None]
    return (min(known), max(known)) if known else None


def treated(credit: Floats, unknown: np.ndarray, rule: Rule) -> Floats:
    """Credit (NaN: not administered) with each don't-know as a rule that draws nothing takes it."""
    instead = {"category": BELOW, "ignore": np.nan}.get(rule, 0.0)
    return np.where(unknown, instead, credit)


def _share(given: Candour, cut: Cut, rule: Rule, draws: int, rng: np.random.Generator) -> RuleShare:
    if rule != "chance":
        return _once(given, cut, rule, treated(given.right, given.unknown, rule))
    found = [_once(given, cut, rule, _guessed(given, rng)) for _ in range(draws)]
    known = [(one.share, one.se) for one in found if one.share is not None and one.se is not None]
    if len(known) < 2:
        return replace(found[0], se=None)
    shares, errors = np.array(known).T
    total = (errors**2).mean() + (1 + 1 / len(known)) * shares.var(ddof=1)
    flags = tuple(dict.fromkeys(flag for one in found for flag in one.flags))
    return RuleShare(rule=rule, share=float(shares.mean()), se=float(np.sqrt(total)), flags=flags)


def _guessed(given: Candour, rng: np.random.Generator) -> Floats:
    chance = np.array([1 / given.options[item] for item in given.items])
    return np.where(given.unknown, rng.random(given.right.shape) < chance, given.right)


def _once(given: Candour, cut: Cut, rule: Rule, values: Floats) -> RuleShare:
    guesses = rule in ("chance", "wrong_guessing")
    try:
        row = _estimated(given, cut, values, guesses=guesses)
    except AnalysisError as error:
        return RuleShare(rule=rule, share=None, se=None, flags=(error.problems[0].what.text("en"),))
    return replace(row, rule=rule)


def _estimated(given: Candour, cut: Cut, values: Floats, *, guesses: bool) -> RuleShare:
    frame = pd.DataFrame(values, columns=list(given.items))
    frame = frame.assign(**{_WEIGHT: given.sample.weights})
    responses = ItemResponses.of(frame, given.items, weights=_WEIGHT)
    models = {item: _model(given, item, size, guesses=guesses)
              for item, size in zip(given.items, responses.categories, strict=True)}  # fmt: skip
    fitted = fit(responses, models)
    points = {item: (0.0, 0.0, 1.0) for item, size in
              zip(given.items, responses.categories, strict=True) if size == 3}  # fmt: skip
    asked = Question(calibration=fitted, responses=responses, sample=given.sample,
                     domains=[given.domain], cut=replace(cut, points=points))  # fmt: skip
    (row,) = latent(asked)
    flags = (*row.flags, *(flag.name for flag in fitted.flags))
    return RuleShare(rule="wrong", share=row.estimate, se=row.se, flags=flags)


def _model(given: Candour, item: str, categories: int, *, guesses: bool) -> ItemModel:
    if categories > 2:
        return ItemModel(model="gpcm")
    return (
        ItemModel(model="3pl", guessing=1 / given.options[item])
        if guesses
        else ItemModel(model="2pl")
    )


def _problems(given: Candour, cut: Cut) -> list[Problem]:
    found = []
    if not cut.is_anchored:
        found.append(Problem(
            where="cut", what=say("rules are compared at an expected score on named items."),
            hint=say("Give the cut as an expected score on named items: cut: {example}.",
                     example="{items: [k1, k2], expected: 1.4}"),
        ))  # fmt: skip
    if not given.unknown.any():
        found.append(Problem(where="missing_codes", what=say("nobody said that they do not know."),
                             hint=say("Name the code under missing_codes: {example}.",
                                      example='{dont_know: ["-8"]}')))  # fmt: skip
    found += [
        Problem(where="options", what=say("the number of options of '{item}' is not known.", item=item),
                hint=say("Give it under `options`; two or more."))
        for item in given.items if given.options.get(item, 0) < 2
    ]  # fmt: skip
    return found
