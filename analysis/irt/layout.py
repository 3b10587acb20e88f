"""Where the parameters of the items lie: families of equal shape, and which of them are free.

All parameters stand in one vector, item after item (slope, intercepts, logit c). The free ones are
mapped into it linearly, values = base + design @ free: a selection, but for the rating scale, whose
intercepts are d_k = k λ_j + κ_k with the shared κ (Andrich 1978; λ = -location, κ_m = 0).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, logit

from analysis.columns import Codes, Floats
from analysis.irt.curves import Shape
from analysis.irt.items import ONE_SLOPE, ItemModel, ItemParameters, Parameter, curve_of

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Family:
    """Items of one shape: their numbers, and where each parameter stands (items by parameters)."""

    shape: Shape
    items: tuple[int, ...]
    places: Codes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """The vector of all item parameters and its free part.

    `free` tells which of all are; `owner` is the item of each free parameter. Where the design
    selects, the layout is `separable`: items are maximised one by one (`owner` is 0 otherwise).
    """

    items: tuple[str, ...]
    models: tuple[ItemModel, ...]
    families: tuple[Family, ...]
    parameters: tuple[Parameter, ...]
    base: Floats
    design: sparse.csr_array
    free: Mask
    owner: Codes
    separable: bool

    def expand(self, free: Floats) -> Floats:
        """All item parameters from the free ones."""
        return np.asarray(self.base + self.design @ free)

    def reduce(self, gradient: Floats) -> Floats:
        """A gradient by the free parameters from one by all."""
        return np.asarray(self.design.T @ gradient)

    def nearest(self, values: Floats) -> Floats:
        """The free parameters that come nearest to given values of all."""
        if self.separable:
            return self.reduce(values - self.base)
        return np.asarray(np.linalg.lstsq(self.design.toarray(), values - self.base)[0])

    def item_parameters(self, values: Floats) -> tuple[ItemParameters, ...]:
        """The items at given values of all parameters."""
        found: dict[int, ItemParameters] = {}
        for family in self.families:
            for item, row in zip(family.items, values[family.places], strict=True):
                found[item] = self._item(item, family.shape, row)
        return tuple(found[item] for item in range(len(self.items)))

    def _item(self, item: int, shape: Shape, row: Floats) -> ItemParameters:
        d = row[1 : shape.categories]
        fixed = self.models[item].guessing
        c = float(expit(row[-1])) if shape.guessing else 0.0
        return ItemParameters(
            item=self.items[item], model=self.models[item].model, slope=float(row[0]),
            intercepts=tuple(d.tolist()), guessing=c if fixed is None else fixed,
        )  # fmt: skip


def lay_out(
    items: Sequence[str], models: Sequence[ItemModel], categories: Sequence[int],
    fixed: Mapping[str, ItemParameters],
) -> Layout:  # fmt: skip
    """Arrange the parameters of the items."""
    shapes = [_shape(model, size) for model, size in zip(models, categories, strict=True)]
    ends = np.cumsum([shape.parameters for shape in shapes])
    starts = ends - [shape.parameters for shape in shapes]
    base = np.zeros(int(ends[-1]))
    entries: list[tuple[int, int, float]] = []
    names: list[Parameter] = []
    for item, model, shape, start in zip(items, models, shapes, starts, strict=True):
        base[start : start + shape.parameters] = _fixed_values(model, shape, fixed.get(item))
        if item not in fixed and model.model != "rsm":
            _select(item, model, shape, int(start), entries, names)
    scale = [j for j, model in enumerate(models) if model.model == "rsm" and items[j] not in fixed]
    _share_steps([items[j] for j in scale], [int(starts[j]) for j in scale],
                 [shapes[j] for j in scale], entries, names)  # fmt: skip
    rows, columns, weights = zip(*entries, strict=True) if entries else ((), (), ())
    design = sparse.csr_array((weights, (rows, columns)), shape=(len(base), len(names)))
    return Layout(
        items=tuple(items), models=tuple(models), families=_families(shapes, starts),
        parameters=tuple(names), base=base, design=design, separable=not scale,
        free=np.asarray(abs(design).sum(axis=1) > 0), owner=_owner(items, names, scale),
    )  # fmt: skip


def _owner(items: Sequence[str], names: Sequence[Parameter], scale: Sequence[int]) -> Codes:
    if scale:
        return np.zeros(len(names), dtype=np.int64)
    places = {item: place for place, item in enumerate(items)}
    return np.array([places[str(name.of)] for name in names], dtype=np.int64)


def _shape(model: ItemModel, categories: int) -> Shape:
    curve = "graded" if categories == 2 else curve_of(model.model)
    guessing = model.model == "3pl" and model.guessing != 0
    return Shape(curve=curve, categories=categories, guessing=guessing)


def _families(shapes: Sequence[Shape], starts: Codes) -> tuple[Family, ...]:
    found = []
    for shape in dict.fromkeys(shapes):
        members = tuple(j for j, one in enumerate(shapes) if one == shape)
        places = starts[list(members)][:, None] + np.arange(shape.parameters)
        found.append(Family(shape=shape, items=members, places=places))
    return tuple(found)


def _fixed_values(model: ItemModel, shape: Shape, item: ItemParameters | None) -> Floats:
    """What stands where nothing is free: the fixed item, slope 1, the fixed c."""
    found = np.zeros(shape.parameters)
    if item is not None:
        found[: shape.categories] = [item.slope, *item.intercepts]
    elif model.model in ONE_SLOPE:
        found[0] = 1.0
    c = model.guessing if item is None else item.guessing
    if shape.guessing and c:
        found[-1] = logit(c)
    return found


def _select(
    item: str, model: ItemModel, shape: Shape, start: int,
    entries: list[tuple[int, int, float]], names: list[Parameter],
) -> None:  # fmt: skip
    """Make the parameters of an item free in their order."""
    own = [] if model.model in ONE_SLOPE else [Parameter(of=item, kind="slope")]
    own += [Parameter(of=item, kind="intercept", place=k) for k in range(shape.categories - 1)]
    if shape.guessing and model.guessing is None:
        own.append(Parameter(of=item, kind="logit_guessing"))
    first = start + (model.model in ONE_SLOPE)
    entries += [(first + k, len(names) + k, 1.0) for k in range(len(own))]
    names += own


def _share_steps(
    items: Sequence[str], starts: Sequence[int], shapes: Sequence[Shape],
    entries: list[tuple[int, int, float]], names: list[Parameter],
) -> None:  # fmt: skip
    """Rating scale: a location per item, and cumulative steps that all items share."""
    if not items:
        return
    steps = shapes[0].categories - 2
    shared = len(names) + len(items)
    for number, start in enumerate(starts):
        for k in range(1, steps + 2):
            entries.append((start + k, len(names) + number, -float(k)))
            if k <= steps:
                entries.append((start + k, shared + k - 1, 1.0))
    names += [Parameter(of=item, kind="location") for item in items]
    names += [Parameter(of=None, kind="step", place=k) for k in range(steps)]
