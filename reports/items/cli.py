"""The command `items`."""

from datetime import date, datetime
from pathlib import Path

import click

from instruments.language import LANGUAGES, Language, say
from instruments.terminal import format_option, language_of, language_option, show_json

_FILE = click.Path(path_type=Path, exists=False)


@click.command()
@click.argument("spec", type=_FILE)
@click.option("--data", type=_FILE, help="Table to use instead of the SPEC's.")
@click.option("--report", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Also write a report on the items there, with plots and advice.")  # fmt: skip
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Day that the report bears; today when left out.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def items(
    ctx: click.Context, spec: Path, *, data: Path | None, report: Path | None, today: datetime | None,
    form: str, language: Language | None,
) -> None:  # fmt: skip
    """Analyse items of any data, as SPEC says: reliability, item response models, DIF, cuts."""
    if report is None:
        refused = _answer(spec, data, form, language_of(ctx))
        ctx.exit(1 if refused else 0)
    from analysis.items.inspection import inspect
    from reports.items.write import write_items

    shown = language_of(ctx)
    found = inspect(spec, data=data, language=shown)
    languages = (language,) if language else (shown, *(one for one in LANGUAGES if one != shown))
    files = write_items(found, folder=report, languages=languages,
                        today=today.date() if today else date.today())  # fmt: skip
    if form == "json":
        show_json({"files": [str(path) for path in files], "analyses": found.analyses})
    else:
        for path in files:
            click.echo(say("Written: {path}", path=path).text(shown))
    ctx.exit(1 if found.refused else 0)


def _answer(spec: Path, data: Path | None, form: str, language: Language) -> bool:
    from analysis.items.as_text import as_text
    from analysis.items.spec import run_items

    result = run_items(spec, data=data, language=language)
    if form == "json":
        show_json(result.document)
    else:
        click.echo(as_text(result.document))
    return result.refused


COMMANDS: dict[str, click.Command] = {"items": items}
