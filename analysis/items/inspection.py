"""All that a researcher looks at before trusting a scale: one SPEC's results and its curves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analysis.awareness.cut import Cut
from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.irt.curves import expected_score, information
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.items.answers.models import Calibration
from analysis.items.context import Context
from analysis.items.spec import run_in
from analysis.items.spec_model import ItemsSpec, load_items_spec
from instruments.errors import Problem
from instruments.language import Language, say

Json = dict[str, Any]
Point = tuple[float, float]
REACH = 3.5
"""Trait values that curves are drawn over, on both sides of 0."""
_BIN = 0.5
_LEAST = 15.0
"""Expected persons in a stretch of the trait below which no observed share is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What persons about one value of the trait earned on an item, as a share, with its error."""

    theta: float
    share: float
    se: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCurve:
    """An item's expected score as a share of its highest, and what was observed."""

    item: str
    expected: tuple[Point, ...]
    observed: tuple[Observed, ...]
    thresholds: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The fitted scale: its items' curves, information, the persons on it, and the cut.

    `persons` are (trait, share of the population) in steps of half a unit; `error` is 1/√I.
    """

    curves: tuple[ItemCurve, ...]
    information: tuple[Point, ...]
    error: tuple[Point, ...]
    persons: tuple[Point, ...]
    cut: float | None
    n: int
    model: str
    marginal_reliability: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inspection:
    """A SPEC's results, the first of each kind by name, and the scale of its first model."""

    spec: ItemsSpec
    items: tuple[str, ...]
    analyses: tuple[Json, ...]
    scale: Scale | None
    refused: bool

    def first(self, kind: str) -> Json | None:
        """The first analysis of a kind that was not refused."""
        return next(self.all(kind), None)

    def all(self, kind: str) -> Iterator[Json]:
        """All analyses of a kind that were not refused."""
        return (one for one in self.analyses if one["kind"] == kind and "error" not in one)

    def rows(self, kind: str) -> Mapping[str, Json]:
        """The rows by item of the first analysis of a kind; empty without one."""
        found = self.first(kind)
        return {} if found is None else {row["item"]: row for row in found["items"]}


def inspect(path: Path, *, data: Path | None = None, language: Language = "en") -> Inspection:
    """Run the SPEC at `path` and gather what a report on its items shows.

    Raises:
        AnalysisError: The SPEC cannot be read, or has neither item statistics nor a model.
    """
    spec, root = load_items_spec(path)
    context = Context(spec=spec, folder=path.parent, file=data)
    result = run_in(context, root, language=language)
    analyses = tuple(result.document["analyses"])
    asked = [one for one in analyses if one["kind"] in ("classical", "irt")]
    if not asked:
        raise AnalysisError(_nothing_to_show())
    shown = [one for one in asked if "error" not in one]
    names = dict.fromkeys(row["item"] for one in shown for row in one["items"])
    return Inspection(spec=spec, items=tuple(names), analyses=analyses, refused=result.refused,
                      scale=_scale(context, analyses))  # fmt: skip


def _scale(context: Context, analyses: tuple[Json, ...]) -> Scale | None:
    found = next((one for one in context.results.values() if isinstance(one, Calibration)), None)
    if found is None:
        return None
    fitted, theta = found.fitted, np.linspace(-REACH, REACH, 71)
    total = np.sum([information(item, theta) for item in fitted.items], axis=0)
    seen = np.abs(theta) <= REACH
    return Scale(
        curves=tuple(_curves(fitted, theta)), information=_points(theta, total),
        error=_points(theta[seen], 1 / np.sqrt(np.maximum(total, 1e-12))),
        persons=_persons(fitted), cut=_cut(context, analyses, found), n=fitted.n,
        model=found.spec.model, marginal_reliability=fitted.marginal_reliability(),
    )  # fmt: skip


def _points(x: Floats, y: Floats) -> tuple[Point, ...]:
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


