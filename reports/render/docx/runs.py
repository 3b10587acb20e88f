"""Pieces of text in a paragraph; whatever a text holds, it stays text."""

import re
from dataclasses import dataclass

from docx.shared import Pt
from docx.text.paragraph import Paragraph

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Face:
    """Size in points and style of a piece of text."""

    size: float
    bold: bool = False
    italic: bool = False


def write(paragraph: Paragraph, text: str, face: Face) -> Paragraph:
    """Add `text`, without the characters that XML cannot hold."""
    run = paragraph.add_run(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text))
    run.font.size, run.bold, run.italic = Pt(face.size), face.bold, face.italic
    return paragraph
