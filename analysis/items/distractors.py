"""Distractors: who chooses which option, and how much those people know otherwise.

A good distractor draws people of low score and fewer of them as the score rises; the right answer
does the opposite (Haladyna 2004, Developing and Validating Multiple-Choice Test Items, chapter 9).
The score is the share of credit on the other items, so that no option is judged by itself. R:
`psychotools`, `CTT::distractorAnalysis`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.columns import Floats, label
from analysis.design import Sample
from analysis.errors import refuse
from analysis.linearize import covariance_of
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

Kind = Literal["key", "distractor", "omitted", "not_reached", "dont_know"]
Mask = np.ndarray
SELDOM = 0.05
"""A distractor that fewer choose does no work (Haladyna & Downing 1993)."""
LEAST_IN_GROUP = 10
"""Persons in a group of scores below which its shares are not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChoice:
    """One answer to one item.

    `rest` is the mean share of credit that its choosers earned on the other items, None where
    nobody chose it; `by_group` are its shares in the groups of that score, lowest first, None in a
    group of fewer than ten.
    """

    option: str
    kind: Kind
    share: float
    se: float | None
    n: int
    rest: float | None
    by_group: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChoices:
    """All answers to one item; `group_sizes` are the persons in each group of scores."""

    item: str
    n: int
    options: tuple[OptionChoice, ...]
    group_sizes: tuple[int, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """Answers as they were chosen, with the key and what each missing answer's code means.

    `answers` is persons by items, NaN where an item was not administered; `key` has the right
    options of each item; `causes` says of a code why an answer is missing, and `ignored` are the
    causes that leave the item out of a person's score.
    """

    answers: pd.DataFrame
    key: Mapping[str, Collection[str]]
    causes: Mapping[str, Kind]
    ignored: Collection[str] = ()
    weights: Floats | None = None
    sample: Sample | None = None

    @property
    def weight(self) -> Floats:
        """The weights, ones where there are none."""
        return np.ones(len(self.answers)) if self.weights is None else self.weights


def distractors(chosen: Chosen, *, groups: int = 5) -> list[ItemChoices]:
    """What became of each option of each item; `groups` of equal size by the rest score.

    Raises:
        AnalysisError: An item has no key, or a key that nobody chose, or there is one item only.
    """
    names = [str(name) for name in chosen.answers.columns]
    texts = {name: chosen.answers[name].map(label, na_action="ignore") for name in names}
    refuse(_problems(names, texts, chosen))
    credit = np.column_stack([_credit(texts[name], chosen, name) for name in names])
    return [_item(chosen, texts[name], name, _rest(credit, place), groups)
            for place, name in enumerate(names)]  # fmt: skip


def _credit(answers: "pd.Series[str]", chosen: Chosen, name: str) -> Floats:
    right = answers.isin([*chosen.key[name]]).to_numpy(dtype=float)
    out = answers.isna() | answers.map(chosen.causes).isin([*chosen.ignored])
    return np.where(out.to_numpy(dtype=bool), np.nan, right)


def _rest(credit: Floats, place: int) -> Floats:
    """Share of the credit on the other items that a person was given; NaN without any."""
    others = np.delete(credit, place, axis=1)
    known = ~np.isnan(others)
    count = known.sum(axis=1)
    total = np.where(known, others, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0))


def _item(
    chosen: Chosen, answers: "pd.Series[str]", name: str, rest: Floats, groups: int
) -> ItemChoices:
    given = answers.notna().to_numpy()
    group = _group(np.where(given, rest, np.nan), chosen.weight, groups)
    kinds = _kinds(answers, chosen, name)
    rows = tuple(_option(chosen, (answers == option).to_numpy(dtype=bool), given, rest, group,
                         option=option, kind=kind, groups=groups)
                 for option, kind in kinds.items())  # fmt: skip
    sizes = tuple(int((group == one).sum()) for one in range(groups))
    return ItemChoices(item=name, n=int(given.sum()), options=rows, group_sizes=sizes,
                       flags=(*_flags(rows), *_thin(rows, sizes)))  # fmt: skip


def _kinds(answers: "pd.Series[str]", chosen: Chosen, name: str) -> dict[str, Kind]:
    """The options in order: those of the key and distractors as they sort, then missing ones."""
    found = sorted({*answers.dropna().unique(), *chosen.key[name]})
    plain = {one: ("key" if one in chosen.key[name] else "distractor")
             for one in found if one not in chosen.causes}  # fmt: skip
    return {**plain, **{one: chosen.causes[one] for one in found if one in chosen.causes}}  # type: ignore[dict-item]  # both are kinds


