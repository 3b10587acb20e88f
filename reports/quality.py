"""The quality page: how the sample was drawn, what became of it, and what the numbers cannot bear."""

from collections.abc import Iterator

from analysis.fieldwork_result import Fieldwork, Outcome, OutcomeRate, SampleReport
from analysis.modes import named
from analysis.weighting_result import MarginFit, WeightingReport
from instruments.language import Message, say
from reports.cautions import cautions
from reports.document import Block, Bullets, Cell, Column, Prose, Section, Table
from reports.edition import Edition
from reports.wording import sentence

OUTCOMES: dict[str, Message] = {
    "I": say("Complete interview"), "P": say("Partial interview"),
    "R": say("Refusal or break-off"), "NC": say("Not contacted"),
    "O": say("Eligible, not interviewed for another reason"),
    "UH": say("Unknown whether a household is there"),
    "UO": say("Eligibility unknown for another reason"), "NE": say("Not eligible"),
}  # fmt: skip
"""Final dispositions by their letters (`survey.dispositions`)."""
RATES: dict[str, Message] = {
    "RR1": say("Complete interviews of all who are or may be eligible: the least response rate"),
    "RR2": say("The same, partial interviews included"),
    "RR3": say("Complete interviews, of cases of unknown eligibility only the share e counted"),
    "RR4": say("The same with e, partial interviews included"),
    "RR5": say("Complete interviews of those known to be eligible: the greatest response rate"),
    "RR6": say("The greatest, partial interviews included"),
    "COOP1": say("Complete interviews of those contacted"),
    "COOP2": say("Interviews of those contacted, partial ones included"),
    "COOP3": say("Complete interviews of those contacted and able to take part"),
    "COOP4": say("Interviews of those contacted and able, partial ones included"),
    "REF1": say("Refusals of all who are or may be eligible"),
    "REF2": say("Refusals, of cases of unknown eligibility only the share e counted"),
    "REF3": say("Refusals of those known to be eligible"),
    "CON1": say("Contacted, of all who are or may be eligible"),
    "CON2": say("Contacted, of cases of unknown eligibility only the share e counted"),
    "CON3": say("Contacted, of those known to be eligible"),
}
"""AAPOR's rates by what they mean (Standard Definitions, 10th edition)."""


def quality(edition: Edition) -> Section:
    """The survey at a glance, outcomes and rates of the sample, and what was taken out."""
    found = edition.analysis.fieldwork
    title = edition.tell(say("Data quality"))
    if found is None:
        return Section(id="quality", title=title, blocks=())
    blocks: list[Block] = [_glance(edition, found)]
    if found.sample is None:
        blocks.append(Prose(paragraphs=(edition.tell(_NO_LIST),)))
    else:
        blocks += [_outcomes(edition, found.sample), _rates(edition, found.sample)]
    blocks.append(_excluded(edition, found))
    return Section(id="quality", title=title, blocks=tuple(blocks))


def strengths(edition: Edition) -> Section:
    """What speaks for the numbers, as far as the study shows it."""
    items = tuple(edition.tell(one) for one in _strengths(edition))
    title = edition.tell(say("Strengths"))
    return Section(id="strengths", title=title, blocks=(Bullets(items=items),) if items else ())


def limitations(edition: Edition) -> Section:
    """What speaks against them, and what they must not be used for."""
    if edition.analysis.fieldwork is None:
        return Section(id="limitations", title="", blocks=())
    items = tuple(edition.tell(one) for one in _limitations(edition, edition.analysis.fieldwork))
    misuse = Prose(paragraphs=(edition.tell(say("The numbers must not be used to conclude:")),))
    title = edition.tell(say("Limitations"))
    return Section(id="limitations", title=title,
                   blocks=(Bullets(items=items), misuse, *cautions(edition).blocks))  # fmt: skip


_NO_LIST = say(
    "No response rate can be given: the study has no list of the cases that were drawn. Fill "
    "sample/dispositions.xlsx with every case and its outcome, and name that file under "
    "sample.dispositions in study.yaml."
)


def _glance(edition: Edition, found: Fieldwork) -> Table:
    return Table(
        caption=edition.tell(say("The survey at a glance")),
        columns=(
            Column(title=edition.tell(say("Aspect")), share=1.2),
            Column(title=edition.tell(say("What holds of it")), share=4),
        ),
        rows=tuple((Cell(text=edition.tell(head)), Cell(text=said))
                   for head, said in _aspects(edition, found)),
    )  # fmt: skip


