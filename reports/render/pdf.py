"""The page as PDF by typst: tagged for PDF/UA-1, same page, same bytes."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from importlib.resources import as_file, files

import typst

from reports import pictures
from reports.chart_layout import WIDE
from reports.document import Block, Page, Picture
from reports.render.fonts import folder
from reports.wording import GLYPHS


def render(page: Page) -> bytes:
    """The page as an A4 document; texts travel as JSON and are never read as markup."""
    timestamp = datetime.combine(page.as_of, time(), tzinfo=UTC).timestamp()
    with as_file(files("reports") / "templates" / "page.typ") as template:
        pdf: bytes = typst.compile(
            template,
            font_paths=[folder()],
            ignore_system_fonts=True,
            sys_inputs={"page": json.dumps(_data(page), ensure_ascii=False, default=str)},
            pdf_standards=["ua-1"],
            timestamp=int(timestamp),
        )
    return pdf


def _data(page: Page) -> dict[str, object]:
    data = asdict(page) | {"glyphs": GLYPHS}
    for part in ("front", "boxes", "annex"):
        data[part] = [
            {"id": each.id, "title": each.title, "blocks": [_block(block) for block in each.blocks]}
            for each in getattr(page, part)
        ]
    return data


def _block(block: Block) -> dict[str, object]:
    if not isinstance(block, Picture):
        return asdict(block)
    alt = f"{block.title}. {block.description}"
    return {"kind": block.kind, "alt": alt, "svg": pictures.svg(block, layout=WIDE)}
