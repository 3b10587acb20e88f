"""Answers to choice questions as files write them: codes, labels in any language, several at once.

Whether a column holds codes or labels is told by all of its values. In a column of labels a code
is understood too; in a column of codes a label is a fault, for which the code is proposed.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from survey.folding import fold, only_letters, plain, same_case
from survey.form import OTHER, Field

_WAYS: tuple[Callable[[str], str], ...] = (plain, same_case, fold, only_letters)
_SEPARATORS = tuple(
    re.compile(pattern) for pattern in (r"\s*\n\s*", r"\s*;\s*", r"\s*\|\s*", r"\s*,\s*", r"\s+")
)
_SEVERAL = re.compile(r"[,;|\s]+")
_NUMBER = re.compile(r"(-?)0*([0-9]+)(\.0+)?")
_TRUTH = {"true": "1", "false": "0"}
"""What spreadsheets and statistics programs make of answers that are 1 and 0."""
_CHOSEN = frozenset({"1", "true", "yes", "y", "x", "co", "checked", "chon", "duoc chon", "selected",
                     "dung", "✓", "✔", "☑", "v"})  # fmt: skip
_NOT_CHOSEN = frozenset({"", "0", "false", "no", "n", "khong", "unchecked", "khong chon", "☐", "-",
                         "not selected", "sai"})  # fmt: skip
_OTHER_WORDS = ("Other", "Khác")
Seen = Mapping[str, int]
"""Different cells of a column and how often each stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The options of a question by code and by label."""

    codes: frozenset[str]
    numbers: Mapping[str, str]
    """Codes that are numbers, by their value: what a spreadsheet makes of 01, or of 1 and 0."""
    labels: tuple[Mapping[str, str], ...]
    """By label, compared in each way, the code; a label of two options is in none."""
    shared: Mapping[str, tuple[str, ...]]
    """By a label of several options, their codes: places of one name in two provinces."""

    @classmethod
    def of(cls, one: Field, others: Iterable[Field] = ()) -> Self:
        """The options of a version's question; `others` are the same question in other versions."""
        codes = frozenset(one.codes)
        words = [(word, OTHER) for word in _OTHER_WORDS if OTHER in codes - one.options.keys()]
        own = words + [(label, code) for code, option in one.options.items()
               for label in option.label.values()]  # fmt: skip
        foreign = [(label, code) for other in others for code, option in other.options.items()
                   if code in codes for label in option.label.values()]  # fmt: skip
        return cls(
            codes=codes,
            shared=_shared((same_case(label), code) for label, code in own),
            numbers=_numbers(codes),
            labels=tuple(
                _unique((way(label), code) for label, code in foreign)
                | _unique((way(label), code) for label, code in own)
                for way in _WAYS
            ),
        )

    def of_label(self, text: str) -> str | None:
        """The code of the option that has this label."""
        for way, index in zip(_WAYS, self.labels, strict=True):
            code = index.get(way(text))
            if code is not None:
                return code
        return None

    def of_shared(self, text: str) -> tuple[str, ...]:
        """The codes of the options that have this label, where there are several."""
        return self.shared.get(same_case(text), ())

    def of_code(self, text: str) -> str | None:
        """The code that is written here, if need be without its zeros."""
        bare = text.strip()
        return bare if bare in self.codes else self.numbers.get(_value(bare) or bare.casefold())

    def of_codes(self, text: str) -> tuple[str, ...] | None:
        """Several codes, whatever stands between them; None where a part is none."""
        found = [self.of_code(part) for part in _SEVERAL.split(text.strip()) if part]
        return tuple(code for code in found if code) if all(found) else None

    def wording(self, cell: str, *, several: bool) -> str:
        """Whether a cell is a code, a label, either of two options, or nothing that tells."""
        if several:
            codes, labels = self.of_codes(cell), self.of_several(cell)
        else:
            code, label = self.of_code(cell), self.of_label(cell)
            codes = (code,) if code else None
            labels = (label,) if label else self.of_shared(cell) or None
        if codes and labels:
            return self._as_written(cell) if set(codes) == set(labels) else "either"
        return "code" if codes else "label" if labels else ""

    def _as_written(self, cell: str) -> str:
        """Of a code that is its own label, which of both is written so; nothing where both are."""
        parts = _SEVERAL.split(cell.strip())
        as_code = all(part in self.codes for part in parts)
        as_label = plain(cell) in self.labels[0] or all(part in self.labels[0] for part in parts)
        return "label" if as_label and not as_code else "" if as_label else "code"

    def of_several(self, text: str) -> tuple[str, ...] | None:
        """The codes of labels in a row, which may hold the separators themselves."""
        for separator in _SEPARATORS:
            found = self._readings(text.strip(), separator)
            if found:
                return (
                    tuple(found[0]) if all(way.keys() == found[0].keys() for way in found) else None
                )
        return None

    def all_of_several(self, text: str) -> Iterator[tuple[str, ...]]:
        """Every way to read labels in a row, whatever stands between them."""
        for separator in _SEPARATORS:
            yield from map(tuple, self._readings(text.strip(), separator))

    def _readings(self, text: str, separator: re.Pattern[str]) -> list[dict[str, None]]:
        """All ways to read `text` as labels with this separator between them, codes in its order."""
        cuts = [(0, 0), *((at.start(), at.end()) for at in separator.finditer(text)),
                (len(text), len(text))]  # fmt: skip
        ways: list[list[dict[str, None]]] = [[{}], *([] for _ in cuts[1:])]
        for end in range(1, len(cuts)):
            for begin in range(end):
                if ways[begin]:
                    code = self.of_label(text[cuts[begin][1] : cuts[end][0]])
                    if code is not None:
                        ways[end] += [way | {code: None} for way in ways[begin] if code not in way][
                            :_MANY
                        ]
        return ways[-1]


