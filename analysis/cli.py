"""Commands of this package: `estimate`."""

from pathlib import Path

import click

from instruments.terminal import format_option, language_of, language_option, show_json


@click.command()
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="Table to use instead of the SPEC's.")
@click.option("--engine", type=click.Choice(["memory"]), default="memory", show_default=True,
              help="Where the sums are made.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def estimate(
    ctx: click.Context, spec: Path, data: Path | None, engine: str, form: str, language: str | None
) -> None:
    """Estimate from any data of any design, as SPEC says; no study is needed."""
    del engine, language
    from analysis.spec import as_text, run_spec

    shown = language_of(ctx)
    result = run_spec(spec, data=data, language=shown)
    if form == "json":
        show_json(result.document)
    else:
        click.echo(as_text(result.document))
    ctx.exit(1 if result.refused else 0)


COMMANDS: dict[str, click.Command] = {"estimate": estimate}
