"""Whether text is Vietnamese, by the build of its syllables.

A Vietnamese syllable is an onset, vowels and a coda, with at most one tone: bytes read in a wrong
encoding nearly never give one. (Đoàn Thiện Thuật, *Ngữ âm tiếng Việt*, 1977: the inventory.)
"""

import re
from unicodedata import normalize

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_WORD = re.compile("[^\\s\x00-@\\[-`{-\x7f\xa0“”‘’–—…«»]+")
"""Letters, and signs that stand among them in text that is read wrongly."""
_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
_VOWEL = "(?:[aăâeêioôơuưy]{1,3})"
_CODA = "(?:ch|ng|nh|[cmnptiouy])?"
_SYLLABLE = re.compile(_ONSET + _VOWEL + _CODA)

_BY_USE = "đưàáôảếãêờộậóâệốợềịạấớểơíủầọỏìòổởựứặụồừúùăỉữýửẫắỗéằỷĩũỡẩõẽỹễèẳỳẻẹẵỵ"
"""Letters outside ASCII from the most to the least used, as counted in this project's texts."""
_USE = {letter: 1 - place / len(_BY_USE) for place, letter in enumerate(_BY_USE)}


def usualness(text: str) -> float:
    """How much used the letters outside ASCII are on average, from 0 to 1."""
    letters = [letter for letter in normalize("NFC", text.lower()) if not letter.isascii()]
    return sum(_USE.get(letter, 0.0) for letter in letters) / len(letters) if letters else 0.0


def share_of_syllables(text: str) -> float:
    """The share of the words with letters outside ASCII that are Vietnamese syllables; 0 if none."""
    words = [word for word in _WORD.findall(normalize("NFC", text)) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 0.0


def _is_syllable(word: str) -> bool:
    if not (word.islower() or word.isupper() or word[1:].islower()):
        return False
    letters = [_parted(letter) for letter in word.lower()]
    bare = "".join(base for base, _ in letters)
    if len(bare) != len(letters):
        return False
    tones = [at for at, (_, toned) in enumerate(letters) if toned]
    well_placed = not tones or _may_bear(bare, tones[0])
    return len(tones) <= 1 and well_placed and _SYLLABLE.fullmatch(bare) is not None


def _parted(letter: str) -> tuple[str, bool]:
    """A letter without its tone, and whether it has one."""
    bare, tones = _TONES.subn("", normalize("NFD", letter))
    return normalize("NFC", bare), tones > 0


def _may_bear(bare: str, at: int) -> bool:
    """Whether the letter may bear the tone: a closing i, o, u, y behind a vowel never does."""
    before = bare[at - 1] if at else ""
    if bare[at] not in "iouy" or before not in tuple("aăâeêioôơuưy"):
        return True
    return bare[max(at - 2, 0) : at] in ("qu", "gi") or (before == "u" and bare[at] == "y")
