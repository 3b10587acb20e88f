"""Zip archives from outside: what is in them, and how much it becomes, before anything is believed.

An archive can be small on disk and huge when unpacked, and can name places outside itself. Nothing
is ever unpacked onto the disk.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as InflateError  # noqa: N812 - an exception's name

MAX_ENTRIES = 2_000
MAX_RATIO = 100
RATIO_FROM = 10 * 1024 * 1024
"""Below this unpacked size a high ratio is harmless, and common in tables of one repeated value."""
DAMAGE = (
    BadZipFile,
    InflateError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
"""What the zip reader raises on bytes that are damaged, encrypted or of a kind that it lacks."""
_CHUNK = 1 << 20


class TooLarge(Exception):
    """The archive unpacks to more than was allowed; `size` is where it was stopped."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"stopped at {size} bytes")


def overfull(entries: Sequence[ZipInfo], *, most: int = MAX_ENTRIES) -> bool:
    """Whether there are more parts than an honest archive has, or one of them twice."""
    return len(entries) > most or len({one.filename for one in entries}) < len(entries)


def escapes(entries: Sequence[ZipInfo]) -> bool:
    """Whether a part names a place outside the archive, or is a link to one."""
    return any(
        one.filename.startswith(("/", "\\"))
        or re.match(r"[A-Za-z]:", one.filename) is not None
        or ".." in re.split(r"[/\\]", one.filename)
        or (one.external_attr >> 16) & 0o170000 == 0o120000
        for one in entries
    )


def unpacked(
    path: Path, archive: ZipFile, entries: Sequence[ZipInfo], *, most: int
) -> Iterator[tuple[ZipInfo, bytes]]:
    """The bytes of `entries` in pieces, counted while they are inflated, whatever the headers say.

    Raises:
        TooLarge: In all they are more than `most`, or than an honest ratio gives.
    """
    total = 0
    allowed = min(most, max(MAX_RATIO * path.stat().st_size, RATIO_FROM))
    for entry in entries:
        with archive.open(entry) as stream:
            while piece := stream.read(_CHUNK):
                total += len(piece)
                if total > allowed:
                    raise TooLarge(total)
                yield entry, piece
