"""The analysis plan: what a report will tell, fixed by its hash before the first answer counts.

Whatever is not in a plan that was hashed before the data came is exploratory: it was, or may have
been, chosen because of what the data show (Nosek et al. 2018, PNAS 115, 2600-2606). The hash is an
entry of the study's journal, which also tells when the first batch of answers began to count.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.freeze import content_hash, plain
from instruments.language import say
from survey.answers import digest_of
from survey.chain import Entry, note
from survey.database import writing
from survey.errors import StudyError, unusable
from survey.journal import read_journal
from survey.population.units import read_units
from survey.settings import AnalysisPlan, JudgedAreas
from survey.store import Store
from survey.study import SETTINGS, Study

EVENT = "analysis_planned"
_PLACE = f"{SETTINGS}, analysis_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An analysis plan that was hashed before any answer counted, and still reads as it did then."""

    hash: str
    at: str
    plan: AnalysisPlan


def hash_of_plan(study: Study) -> str:
    """SHA-256 over the analysis plan, each area that is judged at once, and the definitions named."""
    settings = study.settings
    return digest_of({
        "analysis_plan": plain(settings.analysis_plan),
        "judge_areas": [{**plain(one), "levels": _levels(study, one)} for one in settings.judge_areas],
        "plan": content_hash(study.plan),
        "instruments": [content_hash(one) for one in study.instruments],
    })  # fmt: skip


def plan_analysis(study: Study, *, by: str, now: Callable[[], datetime]) -> Planned:
    """Write the hash of the study's analysis plan into its journal.

    Raises:
        StudyError: There is no plan, it names what there is not, or answers count already.
    """
    plan = study.settings.analysis_plan
    if plan is None:
        raise unusable(SETTINGS, say("There is no analysis_plan."),
                       say("List there the indicators, groups, targets and readings that the report "
                           "will tell."))  # fmt: skip
    problems = list(_unknown(study, plan))
    if problems:
        raise StudyError(problems)
    begun = first_answers(read_journal(study))
    if begun is not None:
        raise unusable(_PLACE, say("Answers count since {at}: a plan that is hashed after that "
                                   "proves nothing.", at=begun.at),
                       say("Reports go on marking as exploratory what was not planned before."))  # fmt: skip
    made = Planned(hash=hash_of_plan(study), at=now().isoformat(timespec="seconds"), plan=plan)
    with Store.open(study.store_path) as store, writing(store.engine) as connection:
        note(connection, EVENT, None, {"sha256": made.hash}, at=datetime.fromisoformat(made.at),
             who=by.strip())  # fmt: skip
    return made


def planned(study: Study) -> Planned | None:
    """The plan that holds: the last one hashed before the first answers, if it was not changed."""
    plan = study.settings.analysis_plan
    if plan is None:
        return None
    told = read_journal(study)
    begun = first_answers(told)
    before = [one for one in told if one.event == EVENT and (begun is None or one.id < begun.id)]
    if not before or json.loads(before[-1].detail)["sha256"] != hash_of_plan(study):
        return None
    return Planned(hash=hash_of_plan(study), at=before[-1].at, plan=plan)


def _levels(study: Study, wanted: JudgedAreas) -> list[str]:
    """The areas that are to be judged: every level in the table of units, interviewed or not."""
    population, variable = study.settings.population, study.settings.variables.get(wanted.variable)
    if population.units is None or population.residence is None or variable is None:
        return []
    units = read_units(study.folder / population.units, code=population.residence.column)
    return sorted({level for level in units.get(variable.unit or "", ()) if level})


def first_answers(told: Iterable[Entry]) -> Entry | None:
    """The entry by which the first batch of answers began to count, undone since or not."""
    return next((one for one in told if one.event == "sealed"), None)


def _unknown(study: Study, plan: AnalysisPlan) -> Iterator[Problem]:
    """What the plan names and the study does not have."""
    measured = [one.id for one in study.plan.indicators]
    measured += [one.id for each in study.instruments for one in each.dimensions]
    known = {
        "indicators": (plan.indicators, measured),
        "groups": (plan.groups, list(study.settings.variables)),
        "targets": (plan.targets, [one.id for one in study.plan.targets]),
        "readings": (plan.readings, [one.id for one in study.plan.readings]),
    }
    for part, (names, there) in known.items():
        for name in names:
            if name not in there:
                yield Problem(where=f"{_PLACE}.{part}", what=say("There is no '{name}'.", name=name),
                              hint=did_you_mean(name, there))  # fmt: skip
