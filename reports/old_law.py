"""Knowledge out of date: how many still give the answer that an amended law has made wrong."""

from analysis.result import Estimate
from instruments.language import say
from reports.document import Block, Cell, Column, Section, Table
from reports.edition import Edition


def old_law(edition: Edition) -> Section:
    """A table of the items whose law was amended; nothing where none was."""
    found = edition.analysis.old_law
    blocks: tuple[Block, ...] = (_table(edition),) if found else ()
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


def _row(edition: Edition, one: Estimate) -> tuple[Cell, ...]:
    limits = "" if one.ci == (None, None) else f"({edition.interval(one)})"
    return (
        Cell(text=edition.name(one.of)),
        Cell(text=edition.share(one), note=limits),
        Cell(text=edition.respondents(one)),
    )
