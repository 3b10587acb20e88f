"""What every command on a study shares: opening it, in its own language."""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from instruments.terminal import prefer_language

if TYPE_CHECKING:
    from survey.sealing import Key
    from survey.study import Study

PASSPHRASE = "HIEULUAT_PASSPHRASE"  # noqa: S105 - the name of a variable
NEW_PASSPHRASE = "HIEULUAT_NEW_PASSPHRASE"  # noqa: S105 - the name of a variable
_TWICE = "Once more / Nhập lại"
_Command = TypeVar("_Command", bound=Callable[..., Any])


def by_option(command: _Command) -> _Command:
    """Add ``--by``: who decides, for the journal; by default who is logged in."""
    return click.option("--by", metavar="NAME", default=_user,
                        help="Who decides; by default who is logged in.")(command)  # fmt: skip


def present_time() -> datetime:
    """The time now, with its offset."""
    return datetime.now().astimezone()


def opened_key(path: Path) -> "Key":
    """The key in a file; its passphrase is asked for, or taken from the environment.

    Raises:
        StudyError: It is no key, or the passphrase is another.
    """
    from survey.contact_key import key_file, read_key  # noqa: PLC0415 - waits until a command runs

    asked = "" if not key_file(path).protected else passphrase_for(path)
    return read_key(path, passphrase=asked)


def passphrase_for(path: Path) -> str:
    """The passphrase of an existing key, from the environment or the terminal; else empty."""
    return os.environ.get(PASSPHRASE) or _asked(f"{path.name}: passphrase / mật khẩu")


def new_passphrase(*, environment: str = PASSPHRASE) -> str:
    """A passphrase to set, typed twice; empty where nobody is there to type one."""
    return os.environ.get(environment) or _asked("New passphrase / Mật khẩu mới", twice=_TWICE)


def _asked(question: str, *, twice: str = "") -> str:
    if not sys.stdin.isatty():
        return ""
    return str(click.prompt(question, default="", hide_input=True, show_default=False, err=True,
                            confirmation_prompt=twice or False))  # fmt: skip


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
