"""Drawings of scales in pixels: panels of curves side by side, and the map of persons and items.

The grammar is the page's own: a line is an expectation, a mark with a bar is an observation with its
interval, a dashed rule is a cut; curves are named where they end, so that no legend of hues is needed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise
from typing import Any, Literal, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.canvas import canvas
from reports.chart_layout import Layout
from reports.charts import BLUE, GRID, INK, MUTED, ORANGE, line, write, write_lines
from reports.document import Picture
from reports.lettering import text_width, wrap

Point = tuple[float, float]
Ticks = tuple[tuple[float, str], ...]
Role = Literal["expected", "key", "distractor", "missing"]
_STYLES: dict[Role, dict[str, Any]] = {
    "expected": {"color": BLUE, "linewidth": 2.2},
    "key": {"color": BLUE, "linewidth": 2.2, "marker": "o", "markersize": 6},
    "distractor": {"color": ORANGE, "linewidth": 1.6, "marker": "v", "markersize": 6},
    "missing": {"color": MUTED, "linewidth": 1.4, "linestyle": (0, (3, 2)), "marker": "_",
                "markersize": 7},
}  # fmt: skip
_OTHERS = ("v", "s", "^", "P", "X", "D")
"""Marks of distractors in turn, so that each can be found again beside its name."""
_LEFT, _ABOVE, _BELOW, _GAP = 44.0, 46.0, 46.0, 30.0
_HEIGHT = 168.0
"""Of the plotting area of a panel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line through points, named at its end."""

    role: Role
    points: tuple[Point, ...]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An observed value with its interval."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One small plot: its scales go from the first to the last tick."""

    title: str
    x: Ticks
    y: Ticks
    x_label: str
    curves: tuple[Curve, ...]
    bars: tuple[Bar, ...] = ()
    rule: tuple[float, str] | None = None
    """A vertical dashed line, and what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panels(Picture):
    """Small plots, side by side where there is room and one below the other on phones."""

    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrightMap(Picture):
    """Persons to the left of the trait's axis, items to the right, at the same height."""

    persons: tuple[Point, ...]
    """Trait and share of the population."""
    items: tuple[tuple[float, str], ...]
    ticks: Ticks
    persons_label: str
    items_label: str
    rule: tuple[float, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where a panel's plotting area stands, and its scales."""

    panel: Panel
    left: float
    right: float
    top: float
    bottom: float

    def x(self, value: float) -> float:
        low, high = self.panel.x[0][0], self.panel.x[-1][0]
        return self.left + (value - low) / (high - low) * (self.right - self.left)

    def y(self, value: float) -> float:
        low, high = self.panel.y[0][0], self.panel.y[-1][0]
        inside = min(max(value, low), high)
        return self.bottom - (inside - low) / (high - low) * (self.bottom - self.top)


def panels_figure(picture: Panels, *, layout: Layout) -> Figure:
    """Draw the panels, two in a row where the layout is wide."""
    across = 1 if layout.is_narrow else 2
    stamp = wrap(picture.stamp, width=0.8 * layout.width, size=layout.size) if picture.stamp else ()
    head = len(stamp) * layout.line
    each = _ABOVE + _HEIGHT + _BELOW
    rows = -(-len(picture.panels) // across)
    drawn, axes = canvas(layout.width, head + rows * each)
    write_lines(axes, stamp, x=0, y=0.7 * layout.line, layout=layout, weight="bold")
    width = (layout.width - _GAP * (across - 1)) / across
    for place, panel in enumerate(picture.panels):
        left = (place % across) * (width + _GAP)
        top = head + (place // across) * each + _ABOVE
        _draw(axes, _Frame(panel=panel, left=left + _LEFT, right=left + width - _room(panel, layout),
                           top=top, bottom=top + _HEIGHT), layout)  # fmt: skip
    return drawn


def _room(panel: Panel, layout: Layout) -> float:
    """Width that the names of curves take to the right of the plot."""
    widths = [text_width(curve.label, size=layout.small) for curve in panel.curves if curve.label]
    return max(widths, default=-12) + 26


def _draw(axes: Axes, frame: _Frame, layout: Layout) -> None:
    panel = frame.panel
    write(axes, frame.left - _LEFT, frame.top - 31, panel.title, size=layout.size)
    _draw_grid(axes, frame, layout)
    if panel.rule is not None:
        _draw_rule(axes, frame, panel.rule, layout)
    styles = dict(zip(panel.curves, _styles(panel.curves), strict=True))
    for curve, style in styles.items():
        xs, ys = [frame.x(x) for x, _ in curve.points], [frame.y(y) for _, y in curve.points]
        line(axes, xs, ys, zorder=3, **style)
    for bar in panel.bars:
        _draw_bar(axes, frame, bar)
    for y, curve in _spread(frame, layout):
        line(axes, [frame.right + 13], [y], **{**styles[curve], "linestyle": "none"})
        write(axes, frame.right + 22, y, curve.label, size=layout.small)


def _styles(curves: Sequence[Curve]) -> Iterator[dict[str, Any]]:
    marks = cycle(_OTHERS)
    for curve in curves:
        own = {"marker": next(marks)} if curve.role == "distractor" else {}
        yield {**_STYLES[curve.role], **own}


def _draw_grid(axes: Axes, frame: _Frame, layout: Layout) -> None:
    for value, text in frame.panel.y:
        y = frame.y(value)
        line(axes, [frame.left, frame.right], [y, y], color=GRID, linewidth=1, zorder=0)
        write(axes, frame.left - 7, y, text, size=layout.small, ha="right", color=MUTED)
    for value, text in frame.panel.x:
        x = frame.x(value)
        line(axes, [x, x], [frame.bottom, frame.bottom + 4], color=GRID, linewidth=1, zorder=0)
        write(axes, x, frame.bottom + 14, text, size=layout.small, ha="center", color=MUTED)
    write(axes, (frame.left + frame.right) / 2, frame.bottom + 31, frame.panel.x_label,
          size=layout.small, ha="center", color=MUTED)  # fmt: skip


def _draw_rule(axes: Axes, frame: _Frame, rule: tuple[float, str], layout: Layout) -> None:
    x = frame.x(rule[0])
    line(axes, [x, x], [frame.top, frame.bottom], color=INK, linewidth=1.4, linestyle=(0, (3, 2)),
         zorder=1)  # fmt: skip
    write(axes, x, frame.top - 8, rule[1], size=layout.small, ha="center")


def _draw_bar(axes: Axes, frame: _Frame, bar: Bar) -> None:
    x = frame.x(bar.x)
    line(axes, [x, x], [frame.y(bar.low), frame.y(bar.high)], color=MUTED, linewidth=1.6, zorder=4)
    line(axes, [x], [frame.y(bar.y)], color=MUTED, marker="D", markersize=5, linestyle="none",
         zorder=5)  # fmt: skip


def _spread(frame: _Frame, layout: Layout) -> Iterator[tuple[float, Curve]]:
    """The heights of the curves' names, moved apart where they would overlap."""
    named = [curve for curve in frame.panel.curves if curve.label and curve.points]
    named.sort(key=lambda curve: frame.y(curve.points[-1][1]))
    wanted = [frame.y(curve.points[-1][1]) for curve in named]
    yield from zip(_apart(wanted, least=layout.line, last=frame.bottom), named, strict=True)


def _apart(wanted: Sequence[float], *, least: float, last: float) -> list[float]:
    """Heights in order, none closer than `least` to the one before and none below `last`."""
    found: list[float] = []
    for y in wanted:
        found.append(max(y, found[-1] + least) if found else y)
    for place in range(len(found) - 1, -1, -1):
        limit = last if place == len(found) - 1 else found[place + 1] - least
        found[place] = min(found[place], limit)
    return found


class _Name(NamedTuple):
    """Where a name stands: its height, and from where to where."""

    y: float
    left: float
    right: float


def wright_figure(picture: WrightMap, *, layout: Layout) -> Figure:
    """Draw persons and items at the heights of their values of the trait."""
    stamp = wrap(picture.stamp, width=0.8 * layout.width, size=layout.size) if picture.stamp else ()
    top = len(stamp) * layout.line + 34
    height = 380.0
    drawn, axes = canvas(layout.width, top + height + 16)
    write_lines(axes, stamp, x=0, y=0.7 * layout.line, layout=layout, weight="bold")
    axis = 0.4 * layout.width
    low, high = picture.ticks[0][0], picture.ticks[-1][0]

    def y(value: float) -> float:
        return top + height - (min(max(value, low), high) - low) / (high - low) * height

    write(
        axes, axis - 34, top - 20, picture.persons_label, size=layout.small, ha="right", color=MUTED
    )
    write(axes, axis + 16, top - 20, picture.items_label, size=layout.small, color=MUTED)
    line(axes, [axis, axis], [top, top + height], color=GRID, linewidth=1)
    for value, text in picture.ticks:
        line(axes, [axis - 4, axis + 4], [y(value), y(value)], color=GRID, linewidth=1)
        write(axes, axis - 8, y(value), text, size=layout.small, ha="right", color=MUTED)
    _draw_persons(axes, picture, [y(value) for value, _ in picture.persons], right=axis - 34)
    names = _draw_items(
        axes, picture, [y(value) for value, _ in picture.items], left=axis + 12, layout=layout
    )
    if picture.rule is not None:
        _draw_level(axes, picture.rule[1], y(picture.rule[0]), names, layout)
    return drawn


def _draw_persons(axes: Axes, picture: WrightMap, heights: list[float], *, right: float) -> None:
    most = max((share for _, share in picture.persons), default=1.0)
    thick = min((abs(b - a) for a, b in pairwise(heights)), default=20.0) - 3
    for y, (_, share) in zip(heights, picture.persons, strict=True):
        x = right - share / most * (right - 8)
        line(axes, [x, right], [y, y], color=BLUE, linewidth=thick, zorder=2)


def _draw_items(
    axes: Axes, picture: WrightMap, heights: list[float], *, left: float, layout: Layout
) -> list[_Name]:
    """Names at their heights; where one would lie on another it moves to the right of it.

    A mark beyond the ends of the scale points to where it would be.
    """
    low, high = picture.ticks[0][0], picture.ticks[-1][0]
    found: list[_Name] = []
    for y, (value, name) in sorted(zip(heights, picture.items, strict=True)):
        x = max([left, *(one.right + 10 for one in found if abs(one.y - y) < layout.line)])
        marker = "^" if value > high else "v" if value < low else "o"
        line(
            axes, [x + 4], [y], color=BLUE, marker=marker, markersize=6, linestyle="none", zorder=3
        )
        write(axes, x + 13, y, name, size=layout.small)
        found.append(_Name(y, x - 2, x + 13 + text_width(name, size=layout.small)))
    return found


def _draw_level(
    axes: Axes, text: str, y: float, names: Sequence[_Name], layout: Layout
) -> None:  # fmt: skip
    """The line of the cut, open where it would go through a name."""
    met = sorted(
        (one.left, one.right + 3) for one in names if abs(one.y - y) < 0.5 * layout.line
    )  # fmt: skip
    ends = [0.0, *(end for gap in met for end in gap), layout.width]
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        line(
            axes, [start, end], [y, y], color=INK, linewidth=1.4, linestyle=(0, (3, 2)), zorder=1
        )  # fmt: skip
    write(axes, layout.width, y - 9, text, size=layout.small, ha="right")
