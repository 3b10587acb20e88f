"""The pair by which a study seals contact data: the lock stays in its folder, the key does not.

A machine that imports needs the lock alone, so it cannot read contact data again. The key is a file
that the study's owner keeps elsewhere, under a passphrase (Argon2id, RFC 9106). Where nobody made a
pair, one is made when the first contact data come, and its key lies beside the study's folder until
its owner takes it away.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random

from instruments.language import Message, nfc, say
from survey.chain import note
from survey.database import writing
from survey.durable import place_for, publish_new, write_whole
from survey.errors import StudyError, unusable
from survey.form import prepare
from survey.sealing import Key, Lock
from survey.store import Store
from survey.study import Study

SHORTEST_PASSPHRASE = 10
_LOCK_FILE = "contacts.pub"
_ABOUT = {
    "vi": "Khóa riêng mở thông tin liên hệ của khảo sát. Chủ khảo sát giữ ở nơi khác, không để cùng "
          "máy nhập liệu. Mất khóa này hoặc quên mật khẩu của nó thì không ai mở lại được nữa.",
    "en": "The private key that opens the contact data of a study. Its owner keeps it elsewhere, not "
          "on the machine that imports. Without it, or its passphrase, nobody can open them again.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What a key's file says without its passphrase."""

    path: Path
    lock: Lock
    protected: bool

    def sentence(self) -> Message:
        """Where the key is and what is to be done with it, for people."""
        if self.protected:
            return say("The key that opens contact data is in {file}, under its passphrase. Keep it "
                       "away from the machine that imports, and a copy in a second place: without "
                       "it, or without the passphrase, nobody can open contact data again.",
                       file=self.path)  # fmt: skip
        return say("The key that opens contact data is in {file}, without a passphrase. Set one "
                   "with 'hieuluat contact-key STUDY {file}', then take the file away from the "
                   "machine that imports. Without it nobody can open contact data again.",
                   file=self.path)  # fmt: skip


