"""Fieldwork quality as one report: outcomes, signs, interviewers, back-checks, quotas, drift.

Everything in it is advice. A person who looks at an interview and finds it bad excludes it by
name and with a reason (`survey.exclusions`); nothing here does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.language import Message, say
from survey.disposition_file import SampleOutcomes
from survey.dispositions import OutcomeRates, outcome_rates
from survey.quality.backchecks import BackChecks
from survey.quality.drift import Drift, drifts
from survey.quality.effects import FEW, InterviewerEffect, interviewer_effect
from survey.quality.funnels import InterviewerMean, interviewer_means
from survey.quality.habits import habits
from survey.quality.heaping import AgeHeaping, Heaping, age_heaping, heaping
from survey.quality.interviews import Floats, Interviews, coded, measured
from survey.quality.matches import Matches, matches
from survey.quality.quotas import Quota
from survey.quality.signs import Sign, signs
from survey.settings import StudySettings

LEAST_STRATUM = 10
"""Places with fewer interviews are permuted together."""
FIFTHS = 5
SHOWN_PAIRS = 20
LEAST_ITEMS = 8
"""Fewer items than these are alike too easily by chance to be matched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Outcome rates of the sample, by cases and by weights, and of its parts by cases."""

    counted: OutcomeRates
    weighted: OutcomeRates | None
    by_group: Mapping[str, OutcomeRates]
    by_interviewer: Mapping[str, OutcomeRates]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A record and the one most like it; `percentile` is of the likeness that chance makes."""

    record: str
    other: str
    share: float
    percentile: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchLine:
    """The line between likeness by chance and beyond it, how it was found, and who is nearest it."""

    items: int
    line: float
    level: float
    permutations: int
    looked_up: int
    median: float
    top: float
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldworkReport:
    """Everything that is known of how the fieldwork went.

    `excluded` counts, by reason, interviews that a person has taken out; they are in no other
    figure. Parts for which there is no file or no field are None or empty, and a note says so.
    """

    study: str
    instrument: str
    interviews: int
    interviewers: int
    field_period: tuple[date, date] | None
    excluded: Mapping[str, int]
    outcomes: Outcomes | None
    signs: tuple[Sign, ...]
    matches: MatchLine | None
    effects: tuple[InterviewerEffect, ...]
    by_interviewer: tuple[InterviewerMean, ...]
    rounding: tuple[Heaping, ...]
    ages: AgeHeaping | None
    back_checks: BackChecks | None
    quotas: tuple[Quota, ...]
    drift: tuple[Drift, ...]
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the report may draw on beside the answers; None where the study has no such file."""

    settings: StudySettings
    outcomes: SampleOutcomes | None = None
    checked: BackChecks | None = None
    quotas: tuple[Quota, ...] = ()
    excluded: Mapping[str, int]


def report_on(
    interviews: Interviews, sources: Sources, *, rng: np.random.Generator
) -> FieldworkReport:
    """Look at all interviews of an instrument together."""
    found = _matched(interviews, sources.settings, rng)
    numbers = list(measured(interviews)) if len(interviews) else []
    named = interviews.interviewers.to_numpy()
    days = interviews.days.dropna()
    return FieldworkReport(
        study=sources.settings.id, instrument=interviews.form.id, interviews=len(interviews),
        interviewers=len(set(named) - {""}),
        field_period=(days.min().date(), days.max().date()) if len(days) else None,
        excluded=sources.excluded, outcomes=_outcomes(sources.outcomes),
        signs=tuple(signs(interviews, found)),
        matches=None if found is None else _line(interviews, found),
        effects=tuple(_effects(numbers, named)), by_interviewer=tuple(_means(interviews)),
        rounding=tuple(_rounding(interviews)), ages=_ages(interviews, sources.settings),
        back_checks=sources.checked, quotas=sources.quotas,
        drift=_drift(interviews, numbers), notes=tuple(_notes(interviews, sources, found)),
    )  # fmt: skip


def _outcomes(given: SampleOutcomes | None) -> Outcomes | None:
    if given is None:
        return None

    def parts(names: list[str]) -> dict[str, OutcomeRates]:
        return {
            name: outcome_rates(case for case, own in zip(given.cases, names, strict=True)
                                if own == name)
            for name in sorted(set(names) - {""})
        }  # fmt: skip

    return Outcomes(
        counted=outcome_rates(given.cases),
        weighted=outcome_rates(given.cases, weighted=True) if given.weighted else None,
        by_group=parts([case.group for case in given.cases]),
        by_interviewer=parts([case.interviewer for case in given.cases]),
    )


def _matched(
    interviews: Interviews, settings: StudySettings, rng: np.random.Generator
) -> Matches | None:
    codes = coded(interviews)
    if len(codes) < 3 or codes.shape[1] < LEAST_ITEMS:
        return None
    return matches(codes, strata=_strata(interviews, codes, settings), rng=rng)


def _strata(
    interviews: Interviews, codes: npt.NDArray[np.int16], settings: StudySettings
) -> "pd.Series[str]":
    """Where interviews were held, by how usual their answers are; small groups by the latter alone.

    Who answers as most do agrees more with others, copied or not: permuting within fifths of that
    keeps it, and with it most of what hangs together in honest answers.
    """
    fifth = pd.Series(np.argsort(np.argsort(_usual(codes), kind="stable"), kind="stable"),
                      index=interviews.frame.index) * FIFTHS // max(len(codes), 1)  # fmt: skip
    key = settings.sample.key
    path = None if key is None else key.item
    if path is None or path not in interviews.frame:
        return fifth.astype(str)
    cell = interviews.frame[path].fillna("").astype(str) + " " + fifth.astype(str)
    return cell.where(cell.map(cell.value_counts()) >= LEAST_STRATUM, fifth.astype(str))


def _usual(codes: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """How frequent a record's answers are, on average over the items that it answers."""
    share = np.full(codes.shape, np.nan)
    for item in range(codes.shape[1]):
        column = codes[:, item]
        known = column >= 0
        counts = np.bincount(column[known], minlength=1)
        share[known, item] = counts[column[known]] / max(int(known.sum()), 1)
    answered = np.isfinite(share).sum(axis=1)
    return np.asarray(np.nansum(share, axis=1) / np.maximum(answered, 1), dtype=float)


