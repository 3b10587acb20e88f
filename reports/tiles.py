"""The tile map by matplotlib: equal tiles near their places, and a list of them for phones."""

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from reports.canvas import canvas
from reports.chart_layout import GAP, KEY, Layout
from reports.charts import GRID, INK, MUTED, draw_mark, line, write, write_lines
from reports.document import Mark, Tile, Tiles
from reports.lettering import text_width, wrap

FILLS: dict[Mark, str] = {
    "met": "#cfdcea",
    "at_target": "#e3ebf3",
    "inconclusive": "#ffffff",
    "below_target": "#fdeee5",
    "not_met": "#fbd8c4",
    "no_data": "#f3f4f5",
}
"""Tints that repeat the mark and let black text be read on all of them."""
NAME, LINE, PAD = 11.0, 13.0, 4.0
"""Size of a tile's name, height of its line, and space inside a tile, in pixels."""


def figure(map_: Tiles, *, layout: Layout) -> Figure:
    """Draw the tiles in their places, or one below the other where there is no room."""
    draw = _draw_list if layout.is_narrow else _draw_map
    stamp = wrap(map_.stamp, width=0.8 * layout.width, size=layout.size) if map_.stamp else ()
    top = (len(stamp) + 0.4) * layout.line
    keys = list(_keys(map_, layout))
    below = top + _height(map_, layout) + layout.line
    drawn, axes = canvas(layout.width, below + keys[-1][1] + 0.9 * layout.line)
    write_lines(axes, stamp, x=0, y=0.7 * layout.line, layout=layout, weight="bold")
    draw(axes, map_, layout, top)
    for x, y, mark, text in keys:
        draw_mark(axes, mark, x + KEY / 2 - 3, below + y)
        write(axes, x + KEY, below + y, text, size=layout.small)
    return drawn


def _keys(map_: Tiles, layout: Layout) -> Iterator[tuple[float, float, Mark, str]]:
    """Each entry of the legend and where it stands below the tiles."""
    x = y = 0.0
    for mark, text in map_.legend:
        width = KEY + text_width(text, size=layout.small)
        if x and x + width > layout.width:
            x, y = 0.0, y + 1.4 * layout.line
        yield x, y, mark, text
        x += width + GAP


def _height(map_: Tiles, layout: Layout) -> float:
    if layout.is_narrow:
        return len(map_.tiles) * 1.5 * layout.line
    return (1 + max(tile.row for tile in map_.tiles)) * _tile_size(map_, layout)[1]


def _tile_size(map_: Tiles, layout: Layout) -> tuple[float, float]:
    """Equal for all: the width is parted evenly, the height holds the name with most lines."""
    width = min(110.0, layout.width / (1 + max(tile.column for tile in map_.tiles)))
    lines = max(len(_name(tile, width)) for tile in map_.tiles)
    return width, (lines + 1.5) * LINE + 2 * PAD


def _name(tile: Tile, width: float) -> tuple[str, ...]:
    return wrap(tile.short, width=width - 2 * PAD, size=NAME)


def _draw_map(axes: Axes, map_: Tiles, layout: Layout, top: float) -> None:
    width, height = _tile_size(map_, layout)
    for tile in map_.tiles:
        x, y = tile.column * width, top + tile.row * height
        axes.add_patch(Rectangle((x + 1, y + 1), width - 2, height - 2, linewidth=1,
                                 facecolor=FILLS[tile.mark], edgecolor=MUTED))  # fmt: skip
        draw_mark(axes, tile.mark, x + 11, y + 12, size=7)
        write(axes, x + width - 1 - PAD, y + 12, tile.text, size=NAME, ha="right", weight="bold")
        for index, text in enumerate(_name(tile, width)):
            write(axes, x + PAD, y + 19 + (index + 0.6) * LINE, text, size=NAME, color=INK)


def _draw_list(axes: Axes, map_: Tiles, layout: Layout, top: float) -> None:
    step = 1.5 * layout.line
    for index, tile in enumerate(map_.tiles):
        y = top + (index + 0.5) * step
        draw_mark(axes, tile.mark, 10, y, size=8)
        write(axes, KEY, y, tile.name, size=layout.size)
        write(axes, layout.width - 2, y, tile.text, size=layout.size, ha="right")
        line(axes, [0, layout.width], [y + step / 2, y + step / 2], color=GRID, linewidth=0.5)
