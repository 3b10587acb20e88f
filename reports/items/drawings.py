"""The drawings of a report on items: curves with what was observed, the map, information."""

from collections.abc import Iterator, Sequence
from typing import Any

from analysis.items.inspection import REACH, ItemCurve, Scale
from instruments.language import say
from reports.curves import Bar, Curve, Panel, Panels, Role, Ticks, WrightMap
from reports.items.edition import ItemsEdition

_Z = 1.96
_SHARES: Ticks = tuple((value / 100, f"{value}%") for value in (0, 25, 50, 75, 100))
_ROLES: dict[str, Role] = {"key": "key", "distractor": "distractor"}


def wright_map(edition: ItemsEdition, scale: Scale) -> WrightMap:
    """Persons and items on one axis, with the cut."""
    tell = edition.tell
    names = [(value, _threshold(curve, place))
             for curve in scale.curves for place, value in enumerate(curve.thresholds, start=1)]  # fmt: skip
    hardest, easiest = max(names), min(names)
    return WrightMap(
        id="wright", title=tell(say("Persons and items on one scale")), stamp=edition.stamp,
        description=tell(say(
            "The item that is easiest to get right is {easiest} at {low}, the hardest {hardest} at "
            "{high}.", easiest=easiest[1], low=edition.number(easiest[0]), hardest=hardest[1],
            high=edition.number(hardest[0]))),
        persons=scale.persons, items=tuple(names), ticks=_traits(edition),
        persons_label=tell(say("persons")), items_label=tell(say("items")),
        rule=_cut(edition, scale),
    )  # fmt: skip


def precision(edition: ItemsEdition, scale: Scale) -> Panels:
    """Information of the test, and the error that follows from it."""
    tell = edition.tell
    best = max(scale.information, key=lambda point: point[1])
    errors = [point for point in scale.error if point[1] <= _ERROR_SHOWN]
    panels = (
        _panel(edition, tell(say("Information of all items")), _steps(edition, best[1]),
               [Curve(role="expected", points=scale.information)], scale),
        _panel(edition, tell(say("Standard error of a person's value")),
               _steps(edition, max((y for _, y in errors), default=1.0)),
               [Curve(role="expected", points=tuple(errors))], scale),
    )  # fmt: skip
    return Panels(
        id="precision", title=tell(say("Where the scale measures best")), stamp=edition.stamp,
        description=tell(say("Information is highest, {most}, at {theta}.",
                             most=edition.number(best[1]), theta=edition.number(best[0]))),
        panels=panels,
    )  # fmt: skip


_ERROR_SHOWN = 2.0
"""An error above it says no more than that nothing is known there."""


def item_panels(edition: ItemsEdition, item: str, *, place: int) -> Panels | None:
    """The item's curve with what was observed, and its options; None where there is neither."""
    scale, inspection = edition.inspection.scale, edition.inspection
    found: list[Panel] = []
    curve = None if scale is None else next((one for one in scale.curves if one.item == item), None)
    if scale is not None and curve is not None:
        found.append(_expected(edition, curve, scale))
    options = inspection.rows("distractors").get(item)
    if options is not None:
        found.append(_options(edition, options["options"]))
    if not found:
        return None
    name = edition.label(item)
    return Panels(id=f"item{place}", title=name, stamp=edition.stamp, panels=tuple(found),
                  description=_told(edition, curve, options))  # fmt: skip


def _expected(edition: ItemsEdition, curve: ItemCurve, scale: Scale) -> Panel:
    bars = tuple(Bar(x=one.theta, y=one.share, low=max(one.share - _Z * one.se, 0.0),
                     high=min(one.share + _Z * one.se, 1.0)) for one in curve.observed)  # fmt: skip
    return _panel(edition, edition.tell(say("Right answers: line expected, marks observed")),
                  _SHARES, [Curve(role="expected", points=curve.expected)], scale, bars)  # fmt: skip


def _options(edition: ItemsEdition, rows: Sequence[Any]) -> Panel:
    """Shares of each option from the lowest to the highest group of scores."""
    count = len(rows[0]["by_group"])
    ticks = tuple(
        (float(place), edition.number(place, decimals=0)) for place in range(1, count + 1)
    )
    return Panel(
        title=edition.tell(say("Options by score on the other items")), x=ticks,
        y=_SHARES, x_label=edition.tell(say("groups by score, lowest first")),
        curves=tuple(_chosen(rows)),
    )  # fmt: skip


def _chosen(rows: Sequence[Any]) -> Iterator[Curve]:
    for row in rows:
        points = [(float(place), share) for place, share in enumerate(row["by_group"], start=1)
                  if share is not None]  # fmt: skip
        yield Curve(role=_ROLES.get(row["kind"], "missing"), points=tuple(points),
                    label=row["option"])  # fmt: skip


def _panel(
    edition: ItemsEdition, title: str, y: Ticks, curves: Sequence[Curve], scale: Scale,
    bars: tuple[Bar, ...] = (),
) -> Panel:  # fmt: skip
    return Panel(title=title, x=_traits(edition), y=y, curves=tuple(curves), bars=bars,
                 x_label=edition.tell(say("trait")), rule=_cut(edition, scale))  # fmt: skip


def _cut(edition: ItemsEdition, scale: Scale) -> tuple[float, str] | None:
    if scale.cut is None or abs(scale.cut) > REACH:
        return None
    return scale.cut, edition.tell(say("cut {theta}", theta=edition.number(scale.cut)))


def _traits(edition: ItemsEdition) -> Ticks:
    inner = [(float(value), edition.number(value, decimals=0)) for value in range(-3, 4)]
    return ((-REACH, ""), *inner, (REACH, ""))


def _steps(edition: ItemsEdition, most: float) -> Ticks:
    """Four even steps from 0 to above `most`."""
    step = next(one for one in (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 100.0, 1e9)
                if 4 * one >= most)  # fmt: skip
    decimals = 2 if step == 0.25 else 1 if step < 1 else 0
    return tuple(
        (place * step, edition.number(place * step, decimals=decimals)) for place in range(5)
    )


def _threshold(curve: ItemCurve, place: int) -> str:
    return curve.item if len(curve.thresholds) == 1 else f"{curve.item}.{place}"


def _told(edition: ItemsEdition, curve: ItemCurve | None, options: Any) -> str:  # noqa: ANN401 - JSON
    parts = []
    if curve is not None:
        at = ", ".join(edition.number(value) for value in curve.thresholds)
        parts.append(edition.tell(say("Half of the way up the curve at {theta}.", theta=at)))
    if options is not None:
        shares = ", ".join(f"{row['option']} {edition.percent(row['share'])}"
                           for row in options["options"])  # fmt: skip
        parts.append(edition.tell(say("Chosen: {shares}.", shares=shares)))
    return " ".join(parts)
