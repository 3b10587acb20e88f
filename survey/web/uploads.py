"""Files that staff have handed in and not stored yet, each in a private folder of the study.

An upload is a folder ``.desk/<token>`` (``.desk-contest`` for contest entries) with the file under its own name and ``upload.json``, which
says how the file is to be read and what has become of it; so a restart loses nothing. The file goes
as soon as it is stored (the inbox keeps the original), and with it all after a day.
"""

import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any, BinaryIO, Self

from instruments.language import nfc
from survey.durable import write_whole
from survey.errors import unwritable

STALE = timedelta(days=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>:"/\\|?*]+'
)
_LONGEST = 150
"""Bytes of a file's name; file systems take 255, and copies get longer names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How a person wants the file read; None leaves it to the program."""

    instrument: str | None = None
    kind: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    dictionary: str | None = None
    """The token of the upload that is its codebook."""
    mapping: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What storing the file came to; `batch` is None where nothing in it was new."""

    batch: int | None
    rows: int
    accepted: int
    quarantined: int
    duplicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file handed in; `check` names the check run whose findings may be stored."""

    token: str
    name: str
    sha256: str
    size: int
    received: datetime
    choice: Choice = Choice()
    check: str | None = None
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Uploads:
    """The uploads of a study, in a folder that only its owner can read."""

    folder: Path

    @classmethod
    def within(cls, study: Path, *, name: str = ".desk") -> Self:
        """The uploads of the study in `study`, in its folder `name`."""
        folder = study / name
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
        except OSError as error:
            raise unwritable(str(folder), error.strerror or error) from None
        return cls(folder)

    def begin(self, name: str, *, at: datetime) -> "Incoming":
        """Make room for a file that is about to arrive."""
        token = secrets.token_urlsafe(16)
        place = self.folder / token
        place.mkdir(mode=0o700)
        path = place / safe_name(name)
        handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        return Incoming(token=token, path=path, stream=os.fdopen(handle, "wb"), uploads=self,
                        at=at)  # fmt: skip

    def path_of(self, upload: Upload) -> Path:
        """Where the file lies."""
        return self.folder / upload.token / upload.name

    def find(self, token: str) -> Upload | None:
        """The upload of this token, if there is one."""
        if _TOKEN.fullmatch(token) is None:
            return None
        path = self.folder / token / _ABOUT
        if not path.is_file():
            return None
        return _read(json.loads(path.read_text(encoding="utf-8")))

    def save(self, upload: Upload) -> None:
        """Keep what is known of an upload; one that was thrown away stays away."""
        folder = self.folder / upload.token
        if folder.is_dir():
            text = json.dumps(asdict(upload), ensure_ascii=False, default=datetime.isoformat)
            write_whole(folder / _ABOUT, lambda path: path.write_text(text, encoding="utf-8"))

    def drop_file(self, upload: Upload) -> None:
        """Remove the file and keep what is known of it."""
        self.path_of(upload).unlink(missing_ok=True)

    def remove(self, token: str) -> None:
        """Remove an upload with all that belongs to it."""
        if _TOKEN.fullmatch(token) is not None:
            rmtree(self.folder / token, ignore_errors=True)

    def waiting(self) -> list[Upload]:
        """Uploads that are not stored yet, the latest first."""
        found = [one for one in self._all() if one.kept is None]
        return sorted(found, key=lambda one: one.received, reverse=True)

    def sweep(self, *, now: datetime) -> None:
        """Remove what was handed in more than a day ago, and what never arrived whole."""
        for folder in filter(Path.is_dir, list(self.folder.iterdir())):
            upload = self.find(folder.name)
            since = folder.stat().st_mtime if upload is None else upload.received.timestamp()
            if since < (now - STALE).timestamp():
                rmtree(folder, ignore_errors=True)

    def _all(self) -> Iterator[Upload]:
        for folder in self.folder.iterdir():
            upload = self.find(folder.name)
            if upload is not None:
                yield upload


@dataclass(slots=True, kw_only=True)
class Incoming:
    """A file that is arriving; hashed as it is written."""

    token: str
    path: Path
    stream: BinaryIO
    uploads: Uploads
    at: datetime
    size: int = 0
    hash: Any = field(default_factory=sha256)

    def write(self, data: bytes) -> None:
        """Keep the next bytes."""
        try:
            self._put(data)
        except OSError as error:
            raise unwritable(self.path.name, error.strerror or error) from None
        self.hash.update(data)
        self.size += len(data)

    def done(self) -> Upload:
        """The file has arrived whole."""
        try:
            self.stream.close()
        except OSError as error:
            raise unwritable(self.path.name, error.strerror or error) from None
        upload = Upload(token=self.token, name=self.path.name, sha256=self.hash.hexdigest(),
                        size=self.size, received=self.at)  # fmt: skip
        self.uploads.save(upload)
        return upload

    def _put(self, data: bytes) -> None:
        self.stream.write(data)

    def give_up(self) -> None:
        """Remove what has arrived."""
        with suppress(OSError):
            self.stream.close()
        self.uploads.remove(self.token)


_ABOUT = "upload.json"


def safe_name(name: str) -> str:
    """The last part of a file's name, without anything that a file system or a page could obey."""
    last = nfc(name.replace("\\", "/")).rpartition("/")[2]
    clean = _UNSAFE.sub("_", last.encode(errors="replace").decode()).strip(" .")
    stem, dot, suffix = clean.rpartition(".")
    if not dot:
        stem, suffix = clean, ""
    ending = f"{dot}{suffix}"[:20]
    short = stem.encode()[: _LONGEST - len(ending.encode())].decode(errors="ignore")
    whole = f"{short}{ending}"
    return whole if short and whole != _ABOUT else f"file{ending}"


def _read(data: dict[str, Any]) -> Upload:
    kept, choice = data.pop("kept"), Choice(**data.pop("choice"))
    received = datetime.fromisoformat(data.pop("received"))
    return Upload(**data, received=received, choice=choice,
                  kept=None if kept is None else Kept(**kept))  # fmt: skip
