"""Which encoding a text file has, and the file as lines of text in it.

UTF is known by its mark, its NUL bytes, or because all of the file decodes. What is left is a
Vietnamese eight-bit encoding: Windows-1258 or TCVN3, whichever makes syllables of the bytes.
"""

import codecs
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO

from instruments.faults import did_you_mean
from instruments.language import Message, say
from survey.errors import rejected
from survey.importers.syllables import share_of_syllables, usualness
from survey.importers.tcvn3 import LETTERS

ENCODINGS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "utf-16-le": "utf-16-le",
             "utf-16-be": "utf-16-be", "cp1258": "cp1258", "tcvn3": "tcvn3",
             "cp1252": "cp1252"}  # fmt: skip
"""Names that a person may give, and the codecs they stand for."""
_OTHER_NAMES = {"utf8": "utf-8", "utf16": "utf-16", "windows-1258": "cp1258", "abc": "tcvn3",
                "tcvn": "tcvn3", "windows-1252": "cp1252"}  # fmt: skip
_CHUNK = 1 << 20
_SAMPLE = 1 << 18
_PLAUSIBLE = 0.5
"""Share of Vietnamese syllables from which an eight-bit encoding is believed."""
_BY_USE = 0.1
"""Weight of how usual the letters are beside the share of syllables, where few words tell."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """A file, or a part of an archive, that can be opened again and again."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Bytes whose encoding is known."""

    source: Bytes
    codec: str

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.source.name

    @property
    def encoding(self) -> str:
        """The encoding as reports name it."""
        return "utf-8" if self.codec == "utf-8-sig" else self.codec[: len("utf-16")]

    @contextmanager
    def lines(self, *, skip: int = 0) -> Iterator[Iterator[str]]:
        """The file's lines from the `skip`-th on, their ends kept as they are."""
        codec = "latin-1" if self.codec == "tcvn3" else self.codec
        with self.source.open() as stream, TextIOWrapper(stream, codec, newline="") as text:
            for _ in range(skip):
                text.readline()
            if self.codec == "tcvn3":
                yield (line.translate(LETTERS) for line in text)
            else:
                yield iter(text)


def decoded(source: Bytes, *, encoding: str | None = None) -> Text:
    """Find the encoding and decode the whole file once; `encoding` overrides the guess.

    Raises:
        ImportRejected: The bytes are no text, or not in the encoding that was given.
    """
    if encoding is not None:
        codec = _named(source.name, encoding)
        refusal = _refusal(source, codec)
    else:
        codec = _by_mark(source) or "utf-8-sig"
        refusal = _refusal(source, codec)
        if refusal is not None and codec == "utf-8-sig" and not refusal[2]:
            codec, refusal = _eight_bit(source, refusal)
    if refusal is not None:
        raise rejected(source.name, *refusal[:2])
    return Text(source=source, codec=codec)


_Refusal = tuple[Message, Message, bool]
"""What is wrong, the cure, and whether no encoding could help."""


def _named(name: str, encoding: str) -> str:
    given = encoding.strip().lower().replace("_", "-")
    codec = ENCODINGS.get(_OTHER_NAMES.get(given, given))
    if codec is None:
        raise rejected(name, say("'{encoding}' is no encoding that is read.", encoding=encoding),
                       did_you_mean(given, ENCODINGS))  # fmt: skip
    return codec


def _by_mark(source: Bytes) -> str | None:
    with source.open() as stream:
        head = stream.read(4096)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec
    half = max(len(head) // 2, 1)
    for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[offset::2].count(0) > 0.3 * half:
            return codec
    return None


def _refusal(source: Bytes, codec: str) -> _Refusal | None:
    """Why the file is not text in this encoding, if it is not."""
    real = "latin-1" if codec == "tcvn3" else codec
    decoder, lines = codecs.getincrementaldecoder(real)(), 1
    with source.open() as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(real, "ignore")
                return (*_undecodable(lines + good.count("\n"), codec), False)
            if "\0" in text:
                return (*_nul(lines + text[: text.index("\0")].count("\n")), True)
            if not chunk:
                return None
            lines += text.count("\n")


def _eight_bit(source: Bytes, refusal: _Refusal) -> tuple[str, _Refusal | None]:
    """The Vietnamese encoding that makes syllables of the bytes; else the refusal of UTF-8."""
    with source.open() as stream:
        sample = stream.read(_SAMPLE)
    latin = sample.decode("latin-1")
    texts = {"tcvn3": latin.translate(LETTERS), "cp1258": sample.decode("cp1258", "replace")}
    shares = {codec: share_of_syllables(text) for codec, text in texts.items()}
    codec = max(texts, key=lambda one: shares[one] + _BY_USE * usualness(texts[one]))
    if shares[codec] < _PLAUSIBLE:
        return codec, refusal
    return codec, _refusal(source, codec)


def _undecodable(line: int, codec: str) -> tuple[Message, Message]:
    if codec.startswith("utf-16"):
        return (say("Line {line} holds bytes that are not UTF-16 text; the file is damaged.",
                    line=line),
                say("Export it again."))  # fmt: skip
    if codec not in ("utf-8-sig", "utf-8"):
        return (say("Line {line} holds bytes that are not {encoding} text.",
                    line=line, encoding=codec),
                say("Leave the encoding out to have it found."))  # fmt: skip
    return (say("Line {line} holds bytes that are not UTF-8 text.", line=line),
            say("In Excel save it as 'CSV UTF-8 (Comma delimited)' or 'Unicode Text', "
                "then import it again."))  # fmt: skip


def _nul(line: int) -> tuple[Message, Message]:
    return (say("Line {line} holds a NUL character: this is no text file, or it is damaged.",
                line=line),
            say("Export it again."))  # fmt: skip
