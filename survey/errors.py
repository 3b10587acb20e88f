"""Errors of collecting: files that are refused and studies that cannot be used."""

from instruments.errors import HieuluatError


class ImportRejected(HieuluatError):
    """A file of responses is refused whole; nothing of it was stored."""


class StudyError(HieuluatError):
    """A study folder, its settings or its tables cannot be used."""
