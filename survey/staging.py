"""Rows on their way into the store, and the lines that they become there."""

from dataclasses import dataclass
from typing import Any

from survey.answers import Record, as_json


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """What is known of a batch before its first row."""

    file_sha256: str
    file_name: str
    kind: str
    recipe: str
    mapping: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An open batch and how many of its file's rows are done."""

    batch: int
    rows_done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A batch that counts, and how many of its rows are new in the store."""

    batch: int
    accepted: int
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRecord:
    """An accepted row on its way into the store."""

    row: int
    record: Record
    content: str
    likeness: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedProblem:
    """A quarantined row on its way into the store, its cells as in the file."""

    row: int
    line: int
    instrument: str
    key: str
    cells: dict[str, str]
    problems: list[dict[str, Any]]


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
    return {"batch": batch, "row": staged.row, "instrument": record.instrument,
            "version": record.version, "uuid": record.uuid, "key": record.key,
            "content": staged.content, "likeness": staged.likeness,
            "answers": as_json(record.answers),
            "not_relevant": as_json(record.not_relevant)}  # fmt: skip


def problem_line(batch: int, staged: StagedProblem) -> dict[str, Any]:
    """A line of `quarantine`."""
    return {"batch": batch, "row": staged.row, "line": staged.line,
            "instrument": staged.instrument, "key": staged.key, "cells": as_json(staged.cells),
            "problems": as_json(staged.problems)}  # fmt: skip


def flag_line(batch: int, note: StagedFlag) -> dict[str, Any]:
    """A line of `flags`."""
    return {"batch": batch, "row": note.row, "rule": note.rule, "path": note.path,
            "value": note.value}  # fmt: skip
