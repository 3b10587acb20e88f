"""The command `contest`: what open entries can show."""

from pathlib import Path

import click

from instruments.language import Language, in_language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import open_study


@click.command()
@click.argument("study", type=click.Path(path_type=Path, file_okay=False))
@click.option("--instrument", metavar="ID", help="Which of the study's instruments, of several.")
@format_option
@language_option
@click.pass_context
def contest(
    ctx: click.Context, study: Path, instrument: str | None, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Count the open contest entries of STUDY; they are no sample, and nothing is estimated."""
    from survey.contest import contest_entries, describe_entries
    from survey.quality.wording import as_json

    found = describe_entries(contest_entries(open_study(ctx, study), instrument=instrument))
    shown = language_of(ctx)
    if form == "json":
        show_json(as_json(found, shown))
        return
    click.echo(found.stamp.text(shown))
    click.echo(say("{entries} entries on {days} days.", entries=found.entries,
                   days=len(found.days)).text(shown))  # fmt: skip
    for one in found.items:
        counts = ", ".join(f"{code} {count}" for code, count in one.counts.items())
        click.echo(f"{in_language(one.label, shown) or one.item}: {counts}")


COMMANDS: dict[str, click.Command] = {"contest": contest}
