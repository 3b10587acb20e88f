"""Commands on personal data that lie sealed: `contact-key`, `contacts` and `original`."""

from pathlib import Path

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import (
    NEW_PASSPHRASE,
    by_option,
    new_passphrase,
    open_study,
    opened_key,
    passphrase_for,
    present_time,
)

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)
_key_option = click.option(
    "--key", "key_path", type=_FILE, metavar="FILE",
    help="The private key, which the study's owner keeps; by default the one beside the study.",
)  # fmt: skip
_why_option = click.option("--why", default="", help="What they are needed for; it is journalled.")


@click.command(name="contact-key")
@click.argument("study", type=_FOLDER)
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True,
              help="The old key is lost: seal for a new one. What was sealed stays closed.")  # fmt: skip
@by_option
@format_option
@language_option
@click.pass_context
def contact_key(
    ctx: click.Context, *, study: Path, file: Path, replace: bool, by: str, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Make the key that opens contact data in FILE; where FILE holds it, set a new passphrase."""
    from survey.contact_key import follow, key_file, lock_of, make_pair, protect

    opened = open_study(ctx, study)
    known = lock_of(opened)
    if replace and known is not None:
        follow(opened, known, file, passphrase=new_passphrase(), by=by, now=present_time)
    elif known is not None and file.exists():
        old = passphrase_for(file) if key_file(file).protected else ""
        protect(file, passphrase=old, new=new_passphrase(environment=NEW_PASSPHRASE))
    else:
        make_pair(opened, file, passphrase=new_passphrase())
    told = key_file(file)
    if form == "json":
        show_json({"file": str(file), "lock": told.lock.name, "protected": told.protected})
    else:
        click.echo(told.sentence().text(language_of(ctx)))


@click.command()
@click.argument("study", type=_FOLDER)
@click.option("-o", "--output", type=_FILE, required=True, help="The CSV file to write.")
@_key_option
@_why_option
@by_option
@format_option
@language_option
@click.pass_context
def contacts(
    ctx: click.Context, *, study: Path, output: Path, key_path: Path | None, why: str, by: str,
    form: str, language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Write the contact data of accepted records, such as for back-checks; the journal tells it."""
    from survey.contact_key import key_place
    from survey.contact_list import Reason, write_contacts

    opened, reason = open_study(ctx, study), Reason(why=why, by=by)
    reason.must_be_given()
    found = write_contacts(opened, output, key=opened_key(key_path or key_place(opened)),
                           reason=reason, now=present_time)  # fmt: skip
    if form == "json":
        show_json({"file": str(output), "records": found.records, "closed": found.closed})
    else:
        text = say("The contact data of {count} records are in {file}, and the journal says who "
                   "took them. Delete the file when it is no longer needed.",
                   count=found.records, file=output)  # fmt: skip
        click.echo(text.text(language_of(ctx)))


@click.command()
@click.argument("study", type=_FOLDER)
@click.argument("batch")
@click.option("-o", "--output", type=_FILE, required=True, help="The file to write.")
@_key_option
@_why_option
@by_option
@format_option
@language_option
@click.pass_context
def original(
    ctx: click.Context, *, study: Path, batch: str, output: Path, key_path: Path | None, why: str,
    by: str, form: str, language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Write the original file of a batch as it came; the journal tells it."""
    from survey.contact_key import key_place
    from survey.contact_list import Reason, write_original

    opened = open_study(ctx, study)
    files = write_original(
        opened, batch, output, reason=Reason(why=why, by=by), now=present_time,
        key=lambda: opened_key(key_path or key_place(opened)),
    )  # fmt: skip
    if form == "json":
        show_json({"files": [str(one) for one in files]})
    else:
        click.echo("\n".join(str(one) for one in files))


COMMANDS: dict[str, click.Command] = {
    "contact-key": contact_key, "contacts": contacts, "original": original,
}  # fmt: skip
