"""The standards by which a study cuts its dimensions: judged, frozen before the answers, then applied.

``standards`` in study.yaml names a judges' file for a dimension. Freezing writes the copy that counts
and notes its hash in the journal; an analysis takes the cut from there, as the points that are
expected on named items, or refuses. A bookmark, or a cut that was adopted on the trait, stands on the
scale of its booklet: it is carried to points through the booklet's own curves, since a bare value of
the trait on a scale that this wave sets would make the share a constant.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import sqrt
from pathlib import Path

import numpy as np
from scipy import special

from analysis.columns import Floats
from analysis.errors import AnalysisError, refuse
from analysis.items.standards import (
    RoundCut,
    Standard,
    check_standard,
    freeze_standard,
    read_standard,
)
from analysis.measured import measured_instruments
from analysis.scoring import highest_credit, scored_items
from analysis.trait_result import PanelRound, StandardReport
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import Message, say
from instruments.model import Instrument
from survey.analysis_plan import first_answers
from survey.chain import Entry, note
from survey.database import writing
from survey.journal import read_journal
from survey.store import Store
from survey.study import SETTINGS, Study

EVENT = "standard_frozen"
FOLDER = "standards"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyStandard:
    """A dimension's standard; `credits` are the points of its items, by form path."""

    dimension: str
    standard: Standard
    credits: Mapping[str, float]
    frozen_at: str = ""

    @property
    def report(self) -> StandardReport:
        """What a reader is told, cuts as shares of the points."""
        spec = self.standard.spec
        rounds = tuple(self._round(one) for one in self.standard.rounds)
        adopted = spec.status == "adopted"
        return StandardReport(
            dimension=self.dimension, method=spec.method, status=spec.status,
            items=len(self.credits), cut=rounds[-1].cut if spec.cut is None else self._share(spec.cut),
            se=0.0 if adopted else rounds[-1].se, rounds=rounds, descriptors=spec.descriptors,
            hash=self.standard.hash, frozen_at=self.frozen_at, decision=spec.decision,
            adopted_on=spec.adopted_on,
        )  # fmt: skip

    def _round(self, one: RoundCut) -> PanelRound:
        judges = len(one.judges)
        if self.standard.spec.method == "angoff":
            own = self._angoff(one.round)
            return PanelRound(round=one.round, cut=float(own.mean()), judges=judges,
                              se=float(own.std(ddof=1) / sqrt(len(own))))  # fmt: skip
        return PanelRound(round=one.round, cut=self._share(one.cut), judges=judges,
                          se=one.se * self._slope(one.cut))  # fmt: skip

    def _angoff(self, number: int) -> Floats:
        """Each judge's cut: the ratings weighted by what the items earn."""
        points = np.array(list(self.credits.values()))
        said = [one for one in self.standard.spec.judgements if one.round == number]
        rated = np.array([[one.ratings[item] for item in self.standard.spec.items] for one in said])
        return np.asarray(rated @ points / points.sum())

    def _share(self, cut: float) -> float:
        """A cut in points, or on the booklet's trait, as a share of the points."""
        if self.standard.spec.method != "bookmark":
            return cut / sum(self.credits.values())
        return float(self._chances(cut) @ self._weights())

    def _slope(self, cut: float) -> float:
        if self.standard.spec.method != "bookmark":
            return 1 / sum(self.credits.values())
        chances = self._chances(cut)
        slopes = np.array([one.slope for one in self.standard.spec.booklet])
        return float(slopes * chances * (1 - chances) @ self._weights())

    def _chances(self, theta: float) -> Floats:
        booklet = self.standard.spec.booklet
        return np.asarray(special.expit([one.slope * (theta - one.difficulty) for one in booklet]))

    def _weights(self) -> Floats:
        by_item = dict(zip(self.standard.spec.items, self.credits.values(), strict=True))
        own = np.array([by_item[one.item] for one in self.standard.spec.booklet])
        return np.asarray(own / own.sum())


