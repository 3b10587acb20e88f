"""Text compared loosely: as people type headings, labels and codes, and as programs copy them."""

import re
from functools import lru_cache
from unicodedata import combining, normalize

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\xad"))
_DIVIDERS = re.compile(r" *(?:___?|[./:|>\\-]+) *")
_MISPRINTS = str.maketrans({"\u01a3": "ư", "\u01a2": "Ư", "\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ"})  # fmt: skip
"""Letters that conversions between Vietnamese encodings put for ones that look the same."""


def plain(text: str) -> str:
    """`text` in normal form C with single spaces, without what cannot be seen."""
    return " ".join(normalize("NFC", text.translate(_INVISIBLE).translate(_MISPRINTS)).split())


def same_case(text: str) -> str:
    """`plain` without case and without a colon, full stop or star at the end."""
    return plain(text).casefold().rstrip(".:* ")


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """`text` without case, marks and edges, đ as d, and ² as 2."""
    spread = normalize("NFKD", plain(text).casefold().replace("đ", "d"))
    bare = "".join(letter for letter in spread if not combining(letter))
    return " ".join(bare.split()).rstrip(".:")


def divided(text: str) -> str:
    """`fold` with one sign for all that programs put between groups, questions and options."""
    return _DIVIDERS.sub("/", fold(text))


def only_letters(text: str) -> str:
    """The letters and digits of `fold`, run together."""
    return "".join(letter for letter in fold(text) if letter.isalnum())