def _curves(fitted: FittedModel, theta: Floats) -> Iterator[ItemCurve]:
    table = _ByStretch.of(fitted)
    for place, item in enumerate(fitted.items):
        share = expected_score(item, theta) / (item.categories - 1)
        yield ItemCurve(item=item.item, expected=_points(theta, share),
                        observed=tuple(table.observed(place, item)),
                        thresholds=tuple(item.thresholds))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _ByStretch:
    """Posterior masses of persons summed by stretch of the trait (Bock & Aitkin 1981).

    `mass` and `squares` are items by stretches (sums of weights and of their squares over persons
    who were given the item), `earned` and `earned_squares` those of scores and squared scores.
    """

    middle: Floats
    mass: Floats
    squares: Floats
    earned: Floats
    earned_squares: Floats

    @classmethod
    def of(cls, fitted: FittedModel) -> "_ByStretch":
        codes = fitted.responses.codes
        weights = fitted.responses.weights
        own = np.ones(len(codes)) if weights is None else weights * len(codes) / weights.sum()
        middle, into = _stretches(fitted.population.nodes)
        sums = [np.zeros((codes.shape[1], len(middle))) for _ in range(4)]
        for rows, density in fitted.posterior():
            spread = own[rows][:, None] * (density @ into)
            given = (codes[rows] >= 0).astype(float)
            score = np.where(codes[rows] >= 0, codes[rows], 0).astype(float)
            sums[0] += given.T @ spread
            sums[1] += given.T @ spread**2
            sums[2] += score.T @ spread
            sums[3] += (score**2).T @ spread
        return cls(middle=middle, mass=sums[0], squares=sums[1], earned=sums[2],
                   earned_squares=sums[3])  # fmt: skip

    def observed(self, place: int, item: ItemParameters) -> Iterator[Observed]:
        """Mean scores of the stretches with enough persons."""
        most = item.categories - 1
        for at, theta in enumerate(self.middle):
            mass = self.mass[place, at]
            if mass < _LEAST:
                continue
            mean = self.earned[place, at] / mass
            spread = max(self.earned_squares[place, at] / mass - mean**2, 0.0)
            error = np.sqrt(spread * self.squares[place, at]) / mass
            yield Observed(theta=float(theta), share=float(mean / most), se=float(error / most))


def _stretches(nodes: Floats) -> tuple[Floats, Floats]:
    """Middles of stretches of half a unit, and which node belongs to which (nodes by stretches)."""
    middle = np.arange(-REACH + _BIN / 2, REACH, _BIN)
    place = np.floor((nodes + REACH) / _BIN).astype(int)
    inside = (place >= 0) & (place < len(middle))
    into = np.zeros((len(nodes), len(middle)))
    into[np.flatnonzero(inside), place[inside]] = 1.0
    return middle, into


def _persons(fitted: FittedModel) -> tuple[Point, ...]:
    """The population's shares by stretch: persons' posterior masses, weighted."""
    middle, into = _stretches(fitted.population.nodes)
    weights = fitted.responses.weights
    own = np.ones(len(fitted.responses.codes)) if weights is None else weights
    total = np.zeros(len(middle))
    for rows, density in fitted.posterior():
        total += own[rows] @ (density @ into)
    return _points(middle, total / own.sum())


def _cut(context: Context, analyses: tuple[Json, ...], found: Calibration) -> float | None:
    """Where the first share above a cut of this model is cut."""
    for given, one in zip(context.spec.analyses, analyses, strict=True):
        if one["kind"] != "awareness" or "error" in one or given.get("model") != found.spec.id:
            continue
        cut = given.get("cut")
        if isinstance(cut, dict):
            anchored = Cut(value=float(cut["expected"]), items=tuple(cut["items"]))
            return anchored.theta(found.fitted.items)
        if cut is not None:
            return float(cut)
    return None


def _nothing_to_show() -> Problem:
    return Problem(
        where="analyses",
        what=say("there is nothing to report: no item statistics and no model."),
        hint=say("Add {example} to the analyses.", example="{id: c, kind: classical}"),
    )  # fmt: skip
