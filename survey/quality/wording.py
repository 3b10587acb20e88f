"""A fieldwork report for people and for programs: sentences, and one JSON document."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from instruments.language import Language, Message, Text, say
from survey.dispositions import OutcomeRates
from survey.quality.figures import figure, percent
from survey.quality.report import FieldworkReport

_SHOWN = 5
SUSPICIOUS = 0.05
"""Adjusted p below which a drift is told."""


def as_json(value: object, language: Language) -> Any:  # noqa: ANN401 - plain data
    """A report, or any part of it, as plain data; messages in `language`."""
    if isinstance(value, Message):
        return value.text(language)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_json(getattr(value, one.name), language) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(one, language) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(one, language) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def sentences(report: FieldworkReport) -> Iterator[Message]:
    """The report in short: counts, rates, and what stands out."""
    yield say("{interviews} interviews by {interviewers} interviewers.",
              interviews=report.interviews, interviewers=report.interviewers)  # fmt: skip
    for why, count in report.excluded.items():
        yield say("{count} interviews are excluded: {why}", count=count, why=why)
    if report.outcomes is not None:
        yield _rates(report.outcomes.counted)
        if (weighted := report.outcomes.weighted) is not None:
            yield say("By design weights: RR1 {rr1}%, RR3 {rr3}% (e = {e}).",
                      rr1=percent(weighted.rates["RR1"]), rr3=percent(weighted.rates["RR3"]),
                      e=figure(weighted.e, decimals=3))  # fmt: skip
    yield from _signs(report)
    yield from _interviewers(report)
    yield from _checked(report)
    yield from _plan(report)
    yield from _drifting(report)
    yield from report.notes


def _rates(found: OutcomeRates) -> Message:
    def shown(name: str) -> Text:
        return percent(found.rates[name])

    return say("{cases} cases: RR1 {rr1}%, RR3 {rr3}%, RR5 {rr5}%, COOP1 {coop}%, REF1 {ref}%, CON1 {con}% "
               "(AAPOR; e = {e} by proportional allocation).", cases=found.cases,
               rr1=shown("RR1"), rr3=shown("RR3"), rr5=shown("RR5"), coop=shown("COOP1"),
               ref=shown("REF1"), con=shown("CON1"),
               e=figure(found.e, decimals=3))  # fmt: skip


def _signs(report: FieldworkReport) -> Iterator[Message]:
    if report.matches is not None:
        line = report.matches
        yield say("Percent match over {items} items: median {median}%, highest {top}%; by chance at "
                  "most {line}%.", items=line.items, median=percent(line.median),
                  top=percent(line.top), line=percent(line.line))  # fmt: skip
    counts = Counter(one.rule for one in report.signs)
    for rule, count in counts.items():
        own = [one for one in report.signs if one.rule == rule]
        yield say("{count} interviews flagged {rule}, for instance:", count=count, rule=rule)
        for one in own[:_SHOWN]:
            yield say("  {record} ({interviewer}): {message}", record=one.record,
                      interviewer=one.interviewer or "-", message=one.message)  # fmt: skip
    if any(count > _SHOWN for count in counts.values()):
        yield say("--format json lists all flags.")


def _interviewers(report: FieldworkReport) -> Iterator[Message]:
    known = [one for one in report.effects if one.icc is not None]
    for one in sorted(known, key=lambda one: -(one.icc or 0))[:3]:
        low, high = (figure(end, decimals=3) for end in one.ci)
        yield say("Interviewer effect on {item}: ICC {icc} ({low} to {high}), design effect {deff}.",
                  item=one.item, icc=figure(one.icc, decimals=3), low=low, high=high,
                  deff=figure(one.deff, decimals=2))  # fmt: skip
    for mean in report.by_interviewer:
        if mean.stands == "alarm":
            yield say("Interviewer {name}, {habit}: {mean} in {count} interviews, outside {low} to "
                      "{high}.", name=mean.interviewer, habit=mean.indicator,
                      mean=figure(mean.mean, decimals=3), count=mean.interviews,
                      low=figure(mean.limits[0], decimals=3),
                      high=figure(mean.limits[1], decimals=3))  # fmt: skip
    if report.ages is not None and report.ages.whipple is not None:
        yield say("Ages: Whipple's index {whipple}, Myers' {myers}.",
                  whipple=figure(report.ages.whipple, decimals=0),
                  myers=figure(report.ages.myers, decimals=1))  # fmt: skip


def _checked(report: FieldworkReport) -> Iterator[Message]:
    for one in () if report.back_checks is None else report.back_checks.items:
        yield say("Back-check of {item}: {agreed}% of {pairs} agree, kappa {kappa}.",
                  item=one.item, agreed=percent(one.agreed), pairs=one.pairs,
                  kappa=figure(one.kappa, decimals=2))  # fmt: skip


def _plan(report: FieldworkReport) -> Iterator[Message]:
    short = [one for one in report.quotas if one.kind == "psu" and one.missing > 0]
    if short:
        yield say("{count} sampling points are short of their plan, by {missing} interviews.",
                  count=len(short), missing=round(sum(one.missing for one in short)))  # fmt: skip


def _drifting(report: FieldworkReport) -> Iterator[Message]:
    for one in report.drift:
        if one.adjusted < SUSPICIOUS:
            yield say("{item} changed during fieldwork, most likely after {day} (p = {p} after "
                      "adjustment for {count} items).", item=one.item,
                      day={"vi": f"{one.break_on:%d/%m/%Y}", "en": one.break_on.isoformat()}, p=figure(one.adjusted, decimals=4),
                      count=len(report.drift))  # fmt: skip
