"""Advice on words: what is too long, too involved or twice negated to be understood at once."""

from collections.abc import Iterator
from math import ceil

from instruments.check.findings import Place
from instruments.language import say
from instruments.lint.advice import Remark, Subject
from instruments.lint.plain import grade, negations, sentences, syllables
from instruments.model import Instrument, Item

_UNASKED = frozenset({"calculated", "hidden", "start", "end", "today", "metadata"})
_LINE, _LINE_HEIGHT, _BUTTON, _SCREEN = 40, 24, 44, 560
"""Characters in a line of a phone 360 pixels wide, and heights in pixels: a line, the least of a
button that a finger hits, and what a phone shows at once."""
_LONG_LIST = 15
_MOST_SYLLABLES, _MOST_GRADE = 35, 10.0


def long_for_a_phone(subject: Subject) -> Iterator[Remark]:
    """Questions that do not fit on a phone together with their options."""
    for item, at in subject.items():
        if item.type in _UNASKED or item.type == "note":
            continue
        for language in item.label:
            height = _height(item, language, subject.view.instrument)
            if height > _SCREEN:
                yield Remark((*at, "label", language),
                             say("In '{language}' '{id}' needs {height} pixels, a phone shows {screen}.",
                                 language=language, id=item.id, height=height, screen=_SCREEN),
                             say("What has to be scrolled is chosen less; shorten the question or its "
                                 "options."))  # fmt: skip
                break


def hard_to_read(subject: Subject) -> Iterator[Remark]:
    """Sentences that are too long for people with little schooling."""
    for item, at in subject.items():
        for language, words in item.label.items():
            if item.type not in _UNASKED:
                yield from _reading(words, language, (*at, "label", language))


def double_negation(subject: Subject) -> Iterator[Remark]:
    """Sentences with two negations, and negations to be agreed or disagreed with."""
    for item, at in subject.items():
        if item.type in _UNASKED:
            continue
        for language, words in item.label.items():
            twice = [one for one in sentences(words) if negations(one, language) > 1]
            if twice:
                yield Remark((*at, "label", language),
                             say("Two negations stand in “{sentence}”.", sentence=twice[0]),
                             say("Many people take it for the opposite; say it without."))  # fmt: skip
            elif subject.is_agreement(item) and any(
                negations(one, language) for one in sentences(words)
            ):
                yield Remark((*at, "label", language),
                             say("“{words}” is negative, and so is the answer “disagree”.",
                                 words=words),
                             say("To disagree with a negation is a double negation; state it "
                                 "positively."))  # fmt: skip


def untranslated(subject: Subject) -> Iterator[Remark]:
    """Texts that lack a language in which others stand."""
    for item, at in subject.items():
        missing = [one for one in subject.view.instrument.languages if item.label
                   and not item.label.get(one)]  # fmt: skip
        if missing:
            yield Remark((*at, "label"), say("'{id}' is not translated into {languages}.",
                                             id=item.id, languages=", ".join(missing)),
                         say("People of that language skip it or are helped by others."))  # fmt: skip


def _height(item: Item, language: str, instrument: Instrument) -> int:
    options = instrument.options_of(item)
    lines = ceil(len(item.label.get(language, "")) / _LINE)
    lines += ceil(len(item.hint.get(language, "")) / _LINE)
    if len(options) > _LONG_LIST or "minimal" in item.settings.get("appearance", ""):
        return lines * _LINE_HEIGHT + _BUTTON
    heights = [
        ceil(len(option.label.get(language, "")) / _LINE) * _LINE_HEIGHT for option in options
    ]
    return lines * _LINE_HEIGHT + sum(max(_BUTTON, height + 12) for height in heights)


def _reading(words: str, language: str, at: Place) -> Iterator[Remark]:
    longest = max(sentences(words), key=lambda one: len(one.split()), default="")
    if language == "vi" and (count := syllables(longest, language)) > _MOST_SYLLABLES:
        yield Remark(at, say("A sentence has {count} syllables: “{sentence}”.",
                             count=count, sentence=longest[:60] + "…"),
                     say("Above {most}, about 25 words, people lose the beginning; divide it.",
                         most=_MOST_SYLLABLES))  # fmt: skip
    elif language == "en" and (level := grade(words)) > _MOST_GRADE:
        yield Remark(at, say("It reads at school grade {grade:.1f} (Flesch-Kincaid).", grade=level),
                     say("Texts for everybody stay at or below grade {most:.0f}; shorten sentences "
                         "and words.", most=_MOST_GRADE))  # fmt: skip
