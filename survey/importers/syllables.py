"""Whether text is Vietnamese, by the build of its syllables.

A Vietnamese syllable is an onset, vowels and a coda, with at most one tone: bytes read in a wrong
encoding nearly never give one. (Đoàn Thiện Thuật, *Ngữ âm tiếng Việt*, 1977: the inventory.)
"""

import re
from unicodedata import normalize

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_WORD = re.compile(r"[^\W\d_]+")
_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
_VOWEL = "(?:[aăâeêioôơuưy]{1,3})"
_CODA = "(?:ch|ng|nh|[cmnptiouy])?"
_SYLLABLE = re.compile(_ONSET + _VOWEL + _CODA)


def share_of_syllables(text: str) -> float:
    """The share of the words with letters outside ASCII that are Vietnamese syllables; 0 if none."""
    words = [word for word in _WORD.findall(normalize("NFC", text)) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 0.0


def _is_syllable(word: str) -> bool:
    if not (word.islower() or word.isupper() or word[1:].islower()):
        return False
    bare, tones = _TONES.subn("", normalize("NFD", word.lower()))
    return tones <= 1 and _SYLLABLE.fullmatch(normalize("NFC", bare)) is not None
