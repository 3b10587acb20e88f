"""What of an analysis was not planned before the data came: it is flagged `exploratory`.

Without an analysis plan the policy plan alone was fixed beforehand: its targets under their default
readings, and what they are about for everybody. All else is exploratory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analysis.result import (
    Analysis,
    AnswerShares,
    Estimate,
    Gap,
    ReadingResult,
    TargetResult,
)
from instruments.language import Message, say
from survey.analysis_plan import Planned, planned
from survey.settings import AnalysisPlan
from survey.study import Study

EXPLORATORY = "exploratory"
_Estimates = tuple[Estimate, ...]


def marked(analysis: Analysis, study: Study) -> Analysis:
    """The analysis with every estimate flagged that was not planned, and a line that says so."""
    found = planned(study)
    kept = _Kept.of(study, found)
    return replace(
        analysis,
        estimates=tuple(kept.group(one) for one in analysis.estimates),
        items=_flagged(analysis.items, planned="items" in kept.plan.tables),
        topics=_flagged(analysis.topics, planned="topics" in kept.plan.tables),
        old_law=_flagged(analysis.old_law, planned="items" in kept.plan.tables),
        exposure=_flagged(analysis.exposure, planned="reach" in kept.plan.tables),
        curve=tuple(
            one if "cuts" in kept.plan.tables else replace(one, estimate=_flag(one.estimate))
            for one in analysis.curve
        ),
        profiles=tuple(
            replace(one, topics=_flagged(one.topics, planned="topics" in kept.plan.tables))
            for one in analysis.profiles
        ),
        answers=tuple(kept.answers(one) for one in analysis.answers),
        gaps=tuple(kept.gap(one) for one in analysis.gaps),
        targets=tuple(kept.target(one) for one in analysis.targets),
        warnings=(*analysis.warnings, *_told(study, found)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What was planned."""

    plan: AnalysisPlan

    @classmethod
    def of(cls, study: Study, found: Planned | None) -> "_Kept":
        if found is not None:
            return cls(plan=found.plan)
        surveyed = [one for one in study.plan.targets if one.indicator is not None]
        return cls(plan=AnalysisPlan(
            indicators=tuple(dict.fromkeys(one.indicator for one in surveyed if one.indicator)),
            targets=tuple(one.id for one in study.plan.targets),
        ))  # fmt: skip

    def group(self, one: Estimate) -> Estimate:
        """An estimate of everybody or of a group: its indicator and its variables are planned."""
        is_planned = one.of in self.plan.indicators and set(one.by) <= set(self.plan.groups)
        return one if is_planned else _flag(one)

    def answers(self, one: AnswerShares) -> AnswerShares:
        """The distribution of the answers to an item, as a table of its own."""
        is_planned = "answers" in self.plan.tables
        return replace(
            one, shares=_flagged(one.shares, planned=is_planned),
            favourable=one.favourable if is_planned else _flag(one.favourable),
            unanswered=one.unanswered if is_planned else _flag(one.unanswered),
        )  # fmt: skip

    def gap(self, one: Gap) -> Gap:
        """Differences are a table of their own; their groups are planned or not as they are."""
        is_planned = "gaps" in self.plan.tables and (
            self.group(one.share) == one.share if one.share.by else "topics" in self.plan.tables
        )
        if is_planned:
            return one
        return replace(
            one, share=_flag(one.share),
            to_target=None if one.to_target is None else _flag(one.to_target),
            to_others=None if one.to_others is None else _flag(one.to_others),
        )  # fmt: skip

    def target(self, one: TargetResult) -> TargetResult:
        """A target is planned or not as a whole; of its readings, those that are named."""
        if one.target in self.plan.targets:
            return replace(one, readings=tuple(map(self._reading, one.readings)))
        return replace(
            one,
            estimate=None if one.estimate is None else _flag(one.estimate),
            parts=_flagged(one.parts, planned=False),
            readings=tuple(_unplanned(each) for each in one.readings),
        )

    def _reading(self, one: ReadingResult) -> ReadingResult:
        return one if one.reading in self.plan.readings else _unplanned(one)


def _unplanned(one: ReadingResult) -> ReadingResult:
    return replace(one, estimates=_flagged(one.estimates, planned=False))


def _flagged(estimates: _Estimates, *, planned: bool) -> _Estimates:
    return estimates if planned else tuple(map(_flag, estimates))


def _flag(one: Estimate) -> Estimate:
    return replace(one, flags=(*one.flags, EXPLORATORY))


def _told(study: Study, found: Planned | None) -> Iterator[Message]:
    if found is not None:
        yield say("The analysis plan was fixed before the first answers, on {day} (hash {hash}); "
                  "what is not in it is marked exploratory.",
                  day=found.at[:10], hash=found.hash[:12])  # fmt: skip
    elif study.settings.analysis_plan is not None:
        yield say("The analysis plan in study.yaml is not the one that was fixed before the first "
                  "answers: all but the targets themselves is marked exploratory.")  # fmt: skip
    else:
        yield say("No analysis plan was fixed before the first answers: all but the targets "
                  "themselves is marked exploratory.")  # fmt: skip
