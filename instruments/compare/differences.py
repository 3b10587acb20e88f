"""All differences between two versions of an instrument, the gravest first."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from instruments.compare.difference import Difference, Effect
from instruments.compare.items import Pair, item_differences
from instruments.compare.wording import wording
from instruments.freeze import content_hash
from instruments.language import Message, say
from instruments.model import Instrument, Placed

_GRAVITY: tuple[Effect, ...] = ("breaks", "may_break", "safe")
_UNASKED = frozenset({"note", "calculated", "hidden", "start", "end", "today", "metadata"})


def differences(old: Instrument, new: Instrument) -> list[Difference]:
    """What changed from `old` to `new`, and what breaks comparisons between their waves."""
    before, after = ({one.item.id: one for one in form.placed()} for form in (old, new))
    found = [
        *_head(old, new),
        *(_removed(one) for name, one in before.items() if name not in after),
        *(_added(one) for name, one in after.items() if name not in before),
        *_moved([name for name in before if name in after], after),
        *(
            difference
            for name in before
            if name in after
            for difference in item_differences(Pair(before[name], after[name], old, new))
        ),
    ]
    return sorted(found, key=lambda one: _GRAVITY.index(one.effect))


def _head(old: Instrument, new: Instrument) -> Iterator[Difference]:
    if old.version == new.version and content_hash(old) != content_hash(new):
        yield Difference(where="", kind="version", effect="breaks",
                         what=say("Both are called version {version}.", version=new.version),
                         why=say("Answers cannot be told apart; a published version never changes."))  # fmt: skip
    for language in old.languages:
        if language not in new.languages:
            yield Difference(where="", kind="language", effect="breaks",
                             what=say("The language '{language}' is gone.", language=language),
                             why=say("Those who were asked in it are no longer reached."))  # fmt: skip
    for field, what in _HEADS.items():
        if getattr(old, field) != getattr(new, field):
            yield Difference(where="", kind=field, effect="may_break", what=what,
                             why=say("Look at both versions."))  # fmt: skip
    yield from _consent(old, new)


_HEADS: dict[str, Message] = {
    "rotate": say("The parts of the form are rotated differently."),
    "booklets": say("The booklets differ: items meet other items, at other places."),
    "indirect": say("The design of an indirect question differs."),
    "interview_date": say("The day of the interview is taken from another item."),
}


def _consent(old: Instrument, new: Instrument) -> Iterator[Difference]:
    """A consent whose words changed while its version did not."""
    if old.consent is None or new.consent is None or old.consent.version != new.consent.version:
        return
    texts = [
        next((one.item.label for one in form.placed() if one.item.id == agreed.text), {})
        for form, agreed in ((old, old.consent), (new, new.consent))
    ]
    for one in wording(texts[0], texts[1], where=new.consent.text, kind="consent"):
        yield Difference(where=one.where, kind="consent", effect="breaks", what=one.what,
                         why=say("Its version is the same, so nobody can tell who agreed to what."))  # fmt: skip


def _removed(one: Placed) -> Difference:
    item = one.item
    if item.type in _UNASKED:
        return Difference(where=one.path, kind="removed", effect="safe",
                          what=say("It is gone."), why=say("Nobody answered it."))  # fmt: skip
    why = say("There is no trend of it.")
    if item.anchor:
        why = say("It was an anchor: one item less links the scores of the two waves.")
    elif item.key:
        why = say("The score is over fewer items; compare scores by common items only.")
    return Difference(
        where=one.path, kind="removed", effect="breaks", what=say("It is gone."), why=why
    )


def _added(one: Placed) -> Difference:
    scored = bool(one.item.key)
    return Difference(
        where=one.path, kind="added", effect="may_break" if scored else "safe",
        what=say("It is new."),
        why=say("The score is over more items; compare scores by common items only.") if scored
        else say("It has no trend yet; questions after it may be answered differently."),
    )  # fmt: skip


def _moved(names: Sequence[str], after: dict[str, Placed]) -> Iterator[Difference]:
    """Items outside the longest run that both versions ask in the same order."""
    places = {name: place for place, name in enumerate(after)}
    kept = _longest_rise([places[name] for name in names])
    for at, name in enumerate(names):
        if at not in kept and after[name].item.type not in _UNASKED:
            yield Difference(where=after[name].path, kind="order", effect="may_break",
                             what=say("It stands at another place among the others."),
                             why=say("What was asked before it colours the answer."))  # fmt: skip


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Positions of a longest increasing subsequence (Schensted 1961)."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for at, number in enumerate(numbers):
        length = bisect_left(tails, number)
        before.append(ends[length - 1] if length else None)
        tails[length : length + 1], ends[length : length + 1] = [number], [at]
    found: set[int] = set()
    position = ends[-1] if ends else None
    while position is not None:
        found.add(position)
        position = before[position]
    return found
