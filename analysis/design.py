"""How the sample was drawn, and the sample: data bound to its design.

A `Design` holds column names only. `Sample.of(data, design)` checks them against the data, gathers
every problem, and keeps what the variance needs: weights, and per stage the units, strata and
sampling fractions. Rows are never dropped afterwards; a domain is a weight of zero.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import pps
from analysis.columns import Codes, Floats, check_columns, first_row, numeric
from analysis.deferred import Deferred
from analysis.errors import AnalysisError
from analysis.lonely import Rule as LonelyRule
from analysis.pps import Form, Method
from analysis.projection import Step
from analysis.replicates import ReplicateDesign, Replicates, Reweight, make_replicates
from analysis.stages import Stage, build_stages, first_units
from instruments.errors import Problem
from instruments.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A sampling design in column names.

    `strata`, `psu` and `fpc` have one column per stage (a text is one column); `fpc` holds
    population counts or sampling fractions. Without `psu` each row is its own PSU; without
    `weights` they follow from `fpc`.
    `df` overrides the whole sample's degrees of freedom. With `pps` units are drawn without
    replacement with the probabilities that `fpc` holds. `replicates` replaces linearization.
    """

    weights: str | None = None
    strata: tuple[str, ...] = ()
    psu: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    nest: bool = False
    lonely_psu: LonelyRule = "fail"
    domain_lonely: bool = False
    df: float | None = None
    pps: Method | None = None
    pps_variance: Form = "ht"
    pps_p2bar: float | None = None
    replicates: ReplicateDesign | None = None

    def __post_init__(self) -> None:
        for stages in ("strata", "psu", "fpc"):
            if isinstance(name := getattr(self, stages), str):
                object.__setattr__(self, stages, (name,))

    def columns(self) -> dict[str, tuple[str, ...]]:
        """Every column that the design names, by the field that names it."""
        weights = () if self.weights is None else (self.weights,)
        return {"weights": weights, "strata": self.strata, "psu": self.psu, "fpc": self.fpc}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Collapsed:
    """What the rows stand for where an engine has collapsed people into groups.

    A row is then a group with equal stratum, PSU, domain and margins; its weight is the sum of its
    people's weights, a numeric column holds their weighted means. `people` is their number;
    `squares`, `lightest` and `heaviest` are the sum of their squared weights, the least and the
    greatest weight, relative to the row's weight (squared for the first) so that they hold after
    calibration too. `within` has the covariances of pairs of columns among a row's people.
    """

    people: Codes
    squares: Floats
    lightest: Floats
    heaviest: Floats
    within: Mapping[tuple[str, str], Floats] = field(default_factory=dict)

    def part(self, rows: Codes) -> Self:
        """The same of some of the rows."""
        return replace(
            self, people=self.people[rows], squares=self.squares[rows],
            lightest=self.lightest[rows], heaviest=self.heaviest[rows],
            within={pair: values[rows] for pair, values in self.within.items()},
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Data bound to its design, with the weights in force.

    `unit` is each row's unit of the last stage that contributes to the variance; `steps` are the
    adjustments that made `weights`, in order, which the linearized variance must know. `form` is
    the quadratic form of a design by joint probabilities. Rows that are `left_out` were drawn but
    are nobody's answer: they have no weight, are in no domain, and stay in the design. In a part
    of a sample, `numbers` are the places of its rows in the whole.
    """

    data: pd.DataFrame
    design: Design
    weights: Floats
    stages: tuple[Stage, ...]
    unit: Codes
    factors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    projections: tuple[Deferred[tuple[Step, ...]], ...] = ()
    collapsed: Collapsed | None = None
    form: Floats | None = None
    replicates: Replicates | None = None
    left_out: NDArray[np.bool_] | None = None
    numbers: Codes | None = None

    @classmethod
    def of(
        cls,
        data: pd.DataFrame,
        design: Design,
        *,
        factors: Mapping[str, Sequence[str]] | None = None,
        joint: Floats | None = None,
    ) -> Self:
        """Check the design against the data and bind them; every problem is raised at once.

        `joint` holds the joint probabilities of the rows for `pps="joint"`.
        """
        problems = _shape(data, design)
        for role, names in design.columns().items():
            problems += check_columns(data, names, role=f"design.{role}")
        if problems:
            raise AnalysisError(problems)
        stages, unit = build_stages(
            data, strata=design.strata, psu=design.psu, fpc=design.fpc, nest=design.nest,
            unequal=design.pps is not None,
        )  # fmt: skip
        weights = _weights(data, design, stages, unit)
        return cls(
            data=data, design=design, weights=weights, stages=stages, unit=unit,
            factors={name: tuple(levels) for name, levels in (factors or {}).items()},
            form=_quadratic_form(design, stages, joint),
            replicates=_replicates(design, data, stages, unit, weights),
        )  # fmt: skip

    def with_weights(
        self, weights: Floats, *, steps: Deferred[tuple[Step, ...]], reweight: Reweight,
        left_out: NDArray[np.bool_] | None = None,
    ) -> Self:  # fmt: skip
        """The same sample with adjusted weights, and perhaps more rows left out.

        `steps` tell the linearized variance how they came about, `reweight` does the same to the
        weights of a replicate.
        """
        replicates = None if self.replicates is None else self.replicates.then(reweight)
        return replace(
            self, weights=weights, projections=(*self.projections, steps), replicates=replicates,
            left_out=self.left_out if left_out is None else left_out,
        )  # fmt: skip

    def part(self, rows: Codes) -> Self:
        """Some of the rows with their present weights, to be adjusted by themselves."""
        collapsed = None if self.collapsed is None else self.collapsed.part(rows)
        return replace(
            self, data=self.data.iloc[rows], weights=self.weights[rows], unit=self.unit[rows],
            projections=(), replicates=None, left_out=None, collapsed=collapsed,
            numbers=rows if self.numbers is None else self.numbers[rows],
        )  # fmt: skip

    def row_number(self, mask: NDArray[np.bool_]) -> int:
        """The 1-based data row of the first True, also in a part."""
        place = int(np.argmax(mask))
        return (place if self.numbers is None else int(self.numbers[place])) + 1

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Which rows are not left out."""
        return np.ones(len(self.weights), dtype=bool) if self.left_out is None else ~self.left_out

    def __repr__(self) -> str:
        first = self.stages[0]
        strata = len(np.unique(first.stratum))
        parts = [
            f"{self.size} {'rows' if self.people is None else 'people'}",
            f"{first.units} PSUs in {strata} {'stratum' if strata == 1 else 'strata'}",
            f"df {self.degrees_of_freedom():g}",
            f"weights {self.weights.sum():.10g}",
        ]
        if self.replicates is not None:
            parts.append(f"{len(self.replicates)} replicates")
        if self.projections:
            parts.append("adjusted")
        return f"<Sample: {', '.join(parts)}>"

    @property
    def steps(self) -> tuple[Step, ...]:
        """The projections of the calibrations, in order."""
        return tuple(step for made in self.projections for step in made())

    @property
    def people(self) -> Codes | None:
        """How many people each row stands for; None: one each."""
        return None if self.collapsed is None else self.collapsed.people

    @property
    def size(self) -> int:
        """Number of people who are not left out."""
        kept = self.kept
        return int(kept.sum()) if self.people is None else int(self.people[kept].sum())

    @property
    def weight_range(self) -> tuple[float, float]:
        """The least and the greatest weight of a person who is not left out."""
        least = most = self.weights
        if self.collapsed is not None:
            least, most = least * self.collapsed.lightest, most * self.collapsed.heaviest
        return float(least[self.kept].min()), float(most[self.kept].max())

    @property
    def squared_weights(self) -> Floats:
        """Each row's sum of squared weights."""
        squares = np.square(self.weights)
        return squares if self.collapsed is None else squares * self.collapsed.squares

    def within(self, names: Sequence[str]) -> Callable[[int, int], Floats | float]:
        """Covariances of the columns, by place in `names`, among the people of each row."""
        known = {} if self.collapsed is None else self.collapsed.within
        return lambda i, j: known.get((names[i], names[j]), 0.0)

    def psu_of_row(self) -> Codes:
        """Each row's first-stage unit."""
        return first_units(self.stages, self.unit)

    def degrees_of_freedom(self) -> float:
        """PSUs minus strata of the whole sample, or the design's own figure."""
        if self.design.df is not None:
            return self.design.df
        first = self.stages[0]
        return float(first.units - len(np.unique(first.stratum)))


def _quadratic_form(
    design: Design, stages: tuple[Stage, ...], joint: Floats | None
) -> Floats | None:
    if design.pps in (None, "brewer"):
        return None
    first = stages[0]
    if len(stages) > 1:
        what = say("pps: {method} is for designs of one stage.", method=design.pps)
        raise AnalysisError(Problem(where="design.pps", what=what, hint=say("Use brewer.")))
    if design.pps == "overton":
        terms = pps.overton(first.fraction, first.stratum)
    elif design.pps == "hartley_rao":
        terms = pps.hartley_rao(first.fraction, first.stratum, design.pps_p2bar)
    elif design.pps == "poisson":
        terms = pps.poisson(first.fraction)
    else:
        pps.check_joint(np.empty((0, 0)) if joint is None else joint, first.units)
        terms = pps.joint(np.asarray(joint))
    return pps.as_form(terms, design.pps_variance)


def _replicates(
    design: Design, data: pd.DataFrame, stages: tuple[Stage, ...], unit: Codes, weights: Floats
) -> Replicates | None:
    if design.replicates is None:
        return None
    psu = first_units(stages, unit)
    return make_replicates(design.replicates, data, stages[0], psu, weights)


def _shape(data: pd.DataFrame, design: Design) -> list[Problem]:
    problems = []
    if data.empty:
        problems.append(Problem(where="data", what=say("the data have no rows.")))
    if design.weights is None and not design.fpc:
        what = say("neither weights nor fpc are given, so the weights are unknown.")
        hint = say("Name the column of design weights under `weights`.")
        problems.append(Problem(where="design", what=what, hint=hint))
    if len(design.fpc) > max(1, len(design.psu)) or len(design.strata) > max(1, len(design.psu)):
        what = say("strata or fpc have more stages than psu.")
        hint = say("Give one column per stage of psu, in the same order.")
        problems.append(Problem(where="design", what=what, hint=hint))
    return problems


def _weights(data: pd.DataFrame, design: Design, stages: tuple[Stage, ...], unit: Codes) -> Floats:
    if design.weights is None:
        return _weights_from_fractions(stages, unit)
    weights = numeric(data, design.weights, role="design.weights")
    bad = ~(np.isfinite(weights) & (weights > 0))
    if bad.any():
        raise AnalysisError(_bad_weight(design.weights, weights, first_row(bad), int(bad.sum())))
    return weights


def _bad_weight(column: str, weights: Floats, row: int, count: int) -> Problem:
    value = weights[row - 1]
    if np.isnan(value):
        what = say("row {row}, column '{column}': the weight is missing ({count} such rows).",
                   row=row, column=column, count=count)  # fmt: skip
    else:
        what = say("row {row}, column '{column}': the weight {value} is not above zero "
                   "({count} such rows).",
                   row=row, column=column, value=f"{value:g}", count=count)  # fmt: skip
    hint = say("A design weight is the inverse of a selection probability. Correct it, or remove "
               "rows that were not sampled; to look at a part of the sample use `where` or `by`.")  # fmt: skip
    return Problem(where="design.weights", what=what, hint=hint)


def _weights_from_fractions(stages: tuple[Stage, ...], unit: Codes) -> Floats:
    weights = np.ones(len(unit))
    for stage in reversed(stages):
        fraction = stage.fraction[unit]
        if (fraction <= 0).any():
            what = say("the fpc of a stage is infinite, so the weights cannot follow from it.")
            hint = say("Name the column of design weights under `weights`.")
            raise AnalysisError(Problem(where="design.fpc", what=what, hint=hint))
        weights = weights / fraction
        unit = stage.parent[unit]
    return weights
