"""Commands of this package: `estimate`, `analyze`."""

from datetime import date, datetime
from pathlib import Path
from typing import Literal

import click

from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import open_study


@click.command()
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--data", help="Table to use instead of the SPEC's.")
@click.option("--engine", type=click.Choice(["memory", "duckdb", "spark"]), default="memory", show_default=True,
              help="Where the sums are made.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def estimate(
    ctx: click.Context,
    spec: Path,
    data: str | None,
    engine: Literal["memory", "duckdb", "spark"],
    form: str,
    language: str | None,
) -> None:
    """Estimate from any data of any design, as SPEC says; no study is needed."""
    del language
    from analysis.spec import as_text, run_spec

    shown = language_of(ctx)
    result = run_spec(spec, data=data, engine=engine, language=shown)
    if form == "json":
        show_json(result.document)
    else:
        click.echo(as_text(result.document))
    ctx.exit(1 if result.refused else 0)


@click.command()
@click.argument("study", type=click.Path(path_type=Path, file_okay=False))
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Day as of which verdicts are given; today when left out.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def analyze(
    ctx: click.Context, study: Path, today: datetime | None, form: str, language: str | None
) -> None:
    """Score, weight, estimate and judge what STUDY holds now."""
    del language
    from analysis.analyze import analyze as analyzed
    from analysis.serialise import as_json, as_text

    result = analyzed(open_study(ctx, study), today=today.date() if today else date.today())
    if form == "json":
        show_json(as_json(result))
    else:
        click.echo(as_text(result, language_of(ctx)))


COMMANDS: dict[str, click.Command] = {"estimate": estimate, "analyze": analyze}
