"""Columns that share a heading, told apart by their order, where their contents bear it out.

Programs that export a form write its questions in its order. People move columns: of a table that
is made by hand the contents must fit in that order alone.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from survey.choices import Choices, Seen
from survey.form import Field
from survey.places import Places
from survey.readings import Reading
from survey.writing import Habit


def by_order(
    matches: Mapping[int, tuple[str, ...]], single: Mapping[int, str], places: Places, *,
    seen: Sequence[Seen], exported: bool,
) -> dict[int, str]:  # fmt: skip
    """The places of columns that match several; `single` are those that match one, in any version.

    As many columns as there are places are these places in the form's order, if the columns around
    and between stand in that order too and no two of them hold what the other place asks for.
    """
    taken = set(single.values())
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, found in matches.items():
        if len(found) > 1:
            groups.setdefault(found, []).append(at)
    settled: dict[int, str] = {}
    for found, columns in groups.items():
        free = sorted((one for one in found if one not in taken), key=places.order.__getitem__)
        pairs = list(zip(columns, free, strict=False))
        if (
            free
            and len(free) == len(columns)
            and _in_order(pairs, single, places)
            and _borne_out(pairs, places, seen, exported=exported)
        ):
            settled |= dict(pairs)
    return settled


def _in_order(pairs: Sequence[tuple[int, str]], single: Mapping[int, str], places: Places) -> bool:
    """Whether all settled columns from the one before the first to the one behind the last are."""
    together = {**single, **dict(pairs)}
    known = [at for at in sorted(together) if together[at] in places.order]
    first, last = known.index(pairs[0][0]), known.index(pairs[-1][0])
    order = [places.order[together[at]] for at in known[max(first - 1, 0) : last + 2]]
    return order == sorted(order)


def _borne_out(
    pairs: Sequence[tuple[int, str]], places: Places, seen: Sequence[Seen], *, exported: bool
) -> bool:
    """Whether no two columns would fit better, or by hand as well, the other way round."""
    for (one, here), (other, there) in combinations(pairs, 2):
        so = _misfit(seen, one, places, here) + _misfit(seen, other, places, there)
        turned = _misfit(seen, one, places, there) + _misfit(seen, other, places, here)
        if so > turned or (not exported and so == turned):
            return False
    return True


def _misfit(seen: Sequence[Seen], at: int, places: Places, place: str) -> float:
    """The share of a column's cells that the question at a place does not take."""
    one = places.fields.get(place)
    cells = seen[at] if at < len(seen) else {}
    if one is None or not cells:
        return 0.0
    takes = _taken_by(one, cells)
    return sum(count for cell, count in cells.items() if not takes(cell)) / sum(cells.values())


def _taken_by(one: Field, cells: Seen) -> Callable[[str], bool]:
    if not one.coded:
        write = Habit.of(cells).writer(one.item.type)
        return lambda cell: isinstance(one.read(write(cell)), Reading)
    choices = Choices.of(one)

    def takes(cell: str) -> bool:
        if one.item.type == "single":
            return (choices.of_code(cell) or choices.of_label(cell)) is not None
        return bool(choices.of_several(cell)) or all(map(choices.of_code, cell.split()))

    return takes
