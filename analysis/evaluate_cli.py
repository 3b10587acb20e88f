"""The command `evaluate`: one respondent's answers tried on an instrument."""

from pathlib import Path

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json


@click.command()
@click.argument("instrument", metavar="INSTRUMENT")
@click.option("--answers", type=click.Path(path_type=Path), required=True, metavar="FILE.json",
              help='A file such as {"today": "2026-11-24", "answers": {"id": "value"}}.')  # fmt: skip
@format_option
@language_option
@click.pass_context
def evaluate(
    ctx: click.Context, *, instrument: str, answers: Path, form: str, language: Language | None
) -> None:
    """Say what an instrument makes of answers: what is asked, computed, wrong, and worth points.

    INSTRUMENT is a file (YAML, JSON or XLSForm) or the id of a shipped one.
    """
    del language
    from datetime import date

    from analysis.evaluation import evaluate_file
    from instruments.library import find
    from instruments.load import load_instrument

    path = Path(instrument)
    definition = load_instrument(path if path.exists() or path.suffix else find(instrument))
    found = evaluate_file(definition, answers, today=date.today(), language=language_of(ctx))
    if form == "json":
        show_json(found)
        return
    asked = [name for name, relevant in found["relevant"].items() if relevant]
    click.echo(say("Asked: {names}.", names=", ".join(asked)).text(language_of(ctx)))
    for name, value in found["calculated"].items():
        click.echo(f"  {name} = {value}")
    for one in found["problems"]:
        click.echo(f"  {one['item']}: {one['message']} ({one['rule']})")
    for name, one in found["score"].items():
        click.echo(f"  {name}: {one['points']:g} / {one['possible']:g}")


COMMANDS = {"evaluate": evaluate}
