"""How the numbers were made, how the weights came about, and what all of it rests on."""

from collections.abc import Iterator

from analysis.provenance_result import Scoring
from analysis.weighting_result import MarginFit, WeightingReport
from instruments.language import Message, say
from instruments.plan import Indicator
from reports import recipe
from reports.document import Bullets, Cell, Column, Prose, Section, Table
from reports.edition import Edition
from reports.format import Formatter

HASH_SHOWN = 12
"""Leading digits of a hash on paper; the result file holds it whole."""

_RESPONSES: dict[str, Message] = {
    "accepted": say("accepted: {count}"),
    "quarantined": say("in quarantine: {count}"),
    "excluded": say("taken out by a person: {count}"),
    "duplicates": say("duplicates: {count}"),
    "base": say("in the base: {count}"),
    "outside_base": say("outside the base: {count}"),
    "scored": say("scored: {count}"),
}


def method(edition: Edition) -> Section:
    """The method note: data, estimates, the verdict rule, and what counts as having it."""
    paragraphs = tuple(edition.tell(message) for message in _method(edition))
    title = edition.tell(say("Method"))
    return Section(id="method", title=title, blocks=(Prose(paragraphs=paragraphs),))


def weighting(edition: Edition) -> Section:
    """What was done to the weights, how far each margin was off before and is now, what is missing."""
    report = edition.analysis.weighting
    paragraphs = tuple(edition.tell(message) for message in _weighting(edition, report))
    prose = Prose(paragraphs=paragraphs)
    title = edition.tell(say("Weighting"))
    margins = (_margins(edition, report),) if report.margins else ()
    blocks = (prose, *recipe.blocks(edition, report), *margins)
    return Section(id="weighting", title=title, blocks=blocks)


def notes(edition: Edition) -> Section:
    """Warnings of the analysis and the plan's own notes."""
    warnings = [edition.tell(warning) for warning in edition.analysis.warnings]
    remarks = [
        f"{result.target}: {edition.tell(note)}"
        for result in edition.results(edition.current_phase())
        for note in result.notes
        if result.verdict.word != "no_data"
    ]
    items = (*warnings, *remarks, *(edition.read(note) for note in edition.plan.notes))
    blocks = (Bullets(items=items),) if items else ()
    return Section(id="notes", title=edition.tell(say("Warnings and notes")), blocks=blocks)


def footer(edition: Edition) -> tuple[str, ...]:
    """What the numbers rest on: hashes of data, definitions and journal, and the code's version."""
    rests = edition.analysis.provenance
    instruments = ", ".join(
        f"{name} {value[:HASH_SHOWN]}" for name, value in rests.instruments.items()
    )
    line = say(
        "Data snapshot {snapshot}; plan {plan}; instruments: {instruments}; settings {settings}; "
        "hieuluat {version}; study {study}.",
        snapshot=rests.snapshot[:HASH_SHOWN],
        plan=rests.plan[:HASH_SHOWN],
        instruments=instruments,
        settings=rests.settings[:HASH_SHOWN],
        version=rests.version,
        study=rests.study,
    )
    if edition.is_public or not rests.journal:
        return (edition.tell(line),)
    head = say("Head of the journal {head}: by it, `hieuluat journal` proves that no answer was "
               "changed unseen since.", head=rests.journal[:HASH_SHOWN])  # fmt: skip
    return (edition.tell(line), edition.tell(head))


def _method(edition: Edition) -> Iterator[Message]:
    yield say("Responses: {counts}.", counts="; ".join(_responses(edition)))
    yield (
        say(
            "Shares are weighted for the way in which people were selected; their standard errors by "
            "Taylor linearization over primary sampling units, their intervals on the logit scale with "
            "the t distribution. Intervals cover sampling error only."
        )
        if edition.analysis.latent is None
        else say(
            "Shares are weighted for the way in which people were selected; their standard errors by "
            "Taylor linearization over primary sampling units, their intervals on the logit scale with "
            "the t distribution. Intervals of the targets and groups cover sampling, the error of the "
            "items, and that of a panel's cut."
        )
    )
    yield say(
        "Verdict: met (before the deadline: at the target level) when the lower limit of the "
        "printed interval reaches the target; not met (before the deadline: below the target) when "
        "the upper limit stays below it; otherwise it cannot be concluded. Administrative figures "
        "are compared directly; where units have not reported, a verdict is given only if it "
        "holds whatever they report."
    )
    yield from counted(edition)
    if edition.analysis.scoring is not None:
        yield from _scoring(edition, edition.analysis.scoring)


def counted(edition: Edition) -> Iterator[Message]:
    """Who counts as having what a target asks."""
    for indicator in _measured(edition):
        yield _indicator(edition, indicator)


