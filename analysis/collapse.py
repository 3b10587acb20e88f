"""Samples from an engine's sums: each row a group of people, few scans for many estimates.

People who share stratum, PSU, domain and margins are one row, with the sum of their weights, their
weighted means and what spreads them apart. Nothing else of them enters a linearized variance, a
calibration on categories or a replicate, so such a sample is estimated by the code that estimates
rows. Estimates whose keys lie within those of another are served by the same scan.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.collapsible import check_design, check_totals
from analysis.columns import Codes, Floats
from analysis.condition import Condition
from analysis.design import Collapsed, Design, Sample
from analysis.engine.protocol import Engine, Extreme, Present, Sum, Term, Total, Totals, When
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

INSIDE = "@inside"
"""Column of a collapsed sample: is the estimate about this group?"""
MARKED = "@marked"
"""Column of a collapsed sample: the share of each group that an estimate counts."""
_WEIGHT = "@weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one estimate needs of the rows.

    `categories` and `numbers` are its variables, `products` pairs of numbers whose products enter a
    design effect; `mark` is a condition on the column `marked`, whose share is asked for. With `refuse_missing` nobody asked may be without an answer.
    """

    by: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    products: tuple[tuple[str, str], ...] = ()
    marked: str | None = None
    mark: Condition | None = None
    where: Condition | None = None
    refuse_missing: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that must be equal within a row."""
        return (*self.by, *self.categories)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """An engine's data with their design; `margins` are the variables of the weighting recipe.

    `centres` lie near the middle of each number, so that sums of squares about them stay accurate.
    """

    engine: Engine
    design: Design
    factors: Mapping[str, tuple[str, ...]]
    margins: tuple[str, ...]
    centres: Mapping[str, float]

    @classmethod
    def of(
        cls, engine: Engine, design: Design, *, factors: Mapping[str, tuple[str, ...]],
        margins: Iterable[str] = (),
    ) -> "Source":  # fmt: skip
        """Bind an engine's data to a design, keeping the stages that enter the variance."""
        head = engine.head()
        check_design(engine.name, head, design)
        stages = max(1, len(design.fpc))
        kept = replace(design, strata=design.strata[:stages], psu=design.psu[:stages])
        centres = head.mean(numeric_only=True).fillna(0.0).to_dict()
        return cls(engine=engine, design=kept, factors=factors, margins=tuple(margins),
                   centres={str(name): float(value) for name, value in centres.items()})  # fmt: skip

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that every scan must tell apart."""
        return (*self.design.strata, *self.design.psu, *self.design.fpc, *self.margins)

    @property
    def weight(self) -> Term:
        """The design weight."""
        return Term(str(self.design.weights))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A need as totals, given what the keys of its scan tell already."""

    weight: Term
    where: When
    when: When
    numbers: tuple[Term, ...]
    products: tuple[tuple[Term, Term], ...]
    mark: When | None

    def sum(self, *terms: Term) -> Sum:
        """A sum over the people whom the estimate is about."""
        return Sum(terms, self.when)

    def totals(self) -> Iterator[Total]:
        """Everything to be added up."""
        yield from (self.sum(), self.sum(self.weight), self.sum(self.weight, self.weight))
        yield from (self.sum(self.weight, number) for number in self.numbers)
        yield from (self.sum(self.weight, *pair) for pair in self.products)
        if self.mark is not None:
            yield Sum((self.weight,), self.mark)
        yield Sum((), self.where)


def scans(source: Source, needs: Sequence[Need]) -> Iterator[tuple[Totals, tuple[int, ...]]]:
    """Make the sums for all needs, with the places of the needs that each scan serves."""
    for own, places in _shared(needs):
        keys = tuple(dict.fromkeys((*source.keys, *own)))
        wanted: dict[Total, None] = dict.fromkeys(_everyone(source.weight))
        for place in places:
            wanted |= dict.fromkeys(_asked(source, needs[place], keys).totals())
        totals = source.engine.totals(keys, wanted)
        check_totals(source.design, source.margins, totals)
        yield totals, places


def collapsed_sample(source: Source, totals: Totals, need: Need) -> Sample:
    """The groups as a sample, those that the estimate is about marked in the column `INSIDE`."""
    asked = _asked(source, need, tuple(totals.keys.columns))
    if need.refuse_missing:
        _refuse_missing(totals, asked, need)
    groups = _groups(totals, asked)
    weight = _WEIGHT
    while weight in totals.keys:
        weight += "@"
    means, within = _moments(totals, asked)
    columns = {name: groups.spread_out(mean, outside=np.nan) for name, mean in means.items()}
    data = totals.keys.iloc[groups.place].reset_index(drop=True)
    data = data.assign(**columns, **{weight: groups.weight, INSIDE: groups.inside})
    sample = Sample.of(data, replace(source.design, weights=weight), factors=source.factors)
    spread = {pair: groups.spread_out(one, outside=0.0) for pair, one in within.items()}
    return replace(sample, collapsed=replace(groups.collapsed, within=spread))


