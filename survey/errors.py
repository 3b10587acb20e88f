"""Errors of collecting: files that are refused and studies that cannot be used."""

from instruments.errors import HieuluatError, Problem
from instruments.language import Message, say


class ImportRejected(HieuluatError):
    """A file of responses is refused whole; nothing of it was stored."""


class StudyError(HieuluatError):
    """A study folder, its settings or its tables cannot be used."""


def rejected(where: str, what: Message, hint: Message | None = None) -> ImportRejected:
    """A refusal with a single reason."""
    return ImportRejected(Problem(where=where, what=what, hint=hint))


def unwritable(where: str, reason: object) -> StudyError:
    """A file or store that takes no more."""
    return unusable(
        where,
        say("It cannot be written ({reason}).", reason=reason),
        say("Nothing that was there is lost. Make room on the disk, or see that the folder may be "
            "written to; then run the command again: an import goes on where it stopped."),
    )  # fmt: skip


def unusable(where: str, what: Message, hint: Message | None = None) -> StudyError:
    """A study's error with a single reason."""
    return StudyError(Problem(where=where, what=what, hint=hint))
