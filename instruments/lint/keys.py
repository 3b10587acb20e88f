"""Advice on keys: what lets people find the right answer without knowing it."""

import re
from collections import Counter
from collections.abc import Iterator
from math import comb

from instruments.check.findings import Place
from instruments.language import say
from instruments.lint.advice import Remark, Subject
from instruments.model import Item

_LEAST_ITEMS = 4
_RARE = 0.05
_LONGER = 1.6
_ALL_OF_ABOVE = re.compile(
    r"(tất cả|cả)( các| những)?( \w+)?( \w+)? (trên|nêu trên|ở trên)|đều (đúng|sai)$|cả (hai|ba|bốn)\b"
    r"|(all|none|both|neither) of (the above|these|them)|(a|b|c)(,| và| and) ?(b|c|d)\b",
    re.IGNORECASE,
)  # fmt: skip


def key_position(subject: Subject) -> Iterator[Remark]:
    """A place among the options that holds the right answer more often than chance explains."""
    placed = [(at, *found) for item, at in _one_right(subject)
              if (found := _place_of_key(item, subject)) is not None]  # fmt: skip
    if len(placed) < _LEAST_ITEMS:
        return
    counts = Counter(place for _, place, _ in placed)
    sizes = max(size for _, _, size in placed)
    place, times = counts.most_common(1)[0]
    expected = sum(1 / size for _, _, size in placed) / len(placed)
    if _tail(len(placed), times, expected) * sizes < _RARE:
        yield Remark(placed[0][0], say("The key is option {place} in {times} of {count} items.",
                                       place=place + 1, times=times, count=len(placed)),
                     say("Test-wise people guess by position; spread the keys, or rotate the "
                         "options."))  # fmt: skip


def key_length(subject: Subject) -> Iterator[Remark]:
    """Right answers that stand out by their length, in one item or over all of them."""
    language = subject.view.instrument.languages[0]
    compared = [(item, at, _lengths(item, subject, language)) for item, at in _one_right(subject)]
    judged = [(item, at, own, others) for item, at, (own, others) in compared if own and others]
    for item, at, own, others in judged:
        if own >= _LONGER * max(others) and own - max(others) >= 10:
            yield Remark((*at, "options"),
                         say("The right answer of '{id}' is far longer than the others.", id=item.id),
                         say("Careful wording gives it away; make the options alike in length."))  # fmt: skip
    longest = sum(own > max(others) for _, _, own, others in judged)
    expected = sum(1 / (1 + len(others)) for *_, others in judged) / max(len(judged), 1)
    if len(judged) >= _LEAST_ITEMS and _tail(len(judged), longest, expected) < _RARE / 5:
        yield Remark(judged[0][1], say("The right answer is the longest option in {times} of {count} "
                                       "items.", times=longest, count=len(judged)),
                     say("People who choose the longest option score without knowledge."))  # fmt: skip


def all_of_the_above(subject: Subject) -> Iterator[Remark]:
    """Options that refer to other options."""
    for item, at in subject.items():
        for position, option in enumerate(item.options if item.key else ()):
            if any(_ALL_OF_ABOVE.search(words) for words in option.label.values()):
                yield Remark((*at, "options", position),
                             say("The option '{code}' refers to other options.", code=option.code),
                             say("Whoever knows that one is right, or wrong, has half of the answer; "
                                 "and the options can no longer be rotated."))  # fmt: skip


def one_direction(subject: Subject) -> Iterator[Remark]:
    """Attitude items that all earn more in the same direction of the scale."""
    for dimension in subject.view.instrument.dimensions:
        directions = [
            (at, found)
            for item, at in subject.of_dimension(dimension.id)
            if subject.is_agreement(item) and (found := _direction(item, subject)) != 0
        ]
        if len(directions) >= 3 and len({found for _, found in directions}) == 1:
            yield Remark(directions[0][0],
                         say("All {count} statements of '{dimension}' run in the same direction.",
                             count=len(directions), dimension=dimension.id),
                         say("Agreeing with everything scores like a strong attitude; turn about half "
                             "of them round."))  # fmt: skip


def shuffled_scale(subject: Subject) -> Iterator[Remark]:
    """Scales whose steps are put in any order."""
    for item, at in subject.items():
        if item.rotate in ("shuffle", "cycle") and _direction(item, subject) != 0:
            yield Remark((*at, "rotate"),
                         say("The options of '{id}' are steps of a scale.", id=item.id),
                         say("A scale out of order is misread; use 'rotate: reverse'."))  # fmt: skip


def _one_right(subject: Subject) -> Iterator[tuple[Item, Place]]:
    """Items with at least three answers of which one is right and none half right."""
    for item, at in subject.items():
        if item.key and item.type == "single" and len(subject.choices(item)) >= 3:
            earned = [worth for worth in item.key[-1].credit.values() if worth > 0]
            if earned == [1] and item.rotate is None:
                yield item, at


def _place_of_key(item: Item, subject: Subject) -> tuple[int, int] | None:
    """Position of the right answer among the options, from 0, and their number."""
    codes = subject.choices(item)
    places = [codes.index(code) for code, worth in item.key[-1].credit.items()
              if worth == 1 and code in codes]  # fmt: skip
    return (places[0], len(codes)) if places else None


def _lengths(item: Item, subject: Subject, language: str) -> tuple[int, list[int]]:
    """Characters of the right answer and of each other one."""
    options = [one for one in subject.view.instrument.options_of(item) if one.missing is None]
    credit = item.key[-1].credit
    lengths = {one.code: len(one.label.get(language, "")) for one in options}
    own = max((length for code, length in lengths.items() if credit.get(code)), default=0)
    return own, [length for code, length in lengths.items() if not credit.get(code)]


def _direction(item: Item, subject: Subject) -> int:
    """1 where credit rises along the options, -1 where it falls, 0 where it does neither."""
    codes = subject.choices(item)
    steps = [item.key[-1].credit.get(code, 0.0) for code in codes] if item.key else []
    if len(set(steps)) < 3:
        return 0
    return 1 if steps == sorted(steps) else -1 if steps == sorted(steps, reverse=True) else 0


def _tail(count: int, times: int, chance: float) -> float:
    """Probability of at least so many successes in so many trials (binomial)."""
    return sum(
        comb(count, number) * chance**number * (1 - chance) ** (count - number)
        for number in range(times, count + 1)
    )
