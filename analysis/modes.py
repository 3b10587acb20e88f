"""How people were asked: what modes are called, and how interviews of a wave mix them.

On the web people look answers up, and to an interviewer they tell other opinions (Jensen & Thomsen
2014; Gummer et al. 2023), so that a change over a change of mode is not one of people alone.
"""

from collections.abc import Mapping

from analysis.labels import item_at
from analysis.measured import Measured
from instruments.language import Message, say

APART = 0.1
"""The part of the interviews in other modes from which on two mixed waves count as asked otherwise."""
_NAMES: dict[str, Message] = {
    "capi": say("face to face, on a device (CAPI)"),
    "papi": say("face to face, on paper (PAPI)"),
    "cati": say("by telephone (CATI)"),
    "cawi": say("on the web (CAWI)"),
    "face to face": say("face to face"),
    "telephone": say("by telephone"),
    "web": say("on the web"),
    "paper": say("self-completed on paper"),
    "mail": say("by mail"),
    "mixed": say("in several modes"),
}


def named(mode: str) -> Message | str:
    """A mode of the settings in words; one that is not known here as it was written."""
    return _NAMES.get(_plain(mode), mode)


def alike(before: str, after: str) -> bool:
    """Whether two waves name the same mode."""
    return _plain(before) == _plain(after)


def mix(made: Measured) -> dict[str, float]:
    """By answer to the form's question on the mode, the weighted share of interviews."""
    placed = item_at(made.instruments, made.instruments[-1].mode)
    if placed is None or placed.path not in made.people.frame:
        return {}
    said = made.people.frame[placed.path]
    weights = made.people.sample.weights
    counted = {
        option.code: float(weights[(said == option.code).to_numpy()].sum())
        for option in made.instruments[-1].options_of(placed.item)
    }
    whole = sum(counted.values())
    return {code: own / whole for code, own in counted.items() if own > 0}


def moved(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """The part of the interviews that is in other modes (total variation); 0 where one is not known."""
    if not before or not after:
        return 0.0
    return sum(abs(after.get(one, 0.0) - before.get(one, 0.0)) for one in {*before, *after}) / 2


def _plain(mode: str) -> str:
    return " ".join(mode.casefold().replace("-", " ").split())
