"""How the weights came about, step by step, in words: what was done, to whom, and how far it went."""

from collections.abc import Iterator

from analysis.weighting_result import ClassFit, StepReport, WeightDistribution, WeightingReport
from instruments.language import Message, say
from reports.document import Bullets, Cell, Column, Table
from reports.edition import Edition

TOP = 0.01
"""The heaviest part of people whose share of all weight is told."""


def blocks(edition: Edition, report: WeightingReport) -> Iterator[Bullets | Table]:
    """The recipe's steps, and their classes where weight was handed over in some."""
    if report.steps:
        yield Bullets(items=tuple(edition.tell(_step(edition, one)) for one in report.steps))
    for one in report.steps:
        if one.classes:
            yield _classes(edition, one)


def shape(edition: Edition, found: WeightDistribution) -> Iterator[Message]:
    """How unequal the weights are."""
    numbers = edition.numbers
    yield say(
        "Coefficient of variation of the weights {cv}; the {part} of people with the greatest "
        "weights hold {share} of all weight.",
        cv=numbers.number(found.cv, decimals=2),
        part=numbers.threshold(TOP),
        share=numbers.percent(found.top_share),
    )
    if found.max_to_median is not None:
        yield say(
            "The greatest weight is {ratio} times the median.",
            ratio=numbers.number(found.max_to_median, decimals=2),
        )


def _step(edition: Edition, one: StepReport) -> Message:
    done = _of_cases(edition, one) or _to_totals(edition, one)
    if not one.by:
        return done
    return say(
        "{step} By itself within: {variables}.", step=done, variables=_names(edition, one.by)
    )


def _of_cases(edition: Edition, one: StepReport) -> Message | None:
    """Steps by which some cases stand for others."""
    facts = {
        "left_out": edition.numbers.count(one.left_out),
        "people": edition.numbers.count(one.people),
        "share": edition.numbers.percent(one.kept_share),
        "variables": _names(edition, one.variables),
    }
    match one.method:
        case "unknown_eligibility":
            template = say(
                "Unknown eligibility: {left_out} cases give their weight to the {people} whose "
                "eligibility is known, in classes by: {variables}. Weighted share of known "
                "eligibility {share}."
            )
        case "nonresponse":
            template = say(
                "Nonresponse: {people} respondents take over the weight of the eligible among "
                "{left_out} cases without an interview, in classes by: {variables}. Weighted "
                "response rate {share}."
            )
        case "propensity":
            template = say(
                "Nonresponse: {people} respondents take over the weight of the eligible among "
                "{left_out} cases without an interview, by a model of response on: {variables}. "
                "Weighted response rate {share}."
            )
        case _:
            return None
    return Message(template.template, facts)


def _to_totals(edition: Edition, one: StepReport) -> Message:
    """Steps that aim at known figures, or that cap weights."""
    names = _names(edition, one.variables)
    match one.method:
        case "poststratify":
            return say("Post-stratification to: {variables}.", variables=names)
        case "rake" | "raking":
            done = say("Raking to: {variables}.", variables=names)
        case "linear":
            done = say("Linear calibration (generalized regression) to: {variables}.",
                       variables=names)  # fmt: skip
        case "standardize":
            return say("Direct standardization by: {variables}.", variables=names)
        case "trim":
            return _trimmed(edition, one)
        case _:
            done = say("Calibration within bounds to: {variables}.", variables=names)
    low, high = one.limits or (None, None)
    if low is None or high is None:
        return done
    return say("{step} Factors kept from {low} to {high}.", step=done, low=_number(edition, low),
               high=_number(edition, high))  # fmt: skip


def _trimmed(edition: Edition, one: StepReport) -> Message:
    low, high = one.limits or (None, None)
    limits = [
        edition.tell(say("not below {limit}", limit=_number(edition, low))) if low else "",
        edition.tell(say("not above {limit}", limit=_number(edition, high))) if high else "",
    ]
    shown = ", ".join(limit for limit in limits if limit)
    if one.relative:
        return say(
            "Weights kept within limits, in multiples of their mean: {limits}.", limits=shown
        )
    return say("Weights kept within limits: {limits}.", limits=shown)


def _classes(edition: Edition, one: StepReport) -> Table:
    known = one.method == "unknown_eligibility"
    taking = say("Eligibility known") if known else say("Respondents")
    rate = say("Share known") if known else say("Response rate")
    return Table(
        caption=edition.tell(say("Classes by: {variables}",
                                 variables=_names(edition, one.variables))),
        columns=(
            Column(title=edition.tell(say("Class")), share=3),
            Column(title=edition.tell(say("Cases")), share=1, numeric=True),
            Column(title=edition.tell(taking), share=1, numeric=True),
            Column(title=edition.tell(rate), share=1, numeric=True),
            Column(title=edition.tell(say("Factor")), share=1, numeric=True),
        ),
        rows=tuple(_class_row(edition, one, each) for each in one.classes),
    )  # fmt: skip


def _class_row(edition: Edition, step: StepReport, one: ClassFit) -> tuple[Cell, ...]:
    numbers = edition.numbers
    figures = (numbers.count(one.cases), numbers.count(one.takers), numbers.percent(one.share),
               numbers.number(one.factor, decimals=2))  # fmt: skip
    levels = one.name.split(" × ")
    name = one.name
    if len(levels) == len(step.variables):
        name = edition.group(dict(zip(step.variables, levels, strict=True)))
    return (Cell(text=name), *(Cell(text=figure) for figure in figures))


def _names(edition: Edition, names: tuple[str, ...]) -> str:
    return "; ".join(edition.inline(name) for name in names) or edition.tell(say("all"))


def _number(edition: Edition, value: float) -> str:
    return edition.numbers.number(value, decimals=2)
