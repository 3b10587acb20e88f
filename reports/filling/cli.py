"""The command `fill`."""

from datetime import date, datetime
from pathlib import Path

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import open_study


@click.command()
@click.argument("mapping", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="The study whose figures are filled in.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="File to write the filled form to.")  # fmt: skip
@click.option("--public", is_flag=True, help="Figures of the public edition.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Day as of which verdicts are given; today when left out.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def fill(
    ctx: click.Context, mapping: Path, *, study: Path, output: Path, public: bool,
    today: datetime | None, form: str, language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Fill another body's form with figures of a study, as MAPPING says place by place."""
    from reports.filling.fill import fill_form, read_order
    from reports.release import drafted
    from reports.writing import write_files

    order, opened = read_order(mapping), open_study(ctx, study)
    made = drafted(opened, today=today.date() if today else date.today(),
                   audience="public" if public else "internal")  # fmt: skip
    filled = fill_form(order, made.analysis, opened.plan, standing=made.standing)
    path = output if output.suffix else output.with_suffix(filled.suffix)
    write_files({path.name: filled.data}, folder=path.parent)
    if form == "json":
        show_json({"file": str(path), "places": filled.places, "withheld": list(filled.withheld)})
        return
    told = [say("Written: {path}", path=path), say("{count} places filled.", count=filled.places)]
    if filled.withheld:
        told.append(say("Withheld, so that a code stands there: {places}.",
                        places=", ".join(filled.withheld)))  # fmt: skip
    for message in told:
        click.echo(message.text(language_of(ctx)))


COMMANDS: dict[str, click.Command] = {"fill": fill}
