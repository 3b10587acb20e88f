"""Margins: what is known of the population, category by category, and whether the sample fits it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.columns import Codes, Factor, Floats, check_columns, occurring
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.matrices import Sparse, as_sparse
from analysis.weighting.crossing import Crossing, cross
from instruments.errors import Problem
from instruments.language import Message, say

Category = tuple[str, ...]
AGREE = 1e-6
"""Two margins agree when their totals differ by less than this share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Population totals (or shares) of the categories of one variable, or of several crossed.

    `targets` maps the levels of `variables`, in that order, to totals, or to shares that sum to 1.
    """

    name: str
    variables: tuple[str, ...]
    targets: Mapping[Category, float]
    unit: Literal["total", "share"] = "total"

    @property
    def total(self) -> float:
        """Sum over the categories."""
        return float(sum(self.targets.values()))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CodedMargin:
    """A margin bound to a sample: each cell's category, each category's people and total."""

    name: str
    categories: tuple[Category, ...]
    crossing: Crossing
    of_cell: Codes
    counts: Codes
    targets: Floats

    @property
    def codes(self) -> Codes:
        """Each row's category."""
        return self.of_cell[self.crossing.cell]


def code_margins(sample: Sample, margins: Sequence[Margin]) -> tuple[CodedMargin, ...]:
    """Bind the margins to the sample; everything that does not fit is raised at once.

    Shares are of the sum of the present weights where no margin has totals.
    """
    problems = [
        problem
        for margin in margins
        for problem in check_columns(
            sample.data, margin.variables, role=f"calibrate, margin '{margin.name}'"
        )
    ]
    problems += _sum_problems(margins)
    if problems:
        raise AnalysisError(problems)
    population = _population(sample, margins)
    crossing = cross(sample, [name for margin in margins for name in margin.variables])
    coded = [_code(sample, crossing, margin, population) for margin in margins]
    found = [problem for _, more in coded for problem in more]
    if found:
        raise AnalysisError(found)
    return tuple(margin for margin, _ in coded)


def _population(sample: Sample, margins: Sequence[Margin]) -> float:
    totals = [margin.total for margin in margins if margin.unit == "total"]
    return totals[0] if totals else float(sample.weights.sum())


def _sum_problems(margins: Sequence[Margin]) -> list[Problem]:
    problems = []
    for margin in margins:
        if margin.unit == "share" and abs(margin.total - 1) > AGREE:
            what = say("the shares sum to {total}, not to 1.", total=f"{margin.total:.10g}")
            hint = say("Correct the shares, or give population totals.")
            problems.append(_problem(margin.name, what, hint))
        problems += [_bad_target(margin, c, t) for c, t in margin.targets.items() if not t >= 0]
    return problems + _disagreement([m for m in margins if m.unit == "total"])


def _disagreement(margins: Sequence[Margin]) -> list[Problem]:
    problems = []
    for margin in margins[1:]:
        first = margins[0]
        if abs(margin.total - first.total) > AGREE * abs(first.total):
            what = say(
                "its categories sum to {total}, those of margin '{other}' to {first}: no weights "
                "can meet both.",
                total=f"{margin.total:.12g}", other=first.name, first=f"{first.total:.12g}",
            )  # fmt: skip
            hint = say("All margins describe one population: correct the totals, or give each as "
                       "shares of the same base.")  # fmt: skip
            problems.append(_problem(margin.name, what, hint))
    return problems


def _bad_target(margin: Margin, category: Category, target: float) -> Problem:
    what = say("category '{category}' has the target {target}, which is not zero or more.",
               category=name_of(category), target=f"{target:g}")  # fmt: skip
    return _problem(margin.name, what, say("Give a population total or a share."))


def _code(
    sample: Sample, crossing: Crossing, margin: Margin, population: float
) -> tuple[CodedMargin, list[Problem]]:
    categories = tuple(margin.targets)
    place = {category: code for code, category in enumerate(categories)}
    factors = [crossing.factors[name] for name in margin.variables]
    names, back = crossed(factors)
    of_cell = np.array([place.get(name, -1) for name in names], dtype=np.int64)[back]
    scale = population if margin.unit == "share" else 1.0
    inside = of_cell >= 0
    counts = np.bincount(of_cell[inside], weights=crossing.people[inside],
                         minlength=len(categories)).astype(np.int64)  # fmt: skip
    coded = CodedMargin(
        name=margin.name, categories=categories, crossing=crossing, of_cell=of_cell, counts=counts,
        targets=np.array([margin.targets[c] * scale for c in categories]),
    )  # fmt: skip
    missing = np.any([f.codes < 0 for f in factors], axis=0)
    if missing.any():
        return coded, [_missing(margin, factors, sample, missing[crossing.cell], missing)]
    return coded, _strangers(coded, names, back) + _deserted(coded)


