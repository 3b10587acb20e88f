"""Commands that keep data honest and short-lived: `journal`, `snapshots`, `receipts` and others."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import by_option, open_study, present_time

if TYPE_CHECKING:
    from survey.study import Study

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("study", type=_FOLDER)
@click.option("--verify", is_flag=True, help="Hold the store against its journal.")
@click.option("--head", metavar="HASH",
              help="A head that a report printed: the journal must have led there.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def journal(
    ctx: click.Context, *, study: Path, verify: bool, head: str | None, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Show what was done to a study, or verify that nothing of it was changed since."""
    from survey.journal import read_journal

    opened = open_study(ctx, study)
    if verify or head is not None:
        _verify(ctx, opened, head, form)
        return
    told = read_journal(opened)
    if form == "json":
        show_json([{"id": one.id, "at": one.at, "event": one.event, "batch": one.batch,
                    "who": one.who, "detail": one.detail, "hash": one.hash} for one in told])  # fmt: skip
        return
    for one in told:
        click.echo(
            f"{one.id} {one.at} {one.event} {one.batch or '-'} {one.who or '-'} {one.hash[:12]}"
        )


@click.command()
@click.argument("study", type=_FOLDER)
@format_option
@language_option
@click.pass_context
def snapshots(
    ctx: click.Context, study: Path, form: str, language: Language | None  # noqa: ARG001
) -> None:  # fmt: skip
    """List the frozen copies that analyses rest on, and which batch of each was undone since."""
    from dataclasses import asdict

    from survey.snapshot_status import snapshot_status
    from survey.snapshot_status import snapshots as names_of

    opened = open_study(ctx, study)
    found = [snapshot_status(opened, name) for name in names_of(opened)]
    if form == "json":
        show_json([asdict(one) for one in found])
        return
    for one in found:
        click.echo(f"{one.hash[:12]}: {one.sentence().text(language_of(ctx))}")


@click.command()
@click.argument("study", type=_FOLDER)
@click.option("-o", "--output", type=_FILE, required=True, help="The CSV file to write.")
@format_option
@language_option
@click.pass_context
def receipts(
    ctx: click.Context, study: Path, output: Path, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Write the receipt code of every accepted record, to be handed to its respondent."""
    from survey.receipts import write_receipts

    count = write_receipts(open_study(ctx, study), output)
    if form == "json":
        show_json({"file": str(output), "receipts": count})
    else:
        text = say("{count} codes are in {file}. Who holds one may have the answers deleted.",
                   count=count, file=output)  # fmt: skip
        click.echo(text.text(language_of(ctx)))


@click.command()
@click.argument("study", type=_FOLDER)
@click.argument("code")
@by_option
@format_option
@language_option
@click.pass_context
def forget(
    ctx: click.Context, study: Path, code: str, by: str, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Delete everything of the person with this receipt code; it cannot be undone."""
    from survey.withdrawal import forget as forget_person

    gone = forget_person(open_study(ctx, study), code, now=present_time, by=by)
    if form == "json":
        show_json({"rows": gone.rows, "contacts": gone.contacts,
                   "originals": list(gone.originals), "snapshots": list(gone.snapshots)})  # fmt: skip
        return
    text = say("Deleted: {rows} rows, {contacts} contact details, {originals} original files, "
               "{snapshots} snapshots. Delete what was exported before as well.",
               rows=gone.rows, contacts=gone.contacts, originals=len(gone.originals),
               snapshots=len(gone.snapshots))  # fmt: skip
    click.echo(text.text(language_of(ctx)))


@click.command()
@click.argument("study", type=_FOLDER)
@click.option("--yes", is_flag=True, help="Delete; without it only the day is told.")
@by_option
@format_option
@language_option
@click.pass_context
def retention(
    ctx: click.Context, *, study: Path, yes: bool, by: str, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Delete contact data and original files whose time is over."""
    from survey.retention import expire, retention_ends

    opened = open_study(ctx, study)
    last = retention_ends(opened).isoformat()
    if not yes:
        text = say("Contact data and original files are kept until {day}; then add --yes to delete "
                   "them.", day=last)  # fmt: skip
        click.echo(text.text(language_of(ctx))) if form == "text" else show_json({"until": last})
        return
    gone = expire(opened, now=present_time, by=by)
    if form == "json":
        show_json({"until": last, "contacts": gone.contacts, "originals": gone.originals})
    else:
        text = say("Deleted: {contacts} contact details, {originals} original files.",
                   contacts=gone.contacts, originals=gone.originals)  # fmt: skip
        click.echo(text.text(language_of(ctx)))


def _verify(ctx: click.Context, study: "Study", head: str | None, form: str) -> None:
    from survey.journal import verify_journal

    found = verify_journal(study, printed=head)
    shown = language_of(ctx)
    if form == "json":
        show_json({"head": found.head, "entries": found.entries,
                   "faults": [one.text(shown) for one in found.faults]})  # fmt: skip
    else:
        for fault in found.faults:
            click.echo(fault.text(shown), err=True)
        text = say("{entries} entries, head {head}.", entries=found.entries, head=found.head)
        click.echo(text.text(shown))
    if found.faults:
        ctx.exit(1)


COMMANDS: dict[str, click.Command] = {
    "journal": journal, "snapshots": snapshots, "receipts": receipts, "forget": forget,
    "retention": retention,
}  # fmt: skip
