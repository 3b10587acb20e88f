"""What every command on a study shares: opening it, in its own language."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from instruments.terminal import prefer_language

if TYPE_CHECKING:
    from survey.study import Study


def open_study(ctx: click.Context, folder: Path) -> "Study":
    """Open a study; from then on its language is that of all that is said, errors included.

    Raises:
        StudyError: With every problem of the settings or of the frozen definitions.
    """
    from survey.study import Study, read_settings  # noqa: PLC0415 - waits until a command runs

    settings = read_settings(folder)
    prefer_language(ctx, settings.language)
    return Study.with_settings(folder, settings)