def freeze_standards(
    study: Study, *, by: str, now: Callable[[], datetime]
) -> tuple[StudyStandard, ...]:
    """Read every judges' file, write the copies that count, and note their hashes in the journal.

    Raises:
        AnalysisError: A file does not hold, names what there is not, or answers count already.
    """
    found = tuple(_named(study))
    begun = first_answers(read_journal(study))
    if begun is not None and found:
        raise AnalysisError(_problem(
            say("Answers count since {at}: a standard that is frozen after that proves nothing.",
                at=begun.at), say("Take it out of study.yaml; the plan's own cut is used.")))  # fmt: skip
    moment = now()
    with Store.open(study.store_path) as store, writing(store.engine) as connection:
        for one in found:
            freeze_standard(one.standard, folder=_folder(study))
            detail = {"dimension": one.dimension, "sha256": one.standard.hash}
            note(connection, EVENT, None, detail, at=moment, who=by.strip())
    at = moment.isoformat(timespec="seconds")
    return tuple(replace(one, frozen_at=at) for one in found)


def frozen_standards(study: Study, *, first_interview: date | None) -> tuple[StudyStandard, ...]:
    """The standards that study.yaml names, as they were frozen before the first answers.

    Raises:
        AnalysisError: One was not frozen in time, was changed since, or was adopted after the data.
    """
    if not study.settings.standards:
        return ()
    entries = _entries(study)
    found = []
    for one in _named(study):
        entry = entries.get(one.dimension)
        if entry is None:
            raise AnalysisError(_problem(
                say("The standard of '{dimension}' was not frozen before the first answers.",
                    dimension=one.dimension),
                say("Freeze it with 'hieuluat plan-analysis STUDY' before answers are imported, or "
                    "take it out of study.yaml.")))  # fmt: skip
        digest = json.loads(entry.detail)["sha256"]
        kept = read_standard(_folder(study) / f"standards-{digest[:12]}.json")
        for each in (one.standard, kept):
            check_standard(each, first_interview=first_interview or date.max, frozen=digest)
        found.append(replace(one, standard=kept, frozen_at=entry.at))
    return tuple(found)


def _named(study: Study) -> Iterator[StudyStandard]:
    """Each judges' file that study.yaml names, with the points of its items."""
    instrument = measured_instruments(study)[-1]
    dimensions = [one.id for one in instrument.dimensions]
    refuse(
        _problem(say("'{name}' is no dimension of the instrument.", name=name),
                 did_you_mean(name, dimensions))
        for name in study.settings.standards if name not in dimensions
    )  # fmt: skip
    for dimension, name in study.settings.standards.items():
        path = study.folder / name
        if not path.is_file():
            raise AnalysisError(_problem(say("There is no file '{path}'.", path=name), None))
        standard = read_standard(path)
        yield StudyStandard(dimension=dimension, standard=standard,
                            credits=_credits(standard, instrument, dimension))  # fmt: skip


def _credits(standard: Standard, instrument: Instrument, dimension: str) -> dict[str, float]:
    placed = {name: one for one in scored_items(instrument) if one.item.dimension == dimension
              for name in (one.item.id, one.path)}  # fmt: skip
    items = standard.spec.items
    refuse(
        _problem(say("'{item}' is no scored item of '{dimension}'.", item=item, dimension=dimension),
                 did_you_mean(item, placed))
        for item in items if item not in placed
    )  # fmt: skip
    return {placed[item].path: highest_credit(placed[item].item) for item in items}


def _entries(study: Study) -> dict[str, Entry]:
    """By dimension the last freezing before the first answers."""
    told = read_journal(study)
    begun = first_answers(told)
    before = [one for one in told if one.event == EVENT and (begun is None or one.id < begun.id)]
    return {json.loads(one.detail)["dimension"]: one for one in before}


def _folder(study: Study) -> Path:
    return study.folder / FOLDER


def _problem(what: Message, hint: Message | None) -> Problem:
    return Problem(where=f"{SETTINGS}, standards", what=what, hint=hint)
