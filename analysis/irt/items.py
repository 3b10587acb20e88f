"""Items of a response model: their parameters, their metric, and the names of free parameters.

Logistic metric, D = 1. Dichotomous: P = c + (1 - c) logit⁻¹(aθ + d) (Birnbaum 1968). Graded:
P(X ≥ k) = logit⁻¹(aθ + d_k) (Samejima 1969). Partial credit: P(X = k) ∝ exp(kaθ + d_k), d_0 = 0
(Masters 1982, Muraki 1992); the rating scale (Andrich 1978) shares the distances of its steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np

from analysis.columns import Floats
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

Model = Literal["rasch", "2pl", "3pl", "grm", "pcm", "gpcm", "rsm"]
Curve = Literal["graded", "partial"]
"""The two shapes of response curves; with two categories they are the same."""
Kind = Literal[
    "slope", "intercept", "logit_guessing", "location", "step",
    "mean", "variance", "coefficient", "residual_variance", "density",
]  # fmt: skip
ONE_SLOPE: frozenset[Model] = frozenset({"rasch", "pcm", "rsm"})
"""Models with slope 1, whose population has a free variance instead."""


def curve_of(model: Model) -> Curve:
    """The shape of a model's curves."""
    return "partial" if model in {"pcm", "gpcm", "rsm"} else "graded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemModel:
    """How an item is to be modelled; `guessing` fixes c of a 3pl item, None leaves it free."""

    model: Model
    guessing: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemParameters:
    """The parameters of one item on the θ scale; `intercepts` has one entry per category but one.

    Graded intercepts decrease; those of partial credit are cumulative.
    """

    item: str
    model: Model
    slope: float
    intercepts: tuple[float, ...]
    guessing: float = 0.0

    @property
    def categories(self) -> int:
        """The number of response categories."""
        return len(self.intercepts) + 1

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The b of each step: -d_k/a, for partial credit -(d_k - d_(k-1))/a; none where a = 0."""
        if self.slope == 0:
            return ()
        d = np.asarray(self.intercepts)
        steps = np.diff(d, prepend=0.0) if curve_of(self.model) == "partial" else d
        return tuple((-steps / self.slope).tolist())

    @classmethod
    def of_thresholds(
        cls, item: str, model: Model, *, slope: float, thresholds: Sequence[float] | Floats,
        guessing: float = 0.0,
    ) -> Self:  # fmt: skip
        """The item with given b instead of intercepts.

        Raises:
            AnalysisError: a number is not finite, c is outside [0, 1), or graded b do not increase.
        """
        b = np.asarray(thresholds, dtype=np.float64)
        _check_known(item, model, slope, b, guessing)
        d = -slope * (np.cumsum(b) if curve_of(model) == "partial" else b)
        return cls(item=item, model=model, slope=float(slope), intercepts=tuple(d.tolist()),
                   guessing=float(guessing))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemErrors:
    """Standard errors of an item's parameters; None where a parameter is fixed or unknown."""

    slope: float | None
    intercepts: tuple[float | None, ...]
    thresholds: tuple[float | None, ...]
    guessing: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One free parameter: of which item, group or covariate, its kind, and its place from 0."""

    of: str | None
    kind: Kind
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalPrior:
    """A normal prior with its mean and standard deviation."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """Priors of every item: normal on logit c, log-normal on a (a density of a itself)."""

    logit_guessing: NormalPrior | None = None
    log_slope: NormalPrior | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """The nodes on which the trait is integrated, equally spaced and ascending."""

    nodes: Floats = field(default_factory=lambda: np.linspace(-6.0, 6.0, 61))

    @classmethod
    def of(cls, nodes: int = 61, reach: float = 6.0) -> Self:
        """Equally spaced nodes on ±`reach`."""
        if nodes < 5 or not np.isfinite(reach) or reach <= 0:
            what = say("{nodes} nodes on ±{reach} cannot carry a distribution.",
                       nodes=nodes, reach=reach)  # fmt: skip
            hint = say("Use at least 5 nodes (61 is usual) and a range above zero (6 is usual).")
            raise AnalysisError(Problem(where="nodes", what=what, hint=hint))
        return cls(nodes=np.linspace(-reach, reach, nodes))


def _check_known(item: str, model: Model, slope: float, b: Floats, guessing: float) -> None:
    graded = curve_of(model) == "graded"
    if not (np.isfinite(slope) and np.isfinite(b).all() and b.size):
        what = say("item '{item}' has no finite slope and thresholds.", item=item)
    elif not 0 <= guessing < 1:
        what = say("item '{item}' has the guessing {value}, which is no probability below 1.",
                   item=item, value=f"{guessing:g}")  # fmt: skip
    elif graded and slope * np.diff(b).min(initial=np.inf) <= 0 and b.size > 1:
        what = say("the thresholds of graded item '{item}' do not increase.", item=item)
    else:
        return
    hint = say("Correct the parameters of the item.")
    raise AnalysisError(Problem(where="parameters", what=what, hint=hint))
