"""What leaders read first: the sentences, and the table of targets with their verdicts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from analysis.result import Estimate, TargetResult, Verdict
from instruments.language import Message, say
from instruments.plan import Phase, RateRule
from reports.cut_line import cut_line
from reports.document import Answer, Answers, Cell, Column, Section, Table
from reports.edition import Edition
from reports.floor import floors
from reports.wording import NO_SURVEY, WORDS, probability, said, sentence

HEADLINES = 2
"""Targets that get a sentence of their own; the last sentence counts them all."""

YEARS = 3
"""Years of a rate that the table of targets shows; the annex has them all."""

_FALLS: dict[RateRule, Message] = {
    "strict_each_year": say("falls every year"),
    "trend": say("falling trend"),
    "endpoints": say("lower at the end than at the start"),
    "strict_and_significant": say("falls every year, statistically clear"),
}


def answers(edition: Edition) -> Section:
    """The verdicts in words: the first survey targets each in a sentence, then a count of all."""
    phase = edition.current_phase()
    results = edition.results(phase)
    items = [
        _headline(edition, result, result.estimate)
        for result in results
        if result.estimate is not None
    ][:HEADLINES]
    return Section(
        id="answers",
        title=edition.tell(say("Conclusions")),
        blocks=(Answers(items=(*items, _tally(edition, phase, results))),),
    )


def verdict_table(edition: Edition) -> Section:
    """The table of the current phase; every other phase in a line below it."""
    current = edition.current_phase()
    lines = (_in_a_line(edition, phase) for phase in _others(edition))
    whole = _together(edition, current)
    notes = (*whole, *cut_line(edition, current), *floors(edition, current), *lines,
             *_claims(edition))  # fmt: skip
    table = replace(_table(edition, current), notes=notes)
    title = edition.tell(say("Targets"))
    return Section(id="targets", title=title, blocks=(table,) if table.rows else ())


def _together(edition: Edition, phase: Phase) -> Iterator[str]:
    """Targets that are reached only together, in one verdict."""
    for one in edition.analysis.joint:
        if one.phase == phase.id and one.verdict.word != "no_data":
            yield edition.tell(say(
                "{targets} together: {verdict} (met only where each of them is; not met where one is "
                "not).", targets=" + ".join(one.targets), verdict=said(one.verdict),
            ))  # fmt: skip


def _claims(edition: Edition) -> Iterator[str]:
    """What was officially said, with its source; nothing here tests it."""
    for one in edition.analysis.claims:
        day = "" if one.day is None else f", {edition.numbers.day(one.day)}"
        yield edition.tell(say(
            "Officially said of {target}, {phase}: “{said}” ({source}{day}). It is repeated here and "
            "was not tested.", target=one.target, phase=edition.read(edition.phase(one.phase).label),
            said=edition.read(one.said), source=edition.read(one.source), day=day,
        ))  # fmt: skip


def other_phases(edition: Edition) -> Section:
    """The tables of the other phases, with the targets of which something is known."""
    made = (_table(edition, phase, known_only=True) for phase in _others(edition))
    tables = [table for table in made if table.rows]
    title = edition.tell(say("Other phases"))
    return Section(id="phases", title=title, blocks=tuple(tables))


def verdict_cell(edition: Edition, result: TargetResult) -> Cell:
    """The verdict's word with its mark, the probability in brackets, or why there is none."""
    reasons = [edition.tell(note) for note in result.notes]
    unmeasured = result.verdict.word == "no_data"
    return Cell(
        text=judged(edition, _said(edition, result), result.verdict),
        note=" ".join(reasons) if unmeasured else _by_point(edition, result.verdict),
        mark=result.verdict.word,
    )


def judged(edition: Edition, said: Message, verdict: Verdict) -> str:
    """A verdict's word as it stands in a table, under a heading that explains the brackets."""
    text = sentence(edition.tell(said))
    if verdict.probability is None:
        return text
    return f"{text} ({edition.numbers.probability(verdict.probability)})"


def verdict_column(edition: Edition, *, share: float) -> Column:
    """The heading of verdicts in a table, which says what stands in brackets."""
    title = edition.tell(say("Verdict (probability of being at the target)"))
    return Column(title=title, short=edition.tell(say("Verdict")), share=share)


def threshold_text(edition: Edition, result: TargetResult) -> str:
    """The level that a target asks for, or how a rate must fall."""
    if result.threshold is not None:
        return edition.numbers.threshold(result.threshold)
    rule = edition.target(result.target).rate_rule
    return edition.tell(_FALLS[rule]) if rule else "–"


def is_unsurveyed(edition: Edition, result: TargetResult) -> bool:
    """Whether a survey should have told, and the phase is over without one."""
    by_survey = edition.target(result.target).measure in ("survey", "test")
    return by_survey and result.due and result.verdict.word == "no_data"


def _headline(edition: Edition, result: TargetResult, estimate: Estimate) -> Answer:
    threshold = result.threshold
    said = edition.tell(_said(edition, result))
    bracket = _bracketed(edition, result.verdict, due=result.due)
    numbers = edition.numbers
    text = say(
        "{target}: an estimated {estimate} ({confidence} confidence interval: {interval}), "
        "against the target of {threshold} (deadline {deadline}).",
        target=edition.read(edition.target(result.target).label),
        estimate=edition.share(estimate, against=threshold),
        confidence=numbers.threshold(estimate.confidence),
        interval=edition.interval(estimate, against=threshold),
        threshold=threshold_text(edition, result),
        deadline=numbers.day(result.deadline),
    )
    lead = sentence(f"{said} {bracket}".strip()) + "."
    return Answer(mark=result.verdict.word, lead=lead, text=edition.tell(text))


