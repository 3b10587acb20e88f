"""A report as files: each format in each language, and the numbers that all of them rest on."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path

from analysis.disclosure.screen import screen
from analysis.result import Analysis
from analysis.serialise import as_json
from instruments.language import Language
from instruments.plan import Plan
from reports.document import Page
from reports.edition import Edition
from reports.release_standing import Standing
from reports.render import csv, docx, html, pdf, xlsx
from reports.sheets import sheets
from reports.view import view
from survey.durable import write_whole

RESULT = "result.json"
STEM = "report"
CSV = "csv"


def _html(_: Edition, page: Page) -> bytes:
    return html.render(page).encode()


def _pdf(_: Edition, page: Page) -> bytes:
    return pdf.render(page)


def _xlsx(edition: Edition, page: Page) -> bytes:
    made = sheets(edition, page)
    return xlsx.render(made, title=page.title, stamp=page.stamp, as_of=page.as_of)


def _docx(_: Edition, page: Page) -> bytes:
    return docx.render(page)


RENDERERS: Mapping[str, Callable[[Edition, Page], bytes]] = {
    "html": _html, "pdf": _pdf, "docx": _docx, "xlsx": _xlsx,
}  # fmt: skip
"""The formats that ``--to`` can name besides CSV, each of one file."""


def write_report(
    analysis: Analysis,
    plan: Plan,
    *,
    folder: Path,
    formats: Sequence[str],
    languages: Sequence[Language],
    standing: Standing | None = None,
) -> tuple[Path, ...]:
    """Write ``report.FORMAT`` in the first language, ``report.LANGUAGE.FORMAT`` in others.

    ``result.json`` holds every number in full. What may not be published is withheld first, from
    it as from every page. All is rendered before anything is written, and each file appears whole
    or not at all.
    """
    files = render_report(screen(analysis), plan, formats=formats, languages=languages,
                          standing=standing)  # fmt: skip
    return write_files(files, folder=folder)


def render_report(
    screened: Analysis,
    plan: Plan,
    *,
    formats: Sequence[str],
    languages: Sequence[Language],
    standing: Standing | None = None,
) -> dict[str, bytes]:
    """Every file of a report on a screened analysis, by name.

    ``result.json`` tells the report's standing and the SHA-256 of each other file.
    """
    files: dict[str, bytes] = {}
    for language in languages:
        edition = Edition(analysis=screened, plan=plan, language=language, standing=standing)
        page = view(edition)
        infix = "" if language == languages[0] else f".{language}"
        for form in formats:
            files |= _files(form, edition, page, stem=f"{STEM}{infix}")
    document = as_json(screened) | {
        "standing": None if standing is None else asdict(standing),
        "files": {name: sha256(data).hexdigest() for name, data in files.items()},
    }
    result = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1, default=str)
    return files | {RESULT: (result + "\n").encode()}


def _files(form: str, edition: Edition, page: Page, *, stem: str) -> dict[str, bytes]:
    """The files of one format: of CSV one for each table, else one."""
    if form != CSV:
        return {f"{stem}.{form}": RENDERERS[form](edition, page)}
    tables = csv.render(sheets(edition, page), stamp=page.stamp, language=edition.language)
    return {f"{stem}.{name}.{CSV}": data for name, data in tables.items()}


def write_files(files: Mapping[str, bytes], *, folder: Path) -> tuple[Path, ...]:
    """Write files into a folder, each wholly or not at all."""
    for name, data in files.items():
        write_whole(folder / name, partial(_fill, data))
    return tuple(folder / name for name in files)


def _fill(data: bytes, path: Path) -> None:
    path.write_bytes(data)
