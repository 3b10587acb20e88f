"""Weight handed over within classes: for unknown eligibility and for nonresponse.

In every class the cases that keep a weight take over that of those which give theirs up, in
proportion to their own: a weighting-class adjustment (Oh & Scheuren 1983; Valliant, Dever & Kreuter
2018, sections 13.4 and 13.5). Its error is that of a ratio to totals which the sample itself
estimates: a class's residual among the takers, and the class's mean times the error of its size
(Särndal & Lundström 2005, chapter 11; Lundström & Särndal 1999).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.columns import Codes, Floats, check_columns, factor
from analysis.design import Sample
from analysis.errors import AnalysisError, refuse
from analysis.matrices import as_sparse
from analysis.projection import Step
from analysis.weighting.adjustment import Findings, Reweighted
from analysis.weighting.dispositions import Mask, dispositions
from analysis.weighting.margins import Category, crossed, merging, name_of
from analysis.weighting_result import ClassFit, MarginFit
from instruments.errors import Problem
from instruments.language import Message, say
from survey.recipe import RecipeStep


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classes:
    """Each row's class, and what the classes are called."""

    name: str
    categories: tuple[Category, ...]
    codes: Codes

    def sums(self, values: Floats) -> Floats:
        """Sum over the rows of each class."""
        found = np.bincount(self.codes, weights=values, minlength=len(self.categories))
        return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Handover:
    """Weight of a class's givers taken over by its takers.

    `carried` is the part of each row's weight that the takers of its class stand for afterwards:
    1 for themselves, 1 (or AAPOR's e) for givers, 0 for rows that stand for nobody. Rows that are
    neither takers nor `left_out` keep their weight.
    """

    classes: Classes
    takers: Mask
    carried: Floats
    left_out: Mask
    minimum: int
    most: float
    people: Codes | None = None

    def reweight(self, weights: Floats, _times: Floats | None = None, /) -> Reweighted:
        """Hand the weight over; a class with weight but without takers is an error."""
        factor = self._factors(weights)
        after = np.where(self.takers, weights * factor[self.classes.codes], weights)
        return Reweighted(weights=np.where(self.left_out, 0.0, after), left_out=self.left_out)

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The projection of takers on classes whose sizes are the sample's own."""
        rows = np.arange(len(before))
        member = sparse.csr_array((np.ones(len(before)), (rows, self.classes.codes)),
                                  shape=(len(before), len(self.classes.categories)))  # fmt: skip
        made = np.where(self.takers, after, 0.0)
        step = Step(
            auxiliaries=as_sparse(member), metric=np.where(self.takers, before, 0.0), after=after,
            taken=made - before * self.carried,
        )  # fmt: skip
        return (step,)

    def findings(self, before: Floats, after: Floats) -> Findings:
        """Shares of the classes among all cases and among the takers, and classes in need."""
        classes = tuple(self._classes(before))
        return Findings(fits=tuple(self._fits(before, after)), classes=classes,
                        advice=tuple(self._advice(classes)))  # fmt: skip

    def _factors(self, weights: Floats) -> Floats:
        held = self.classes.sums(weights * self.takers)
        carried = self.classes.sums(weights * self.carried)
        deserted = (held <= 0) & (carried > 0)
        refuse(self._deserted(int(place)) for place in np.flatnonzero(deserted))
        return np.divide(carried, held, out=np.ones_like(held), where=held > 0)

    def _counts(self, rows: Mask) -> Codes:
        people = rows if self.people is None else rows * self.people
        return self.classes.sums(people.astype(np.float64)).astype(np.int64)

    def _deserted(self, place: int) -> Problem:
        categories, counts = self.classes.categories, self._counts(self.takers)
        what = say("class '{category}' has {cases} cases and nobody to take over their weight.",
                   category=name_of(categories[place]),
                   cases=int(self._counts(self.carried > 0)[place]))  # fmt: skip
        return Problem(where=f"calibrate, classes '{self.classes.name}'", what=what,
                       hint=merging(categories, counts, place))  # fmt: skip

    def _classes(self, before: Floats) -> Iterator[ClassFit]:
        held = self.classes.sums(before * self.takers)
        carried = self.classes.sums(before * self.carried)
        cases, takers = self._counts(self.carried > 0), self._counts(self.takers)
        for place in np.flatnonzero(takers):
            yield ClassFit(
                name=name_of(self.classes.categories[place]), cases=int(cases[place]),
                takers=int(takers[place]), share=float(held[place] / carried[place]),
                factor=float(carried[place] / held[place]),
            )  # fmt: skip

    def _fits(self, before: Floats, after: Floats) -> Iterator[MarginFit]:
        target, old, new = (
            (sums := self.classes.sums(values)) / sums.sum()
            for values in (before * self.carried, before * self.takers, after * self.takers)
        )
        for place, category in enumerate(self.classes.categories):
            yield MarginFit(margin=self.classes.name, category=name_of(category),
                            target=float(target[place]), before=float(old[place]),
                            after=float(new[place]))  # fmt: skip

    def _advice(self, classes: tuple[ClassFit, ...]) -> Iterator[Message]:
        names = [name_of(category) for category in self.classes.categories]
        counts = self._counts(self.takers)
        for one in classes:
            if one.takers == one.cases or (one.takers >= self.minimum and one.factor <= self.most):
                continue
            yield say(
                "class '{category}' of {classes}: {takers} of {cases} cases carry {factor} times "
                "their weight (advised: at least {minimum}, at most {most} times). {merging}",
                category=one.name, classes=self.classes.name, takers=one.takers, cases=one.cases,
                factor=f"{one.factor:.3g}", minimum=self.minimum, most=f"{self.most:g}",
                merging=merging(self.classes.categories, counts, names.index(one.name)),
            )  # fmt: skip