def _refuse_missing(totals: Totals, asked: _Asked, need: Need) -> None:
    """Refuse people of a domain who did not answer."""
    numbers = [name for name in need.numbers if name in totals.keys]
    answered = totals.keys[[*need.categories, *numbers]].notna().all(axis="columns")
    reported = totals.keys[list(need.by)].notna().all(axis="columns").to_numpy()
    absent = totals[Sum((), asked.where)] - np.where(answered, totals[asked.sum()], 0)
    count = int(absent[reported].sum())
    if count:
        what = say("{count} people have no answer.", count=count)
        hint = say("Set `missing: casewise` to leave such rows out of the domain.")
        raise AnalysisError(Problem(where="estimate.of", what=what, hint=hint))


def _shared(needs: Sequence[Need]) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Sets of keys with the places of the needs that they serve."""
    hosts: dict[tuple[str, ...], list[int]] = {}
    for place in sorted(range(len(needs)), key=lambda i: -len(set(needs[i].keys))):
        keys = needs[place].keys
        host = next((h for h in hosts if set(keys) <= set(h)), keys)
        hosts.setdefault(host, []).append(place)
    return [(keys, tuple(places)) for keys, places in hosts.items()]


def _everyone(weight: Term) -> Iterator[Total]:
    """Numbers and weights of all people, and what shows a weight that is none."""
    yield from (Sum(), Sum((), (Present(weight.column),)), Sum((weight,)), Sum((weight, weight)))
    yield from (Extreme(weight.column, "MIN"), Extreme(weight.column, "MAX"))


def _asked(source: Source, need: Need, keys: Sequence[str]) -> _Asked:
    centred = {name: Term(name, source.centres.get(name, 0.0)) for name in need.numbers}
    open_ = {name: term for name, term in centred.items() if name not in keys}
    known = [*open_, *((need.marked,) if need.marked is not None else ())]
    where: When = () if need.where is None else (need.where,)
    when = (*where, *(Present(name) for name in known))
    products = [p for p in need.products if p[0] in open_ and p[1] in open_]
    return _Asked(
        weight=source.weight, where=where, when=when, numbers=tuple(open_.values()),
        products=tuple((open_[a], open_[b]) for a, b in products),
        mark=None if need.mark is None else (*where, need.mark),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Groups:
    """The combinations of keys split into the people inside and those outside, nobody lost."""

    place: Codes
    inside: NDArray[np.bool_]
    weight: Floats
    collapsed: Collapsed

    def spread_out(self, values: Floats, *, outside: float) -> Floats:
        """One value per combination of keys as one per group."""
        return np.where(self.inside, values[self.place], outside)


def _groups(totals: Totals, asked: _Asked) -> _Groups:
    weight = asked.weight
    counted = [Sum(), Sum((weight,)), Sum((weight, weight))]
    everyone = np.stack([totals[one] for one in counted])
    within = np.stack([totals[replace(one, when=asked.when)] for one in counted])
    outside = everyone - within
    first, second = within[0] > 0, outside[0] > 0
    place = np.concatenate([np.flatnonzero(first), np.flatnonzero(second)])
    count, sums, squares = np.concatenate([within[:, first], outside[:, second]], axis=1)
    least, most = (totals[Extreme(weight.column, which)][place] for which in ("MIN", "MAX"))
    return _Groups(
        place=place, inside=np.arange(len(place)) < first.sum(), weight=sums,
        collapsed=Collapsed(people=count.astype(np.int64), squares=squares / np.square(sums),
                            lightest=least / sums, heaviest=most / sums),
    )  # fmt: skip


_Pairs = dict[tuple[str, str], Floats]


def _moments(totals: Totals, asked: _Asked) -> tuple[dict[str, Floats], _Pairs]:
    """Weighted means of the numbers, and their covariances among the people inside."""
    weight = totals[asked.sum(asked.weight)]
    sure = np.where(weight > 0, weight, np.inf)
    shifted = {t.column: totals[asked.sum(asked.weight, t)] / sure for t in asked.numbers}
    means = {term.column: shifted[term.column] + term.less for term in asked.numbers}
    within: _Pairs = {}
    for pair in asked.products:
        a, b = (term.column for term in pair)
        product = totals[asked.sum(asked.weight, *pair)] / sure - shifted[a] * shifted[b]
        within[a, b] = within[b, a] = np.maximum(product, 0.0) if a == b else product
    if asked.mark is not None:
        share = totals[Sum((asked.weight,), asked.mark)] / sure
        means[MARKED] = share
        within[MARKED, MARKED] = share * (1 - share)
    return means, within
