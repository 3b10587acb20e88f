"""An earlier wave's cut on the scale of this one, through the questions that both waves ask.

Each wave finds its own scale, so that a share above "the" cut is comparable only where the cut is the
same place. The items that are the same in words, answers and key are the anchors; their curves put
the earlier cut on this wave's scale (Stocking & Lord 1983), and how far they disagree is the linking
error (OECD 2014, annex A5). An anchor is left out only for a documented cause, and then what would
come of all of them is told beside it (Miller, Gesn & Rotou 2005).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.awareness.cut import Cut
from analysis.earlier import known_fields
from analysis.errors import AnalysisError
from analysis.irt.items import ItemParameters
from analysis.items.drift import Wave, drift
from analysis.items.linking import LEAST_ANCHORS, link
from analysis.latent_shares import LatentShares, Scale
from analysis.trait_result import ScaleItem, TraitReport
from instruments.language import Message, say

LEAST_PART = 1 / 3
"""Least part of this wave's items that have to be anchors."""
ENOUGH = 10
"""Anchors below which a link rests on few, unless every item is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedCuts:
    """By dimension the earlier cut as a share of this wave's points, and moved by the linking error.

    `whole` are the cuts with every anchor, where some were left out for a cause.
    """

    cuts: Mapping[str, float]
    moved: tuple[Mapping[str, float], ...]
    anchors: int
    whole: Mapping[str, float] | None = None
    notes: tuple[Message, ...] = ()


def published_scales(document: Mapping[str, Any]) -> dict[str, TraitReport]:
    """By dimension, the traits of an earlier result that tell their scale and their cut."""
    latent = document.get("latent") or {}
    found = {}
    for one in latent.get("traits", ()):
        if one.get("scale") and one.get("cut") is not None:
            items = tuple(_item(each) for each in one["scale"])
            found[one["dimension"]] = TraitReport(
                dimension=one["dimension"], model=one["model"], items=one["items"],
                reliability=one["reliability"], cut=one["cut"], scale=items,
            )  # fmt: skip
    return found


def unlinked(
    before: TraitReport | None, now: TraitReport | None, excluded: Mapping[str, str]
) -> Message | None:
    """Why the scales of two waves cannot be put on one; None where enough anchors are left."""
    if before is None or now is None or not before.scale or not now.scale:
        return say("the earlier result does not hold the items of its scale, by which it would be "
                   "linked")  # fmt: skip
    left = _anchors(before, now) - set(excluded)
    if len(left) >= max(LEAST_ANCHORS, LEAST_PART * len(now.scale)):
        return None
    return say("{count} of {all} items of a scale are the same in both waves and fit to link "
               "them; at least {least} and a third of them are needed",
               count=len(left), all=len(now.scale), least=LEAST_ANCHORS)  # fmt: skip


def _anchors(before: TraitReport, now: TraitReport) -> set[str]:
    """Items of the same words, answers and key in both."""
    content = {one.item: one.content for one in now.scale}
    return {one.item for one in before.scale if content.get(one.item) == one.content}


def linked_cuts(
    earlier: Mapping[str, TraitReport], now: LatentShares, own: Mapping[str, TraitReport],
    dimensions: Sequence[str], *, excluded: Mapping[str, str],
) -> LinkedCuts | Message:  # fmt: skip
    """The earlier cuts on `dimensions` carried over, or why they cannot be."""
    for name in dimensions:
        if (reason := unlinked(earlier.get(name), own.get(name), excluded)) is not None:
            return reason
    scales = {one.dimension: one for one in now.scales}
    sides = [_Side.of(earlier[name], own[name], scales[name], excluded) for name in dimensions]
    short = next((one for one in sides if isinstance(one, Message)), None)
    if short is not None:
        return short
    linked = [one for one in sides if not isinstance(one, Message)]
    cuts = {one.dimension: one.share for one in linked}
    whole = {one.dimension: one.share_with_all for one in linked}
    return LinkedCuts(
        cuts=cuts, moved=tuple({**cuts, one.dimension: one.moved} for one in linked),
        anchors=sum(one.anchors for one in linked), whole=whole if whole != cuts else None,
        notes=tuple(_notes(linked)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One dimension's link."""

    dimension: str
    share: float
    moved: float
    share_with_all: float
    anchors: int
    items: int
    drifting: tuple[str, ...]
    excluded: Mapping[str, str]
    in_transition: tuple[str, ...]

    @classmethod
    def of(
        cls, before: TraitReport, now: TraitReport, scale: Scale, excluded: Mapping[str, str]
    ) -> "_Side | Message":
        anchors = _anchors(before, now)
        origin = [one for one in before.scale if one.item in anchors]
        target = [one for one in now.scale if one.item in anchors]
        left = anchors - set(excluded)
        own = {name: cause for name, cause in excluded.items() if name in anchors}
        try:
            found = drift(_wave(origin), _wave(target), excluded=own)
            whole = link(_parameters(origin), _parameters(target))
            kept = link(_parameters(one for one in origin if one.item in left),
                        _parameters(one for one in target if one.item in left))  # fmt: skip
        except AnalysisError as error:
            return error.problems[0].what
        at, cut = before.cut or 0.0, _Cut(scale)
        theta = kept.slope * at + kept.shift
        drifting = tuple(one.item for one in found.anchors if one.drifts and one.excluded is None)
        return cls(
            dimension=now.dimension, share=cut.share(theta), items=len(now.scale),
            moved=cut.share(theta + kept.linking_error),
            share_with_all=cut.share(whole.slope * at + whole.shift), anchors=len(left),
            drifting=drifting, excluded=own,
            in_transition=tuple(sorted({one.item for one in (*origin, *target)
                                        if one.in_transition and one.item in left})),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cut:
    """A place on a scale as the share of its points that is expected there."""

    scale: Scale

    def share(self, theta: float) -> float:
        cut = Cut(value=0.0, items=self.scale.stands_on, points=self.scale.points)
        at = np.array([theta])
        earned = sum(float(cut.score(item, at)[0]) for item in self.scale.calibration.items
                     if item.item in cut.items)  # fmt: skip
        return earned / self.scale.most


def _notes(sides: Sequence[_Side]) -> Iterator[Message]:
    few = min(sides, key=lambda one: one.anchors)
    if few.anchors < min(ENOUGH, few.items):
        yield say("linked by {count} items only", count=few.anchors)
    drifting = [name for one in sides for name in one.drifting]
    if drifting:
        yield say("items that moved by themselves, which may be learning: {items}",
                  items=", ".join(name.rpartition("/")[2] for name in drifting))  # fmt: skip
    changing = [name for one in sides for name in one.in_transition]
    if changing:
        yield say("items asked while their law changed, which then link badly: {items}",
                  items=", ".join(name.rpartition("/")[2] for name in changing))  # fmt: skip
    for name, cause in (pair for one in sides for pair in one.excluded.items()):
        yield say("item {item} links no waves: {cause}", item=name.rpartition("/")[2], cause=cause)


def _wave(items: Sequence[ScaleItem]) -> Wave:
    errors = {one.item: one.location_se for one in items if one.location_se is not None}
    return Wave(items=_parameters(items), errors=errors)


def _parameters(items: "Iterator[ScaleItem] | Sequence[ScaleItem]") -> list[ItemParameters]:
    return [ItemParameters(item=one.item, model=one.model, slope=one.slope,  # type: ignore[arg-type]  # a name that was written by a model
                           intercepts=one.intercepts, guessing=one.guessing)
            for one in items]  # fmt: skip


def _item(document: Mapping[str, Any]) -> ScaleItem:
    own = known_fields(ScaleItem, document)
    lists = {name: tuple(own[name]) for name in ("intercepts", "points")}
    return ScaleItem(**{**own, **lists})
