"""How answers to questions of opinion and conduct are distributed: diverging bars, and their tables."""

import re
from collections.abc import Sequence

from analysis.answers import HALF
from analysis.disclosure.screen import code_of
from analysis.result import AnswerShares, Estimate
from instruments.language import say
from reports.document import Block, Cell, Column, Prose, Section, Table
from reports.edition import Edition
from reports.likert import Likert, LikertRow, Segment, Tone
from reports.wording import sentence

_QUOTED = re.compile('[“"](.+)[”"]')


_READING = say(
    "For is an answer worth more than half of the question's points, against one worth less. Shares are "
    "of those who gave an answer."
)


def opinions(edition: Edition) -> Section:
    """Questions whose answers have an order as bars; then each question's answers in a table."""
    found = edition.analysis.answers
    drawn = [one for one in found if one.is_scale and _is_whole(one)]
    blocks: list[Block] = []
    if drawn:
        blocks += [Prose(paragraphs=(edition.tell(_READING),)), _picture(edition, drawn)]
    blocks += [_table(edition, one) for one in found]
    title = edition.tell(say("Opinions and conduct"))
    return Section(id="opinions", title=title, blocks=tuple(blocks))


def statement(edition: Edition, path: str) -> str:
    """What a question asks about: the statement that it quotes, else the question itself."""
    name = edition.name(path)
    quoted = _QUOTED.search(name)
    return name if quoted is None else sentence(quoted[1])


def answer_name(edition: Edition, one: Estimate) -> str:
    """What an answer is called."""
    return edition.name(f"{one.of}={one.level}")


def _is_whole(one: AnswerShares) -> bool:
    """Whether every part of the bar may be printed."""
    return all(code_of(each) is None and each.estimate is not None for each in one.shares)


def _picture(edition: Edition, drawn: Sequence[AnswerShares]) -> Likert:
    title = edition.tell(say("Answers for and against obeying the law"))
    told = "; ".join(_described(edition, one) for one in drawn)
    tones: tuple[tuple[Tone, str], ...] = (
        ("against", edition.tell(say("against"))), ("between", edition.tell(say("in between"))),
        ("for", edition.tell(say("for"))),
    )  # fmt: skip
    return Likert(
        id="opinions", title=title, stamp=edition.stamp,
        description=f"{edition.stamp}. {told}." if edition.stamp else f"{told}.",
        rows=tuple(_row(edition, one) for one in drawn), tones=tones,
        end_label=edition.tell(say("hatched: the strongest answer")),
        text_label=edition.tell(say("for (interval)")),
    )  # fmt: skip


def _row(edition: Edition, one: AnswerShares) -> LikertRow:
    ordered = sorted(enumerate(one.shares), key=lambda pair: _from_against(one, *pair))
    last = len(ordered) - 1
    return LikertRow(
        label=statement(edition, one.item),
        text=_in_a_line(edition, one.favourable),
        segments=tuple(
            Segment(share=each.estimate or 0.0, text=edition.share(each), tone=_tone(one, each),
                    is_end=at in (0, last))
            for at, (_, each) in enumerate(ordered)
        ),
    )  # fmt: skip


def _from_against(one: AnswerShares, place: int, each: Estimate) -> tuple[float, int]:
    """By what an answer is worth; among equals in the scale's own direction."""
    first, last = (one.credit[end.level or ""] for end in (one.shares[0], one.shares[-1]))
    return one.credit[each.level or ""], place if first < last else -place


def _tone(one: AnswerShares, each: Estimate) -> Tone:
    worth = one.credit[each.level or ""]
    return "for" if worth > HALF else "against" if worth < HALF else "between"


def _in_a_line(edition: Edition, found: Estimate) -> str:
    shown = edition.share(found)
    return shown if found.ci == (None, None) else f"{shown} ({edition.interval(found)})"


def _described(edition: Edition, one: AnswerShares) -> str:
    parts = ", ".join(f"{answer_name(edition, each)} {edition.share(each)}" for each in one.shares)
    whole = edition.tell(say("for, altogether: {share}", share=_in_a_line(edition, one.favourable)))
    return f"{statement(edition, one.item)}: {parts}, {whole}"


def _table(edition: Edition, one: AnswerShares) -> Table:
    """The answers to a question in the order of the form, then those for obeying the law together."""
    note = say("{count} people gave an answer; {share} of those asked gave none: they did not know, did "
               "not want to say, or had no occasion.", count=edition.respondents(one.favourable),
               share=edition.share(one.unanswered))  # fmt: skip
    together = Cell(text=edition.tell(say("For, altogether")))
    return Table(
        caption=statement(edition, one.item),
        columns=(
            Column(title=edition.tell(say("Answer")), share=4),
            Column(title=edition.tell(say("Share")), share=2, numeric=True),
        ),
        rows=(
            *((Cell(text=answer_name(edition, each)), Cell(text=_in_a_line(edition, each)))
              for each in one.shares),
            (together, Cell(text=_in_a_line(edition, one.favourable))),
        ),
        notes=(edition.tell(note),),
    )  # fmt: skip