def _tally(edition: Edition, phase: Phase, results: tuple[TargetResult, ...]) -> Answer:
    said = [edition.tell(_said(edition, each)) for each in results]
    counts = Counter(said)
    parts = [
        edition.tell(say("{count} {verdict}", count=edition.numbers.count(count), verdict=verdict))
        for verdict, count in counts.items()
    ]
    text = say(
        "{count} targets: {tally}.",
        count=edition.numbers.count(len(results)),
        tally="; ".join(parts),
    )
    return Answer(lead=edition.read(phase.label) + ".", text=edition.tell(text))


def _table(edition: Edition, phase: Phase, *, known_only: bool = False) -> Table:
    known = [each for each in edition.results(phase) if each.verdict.word != "no_data"]
    caption = say(
        "{phase}, deadline {deadline}",
        phase=edition.read(phase.label),
        deadline=edition.numbers.day(phase.ends),
    )
    return Table(
        caption=edition.tell(caption),
        columns=(
            Column(title=edition.tell(say("Target")), share=4.5),
            Column(title=edition.tell(say("Level asked")), share=1.2, numeric=True),
            Column(
                title=_estimate_title(edition),
                short=edition.tell(say("Estimate")),
                share=2.4,
                numeric=True,
            ),
            verdict_column(edition, share=3.9),
        ),
        rows=tuple(
            _row(edition, each) for each in (known if known_only else edition.results(phase))
        ),
    )


def _row(edition: Edition, result: TargetResult) -> tuple[Cell, ...]:
    target = edition.target(result.target)
    return (
        Cell(text=f"{target.id}. {edition.read(target.label)}"),
        Cell(text=threshold_text(edition, result)),
        _evidence(edition, result),
        verdict_cell(edition, result),
    )


def _by_point(edition: Edition, verdict: Verdict) -> str:
    """What the point alone would say, where that differs: readers will work it out."""
    if verdict.by_point == verdict.word:
        return ""
    word = edition.tell(WORDS[verdict.by_point])
    return edition.tell(say("by the point alone: {word}", word=word))


def _evidence(edition: Edition, result: TargetResult) -> Cell:
    if result.estimate is not None:
        notes = [
            f"({edition.interval(result.estimate, against=result.threshold)})",
            _by_scores(edition, result),
            edition.doubts(result.estimate),
        ]
        return Cell(
            text=edition.share(result.estimate, against=result.threshold),
            note="; ".join(filter(None, notes)),
        )
    if result.count is not None:
        return Cell(
            text=edition.numbers.percent(result.count.share, against=result.threshold),
            note=edition.tell(say("administrative")),
        )
    if result.rates:
        return _rates(edition, result)
    return Cell(text="–")


def _by_scores(edition: Edition, result: TargetResult) -> str:
    """The share whose observed scores reach the cuts, beside that of the traits."""
    observed = None if result.estimate is None else result.estimate.observed
    if observed is None:
        return ""
    shown = edition.share(observed, against=result.threshold)
    return edition.tell(say("by scores: {share}", share=shown))


def _rates(edition: Edition, result: TargetResult) -> Cell:
    rates = sorted(result.rates, key=lambda rate: rate.year)[-YEARS:]
    note = say(
        "administrative, per {thousand}, {first} to {last}",
        thousand=edition.numbers.count(1000),
        first=str(rates[0].year),
        last=str(rates[-1].year),
    )
    shown = edition.numbers.series([rate.per_thousand for rate in rates])
    return Cell(text=" → ".join(shown), note=edition.tell(note))


def _said(edition: Edition, result: TargetResult) -> Message:
    return NO_SURVEY if is_unsurveyed(edition, result) else said(result.verdict)


def _bracketed(edition: Edition, verdict: Verdict, *, due: bool) -> str:
    if verdict.probability is None:
        return ""
    return f"({probability(verdict.probability, due=due, language=edition.language)})"


def _estimate_title(edition: Edition) -> str:
    estimates = [each.estimate for each in edition.analysis.targets if each.estimate is not None]
    if not estimates:
        return edition.tell(say("Figure"))
    level = edition.numbers.threshold(estimates[0].confidence)
    return edition.tell(say("Estimate ({confidence} interval)", confidence=level))


def _others(edition: Edition) -> list[Phase]:
    current = edition.current_phase()
    others = [phase for phase in edition.plan.phases if phase.id != current.id]
    return [phase for phase in others if edition.results(phase)]


def _in_a_line(edition: Edition, phase: Phase) -> str:
    """The verdicts of a phase, each with the targets that it is given on."""
    words = {each.target: edition.tell(_said(edition, each)) for each in edition.results(phase)}
    groups = [
        f"{', '.join(target for target in words if words[target] == said)}: {said}"
        for said in dict.fromkeys(words.values())
    ]
    line = say(
        "{phase} (deadline {deadline}): {verdicts}.",
        phase=edition.read(phase.label),
        deadline=edition.numbers.day(phase.ends),
        verdicts="; ".join(groups),
    )
    return edition.tell(line)
