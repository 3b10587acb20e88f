"""A study measured: its answers frozen, dated, scored and weighted, before anything is estimated."""

from dataclasses import dataclass
from datetime import date

from analysis.administrative import Administrative
from analysis.administrative_figures import administrative_figures
from analysis.errors import AnalysisError
from analysis.labels import labels
from analysis.people import People
from analysis.responses import VERSION, Responses, ready
from analysis.scoring import Scores, score_versions
from analysis.study_cases import with_cases, with_rows
from analysis.study_tables import read_tables
from analysis.study_weights import Weighted, weigh
from instruments.errors import Problem
from instruments.language import say
from instruments.model import Instrument
from survey.exclusions import Exclusion
from survey.snapshot import Snapshot, freeze
from survey.study import Study


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """What was read of a study, and what became of it.

    `lists` names, by area, the list that the plan's default readings choose; `accepted` counts the
    responses in the snapshot. `drawn` are the responses and an empty row for each case without an
    interview; scores, weights and people have its rows.
    """

    study: Study
    instruments: tuple[Instrument, ...]
    snapshot: Snapshot
    accepted: int
    responses: Responses
    drawn: Responses
    scores: Scores
    weighted: Weighted
    people: People
    lists: dict[str, str]
    figures: Administrative | None
    today: date

    @property
    def excluded(self) -> tuple[Exclusion, ...]:
        """Accepted responses to the instrument that people have taken out."""
        own = self.instruments[0].id
        return tuple(one for one in self.snapshot.excluded if one.instrument == own)


def measure(study: Study, *, today: date, snapshot: Snapshot | None = None) -> Measured:
    """Score and weight a snapshot; where none is given, what the study holds now is frozen.

    Raises:
        HieuluatError: with every response, table or setting on which no number can rest.
    """
    instruments = measured_instruments(study)
    snapshot = snapshot or freeze(study)
    frame = snapshot.frame()
    frame = frame[frame["_instrument"] == instruments[0].id]
    if frame.empty:
        raise AnalysisError(_empty(study))
    settings, lists = study.settings, _lists(study)
    tables = read_tables(study)
    responses = ready(frame, settings=settings, instruments=instruments, tables=tables,
                      lists=lists, today=today)  # fmt: skip
    scores = score_versions(
        instruments, responses.frame, versions=responses.frame[VERSION], days=responses.days
    )
    names = labels(settings, study.plan, instruments)
    drawn = with_cases(responses, tables.cases, settings=settings, table=tables.sample)
    scores = with_rows(scores, drawn)
    weighted = weigh(drawn.columns, drawn.design, groups=drawn.groups, settings=settings,
                     names=names)  # fmt: skip
    people = People(
        sample=weighted.sample, frame=drawn.frame, groups=drawn.groups,
        scores=scores.dimensions, age=drawn.age, settings=settings, units=tables.units,
        names=names,
    )  # fmt: skip
    return Measured(
        study=study, instruments=instruments, snapshot=snapshot, accepted=len(frame),
        responses=responses, drawn=drawn, scores=scores, weighted=weighted, people=people, lists=lists,
        figures=administrative_figures(study), today=today,
    )  # fmt: skip


def measured_instruments(study: Study) -> tuple[Instrument, ...]:
    """The versions of the instrument that measures a population of the plan, else the only one."""
    own = {one.id for one in study.instruments}
    measured = (one.instrument for one in study.plan.populations if one.instrument in own)
    return study.versions_of(next(measured, None))


def _lists(study: Study) -> dict[str, str]:
    """By area, the list that the plan's default readings choose, where the study has it."""
    loaded = {(one.area, one.id) for one in study.settings.population.areas}
    chosen: dict[str, str] = {}
    for reading in study.plan.readings:
        default = next(one for one in reading.options if one.id == reading.default)
        chosen |= default.terms.lists or {}
    return {area: one for area, one in chosen.items() if (area, one) in loaded}


def _empty(study: Study) -> Problem:
    return Problem(
        where=str(study.folder),
        what=say("the study has no accepted responses."),
        hint=say("Import some with 'hieuluat import STUDY FILE --yes'."),
    )
