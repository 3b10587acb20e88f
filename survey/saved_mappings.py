"""What people settled for the files of a source, kept so that the next file needs no settling.

A study keeps one file for each instrument and source, ``mappings/<instrument>-<source>.json``, with
the lines of all mappings that were given with an import.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from survey.answers import as_json
from survey.durable import write_whole
from survey.importers.table import Table
from survey.mapping import names_of
from survey.study import Study

FOLDER = "mappings"


def recall(study: Study, table: Table, *, instrument: str) -> dict[str, str | None]:
    """The lines kept for this source that name a column of the file."""
    names = names_of(table)
    return {name: target for name, target in _kept(_place(study, instrument, table)).items()
            if name in names}  # fmt: skip


def remember(
    study: Study, table: Table, mapping: Mapping[str, str | None], *, instrument: str
) -> None:
    """Keep the lines of a mapping that served an import."""
    place = _place(study, instrument, table)
    kept = _kept(place)
    text = as_json(kept | dict(mapping))
    if mapping and text != as_json(kept):
        write_whole(place, lambda path: path.write_text(text, encoding="utf-8"))


def _place(study: Study, instrument: str, table: Table) -> Path:
    return study.folder / FOLDER / f"{instrument}-{table.kind}.json"


def _kept(place: Path) -> dict[str, str | None]:
    """The lines in a file of ours; none where it is not there or damaged."""
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
