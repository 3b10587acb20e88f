"""The command `register`: taking in what units return on administrative targets."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from instruments.language import Language, Message, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import open_study

if TYPE_CHECKING:
    from survey.registers.model import Return

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("study", type=_FOLDER)
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--by", default="", metavar="NAME", help="Who takes them in.")
@click.option("--yes", is_flag=True, help="Store them; without it they are only checked.")
@click.option("--withdraw", type=int, metavar="NUMBER", help="Take a return back instead.")
@format_option
@language_option
@click.pass_context
def register(
    ctx: click.Context, study: Path, files: tuple[Path, ...], *, by: str, yes: bool,
    withdraw: int | None, form: str, language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Check registers and violation counts of units (XLSX or CSV) and, with --yes, store them."""
    from survey.registers import received

    if bool(files) == (withdraw is not None):
        raise click.UsageError("Name files, or a return to --withdraw.")
    opened = open_study(ctx, study)
    if withdraw is not None:
        received.withdraw(opened, withdraw, by=by, now=_now)
        _show(ctx, form, {"withdrawn": withdraw},
              say("Return {number} no longer counts.", number=withdraw))  # fmt: skip
        return
    if yes:
        kept = received.receive(opened, files, by=by, now=_now)
        _show(ctx, form, {"number": kept.number, **_counts(kept.content)},
              _told(kept.content), say("Stored as return {number}.", number=kept.number))  # fmt: skip
        return
    content = received.check_return(opened, files)
    _show(ctx, form, {"number": None, **_counts(content)}, _told(content),
          say("Nothing was stored; add --yes to store it."))  # fmt: skip


COMMANDS: dict[str, click.Command] = {"register": register}


def _now() -> datetime:
    return datetime.now().astimezone()


def _counts(content: "Return") -> dict[str, int]:
    return {
        "units": len(content.units), "posts": len(content.posts),
        "persons": len({one.person for one in content.posts}),
        "completions": len(content.completions), "violations": len(content.violations),
    }  # fmt: skip


def _told(content: "Return") -> Message:
    return say("{units} units, {posts} posts of {persons} persons, {completions} completions, "
               "{violations} rows of violations.", **_counts(content))  # fmt: skip


def _show(ctx: click.Context, form: str, document: object, *messages: Message) -> None:
    if form == "json":
        show_json(document)
        return
    for message in messages:
        click.echo(message.text(language_of(ctx)))
