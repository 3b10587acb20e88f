"""Plain language measured: sentences, syllables, negations and a school grade.

Vietnamese writes every syllable as a word of its own, and no formula of grades has been validated
for short questions in it; the length of a sentence in syllables is what can be counted and
explained. English has the Flesch-Kincaid grade (Kincaid et al. 1975).
"""

import re

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»")
_SENTENCE = re.compile(r"(?<=[.?!;:])\s+")
_CLAUSE = re.compile(r"[,()]|\b(?:và|hoặc|nhưng|mà|and|but|or)\b")
DISAGREE = re.compile(r"^(?:\w+ ){0,2}không đồng ý$|^(?:\w+ ){0,2}disagree$", re.IGNORECASE)
"""What the lower end of a scale of agreement says."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")

_ASKS = re.compile(
    r"(?:\bhay\s+|\bhoặc\s+)?\b(?:không|chưa)\s*(?:\([^()]*\)\s*)?(?=[?,]|$)", re.IGNORECASE
)
_NO_NEGATION = {
    "vi": re.compile(
        r"không (?:gian|khí|quân|ngừng|những|chỉ|phận|lưu)|hàng không|trên không|nếu không"
        r"|không chuyên trách|dù không|có hay không|hay chưa",
        re.IGNORECASE,
    ),
    "en": re.compile(r"\bnot (?:even|only)\b|\bno (?:matter|later)\b", re.IGNORECASE),
}
_NEGATIVE = {
    "vi": re.compile(r"\b(?:không|chưa|chẳng|chả|đừng)\b", re.IGNORECASE),
    "en": re.compile(
        r"\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|cannot|without|unless)\b|n[’']t\b",
        re.IGNORECASE,
    ),
}  # fmt: skip


def sentences(text: str) -> list[str]:
    """The sentences of a text; a colon or semicolon ends one too."""
    return [one for one in _SENTENCE.split(text.strip()) if one]


def syllables(text: str, language: str) -> int:
    """Number of syllables: in Vietnamese the words as written, in English groups of vowels."""
    words = _WORD.findall(text)
    return len(words) if language == "vi" else sum(map(_in_word, words))


def grade(text: str) -> float:
    """School grade of an English text: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    words, count = _WORD.findall(text), len(sentences(text))
    if len(words) < 10:
        return 0.0
    return 0.39 * len(words) / count + 11.8 * syllables(text, "en") / len(words) - 15.59


def negations(sentence: str, language: str) -> int:
    """The most negations in one clause, without those that only ask and those in quotation marks."""
    if language not in _NEGATIVE:
        return 0
    plain = _QUOTED.sub(" ", sentence)
    if language == "vi" and sentence.rstrip().endswith("?"):
        plain = _ASKS.sub(" ", plain)
    clauses = _CLAUSE.split(_NO_NEGATION[language].sub(" ", plain))
    return max(len(_NEGATIVE[language].findall(clause)) for clause in clauses)


def _in_word(word: str) -> int:
    lowered = word.lower()
    found = len(_VOWELS.findall(lowered))
    silent = lowered.endswith("e") and not lowered.endswith(("le", "ee")) and found > 1
    return max(1, found - silent)
