"""The kinds `scores` and `curves`."""

from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.irt.curves import expected_score, information, probabilities
from analysis.irt.items import ONE_SLOPE, ItemParameters
from analysis.irt.persons import posterior
from analysis.irt.population import Population
from analysis.irt.raw_scores import by_raw_score
from analysis.irt.responses import ItemResponses
from analysis.irt.score_distribution import score_distribution
from analysis.irt.traits import Method, Prior, Traits, modes, posterior_means, reliability
from analysis.items.answers.conditional import Conditional
from analysis.items.answers.models import Calibration
from analysis.items.answers.shapes import IrtSpec, KnownItems, responses_of
from analysis.items.context import Context
from analysis.items.flags import few_persons
from analysis.items.spec_model import AnalysisSpec, Shared
from instruments.errors import Problem
from instruments.language import say

Json = dict[str, Any]
_FLAT = 100.0
"""A standard error that only a flat likelihood has, on a scale whose persons are one apart."""
_NODES = np.linspace(-6.0, 6.0, 61)


class ScoresSpec(AnalysisSpec):
    """Each person's trait."""

    model: str | None = None
    parameters: KnownItems = ()
    method: Literal["eap", "map", "wle", "ml", "eapsum"] = "eap"


class CurvesSpec(AnalysisSpec):
    """Curves and information at given values of the trait."""

    model: str | None = None
    parameters: KnownItems = ()
    theta: Annotated[tuple[float, ...], Field(min_length=1)] = tuple(
        np.linspace(-4, 4, 17).tolist()
    )
    score_distribution: bool = False


def answer_scores(context: Context, one: ScoresSpec) -> Json:
    """One trait and error per row of the data, in order; null for rows that are left out."""
    known = _Known.of(context, one)
    method: Method = "eap" if one.method == "eapsum" else one.method
    raw: Json = {}
    if one.method == "eapsum":
        raw = known.raw()
        found = _by_sum(known.responses.codes, raw["by_raw_score"])
    else:
        found = known.traits(method)
        raw = known.raw_of(method) if _is_rasch(known.items) and known.is_one else {}
    whole = Traits(theta=_placed(found.theta, known.rows, known.size),
                   se=_placed(found.se, known.rows, known.size))  # fmt: skip
    rel = reliability(found, known.responses.weights, method=method)
    return {"theta": whole.theta, "se": whole.se, "reliability": rel, **raw,
            "flags": [*known.flags, *_flags(known, found),
                      *(["not_estimable: reliability"] if rel is None else [])]}  # fmt: skip


def _flags(known: "_Known", found: Traits) -> list[str]:
    """Rows that are left out, persons without an estimate, and a reliability of few."""
    left, lost = known.size - len(known.rows), int(np.isnan(found.theta).sum())
    said = ((left, f"rows_left_out: {left}"), (lost, f"no_estimate: {lost}"))
    return [*few_persons(len(known.rows) - lost), *(flag for count, flag in said if count)]


def answer_curves(context: Context, one: CurvesSpec) -> Json:
    """Category curves and expected information of items and test."""
    theta = np.array(one.theta)
    items = items_of(context, one)
    each = [information(item, theta) for item in items]
    found: Json = {
        "theta": theta, "test_information": np.sum(each, axis=0),
        "expected_score": np.sum([expected_score(item, theta) for item in items], axis=0),
        "items": [{"item": item.item, "information": own,
                   "probabilities": probabilities(item, theta).T, "flags": []}
                  for item, own in zip(items, each, strict=True)],
    }  # fmt: skip
    if one.score_distribution:
        found["score_distribution"] = score_distribution(
            probabilities(item, theta) for item in items
        )
    return found


