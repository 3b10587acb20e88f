"""Files that are there wholly or not at all, power cuts included."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from survey.errors import unwritable


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file beside `path`, bring it to the disk, then give it its name.

    Raises:
        StudyError: The disk is full or does not take the file; nothing is left of it.
    """
    with place_for(path.parent, path.name) as place:
        write(place)
        publish(place, path)


@contextmanager
def place_for(folder: Path, name: str) -> Iterator[Path]:
    """A place in `folder` for a file in the making; what is still there at the end is removed.

    Raises:
        StudyError: The disk is full or does not take the file.
    """
    place = folder / f".{name}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield place
    except OSError as error:
        raise unwritable(str(folder / name), error.strerror or error) from None
    finally:
        with suppress(OSError):
            place.unlink()


def publish(place: Path, path: Path) -> None:
    """Bring a finished file to the disk and give it its name there."""
    _sync(place)
    place.replace(path)
    _sync(path.parent)


def publish_new(place: Path, path: Path) -> bool:
    """Publish under a name that nothing has yet; whether it was free."""
    _sync(place)
    try:
        path.hardlink_to(place)
    except FileExistsError:
        return False
    _sync(path.parent)
    return True


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
