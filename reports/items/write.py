"""Reports on items as files: one page a language, the numbers beside them."""

import json
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

from analysis.items.inspection import Inspection
from instruments.language import Language
from reports.items.edition import ItemsEdition
from reports.items.view import items_page
from reports.render import html
from survey.durable import write_whole

STEM, RESULT = "items", "items.json"


def write_items(
    inspection: Inspection, *, folder: Path, languages: Sequence[Language], today: date
) -> tuple[Path, ...]:
    """Write ``items.html`` in the first language, ``items.LANGUAGE.html`` in others, ``items.json``."""
    files: dict[str, bytes] = {}
    for language in languages:
        page = items_page(ItemsEdition(inspection=inspection, language=language, today=today))
        infix = "" if language == languages[0] else f".{language}"
        files[f"{STEM}{infix}.html"] = html.render(page).encode()
    document = {"simulated": inspection.spec.simulated, "analyses": inspection.analyses}
    files[RESULT] = (
        json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    ).encode()
    for name, data in files.items():
        write_whole(folder / name, partial(_fill, data))
    return tuple(folder / name for name in files)


def _fill(data: bytes, path: Path) -> None:
    path.write_bytes(data)
