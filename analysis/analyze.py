"""From a study to everything that a report may print: score, weight, estimate, judge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.metadata import version

from analysis.administrative import Administrative
from analysis.administrative_file import read_administrative
from analysis.describe import (
    curve,
    exposure_estimates,
    group_estimates,
    headline_indicators,
    item_estimates,
    measures,
)
from analysis.errors import AnalysisError
from analysis.labels import domain_labels, labels, level_order
from analysis.people import People
from analysis.responses import VERSION, Responses, ready
from analysis.result import Analysis, Estimate, Provenance, TargetResult
from analysis.scoring import LEAST_ANSWERED, Scores, score_versions, scored_items
from analysis.study_tables import read_tables
from analysis.study_weights import Weighted, weigh
from analysis.targets import Evidence, judge_targets
from instruments.errors import Problem
from instruments.freeze import content_hash
from instruments.language import Message, say
from instruments.model import Instrument
from survey.population.areas import area_warnings
from survey.snapshot import Snapshot, freeze
from survey.store import Store
from survey.study import SETTINGS, Study


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Measured:
    """The study on its way: what was read, and what became of it."""

    study: Study
    instruments: tuple[Instrument, ...]
    snapshot: Snapshot
    accepted: int
    responses: Responses
    scores: Scores
    weighted: Weighted
    people: People
    lists: dict[str, str]
    figures: Administrative | None
    today: date


def analyze(study: Study, *, today: date) -> Analysis:
    """Freeze what the study holds now and analyze it; verdicts are given as of `today`.

    Raises:
        HieuluatError: with every response, table or setting on which no number can rest.
    """
    made = _measure(study, today=today)
    people, plan = made.people, study.plan
    indicators = headline_indicators(plan, people)
    values = measures(indicators, people)
    headline = {one.id: values[one.id] for one in indicators[:1]}
    levels = {
        name: level_order(name, one, people.groups, made.instruments)
        for name, one in study.settings.variables.items()
        if one.report
    }
    estimates = tuple(group_estimates(people, values, levels))
    targets = judge_targets(plan, _evidence(made))
    return Analysis(
        provenance=_provenance(made),
        responses=_counts(made),
        weighting=made.weighted.report,
        domains=tuple(domain_labels(study.settings, plan, made.instruments)),
        estimates=estimates,
        items=tuple(item_estimates(people, made.scores.credit)),
        exposure=tuple(exposure_estimates(people, made.instruments, headline)),
        curve=tuple(point for one in indicators[:1] for point in curve(people, one)),
        targets=targets,
        warnings=tuple(_warnings(made, estimates, targets)),
        least_answered=LEAST_ANSWERED,
        labels=labels(study.settings, plan, made.instruments),
    )


def _measure(study: Study, *, today: date) -> _Measured:
    instruments = _instruments(study)
    snapshot = freeze(study)
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
    weighted = weigh(
        responses.columns, responses.design, groups=responses.groups, settings=settings
    )
    people = People(
        sample=weighted.sample, frame=responses.frame, groups=responses.groups,
        scores=scores.dimensions, age=responses.age, settings=settings, units=tables.units,
    )  # fmt: skip
    return _Measured(
        study=study, instruments=instruments, snapshot=snapshot, accepted=len(frame),
        responses=responses, scores=scores, weighted=weighted, people=people, lists=lists,
        figures=_figures(study), today=today,
    )  # fmt: skip


def _instruments(study: Study) -> tuple[Instrument, ...]:
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


def _figures(study: Study) -> Administrative | None:
    name = study.settings.administrative
    return None if name is None else read_administrative(study.folder / name, plan=study.plan)


def _evidence(made: _Measured) -> Evidence:
    return Evidence(
        people=made.people,
        instruments=frozenset(one.id for one in made.study.instruments),
        fielded=made.responses.fieldwork or (made.today, made.today),
        figures=made.figures,
        today=made.today,
    )


def _provenance(made: _Measured) -> Provenance:
    study = made.study
    return Provenance(
        study=study.settings.id,
        title=study.settings.title,
        snapshot=made.snapshot.hash,
        plan=content_hash(study.plan),
        instruments={f"{one.id} {one.version}": content_hash(one) for one in study.instruments},
        settings=sha256((study.folder / SETTINGS).read_bytes()).hexdigest(),
        version=version("hieuluat"),
        today=made.today,
        fieldwork=made.responses.fieldwork,
        simulated=study.settings.simulated,
    )


def _counts(made: _Measured) -> dict[str, int]:
    with Store.existing(made.study.store_path) as store:
        batches = [] if store is None else store.list_batches()
    return {
        "accepted": made.accepted,
        "quarantined": sum(one.quarantined for one in batches),
        "outside_base": made.responses.outside,
        "base": len(made.responses.frame),
        "scored": int(made.scores.dimensions.notna().all(axis="columns").sum()),
    }


def _warnings(
    made: _Measured, estimates: Sequence[Estimate], targets: Sequence[TargetResult]
) -> Iterator[Message]:
    settings = made.study.settings
    yield from made.responses.warnings
    yield from made.weighted.warnings
    if not settings.weighting.margins:
        yield say("No population figures are used: the weights are those of the sample alone.")
    yield from _age_warnings(made)
    yield from area_warnings(settings, lists=made.lists)
    yield from _scoring_warnings(made)
    yield from _small(estimates, targets)
    if made.responses.fieldwork is None:
        yield say("No dates of fieldwork are known; the survey counts as held on {today}.",
                  today=made.today.isoformat())  # fmt: skip


def _age_warnings(made: _Measured) -> Iterator[Message]:
    """Ages that the plan asks for and the study can neither ask nor promise."""
    own = made.instruments[0].id
    wanted = [one.age_from for one in made.study.plan.populations if one.instrument == own]
    promised = made.study.settings.population.age_from is not None
    if made.people.age is None and not promised and any(wanted):
        yield say("The plan speaks of people aged {age} and over; the study asks no ages, so "
                  "everybody who answered counts.", age=wanted[0])  # fmt: skip


def _scoring_warnings(made: _Measured) -> Iterator[Message]:
    unreviewed = [
        one.item.id for one in scored_items(made.instruments[-1]) if one.item.reviewed is False
    ]
    if unreviewed:
        yield say("No lawyer has reviewed the keys of {count} items: {items}.",
                  count=len(unreviewed), items=", ".join(unreviewed))  # fmt: skip
    for path, lost in made.scores.left_out.items():
        yield say("Item {item} was left out of the score of {count} respondents: no key or law was "
                  "in force on the day of their interview.", item=path, count=lost)  # fmt: skip
    for dimension, without in made.scores.unscored.items():
        if without:
            yield say("{count} respondents answered too few items of {dimension} to be scored.",
                      count=without, dimension=dimension)  # fmt: skip


def _small(estimates: Sequence[Estimate], targets: Sequence[TargetResult]) -> Iterator[Message]:
    """Name what rests on few sampling units, where an interval can be trusted least."""
    found = [*estimates, *(one.estimate for one in targets if one.estimate is not None)]
    few = dict.fromkeys(
        ", ".join(f"{name} {level}" for name, level in one.by.items()) or "-"
        for one in found
        if {"few_psus", "one_psu", "low_df"} & set(one.flags)
    )
    if few:
        yield say("Few sampling units, so that intervals are uncertain themselves: {groups}.",
                  groups="; ".join(few))  # fmt: skip


def _empty(study: Study) -> Problem:
    return Problem(
        where=str(study.folder),
        what=say("the study has no accepted responses."),
        hint=say("Import some with 'hieuluat import STUDY FILE --yes'."),
    )