def lock_of(study: Study) -> Lock | None:
    """The study's lock, where a pair was made.

    Raises:
        StudyError: Its file is damaged.
    """
    path = study.folder / _LOCK_FILE
    if not path.exists():
        return None
    try:
        return Lock(_bytes(json.loads(path.read_text(encoding="utf-8"))["public"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise unusable(str(path), say("The lock for contact data is damaged."),
                       say("Bring the file back from a copy of the study's folder.")) from None  # fmt: skip


def lock_made(study: Study) -> Lock:
    """The study's lock; where there is none, a pair with its key beside the study's folder.

    Raises:
        StudyError: The key cannot be written there.
    """
    return lock_of(study) or make_pair(study, key_place(study))


def asks_for_contacts(study: Study) -> bool:
    """Whether any of the study's instruments asks for contact data."""
    return any(prepare(one).contacts for one in study.instruments)


def key_place(study: Study) -> Path:
    """Where the key lies until somebody takes it away: beside the study's folder."""
    folder = study.folder.resolve()
    return folder.with_name(f"{folder.name}.contacts-key")


def key_beside(study: Study) -> KeyFile | None:
    """The key, while it lies where the machine that imports can read it."""
    path = key_place(study)
    return key_file(path) if path.is_file() and lock_of(study) is not None else None


def make_pair(study: Study, path: Path, *, passphrase: str = "") -> Lock:
    """Make a pair: its key in a file, then its lock in the study's folder.

    The key is on the disk before anything can be sealed for it. One key may serve several studies:
    where the file holds one already, its lock becomes the study's.

    Raises:
        StudyError: There is a pair already, the file cannot be written or lies in the study's
        folder, or the passphrase is short.
    """
    if lock_of(study) is not None:
        raise unusable(_LOCK_FILE, say("The study has a key for its contact data already."),
                       say("If it is lost, add --replace: contact data are sealed for a new key "
                           "from then on, and what was sealed before stays closed for good."))  # fmt: skip
    return _locked(study, path, passphrase)


def follow(
    study: Study, old: Lock, path: Path, *, passphrase: str, by: str, now: Callable[[], datetime]
) -> Lock:  # fmt: skip
    """Seal for another key from now on, because that of the lock `old` is lost; it is journalled.

    Raises:
        StudyError: As `make_pair`.
    """
    new = _locked(study, path, passphrase)
    with Store.open(study.store_path) as store, writing(store.engine) as connection:
        note(connection, "contact_key_replaced", None, {"old": old.name, "new": new.name},
             at=now(), who=by)  # fmt: skip
    return new


def protect(path: Path, *, passphrase: str, new: str) -> None:
    """Give a key's file another passphrase.

    Raises:
        StudyError: It does not open with `passphrase`, or the new one is short.
    """
    key = read_key(path, passphrase=passphrase)
    text = _protected(key, new)
    write_whole(path, partial(_write_private, text=text))


def key_file(path: Path) -> KeyFile:
    """What a key's file says of itself.

    Raises:
        StudyError: It is no such file.
    """
    found = _document(path)
    return KeyFile(path=path, lock=Lock(_bytes(found["public"])), protected="salt" in found)


def read_key(path: Path, *, passphrase: str = "") -> Key:
    """The key in a file.

    Raises:
        StudyError: It is no such file, it is damaged, or the passphrase is another.
    """
    found = _document(path)
    try:
        private = _bytes(found["private"])
        if "salt" in found:
            private = SecretBox(_stretched(passphrase, _bytes(found["salt"]))).decrypt(private)
        key = Key(private)
    except CryptoError:
        raise unusable(str(path), say("The passphrase does not open this key."),
                       say("Type it again; capitals and marks count.")) from None  # fmt: skip
    except (ValueError, KeyError, TypeError):
        raise _no_key(path) from None
    if key.lock.public != _bytes(found["public"]):
        raise _no_key(path)
    return key


def _locked(study: Study, path: Path, passphrase: str) -> Lock:
    if path.resolve().is_relative_to(study.folder.resolve()):
        raise unusable(str(path), say("The key would lie in the study's own folder."),
                       say("Keep it apart from what it opens: name a place outside, best on a "
                           "device of its own."))  # fmt: skip
    made = key_file(path) if path.exists() else _written(path, Key.new(), passphrase)
    text = json.dumps({"public": made.lock.public.hex(), "name": made.lock.name})
    write_whole(study.folder / _LOCK_FILE, lambda place: place.write_text(text, encoding="utf-8"))
    return made.lock


def _written(path: Path, key: Key, passphrase: str) -> KeyFile:
    """A key in a new file; where another process was quicker, that file."""
    text = (_protected(key, passphrase) if passphrase
            else _document_of(key.lock, private=key.private.hex()))  # fmt: skip
    with place_for(path.parent, path.name) as place:
        _write_private(place, text=text)
        publish_new(place, path)
    return key_file(path)


def _write_private(place: Path, *, text: str) -> None:
    handle = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)


def _protected(key: Key, passphrase: str) -> str:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise unusable("", say("The passphrase is too short."),
                       say("Take at least {count} characters; several words are easy to remember.",
                           count=SHORTEST_PASSPHRASE))  # fmt: skip
    salt = random(argon2id.SALTBYTES)
    shut = bytes(SecretBox(_stretched(passphrase, salt)).encrypt(key.private))
    return _document_of(key.lock, private=shut.hex(), salt=salt.hex())


def _document_of(lock: Lock, **secret: str) -> str:
    found = {"about": _ABOUT, "public": lock.public.hex(), **secret}
    return json.dumps(found, ensure_ascii=False, indent=1)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return argon2id.kdf(SecretBox.KEY_SIZE, nfc(passphrase).encode(), salt,
                        opslimit=argon2id.OPSLIMIT_MODERATE,
                        memlimit=argon2id.MEMLIMIT_MODERATE)  # fmt: skip


def _document(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        Lock(_bytes(found["public"]))
    except OSError as error:
        raise unusable(str(path), say("The key cannot be read ({reason}).",
                                      reason=error.strerror or error)) from None  # fmt: skip
    except (ValueError, KeyError, TypeError):
        raise _no_key(path) from None
    else:
        return dict(found)


def _bytes(text: object) -> bytes:
    """The bytes that hexadecimal text stands for."""
    return bytes.fromhex(str(text))


def _no_key(path: Path) -> StudyError:
    return unusable(str(path), say("This is no key for contact data, or it is damaged."),
                    say("It is the file that was made with the study, or by 'hieuluat "
                        "contact-key'."))  # fmt: skip
