"""From the cells of a row to the answers of one version of the form.

What a file writes in its own way (labels, a column per option, spreadsheet dates, decimal commas,
words for "no answer") becomes what the form's readers take; what cannot be told stays as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Self

from survey.answers import Answers
from survey.choices import (
    Choices,
    Dictionary,
    Seen,
    Wording,
    multiple_reader,
    option_reader,
    single_reader,
)
from survey.form import Field
from survey.importers.table import Columns, Nested, Repeat
from survey.mapping import Layout
from survey.writing import Habit, months_first

Convert = Callable[[str], str]
_REMEMBERED = 4_096


@dataclass(frozen=True, kw_only=True)
class TableValues:
    """The different cells of each column: of the records, and of each repeat."""

    columns: Sequence[Seen]
    repeats: Mapping[str, Sequence[Seen]]

    @cached_property
    def habits(self) -> tuple[Habit, ...]:
        """How each column of the records writes; a column that leaves it open as the others."""
        return tuple(Habit.of(seen, month_first=self.month_first) for seen in self.columns)

    @cached_property
    def month_first(self) -> bool:
        """Whether dates of the file have the month first, where any of them tells."""
        shown = {months_first(seen) for columns in (self.columns, *self.repeats.values())
                 for seen in columns} - {None}  # fmt: skip
        return shown == {True}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Besides:
    """A multiple choice by labels in a row, which its options' own columns make certain."""

    path: str
    at: int
    choices: Choices
    options: tuple[tuple[str, int, Callable[[str], bool]], ...]

    def meant(self, cells: Sequence[str], read: object) -> str | None:
        """Of several ways to read the labels, the one that the options confirm; else None."""
        codes = {code for code, at, chosen in self.options if cells[at] and chosen(cells[at])}
        if not codes or codes == set(str(read or "").split()):
            return None
        ways = self.choices.all_of_several(cells[self.at])
        return next((" ".join(way) for way in ways if codes == set(way)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcriber:
    """Reads the rows of one version at one level."""

    whole: tuple[tuple[str, int, Convert], ...]
    """Path, column, and how its cells are read."""
    split: tuple[tuple[str, tuple[tuple[str, int, Callable[[str], bool]], ...]], ...]
    """Path of a multiple choice; code, column and reader of each of its options."""
    rosters: tuple[tuple[str, str, "Transcriber"], ...]
    """Name of the repeat, path of the roster, and what reads its instances."""
    besides: tuple[_Besides, ...]
    """Of multiple choices by label that have a column for each option too."""
    own_labelled: frozenset[str]
    """Paths at this level whose columns hold labels of options."""

    @property
    def labelled(self) -> frozenset[str]:
        """Paths whose columns hold labels of options, those in rosters included."""
        return self.own_labelled.union(*(inner.labelled for _, _, inner in self.rosters))

    @classmethod
    def of(  # noqa: PLR0913 - what is known of one table
        cls, layout: Layout, fields: Mapping[str, Sequence[Field]], *, columns: Columns,
        values: TableValues, repeats: Mapping[str, Repeat], repeat: str | None = None,
        usual: int = 0,
    ) -> Self:  # fmt: skip
        """Prepare; `fields` are by path the question in this version, then in the others.

        `usual` is how the columns around lean: to labels (above 0) or to codes.
        """
        seen = values.columns if repeat is None else values.repeats[repeat]
        wordings = {path: _wording(fields[path], at, columns, seen[at])
                    for path, at in layout.whole.items() if fields[path][0].coded}  # fmt: skip
        usual += sum(one.leaning for one in wordings.values())
        labelled = frozenset(path for path, one in wordings.items() if one.is_labels(usual))
        return cls(
            whole=tuple((path, at, _reader(fields[path], at, columns, seen[at],
                                           by_label=path in labelled,
                                           month_first=values.month_first))
                        for path, at in layout.whole.items()),
            besides=tuple(
                _Besides(path=path, at=layout.whole[path],
                         choices=Choices.of(fields[path][0], fields[path][1:]),
                         options=tuple(_options(fields[path], found, columns, seen)))
                for path, found in layout.besides.items() if path in labelled
            ),
            split=tuple((path, tuple(_options(fields[path], found, columns, seen)))
                        for path, found in layout.options.items() if path not in layout.whole),
            rosters=tuple(
                (name, inner.path,
                 cls.of(inner.layout, fields, columns=repeats[name].columns, values=values,
                        repeats=repeats, repeat=name, usual=usual))
                for name, inner in layout.rosters.items()
            ),
            own_labelled=labelled,
        )  # fmt: skip

    def answers(self, cells: Sequence[str], nested: Nested) -> Answers:
        """The answers in a row, rosters in order."""
        found: dict[str, str | Sequence[Answers]] = {}
        for path, at, convert in self.whole:
            if (cell := cells[at]) and (text := convert(cell)):
                found[path] = text
        told = ((one.path, one.meant(cells, found.get(one.path))) for one in self.besides)
        found |= {path: meant for path, meant in told if meant is not None}
        for path, options in self.split:
            codes = [code for code, at, chosen in options if cells[at] and chosen(cells[at])]
            if codes:
                found[path] = " ".join(codes)
        for name, path, inner in self.rosters:
            instances = nested.get(name)
            if instances:
                found[path] = [inner.answers(one.cells, one.nested) for one in instances]
        return found


def _reader(
    fields: Sequence[Field],
    at: int,
    columns: Columns,
    seen: Seen,
    *,
    by_label: bool,
    month_first: bool,
) -> Convert:
    one, *others = fields
    dictionary = _dictionary(columns, at)
    if one.item.type == "single":
        return _cached(single_reader(Choices.of(one, others), dictionary, by_label=by_label))
    if one.item.type == "multiple":
        return _cached(multiple_reader(Choices.of(one, others), dictionary, by_label=by_label))
    convert = Habit.of(seen, month_first=month_first).writer(one.item.type)
    silent = dictionary.blank | dictionary.missing
    return _cached(lambda cell: "" if cell in silent else convert(cell))


def _wording(fields: Sequence[Field], at: int, columns: Columns, seen: Seen) -> Wording:
    one, *others = fields
    return Wording.of(Choices.of(one, others), _dictionary(columns, at), seen,
                      several=one.item.type == "multiple")  # fmt: skip


def _options(
    fields: Sequence[Field], columns_of: Mapping[str, int], columns: Columns, seen: Sequence[Seen]
) -> list[tuple[str, int, Callable[[str], bool]]]:
    choices = Choices.of(fields[0], fields[1:])
    return [
        (code, at, lru_cache(_REMEMBERED)(
            option_reader(choices, code, _dictionary(columns, at), seen[at])))
        for code, at in columns_of.items()
    ]  # fmt: skip


def _dictionary(columns: Columns, at: int) -> Dictionary:
    return Dictionary(labels=columns.labels.get(at, {}), blank=columns.blank,
                      missing=columns.missing.get(at, frozenset()))  # fmt: skip


def _cached(convert: Convert) -> Convert:
    return lru_cache(_REMEMBERED)(convert)
