"""Rows on their way into the store, and the lines that they become there."""

from dataclasses import dataclass, field
from typing import Any

from survey.answers import Answers, Record, as_json
from survey.chain import sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """What is known of a batch before its first row."""

    file_sha256: str
    file_name: str
    kind: str
    recipe: str
    mapping: str
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A batch and how many of its file's rows are done.

    It is no longer open where another process that imports the same file has come to its end.
    """

    batch: int
    rows_done: int
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A batch that counts, and how many of its rows are new in the store; None where none are."""

    batch: int | None
    accepted: int
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRecord:
    """An accepted row on its way into the store; `mends` is the quarantined one that it repairs."""

    row: int
    record: Record
    content: str
    likeness: str | None
    mends: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedProblem:
    """A quarantined row on its way into the store, its cells as in the file and by form path."""

    row: int
    line: int
    instrument: str
    key: str
    cells: dict[str, str]
    problems: list[dict[str, Any]]
    uuid: str | None = None
    version: str = ""
    given: Answers = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFlag:
    """A note on an accepted row, or on the file where `row` is None."""

    row: int | None
    rule: str
    path: str | None
    value: str | None


def record_line(batch: int, staged: StagedRecord) -> dict[str, Any]:
    """A line of `records`."""
    record = staged.record
    return sealed({"batch": batch, "row": staged.row, "instrument": record.instrument,
                   "version": record.version, "uuid": record.uuid, "key": record.key,
                   "content": staged.content, "likeness": staged.likeness,
                   "answers": as_json(record.answers),
                   "not_relevant": as_json(record.not_relevant)})  # fmt: skip


def problem_line(batch: int, staged: StagedProblem) -> dict[str, Any]:
    """A line of `quarantine`."""
    return sealed({"batch": batch, "row": staged.row, "line": staged.line,
                   "instrument": staged.instrument, "key": staged.key,
                   "cells": as_json(staged.cells), "problems": as_json(staged.problems),
                   "uuid": staged.uuid, "version": staged.version,
                   "given": as_json(staged.given)})  # fmt: skip


def mended_line(batch: int, row: int, origin: tuple[int, int]) -> dict[str, Any]:
    """A line of `mended`."""
    return {"batch": batch, "row": row, "from_batch": origin[0], "from_row": origin[1]}


def flag_line(batch: int, note: StagedFlag) -> dict[str, Any]:
    """A line of `flags`."""
    return {"batch": batch, "row": note.row, "rule": note.rule, "path": note.path,
            "value": note.value}  # fmt: skip
