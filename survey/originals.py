"""Original files as they came, each under its SHA-256; sealed where the study seals contact data."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfile

from survey.contact_key import lock_made, lock_of
from survey.durable import write_whole
from survey.intake import hash_of_file
from survey.sealing import Key, Lock
from survey.study import Study

ORIGINALS = "_originals"
"""What a batch keeps for its mapping when it came from several files: their names."""
_SEALED = ".sealed"


@dataclass(frozen=True, slots=True)
class Originals:
    """The original files of a study."""

    study: Study

    def keep(self, source: Path, *, contacts: bool) -> str:
        """Keep a file for its owner alone, unless it is kept already; its SHA-256.

        A file that may hold contact data is sealed, and with it every one that lies open.

        Raises:
            StudyError: The disk takes no more, or no key can be made.
        """
        name = hash_of_file(source)
        lock = lock_made(self.study) if contacts else lock_of(self.study)
        if lock is not None:
            self._seal_all(lock)
        if not any(place.exists() for place in self._places(name)):
            self._keep(source, name, lock)
        return name

    def of(self, name: str) -> Path | None:
        """Where an original lies, if it does still."""
        return next((place for place in self._places(name) if place.exists()), None)

    def forget(self, name: str) -> None:
        """Delete an original."""
        for place in self._places(name):
            place.unlink(missing_ok=True)

    def forget_all(self) -> int:
        """Delete all originals; how many there were."""
        found = list(self.study.inbox.iterdir()) if self.study.inbox.is_dir() else []
        for path in found:
            path.unlink()
        return len(found)

    def _places(self, name: str) -> tuple[Path, Path]:
        return self.study.inbox / f"{name}{_SEALED}", self.study.inbox / name

    def _keep(self, source: Path, name: str, lock: Lock | None) -> None:
        sealed, plain = self._places(name)
        if lock is None:
            write_whole(plain, partial(_privately, partial(copyfile, source)))
        else:
            write_whole(sealed, partial(_privately, partial(lock.seal_file, source)))

    def _seal_all(self, lock: Lock) -> None:
        open_ones = [path for path in self.study.inbox.glob("*") if not path.suffix]
        for path in open_ones:
            self._keep(path, path.name, lock)
            path.unlink(missing_ok=True)


def names_of(file_sha256: str, mapping: str) -> tuple[str, ...]:
    """The names of the originals that a batch came with."""
    several = json.loads(mapping).get(ORIGINALS)
    return tuple(several) if isinstance(several, list) else (file_sha256,)


def is_sealed(path: Path) -> bool:
    """Whether an original needs the key."""
    return path.suffix == _SEALED


def give_out(found: Path, path: Path, *, key: Key | None) -> None:
    """Write an original as it came to `path`, for its owner alone.

    Raises:
        StudyError: It is sealed and the key does not open it, or the disk takes no more.
    """
    opened = key.open_file if key is not None and is_sealed(found) else copyfile
    write_whole(path, partial(_privately, partial(opened, found)))


def _privately(write: Callable[[Path], object], place: Path) -> None:
    """Write a file that nobody else may read, from its first moment on."""
    place.touch(mode=0o600)
    write(place)
