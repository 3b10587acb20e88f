"""Commands of this package: `report` and `demo`."""

from datetime import date, datetime
from pathlib import Path

import click

from instruments.language import LANGUAGES, Language, Message, say
from instruments.terminal import (
    format_option,
    language_of,
    language_option,
    prefer_language,
    show_json,
)
from survey.terminal import open_study

FORMATS = ("html", "pdf", "docx", "xlsx")
"""Formats that are written when none is asked for."""
ALL_FORMATS = (*FORMATS, "csv")
SHEET_FORMATS = ("html", "pdf", "docx")
"""Formats of the sheets of areas, whose numbers stand in the report's workbook."""
SEED = 2026
_FOLDER = click.Path(path_type=Path, file_okay=False)


def _formats(context: click.Context, _: click.Parameter, value: str) -> tuple[str, ...]:
    known = SHEET_FORMATS if context.info_name == "areas" else ALL_FORMATS
    chosen = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    unknown = [part for part in chosen if part not in known]
    if unknown or not chosen:
        given = ", ".join(unknown) or value
        message = f"'{given}' is not among {', '.join(known)}; several are joined by commas."
        raise click.BadParameter(message)
    return chosen


_output_option = click.option(
    "-o", "--output", required=True, type=_FOLDER, help="Folder to write the report to."
)
_public_option = click.option(
    "--public", is_flag=True, help="For everybody: rounded, in plain words, nothing internal."
)
_today_option = click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
    help="Day as of which verdicts are given; today when left out.",
)  # fmt: skip


@click.command()
@click.argument("study", type=_FOLDER)
@_output_option
@click.option("--to", "formats", default=",".join(FORMATS), show_default=True, callback=_formats,
              help="Formats, joined by commas; csv writes a file for each table.")  # fmt: skip
@_public_option
@_today_option
@format_option
@language_option
@click.pass_context
def report(
    ctx: click.Context, study: Path, output: Path, *, formats: tuple[str, ...],
    public: bool, today: datetime | None, form: str, language: Language | None,
) -> None:  # fmt: skip
    """Write the leaders' page on STUDY as a draft, in both languages unless one is chosen."""
    from reports.release import drafted
    from reports.writing import render_report, write_files

    opened = open_study(ctx, study)
    made = drafted(opened, today=today.date() if today else date.today(),
                   audience="public" if public else "internal")  # fmt: skip
    languages = _languages(language, opened.settings.language)
    files = write_files(
        render_report(made.analysis, opened.plan, formats=formats, languages=languages,
                      standing=made.standing), folder=output)  # fmt: skip
    if form == "json":
        show_json({"files": [str(path) for path in files], "simulated": opened.settings.simulated})
        return
    _show(_written(files), language_of(ctx))


@click.command()
@click.argument("study", type=_FOLDER)
@_output_option
@click.option("--by", "variable", metavar="VARIABLE", required=True,
              help="A variable of the study that judge_areas names, such as district.")  # fmt: skip
@click.option("--area", "only", metavar="CODE", multiple=True,
              help="The area of this code alone; may be given again.")  # fmt: skip
@click.option("--to", "formats", default=",".join(SHEET_FORMATS), show_default=True,
              callback=_formats, help="Formats, joined by commas.")  # fmt: skip
@_public_option
@_today_option
@format_option
@language_option
@click.pass_context
def areas(
    ctx: click.Context, study: Path, output: Path, *, variable: str, only: tuple[str, ...],
    formats: tuple[str, ...], public: bool, today: datetime | None, form: str,
    language: Language | None,
) -> None:  # fmt: skip
    """Write a page for each area of STUDY: its verdict or why none, and what it lies in."""
    from reports.area_writing import Wanted, render_sheets, write_sheets
    from reports.release import drafted

    opened = open_study(ctx, study)
    made = drafted(opened, today=today.date() if today else date.today(),
                   audience="public" if public else "internal")  # fmt: skip
    sheets = render_sheets(
        made.analysis, opened.plan, wanted=Wanted(variable=variable, only=only), formats=formats,
        languages=(language or opened.settings.language,), standing=made.standing,
    )  # fmt: skip
    files = write_sheets(sheets, folder=output)
    if form == "json":
        show_json({"files": [str(path) for path in files], "simulated": opened.settings.simulated})
        return
    _show([say("Written: {count} files in {folder}.", count=len(files), folder=output)],
          language_of(ctx))  # fmt: skip


@click.command()
@_output_option
@click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True,
              help="Another number makes another city and another sample.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def demo(ctx: click.Context, output: Path, seed: int, form: str, language: Language | None) -> None:
    """Simulate a wave in Hà Nội and take it all the way to the leaders' page."""
    from analysis.analyze import analyze
    from reports.demonstration import open_demo
    from reports.writing import write_report
    from survey.demo import TODAY

    prefer_language(ctx, "vi")
    shown = language_of(ctx)
    click.echo(say("Simulating a city, its interviews and their import ...").text(shown), err=True)
    study = open_demo(output / "study", seed=seed)
    result = analyze(study, today=TODAY)
    languages = _languages(language, study.settings.language)
    files = write_report(result, study.plan, folder=output, formats=FORMATS, languages=languages)
    if form == "json":
        paths = [str(path) for path in files]
        show_json({"files": paths, "study": str(study.folder), "simulated": True})
        return
    _show([*_written(files), *_next(output)], shown)


def _languages(chosen: Language | None, own: Language) -> tuple[Language, ...]:
    """The language asked for, or every language with the study's own first."""
    if chosen is not None:
        return (chosen,)
    return (own, *(language for language in LANGUAGES if language != own))


def _written(files: tuple[Path, ...]) -> list[Message]:
    return [say("Written: {path}", path=path) for path in files]


def _next(output: Path) -> list[Message]:
    study = output / "study"
    return [
        say("All answers are simulated; they say nothing about real people or places."),
        say("Open {path} first: it is the page for leaders.", path=output / "report.html"),
        say("Then try:"),
        say("  hieuluat analyze {study}    every estimate and verdict", study=study),
        say("  hieuluat report {study} -o {folder} --today {day}    the page after the deadline",
            study=study, folder=output / "later", day="2028-01-15"),
        say("  hieuluat new my-study    a study of your own"),
    ]  # fmt: skip


def _show(messages: list[Message], language: Language) -> None:
    for message in messages:
        click.echo(message.text(language))


COMMANDS: dict[str, click.Command] = {"report": report, "areas": areas, "demo": demo}
