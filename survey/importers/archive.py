"""Zip archives of delimited text files, as several systems export them."""

from pathlib import Path
from zipfile import ZipFile, ZipInfo

from instruments.archive import DAMAGE, TooLarge, escapes, overfull, unpacked
from instruments.errors import Problem
from instruments.language import Message, say
from survey.errors import ImportRejected, rejected
from survey.importers.table import Contents
from survey.importers.text import open_text_bytes

MAX_FILES = 50_000
"""Media files stand beside the tables, one or more for each record; they are not unpacked."""
MAX_INFLATED = 200 * 1024 * 1024
_LOCKED = 1
"""The flag of an encrypted part."""
_TEXT = (".csv", ".txt", ".tsv")


def is_archive(path: Path) -> bool:
    """Whether a zip holds text files and no workbook."""
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except DAMAGE:
        return False
    inside = any(name.startswith(("xl/", "[Content_Types]")) for name in names)
    return not inside and any(name.lower().endswith(_TEXT) for name in names)


def open_archive(path: Path, *, delimiter: str | None, encoding: str | None) -> Contents:
    """Open each text file of an archive as a sheet; what is no table in it is left aside.

    Raises:
        ImportRejected: The archive is damaged, dishonest or too large, or holds no table.
    """
    parts: list[Contents] = []
    problems: list[Problem] = []
    for name, content in _texts(path).items():
        try:
            parts.append(
                open_text_bytes(name, content, delimiter=delimiter, encoding=encoding)
            )  # fmt: skip
        except ImportRejected as error:
            problems += error.problems
    if not parts:
        raise ImportRejected(problems)
    sheets = tuple(sheet for part in parts for sheet in part.sheets)
    return Contents(path=path, container="archive", sheets=sheets, encoding=parts[0].encoding,
                    delimiter=parts[0].delimiter)  # fmt: skip


def _texts(path: Path) -> dict[str, bytes]:
    """The text files of the archive, unpacked in memory."""
    found: dict[str, list[bytes]] = {}
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            if escapes(entries):
                raise rejected(path.name, say("The archive names files outside itself."), _again())
            if overfull(entries, most=MAX_FILES):
                raise rejected(path.name, say("The archive has {count} files, or one twice.",
                                              count=len(entries)), _again())  # fmt: skip
            texts = [entry for entry in entries if _is_text(entry)]
            if any(entry.flag_bits & _LOCKED for entry in texts):
                raise rejected(path.name, say("The archive is protected by a password."),
                               say("Unpack it, and give the file of records in it."))  # fmt: skip
            for entry, piece in unpacked(path, archive, texts, most=MAX_INFLATED):
                found.setdefault(entry.filename, []).append(piece)
    except TooLarge as error:
        raise rejected(path.name, say("Unpacked, the archive is larger than {size} MB.",
                                      size=error.size // (1024 * 1024)), _again()) from None  # fmt: skip
    except DAMAGE as error:
        what = say("The archive is damaged and cannot be opened ({reason}).", reason=error)
        raise rejected(path.name, what, _again()) from None
    return {name: b"".join(pieces) for name, pieces in found.items()}


def _is_text(entry: ZipInfo) -> bool:
    hidden = entry.filename.startswith("__MACOSX/") or "/." in f"/{entry.filename}"
    return entry.filename.lower().endswith(_TEXT) and not hidden


def _again() -> Message:
    return say("Export it again.")
