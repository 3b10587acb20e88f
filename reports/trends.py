"""The trend by matplotlib: waves joined where they may be, milestones as heavy ticks, breaks as gaps.

One panel for a target, or many small ones for areas, all on the same scales so that heights compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.canvas import canvas
from reports.chart_layout import GAP, KEY, Layout
from reports.charts import BLUE, GRID, INK, MUTED, line, write, write_lines
from reports.document import Picture
from reports.lettering import BOLD, text_width, wrap

Ticks = tuple[tuple[float, str], ...]
_LEFT, _RIGHT, _ABOVE, _BELOW = 46.0, 24.0, 16.0, 24.0
_TALL, _SMALL = 210.0, 84.0
"""Heights of the plotting area of a panel by itself, and of one among many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A wave: its time in years, its share with interval, and whether it continues the one before."""

    x: float
    value: float
    low: float
    high: float
    text: str
    joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """What is asked for by a deadline."""

    x: float
    level: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPanel:
    """One series with its heading; without dots the heading says why."""

    heading: str
    dots: tuple[Dot, ...]
    milestones: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPicture(Picture):
    """Panels on the same scales, from the first to the last tick of each."""

    panels: tuple[TrendPanel, ...]
    years: Ticks
    shares: Ticks
    wave_label: str
    milestone_label: str
    gap_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where a panel's plotting area lies, in pixels."""

    picture: TrendPicture
    left: float
    right: float
    top: float
    bottom: float

    def x(self, year: float) -> float:
        first, last = self.picture.years[0][0], self.picture.years[-1][0]
        return self.left + (year - first) / (last - first) * (self.right - self.left)

    def y(self, share: float) -> float:
        first, last = self.picture.shares[0][0], self.picture.shares[-1][0]
        return self.bottom - (share - first) / (last - first) * (self.bottom - self.top)


def trend_figure(picture: TrendPicture, *, layout: Layout) -> Figure:
    """Draw every panel, from left to right and from the top down."""
    across = _across(picture, layout)
    width = layout.width / across
    tall = _TALL if len(picture.panels) == 1 else _SMALL
    stamp = wrap(picture.stamp, width=0.8 * layout.width, size=layout.size) if picture.stamp else ()
    top = (len(stamp) + 0.6) * layout.line
    heads = [
        wrap(one.heading, width=(width - 8) / BOLD, size=layout.small) for one in picture.panels
    ]
    head = max(map(len, heads)) * 1.25 * layout.small + _ABOVE
    step = head + tall + _BELOW
    foot = top + -(-len(picture.panels) // across) * step
    drawn, axes = canvas(layout.width, foot + _legend(None, picture, layout, foot) + 6)
    write_lines(axes, stamp, x=0, y=0.7 * layout.line, layout=layout, weight="bold")
    for index, panel in enumerate(picture.panels):
        x, y = index % across * width, top + index // across * step
        _write_heading(axes, heads[index], x, y, layout)
        frame = _Frame(picture=picture, left=x + _LEFT, right=x + width - _RIGHT, top=y + head,
                       bottom=y + head + tall)  # fmt: skip
        _draw_panel(axes, panel, frame, layout, alone=len(picture.panels) == 1)
    _legend(axes, picture, layout, foot)
    return drawn


def _across(picture: TrendPicture, layout: Layout) -> int:
    most = 2 if layout.is_narrow else 5
    return min(most, len(picture.panels))


def _write_heading(axes: Axes, lines: Sequence[str], x: float, y: float, layout: Layout) -> None:
    for index, text in enumerate(lines):
        at = y + (index + 0.7) * 1.25 * layout.small
        write(axes, x + 2, at, text, size=layout.small, weight="bold")


def _draw_panel(
    axes: Axes, panel: TrendPanel, frame: _Frame, layout: Layout, *, alone: bool
) -> None:
    _draw_scales(axes, frame, layout, alone=alone)
    for one in panel.milestones:
        x, y, half = frame.x(one.x), frame.y(one.level), 13 if alone else 8
        line(axes, [x - half, min(x + half, frame.right + 8)], [y, y], color=INK, linewidth=4)
        if alone:
            write(axes, min(x + half, frame.right + 8), y - 12, one.text, size=layout.small,
                  ha="right")  # fmt: skip
    for before, after in zip(panel.dots, panel.dots[1:], strict=False):
        _draw_step(axes, before, after, frame)
    for dot in panel.dots:
        _draw_dot(axes, dot, frame, layout, alone=alone)


def _draw_scales(axes: Axes, frame: _Frame, layout: Layout, *, alone: bool) -> None:
    shares = frame.picture.shares if alone else (frame.picture.shares[0], frame.picture.shares[-1])
    for share, text in shares:
        y = frame.y(share)
        line(axes, [frame.left, frame.right], [y, y], color=GRID, linewidth=1, zorder=0)
        write(axes, frame.left - 6, y, text, size=11, ha="right", color=MUTED)
    years = frame.picture.years
    for year, text in years if alone and not layout.is_narrow else (years[0], years[-1]):
        x = frame.x(year)
        line(axes, [x, x], [frame.bottom, frame.bottom + 4], color=MUTED, linewidth=1)
        write(axes, x, frame.bottom + 13, text, size=11, ha="center", color=MUTED)


def _draw_step(axes: Axes, before: Dot, after: Dot, frame: _Frame) -> None:
    """A line to the next wave, or two strokes across where the series breaks."""
    x = [frame.x(before.x), frame.x(after.x)]
    y = [frame.y(before.value), frame.y(after.value)]
    if after.joined:
        line(axes, x, y, color=BLUE, linewidth=1.8, zorder=2)
        return
    _draw_gap(axes, sum(x) / 2, sum(y) / 2)


def _draw_gap(axes: Axes, x: float, y: float) -> None:
    for shift in (-3, 3):
        line(axes, [x + shift - 3, x + shift + 3], [y + 7, y - 7], color=MUTED, linewidth=1.6)


def _draw_dot(axes: Axes, dot: Dot, frame: _Frame, layout: Layout, *, alone: bool) -> None:
    x, y = frame.x(dot.x), frame.y(dot.value)
    line(axes, [x, x], [frame.y(dot.low), frame.y(dot.high)], color=BLUE, linewidth=2.4, zorder=3)
    line(axes, [x], [y], marker="o", markersize=8 if alone else 6, color=BLUE, zorder=4,
         linestyle="none")  # fmt: skip
    if alone:
        top = min(y - 8, frame.y(dot.high)) - 10
        write(axes, x, top, dot.text, size=layout.size, weight="bold", ha="center")


def _legend(axes: Axes | None, picture: TrendPicture, layout: Layout, top: float) -> float:
    """Draw the legend, unless only its height is asked for."""
    x, y = 0.0, 0.8 * layout.line
    for index, text in enumerate((picture.wave_label, picture.milestone_label, picture.gap_label)):
        width = KEY + text_width(text, size=layout.small)
        if x and x + width > layout.width:
            x, y = 0.0, y + 1.4 * layout.line
        if axes is not None:
            _draw_key(axes, index, x + 12, top + y)
            write(axes, x + KEY, top + y, text, size=layout.small)
        x += width + GAP
    return y + 0.5 * layout.line


def _draw_key(axes: Axes, index: int, x: float, y: float) -> None:
    if index == 0:
        line(axes, [x, x], [y - 8, y + 8], color=BLUE, linewidth=2.4)
        line(axes, [x], [y], marker="o", markersize=6, color=BLUE, linestyle="none")
    elif index == 1:
        line(axes, [x - 9, x + 9], [y, y], color=INK, linewidth=4)
    else:
        _draw_gap(axes, x, y)
