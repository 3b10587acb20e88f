"""Commands of this package: `new`, `import`, `undo`, `digest`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import by_option, new_passphrase, open_study, present_time

if TYPE_CHECKING:
    from survey.contact_key import KeyFile
    from survey.import_report import ImportReport
    from survey.imports import Reading
    from survey.study import Study

_SHOWN = 20
_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)
_stream_option = click.option(
    "--stream", type=click.Choice(["contest"]),
    help="contest: open entries, kept apart; they are counted and never estimated from.",
)  # fmt: skip


@click.command()
@click.argument("study", type=_FOLDER)
@click.option("--plan", default="hanoi_1371", show_default=True, metavar="ID|FILE",
              help="The policy plan: a shipped one by name, or a file.")  # fmt: skip
@click.option("--instrument", "instruments", multiple=True, metavar="ID|FILE",
              help="A questionnaire: shipped, YAML or XLSForm; several versions oldest first.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def new(
    ctx: click.Context, study: Path, plan: str, instruments: tuple[str, ...], form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Make a study folder, ready to collect or to import."""
    from survey.founding import new_study

    made = new_study(study, plan=plan, instruments=instruments)
    key = _contact_key(made)
    if form == "json":
        show_json({"study": str(made.folder), "plan": made.settings.plan,
                   "instruments": list(made.settings.instruments),
                   "contact_key": None if key is None else str(key.path)})  # fmt: skip
    else:
        text = say("Made {folder}. Next: look through {settings}, then 'hieuluat import {folder} "
                   "FILE'.", folder=made.folder, settings=made.folder / "study.yaml")  # fmt: skip
        click.echo(text.text(language_of(ctx)))
    if key is not None:
        click.echo(key.sentence().text(language_of(ctx)), err=True)


@click.command(name="import")
@click.argument("study", type=_FOLDER, required=False)
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--inspect", type=_FILE, metavar="FILE",
              help="Only say what FILE is; needs no study.")  # fmt: skip
@click.option("--instrument", metavar="ID",
              help="Which of the study's instruments the files answer.")  # fmt: skip
@click.option("--mapping", type=_FILE,
              help="YAML or JSON: 'heading: form path', or null to leave a column out.")  # fmt: skip
@click.option("--kind", metavar="SYSTEM", help="Which system wrote the files, where it is guessed "
              "wrongly: kobo, odk, google, limesurvey, excel, csv, …")  # fmt: skip
@click.option("--encoding", help="utf-8, utf-16, cp1258 or tcvn3, where it is guessed wrongly.")
@click.option("--delimiter", help="One character or 'tab', where it is guessed wrongly.")
@click.option("--dictionary", type=_FILE,
              help="The codebook beside the files, such as REDCap's data dictionary.")  # fmt: skip
@_stream_option
@click.option("--yes", is_flag=True, help="Store the rows; without it nothing is written.")
@by_option
@format_option
@language_option
@click.pass_context
def import_(
    ctx: click.Context, *, study: Path | None, files: tuple[Path, ...], inspect: Path | None,
    instrument: str | None, mapping: Path | None, kind: str | None, encoding: str | None,
    delimiter: str | None, dictionary: Path | None, stream: str | None, yes: bool, by: str, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Check files of responses and, with --yes, store them."""
    from survey.imports import Reading
    from survey.mapping import read_mapping

    reading = Reading(instrument=instrument, delimiter=delimiter, encoding=encoding, kind=kind,
                      dictionary=dictionary,
                      mapping={} if mapping is None else read_mapping(mapping))  # fmt: skip
    if inspect is not None:
        _inspect(inspect, reading, form)
        return
    if study is None or not files:
        raise click.UsageError("Name a study and at least one file.")
    opened = open_study(ctx, study)
    run = _way_in(stream, by=by if yes else None)
    with _progress() as progress:
        reports = run(opened, files, now=present_time, reading=reading, progress=progress)
    shown = language_of(ctx)
    _warn_of_key(opened, shown)
    if form == "json":
        show_json([report.as_json(shown) for report in reports])
        return
    for report in reports:
        _show_report(report, shown, stored=yes)


@click.command()
@click.argument("study", type=_FOLDER)
@click.argument("batch")
@_stream_option
@by_option
@format_option
@language_option
@click.pass_context
def undo(
    ctx: click.Context, *, study: Path, batch: str, stream: str | None, by: str, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Take a batch out again, as if it had not been imported."""
    from survey.contest import undo_entries
    from survey.imports import undo_batch

    undone = undo_entries if stream == "contest" else undo_batch
    rows = undone(open_study(ctx, study), batch, now=present_time, by=by)
    if form == "json":
        show_json({"batch": batch, "rows": rows})
    else:
        text = say("Batch {batch} is undone: {rows} rows no longer count.", batch=batch, rows=rows)
        click.echo(text.text(language_of(ctx)))


@click.command()
@click.argument("study", type=_FOLDER)
@format_option
@language_option
@click.pass_context
def digest(
    ctx: click.Context, study: Path, form: str, language: Language | None  # noqa: ARG001
) -> None:  # fmt: skip
    """Print one number for all accepted answers."""
    from survey.digest import digest as digest_of

    number = digest_of(open_study(ctx, study))
    if form == "json":
        show_json({"digest": number})
    else:
        click.echo(number)


COMMANDS: dict[str, click.Command] = {
    "new": new, "import": import_, "undo": undo, "digest": digest,
}  # fmt: skip


def _contact_key(study: "Study") -> "KeyFile | None":
    """The key that is made with a study whose instruments ask for contact data."""
    from survey.contact_key import asks_for_contacts, key_beside, key_place, make_pair

    if not asks_for_contacts(study):
        return None
    make_pair(study, key_place(study), passphrase=new_passphrase())
    return key_beside(study)


def _way_in(stream: str | None, *, by: str | None) -> Callable[..., "list[ImportReport]"]:
    """How files are looked through, or stored where it is said who does."""
    if stream == "contest":
        from survey.contest import check_entries, import_entries

        return check_entries if by is None else partial(import_entries, by=by)
    from survey.imports import check_files, import_files

    return check_files if by is None else partial(import_files, by=by)


def _inspect(path: Path, reading: "Reading", form: str) -> None:
    from survey.imports import inspect_file

    found = inspect_file(path, told=reading.told)
    if form == "json":
        show_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")


def _warn_of_key(study: "Study", language: Language) -> None:
    from survey.contact_key import key_beside

    if (key := key_beside(study)) is not None:
        click.echo(key.sentence().text(language), err=True)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    with click.progressbar(length=1, file=sys.stderr, show_eta=True, show_pos=True) as bar:

        def show(done: int, rows: int) -> None:
            bar.length = max(rows, 1)
            bar.update(done - bar.pos)

        yield show


def _show_report(report: "ImportReport", language: Language, *, stored: bool) -> None:
    for message in report.sentences(stored=stored):
        click.echo(message.text(language))
    for fault in report.faults[:_SHOWN]:
        click.echo(fault.sentence().text(language))
    for note in report.notes[:_SHOWN]:
        click.echo(note.sentence().text(language))
