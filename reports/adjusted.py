"""Awareness by exposure: the difference as it is and among people alike, worded as association."""

from collections.abc import Sequence

from analysis.result import AdjustedContrast, Estimate
from instruments.language import say
from reports.document import Block, Bullets, Cell, Column, Section, Table
from reports.edition import Edition, small
from reports.wording import sentence


def adjusted(edition: Edition) -> Section:
    """A table for each outcome, then what its numbers rest on."""
    found = edition.analysis.contrasts
    outcomes = dict.fromkeys(one.of for one in found)
    blocks: list[Block] = [
        _table(edition, [one for one in found if one.of == outcome]) for outcome in outcomes
    ]
    if found:
        blocks.append(Bullets(items=_assumptions(edition, found[0])))
    title = edition.tell(say("Differences between those reached and others"))
    return Section(id="adjusted", title=title, blocks=tuple(blocks))


def activity_name(edition: Edition, one: AdjustedContrast) -> str:
    """What an activity is called."""
    return edition.name(f"{one.path}={one.activity}")


def _table(edition: Edition, found: Sequence[AdjustedContrast]) -> Table:
    caption = say("Reached less not reached, in percentage points: {outcome}",
                  outcome=edition.inline(found[0].of))  # fmt: skip
    note = say("An association and no effect: no plus sign says that an activity works. Each "
               "interval holds by itself with {confidence}; among {count} activities some may "
               "differ from zero by chance.", confidence=edition.numbers.threshold(0.95),
               count=edition.numbers.count(len(found)))  # fmt: skip
    return Table(
        caption=edition.tell(caption),
        columns=(
            Column(title=edition.tell(say("Activity")), share=3),
            Column(title=edition.tell(say("As it is (interval)")), share=2.6, numeric=True),
            Column(title=edition.tell(say("Among people alike (interval)")), share=2.6,
                   numeric=True),
            Column(title=edition.tell(say("Respondents")), share=1.2, numeric=True),
        ),
        rows=tuple(_row(edition, one) for one in found),
        notes=(edition.tell(note),),
    )  # fmt: skip


def _row(edition: Edition, one: AdjustedContrast) -> tuple[Cell, ...]:
    people = "–" if one.adjusted is None else edition.numbers.count(one.adjusted.n)
    note = "" if one.note is None else edition.tell(one.note)
    return (
        Cell(text=activity_name(edition, one), note=note),
        _difference(edition, one.crude),
        _difference(edition, one.adjusted),
        Cell(text=people),
    )


def _difference(edition: Edition, found: Estimate | None) -> Cell:
    if found is None or found.estimate is None:
        return Cell(text="–")
    signed, (low, high) = edition.numbers.signed_points, found.ci
    limits = "" if low is None or high is None else f"({signed(low)}; {signed(high)})"
    return Cell(text=signed(found.estimate), note=limits)


def _assumptions(edition: Edition, one: AdjustedContrast) -> tuple[str, ...]:
    names = ", ".join(small(edition.variable({name: ""})) for name in one.covariates)
    said = (
        say("People are alike in: {names}. These were named in the settings of the study.",
            names=names),
        say("A logistic regression on the sample, its errors those of the design; the difference "
            "is averaged over everybody, all else as observed."),
        say("The outcome is each person's own score against the cuts, so it need not equal the "
            "share on the first page."),
        say("It would be an effect only if, among people alike in these, chance alone decided whom "
            "an activity reached, and nobody was reached through others. The survey cannot show "
            "that."),
        say("Who was reached is what people remember, and those who know more may remember more."),
    )  # fmt: skip
    return tuple(sentence(edition.tell(each)) for each in said)