def items_of(context: Context, one: ScoresSpec | CurvesSpec) -> list[ItemParameters]:
    """The items of an earlier model, or those whose parameters are given."""
    if one.parameters:
        return [item.parameters() for item in one.parameters]
    found: Calibration | Conditional = context.result(one.model, (Calibration, Conditional))
    return list(found.fitted.items)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Known:
    """Answers with the items that explain them, and the population where the model has one."""

    items: list[ItemParameters]
    responses: ItemResponses
    population: Population | None
    rows: np.ndarray
    size: int
    flags: tuple[str, ...] = ()

    @classmethod
    def of(cls, context: Context, one: ScoresSpec) -> "_Known":
        size = len(context.table(one))
        if one.parameters:
            items = [item.parameters() for item in one.parameters]
            own = IrtSpec(id=one.id, kind="irt", model="gpcm", **_shared(one)).model_copy(
                update={"items": tuple(item.item for item in items)})  # fmt: skip
            return cls._at(context, own, items, Population.normal(_NODES))
        found: Calibration | Conditional = context.result(one.model, (Calibration, Conditional))
        population = found.fitted.population if isinstance(found, Calibration) else None
        items, own = list(found.fitted.items), found.spec.model_copy(update=_shared(one))
        if one.items is not None and set(one.items) != set(found.fitted.responses.items):
            raise AnalysisError(_other_items())
        if own != found.spec:
            own = own.model_copy(update={"items": found.fitted.responses.items})
            return replace(cls._at(context, own, items, population), flags=found.flags)
        return cls(items=items, responses=found.fitted.responses, population=population,
                   rows=found.rows, size=size, flags=found.flags)  # fmt: skip

    @classmethod
    def _at(
        cls, context: Context, own: IrtSpec, items: list[ItemParameters],
        population: Population | None,
    ) -> "_Known":  # fmt: skip
        """Other answers than those that the model was fitted to."""
        responses, rows = responses_of(context, own, known={item.item: item for item in items})
        if population is not None:
            responses = _in_groups(responses, population)
        return cls(items=items, responses=responses, rows=rows, population=population,
                   size=len(context.table(own)))  # fmt: skip

    @property
    def is_one(self) -> bool:
        """Whether there is one population, or none."""
        people = self.population
        return people is None or (len(people.groups) == 1 and not people.covariate_names)

    @property
    def people(self) -> Population:
        """The population; conditional estimation knows none."""
        if self.population is None:
            raise AnalysisError(_no_population())
        return self.population

    def traits(self, method: Method) -> Traits:
        if method == "eap":
            blocks = posterior(self.responses, self.items, self.people)
            return posterior_means(blocks, self.people.nodes, persons=len(self.responses))
        prior = self._prior() if method == "map" else None
        found = modes(self.responses.codes, self.items, method=method, prior=prior)
        return _where_known(found) if method == "ml" else found

    def raw(self) -> Json:
        codes, own = self.responses.codes, self.responses.weights
        complete = (codes >= 0).all(axis=1)
        weights = np.ones(len(codes)) if own is None else own
        scores = codes[complete].sum(axis=1).astype(np.float64)
        rows = by_raw_score(self.items, self.people.nodes, self._mean_prior(), scores=scores,
                            weights=weights[complete])  # fmt: skip
        return {"by_raw_score": [asdict(row) for row in rows]}

    def raw_of(self, method: Method) -> Json:
        """Where every raw score has one estimate: a pattern for each, and what it gives."""
        patterns = _patterns([item.categories for item in self.items])
        codes = self.responses.codes
        complete = (codes >= 0).all(axis=1)
        counts = np.bincount(codes[complete].sum(axis=1), minlength=len(patterns))
        if method == "eap":
            return self.raw()
        prior = None
        if method == "map":
            size = len(patterns)
            prior = Prior(mean=np.full(size, float(self.people.mean[0])),
                          variance=np.full(size, float(self.people.variance[0])))  # fmt: skip
        found = modes(patterns, self.items, method=method, prior=prior)
        found = _where_known(found) if method == "ml" else found
        return {"by_raw_score": [
            {"score": score, "theta": theta, "se": se, "observed": count, "expected": None}
            for score, (theta, se, count) in enumerate(zip(found.theta, found.se, counts, strict=True))
        ]}  # fmt: skip

    def _prior(self) -> Prior:
        responses, population = self.responses, self.people
        size = len(responses)
        group = np.zeros(size, dtype=np.int64) if responses.group is None else responses.group
        covariates = np.empty((size, 0)) if responses.covariates is None else responses.covariates
        mean = population.means(group, covariates)
        return Prior(mean=mean, variance=population.variance[group])

    def _mean_prior(self) -> Floats:
        if len(self.people.groups) > 1 or self.people.covariate_names:
            raise AnalysisError(_one_population())
        group, covariates = np.zeros(1, dtype=np.int64), np.empty((1, 0))
        return np.asarray(self.people.prior(group, covariates)[0])


