"""The one entrance for files from outside: they are read in a process of its own, with limits.

A file whose rows are few is read once and its rows are kept; a larger one is read anew each time
they are asked for, so that it need not fit into memory. Nothing is written to the disk.
"""

import json
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from errno import EINVAL, EISDIR
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from pydantic import TypeAdapter

from instruments.guarded import Budget, ReaderRefused, ReaderStopped, lines_of, message_in
from instruments.language import say
from survey.errors import ImportRejected, rejected
from survey.importers.table import Contents, Evidence, Override, Row, Table
from survey.importers.wire import Head, row_in

KEPT = 64 * 1024 * 1024
"""Bytes of rows that are kept in memory."""
_heads = TypeAdapter(Head)


def read_table(
    path: Path, *, delimiter: str | None = None, encoding: str | None = None,
    kind: str | None = None, dictionary: Path | None = None,
) -> Table:  # fmt: skip
    """Open `path` as a table of responses; the options override what would be guessed.

    Raises:
        ImportRejected: The file is empty, damaged, dangerous or no table. Where its rows are too
            many to be kept, going through them may raise it too.
    """
    _refuse_other_than_files(path)
    told = Override(kind=kind, encoding=encoding, delimiter=delimiter,
                    dictionary=None if dictionary is None else dictionary.absolute())  # fmt: skip
    with closing(_told(path, told)) as parts:
        table = _table(path, json.loads(next(parts)), lambda: _rows_anew(path, told))
        kept = _kept(parts) if path.stat().st_size <= KEPT else None
    return table if kept is None else replace(table, lines=lambda: map(_row, kept))


def _refuse_other_than_files(path: Path) -> None:
    """Opening a pipe or a device would wait without end."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        reason = error.strerror or str(error)
    else:
        if S_ISREG(mode):
            return
        reason = os.strerror(EISDIR if S_ISDIR(mode) else EINVAL)
    raise rejected(path.name, say("The file cannot be read ({reason}).", reason=reason))


def _told(path: Path, told: Override) -> Generator[bytes]:
    """What the reading program tells of a file, each part as its line of JSON."""
    request = json.dumps(asdict(told), default=str)
    try:
        yield from lines_of("survey.importers.child", str(path.absolute()), request,
                            budget=Budget.for_file(path))  # fmt: skip
    except ReaderRefused as refused:
        raise ImportRejected(refused.problems) from None
    except ReaderStopped as stopped:
        raise rejected(path.name, say("The file was not taken in: {reason}.", reason=stopped.reason),
                       say("Export it again; split it, or save it as CSV, if it is large.")) from None  # fmt: skip


def _kept(parts: Iterator[bytes]) -> list[bytes] | None:
    """All rows, or None where they are too many to be kept."""
    kept: list[bytes] = []
    size = 0
    for part in parts:
        size += len(part)
        if size > KEPT:
            return None
        kept.append(part)
    return kept


def _rows_anew(path: Path, told: Override) -> Iterator[Row]:
    with closing(_told(path, told)) as parts:
        next(parts)
        yield from map(_row, parts)


def _row(part: bytes) -> Row:
    return row_in(json.loads(part))


def _table(path: Path, told: dict[str, Any], lines: Callable[[], Iterator[Row]]) -> Table:
    head = _heads.validate_python(told["head"])
    return Table(
        kind=head.kind, evidence=Evidence(score=told["score"], why=message_in(told["why"])),
        contents=Contents(path=path, container=head.container, encoding=head.encoding,
                          delimiter=head.delimiter),
        headings=head.headings, columns=head.columns, repeats=head.repeats, sheet=head.sheet,
        unread=head.unread, lines=lines,
    )  # fmt: skip
