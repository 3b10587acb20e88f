"""Commands that put right what was collected: quarantine, corrections, entries typed twice."""

from pathlib import Path

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import by_option, open_study, present_time

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("study", type=_FOLDER)
@click.option("-o", "--output", type=_FILE, required=True, help="The workbook to write (.xlsx).")
@click.option("--instrument", metavar="ID", help="Of which instrument, where there are several.")
@format_option
@language_option
@click.pass_context
def quarantine(
    ctx: click.Context, study: Path, output: Path, instrument: str | None, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Write the quarantined rows into a workbook, to be mended there and imported again."""
    from survey.quarantine_book import write_quarantine

    opened = open_study(ctx, study)
    rows = write_quarantine(opened, output, instrument=instrument, language=language_of(ctx))
    if form == "json":
        show_json({"file": str(output), "rows": rows})
    else:
        text = say("{rows} rows are in {file}. Mend the coloured cells, then 'hieuluat import "
                   "{study} {file} --yes'.", rows=rows, file=output, study=study)  # fmt: skip
        click.echo(text.text(language_of(ctx)))


@click.command(name="records")
@click.argument("study", type=_FOLDER)
@click.argument("names", nargs=-1, metavar="[RECORD]...")
@click.option("-o", "--output", type=_FILE, required=True, help="The workbook to write (.xlsx).")
@click.option("--instrument", metavar="ID", help="Of which instrument, where there are several.")
@format_option
@language_option
@click.pass_context
def records(
    ctx: click.Context, *, study: Path, names: tuple[str, ...], output: Path,
    instrument: str | None, form: str, language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Write accepted records into a workbook, to be corrected there and imported again."""
    from survey.corrections_book import write_records

    opened = open_study(ctx, study)
    rows = write_records(opened, output, instrument=instrument, names=names,
                         language=language_of(ctx))  # fmt: skip
    if form == "json":
        show_json({"file": str(output), "rows": rows})
    else:
        text = say("{rows} records are in {file}. Change the cells, write the reason in the column "
                   "'_why', then 'hieuluat import {study} {file} --yes'.",
                   rows=rows, file=output, study=study)  # fmt: skip
        click.echo(text.text(language_of(ctx)))


@click.command()
@click.argument("study", type=_FOLDER)
@click.argument("record", required=False)
@click.argument("place", required=False)
@click.argument("value", required=False)
@click.option("--why", default="", help="The reason; it is kept with the old value.")
@click.option("--file", "table", type=_FILE,
              help="Many at once: a table with the columns record, place, value, why.")  # fmt: skip
@by_option
@format_option
@language_option
@click.pass_context
def correct(
    ctx: click.Context, *, study: Path, record: str | None, place: str | None, value: str | None,
    why: str, table: Path | None, by: str, form: str, language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Correct an accepted answer; the old one stays, and 'undo' brings it back."""
    from survey.corrections import Correction, read_corrections
    from survey.corrections import correct as correct_answers

    if table is not None:
        wanted = read_corrections(table)
    elif record is None or place is None or value is None:
        raise click.UsageError("Name a record, a place and a value, or give --file.")
    else:
        wanted = [Correction(record=record, place=place, value=value, why=why)]
    made = correct_answers(open_study(ctx, study), wanted, by=by, now=present_time)
    if form == "json":
        show_json({"batch": str(made.batch), "changes": [
            {"place": one.place, "old": one.old, "new": one.new} for one in made.edits
        ]})  # fmt: skip
        return
    for one in made.edits:
        click.echo(f"{one.place}: {one.old or '-'} -> {one.new or '-'}")
    text = say("Stored as batch {batch}; 'hieuluat undo STUDY {batch}' takes it out.",
               batch=made.batch)  # fmt: skip
    click.echo(text.text(language_of(ctx)))


@click.command()
@click.argument("study", type=_FOLDER)
@click.argument("record")
@format_option
@language_option
@click.pass_context
def history(
    ctx: click.Context, study: Path, record: str, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Show every correction of a record: the old value, who, when and why."""
    from dataclasses import asdict

    from survey.corrections import history as history_of

    changes = history_of(open_study(ctx, study), record)
    if form == "json":
        show_json([asdict(one) for one in changes])
        return
    for one in changes:
        text = say("{at} {who}: {place}: {old} -> {new} ({why})", at=one.at, who=one.who,
                   place=one.place, old=one.old or "-", new=one.new or "-", why=one.why)  # fmt: skip
        undone = say("batch {batch} undone", batch=one.batch).text(language_of(ctx))
        click.echo(text.text(language_of(ctx)) + (f" [{undone}]" if one.undone else ""))


@click.command(name="double-entry")
@click.argument("study", type=_FOLDER)
@click.argument("first", type=_FILE)
@click.argument("second", type=_FILE)
@click.option("--code", required=True, metavar="HEADING",
              help="The column with the code that stands on the paper.")  # fmt: skip
@click.option("--instrument", metavar="ID", help="Of which instrument, where there are several.")
@click.option("--yes", is_flag=True, help="Store the forms; without it they are only compared.")
@by_option
@format_option
@language_option
@click.pass_context
def double_entry(
    ctx: click.Context, *, study: Path, first: Path, second: Path, code: str,
    instrument: str | None, yes: bool, by: str, form: str, language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Compare two entries of the same paper forms; accept what agrees, list what differs."""
    from survey.double_entry import compare_entries, enter_twice

    opened = open_study(ctx, study)
    if yes:
        found = enter_twice(opened, (first, second), code=code, instrument=instrument, by=by,
                            now=present_time)  # fmt: skip
    else:
        found = compare_entries(opened, (first, second), code=code, instrument=instrument,
                                now=present_time)  # fmt: skip
    if form == "json":
        show_json(found.as_json())
        return
    for one in found.differences:
        click.echo(f"{one.code}, {one.place}: {one.first or '-'} ≠ {one.second or '-'}")
    click.echo(found.sentence().text(language_of(ctx)))


COMMANDS: dict[str, click.Command] = {
    "quarantine": quarantine, "records": records, "correct": correct, "history": history, "double-entry": double_entry,
}  # fmt: skip
