"""Errors of collecting: files that are refused and studies that cannot be used."""

from instruments.errors import HieuluatError, Problem
from instruments.language import Message


class ImportRejected(HieuluatError):
    """A file of responses is refused whole; nothing of it was stored."""


class StudyError(HieuluatError):
    """A study folder, its settings or its tables cannot be used."""


def rejected(where: str, what: Message, hint: Message | None = None) -> ImportRejected:
    """A refusal with a single reason."""
    return ImportRejected(Problem(where=where, what=what, hint=hint))


def unusable(where: str, what: Message, hint: Message | None = None) -> StudyError:
    """A study's error with a single reason."""
    return StudyError(Problem(where=where, what=what, hint=hint))
