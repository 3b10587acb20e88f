"""Knowledge out of date: who still answers by an amended law, and who was asked while a law changed."""

from analysis.law_result import TransitionReport
from analysis.result import Estimate
from instruments.language import say
from reports.document import Block, Cell, Column, Section, Table
from reports.edition import Edition


def old_law(edition: Edition) -> Section:
    """The items whose law was amended, then those asked while their law changed; nothing without."""
    found = edition.analysis.old_law
    blocks: tuple[Block, ...] = (_table(edition),) if found else ()
    if edition.analysis.transitions:
        blocks += (_transitions(edition),)
    title = edition.as_planned(edition.tell(say("Answers of the old law")), found)
    return Section(id="old-law", title=title, blocks=blocks)


def _table(edition: Edition) -> Table:
    note = say("An answer that only the former law made right, given after the law changed. It is "
               "knowledge out of date: those who give it knew the law once.")  # fmt: skip
    ordered = sorted(edition.analysis.old_law, key=lambda one: -(one.estimate or 0.0))
    return Table(
        caption=edition.tell(say("Share of those asked who still answer by the old law")),
        columns=(
            Column(title=edition.tell(say("Question")), share=5),
            Column(title=edition.tell(say("Share and interval")), share=2, numeric=True),
            Column(title=edition.tell(say("Respondents")), share=1.2, numeric=True),
        ),
        rows=tuple(_row(edition, one) for one in ordered),
        notes=(edition.tell(note),),
    )


def _transitions(edition: Edition) -> Table:
    note = say("While a law is news an answer may be by the law before it or the law to come. Each is "
               "scored by the key that held on the day of its interview: before the change by the "
               "former one, or not at all where the question has none, and from that day by the new "
               "one. The time begins when the law was promulgated, where the questionnaire says so.")  # fmt: skip
    return Table(
        caption=edition.tell(say("Answers given while the law changed")),
        columns=(
            Column(title=edition.tell(say("Question")), share=4),
            Column(title=edition.tell(say("Law and change")), share=2.2),
            Column(title=edition.tell(say("Share of its answers")), share=1.6, numeric=True),
            Column(title=edition.tell(say("Before that day")), share=1.5, numeric=True),
            Column(title=edition.tell(say("From that day")), share=1.5, numeric=True),
        ),
        rows=tuple(_transition(edition, one) for one in edition.analysis.transitions),
        notes=(edition.tell(note),),
    )  # fmt: skip


def _transition(edition: Edition, one: TransitionReport) -> tuple[Cell, ...]:
    numbers, share = edition.numbers, one.share
    span = say("{opens} to {closes}", opens=numbers.day(one.opens), closes=numbers.day(one.closes))
    limits = "" if share.ci == (None, None) else f"({edition.interval(share)})"
    former = say("by the former key") if one.has_former_key else say("not scored")
    return (
        Cell(text=edition.name(one.item)),
        Cell(text=", ".join(each for each in (one.law, one.article, numbers.day(one.changes)) if each),
             note=edition.tell(span)),
        Cell(text=edition.share(share), note=limits),
        Cell(text=numbers.count(one.before), note=edition.tell(former) if one.before else ""),
        Cell(text=numbers.count(one.after),
             note=edition.tell(say("by the new key")) if one.after else ""),
    )  # fmt: skip


def _row(edition: Edition, one: Estimate) -> tuple[Cell, ...]:
    limits = "" if one.ci == (None, None) else f"({edition.interval(one)})"
    return (
        Cell(text=edition.name(one.of)),
        Cell(text=edition.share(one), note=limits),
        Cell(text=edition.respondents(one)),
    )
