"""Whether a report still is what its study says: derived anew from the frozen snapshot, and compared.

A report that was copied elsewhere is held against the register by the SHA-256 of its files. Numbers
are compared at 12 significant digits. What the store alone counts (rows in quarantine) and what is
only worded is not derived anew.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from analysis.analyze import analyze_measured
from analysis.disclosure.screen import screen
from analysis.measured import measure
from analysis.serialise import as_json
from instruments.language import Message, say
from reports.release import settled
from reports.release_numbers import written
from reports.release_register import Release, doubts_of, releases
from reports.release_standing import Audience
from reports.writing import RESULT
from survey.errors import unusable
from survey.journal import verify_journal
from survey.snapshot import held
from survey.snapshot_status import snapshot_status
from survey.study import SETTINGS, Study

Document = Mapping[str, Any]
WORDED = frozenset({"provenance", "labels", "domains", "warnings", "notes", "note", "standing",
                    "files"})  # fmt: skip
"""Parts of a result file that hold no number of their own."""
COUNTED = frozenset({"responses.accepted", "responses.excluded", "responses.quarantined"})
"""Counts of the store on the day of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A number or word of the report, by place, and what it is when derived anew."""

    place: str
    printed: str
    derived: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found: each doubt a sentence, each difference by its place, how much was compared."""

    release: str
    compared: int
    doubts: tuple[Message, ...]
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether the report is still what its study says."""
        return not self.doubts and not self.differences


def verify(report: Path, *, study: Study) -> Verification:
    """Derive every number of a report anew; `report` is its folder or one of its files.

    Raises:
        StudyError: There is no result file beside it, or it cannot be read.
    """
    folder = report if report.is_dir() else report.parent
    document = _document(folder)
    rests, standing = document["provenance"], document.get("standing") or {}
    known = next((one for one in releases(study) if one.id == standing.get("id")), None)
    doubts = [
        *_tampered(folder, document, known),
        *_unregistered(study, standing, known),
        *_moved(study, rests),
    ]
    derived = _derived(study, document, known)
    if derived is None:
        return Verification(release=standing.get("id", ""), compared=0, doubts=tuple(doubts),
                            differences=())  # fmt: skip
    doubts += _changed(rests, derived["provenance"])
    old, new = dict(_leaves(document)), dict(_leaves(derived))
    different = tuple(
        Difference(place=place, printed=old.get(place, "–"), derived=new.get(place, "–"))
        for place in dict.fromkeys([*old, *new]) if old.get(place) != new.get(place)
    )  # fmt: skip
    return Verification(release=standing.get("id", ""), compared=len(old), doubts=tuple(doubts),
                        differences=different)  # fmt: skip


def study_beside(report: Path) -> Path:
    """The folder of the study that a report stands in or beside.

    Raises:
        StudyError: There is none.
    """
    folder = report if report.is_dir() else report.parent
    for place in (folder, *folder.resolve().parents[:2]):
        for found in (place, place / "study"):
            if (found / SETTINGS).is_file():
                return found
    raise unusable(str(report), say("The study that it rests on is not beside it."),
                   say("Name it with --study."))  # fmt: skip


def _document(folder: Path) -> Document:
    path = folder / RESULT
    try:
        document: Document = json.loads(path.read_text(encoding="utf-8"))
        date.fromisoformat(document["provenance"]["today"])
    except (OSError, ValueError, KeyError, TypeError):
        raise unusable(str(path), say("No result file of a report is there that can be read."),
                       say("A report is verified together with the result.json written beside "
                           "it.")) from None  # fmt: skip
    return document


def _tampered(folder: Path, document: Document, known: Release | None) -> Iterator[Message]:
    """Files whose bytes are not those that were released, or written with the result file."""
    wanted = document.get("files", {}) if known is None else known.files
    for name, expected in sorted(wanted.items()):
        path = folder / name
        if path.is_file() and sha256(path.read_bytes()).hexdigest() != expected:
            yield say("{file} was changed after it was written: its hash is another.", file=name)


def _unregistered(
    study: Study, standing: Mapping[str, Any], known: Release | None
) -> Iterator[Message]:
    if standing.get("id") and known is None:
        yield say("The register has no release {id}.", id=standing["id"])
    if known is None:
        return
    for doubt in doubts_of(study, known):
        if doubt == "chain":
            yield say("The register was changed: a record does not follow from the one before it.")
        else:
            yield say("The journal has no entry of this release as the register tells it.")
    for later in releases(study):
        if later.supersedes == known.id:
            yield say("Release {id} has taken its place.", id=later.id)


def _moved(study: Study, rests: Mapping[str, Any]) -> Iterator[Message]:
    """What has become of the data since: a snapshot that is gone, batches undone, a broken journal."""
    status = snapshot_status(study, rests["snapshot"])
    if not status.kept:
        yield say("The snapshot {hash} on which it rests is not there any more, so no number can be "
                  "derived anew.", hash=rests["snapshot"][:12])  # fmt: skip
    elif status.undone:
        yield status.sentence()
    if rests.get("journal"):
        for fault in verify_journal(study, printed=rests["journal"]).faults:
            yield fault.what


def _derived(study: Study, document: Document, known: Release | None) -> Document | None:
    """The result file as the frozen snapshot gives it now."""
    snapshot = held(study, document["provenance"]["snapshot"])
    if snapshot is None:
        return None
    today = date.fromisoformat(document["provenance"]["today"])
    made = measure(study, today=today, snapshot=snapshot)
    if known is None and _audience(document) == "internal":
        return as_json(screen(analyze_measured(made)))
    if known is None:
        return as_json(settled(made, releases(study), audience="public")[0])
    analysis, _ = settled(made, releases(study)[: known.number - 1], audience=known.audience)
    return as_json(analysis)


def _audience(document: Document) -> Audience:
    """For whom a report was made."""
    standing = document.get("standing") or {}
    return "public" if standing.get("audience") == "public" else "internal"


def _changed(printed: Mapping[str, Any], derived: Mapping[str, Any]) -> Iterator[Message]:
    """Settings, definitions or a program that are not those of the report."""
    named = {"settings": say("The settings or a table of the study were changed since."),
             "plan": say("The plan was changed since."),
             "instruments": say("The instruments were changed since.")}  # fmt: skip
    for name, sentence in named.items():
        if printed.get(name) != derived[name]:
            yield sentence
    if printed.get("version") != derived["version"]:
        yield say("It was written by version {old} of the program; this is version {new}.",
                  old=printed.get("version", "–"), new=derived["version"])  # fmt: skip


def _leaves(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every number and word by its place, numbers at 12 significant digits."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            inside = f"{place}.{name}" if place else str(name)
            if name not in WORDED and inside not in COUNTED:
                yield from _leaves(one, inside)
    elif isinstance(value, (list, tuple)):
        for at, one in enumerate(value):
            yield from _leaves(one, f"{place}[{at}]")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield place, written(value)
    elif value is not None:
        yield place, str(value)
