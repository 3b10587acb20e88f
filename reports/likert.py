"""Answers on a scale as diverging bars by matplotlib: for to the right, against to the left.

What lies between is split at the centre, the strongest answers are hatched, and the share that a
bar is long stands on it wherever there is room, so that neither hue nor length must be read alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from reports.canvas import canvas
from reports.chart_layout import GAP, KEY, MARGIN, Layout
from reports.charts import BLUE, GRID, INK, MUTED, ORANGE, line, write, write_lines
from reports.document import Picture
from reports.lettering import text_width, wrap

Tone = Literal["for", "between", "against"]
FILLS: dict[Tone, str] = {"for": BLUE, "between": GRID, "against": ORANGE}
HATCH = "////"
BAR, _CHIP, _PAD = 22.0, 11.0, 3.0
"""Height of a bar, size of the numbers on it, and space around these, in pixels."""
_ENDS = {"wide": (2.0, 530.0), "narrow": (2.0, 318.0)}
"""Where bars may begin and end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One answer: its share, as it is printed, what it says, and whether it is the strongest."""

    share: float
    text: str
    tone: Tone
    is_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LikertRow:
    """One question; its segments run from the answer most against to the one most for."""

    label: str
    text: str
    segments: tuple[Segment, ...]

    @property
    def against(self) -> float:
        """How far the bar reaches to the left of the centre."""
        return sum(one.share * _LEFT[one.tone] for one in self.segments)


_LEFT: dict[Tone, float] = {"for": 0.0, "between": 0.5, "against": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Likert(Picture):
    """Diverging bars, one a question, with what the hues and the hatch say."""

    rows: tuple[LikertRow, ...]
    tones: tuple[tuple[Tone, str], ...]
    end_label: str
    text_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A row with its text in lines, where these begin, and where its bar lies."""

    row: LikertRow
    label: tuple[str, ...]
    numbers: tuple[str, ...]
    top: float
    bar: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Pixels of the centre and of a whole."""

    centre: float
    whole: float


def likert_figure(picture: Likert, *, layout: Layout) -> Figure:
    """Draw every row, and the legend at the foot."""
    stamp = wrap(picture.stamp, width=0.8 * layout.width, size=layout.size) if picture.stamp else ()
    rows = tuple(_rows(picture, layout, top=(len(stamp) + 1.6) * layout.line))
    foot = rows[-1].bottom + layout.line
    keys = tuple(_keys(picture, layout, top=foot))
    drawn, axes = canvas(layout.width, keys[-1][2] + 0.9 * layout.line)
    scale = _scale(picture, layout)
    write_lines(axes, stamp, x=0, y=0.7 * layout.line, layout=layout, weight="bold")
    _write_head(axes, picture, layout, y=rows[0].top - 0.6 * layout.line)
    for one in rows:
        _draw_bar(axes, one, scale)
        _write_row(axes, one, layout)
    for tone, x, y, text in keys:
        _draw_key(axes, tone, x, y)
        write(axes, x + KEY, y, text, size=layout.small)
    return drawn


def _scale(picture: Likert, layout: Layout) -> _Scale:
    left, right = _ENDS[layout.name]
    against = max(row.against for row in picture.rows)
    beyond = max(sum(one.share for one in row.segments) - row.against for row in picture.rows)
    whole = (right - left) / (against + beyond)
    return _Scale(centre=left + against * whole, whole=whole)


def _rows(picture: Likert, layout: Layout, *, top: float) -> Iterator[_Placed]:
    """Each label above its bar; the numbers beside the bar where there is room, else above it."""
    for row in picture.rows:
        label = wrap(row.label, width=0.97 * layout.width, size=layout.size)
        room = layout.width if layout.is_narrow else layout.width - _ENDS["wide"][1] - MARGIN
        numbers = wrap(row.text, width=0.97 * room, size=layout.size)
        above = len(label) + (len(numbers) if layout.is_narrow else 0)
        bar = top + above * layout.line + 4 + BAR / 2
        placed = _Placed(row=row, label=label, numbers=numbers, top=top, bar=bar,
                         bottom=bar + BAR / 2 + 12)  # fmt: skip
        top = placed.bottom
        yield placed


def _write_head(axes: Axes, picture: Likert, layout: Layout, *, y: float) -> None:
    x = 0 if layout.is_narrow else _ENDS[layout.name][1] + MARGIN
    room = layout.width - x
    first, *_ = wrap(picture.text_label, width=room, size=layout.small)
    write(axes, x, y, first, size=layout.small, color=MUTED)


def _write_row(axes: Axes, placed: _Placed, layout: Layout) -> None:
    top = placed.top + 0.6 * layout.line
    if layout.is_narrow:
        write_lines(axes, (*placed.label, *placed.numbers), x=0, y=top, layout=layout)
        return
    write_lines(axes, placed.label, x=0, y=top, layout=layout)
    beside = placed.bar - (len(placed.numbers) - 1) / 2 * layout.line
    x = _ENDS[layout.name][1] + MARGIN
    write_lines(axes, placed.numbers, x=x, y=beside, layout=layout)


def _draw_bar(axes: Axes, placed: _Placed, scale: _Scale) -> None:
    ends = [placed.bar - BAR / 2 - 4, placed.bar + BAR / 2 + 4]
    line(axes, [scale.centre] * 2, ends, color=INK, linewidth=1.4, zorder=2.5)
    x = scale.centre - placed.row.against * scale.whole
    for one in placed.row.segments:
        width = one.share * scale.whole
        _draw_part(axes, one.tone, x, placed.bar, width, is_hatched=one.is_end)
        if width >= text_width(one.text, size=_CHIP) + 4 * _PAD:
            _draw_chip(axes, one.text, x + width / 2, placed.bar)
        x += width


def _draw_part(
    axes: Axes, tone: Tone, x: float, y: float, width: float, *, is_hatched: bool
) -> None:  # fmt: skip
    axes.add_patch(Rectangle(
        (x, y - BAR / 2), width, BAR, facecolor=FILLS[tone], edgecolor="white", linewidth=0.8,
        hatch=HATCH if is_hatched else None, zorder=2))  # fmt: skip


def _draw_chip(axes: Axes, text: str, x: float, y: float) -> None:
    width, height = text_width(text, size=_CHIP) + 2 * _PAD, _CHIP + 2 * _PAD
    axes.add_patch(Rectangle((x - width / 2, y - height / 2), width, height, facecolor="white",
                             edgecolor="none", zorder=3))  # fmt: skip
    write(axes, x, y, text, size=_CHIP, ha="center", zorder=4)


def _keys(
    picture: Likert, layout: Layout, *, top: float
) -> Iterator[tuple[Tone | None, float, float, str]]:
    """Each entry of the legend with its place; the hatch has no tone of its own."""
    x, y = 0.0, top
    for tone, text in (*picture.tones, (None, picture.end_label)):
        width = KEY + text_width(text, size=layout.small)
        if x and x + width > layout.width:
            x, y = 0.0, y + 1.4 * layout.line
        yield tone, x, y, text
        x += width + GAP


def _draw_key(axes: Axes, tone: Tone | None, x: float, y: float) -> None:
    color = "white" if tone is None else FILLS[tone]
    axes.add_patch(Rectangle((x + 1, y - 6), 20, 12, facecolor=color, linewidth=0.8,
                             edgecolor=INK if tone is None else "white",
                             hatch=HATCH if tone is None else None))  # fmt: skip
