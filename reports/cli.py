"""The command `hieuluat`: gathers each package's commands and shows errors as sentences."""

from importlib import import_module
from os import environ
from typing import Any

import click

from instruments.errors import HieuluatError
from instruments.terminal import language_of, show_error
from reports.file_faults import in_words

COMMANDS = {
    "demo": "reports.commands",
    "new": "survey.cli",
    "plan-analysis": "analysis.plan_cli",
    "check": "instruments.cli",
    "schema": "instruments.cli",
    "booklets": "instruments.cli",
    "form": "instruments.forms.cli",
    "convert": "instruments.forms.cli",
    "import": "survey.cli",
    "undo": "survey.cli",
    "digest": "survey.cli",
    "quarantine": "survey.corrections_cli",
    "records": "survey.corrections_cli",
    "correct": "survey.corrections_cli",
    "history": "survey.corrections_cli",
    "double-entry": "survey.corrections_cli",
    "journal": "survey.custody_cli",
    "snapshots": "survey.custody_cli",
    "receipts": "survey.custody_cli",
    "contacts": "survey.contacts_cli",
    "contact-key": "survey.contacts_cli",
    "original": "survey.contacts_cli",
    "forget": "survey.custody_cli",
    "retention": "survey.custody_cli",
    "serve": "survey.web.cli",
    "quality": "survey.quality_cli",
    "exclude": "survey.quality_cli",
    "register": "survey.registers_cli",
    "contest": "survey.contest_cli",
    "export": "analysis.export_cli",
    "evaluate": "analysis.evaluate_cli",
    "sample": "analysis.sample_cli",
    "estimate": "analysis.cli",
    "items": "reports.items.cli",
    "analyze": "analysis.cli",
    "report": "reports.commands",
    "areas": "reports.commands",
    "fill": "reports.filling.cli",
    "release": "reports.releases_cli",
    "verify": "reports.releases_cli",
}
"""Where each command lives; every such module has a mapping COMMANDS from name to command."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is asked for."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401
        """Run the command line, with one thread for linear algebra unless told otherwise.

        Our matrices are small: more threads only wait for each other, and the last digits of a sum
        would depend on how many there are.
        """
        environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        return super().main(*args, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every command, in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        commands: dict[str, click.Command] = import_module(COMMANDS[cmd_name]).COMMANDS
        return commands[cmd_name]

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """Run a command; a user's mistake exits 1 with its message alone, a bug keeps its trace."""
        try:
            return super().invoke(ctx)
        except HieuluatError as error:
            told = error
        except OSError as failure:
            if (found := in_words(failure)) is None:
                raise
            told = found
        show_error(told, language_of(ctx))
        return ctx.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hieuluat")
def main() -> None:
    """Measure legal awareness: from questionnaire to verdict."""
