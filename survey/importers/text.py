"""Delimited text: its delimiter found out, its lines read strictly.

The whole file is decoded before a line of it is believed, so that a bad byte near the end refuses
the file before anything is stored.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice, takewhile
from pathlib import Path

from instruments.language import Message, say
from survey.errors import ImportRejected, rejected
from survey.importers.encoding import Bytes, Text, decoded
from survey.importers.table import Contents, Line, Sheet

DELIMITERS = (",", ";", "\t", "|")
NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}
_SAMPLE = 200
_TITLES = 10
"""Lines before the headings among which a title may stand."""


def open_text(path: Path, *, delimiter: str | None = None, encoding: str | None = None) -> Contents:
    """Open delimited text; `delimiter` and `encoding` override the guess.

    Raises:
        ImportRejected: The bytes are no text, or the text is no table.
    """
    source = Bytes(name=path.name, open=lambda: path.open("rb"))
    return _opened(path, decoded(source, encoding=encoding), delimiter)


def open_text_bytes(
    name: str, content: bytes, *, delimiter: str | None = None, encoding: str | None = None
) -> Contents:
    """Open delimited text that is in memory, as `open_text` does."""
    source = Bytes(name=name, open=lambda: BytesIO(content))
    return _opened(Path(name), decoded(source, encoding=encoding), delimiter)


def empty(name: str) -> ImportRejected:
    """The refusal of a file without a line in it."""
    return rejected(name, say("The file is empty."),
                    say("Export it again, and look whether there are records to export."))  # fmt: skip


def shown(delimiter: str) -> str:
    """The delimiter as reports name it."""
    return "tab" if delimiter == "\t" else delimiter


def _opened(path: Path, text: Text, delimiter: str | None) -> Contents:
    stated = _stated_delimiter(text)
    given = None if delimiter is None else NAMED.get(delimiter, delimiter)
    skip = 0 if stated is None else 1
    chosen = _settled(text, forced=given or stated, skip=skip)
    sheet = Sheet(name=text.name, lines=lambda: _lines(text, chosen, skip=skip))
    return Contents(path=path, container="text", sheets=(sheet,), encoding=text.encoding,
                    delimiter=chosen)  # fmt: skip


def _stated_delimiter(text: Text) -> str | None:
    """The delimiter of a first line ``sep=;``, which Excel writes and reads."""
    with text.lines() as lines:
        first = next(lines, "").strip().strip('"')
    return first[4] if len(first) == 5 and first.lower().startswith("sep=") else None


def _lines(text: Text, delimiter: str, *, skip: int = 0) -> Iterator[Line]:
    with text.lines(skip=skip) as lines:
        yield from _parsed(lines, delimiter, name=text.name, skip=skip)


def _parsed(stream: Iterator[str], delimiter: str, *, name: str, skip: int) -> Iterator[Line]:
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
    titled: bool = False
    """Whether lines above had to be taken for titles."""

    @property
    def is_table(self) -> bool:
        return self.width > 1 and self.alike >= 0.5


def _settled(text: Text, *, forced: str | None, skip: int) -> str:
    fits = {delimiter: _fit(text, delimiter, skip=skip) for delimiter in DELIMITERS}
    if not any(fit.width for fit in fits.values()):
        raise empty(text.name)
    best = max(fits.values(), key=_likelihood)
    if forced is None:
        if not best.is_table:
            raise rejected(text.name, *_no_table(best))
        return best.delimiter
    if len(forced) != 1 or forced in '"\r\n':
        raise rejected(text.name, say("'{forced}' cannot be a delimiter.", forced=forced),
                       say("Give one character, or 'tab'."))  # fmt: skip
    fit = fits.get(forced) or _fit(text, forced, skip=skip)
    if not fit.is_table or (best.is_table and best.width > fit.width and best.alike > fit.alike):
        raise rejected(text.name, *_wrong(fit, best))
    return forced


def _likelihood(fit: _Fit) -> tuple[bool, bool, bool, float]:
    return fit.is_table, not fit.titled, fit.width > 1, fit.alike * fit.width


def _fit(text: Text, delimiter: str, *, skip: int) -> _Fit:
    records = list(_sample(text, delimiter, skip=skip))
    if not records:
        return _Fit(delimiter, 0, 0.0)
    whole = _fit_from(records, delimiter)
    titles = sum(1 for _ in takewhile(_is_title, records[:_TITLES]))
    below = replace(_fit_from(records[titles:] or records, delimiter), titled=True)
    return below if below.is_table and not whole.is_table else whole


def _is_title(cells: list[str]) -> bool:
    return sum(map(bool, cells)) == 1


def _fit_from(records: list[list[str]], delimiter: str) -> _Fit:
    width = len(records[0])
    same = sum(len(cells) >= width and not any(cells[width:]) for cells in records)
    return _Fit(delimiter, width, same / len(records))


def _sample(text: Text, delimiter: str, *, skip: int) -> Iterator[list[str]]:
    """Records at the file's head, read leniently: a wrong guess must not refuse the file."""
    with text.lines(skip=skip) as lines:
        reader = csv.reader(islice(lines, _SAMPLE), delimiter=delimiter)
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