def _group(rest: Floats, weight: Floats, groups: int) -> np.ndarray:
    """The group of each person by the weighted middle rank of the score; equal scores together."""
    found = np.full(len(rest), -1)
    known = np.flatnonzero(~np.isnan(rest))
    if not len(known):
        return found
    values, place = np.unique(rest[known], return_inverse=True)
    mass = np.bincount(place, weights=weight[known], minlength=len(values))
    rank = (np.cumsum(mass) - mass / 2) / mass.sum()
    found[known] = np.minimum((rank * groups).astype(int), groups - 1)[place]
    return found


def _option(  # noqa: PLR0913 - private; one place calls it
    chosen: Chosen, hit: Mask, given: Mask, rest: Floats, group: np.ndarray, *, option: str,
    kind: Kind, groups: int,
) -> OptionChoice:  # fmt: skip
    weight = np.where(given, chosen.weight, 0.0)
    share = float(weight[hit].sum() / weight.sum())
    scored = hit & ~np.isnan(rest)
    mass = weight[scored].sum()
    return OptionChoice(
        option=option, kind=kind, share=share, se=_error(chosen, hit, given, share),
        n=int(hit.sum()), rest=float(weight[scored] @ rest[scored] / mass) if mass > 0 else None,
        by_group=tuple(_share(weight, hit, group == one) for one in range(groups)),
    )  # fmt: skip


def _share(weight: Floats, hit: Mask, inside: Mask) -> float | None:
    if inside.sum() < LEAST_IN_GROUP:
        return None
    return float(weight[hit & inside].sum() / weight[inside].sum())


def _error(chosen: Chosen, hit: Mask, given: Mask, share: float) -> float | None:
    """By the design, else on the effective number of persons; None where all or none chose it."""
    if not 0 < share < 1:
        return None
    weight = np.where(given, chosen.weight, 0.0)
    if chosen.sample is None:
        return float(np.sqrt(share * (1 - share) * (weight**2).sum()) / weight.sum())
    moved = np.where(given, hit - share, 0.0) / weight.sum()
    variance = float(covariance_of(chosen.sample, moved[:, None], given)[0, 0])
    return float(np.sqrt(variance)) if variance > 0 else None


def _flags(rows: Sequence[OptionChoice]) -> list[str]:
    """What an author of the item must look at."""
    best = max((one.rest for one in rows if one.kind == "key" and one.rest is not None),
               default=None)  # fmt: skip
    found = []
    for one in rows:
        if one.kind != "distractor":
            continue
        if one.share < SELDOM:
            found.append(f"seldom_chosen: {one.option}")
        elif best is None or (one.rest is not None and one.rest >= best):
            found.append(f"chosen_by_the_able: {one.option}")
    return found + (["key_does_not_rise"] if not _rises(rows) else [])


def _thin(rows: Sequence[OptionChoice], sizes: Sequence[int]) -> Iterator[str]:
    """Groups too small for a share, and shares that have no error."""
    small = sum(size < LEAST_IN_GROUP for size in sizes)
    if small:
        yield f"small_groups: {small}"
    if any(one.se is None for one in rows):
        yield "no_variance"
    if any(one.rest is None for one in rows):
        yield "nobody_with_other_answers"


def _rises(rows: Sequence[OptionChoice]) -> bool:
    """Whether more of the highest group than of the lowest choose the key."""
    sums = [[one.by_group[end] for one in rows if one.kind == "key"] for end in (0, -1)]
    known = [[one for one in side if one is not None] for side in sums]
    return not all(known) or sum(known[1]) > sum(known[0])


def _problems(
    names: Sequence[str], texts: Mapping[str, "pd.Series[str]"], chosen: Chosen
) -> list[Problem]:
    if len(names) < 2:
        return [Problem(where="items", what=say("a scale needs two items or more."),
                        hint=say("Name more under `items`."))]  # fmt: skip
    found = [_no_key(name, chosen.key) for name in names if not chosen.key.get(name)]
    for name in names:
        wanted = {*chosen.key.get(name, ())}
        given = {*texts[name].dropna().unique()}
        if wanted and not wanted & given:
            found.append(_nobody_right(name, wanted, given))
    return found


def _no_key(name: str, key: Mapping[str, Collection[str]]) -> Problem:
    hint = say("Name its right option.") if name in key else did_you_mean(name, key)
    return Problem(where="key", what=say("item '{item}' has no key.", item=name), hint=hint)


def _nobody_right(name: str, wanted: Collection[str], given: Collection[str]) -> Problem:
    return Problem(
        where=f"key, {name}",
        what=say("nobody chose '{option}'; the answers are: {answers}.",
                 option=", ".join(sorted(wanted)), answers=", ".join(sorted(given)[:10]) or "-"),
        hint=say("Write the key as the data write the answer, or leave the item out."),
    )  # fmt: skip
