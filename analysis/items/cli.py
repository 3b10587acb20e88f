"""The command `items`."""

from pathlib import Path

import click

from instruments.terminal import format_option, language_of, language_option, show_json

_FILE = click.Path(path_type=Path, exists=False)


@click.command()
@click.argument("spec", type=_FILE)
@click.option("--data", type=_FILE, help="Table to use instead of the SPEC's.")
@format_option
@language_option
@click.pass_context
def items(
    ctx: click.Context, spec: Path, data: Path | None, form: str, language: str | None
) -> None:
    """Analyse items of any data, as SPEC says: reliability, item response models, DIF, cuts."""
    del language
    from analysis.items.spec import as_text, run_items

    result = run_items(spec, data=data, language=language_of(ctx))
    if form == "json":
        show_json(result.document)
    else:
        click.echo(as_text(result.document))
    ctx.exit(1 if result.refused else 0)


COMMANDS: dict[str, click.Command] = {"items": items}
