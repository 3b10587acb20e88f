"""Delimited text: its encoding and delimiter found out, its lines read strictly.

The whole file is decoded before a line of it is believed, so that a bad byte near the end refuses
the file before anything is stored.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from instruments.language import Message, say
from survey.errors import ImportRejected, rejected
from survey.importers.table import Contents, Line, Sheet

DELIMITERS = (",", ";", "\t", "|")
NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}
_CHUNK = 1 << 20
_SAMPLE = 200
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_text(path: Path, *, delimiter: str | None = None) -> Contents:
    """Open delimited text; `delimiter` overrides the guess.

    Raises:
        ImportRejected: The bytes are no text, or the text is no table.
    """
    codec = _codec(path)
    _decode_throughout(path, codec)
    stated = _stated_delimiter(path, codec)
    given = None if delimiter is None else NAMED.get(delimiter, delimiter)
    chosen = _settled(path, codec, forced=given or stated)
    skip = 0 if stated is None else 1
    sheet = Sheet(name=path.name, lines=lambda: _lines(path, codec, chosen, skip=skip))
    return Contents(path=path, container="text", sheets=(sheet,),
                    encoding="utf-16" if codec.startswith("utf-16") else "utf-8",
                    delimiter=chosen)  # fmt: skip


def empty(name: str) -> ImportRejected:
    """The refusal of a file without a line in it."""
    return rejected(name, say("The file is empty."),
                    say("Export it again, and look whether there are records to export."))  # fmt: skip


def shown(delimiter: str) -> str:
    """The delimiter as reports name it."""
    return "tab" if delimiter == "\t" else delimiter


def _codec(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(4096)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec
    half = max(len(head) // 2, 1)
    for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[offset::2].count(0) > 0.3 * half:
            return codec
    return "utf-8"


def _decode_throughout(path: Path, codec: str) -> None:
    decoder, lines = codecs.getincrementaldecoder(codec)(), 1
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(codec, "ignore")
                raise rejected(path.name, *_undecodable(lines + good.count("\n"), codec)) from None
            if "\0" in text:
                raise rejected(path.name, *_nul(lines + text[: text.index("\0")].count("\n")))
            if not chunk:
                return
            lines += text.count("\n")


def _undecodable(line: int, codec: str) -> tuple[Message, Message]:
    if codec.startswith("utf-16"):
        return (say("Line {line} holds bytes that are not UTF-16 text; the file is damaged.",
                    line=line),
                say("Export it again."))  # fmt: skip
    return (say("Line {line} holds bytes that are not UTF-8 text.", line=line),
            say("In Excel save it as 'CSV UTF-8 (Comma delimited)' or 'Unicode Text', "
                "then import it again."))  # fmt: skip


def _nul(line: int) -> tuple[Message, Message]:
    return (say("Line {line} holds a NUL character: this is no text file, or it is damaged.",
                line=line),
            say("Export it again."))  # fmt: skip


def _stated_delimiter(path: Path, codec: str) -> str | None:
    """The delimiter of a first line ``sep=;``, which Excel writes and reads."""
    with path.open(encoding=codec, newline="") as stream:
        first = stream.readline(16).strip().strip('"')
    return first[4] if len(first) == 5 and first.lower().startswith("sep=") else None


def _lines(path: Path, codec: str, delimiter: str, *, skip: int = 0) -> Iterator[Line]:
    with path.open(encoding=codec, newline="") as stream:
        for _ in range(skip):
            stream.readline()
        yield from _parsed(stream, delimiter, name=path.name, skip=skip)


def _parsed(stream: TextIO, delimiter: str, *, name: str, skip: int) -> Iterator[Line]:
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    line = skip + 1
    try:
        for cells in reader:
            yield line, tuple(cells)
            line = skip + reader.line_num + 1
    except csv.Error as error:
        raise rejected(name, *_broken(line, error)) from None


def _broken(line: int, error: csv.Error) -> tuple[Message, Message]:
    if "field limit" in str(error):
        what = say("The record from line {line} on has a cell of more than {limit} characters.",
                   line=line, limit=csv.field_size_limit())  # fmt: skip
    else:
        what = say("The record from line {line} on has a quotation mark that does not close its "
                   "cell.", line=line)  # fmt: skip
    return what, say('Write quotation marks inside a cell twice (""), or export the file again.')


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a delimiter divides the first lines: columns of the heading, share of lines alike."""

    delimiter: str
    width: int
    alike: float

    @property
    def is_table(self) -> bool:
        return self.width > 1 and self.alike >= 0.5


def _settled(path: Path, codec: str, *, forced: str | None) -> str:
    fits = {delimiter: _fit(path, codec, delimiter) for delimiter in DELIMITERS}
    if not any(fit.width for fit in fits.values()):
        raise empty(path.name)
    best = max(fits.values(), key=lambda fit: (fit.is_table, fit.width > 1, fit.alike * fit.width))
    if forced is None:
        if not best.is_table:
            raise rejected(path.name, *_no_table(best))
        return best.delimiter
    if len(forced) != 1 or forced in '"\r\n':
        raise rejected(path.name, say("'{forced}' cannot be a delimiter.", forced=forced),
                       say("Give one character, or 'tab'."))  # fmt: skip
    fit = fits.get(forced) or _fit(path, codec, forced)
    if not fit.is_table or (best.is_table and best.width > fit.width and best.alike > fit.alike):
        raise rejected(path.name, *_wrong(fit, best))
    return forced


def _fit(path: Path, codec: str, delimiter: str) -> _Fit:
    skip = 0 if _stated_delimiter(path, codec) is None else 1
    records = list(_sample(path, codec, delimiter, skip=skip))
    if not records:
        return _Fit(delimiter, 0, 0.0)
    width = len(records[0])
    same = sum(len(cells) >= width and not any(cells[width:]) for cells in records)
    return _Fit(delimiter, width, same / len(records))


def _sample(path: Path, codec: str, delimiter: str, *, skip: int) -> Iterator[list[str]]:
    """Records at the file's head, read leniently: a wrong guess must not refuse the file."""
    with path.open(encoding=codec, newline="") as stream:
        for _ in range(skip):
            stream.readline()
        reader = csv.reader(islice(stream, _SAMPLE), delimiter=delimiter)
        try:
            yield from (cells for cells in reader if any(cells))
        except csv.Error:
            return


def _no_table(best: _Fit) -> tuple[Message, Message]:
    if best.width > 1:
        what = say("This is no table: with '{delimiter}' the heading has {width} columns, but most "
                   "lines have another number.",
                   delimiter=shown(best.delimiter), width=best.width)  # fmt: skip
    else:
        what = say("This is no table: the heading line has a single column whichever of "
                   ", ; tab | divides it.")  # fmt: skip
    return what, say("Give a file whose first line names the columns.")


def _wrong(fit: _Fit, best: _Fit) -> tuple[Message, Message]:
    what = say("'{delimiter}' divides the heading into {width} column(s), and {percent}% of the "
               "lines alike.",
               delimiter=shown(fit.delimiter), width=fit.width,
               percent=round(100 * fit.alike))  # fmt: skip
    if not best.is_table:
        return what, say("Leave the delimiter out to have it found.")
    return what, say("'{delimiter}' divides it into {width} columns: leave the delimiter out, or "
                     "give this one.", delimiter=shown(best.delimiter), width=best.width)  # fmt: skip