def _aspects(edition: Edition, found: Fieldwork) -> Iterator[tuple[Message, str]]:
    rests, count, tell = edition.analysis.provenance, edition.numbers.count, edition.tell
    no_frame = say("Not told; write it under sample.frame in study.yaml.")
    no_mode = say("Not told; write it under wave.mode in study.yaml.")
    yield say("Sampling frame"), edition.read(found.frame) if found.frame else tell(no_frame)
    yield say("Sample"), tell(say("{psus} primary sampling units in {strata} strata",
                                  psus=count(found.psus), strata=count(found.strata)))  # fmt: skip
    yield say("Mode"), _mode(edition, found) or tell(no_mode)
    if rests.fieldwork is not None:
        first, last = (edition.numbers.day(day) for day in rests.fieldwork)
        yield say("Interviews"), tell(say("{count}, from {first} to {last}",
                                          count=count(found.interviews), first=first, last=last))  # fmt: skip
    yield from _weights(edition, edition.analysis.weighting)


def _mode(edition: Edition, found: Fieldwork) -> str:
    """The mode that the settings name, then the share of each where interviews mixed several."""
    mode = named(edition.analysis.provenance.mode)
    told = [sentence(mode if isinstance(mode, str) else edition.tell(mode))]
    if len(found.modes) > 1:
        shares = (f"{edition.inline(f'{found.mode_item}={code}')} {edition.numbers.percent(share)}"
                  for code, share in found.modes.items())  # fmt: skip
        told.append(
            edition.tell(say("of the interviews, weighted: {shares}", shares="; ".join(shares)))
        )
    return ". ".join(sentence(one) for one in told if one)


def _weights(edition: Edition, report: WeightingReport) -> Iterator[tuple[Message, str]]:
    numbers, tell = edition.numbers, edition.tell
    yield say("Base"), edition.read(report.base)
    yield say("Weights"), tell(say(
        "Design effect of the weights {deff} (Kish), effective sample {n_eff}; from {minimum} to "
        "{maximum} times their mean",
        deff=numbers.number(report.kish_deff, decimals=2), n_eff=numbers.count(report.n_eff),
        minimum=numbers.number(report.minimum, decimals=2),
        maximum=numbers.number(report.maximum, decimals=2),
    ))  # fmt: skip
    is_trimmed = any(one.method == "trim" for one in report.steps)
    limits = say("Weights were kept within limits; see the section on weighting.")
    yield say("Trimming"), tell(limits if is_trimmed else say("No weight was trimmed."))
    worst = max(report.margins, key=_apart, default=None)
    if worst is not None:
        yield say("Worst margin after weighting"), tell(_margin(edition, worst))


def _margin(edition: Edition, worst: MarginFit) -> Message:
    after, target = map(edition.numbers.percent, (worst.after, worst.target))
    if after == target:
        return say("Every margin is met.")
    name = f"{edition.name(worst.margin)}: {edition.category(worst)}"
    return say("{name}: {after} against {target} in the population", name=name, after=after,
               target=target)  # fmt: skip


def _apart(fit: MarginFit) -> float:
    return abs(fit.difference_after or 0.0)


def _outcomes(edition: Edition, found: SampleReport) -> Table:
    note = say("{cases} cases were drawn. Outcomes and rates: AAPOR, Standard Definitions.",
               cases=edition.numbers.count(found.cases))  # fmt: skip
    return Table(
        caption=edition.tell(say("What became of every case that was drawn")),
        columns=(
            Column(title=edition.tell(say("Outcome")), share=4),
            *_numeric(edition, say("Cases"), say("Share"), say("By design weights")),
        ),
        rows=tuple(_outcome(edition, one) for one in found.outcomes),
        notes=(edition.tell(note),),
    )


def _outcome(edition: Edition, one: Outcome) -> tuple[Cell, ...]:
    name = edition.tell(OUTCOMES[one.code])
    return (
        Cell(text=f"{name} ({one.code})"),
        Cell(text=edition.numbers.count(one.cases)),
        Cell(text=edition.numbers.percent(one.share)),
        _share(edition, one.weighted),
    )


