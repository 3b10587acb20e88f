"""How simulated people answer scored items: a graded response model over the key's credits.

The chance of earning at least the j-th credit of an item is ``1 / (1 + exp(-a (z - b_j)))``
(Samejima 1969). A person with trait ``z = 0`` scores exactly the cut on average, whatever the
items, so that the share of a group above the cut is set by the group's mean. Options of equal
credit, such as three wrong answers and "don't know", share their chance by fixed weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from instruments.language import say
from instruments.model import Instrument, Item, Key, Option, Placed
from survey.errors import unusable

Floats = npt.NDArray[np.float64]

GRID = np.arange(-4, 4, 1 / 32)
"""Trait values at which the curves are tabulated; people between two take the lower one's."""
NOT_COUNTED = {"dont_know": 0.03, "refused": 0.01, "not_applicable": 0.12}
"""Chance of each kind of missing answer, where it leaves the score."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemCurves:
    """Cumulative chances of one item's options at each point of `GRID`.

    `codes` are in order of credit, those that leave the score first (`credit` NaN), the best
    last; `cumulative` has one row for each code.
    """

    path: str
    codes: tuple[str, ...]
    credit: Floats
    cumulative: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """The items of one dimension and the share of their credit from which a person reaches it."""

    dimension: str
    cut: float
    items: tuple[ItemCurves, ...]


def scale_of(
    instrument: Instrument,
    *,
    dimension: str,
    cut: float,
    slope: float,
    days: tuple[date, date],
    rng: np.random.Generator,
) -> Scale:
    """Draw item parameters for a dimension and centre them on `cut`.

    Raises:
        StudyError: the dimension has no scored item, or a key changes between the two `days`.
    """
    scored = [one for one in instrument.placed() if one.item.dimension == dimension]
    held = [(one, _key(one, days)) for one in scored if one.item.key]
    if not held:
        raise unusable(instrument.id,
                       say("no scored item belongs to the dimension '{name}'.", name=dimension),
                       say("Give its items a key."))  # fmt: skip
    drawn = [_draw(instrument, one, key, slope, rng) for one, key in held]
    shift = brentq(lambda at: _mean_score(drawn, at) - cut, -8, 8)
    return Scale(dimension=dimension, cut=cut, items=tuple(one.curves(shift) for one in drawn))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Drawn:
    """An item before it is centred: codes grouped by credit, with the parts they take of it."""

    path: str
    missing: Mapping[str, float]
    groups: tuple[Mapping[str, float], ...]
    credits: Floats
    slope: float
    steps: Floats

    def chances(self, shift: float, z: Floats) -> Floats:
        """Chance of each credit level (rows) at each `z`, of those who are scored."""
        reach = 1 / (1 + np.exp(-self.slope * (z - self.steps[:, None] - shift)))
        edges = np.vstack([np.ones_like(z), reach, np.zeros_like(z)])
        return -np.diff(edges, axis=0)

    def curves(self, shift: float) -> ItemCurves:
        """The item with its difficulties moved by `shift`."""
        codes, credit = list(self.missing), [np.nan] * len(self.missing)
        rows = [np.full_like(GRID, share) for share in self.missing.values()]
        counted = 1 - sum(self.missing.values())
        for group, worth, chance in zip(
            self.groups, self.credits, self.chances(shift, GRID), strict=True
        ):
            codes += group
            credit += [float(worth)] * len(group)
            rows += [counted * part * chance for part in group.values()]
        cumulative = np.cumsum(rows, axis=0)
        return ItemCurves(path=self.path, codes=tuple(codes), credit=np.array(credit),
                          cumulative=cumulative / cumulative[-1])  # fmt: skip


def _draw(
    instrument: Instrument, placed: Placed, key: Key, slope: float, rng: np.random.Generator
) -> _Drawn:
    options = instrument.options_of(placed.item)
    gone = {one.code: NOT_COUNTED[one.missing] for one in options
            if one.missing and not instrument.counts(placed.item, one)}  # fmt: skip
    worth = {one.code: key.credit.get(one.code, 0.0) for one in options if one.code not in gone}
    credits_ = np.array(sorted(set(worth.values())))
    groups = tuple(_parts(options, worth, one, rng) for one in credits_)
    spread = np.linspace(-1, 1, len(credits_) - 1) if len(credits_) > 2 else np.zeros(1)
    middle = rng.normal(0, 0.8)
    return _Drawn(path=placed.path, missing=gone, groups=groups, credits=credits_,
                  slope=slope * rng.lognormal(0, 0.2), steps=middle + 1.2 * spread)  # fmt: skip


def _parts(
    options: Sequence[Option], worth: Mapping[str, float], credit: float, rng: np.random.Generator
) -> dict[str, float]:
    """Parts of a credit level's chance that its options take; don't-know takes some two fifths."""
    own = [one for one in options if worth.get(one.code) == credit]
    weight = {one.code: 1.5 if one.missing else rng.uniform(0.3, 1.2) for one in own}
    return {code: one / sum(weight.values()) for code, one in weight.items()}


def _mean_score(drawn: Sequence[_Drawn], shift: float) -> float:
    at = np.zeros(1)
    earned = sum(float(one.credits @ one.chances(shift, at)[:, 0]) for one in drawn)
    return earned / sum(float(one.credits[-1]) for one in drawn)


def _key(placed: Placed, days: tuple[date, date]) -> Key:
    first, last = (_key_on(placed.item, day) for day in days)
    if placed.item.type != "single":
        raise unusable(placed.path, say("only scored items with a single choice can be simulated."),
                       say("Leave it out of the simulation's instrument."))  # fmt: skip
    if first is None or first != last:
        raise unusable(placed.path, say("its key does not hold through the whole wave."),
                       say("Choose days of interview on which one key holds."))  # fmt: skip
    return first


def _key_on(item: Item, day: date) -> Key | None:
    return next((key for key in item.key if key.holds_on(day)), None)
