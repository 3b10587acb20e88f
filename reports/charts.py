"""The dot-and-interval chart by matplotlib: Figure objects, no pyplot, in two layouts.

One visual grammar: a line is an interval, a mark is an estimate and its shape a verdict, a dashed
tick is the row's own target.
"""

from math import nan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.canvas import canvas
from reports.chart_layout import (
    KEY,
    MARGIN,
    KeyKind,
    Layout,
    Row,
    Rule,
    Scale,
    arrange,
    scale_of,
)
from reports.document import Chart, Mark
from reports.lettering import FONT

INK, MUTED, GRID = "#1d1d1b", "#50565b", "#c9cdd1"
BLUE, ORANGE = "#12436D", "#F46A25"
MARKERS: dict[Mark, dict[str, Any]] = {
    "met": {"marker": "o", "color": BLUE},
    "at_target": {"marker": "o", "color": BLUE, "markerfacecolor": "white"},
    "inconclusive": {
        "marker": "o", "color": BLUE, "fillstyle": "left", "markerfacecoloralt": "white",
    },
    "below_target": {"marker": "v", "color": ORANGE},
    "not_met": {"marker": "X", "color": ORANGE},
    "no_data": {"marker": "_", "color": MUTED},
    "group": {"marker": "D", "color": MUTED, "markersize": 6},
    "higher": {"marker": ">", "color": BLUE},
    "lower": {"marker": "<", "color": ORANGE},
    "open": {"marker": "D", "color": MUTED, "markersize": 6, "markerfacecolor": "white"},
}  # fmt: skip
"""Shape says the verdict; the two hues only repeat it."""


def figure(chart: Chart, *, layout: Layout) -> Figure:
    """Draw the chart; one unit of the axes is one pixel and y grows downwards."""
    arranged = arrange(chart, layout)
    drawn, axes = canvas(layout.width, arranged.height)
    scale = scale_of(chart, layout)
    write_lines(axes, arranged.stamp, x=0, y=0.7 * layout.line, layout=layout, weight="bold")
    _draw_axis(axes, chart, scale, layout, y=arranged.rows[-1].bottom + 0.5 * layout.line)
    if not layout.is_narrow:
        _write_heads(axes, chart, layout, y=arranged.rows[0].top - 0.6 * layout.line)
    if arranged.rule is not None:
        _draw_rule(axes, arranged.rule, layout)
    _draw_tracks(axes, chart, scale, [row.axis for row in arranged.rows])
    for row in arranged.rows:
        _draw_row(axes, row, scale)
        _write_row(axes, row, layout)
    for key in arranged.keys:
        _draw_key(axes, key.kind, key.x + KEY / 2 - 3, key.y)
        write(axes, key.x + KEY, key.y, key.text, size=layout.small)
    return drawn


def _draw_axis(axes: Axes, chart: Chart, scale: Scale, layout: Layout, *, y: float) -> None:
    for share, text in chart.ticks:
        write(axes, scale.x(share), y, text, size=layout.small, ha="center", color=MUTED)


def _write_heads(axes: Axes, chart: Chart, layout: Layout, *, y: float) -> None:
    style = {"size": layout.small, "color": MUTED}
    write(axes, layout.right + MARGIN, y, chart.estimate_label, **style)
    if any(row.target_text for row in chart.rows):
        write(axes, layout.width, y, chart.target_label, ha="right", **style)


def _draw_rule(axes: Axes, rule: Rule, layout: Layout) -> None:
    write_lines(axes, rule.lines, x=0, y=rule.top, layout=layout, weight="bold")
    line(axes, [0, layout.width], [rule.y, rule.y], color=INK, linewidth=1.6, linestyle=(0, (4, 2)))


