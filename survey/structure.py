"""What one pass over a table tells of it, before a row is judged.

Cells are counted column by column, a stretch of rows at a time: several times as fast as one by one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest

from survey.importers.table import Instance, Nested, Row, Table
from survey.transcription import TableValues

DIFFERENT = 300
"""Different cells of a column that are kept, to tell how it is written."""
_STRETCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What one pass over a table tells: records, how many fill each column, and with what."""

    rows: int
    regular: int
    """Records with as many cells as there are headings."""
    fills: tuple[int, ...]
    values: TableValues
    aside: tuple[tuple[int, str], ...]
    """Lines that are no records, each with its words."""
    by_version: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """The columns with any cell in the records that name a version; by nothing, in those that name
    none."""

    @property
    def filled(self) -> frozenset[int]:
        """Columns with any cell below the heading."""
        return frozenset(at for at, count in enumerate(self.fills) if count)

    @property
    def repeats_filled(self) -> dict[str, frozenset[int]]:
        """Of each repeat, the columns with any cell."""
        return {name: frozenset(at for at, seen in enumerate(columns) if seen)
                for name, columns in self.values.repeats.items()}  # fmt: skip


@dataclass(slots=True)
class _Counts:
    """Cells of one level's columns: how many are filled, and the different ones."""

    fills: list[int]
    seen: list[dict[str, int]]

    @classmethod
    def of(cls, width: int) -> "_Counts":
        return cls(fills=[0] * width, seen=[{} for _ in range(width)])

    def add(self, lines: Sequence[tuple[str, ...]]) -> set[int]:
        """Count lines of cells; the columns that any of them fills."""
        filled = set()
        for at, column in zip(
            range(len(self.fills)), zip_longest(*lines, fillvalue=""), strict=False
        ):
            counts = Counter(column)
            if any(map(str.isspace, counts)):
                counts = Counter({cell: count for cell, count in counts.items() if cell.strip()})
            counts.pop("", None)
            if counts:
                filled.add(at)
                self.fills[at] += counts.total()
                _merge(counts, self.seen[at])
        return filled


def _merge(counts: Mapping[str, int], seen: dict[str, int]) -> None:
    for cell in seen.keys() & counts.keys():
        seen[cell] += counts[cell]
    if len(seen) < DIFFERENT:
        fresh = ((cell, count) for cell, count in counts.items() if cell not in seen)
        seen.update(islice(fresh, DIFFERENT - len(seen)))


def look_through(table: Table) -> Structure:
    """Read the whole table once, so that what refuses it does so before anything is stored."""
    width, rows, regular = len(table.headings), 0, 0
    own = _Counts.of(width)
    inner = {repeat.name: _Counts.of(len(repeat.headings)) for repeat in table.repeats}
    by_version: dict[str, set[int]] = defaultdict(set)
    aside: list[tuple[int, str]] = []
    lines = table.lines()
    while stretch := list(islice(lines, _STRETCH)):
        aside += [
            (row.line, " ".join(filter(None, row.cells))) for row in stretch if not row.number
        ]
        records = [row for row in stretch if row.number]
        whole = [row for row in records if len(row.cells) == width]
        rows, regular = rows + len(records), regular + len(whole)
        for version, cells in _by_version(whole, table.columns.versions).items():
            by_version[version] |= own.add(cells)
        _add_nested((row.nested for row in records if row.nested), inner)
    return Structure(
        rows=rows, regular=regular, fills=tuple(own.fills), aside=tuple(aside),
        values=TableValues(columns=own.seen,
                           repeats={name: counts.seen for name, counts in inner.items()}),
        by_version={version: frozenset(filled) for version, filled in by_version.items()},
    )  # fmt: skip


def _by_version(
    rows: Iterable[Row], versions: Sequence[int]
) -> Mapping[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in rows:
        named = (row.cells[at].strip() for at in versions)
        found[next(filter(None, named), "")].append(row.cells)
    return found


def _add_nested(several: Iterable[Nested], inner: Mapping[str, _Counts]) -> None:
    gathered: dict[str, list[Instance]] = defaultdict(list)
    for nested in several:
        for name, instances in nested.items():
            gathered[name] += instances
    for name, found in gathered.items():
        inner[name].add([one.cells for one in found])
        _add_nested((one.nested for one in found if one.nested), inner)
