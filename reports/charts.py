"""The dot-and-interval chart by matplotlib: Figure objects, no pyplot, in two layouts.

One visual grammar: a line is an interval, a mark is an estimate and its shape a verdict, a dashed
tick is the row's own target.
"""

from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.chart_layout import KEY, MARGIN, KeyKind, Layout, Row, Scale, arrange, scale_of
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
}  # fmt: skip
"""Shape says the verdict; the two hues only repeat it."""


def svg(chart: Chart, *, layout: Layout) -> str:
    """The chart as SVG with real text; same chart, same bytes."""
    stream = StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": f"{chart.id}-{layout.name}"}):
        figure(chart, layout=layout).savefig(
            stream, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
        )
    return stream.getvalue()


def figure(chart: Chart, *, layout: Layout) -> Figure:
    """Draw the chart; one unit of the axes is one pixel and y grows downwards."""
    arranged = arrange(chart, layout)
    size = (layout.width / 72, arranged.height / 72)
    drawn = Figure(figsize=size, dpi=72, facecolor="none")
    axes = drawn.add_axes((0, 0, 1, 1), xlim=(0, layout.width), ylim=(arranged.height, 0))
    axes.set_axis_off()
    scale = scale_of(chart, layout)
    _write_lines(axes, arranged.stamp, x=0, y=0.7 * layout.line, layout=layout, weight="bold")
    _draw_axis(axes, chart, scale, layout, y=arranged.rows[-1].bottom + 0.5 * layout.line)
    if not layout.is_narrow:
        _write_heads(axes, chart, layout, y=arranged.rows[0].top - 0.6 * layout.line)
    for row in arranged.rows:
        _draw_row(axes, row, chart, scale)
        _write_row(axes, row, layout)
    for key in arranged.keys:
        _draw_key(axes, key.kind, key.x + KEY / 2 - 3, key.y)
        _write(axes, key.x + KEY, key.y, key.text, size=layout.small)
    return drawn


def _draw_axis(axes: Axes, chart: Chart, scale: Scale, layout: Layout, *, y: float) -> None:
    for share, text in chart.ticks:
        _write(axes, scale.x(share), y, text, size=layout.small, ha="center", color=MUTED)


def _write_heads(axes: Axes, chart: Chart, layout: Layout, *, y: float) -> None:
    style = {"size": layout.small, "color": MUTED}
    _write(axes, layout.right + MARGIN, y, chart.estimate_label, **style)
    if any(row.target is not None for row in chart.rows):
        _write(axes, layout.width, y, chart.target_label, ha="right", **style)


def _draw_row(axes: Axes, placed: Row, chart: Chart, scale: Scale) -> None:
    row, y = placed.row, placed.axis
    _draw_track(axes, chart, scale, y)
    _draw_interval(axes, scale.x(row.low), scale.x(row.high), y, color=MARKERS[row.mark]["color"])
    if row.target is not None:
        _draw_target(axes, scale.x(row.target), y)
    _draw_mark(axes, row.mark, scale.x(row.value), y)


def _draw_track(axes: Axes, chart: Chart, scale: Scale, y: float) -> None:
    """The row's own stretch of the axis, so that no grid runs through the text of other rows."""
    _line(axes, [scale.left, scale.right], [y, y], color=GRID, linewidth=1, zorder=0)
    for share, _ in chart.ticks:
        x = scale.x(share)
        _line(axes, [x, x], [y - 4, y + 4], color=GRID, linewidth=1, zorder=0)


def _write_row(axes: Axes, placed: Row, layout: Layout) -> None:
    if layout.is_narrow:
        lines = (*placed.label, *placed.numbers)
        top = placed.top + 0.6 * layout.line
        _write_lines(axes, lines, x=placed.indent, y=top, layout=layout)
        return
    columns = ((placed.indent, placed.label), (layout.right + MARGIN, placed.numbers))
    for x, lines in columns:
        top = placed.axis - (len(lines) - 1) / 2 * layout.line
        _write_lines(axes, lines, x=x, y=top, layout=layout)
    _write(axes, layout.width, placed.axis, placed.row.target_text, size=layout.size, ha="right")


def _draw_key(axes: Axes, kind: KeyKind, x: float, y: float) -> None:
    if kind == "interval":
        _draw_interval(axes, x - 10, x + 10, y, color=MUTED)
    elif kind == "target":
        _draw_target(axes, x, y)
    elif kind == "axis":
        _line(axes, [x - 10, x - 10, x + 10], [y - 4, y, y], color=GRID, linewidth=1)
        _line(axes, [x - 10, x - 10], [y, y + 4], color=GRID, linewidth=1)
    else:
        _draw_mark(axes, kind, x, y)


def _draw_interval(axes: Axes, low: float, high: float, y: float, *, color: str) -> None:
    _line(axes, [low, high], [y, y], color=color, linewidth=3, zorder=2)
    for end in (low, high):
        _line(axes, [end, end], [y - 5, y + 5], color=color, linewidth=2, zorder=2)


def _draw_target(axes: Axes, x: float, y: float) -> None:
    dashes = (0, (2, 1))
    _line(axes, [x, x], [y - 11, y + 11], color=INK, linewidth=2, linestyle=dashes, zorder=3)


def _draw_mark(axes: Axes, mark: Mark, x: float, y: float) -> None:
    style = {"markersize": 9, "markeredgewidth": 1.8, **MARKERS[mark]}
    _line(axes, [x], [y], linestyle="none", zorder=4, **style)


def _line(axes: Axes, x: list[float], y: list[float], **style: Any) -> None:  # noqa: ANN401 - as matplotlib types them
    axes.plot(x, y, clip_on=False, solid_capstyle="butt", **style)


def _write_lines(
    axes: Axes, lines: tuple[str, ...], *, x: float, y: float, layout: Layout, weight: str = "normal"
) -> None:  # fmt: skip
    for index, text in enumerate(lines):
        _write(axes, x, y + index * layout.line, text, size=layout.size, weight=weight)


def _write(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:  # noqa: ANN401 - as matplotlib types them
    """Write text as it stands: a dollar sign is a dollar sign, not mathematics."""
    settings = {"va": "center_baseline", "color": INK, "fontfamily": FONT, **style}
    axes.text(x, y, text, parse_math=False, **settings)