def _draw_row(axes: Axes, placed: Row, scale: Scale) -> None:
    row, y = placed.row, placed.axis
    _draw_interval(axes, scale.x(row.low), scale.x(row.high), y, color=MARKERS[row.mark]["color"])
    if row.target is not None:
        _draw_target(axes, scale.x(row.target), y)
    draw_mark(axes, row.mark, scale.x(row.value), y)


def _draw_tracks(axes: Axes, chart: Chart, scale: Scale, heights: list[float]) -> None:
    """Each row's own stretch of the axis, so that no grid runs through the text of other rows.

    One path draws all of them, which is faster and smaller than a path for each stroke.
    """
    ticks = [scale.x(share) for share, _ in chart.ticks]
    strokes = [([scale.left, scale.right], [y, y]) for y in heights]
    strokes += [([x, x], [y - 4, y + 4]) for y in heights for x in ticks]
    across = [place for xs, _ in strokes for place in (*xs, nan)]
    down = [place for _, ys in strokes for place in (*ys, nan)]
    line(axes, across, down, color=GRID, linewidth=1, zorder=0)


def _write_row(axes: Axes, placed: Row, layout: Layout) -> None:
    if layout.is_narrow:
        lines = (*placed.label, *placed.numbers)
        top = placed.top + 0.6 * layout.line
        write_lines(axes, lines, x=placed.indent, y=top, layout=layout)
        return
    columns = ((placed.indent, placed.label), (layout.right + MARGIN, placed.numbers))
    for x, lines in columns:
        top = placed.axis - (len(lines) - 1) / 2 * layout.line
        write_lines(axes, lines, x=x, y=top, layout=layout)
    write(axes, layout.width, placed.axis, placed.row.target_text, size=layout.size, ha="right")


def _draw_key(axes: Axes, kind: KeyKind, x: float, y: float) -> None:
    if kind == "interval":
        _draw_interval(axes, x - 10, x + 10, y, color=MUTED)
    elif kind == "target":
        _draw_target(axes, x, y)
    elif kind == "axis":
        line(axes, [x - 10, x - 10, x + 10], [y - 4, y, y], color=GRID, linewidth=1)
        line(axes, [x - 10, x - 10], [y, y + 4], color=GRID, linewidth=1)
    else:
        draw_mark(axes, kind, x, y)


def _draw_interval(axes: Axes, low: float, high: float, y: float, *, color: str) -> None:
    line(axes, [low, high], [y, y], color=color, linewidth=3, zorder=2)
    for end in (low, high):
        line(axes, [end, end], [y - 5, y + 5], color=color, linewidth=2, zorder=2)


def _draw_target(axes: Axes, x: float, y: float) -> None:
    dashes = (0, (2, 1))
    line(axes, [x, x], [y - 11, y + 11], color=INK, linewidth=2, linestyle=dashes, zorder=3)


def draw_mark(axes: Axes, mark: Mark, x: float, y: float, *, size: float = 9) -> None:
    """The shape of a verdict, or of a group without one."""
    style = {"markersize": size, "markeredgewidth": 1.8, **MARKERS[mark]}
    line(axes, [x], [y], linestyle="none", zorder=4, **style)


def line(axes: Axes, x: list[float], y: list[float], **style: Any) -> None:  # noqa: ANN401 - as matplotlib types them
    """A line through points in pixels."""
    axes.plot(x, y, clip_on=False, solid_capstyle="butt", **style)


def write_lines(
    axes: Axes, lines: tuple[str, ...], *, x: float, y: float, layout: Layout, weight: str = "normal"
) -> None:  # fmt: skip
    """Lines of text one below the other."""
    for index, text in enumerate(lines):
        write(axes, x, y + index * layout.line, text, size=layout.size, weight=weight)


def write(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:  # noqa: ANN401 - as matplotlib types them
    """Write text as it stands: a dollar sign is a dollar sign, not mathematics."""
    settings = {"va": "center_baseline", "color": INK, "fontfamily": FONT, **style}
    axes.text(x, y, text, parse_math=False, **settings)