def crossed(factors: Sequence[Factor]) -> tuple[list[Category], Codes]:
    """The combinations of levels that occur, and which of them each row has.

    A missing level counts as the first.
    """
    sizes = [len(f.levels) for f in factors]
    cell = np.ravel_multi_index([np.maximum(f.codes, 0) for f in factors], sizes)
    used, back = occurring(cell, int(np.prod(sizes)))
    names = [
        tuple(f.levels[i] for f, i in zip(factors, index, strict=True))
        for index in zip(*np.unravel_index(used, sizes), strict=True)
    ]
    return names, back


def _strangers(margin: CodedMargin, names: Sequence[Category], back: Codes) -> list[Problem]:
    """Categories that respondents have and the margin has not."""
    problems = []
    for index in np.unique(back[margin.of_cell < 0]):
        count = int(margin.crossing.people[back == index].sum())
        what = say("{count} respondents are in category '{category}', for which there is no "
                   "target.", count=count, category=name_of(names[index]))  # fmt: skip
        hint = say("Its categories: {categories}. Add the category with its total, or recode these "
                   "respondents.", categories=", ".join(map(name_of, margin.categories[:20])))  # fmt: skip
        problems.append(_problem(margin.name, what, hint))
    return problems


def _deserted(margin: CodedMargin) -> list[Problem]:
    """Categories with a target and no respondents, or with respondents and a target of zero."""
    counts, problems = margin.counts, []
    for place, category in enumerate(margin.categories):
        count, target = counts[place], margin.targets[place]
        if count == 0 and target > 0:
            what = say("category '{category}' has the target {target} but no respondents.",
                       category=name_of(category), target=f"{target:.10g}")  # fmt: skip
            problems.append(_problem(margin.name, what, merging(margin.categories, counts, place)))
        if count > 0 and target == 0:
            what = say("category '{category}' has {count} respondents but the target 0.",
                       category=name_of(category), count=int(count))  # fmt: skip
            hint = say("Correct the target, or remove these respondents as outside the population.")
            problems.append(_problem(margin.name, what, hint))
    return problems


def _missing(
    margin: Margin,
    factors: Sequence[Factor],
    sample: Sample,
    missing: NDArray[np.bool_],
    cells: NDArray[np.bool_],
) -> Problem:
    variable = next(one.name for one in factors if (one.codes[cells] < 0).any())
    what = say("row {row} has no value of '{variable}', so it has no category.",
               row=sample.row_number(missing), variable=variable)  # fmt: skip
    hint = say("Impute the value, or give missing answers a category of their own.")
    return _problem(margin.name, what, hint)


def indicators(margins: Sequence[CodedMargin]) -> Sparse:
    """Rows by categories of all margins: 1 where the row is in the category."""
    sizes = [len(margin.categories) for margin in margins]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    columns = np.stack([m.codes + s for m, s in zip(margins, starts, strict=True)], axis=1)
    rows, count = columns.shape
    pointer = np.arange(rows + 1) * count
    shape = (rows, int(sum(sizes)))
    return as_sparse(
        sparse.csr_array((np.ones(columns.size), columns.ravel(), pointer), shape=shape)
    )


def merging(categories: Sequence[Category], counts: Codes, place: int) -> Message:
    """Advice what to merge a category with: the smaller of its neighbours that have respondents.

    Neighbours differ in one variable only and stand next to it in the order of that variable.
    """
    if len(categories) <= 2:
        return say("Nothing is left of two categories when they are merged: leave the margin out.")
    beside = _beside(categories, counts, place)
    if not beside:
        return say("Leave '{category}' out, or merge it with another.",
                   category=name_of(categories[place]))  # fmt: skip
    near = min(beside, key=lambda other: int(counts[other]))
    return say("Merge it with '{neighbour}' ({count} cases).",
               neighbour=name_of(categories[near]), count=int(counts[near]))  # fmt: skip


def _beside(categories: Sequence[Category], counts: Codes, place: int) -> list[int]:
    """The nearest inhabited categories before and after one along each of its variables."""
    own = categories[place]
    found = []
    for variable in range(len(own)):
        line = [
            other
            for other, category in enumerate(categories)
            if category[:variable] + category[variable + 1 :]
            == own[:variable] + own[variable + 1 :]
            and (other == place or counts[other] > 0)
        ]
        at = line.index(place)
        found += line[max(0, at - 1) : at] + line[at + 1 : at + 2]
    return found


def name_of(category: Category) -> str:
    """A category in words, levels joined by a multiplication sign."""
    return " × ".join(category)


def _problem(margin: str, what: Message, hint: Message) -> Problem:
    return Problem(where=f"calibrate, margin '{margin}'", what=what, hint=hint)
