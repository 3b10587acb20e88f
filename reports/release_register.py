"""The register of releases: one record for each, beside the released files, in ``reports/``.

Records are numbered, each holds the hash of the one before it, none is ever written over, and the
study's journal holds the hash of each, so that a record that was changed or removed is found.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from instruments.language import say
from reports.release_standing import Audience
from survey.chain import NOTHING, note
from survey.database import writing
from survey.durable import place_for, publish_new, write_whole
from survey.errors import unusable
from survey.journal import read_journal
from survey.store import Store
from survey.study import Study

FOLDER = "reports"
EVENT = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One line of the register.

    `files` and `snapshot_files` hold SHA-256 by name, `journal` the head on which the report rests,
    `printed` what it tells of each target by language, `previous` the hash of the record before it.
    """

    id: str
    number: int
    version: int
    day: str
    at: str
    by: str
    audience: Audience
    supersedes: str
    reason: str
    snapshot: str
    journal: str
    program: str
    files: Mapping[str, str]
    snapshot_files: Mapping[str, str]
    checks: tuple[Mapping[str, str], ...]
    printed: Mapping[str, Mapping[str, str]]
    previous: str

    @property
    def text(self) -> str:
        """The record as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @property
    def hash(self) -> str:
        """SHA-256 of the stored record."""
        return sha256(self.text.encode()).hexdigest()


def folder_of(study: Study, release: str) -> Path:
    """Where the files of a release are kept."""
    return study.folder / FOLDER / release


def releases(study: Study) -> tuple[Release, ...]:
    """Every release, oldest first.

    Raises:
        StudyError: A record cannot be read.
    """
    return tuple(map(_read, sorted((study.folder / FOLDER).glob("[0-9]*.json"))))


def find(study: Study, name: str) -> Release:
    """The release of that id.

    Raises:
        StudyError: There is none.
    """
    known = {one.id: one for one in releases(study)}
    if name not in known:
        raise unusable(FOLDER, say("No release is '{name}'.", name=name),
                       say("Releases of this study: {names}.", names=", ".join(known) or "–"))  # fmt: skip
    return known[name]


def head_of(found: tuple[Release, ...]) -> str:
    """The hash of the newest record."""
    return found[-1].hash if found else NOTHING


def register(study: Study, release: Release, files: Mapping[str, bytes], *, now: datetime) -> Path:
    """Keep a release for good: its files, its record, and an entry of the journal; its folder.

    Raises:
        StudyError: Another release took its number meanwhile.
    """
    with (
        Store.open(study.store_path) as store,
        writing(store.engine) as connection,  # one release at a time
        place_for(study.folder / FOLDER, "record") as place,
    ):
        record = _path(study, release.number)
        if record.exists():
            raise _taken()
        folder = folder_of(study, release.id)
        for name, data in files.items():
            write_whole(folder / name, partial(Path.write_bytes, data=data))
        place.write_text(release.text, encoding="utf-8")
        if not publish_new(place, record):
            raise _taken()
        detail = {"release": release.id, "sha256": release.hash}
        note(connection, EVENT, None, detail, at=now, who=release.by)
    return folder


def doubts_of(study: Study, release: Release) -> Iterator[str]:
    """The kinds of fault in the register about a release: ``chain`` and ``journal``."""
    known = releases(study)
    before = known[: known.index(release)]
    if release.previous != head_of(before) or any(
        one.previous != head_of(before[:at]) for at, one in enumerate(before)
    ):
        yield "chain"
    told = (json.loads(one.detail) for one in read_journal(study) if one.event == EVENT)
    if {"release": release.id, "sha256": release.hash} not in list(told):
        yield "journal"


def _path(study: Study, number: int) -> Path:
    return study.folder / FOLDER / f"{number:04}.json"


def _read(path: Path) -> Release:
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = {one.name: given[one.name] for one in fields(Release)}
    except (ValueError, KeyError, TypeError):
        raise unusable(f"{FOLDER}/{path.name}", say("This record of a release was changed: it "
                                                    "cannot be read.")) from None  # fmt: skip
    return Release(**known | {"checks": tuple(known["checks"])})


def _taken() -> Exception:
    return unusable(FOLDER, say("Another release was made in the meantime."),
                    say("Run the command again."))  # fmt: skip