def _where_known(found: Traits) -> Traits:
    """A likelihood that is flat at its maximum has none: such persons are without an estimate."""
    known = found.se < _FLAT
    return Traits(theta=np.where(known, found.theta, np.nan), se=np.where(known, found.se, np.nan))


def _shared(one: AnalysisSpec) -> Json:
    """What the analysis says of its own data, weights and design."""
    return {name: getattr(one, name) for name in one.model_fields_set
            if name in Shared.model_fields}  # fmt: skip


def _in_groups(responses: ItemResponses, population: Population) -> ItemResponses:
    """The answers with their groups numbered as in the population.

    Raises:
        AnalysisError: A group or a covariate that the model does not know.
    """
    strange = [str(name) for name in responses.groups if name not in population.groups]
    if strange or responses.covariate_names != population.covariate_names:
        known = ", ".join(str(name) for name in (*population.groups, *population.covariate_names))
        raise AnalysisError(_other_population(known))
    if responses.group is None:
        return responses
    places = np.array([population.groups.index(name) for name in responses.groups])
    return replace(responses, group=places[responses.group],
                   groups=tuple(str(name) for name in population.groups))  # fmt: skip


def _by_sum(codes: np.ndarray, rows: list[Json]) -> Traits:
    """Of each person with all answers what the raw score gives."""
    complete = (codes >= 0).all(axis=1)
    place = np.where(complete, np.maximum(codes, 0).sum(axis=1, dtype=np.int64), 0)
    theta, se = (np.array([row[name] for row in rows])[place] for name in ("theta", "se"))
    return Traits(theta=np.where(complete, theta, np.nan), se=np.where(complete, se, np.nan))


def _placed(values: Floats, rows: np.ndarray, size: int) -> Floats:
    whole = np.full(size, np.nan)
    whole[rows] = values
    return whole


def _is_rasch(items: list[ItemParameters]) -> bool:
    """Whether every raw score has one estimate: all slopes are the same, and nobody guesses."""
    alike = {(item.slope, item.guessing) for item in items} == {(items[0].slope, 0.0)}
    return alike and all(item.model in (*ONE_SLOPE, "2pl", "gpcm") for item in items)


def _patterns(categories: list[int]) -> np.ndarray:
    """An answer pattern for every raw score, the items filled up one after the other."""
    highest = np.array(categories) - 1
    before = np.concatenate(([0], np.cumsum(highest)[:-1]))
    scores = np.arange(int(highest.sum()) + 1)[:, None]
    return np.clip(scores - before[None, :], 0, highest[None, :]).astype(np.int8)


def _other_items() -> Problem:
    return Problem(
        where="items",
        what=say("a model scores the items that it was fitted to."),
        hint=say("Leave `items` out, or give the parameters of those under `parameters`."),
    )


def _no_population() -> Problem:
    return Problem(
        where="method",
        what=say("a model fitted by conditional likelihood has no population."),
        hint=say("Use the method ml or wle, or the estimator mml."),
    )


def _one_population() -> Problem:
    return Problem(
        where="method",
        what=say("a raw score has one posterior only in one population."),
        hint=say("Use the method eap, or a model without groups and covariates."),
    )


def _other_population(known: str) -> Problem:
    return Problem(
        where="data",
        what=say("these persons are in other groups, or have other covariates, than the model's: "
                 "{known}.", known=known),
        hint=say("Fit the model to all of them, or score them with its parameters."),
    )  # fmt: skip