_MANY = 8
"""Ways to read a text that are followed; more than one is too many anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """What a file itself says of a column's values."""

    labels: Mapping[str, str]
    missing: frozenset[str]
    blank: frozenset[str]


def single_reader(
    choices: Choices, dictionary: Dictionary, *, by_label: bool
) -> Callable[[str], str]:
    """From a cell to a code; what is no option stays as it is."""

    def read(cell: str) -> str:
        told = _told(cell, choices, dictionary)
        if told is not None:
            return told
        label = choices.of_label(cell) if by_label else None
        return label or choices.of_code(cell) or cell

    return read


def multiple_reader(
    choices: Choices, dictionary: Dictionary, *, by_label: bool
) -> Callable[[str], str]:
    """From a cell with several answers to codes with spaces between."""

    def read(cell: str) -> str:
        if cell in dictionary.blank or cell in dictionary.missing:
            return ""
        parts = [part for part in _SEVERAL.split(cell.strip()) if part]
        if dictionary.labels and all(part in dictionary.labels for part in parts):
            return " ".join(_told(part, choices, dictionary) or part for part in parts)
        found = (choices.of_several(cell) if by_label else None) or choices.of_codes(cell)
        return cell if found is None else " ".join(found)

    return read


def option_reader(
    choices: Choices, code: str, dictionary: Dictionary, seen: Seen
) -> Callable[[str], bool]:
    """From a cell of one option's own column to whether it was chosen."""
    plain_words = any(fold(_word(cell, dictionary)) in _CHOSEN for cell in seen)

    def chosen(cell: str) -> bool:
        if cell in dictionary.blank or cell in dictionary.missing:
            return False
        word = _word(cell, dictionary)
        own = code in (word.strip(), choices.of_label(word))
        if own and not plain_words:
            return True
        folded = fold(word)
        return folded not in _NOT_CHOSEN and (folded in _CHOSEN or own)

    return chosen


def _word(cell: str, dictionary: Dictionary) -> str:
    """A cell, or what the file says that it means, where that is a word for yes or no."""
    label = dictionary.labels.get(cell)
    return label if label is not None and fold(label) in _CHOSEN | _NOT_CHOSEN else cell


def _told(cell: str, choices: Choices, dictionary: Dictionary) -> str | None:
    """What the file's own dictionary makes of a cell, if anything."""
    if cell in dictionary.blank and cell not in choices.codes:
        return ""
    label = dictionary.labels.get(cell)
    code = None if label is None else choices.of_label(label)
    if code is not None:
        return code
    if cell in dictionary.missing:
        return ""
    known = any(choices.of_label(one) for one in dictionary.labels.values())
    return label if label is not None and known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How many cells of a column are codes alone, labels alone, or either with another meaning."""

    codes: int
    labels: int
    either: int

    @classmethod
    def of(cls, choices: Choices, dictionary: Dictionary, seen: Seen, *, several: bool) -> Self:
        """Count the cells of a column; a code that is its own label, letter by letter, tells nothing."""
        counts = Counter[str]()
        for cell, count in {} if dictionary.labels else seen.items():
            counts[choices.wording(cell, several=several)] += count
        return cls(codes=counts["code"], labels=counts["label"], either=counts["either"])

    @property
    def leaning(self) -> int:
        """1 for labels, -1 for codes, 0 where cells may be either."""
        return 0 if self.either else (self.labels > self.codes) - (self.codes > self.labels)

    def is_labels(self, usual: int) -> bool:
        """Whether the column holds labels; `usual` is how the file's other columns lean."""
        return usual > 0 if self.either and usual else self.labels > self.codes


def _value(code: str) -> str | None:
    found = _NUMBER.fullmatch(code)
    return None if found is None else found[1] + found[2]


def _numbers(codes: Iterable[str]) -> dict[str, str]:
    found = _unique((_value(code), code) for code in codes)
    truth = {word: found[value] for word, value in _TRUTH.items() if value in found}
    return found | truth if len(truth) == len(_TRUTH) else found


def _unique(pairs: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    return {name: codes[0] for name, codes in _by_name(pairs).items() if len(codes) == 1}


def _shared(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return {name: codes for name, codes in _by_name(pairs).items() if len(codes) > 1}


def _by_name(pairs: Iterable[tuple[str | None, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for name, code in pairs:
        if name:
            found.setdefault(name, {})[code] = None
    return {name: tuple(codes) for name, codes in found.items()}