def plan_unknown(sample: Sample, step: RecipeStep) -> Handover:
    """Cases of unknown eligibility give their weight to those whose eligibility is known.

    So the share of them that counts as eligible is the class's own among the known (AAPOR's e,
    proportional allocation), unless the step gives another; then it goes to the eligible alone.
    """
    found = dispositions(sample, step)
    unknown = found["unknown"]
    eligible = found["respondent"] | found["nonrespondent"]
    takers = ~unknown if step.eligible is None else eligible
    share = 1.0 if step.eligible is None else step.eligible
    return _handover(sample, step, takers=takers, givers=unknown, share=share, left_out=unknown)


def plan_nonresponse(sample: Sample, step: RecipeStep) -> Handover:
    """Eligible cases without an interview give their weight to the respondents of their class."""
    found = eligible_cases(sample, step)
    return _handover(sample, step, takers=found["respondent"], givers=found["nonrespondent"],
                     share=1.0, left_out=~found["respondent"])  # fmt: skip


def eligible_cases(sample: Sample, step: RecipeStep) -> dict[str, Mask]:
    """The cases by disposition, where none of unknown eligibility is left.

    Raises:
        AnalysisError: cases of unknown eligibility still have a weight, or nobody responded.
    """
    found = dispositions(sample, step)
    where = f"calibrate, status '{step.status}'"
    unknown = int(found["unknown"].sum())
    if unknown:
        what = say("{count} cases of unknown eligibility still have a weight.", count=unknown)
        hint = say("Put a step unknown_eligibility before this one.")
        raise AnalysisError(Problem(where=where, what=what, hint=hint))
    if not found["respondent"].any():
        raise AnalysisError(Problem(where=where, what=say("no case is a respondent.")))
    return {str(name): rows for name, rows in found.items()}


def _handover(
    sample: Sample, step: RecipeStep, *, takers: Mask, givers: Mask, share: float, left_out: Mask
) -> Handover:
    needed = takers | givers
    classes = classes_of(sample, step.classes, needed)
    carried = takers.astype(np.float64) + share * givers
    return Handover(
        classes=classes, takers=takers, carried=carried, left_out=left_out,
        minimum=step.minimum, most=step.most, people=sample.people,
    )  # fmt: skip


def classes_of(sample: Sample, names: tuple[str, ...], needed: Mask) -> Classes:
    """The combinations of some variables; without any, all cases are one class.

    Raises:
        AnalysisError: a variable does not exist, or a case that is `needed` has no value of it.
    """
    role = "calibrate, classes"
    problems = check_columns(sample.data, names, role=role)
    if problems:
        raise AnalysisError(problems)
    if not names:
        nobody = np.zeros(len(needed), dtype=np.int64)
        return Classes(name="", categories=((),), codes=nobody)
    factors = [factor(sample.data, name, declared=sample.factors, role=role) for name in names]
    refuse(
        Problem(where=role,
                what=say("row {row} has no value of '{variable}', so it has no class.",
                         row=sample.row_number(blank), variable=one.name),
                hint=say("Classes need variables that are known of every case, such as those of "
                         "the frame."))
        for one in factors
        if (blank := (one.codes < 0) & needed).any()
    )  # fmt: skip
    categories, codes = crossed(factors)
    return Classes(name=" × ".join(names), categories=tuple(categories), codes=codes)
