"""How far the interviews are along the plan of the sample; soft: nobody is turned away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from survey.population.variables import derive_variables
from survey.quality.interviews import Interviews
from survey.settings import Margin, StudySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Interviews wanted and held in one part of the plan.

    `kind` is psu or stratum, whose numbers the sample table plans, or the id of a margin, whose
    share of the population is applied to all interviews held so far.
    """

    kind: str
    name: str
    planned: float
    achieved: int

    @property
    def missing(self) -> float:
        """Interviews still wanted; negative where there are more than planned."""
        return self.planned - self.achieved


def planned_interviews(
    interviews: Interviews, table: pd.DataFrame | None, settings: StudySettings
) -> Iterator[Quota]:
    """Held against planned for each PSU and stratum of the sample table.

    `table` is text with the columns of the design and ``interviews``, the number planned.
    """
    key = settings.sample.key
    if table is None or key is None or "interviews" not in table or key.column not in table:
        return
    held: Mapping[str, int] = {}
    if key.item in interviews.frame:
        counts = interviews.frame[key.item].value_counts()
        held = {str(name): int(count) for name, count in counts.items()}
    own = table.assign(
        planned=pd.to_numeric(table["interviews"], errors="coerce").fillna(0.0),
        achieved=[held.get(str(one), 0) for one in table[key.column]],
    )
    for kind, column in (
        ("psu", key.column),
        *(("stratum", s) for s in settings.sample.strata[:1]),
    ):
        if column in own:
            for name, part in own.groupby(column, sort=False):
                yield Quota(kind=kind, name=str(name), planned=float(part["planned"].sum()),
                            achieved=int(part["achieved"].sum()))  # fmt: skip


def population_shares(interviews: Interviews, settings: StudySettings) -> Iterator[Quota]:
    """Held against what the population's shares would give, for margins that answers tell."""
    told = {name: one for name, one in settings.variables.items()
            if one.item is not None and one.item in interviews.frame}  # fmt: skip
    margins = [one for one in settings.population.margins if set(one.variables) <= set(told)]
    if not margins or not len(interviews):
        return
    age = settings.population.age if settings.population.age in told else None
    population = settings.population.model_copy(update={"age": age})
    levels = derive_variables(
        interviews.frame, lists={}, units=None, interview_dates=interviews.days,
        settings=settings.model_copy(update={"variables": told, "population": population}),
    )  # fmt: skip
    for margin in margins:
        yield from _of_margin(margin, levels)


def _of_margin(margin: Margin, levels: pd.DataFrame) -> Iterator[Quota]:
    known = levels[list(margin.variables)].dropna()
    for share in margin.shares:
        here = _matching(known, share, margin)
        names = ", ".join(str(share[one]) for one in margin.variables)
        yield Quota(kind=margin.id, name=names, achieved=int(here.sum()),
                    planned=float(share["share"]) * len(known))  # fmt: skip


def _matching(
    levels: pd.DataFrame, share: Mapping[str, str | float], margin: Margin
) -> "pd.Series[bool]":
    here = pd.Series(data=True, index=levels.index)
    for name in margin.variables:
        here &= levels[name].astype(str) == str(share[name])
    return here
