"""An empty drawing in pixels, y growing downwards, as every picture here begins."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """A transparent figure of that many pixels and axes without frame that fill it."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return figure, axes
