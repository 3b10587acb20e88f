"""The joint share above two cuts, from two calibrations of the same persons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.awareness.cut import Cut
from analysis.awareness.domains import Domain
from analysis.awareness.joint import Cuts, JointModel, frechet
from analysis.awareness.result import AwarenessRow
from analysis.columns import Codes, Floats
from analysis.design import Sample
from analysis.errors import AnalysisError, refuse
from analysis.items.answers.models import Calibration
from instruments.errors import Problem
from instruments.language import say

_OF_ONE_TRAIT = frozenset({"model", "parameters", "cut", "cut_se", "link_error", "plausible_values",
                           "score", "raw_cut", "sensitivity", "specificity"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointQuestion:
    """Two calibrations with their cuts, of which persons, conditioned on which covariates.

    `rows` are the sample's rows that are the persons of both models, and `covariates` has a row for
    each of them; the domains are conditioned on besides.
    """

    calibrations: Sequence[Calibration]
    cuts: Sequence[Cut]
    covariance: tuple[tuple[float, ...], ...] | None
    sample: Sample
    domains: Sequence[Domain]
    rows: Codes
    covariates: Floats


def joint_rows(asked: JointQuestion) -> list[AwarenessRow]:
    """A row for each domain with the correlation, both margins and the Fréchet bounds."""
    _refuse(asked)
    fits = [one.fitted for one in asked.calibrations]
    used = np.zeros(len(asked.sample.weights), dtype=bool)
    used[asked.rows] = True
    masks = [one.inside for one in asked.domains]
    among = [mask[used] for mask in masks]
    design = np.column_stack([np.ones(used.sum()), *among, asked.covariates]).astype(np.float64)
    model = JointModel.of(fits, design, sample=asked.sample, used=used)
    cuts = Cuts(of=dict(enumerate(asked.cuts)), covariance=asked.covariance)
    thetas = {place: cut.theta(fits[place].items) for place, cut in enumerate(asked.cuts)}
    return [
        AwarenessRow(
            by=domain.by, cut=None, estimate=row.estimate, budget=row.budget, df=row.df, n=row.n,
            flags=model.settled.flags,
            further=_further(row.margins, thetas, model.population.correlation),
        )
        for domain, row in zip(asked.domains, model.shares(cuts, thetas, masks), strict=True)
    ]  # fmt: skip


def refuse_of_one_trait(given: Collection[str], *, method: str, statistic: str) -> None:
    """Everything that is `given` must have a meaning for two traits.

    Raises:
        AnalysisError: A field is for a share on one trait.
    """
    fields = sorted(_OF_ONE_TRAIT.intersection(given))
    fields += [] if method == "latent" else ["method"]
    fields += [] if statistic == "share" else ["statistic"]
    refuse(
        Problem(
            where=field,
            what=say("'{field}' asks for something of one trait, and a joint share has two.",
                     field=field),
            hint=say("Leave it out: both cuts stand under `cuts`, their errors under "
                     "`cut_covariance`, and the method is latent."),
        )
        for field in fields
    )  # fmt: skip


def _further(
    margins: tuple[float, ...], thetas: Mapping[int, float], correlation: float | None
) -> dict[str, object]:
    return {"cuts": list(thetas.values()), "margins": list(margins),
            "frechet": list(frechet(margins)), "correlation": correlation}  # fmt: skip


def _is_covariance(given: Floats) -> bool:
    """Two by two, symmetric, with no negative variance in any direction."""
    return bool(np.allclose(given, given.T) and np.linalg.eigvalsh(given)[0] >= -1e-12)


def _refuse(asked: JointQuestion) -> None:
    """Two models, a cut for each, on items: a bare value would be a constant of the scale."""
    if len(asked.calibrations) != 2 or len(asked.cuts) != 2:
        what = say("a joint share is over two models, with a cut for each.")
        hint = say("Name both under `models`, and their cuts under `cuts`.")
        raise AnalysisError(Problem(where="models", what=what, hint=hint))
    if asked.covariance is not None and not _is_covariance(np.array(asked.covariance)):
        raise AnalysisError(Problem(
            where="cut_covariance",
            what=say("the covariance of the two cuts is none."),
            hint=say("Give {example}: both variances, and their covariance twice.",
                     example="[[0.01, 0.0], [0.0, 0.02]]"),
        ))  # fmt: skip
    if not all(cut.is_anchored for cut in asked.cuts):
        raise AnalysisError(Problem(
            where="cuts",
            what=say("a joint share needs both cuts as expected scores on named items."),
            hint=say("Give each as {example}.", example="{items: [k1, k2], expected: 1.4}"),
        ))  # fmt: skip
