"""Order of Vietnamese names: by the alphabet (Đ after D), then by tone (TCVN, as dictionaries do)."""

from unicodedata import normalize

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng; a letter without tone stands before them all."""


def in_order(name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A key to sort by: letters first, tones only among names of the same letters."""
    letters, tones = [], []
    for letter in normalize("NFC", name).casefold():
        parts = normalize("NFD", letter)
        tone = next((mark for mark in parts if mark in _TONES), "")
        bare = normalize("NFC", parts.replace(tone, "") if tone else parts)
        letters.append(_place(bare))
        tones.append(_TONES.find(tone) + 1 if tone else 0)
    return tuple(letters), tuple(tones)


def _place(letter: str) -> int:
    """Signs before letters; letters of no Vietnamese alphabet after them."""
    at = _ALPHABET.find(letter)
    if at >= 0:
        return 1000 + at
    return ord(letter[0]) if ord(letter[0]) < 128 else 2000 + ord(letter[0])
