"""The page as one self-contained HTML file: no script, no request to anywhere."""

import json
import re
from dataclasses import asdict
from html import escape

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import pictures
from reports.chart_layout import NARROW, WIDE, Layout
from reports.document import Page, Picture
from reports.render.fonts import face_css
from reports.wording import GLYPHS

_ASCII = "".join(map(chr, range(32, 127)))

_UNUSED = re.compile(
    r"<metadata>.*?</metadata>|<style.*?</style>| id=\"(?:figure|axes|patch|line2d|text)_\d+\"",
    re.DOTALL,
)
"""Parts of matplotlib's SVG that would style the whole page, or repeat an id of the other layout."""
_SPARE = re.compile(
    r"<!--.*?-->|(?<=>)\s+(?=<)| transform=\"rotate\(-0 [^\"]*\)\"| font-family: 'DejaVu Sans';"
    r"| text-anchor: start;",
    re.DOTALL,
)
"""What says nothing: remarks, space between elements, and what text is without being told."""
_BARE = re.compile(r"<g>(<(?:path|text|use)\b[^<>]*(?:/>|>[^<>]*</text>))</g>")
"""A group around one element, with nothing to say of it."""
_TAG = re.compile(r"<[^>]*>")
_FINE = re.compile(r"(\d\.\d\d)\d+")
"""Hundredths of a pixel are enough."""
_DRAWING = re.compile(r"<svg .*?</svg>", re.DOTALL)
_STYLE = re.compile(r' style="([^"]*)"')


def render(page: Page) -> str:
    """The page as HTML; same page, same text."""
    environment = Environment(
        loader=PackageLoader("reports"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["glyphs"] = GLYPHS
    environment.filters["drawn"] = drawn
    environment.filters["css_string"] = css_string
    template = environment.get_template("page.html.j2")
    style = environment.get_template("page.css.j2").render(page=page)
    letters = json.dumps(asdict(page), ensure_ascii=False, default=str) + _ASCII
    faces = face_css(letters + "".join(GLYPHS.values()))
    return _classed(template.render(page=page, style=_trusted(style), faces=_trusted(faces)))


def drawn(chart: Picture) -> Markup:
    """Both layouts of a chart as inline SVG; the style sheet shows the one that fits."""
    return Markup("\n").join(_inline(chart, layout) for layout in (WIDE, NARROW))


def css_string(text: str) -> Markup:
    """`text` as a string of CSS, with nothing left that could end it."""
    letters = (each if each.isalnum() else f"\\{ord(each):06x}" for each in text)
    return _trusted('"' + "".join(letters) + '"')


def _classed(html: str) -> str:
    """The page with what many elements of its drawings are styled by said once, in the style sheet."""
    names: dict[str, str] = {}

    def classed(found: re.Match[str]) -> str:
        name = names.setdefault(found[1].rstrip("; "), f"d{len(names)}")
        return f' class="{name}"'

    shown = _DRAWING.sub(lambda drawing: _STYLE.sub(classed, drawing[0]), html)
    rules = "\n".join(f"svg .{name} {{ {style} }}" for style, name in names.items())
    return shown.replace("</style>", f"{rules}\n</style>", 1)


def _trusted(text: str) -> Markup:
    """Markup of our own making: drawings, fonts, and text that is escaped already."""
    return Markup(text)  # noqa: S704 - see the docstring; all else is escaped by the template


def _inline(chart: Picture, layout: Layout) -> Markup:
    drawing = pictures.svg(chart, layout=layout)
    body = drawing[drawing.index(">", drawing.index("<svg")) + 1 :]
    body = _BARE.sub(r"\1", _SPARE.sub("", _UNUSED.sub("", body))).replace(" \n", " ")
    body = _TAG.sub(lambda tag: _FINE.sub(r"\1", tag[0]), body)
    box = re.search(r'viewBox="([^"]+)"', drawing)
    view = box.group(1) if box else ""
    name = f"{chart.id}-{layout.name}"
    return _trusted(
        f'<svg class="{layout.name}" role="img" aria-labelledby="{name}-title {name}-text" '
        f'viewBox="{view}" xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-text">{escape(chart.description)}</desc>{body}'
    )
