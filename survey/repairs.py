"""What an answer that does not hold was probably meant to be.

A proposal is made only where it would pass every check of its question; a person decides.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from difflib import get_close_matches

from survey.choices import Choices
from survey.folding import fold
from survey.form import Field

BUDDHIST_ERA = 543
"""Years by which the Buddhist calendar is ahead (Thai and Lao systems write it)."""
BUDDHIST_YEARS = 2400
"""No year of an interview or a birth is this late in another calendar."""
_DIGITS = str.maketrans("OoQlIi|", "0001111")
"""Letters that are typed for digits that look like them."""
_ALIKE = str.maketrans("АВЕЅКМНОРСТУХаеѕорсухіј", "ABESKMHOPCTYXaesopcyxij")
"""Cyrillic letters that look like Latin ones."""
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4}|[0-9]{2})")


def propose(field: Field, text: str, *, fits: Callable[[str], bool]) -> str | None:
    """The first candidate that passes, or None."""
    return next((candidate for candidate in _candidates(field, text.strip())
                 if candidate != text and fits(candidate)), None)  # fmt: skip


def _candidates(field: Field, text: str) -> Iterator[str]:
    if field.item.type == "integer":
        yield from _years(text)
        yield re.sub(r"[.,\s]", "", text)
        yield text.translate(_DIGITS)
    elif field.item.type == "decimal":
        yield text.replace(",", ".")
        yield text.replace(".", "").replace(",", ".")
        yield text.translate(_DIGITS)
    elif field.item.type in ("date", "today"):
        yield from _dates(text)
        yield from _dates(text.translate(_DIGITS))
    elif field.coded:
        yield from _codes(field, text)


def _years(text: str) -> Iterator[str]:
    if text.isdecimal() and len(text) == 4 and int(text) >= BUDDHIST_YEARS:
        yield str(int(text) - BUDDHIST_ERA)


def _dates(text: str) -> Iterator[str]:
    found = _DAY_FIRST.fullmatch(text)
    if found is not None:
        day, month, year = (int(part) for part in found.groups())
        for whole in (year,) if year > 99 else (2000 + year, 1900 + year):
            yield from _real(whole, month, day)
            yield from _common_era(whole, month, day)
            yield from _real(whole, day, month)
        return
    parts = text[:10].split("-")
    if len(parts) == 3 and all(part.isdecimal() for part in parts):
        year, month, day = (int(part) for part in parts)
        yield from _real(year, month, day)
        yield from _common_era(year, month, day)
        yield from _real(year, day, month)


def _common_era(year: int, month: int, day: int) -> Iterator[str]:
    if year >= BUDDHIST_YEARS:
        yield from _real(year - BUDDHIST_ERA, month, day)


def _real(year: int, month: int, day: int) -> Iterator[str]:
    try:
        yield date(year, month, day).isoformat()
    except ValueError:
        return


def _codes(field: Field, text: str) -> Iterator[str]:
    """Codes whose labels were written in their place, then codes written nearly alike."""
    choices = Choices.of(field)
    if field.item.type == "multiple":
        several = choices.of_several(text)
        if several:
            yield " ".join(several)
        parts = [_code(choices, part) for part in text.replace(",", " ").split()]
        if all(parts):
            yield " ".join(filter(None, parts))
        return
    if field.choice_test is not None:
        yield from choices.of_shared(text)
    yield from filter(None, (choices.of_label(text), _code(choices, text)))


def _code(choices: Choices, text: str) -> str | None:
    """The code that is written like this, or nearly."""
    known = next(filter(None, map(choices.of_code, (
        text, text.translate(_DIGITS), text.translate(_ALIKE), text.translate(_ALIKE).lower(),
    ))), None)  # fmt: skip
    folded = {fold(code): code for code in sorted(choices.codes)}
    near = get_close_matches(fold(text), list(folded), n=1, cutoff=0.75)
    return known or next((folded[name] for name in near), None)
