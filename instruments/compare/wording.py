"""Differences of words, language by language."""

import re
from collections.abc import Iterator

from instruments.compare.difference import Difference, Effect
from instruments.language import Text, nfc, say

_NO_WORD = re.compile(r"[\W_]+")


def wording(
    old: Text, new: Text, *, where: str, kind: str, effect: Effect = "breaks"
) -> Iterator[Difference]:
    """Texts whose words changed; where only marks and capitals did, that is a matter to check."""
    for language in [name for name in old if name in new]:
        before, after = nfc(old[language]), nfc(new[language])
        if _spaced(before) == _spaced(after):
            continue
        same_words = _words(before) == _words(after)
        yield Difference(
            where=where, kind=kind, effect="may_break" if same_words else effect,
            what=say("In '{language}' “{old}” became “{new}”.",
                     language=language, old=_short(before), new=_short(after)),
            why=_SAME_WORDS if same_words else _OTHER_WORDS,
        )  # fmt: skip


_SAME_WORDS = say("The words are the same; the marks or capitals are not.")
_OTHER_WORDS = say("Another wording is another stimulus; a change in answers may come from it.")


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> list[str]:
    return _NO_WORD.sub(" ", text).casefold().split()


def _short(text: str, *, limit: int = 80) -> str:
    spaced = _spaced(text)
    return spaced if len(spaced) <= limit else spaced[: limit - 1] + "…"
