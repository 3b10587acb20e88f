"""Data that whoever seals it cannot read again: only the holder of a key can.

Small pieces are NaCl's sealed boxes (X25519, XSalsa20-Poly1305), filled up so that their length tells
little. A file is libsodium's secretstream (XChaCha20-Poly1305) under a key of its own, which is
sealed in front of it; a file that was cut or changed does not open.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.utils import random

from instruments.language import say
from survey.errors import StudyError, unusable

_STEP = 256
_END = b"\x80"
_MAGIC = b"hieuluat sealed file 1\n"
_CHUNK = 1 << 16
_OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_BOXED_KEY = SecretBox.KEY_SIZE + bindings.crypto_box_SEALBYTES
_MORE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


@dataclass(frozen=True)
class Lock:
    """The public half of a pair: it seals, and opens nothing."""

    public: bytes

    def __post_init__(self) -> None:
        PublicKey(self.public)

    @property
    def name(self) -> str:
        """By what locks are told apart: the first digits of a hash."""
        return sha256(self.public).hexdigest()[:16]

    def seal(self, data: bytes) -> bytes:
        """Data in a sealed box."""
        filled = data + _END
        return self._box().encrypt(filled.ljust(-(-len(filled) // _STEP) * _STEP, b"\0"))

    def seal_file(self, source: Path, place: Path) -> None:
        """Write what is in a file to another one, sealed; memory is bounded."""
        key, state = random(SecretBox.KEY_SIZE), _state()
        header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
        with source.open("rb") as given, place.open("wb") as sealed:
            sealed.write(_MAGIC + self._box().encrypt(key) + header)
            for data, last in _chunks(given, _CHUNK):
                sealed.write(bindings.crypto_secretstream_xchacha20poly1305_push(
                    state, data, tag=_LAST if last else _MORE
                ))  # fmt: skip

    def _box(self) -> SealedBox[PublicKey]:
        return SealedBox(PublicKey(self.public))


@dataclass(frozen=True)
class Key:
    """The private half of a pair: it opens what its lock sealed."""

    private: bytes

    @classmethod
    def new(cls) -> "Key":
        """A new pair's."""
        return cls(bytes(PrivateKey.generate()))

    @property
    def lock(self) -> Lock:
        """The lock that it opens."""
        return Lock(bytes(PrivateKey(self.private).public_key))

    def open(self, box: bytes) -> bytes | None:
        """What is in a sealed box; None where it was sealed for another key or is damaged."""
        try:
            filled = SealedBox(PrivateKey(self.private)).decrypt(box)
        except (CryptoError, ValueError):
            return None
        return filled.rpartition(_END)[0]

    def open_file(self, source: Path, place: Path) -> None:
        """Write what is in a sealed file to another one; memory is bounded.

        Raises:
            StudyError: It was sealed for another key, or is damaged or cut.
        """
        try:
            with source.open("rb") as sealed, place.open("wb") as opened:
                for data in self._opened(sealed):
                    opened.write(data)
        except (CryptoError, ValueError, RuntimeError):
            raise closed(source.name) from None

    def _opened(self, sealed: BinaryIO) -> Iterator[bytes]:
        if sealed.read(len(_MAGIC)) != _MAGIC:
            raise CryptoError
        key = SealedBox(PrivateKey(self.private)).decrypt(sealed.read(_BOXED_KEY))
        state = _state()
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed.read(_HEADER), key)
        for chunk, last in _chunks(sealed, _CHUNK + _OVERHEAD):
            data, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, chunk)
            if (tag == _LAST) != last:
                raise CryptoError
            yield data


def closed(where: str) -> StudyError:
    """Something sealed that this key does not open."""
    return unusable(where, say("This key does not open it: it was sealed for another key, or it is "
                               "damaged."))  # fmt: skip


def _state() -> "bindings.crypto_secretstream_xchacha20poly1305_state":
    return bindings.crypto_secretstream_xchacha20poly1305_state()


def _chunks(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of a stream, each with whether it is the last; at least one, which may be empty."""
    data = stream.read(size)
    while True:
        following = stream.read(size)
        yield data, not following
        if not following:
            return
        data = following
