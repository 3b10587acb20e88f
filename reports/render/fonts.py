"""The typeface: DejaVu Sans as matplotlib ships it, cut down to the letters that a page uses."""

import base64
from functools import cache
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from fontTools import subset
from fontTools.ttLib import TTFont

FACES = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}


def folder() -> Path:
    """Where matplotlib keeps its fonts."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def face_css(text: str) -> str:
    """The ``@font-face`` rules of both weights, holding the letters of `text` and no others."""
    letters = "".join(sorted(set(text)))
    return "\n".join(_rule(weight, letters) for weight in FACES)


@cache
def _rule(weight: str, letters: str) -> str:
    data = base64.b64encode(woff(weight, letters)).decode("ascii")
    return (
        f"@font-face {{ font-family: 'DejaVu Sans'; font-weight: {weight}; "
        f"src: url(data:font/woff;base64,{data}) format('woff'); }}"
    )


def woff(weight: str, letters: str) -> bytes:
    """A WOFF file of one weight with `letters`; same letters, same bytes."""
    options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True)
    options.drop_tables += ["FFTM"]
    with TTFont(folder() / FACES[weight], recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        font.flavor = "woff"
        stream = BytesIO()
        font.save(stream)
    return stream.getvalue()
