"""The booklet as PDF by typst: every text arrives as data and is set as it stands."""

import json
import re
from collections.abc import Sequence
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

import typst

from instruments.audience import has_assessor
from instruments.booklets import booklets_by_block, siblings
from instruments.errors import refusal
from instruments.forms.paper.code import refuse_unreadable
from instruments.forms.paper.copy import copy
from instruments.forms.paper.run import PrintRun
from instruments.language import Language, Message, say
from instruments.model import Block, Instrument, Item
from instruments.rotation import Draw, draw

_WORDS: dict[str, Message] = {
    "code": say("Form no."),
    "page": say("page {page}/{pages}", page="{page}", pages="{pages}"),
    "date": say("Date of the interview:"),
    "day": say("day"),
    "month": say("month"),
    "year": say("year"),
    "hour": say("hour"),
    "minute": say("minute"),
    "how": say("How to answer"),
    "tick": say("Put a cross (✗) in the box ☐ beside your answer."),
    "mend": say("To change an answer, blacken its box and cross another one."),
    "skips": say("Where a line begins with ▶, answer only if what it says is true of you;"
                 " otherwise go on to the next question."),
    "interviewer": say("For the interviewer:"),
    "interviewer_edition": say("Interviewer's edition"),
    "assessor": say("For the assessor:"),
    "assessor_edition": say("Assessor's edition: do not show it to the person assessed"),
    "sheet": say("Answer sheet"),
    "sheet_use": say("The letters are those of the options in the questionnaire."),
    "card": say("Card {number}", number="{number}"),
    "thanks": say("Thank you for your answers."),
}  # fmt: skip

_UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffe\\uffff]")
_LONG_WORD, _PIECE = re.compile(r"\S{40,}"), 15
"""A word that a narrow column may not hold, and after how many letters it may be broken."""
_WHOLE = PrintRun()


def to_paper(
    instrument: Instrument, *, language: str | None = None, run: PrintRun = _WHOLE
) -> bytes:
    """The copies of a print run in one file; no key is in any of them.

    Raises:
        DefinitionError: The instrument has no such booklet, or nothing for an assessor; or a code
            cannot be printed.
    """
    _refuse_unknown(instrument, run.booklet)
    _refuse_empty(instrument, run)
    refuse_unreadable(tuple(run.codes))
    spoken = language if language in instrument.languages else instrument.default_language
    spoken = spoken or instrument.languages[0]
    drawn = (
        [(code, draw(instrument, seed=code, booklet=run.booklet)) for code in run.codes]
        if run.codes
        else [("", _undrawn(instrument, run.booklet))]
    )
    data: dict[str, object] = {
        "language": spoken if spoken in ("vi", "en") else "en",
        "title": instrument.title.get(spoken) or next(iter(instrument.title.values())),
        "id": f"{instrument.id} {instrument.version}",
        "edition": run.edition,
        "words": _words("vi" if spoken == "vi" else "en"),
        "copies": [
            copy(instrument, each, code=code, language=spoken, edition=run.edition)
            for code, each in drawn
        ],
    }
    return _compiled(data)


def _undrawn(instrument: Instrument, booklet: str | None) -> Draw:
    """No draw but the booklet: the form as it is written."""
    if booklet is None or instrument.booklet_item is None:
        return Draw(assigned={}, parts={}, options={})
    above = siblings(instrument)
    parts: Sequence[Block | Item] = instrument.items
    for name in above:
        parts = next(part.items for part in parts if isinstance(part, Block) and part.id == name)
    own = next(one.blocks for one in instrument.booklets if one.id == booklet)
    following = iter(own)
    others = booklets_by_block(instrument).keys() - set(own)
    order = [next(following) if part.id in own else part.id
             for part in parts if part.id not in others]  # fmt: skip
    return Draw(assigned={instrument.booklet_item: booklet}, options={},
                parts={"/".join(above): tuple(order)})  # fmt: skip


def _refuse_unknown(instrument: Instrument, booklet: str | None) -> None:
    known = [one.id for one in instrument.booklets]
    if booklet is not None and booklet not in known:
        raise refusal(instrument.id, say("There is no booklet '{booklet}'.", booklet=booklet),
                      say("Booklets: {known}.", known=", ".join(known) or "–"))  # fmt: skip


def _refuse_empty(instrument: Instrument, run: PrintRun) -> None:
    if run.edition == "assessor" and not has_assessor(instrument):
        raise refusal(instrument.id, say("Nothing in this form is marked by an assessor."),
                      say("Say 'assessor: true' at the blocks that one marks."))  # fmt: skip


def _words(language: Language) -> dict[str, str]:
    return {name: message.text(language) for name, message in _WORDS.items()}


def _compiled(data: dict[str, object]) -> bytes:
    with as_file(files("instruments.forms.paper") / "booklet.typ") as template:
        pdf: bytes = typst.compile(
            template,
            font_paths=[_fonts()],
            ignore_system_fonts=True,
            sys_inputs={"form": json.dumps(_printable(data), ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    return pdf


def _printable(data: object) -> object:
    """The data with a sign for each character that no font has, and long words that can be broken."""
    match data:
        case str():
            return _LONG_WORD.sub(_breakable, _UNPRINTABLE.sub("\ufffd", data))
        case dict():
            return {
                name: value if name == "qr" else _printable(value) for name, value in data.items()
            }
        case list():
            return [_printable(value) for value in data]
    return data


def _breakable(word: re.Match[str]) -> str:
    return "\u200b".join(word[0][at : at + _PIECE] for at in range(0, len(word[0]), _PIECE))


def _fonts() -> Path:
    """The folder of the DejaVu fonts, found without loading the charts that they come with."""
    charts = find_spec("matplotlib")
    if charts is None or charts.origin is None:
        raise refusal("matplotlib", say("The fonts for Vietnamese are not installed."))
    return Path(charts.origin).parent / "mpl-data" / "fonts" / "ttf"
