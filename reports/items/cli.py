"""The command `items`."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

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
    """Analyse items of any data, as SPEC says: reliability, item response models, DIF, cuts.

    SPEC may be the folder of a study: with --report, a SPEC for each of its dimensions is written
    there, with its data, and run.
    """
    day = today.date() if today else date.today()
    if report is None and not spec.is_dir():
        refused = _answer(spec, data, form, language_of(ctx))
        ctx.exit(1 if refused else 0)
    if report is None:
        needed = say("The items of a study are analysed into a folder: give --report.")
        raise click.UsageError(needed.text(language_of(ctx)))
    specs = dict(_of_study(ctx, spec, report, day)) if spec.is_dir() else {report: spec}
    found = [_reported(one, data, folder, language, language_of(ctx), day)
             for folder, one in specs.items()]  # fmt: skip
    if form == "json":
        show_json([one for one, _ in found] if spec.is_dir() else found[0][0])
    else:
        for path in (path for one, _ in found for path in one["files"]):
            click.echo(say("Written: {path}", path=path).text(language_of(ctx)))
    ctx.exit(1 if any(refused for _, refused in found) else 0)


def _of_study(
    ctx: click.Context, study: Path, folder: Path, day: date
) -> Iterator[tuple[Path, Path]]:
    """The folder of each dimension's report with its SPEC."""
    from analysis.items.of_study import write_study_specs
    from analysis.measured import measure
    from survey.terminal import open_study

    made = measure(open_study(ctx, study), today=day)
    for name, path in write_study_specs(made, folder).items():
        yield folder / name, path


def _reported(
    spec: Path,
    data: Path | None,
    folder: Path,
    language: Language | None,
    shown: Language,
    day: date,
) -> tuple[dict[str, Any], bool]:
    """Write the report of one SPEC: what it holds, and whether an analysis was refused."""
    from analysis.items.inspection import inspect
    from reports.items.write import write_items

    found = inspect(spec, data=data, language=shown)
    languages = (language,) if language else (shown, *(one for one in LANGUAGES if one != shown))
    files = write_items(found, folder=folder, languages=languages, today=day)
    return {"files": [str(path) for path in files], "analyses": found.analyses}, found.refused


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
