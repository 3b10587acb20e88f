"""Every drawing by its kind: as a matplotlib figure, and as SVG with real text."""

from functools import lru_cache
from io import StringIO

import matplotlib as mpl
from matplotlib.figure import Figure

from reports import charts, tiles
from reports.chart_layout import Layout
from reports.curves import Panels, WrightMap, panels_figure, wright_figure
from reports.document import Chart, Picture, Tiles
from reports.likert import Likert, likert_figure
from reports.trends import TrendPicture, trend_figure


@lru_cache(maxsize=64)
def svg(picture: Picture, *, layout: Layout) -> str:
    """The drawing as SVG with real text; same drawing, same bytes, drawn once for all formats."""
    stream = StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": f"{picture.id}-{layout.name}"}):
        figure(picture, layout=layout).savefig(
            stream, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
        )
    return stream.getvalue()


def figure(picture: Picture, *, layout: Layout) -> Figure:
    """The drawing in a layout."""
    match picture:
        case Chart():
            return charts.figure(picture, layout=layout)
        case Tiles():
            return tiles.figure(picture, layout=layout)
        case Panels():
            return panels_figure(picture, layout=layout)
        case WrightMap():
            return wright_figure(picture, layout=layout)
        case TrendPicture():
            return trend_figure(picture, layout=layout)
        case Likert():
            return likert_figure(picture, layout=layout)
    raise TypeError(type(picture).__name__)