def _rates(edition: Edition, found: SampleReport) -> Table:
    return Table(
        caption=edition.tell(say("Response, cooperation, refusal and contact rates")),
        columns=(
            Column(title=edition.tell(say("AAPOR rate")), share=1),
            Column(title=edition.tell(say("What it is")), share=4),
            *_numeric(edition, say("By cases"), say("By design weights")),
        ),
        rows=tuple(_rate(edition, one) for one in found.rates),
        notes=(_eligible(edition, found), edition.tell(say(
            "Rates are shares of the sample and have no interval. A low rate does not prove that "
            "the numbers are off, and a high one not that they are right."))),
    )  # fmt: skip


def _eligible(edition: Edition, found: SampleReport) -> str:
    if found.e is None:
        return edition.tell(say("e cannot be worked out: no case's eligibility is known."))
    return edition.tell(say(
        "e, the share of cases of unknown eligibility that count as eligible: {e}, as among the "
        "cases whose eligibility is known.", e=edition.numbers.percent(found.e)))  # fmt: skip


def _rate(edition: Edition, one: OutcomeRate) -> tuple[Cell, ...]:
    meant = edition.tell(RATES[one.name])
    return (Cell(text=one.name), Cell(text=meant), _share(edition, one.by_cases),
            _share(edition, one.by_weights))  # fmt: skip


def _excluded(edition: Edition, found: Fieldwork) -> Block:
    if not found.excluded:
        return Prose(paragraphs=(edition.tell(say("No accepted interview was taken out.")),))
    return Table(
        caption=edition.tell(say("Accepted interviews that a person took out")),
        columns=(
            Column(title=edition.tell(say("Reason")), share=4),
            *_numeric(edition, say("Interviews")),
        ),
        rows=tuple((Cell(text=one.why), Cell(text=edition.numbers.count(one.cases)))
                   for one in found.excluded),
    )  # fmt: skip


def _numeric(edition: Edition, *heads: Message) -> Iterator[Column]:
    return (Column(title=edition.tell(head), share=1, numeric=True) for head in heads)


def _share(edition: Edition, value: float | None) -> Cell:
    return Cell(text="–" if value is None else edition.numbers.percent(value))


def _strengths(edition: Edition) -> Iterator[Message]:
    found, report = edition.analysis.fieldwork, edition.analysis.weighting
    if found is None:
        return
    if found.has_weights:
        yield say("People were drawn with known chances, and count by the inverse of these.")
    if report.margins and report.converged:
        names = dict.fromkeys(edition.inline(fit.margin) for fit in report.margins)
        yield say("Weights reproduce known population figures: {margins}.",
                  margins="; ".join(names))  # fmt: skip
    if found.sample is not None:
        yield say("The outcome of every case that was drawn is on record.")
    if edition.analysis.latent is not None:
        yield say("Shares are corrected for the error of a short test, and their intervals hold "
                  "the error of its items.")  # fmt: skip
    if edition.analysis.provenance.journal:
        yield say("Every number can be derived anew from frozen data (`hieuluat verify`), and the "
                  "journal shows whether an answer was changed.")  # fmt: skip


def _limitations(edition: Edition, found: Fieldwork) -> Iterator[Message]:
    report = edition.analysis.weighting
    if not found.has_weights:
        yield say("No selection weights: every answer counts alike, whatever its chance was.")
    if report.missing_margins:
        names = "; ".join(edition.inline(margin) for margin in report.missing_margins)
        yield say("Not weighted to {margins}, for want of population figures: where respondents and "
                  "others differ in these, numbers may be off.", margins=names)  # fmt: skip
    if found.sample is None:
        yield say("How many did not take part is not known, so nothing can be said of nonresponse.")
    else:
        least = found.sample.rates[0]
        yield say("Response rate {rate} ({name}). Those who did not take part may know more or less "
                  "than others; intervals do not cover that.", name=least.name,
                  rate=edition.numbers.percent(least.by_cases))  # fmt: skip
        if found.sample.held != found.interviews:
            yield say("The list of cases has {listed} interviews, the analysis {counted}.",
                      listed=edition.numbers.count(found.sample.held),
                      counted=edition.numbers.count(found.interviews))  # fmt: skip
    asked = {one.item for one in edition.analysis.transitions}
    if asked:
        yield say("{count} questions were asked while the law behind them changed: some of their answers "
                  "may be by the law before it, or the law to come.",
                  count=edition.numbers.count(len(asked)))  # fmt: skip
    if edition.analysis.answers:
        yield say("Opinions and conduct are what people say of themselves, and may be told in a "
                  "better light.")  # fmt: skip
