"""Width of text in the charts' face, and line breaks by it."""

from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

FONT = "DejaVu Sans"
"""Shipped inside matplotlib; holds every Vietnamese letter and every mark used here."""

BOLD = 1.16
"""How much wider bold letters are than those by which lines are broken."""


@lru_cache(maxsize=16384)
def text_width(text: str, *, size: float) -> float:
    """Width of a line of text, in the unit of `size`."""
    font = FontProperties(family=FONT, size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def wrap(text: str, *, width: float, size: float) -> tuple[str, ...]:
    """`text` in lines no wider than `width`; a word that is wider by itself is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if text_width(longer, size=size) <= width:
            line = longer
            continue
        lines += [line] if line else []
        *whole, line = _pieces(word, width=width, size=size)
        lines += whole
    return (*lines, line)


def _pieces(word: str, *, width: float, size: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, size=size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
