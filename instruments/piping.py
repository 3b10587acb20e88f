"""Answers shown in later texts: plain substitution, never a template.

``${id}`` in a label stands for the answer to an item. What is put in is not read again, so an
answer that looks like a place, a tag or a formula stays what the respondent wrote; whoever shows
the text escapes the whole of it afterwards.
"""

import re
from collections.abc import Mapping

from instruments.language import Language, in_language
from instruments.model import Instrument, Item

_PLACE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")


def places(text: str) -> list[str]:
    """Ids of the items whose answers a text shows."""
    return _PLACE.findall(text)


def fill(text: str, answers: Mapping[str, str]) -> str:
    """The text with the answers in their places; an item without answer leaves a gap of dots."""
    return _PLACE.sub(lambda found: answers.get(found[1]) or "…", text)


def shown(item: Item, answer: str, instrument: Instrument, *, language: Language) -> str:
    """How an answer is read in a text: labels for codes, dates and numbers as they are."""
    labels = {option.code: option.label for option in instrument.options_of(item)}
    labels |= {level.code: level.label for level in item.draw}
    if not labels:
        return answer
    words = [in_language(labels.get(code, {}), language) or code for code in answer.split()]
    return ", ".join(words)
