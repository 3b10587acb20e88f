"""Commands of fieldwork quality: `quality`, `exclude`."""

from datetime import datetime
from pathlib import Path

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import open_study

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("study", type=_FOLDER)
@click.option("--instrument", metavar="ID", help="Which of the study's instruments, of several.")
@click.option("--seed", type=click.IntRange(min=0), default=2026, show_default=True,
              help="Of the permutations that show what chance makes alike.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def quality(
    ctx: click.Context, study: Path, instrument: str | None, seed: int, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Show how the fieldwork of STUDY went: outcome rates, flags, interviewers, back-checks, drift."""
    from survey.quality.study import fieldwork_report
    from survey.quality.wording import as_json, sentences

    report = fieldwork_report(open_study(ctx, study), instrument=instrument, seed=seed)
    shown = language_of(ctx)
    if form == "json":
        show_json(as_json(report, shown))
        return
    for message in sentences(report):
        click.echo(message.text(shown))


@click.command()
@click.argument("study", type=_FOLDER)
@click.argument("records", nargs=-1, required=True)
@click.option("--why", required=True, help="What is wrong with them; reports print it.")
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.option("--undo", is_flag=True, help="Take an exclusion back instead.")
@format_option
@language_option
@click.pass_context
def exclude(
    ctx: click.Context, study: Path, records: tuple[str, ...], *, why: str, by: str, undo: bool,
    form: str, language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Leave interviews out of the analysis of STUDY; they stay in the store, and can come back."""
    from survey.exclusions import exclude as taken_out
    from survey.exclusions import include as taken_back

    decide = taken_back if undo else taken_out
    changed = decide(open_study(ctx, study), records, why=why, by=by,
                     now=lambda: datetime.now().astimezone())  # fmt: skip
    if form == "json":
        show_json({"event": "included" if undo else "excluded", "records": changed})
        return
    text = (
        say("{count} interviews count again.", count=len(changed)) if undo
        else say("{count} interviews no longer count.", count=len(changed))
    )  # fmt: skip
    click.echo(text.text(language_of(ctx)))


COMMANDS: dict[str, click.Command] = {"quality": quality, "exclude": exclude}
