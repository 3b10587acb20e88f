"""The program that reads a file of responses in a process of its own, with limits.

It tells first what the file is, then each row, in the form of `survey.importers.wire`.
"""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from instruments.guarded import answer
from instruments.language import Message, say
from survey.errors import rejected
from survey.importers.sources import parse_table
from survey.importers.table import Nested, Override
from survey.importers.wire import head_out, row_out

LONGEST_CELL = 131_072
"""As the csv module's own limit: no answer is longer."""
MOST_COLUMNS = 16_384
"""As Excel's own limit: no questionnaire has more questions and options."""


def parts(path: str, told: str) -> Iterator[object]:
    """The table in the file at `path`; `told` is an `Override` as JSON."""
    given = json.loads(told)
    if given["dictionary"] is not None:
        given["dictionary"] = Path(given["dictionary"])
    table = parse_table(Path(path), told=Override(**given))
    if len(table.headings) > MOST_COLUMNS:
        raise rejected(table.contents.name, say("The table has {count} columns; at most {limit} are "
                                                "read.", count=len(table.headings),
                                                limit=MOST_COLUMNS))  # fmt: skip
    _refuse_unkeepable(table.contents.name, 1, table.headings)
    yield head_out(table)
    for row in table.lines():
        _refuse_unkeepable(table.contents.name, row.line, _texts(row.cells, row.nested))
        yield row_out(row)


def _texts(cells: tuple[str, ...], nested: Nested) -> tuple[str, ...]:
    inner = (one for instances in nested.values() for one in instances)
    return cells + tuple(chain.from_iterable(_texts(one.cells, one.nested) for one in inner))


def _refuse_unkeepable(name: str, line: int, texts: tuple[str, ...]) -> None:
    """Refuse what no database keeps (NUL, halves of characters), and what no answer is."""
    text = "".join(texts)
    if len(text) <= LONGEST_CELL and text.isprintable():
        return
    if "\0" in text:
        raise rejected(name, say("Line {line} holds a NUL character: this is no text file, or it "
                                 "is damaged.", line=line), _again())  # fmt: skip
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise rejected(name, say("Line {line} holds half a character: the file is damaged.",
                                 line=line), _again())  # fmt: skip
    if max(map(len, texts)) > LONGEST_CELL:
        raise rejected(name, say("The record from line {line} on has a cell of more than {limit} "
                                 "characters.", line=line, limit=LONGEST_CELL), _again())  # fmt: skip


def _again() -> Message:
    return say("Export it again.")


if __name__ == "__main__":
    answer(parts)