def _measured(edition: Edition) -> list[Indicator]:
    """What the survey targets with an estimate are about, each once."""
    results = [each for each in edition.analysis.targets if each.estimate is not None]
    found = [edition.indicator(edition.target(each.target)) for each in results]
    return list({each.id: each for each in found if each is not None}.values())


def _responses(edition: Edition) -> Iterator[str]:
    for key, count in edition.analysis.responses.items():
        shown = edition.numbers.count(count)
        template = _RESPONSES.get(key)
        if template is None:
            yield f"{key}: {shown}"
        else:
            yield edition.tell(Message(template.template, {"count": shown}))


def _indicator(edition: Edition, indicator: Indicator) -> Message:
    cuts = ", ".join(
        edition.tell(
            say(
                "{level} of the points of {dimension}",
                level=edition.numbers.threshold(cut.at_least),
                dimension=edition.inline(cut.dimension),
            )
        )
        for cut in indicator.cuts
    )
    label = edition.read(indicator.label)
    if indicator.joint == "both":
        return say("Counted as “{label}”: who reaches all of: {cuts}.", label=label, cuts=cuts)
    if indicator.joint == "either":
        return say("Counted as “{label}”: who reaches any of: {cuts}.", label=label, cuts=cuts)
    return say("“{label}”: the average of the shares that reach: {cuts}.", label=label, cuts=cuts)


def _scoring(edition: Edition, rules: Scoring) -> Iterator[Message]:
    """Who has a score, who has none, and what don't-know means."""
    without = "; ".join(
        f"{edition.inline(dimension)}: {edition.numbers.count(count)}"
        for dimension, count in rules.unscored.items()
    )
    yield say(
        "A person has a score on a dimension with answers to at least {share} of its items; "
        "persons without a score count in no share of that dimension ({without}).",
        share=edition.numbers.threshold(rules.least_answered),
        without=without,
    )
    wrong = [edition.inline(name) for name, rule in rules.dont_know.items() if rule == "wrong"]
    left = [edition.inline(name) for name, rule in rules.dont_know.items() if rule == "missing"]
    if wrong:
        yield say(
            "Don't know counts as a wrong answer for {dimensions}.", dimensions="; ".join(wrong)
        )
    if left:
        yield say("Don't know is left out, as a refusal is, for {dimensions}.",
                  dimensions="; ".join(left))  # fmt: skip


def _weighting(edition: Edition, report: WeightingReport) -> Iterator[Message]:
    yield _diagnostics(edition, report)
    if report.distribution is not None:
        yield from recipe.shape(edition, report.distribution)
    if not report.converged:
        yield say("The weights did not converge: no conclusion rests on them.")
    if not report.margins:
        yield say("No population figures were given: responses count by their selection alone.")
    if report.missing_margins:
        names = "; ".join(edition.inline(margin) for margin in report.missing_margins)
        yield say("Population figures that are missing: {margins}.", margins=names)
    for margin, origin in report.sources.items():
        yield say(
            "Source of {margin}: {source} ({base}, as of {day}).",
            margin=edition.inline(margin),
            source=edition.read(origin.source),
            base=edition.read(origin.base),
            day=edition.numbers.day(origin.as_of),
        )


def _diagnostics(edition: Edition, report: WeightingReport) -> Message:
    numbers: Formatter = edition.numbers
    return say(
        "Base: {base}. Design effect of the weights {deff}; effective sample {n_eff}; "
        "weights from {minimum} to {maximum} times their mean.",
        base=edition.read(report.base),
        deff=numbers.number(report.kish_deff, decimals=2),
        n_eff=numbers.count(report.n_eff),
        minimum=numbers.number(report.minimum, decimals=2),
        maximum=numbers.number(report.maximum, decimals=2),
    )


def _margins(edition: Edition, report: WeightingReport) -> Table:
    return Table(
        caption=edition.tell(say("Population shares, before and after weighting")),
        columns=(
            Column(title=edition.tell(say("Category")), share=3),
            Column(title=edition.tell(say("Population")), share=1, numeric=True),
            Column(title=edition.tell(say("Before")), share=1, numeric=True),
            Column(title=edition.tell(say("After")), share=1, numeric=True),
        ),
        rows=tuple(_margin_row(edition, fit) for fit in report.margins),
    )


def _margin_row(edition: Edition, fit: MarginFit) -> tuple[Cell, ...]:
    shares = (edition.numbers.percent(share) for share in (fit.target, fit.before, fit.after))
    name = f"{edition.name(fit.margin)}: {edition.category(fit)}"
    return (Cell(text=name), *(Cell(text=share) for share in shares))
