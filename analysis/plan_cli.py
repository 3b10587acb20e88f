"""The command `plan-analysis`."""

from pathlib import Path

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import by_option, open_study, present_time


@click.command("plan-analysis")
@click.argument("study", type=click.Path(path_type=Path, file_okay=False))
@by_option
@format_option
@language_option
@click.pass_context
def plan_analysis(
    ctx: click.Context, study: Path, by: str, form: str, language: Language | None  # noqa: ARG001
) -> None:  # fmt: skip
    """Fix what the report on STUDY will tell and its standards, before the first answers."""
    from analysis.fixing import fix

    made = fix(open_study(ctx, study), by=by, now=present_time)
    if form == "json":
        show_json(made.document)
        return
    shown = language_of(ctx)
    for one in made.standards:
        click.echo(say("The standard of {dimension} stands in the journal with the hash {hash}.",
                       dimension=one.dimension, hash=one.standard.hash).text(shown))  # fmt: skip
    if made.plan is not None:
        text = say(
            "The analysis plan stands in the journal with the hash {hash}.", hash=made.plan.hash
        )
        click.echo(text.text(shown))


COMMANDS: dict[str, click.Command] = {"plan-analysis": plan_analysis}
