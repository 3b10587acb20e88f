"""Fieldwork quality: signs seen at import, and what only all interviews together can show."""

from survey.quality.durations import Durations
from survey.quality.flags import (
    Clocks,
    Grid,
    Timing,
    clocks,
    grids,
    likeness,
    near_duplicate,
    straight_lines,
    substantive_paths,
    timing,
)

__all__ = [
    "Clocks", "Durations", "Grid", "Timing", "clocks", "grids", "likeness", "near_duplicate",
    "straight_lines", "substantive_paths", "timing",
]  # fmt: skip
