"""What every command on a study shares: opening it, in its own language."""

from collections.abc import Callable
from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from instruments.terminal import prefer_language

if TYPE_CHECKING:
    from survey.study import Study

_Command = TypeVar("_Command", bound=Callable[..., Any])


def by_option(command: _Command) -> _Command:
    """Add ``--by``: who decides, for the journal; by default who is logged in."""
    return click.option("--by", metavar="NAME", default=_user,
                        help="Who decides; by default who is logged in.")(command)  # fmt: skip


def present_time() -> datetime:
    """The time now, with its offset."""
    return datetime.now().astimezone()


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):
        return ""


def open_study(ctx: click.Context, folder: Path) -> "Study":
    """Open a study; from then on its language is that of all that is said, errors included.

    Raises:
        StudyError: With every problem of the settings or of the frozen definitions.
    """
    from survey.study import Study, read_settings  # noqa: PLC0415 - waits until a command runs

    settings = read_settings(folder)
    prefer_language(ctx, settings.language)
    return Study.with_settings(folder, settings)
