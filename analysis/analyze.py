"""From a study to everything that a report may print: score, weight, estimate, judge."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from importlib.metadata import version

import numpy as np
import pandas as pd

from analysis.adjusted import adjusted_contrasts
from analysis.answers import answer_shares
from analysis.area_profiles import area_profiles
from analysis.areas import judged_areas
from analysis.caveats import caveats
from analysis.describe import (
    curve,
    exposure_estimates,
    group_estimates,
    headline_indicators,
    item_estimates,
    rules,
    topic_estimates,
    topics,
)
from analysis.exploratory import marked
from analysis.fieldwork import fieldwork
from analysis.gaps import group_gaps, topic_gaps
from analysis.joint_targets import joint_verdicts, official_claims
from analysis.labels import domain_labels, level_order
from analysis.law_transitions import flagged, law_transitions, on_scales
from analysis.measured import Measured, measure
from analysis.old_answers import old_answers
from analysis.provenance_result import Provenance, Scoring
from analysis.result import Analysis, Estimate
from analysis.rules import Rule
from analysis.scoring import LEAST_ANSWERED
from analysis.standard_plan import plan_under
from analysis.standard_sensitivity import sensitive
from analysis.study_awareness import traits_of, with_traits
from analysis.study_candour import candour
from analysis.study_standards import StudyStandard, frozen_standards
from analysis.targets import Evidence, judge_targets
from analysis.trait_shape import told
from analysis.trend import cuts_of, trends
from instruments.freeze import content_hash
from survey.analysis_plan import planned
from survey.journal import journal_head
from survey.registers.received import register_files
from survey.store import Store
from survey.study import SETTINGS, Study

GUESSES = 2026
"""Seed of the guesses of people who do not know, so that the same input gives the same numbers."""


def analyze(study: Study, *, today: date) -> Analysis:
    """Freeze what the study holds now and analyze it; verdicts are given as of `today`.

    Raises:
        HieuluatError: with every response, table or setting on which no number can rest.
    """
    return analyze_measured(measure(study, today=today))


def analyze_measured(made: Measured) -> Analysis:
    """Estimate and judge what was measured; what nobody planned is flagged."""
    return marked(_analyzed(made), made.study)


def _analyzed(made: Measured) -> Analysis:
    standards, given = _standards(made), made
    made = replace(made, study=replace(made.study, plan=plan_under(
        made.study.plan, [one.report for one in standards])))  # fmt: skip
    traits = traits_of(made, standing={one.dimension: one.credits for one in standards})
    made = with_traits(made, traits)
    study, people, plan = made.study, made.people, made.study.plan
    indicators = headline_indicators(plan, people)
    measured = rules(indicators)
    headline = {one.id: measured[one.id] for one in indicators[:1]}
    estimates = tuple(group_estimates(people, measured, _levels(made)))
    targets = told(judge_targets(plan, _evidence(made)), traits.report,
                   {one.id: one for one in plan.indicators})  # fmt: skip
    domains = tuple(domain_labels(study.settings, plan, made.instruments))
    judged_at_once = judged_areas(made, targets, is_planned=planned(given.study) is not None)
    areas = tuple(one.areas for one in judged_at_once)
    changing = tuple(law_transitions(made))
    latent = on_scales(traits.report, changing)
    followed = trends(made, targets, judged_at_once, latent)
    judged = [one.estimate for one in targets if one.estimate is not None]
    known = topics(made.scores.credit, made.instruments[-1])
    found = Analysis(
        provenance=_provenance(given),
        responses=_counts(made),
        weighting=made.weighted.report,
        domains=domains,
        estimates=estimates,
        items=(),
        exposure=(),
        curve=tuple(point for one in indicators[:1] for point in curve(people, one)),
        targets=targets,
        areas=areas,
        profiles=area_profiles(made, areas, topics=known, everybody=_of_everybody(estimates)),
        trends=followed,
        cuts=cuts_of(plan),
        warnings=tuple(caveats(made, [*estimates, *judged], domains, notes=traits.notes)),
        latent=latent,
        candour=candour(made, targets, rng=np.random.default_rng(GUESSES)),
        joint=tuple(joint_verdicts(plan, targets)),
        claims=official_claims(study.settings.claims, plan),
        transitions=changing,
        standards=tuple(sensitive(one.report, people, indicators[:1]) for one in standards),
        labels=people.names,
    )
    return _described(found, made, headline, known)


def _described(
    found: Analysis, made: Measured, headline: Mapping[str, Rule],
    known: Mapping[str, "pd.Series[float]"],
) -> Analysis:  # fmt: skip
    """The analysis with what explains its shares: fieldwork, items, topics, activities, differences."""
    people = made.people
    by_topic = tuple(topic_estimates(people, known))
    return replace(
        found,
        contrasts=adjusted_contrasts(made, headline),
        fieldwork=fieldwork(made),
        scoring=_scoring(made),
        old_law=tuple(old_answers(made)),
        items=flagged(tuple(item_estimates(people, made.scores.credit)), found.transitions),
        topics=by_topic,
        exposure=tuple(exposure_estimates(people, made.instruments, headline)),
        answers=tuple(answer_shares(people, made.instruments)),
        gaps=(
            *group_gaps(people, headline, found.estimates, found.targets),
            *topic_gaps(people, known, by_topic),
        ),
    )


def _levels(made: Measured) -> dict[str, tuple[str, ...]]:
    """The levels of every variable that is reported, in their order."""
    return {
        name: level_order(name, one, made.people.groups, made.instruments)
        for name, one in made.study.settings.variables.items()
        if one.report
    }


def _of_everybody(estimates: Iterable[Estimate]) -> dict[str, Estimate]:
    """What is measured of all, by its name."""
    return {one.of: one for one in estimates if not one.by}


def _standards(made: Measured) -> tuple[StudyStandard, ...]:
    fielded = made.responses.fieldwork
    return frozen_standards(made.study, first_interview=None if fielded is None else fielded[0])


def _scoring(made: Measured) -> Scoring:
    return Scoring(
        least_answered=LEAST_ANSWERED,
        unscored=made.scores.unscored,
        dont_know={one.id: one.dont_know for one in made.instruments[-1].dimensions},
    )


def _evidence(made: Measured) -> Evidence:
    return Evidence(
        people=made.people,
        instruments=frozenset(one.id for one in made.instruments),
        fielded=made.responses.fieldwork or (made.today, made.today),
        figures=made.figures,
        today=made.today,
    )


def _provenance(made: Measured) -> Provenance:
    study = made.study
    return Provenance(
        study=study.settings.id,
        title=study.settings.title,
        snapshot=made.snapshot.hash,
        plan=content_hash(study.plan),
        instruments={f"{one.id} {one.version}": content_hash(one) for one in study.instruments},
        settings=_hash_of_settings(study),
        version=version("hieuluat"),
        today=made.today,
        fieldwork=made.responses.fieldwork,
        simulated=study.settings.simulated,
        journal=journal_head(study),
        mode=study.settings.wave.mode or "",
    )


def _hash_of_settings(study: Study) -> str:
    """SHA-256 over the settings, every table that they name, and registers, by name and content."""
    settings = study.settings
    sample = settings.sample
    tables = (settings.population.units, sample.table, sample.cases, sample.dispositions,
              settings.administrative, *(one.result for one in settings.earlier))  # fmt: skip
    whole = sha256()
    for name in (SETTINGS, *(one for one in tables if one is not None)):
        whole.update(name.encode() + b"\0" + sha256((study.folder / name).read_bytes()).digest())
    for path in register_files(study):
        whole.update(path.name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _counts(made: Measured) -> dict[str, int]:
    with Store.existing(made.study.store_path) as store:
        batches = [] if store is None else store.list_batches()
    return {
        "accepted": made.accepted + len(made.excluded),
        **({"excluded": len(made.excluded)} if made.excluded else {}),
        "quarantined": sum(one.quarantined for one in batches),
        "outside_base": made.responses.outside,
        "base": len(made.responses.frame),
        "scored": int(made.scores.dimensions.notna().all(axis="columns").sum()),
    }
