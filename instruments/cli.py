"""Command of this package: `check`."""

from pathlib import Path

import click

from instruments.errors import DefinitionError
from instruments.language import say
from instruments.terminal import format_option, language_of, language_option, show_error, show_json


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True,
                type=click.Path(path_type=Path))  # fmt: skip
@format_option
@language_option
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], form: str, language: str | None) -> None:  # noqa: ARG001
    """Check instruments and plans; list every problem."""
    from instruments.load import load_definition

    shown, reports, good = language_of(ctx), [], True
    for path in files:
        try:
            definition = load_definition(path)
        except DefinitionError as error:
            good = False
            reports.append({"kind": None, "id": None, "version": None,
                            "problems": [problem.as_json(shown) for problem in error.problems]})  # fmt: skip
            show_error(error, shown)
        else:
            reports.append({"kind": definition.kind, "id": definition.id,
                            "version": definition.version, "problems": []})  # fmt: skip
            if form == "text":
                click.echo(say("{file}: OK", file=path.name).text(shown))
    if form == "json":
        show_json(reports[0] if len(reports) == 1 else reports)
    ctx.exit(0 if good else 1)


COMMANDS = {"check": check}
