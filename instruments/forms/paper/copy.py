"""One copy as data for the template: texts that are set as they are, and nothing that scores."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase

from instruments.forms.paper.arrange import Asked, arranged
from instruments.forms.paper.code import quick_response
from instruments.forms.paper.run import Edition
from instruments.forms.paper.speech import Speech
from instruments.forms.rules import told
from instruments.forms.xform.tree import OTHER
from instruments.language import say
from instruments.model import Block, Instrument, Item, Option
from instruments.rotation import Draw

LONGEST_LIST = 40
"""A question with more options has a line to write on instead of boxes."""
ENTRIES = 3
"""Entries of a roster for which there is room."""
_GRID_COLUMNS, _GRID_WORD = 7, 10
"""A table holds so many options, and words of so many letters, in large type."""

Data = dict[str, object]


def copy(instrument: Instrument, draw: Draw, *, code: str, language: str, edition: Edition) -> Data:
    """Everything that the copy with this code prints; questions keep their number in all editions."""
    whole = arranged(instrument, draw)
    asked = [one for part in whole for one in part.items() if _is_answered(one.part)]
    parts = tuple(_of_edition(whole, edition, instrument))
    speech = Speech(
        instrument=instrument, code=language, assigned=draw.assigned,
        items={placed.item.id: placed.item for placed in instrument.placed()},
        numbers={one.part.id: at for at, one in enumerate(asked, start=1)},
    )  # fmt: skip
    writer = _Writer(
        instrument=instrument, speech=speech, cards_by_list=_numbered_cards(instrument)
    )
    return {
        "code": code,
        "qr": quick_response(code) if code else "",
        "thanks": edition != "assessor" and not _ends_in_a_note(parts),
        "dated": _date_is_silent(instrument, speech),
        "sections": [
            {"title": title, "parts": list(writer.parts(inside))}
            for title, inside in _sections(parts, speech)
        ],
        "cards": writer.cards(one for part in parts for one in part.items()),
    }


def _of_edition(
    parts: Iterable[Asked], edition: Edition, instrument: Instrument
) -> Iterator[Asked]:
    """An assessor gets what an assessor marks and who it was; everybody else gets the rest."""
    for_assessor = edition == "assessor"
    interviewer = (instrument.interviewer or "").rpartition("/")[2]
    for one in parts:
        if isinstance(one.part, Item):
            if not for_assessor or one.part.id == interviewer:
                yield one
        elif one.part.assessor:
            if for_assessor:
                yield one
        elif inside := tuple(_of_edition(one.inside, edition, instrument)):
            yield replace(one, inside=inside)


def _ends_in_a_note(parts: Sequence[Asked]) -> bool:
    """Whether the form says its own last word."""
    last = [one.part for part in parts for one in part.items()][-1:]
    return any(isinstance(one, Item) and one.type == "note" for one in last)


def _sections(parts: Sequence[Asked], speech: Speech) -> list[tuple[str, Sequence[Asked]]]:
    """A. what comes before anything is measured, B. the rest; untitled where one is all."""
    first = next((at for at, part in enumerate(parts) if _measures(part)), 0)
    if first == 0:
        return [("", parts)]
    return [
        (speech.say(say("A. General information")), parts[:first]),
        (speech.say(say("B. Survey")), parts[first:]),
    ]


def _date_is_silent(instrument: Instrument, speech: Speech) -> bool:
    """Whether the day that decides about keys is one that a device would note by itself."""
    name = (instrument.interview_date or "").rpartition("/")[2]
    return bool(name) and name in speech.items and name not in speech.numbers


def _is_answered(part: Block | Item) -> bool:
    return isinstance(part, Item) and part.type != "note"


def _measures(part: Asked) -> bool:
    items = (one.part for one in part.items())
    return any(isinstance(one, Item) and (one.dimension or one.topic) for one in items)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    instrument: Instrument
    speech: Speech
    cards_by_list: Mapping[str, int]

    def parts(self, parts: Iterable[Asked]) -> Iterator[Data]:
        for one in parts:
            if isinstance(one.part, Item):
                yield self.item(one, one.part)
            elif one.part.repeat:
                yield self.roster(one, one.part)
            elif one.part.grid and _fits_a_grid(one, self.speech):
                yield self.grid(one, one.part)
            else:
                yield self.block(one, one.part)

    def block(self, one: Asked, block: Block) -> Data:
        return {"kind": "block", "title": self.speech.text(block.label),
                "skip": self.speech.skip(one.show_if), "parts": list(self.parts(one.inside))}  # fmt: skip

    def roster(self, one: Asked, block: Block) -> Data:
        """The block printed several times, each entry under its number."""
        entries = [
            {"kind": "block", "title": self.speech.say(say("Entry {number}", number=number)),
             "skip": "", "parts": list(self.parts(one.inside))}
            for number in range(1, ENTRIES + 1)
        ]  # fmt: skip
        return {**self.block(one, block), "parts": entries}

    def grid(self, one: Asked, block: Block) -> Data:
        rows = [{"number": self.number(row.part), "text": self.speech.text(row.part.label)}
                for row in one.inside]  # fmt: skip
        return {"kind": "grid", "title": self.speech.text(block.label), "rows": rows,
                "skip": self.speech.skip(one.show_if),
                "columns": self.options(one.inside[0])}  # fmt: skip

    def item(self, one: Asked, item: Item) -> Data:
        said: Data = {
            "skip": self.speech.skip(one.show_if),
            "text": self.speech.text(item.label),
            "hint": " ".join(self.hints(item)),
            "instruction": " ".join(self.instructions(item)),
        }
        if item.type == "note":
            return {"kind": "note", **said}
        return {"kind": "question", "number": self.number(item), **said, **self.answer(one, item)}

    def number(self, part: Block | Item) -> str:
        return str(self.speech.numbers[part.id])

    def hints(self, item: Item) -> Iterator[str]:
        if item.hint:
            yield self.speech.text(item.hint)
        if item.type == "multiple" and item.max_selected is None:
            yield self.speech.say(say("Several answers may be chosen."))
        if item.max_selected is not None:
            limit = told(
                say("Choose no more than {count}.", count=item.max_selected), self.instrument
            )
            yield self.speech.bare(limit)

    def instructions(self, item: Item) -> Iterator[str]:
        if item.card:
            yield self.speech.say(
                say("Hand over card {number}.", number=self.cards_by_list[_list_of(item)])
            )
        if item.instruction:
            yield self.speech.text(item.instruction)

    def answer(self, one: Asked, item: Item) -> Data:
        """How the answer is given: boxes to tick, or lines for the type of answer."""
        if item.type not in ("single", "multiple"):
            return {"answer": item.type}
        if len(one.options) > LONGEST_LIST or not one.options:
            return {"answer": "text"}
        return {"answer": "options", "options": self.options(one), "other": item.or_other}

    def options(self, one: Asked) -> list[Data]:
        labels = [(self.label(option), option.code) for option in one.options]
        if isinstance(one.part, Item) and one.part.or_other:
            labels.append((self.speech.say(say("Other (please write):")), OTHER))
        marks = (
            ascii_uppercase if len(labels) <= len(ascii_uppercase) else range(1, len(labels) + 1)
        )
        return [{"mark": str(mark), "label": label, "code": code}
                for mark, (label, code) in zip(marks, labels, strict=False)]  # fmt: skip

    def on_a_card(self, one: Asked) -> list[Data]:
        """The options that are shown, under the marks that the booklet gives them."""
        return [option for option in self.options(one) if option["code"] not in _unsaid(one)]

    def label(self, option: Option) -> str:
        return self.speech.text(option.label) or option.code

    def cards(self, asked: Iterable[Asked]) -> list[Data]:
        """The cards of the copy; questions with the same list of options share one."""
        found = {self.cards_by_list[_list_of(one.part)]: self.on_a_card(one)
                 for one in asked if isinstance(one.part, Item) and one.part.card}  # fmt: skip
        return [{"number": str(number), "options": found[number]} for number in sorted(found)]


def _unsaid(one: Asked) -> set[str]:
    """Codes of don't-know, refusal and the like, which a card would put into people's mouths."""
    return {option.code for option in one.options if option.missing}


def _numbered_cards(instrument: Instrument) -> dict[str, int]:
    """The number of each card, by its list, in the order of the form, equal in all copies."""
    lists = [_list_of(placed.item) for placed in instrument.placed() if placed.item.card]
    return {name: number for number, name in enumerate(dict.fromkeys(lists), start=1)}


def _list_of(item: Item) -> str:
    return f"list {item.choices}" if item.choices and not item.options else item.id


def _fits_a_grid(block: Asked, speech: Speech) -> bool:
    """Whether the rows share options that fit beside each other, and nothing needs more room."""
    rows = block.inside
    if not all(isinstance(row.part, Item) and row.part.type == "single" for row in rows):
        return False
    options = rows[0].options
    words = [word for option in options for word in speech.text(option.label).split()]
    return (
        all(row.options == options and row.show_if is None and not row.part.hint
            and not row.part.instruction and not row.part.card and not row.part.or_other
            for row in rows if isinstance(row.part, Item))
        and len(options) <= _GRID_COLUMNS
        and max(map(len, words), default=0) <= _GRID_WORD
    )  # fmt: skip
