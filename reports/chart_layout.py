"""Where everything on the dot-and-interval chart stands: geometry in pixels, nothing drawn.

Units are CSS pixels, so that the sizes here are those that readers see; y grows downwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from reports.document import Chart, ChartRow, Mark
from reports.lettering import BOLD, text_width, wrap

KEY, GAP = 30, 18
"""Width of a legend entry's drawing, and space between entries."""
INDENT, MARGIN = 14, 18
"""Indent of a part under its whole, and space between the axis and what stands beside it."""
KeyKind = Mark | Literal["interval", "target", "axis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Widths and text sizes; `left` and `right` are the ends of the axis."""

    name: Literal["wide", "narrow"]
    width: float
    left: float
    right: float
    size: float = 13
    small: float = 12
    target: float = 54
    """Width of the column of targets at the far right of the wide layout."""

    @property
    def is_narrow(self) -> bool:
        """Whether label and numbers stand above a row's line instead of beside it."""
        return self.name == "narrow"

    @property
    def line(self) -> float:
        """Height of a line of text."""
        return 1.3 * self.size


WIDE = Layout(name="wide", width=720, left=246, right=482)
NARROW = Layout(name="narrow", width=320, left=16, right=302)
"""For phones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the chart with its text in lines, top of the text, height of its line, and end."""

    row: ChartRow
    label: tuple[str, ...]
    numbers: tuple[str, ...]
    top: float
    axis: float
    bottom: float

    @property
    def indent(self) -> float:
        """How far the label is set in."""
        return INDENT if self.row.is_part else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One entry of the legend."""

    kind: KeyKind
    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The line that parts the rows, at its height, with the text above it in lines."""

    lines: tuple[str, ...]
    top: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """A whole chart, set: the lines of its stamp, its rows and legend, and how high it is."""

    stamp: tuple[str, ...]
    rows: tuple[Row, ...]
    keys: tuple[Key, ...]
    height: float
    rule: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The axis, from its first tick at the layout's left to its last at the right."""

    begin: float
    end: float
    left: float
    right: float

    def x(self, share: float) -> float:
        """Where a share lies."""
        return self.left + (share - self.begin) / (self.end - self.begin) * (self.right - self.left)


def scale_of(chart: Chart, layout: Layout) -> Scale:
    """The scale of a chart in a layout."""
    begin, end = chart.ticks[0][0], chart.ticks[-1][0]
    return Scale(begin=begin, end=end, left=layout.left, right=layout.right)


def arrange(chart: Chart, layout: Layout) -> Arrangement:
    """Set the stamp at the top, the rows below it, and the legend at the foot."""
    stamp = wrap(chart.stamp, width=0.8 * layout.width, size=layout.size) if chart.stamp else ()
    head = len(stamp) + (0.4 if layout.is_narrow else 1.6)
    rule = _rule(chart, layout)
    rows = tuple(_rows(chart, layout, top=head * layout.line, rule=rule))
    keys = tuple(_keys(chart, layout, top=rows[-1].bottom + 2.6 * layout.line))
    if rule is not None and chart.rule is not None:
        above = rows[chart.rule[0] - 1].bottom if chart.rule[0] else head * layout.line
        rule = replace(rule, top=rule.top + above, y=rule.y + above)
    return Arrangement(stamp=stamp, rows=rows, keys=keys, height=keys[-1].y + 0.9 * layout.line,
                       rule=rule)  # fmt: skip


def _rule(chart: Chart, layout: Layout) -> Rule | None:
    """The rule as if it stood at the top."""
    if chart.rule is None:
        return None
    lines = wrap(chart.rule[1], width=layout.width / BOLD, size=layout.size)
    return Rule(lines=lines, top=layout.line, y=(len(lines) + 0.8) * layout.line)


def _rows(chart: Chart, layout: Layout, *, top: float, rule: Rule | None) -> Iterator[Row]:
    for number, row in enumerate(chart.rows):
        if rule is not None and chart.rule is not None and number == chart.rule[0]:
            top += rule.y + 0.6 * layout.line
        placed = _below(chart, row, layout, top) if layout.is_narrow else _beside(row, layout, top)
        top = placed.bottom
        yield placed


def _keys(chart: Chart, layout: Layout, *, top: float) -> Iterator[Key]:
    x, y = 0.0, top
    for kind, text in _legend(chart):
        width = KEY + text_width(text, size=layout.small)
        if x and x + width > layout.width:
            x, y = 0.0, y + 1.4 * layout.line
        yield Key(kind=kind, text=text, x=x, y=y)
        x += width + GAP


def _legend(chart: Chart) -> Iterator[tuple[KeyKind, str]]:
    yield from chart.legend
    yield "interval", chart.interval_label
    if any(row.target is not None for row in chart.rows):
        yield "target", chart.target_label
    if chart.axis_note:
        yield "axis", chart.axis_note


def _beside(row: ChartRow, layout: Layout, top: float) -> Row:
    indent = INDENT if row.is_part else 0.0
    label = wrap(row.label, width=layout.left - MARGIN - indent, size=layout.size)
    room = layout.width - layout.target - layout.right - MARGIN
    numbers = wrap(row.text, width=room, size=layout.size)
    height = max(len(label), len(numbers)) * layout.line + 9
    axis, bottom = top + height / 2, top + height
    return Row(row=row, label=label, numbers=numbers, top=top, axis=axis, bottom=bottom)


def _below(chart: Chart, row: ChartRow, layout: Layout, top: float) -> Row:
    room = 0.97 * layout.width - (INDENT if row.is_part else 0.0)
    label = wrap(row.label, width=room, size=layout.size)
    target = f", {chart.target_label} {row.target_text}" if row.target_text else ""
    numbers = wrap(row.text + target, width=room, size=layout.size)
    axis = top + (len(label) + len(numbers)) * layout.line + 18
    return Row(row=row, label=label, numbers=numbers, top=top, axis=axis, bottom=axis + 24)
