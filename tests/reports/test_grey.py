"""Without colour every verdict is told apart by its shape alone."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from reports.canvas import canvas
from reports.charts import MARKERS, draw_mark
from reports.wording import GLYPHS

SIDE, LARGE = 48, 18


def inked(mark):
    """Where a mark leaves ink on white paper, by what a copier without colour sees."""
    figure, axes = canvas(SIDE, SIDE)
    figure.set_facecolor("white")
    draw_mark(axes, mark, SIDE / 2, SIDE / 2, size=LARGE)
    drawn = FigureCanvasAgg(figure)
    drawn.draw()
    red, green, blue = np.asarray(drawn.buffer_rgba(), dtype=float)[..., :3].transpose(2, 0, 1)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 200


@pytest.mark.parametrize(("one", "other"), list(combinations(MARKERS, 2)))
def test_no_two_marks_of_a_chart_look_alike_in_grey(one, other):
    first, second = inked(one), inked(other)
    assert min(first.sum(), second.sum()) > 10
    shared = (first & second).sum() / (first | second).sum()
    assert shared < 0.85, f"{one} and {other} share {shared:.0%} of their ink"


def test_no_two_marks_of_a_text_are_the_same_letter():
    assert len(set(GLYPHS.values())) == len(GLYPHS)
