"""The words of a verdict and the marks that stand for them, in one place."""

from analysis.result import Verdict, Word
from instruments.language import Language, Message, say
from reports.document import Compared, Mark
from reports.format import Formatter

WORDS: dict[Word, Message] = {
    "met": say("met"),
    "not_met": say("not met"),
    "inconclusive": say("cannot be concluded"),
    "at_target": say("at the target level"),
    "below_target": say("below the target, deadline not reached"),
    "no_data": say("no data yet"),
}
_LEANING: dict[str, Message] = {
    "met": say("cannot be concluded, leaning towards met"),
    "not_met": say("cannot be concluded, leaning towards not met"),
}
NO_SURVEY = say("no survey data")
"""Said of a phase that ended without a survey: such data will never come."""

COMPARED: dict[Compared, Message] = {
    "higher": say("higher"),
    "lower": say("lower"),
    "open": say("no difference shown"),
}
"""What the test of a difference allows to say."""

GLYPHS: dict[Mark, str] = {
    "met": "●",
    "not_met": "✖",
    "inconclusive": "◐",
    "at_target": "○",
    "below_target": "▼",
    "no_data": "–",
    "group": "◆",
    "higher": "▶",
    "lower": "◀",
    "open": "◇",
}
"""The mark of each verdict: told apart by shape, so that grey and colour-blind prints say as much."""


def said(verdict: Verdict) -> Message:
    """A verdict's words; an open one says which way it leans, if it does."""
    return WORDS[verdict.word] if verdict.leaning is None else _LEANING[verdict.leaning]


def probability(value: float, *, due: bool, language: Language) -> str:
    """The probability that stands in brackets behind a verdict's word."""
    shown = Formatter(language).probability(value)
    if due:
        return say("probability of having met it: {probability}", probability=shown).text(language)
    return say("probability of being at the target: {probability}", probability=shown).text(
        language
    )


def sentence(text: str) -> str:
    """`text` with its first letter large."""
    return text[:1].upper() + text[1:]
