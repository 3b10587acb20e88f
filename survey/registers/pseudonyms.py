"""Persons under a pseudonym: the same person is the same everywhere, and nobody is told who."""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path
from unicodedata import normalize

from instruments.language import say
from survey.errors import unusable, unwritable

KEY_FILE = "administrative/person.key"
_BYTES, _DIGITS = 32, 32


def pseudonym(person: str, *, key: bytes) -> str:
    """HMAC-SHA-256 of a person's code under the study's key, its first 128 bits.

    Case, spaces and Unicode form of the code make no difference.
    """
    plain = "".join(normalize("NFKC", person).casefold().split())
    return hmac.new(key, plain.encode(), sha256).hexdigest()[:_DIGITS]


def study_key(folder: Path) -> bytes:
    """The study's secret key, made where there is none yet; whoever lacks it can link nobody.

    Raises:
        StudyError: the file holds no key, or cannot be made.
    """
    path = folder / KEY_FILE
    if not path.exists():
        _make(path)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, OSError):
        key = b""
    if len(key) != _BYTES:
        raise unusable(KEY_FILE, say("This file does not hold the key of the registers."),
                       say("Bring it back from the copy that was put away safely."))  # fmt: skip
    return key


def _make(path: Path) -> None:
    """Two programs that make it at once agree on the key that was there first."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise unwritable(str(path), error.strerror or error) from None
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(_BYTES) + "\n")
        stream.flush()
        os.fsync(handle)
