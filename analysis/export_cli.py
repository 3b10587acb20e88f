"""The command `export`: answers for other programs, and an audit by the reference."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from instruments.language import Language
from instruments.terminal import format_option, language_option, show_json
from survey.terminal import open_study

if TYPE_CHECKING:
    from survey.export import Format

AUDIT = "r"


@click.command()
@click.argument("study", type=click.Path(path_type=Path, file_okay=False))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path),
              help="The file to write; for r, the folder.")  # fmt: skip
@click.option("--to", type=click.Choice(["csv", "parquet", "sav", "dta", AUDIT]), default="csv",
              show_default=True,
              help="r: data and a script with which R survey makes the published shares anew.")  # fmt: skip
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="For r: day as of which the study is analyzed; today when left out.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def export(
    ctx: click.Context, study: Path, output: Path, *, to: str, today: datetime | None, form: str,
    language: Language | None,
) -> None:  # fmt: skip
    """Write the accepted answers for other programs, or an audit for R."""
    del language
    _refuse_place(output, folder=to == AUDIT)
    opened = open_study(ctx, study)
    if to == AUDIT:
        from analysis.audit.write import write_audit

        day = today.date() if today else date.today()
        files = write_audit(opened, output, today=day)
    else:
        from survey.export import export as write

        files = write(opened, output, to=cast("Format", to))
    if form == "json":
        show_json({"files": [str(path) for path in files]})
    else:
        click.echo("\n".join(map(str, files)))


def _refuse_place(output: Path, *, folder: bool) -> None:
    if output.exists() and output.is_dir() is not folder:
        wanted = "a folder" if folder else "a file"
        raise click.BadParameter(f"'{output}' is not {wanted}.", param_hint="--output")


COMMANDS: dict[str, click.Command] = {"export": export}