def _line(interviews: Interviews, found: Matches) -> MatchLine:
    names = interviews.frame.index
    most = np.argsort(-found.share, kind="stable")[:SHOWN_PAIRS]
    return MatchLine(
        items=coded(interviews).shape[1], line=found.line, level=found.level,
        permutations=found.permutations, looked_up=found.looked_up,
        median=float(np.median(found.share)), top=float(found.share.max()),
        pairs=tuple(
            Pair(record=str(names[at]), other=str(names[found.other[at]]),
                 share=float(found.share[at]), percentile=float(found.percentile[at]))
            for at in most if found.other[at] >= 0
        ),
    )  # fmt: skip


def _effects(
    numbers: list[tuple[str, Floats]], named: npt.NDArray[np.object_]
) -> Iterator[InterviewerEffect]:
    known = named != ""
    if len(set(named[known])) >= 2:
        for path, value in numbers:
            yield interviewer_effect(path, value[known], named[known])


def _means(interviews: Interviews) -> Iterator[InterviewerMean]:
    named = interviews.interviewers.to_numpy()
    known = named != ""
    for name, value in habits(interviews) if known.any() else ():
        yield from interviewer_means(name, value[known], named[known])


def _rounding(interviews: Interviews) -> Iterator[Heaping]:
    for field in interviews.questions():
        if field.item.type in ("integer", "decimal"):
            found = heaping(field.path, interviews.numbers(field.path))
            if found is not None:
                yield found


def _ages(interviews: Interviews, settings: StudySettings) -> AgeHeaping | None:
    variable = settings.variables.get(settings.population.age or "")
    if variable is None or variable.item is None or variable.item not in interviews.frame:
        return None
    number = interviews.numbers(variable.item)
    years = interviews.days.dt.year.to_numpy(dtype=float)
    return age_heaping(years - number if variable.birth_year else number)


def _drift(interviews: Interviews, numbers: list[tuple[str, Floats]]) -> tuple[Drift, ...]:
    known = interviews.days.notna().to_numpy()
    days = [day.date() for day in interviews.days[known]]
    return drifts([(path, value[known]) for path, value in numbers], days)


def _notes(interviews: Interviews, sources: Sources, found: Matches | None) -> Iterator[Message]:
    """What could not be looked at, and how far what was can be trusted."""
    yield say("Flags and limits are advice: only a person excludes an interview.")
    if sources.outcomes is None:
        yield say("No response rates: sample.dispositions in study.yaml names no list of cases.")
    else:
        yield from _unlike(interviews, sources.outcomes)
    if not (interviews.interviewers != "").any():
        yield say("Nothing is said of interviewers: the instrument names no item for their code.")
    else:
        yield say("Interviewers work in places of their own, so that their effect and that of the "
                  "places cannot be told apart.")  # fmt: skip
        small = interviews.interviewers.value_counts().drop("", errors="ignore")
        if (small < FEW).any():
            yield say("{count} interviewers have fewer than {few} interviews and are not judged.",
                      count=int((small < FEW).sum()), few=FEW)  # fmt: skip
    if found is not None and found.looked_up < len(interviews):
        yield say("Likeness by chance was found from {looked} of {all} interviews.",
                  looked=found.looked_up, all=len(interviews))  # fmt: skip


def _unlike(interviews: Interviews, outcomes: SampleOutcomes) -> Iterator[Message]:
    held = sum(case.outcome in ("I", "P") for case in outcomes.cases)
    if held != len(interviews):
        yield say("The list of cases has {listed} interviews; {accepted} are accepted.",
                  listed=held, accepted=len(interviews))  # fmt: skip
