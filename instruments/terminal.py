"""What every command shares: language, JSON or text, and errors as sentences."""

import json
import locale
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TypeVar

import click

from instruments.errors import HieuluatError
from instruments.language import LANGUAGES, Language, say

SHOWN = 50
_CHOSEN, _PREFERRED = "hieuluat.language", "hieuluat.language.preferred"
_Command = TypeVar("_Command", bound=Callable[..., Any])


def language_option(command: _Command) -> _Command:
    """Add ``--language``; the command receives the language to show texts in."""
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        callback=_remember,
        help="Language of messages and reports; by default that of the study or of the system.",
    )(command)


def format_option(command: _Command) -> _Command:
    """Add ``--format``; with json, one document on standard output and nothing else."""
    return click.option(
        "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
    )(command)


def prefer_language(ctx: click.Context, language: Language) -> None:
    """Let `language` be this run's where none is chosen, in its errors too."""
    ctx.find_root().meta[_PREFERRED] = language


def language_of(ctx: click.Context) -> Language:
    """The language chosen for this run, else the preferred one (the study's), else the system's."""
    meta = ctx.find_root().meta
    chosen: Language | None = meta.get(_CHOSEN) or meta.get(_PREFERRED)
    return chosen or _system_language()


def show_json(document: object) -> None:
    """Print one JSON document; NaN is a bug and raises."""
    click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1))


def show_error(error: HieuluatError, language: Language) -> None:
    """Print the problems to standard error; beyond the first fifty, to a file as well."""
    for problem in error.problems[:SHOWN]:
        click.echo(problem.text(language), err=True)
    if len(error.problems) > SHOWN:
        path = _keep(error.text(language))
        more = say("{count} problems in all; the whole list is in {path}",
                   count=len(error.problems), path=path)  # fmt: skip
        click.echo(more.text(language), err=True)


def _remember(ctx: click.Context, _: click.Parameter, value: Language | None) -> Language | None:
    if value is not None:
        ctx.find_root().meta[_CHOSEN] = value
    return value


def _system_language() -> Language:
    name = locale.getlocale()[0] or ""
    return "vi" if name.lower().startswith("vi") else "en"


def _keep(text: str) -> Path:
    with NamedTemporaryFile(
        "w", prefix="hieuluat-problems-", suffix=".txt", delete=False, encoding="utf-8"
    ) as stream:
        stream.write(text + "\n")
    return Path(stream.name)
