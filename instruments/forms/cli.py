"""Commands of this package: `form` and `convert`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from instruments.errors import Problem, refusal
from instruments.forms.paper.run import EDITIONS, Edition, PrintRun
from instruments.language import Language, Message, say
from instruments.terminal import format_option, language_of, language_option, show_json

if TYPE_CHECKING:
    from instruments.model import Instrument

KINDS = ("xlsform", "xform", "html", "paper", "ddi", "surveyjs", "spss")
RESPONDENTS = 200
"""Simulated ones, who show the ways through a form; enough to see what a twentieth meets."""


@click.command()
@click.argument("instrument", metavar="INSTRUMENT")
@click.option("--to", "kind", type=click.Choice(KINDS), required=True, help="What to make.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="File to write."
)
@click.option("--code", "codes", multiple=True, help="Paper: number of a copy; one for each copy.")
@click.option("--booklet", help="Paper: the booklet to print.")
@click.option(
    "--edition",
    type=click.Choice(EDITIONS),
    help="For whom: paper is the respondent's unless you say; other forms are whole, or without"
    " the assessor's parts for a respondent.",
)
@format_option
@language_option
@click.pass_context
def form(
    ctx: click.Context, *, instrument: str, kind: str, output: Path, form: str,
    language: Language | None, codes: tuple[str, ...], booklet: str | None, edition: Edition | None,
) -> None:  # fmt: skip
    """Make a form from an instrument: a file (YAML, JSON or XLSForm) or a shipped one by its id."""
    from instruments.audience import for_respondent
    from instruments.forms.gaps import gaps
    from instruments.library import find
    from instruments.load import load_instrument

    path = Path(instrument)
    definition = load_instrument(path if path.exists() or path.suffix else find(instrument))
    if kind != "paper" and edition not in (None, "respondent"):
        raise refusal("--edition", say("Only paper has the edition '{edition}'.", edition=edition),
                      say("Leave it out for the whole form."))  # fmt: skip
    if kind != "paper" and edition == "respondent":
        definition = for_respondent(definition)
    print_run = PrintRun(codes=codes, booklet=booklet, edition=edition or "respondent")
    _write(output, _made(definition, kind, language, print_run))
    _report(output, gaps(definition, kind=kind), language_of(ctx), form=form)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="YAML to write."
)
@format_option
@language_option
@click.pass_context
def convert(ctx: click.Context, file: Path, output: Path, form: str, language: str | None) -> None:  # noqa: ARG001 - read through the context
    """Make an instrument from an XLSForm; name all that could not be carried over."""
    from instruments.dump import to_yaml
    from instruments.forms.xform.mended import mended
    from instruments.load import load_instrument
    from instruments.xlsform.losses import losses
    from instruments.yaml_source import MAX_BYTES

    if file.suffix.lower() not in (".xlsx", ".xls", ".xlsm"):
        raise refusal(file.name, say("This is not an XLSForm."),
                      say("Give a file that ends in .xlsx or .xls."))  # fmt: skip
    instrument = load_instrument(file)
    content = to_yaml(instrument).encode()
    if len(content) > MAX_BYTES:
        raise refusal(file.name, say("The definition would be larger than {limit} MiB.",
                                     limit=MAX_BYTES >> 20),
                      say("Leave long choice lists out and add them under 'include'."))  # fmt: skip
    _write(output, content)
    _report(output, [*losses(file), *mended(instrument)], language_of(ctx), form=form)


def _write(output: Path, content: bytes) -> None:
    if not output.parent.is_dir():
        raise refusal(str(output), say("There is no folder '{folder}'.", folder=output.parent),
                      say("Make the folder first, or name another file."))  # fmt: skip
    output.write_bytes(content)


def _made(
    instrument: "Instrument", kind: str, language: Language | None, print_run: PrintRun
) -> bytes:
    if kind == "paper":
        from instruments.forms.paper.write import to_paper

        return to_paper(instrument, language=language, run=print_run)
    if kind == "xlsform":
        from instruments.forms.xlsform import to_xlsform

        return to_xlsform(instrument)
    return _text(instrument, kind, language).encode()


def _text(instrument: "Instrument", kind: str, language: Language | None) -> str:
    if kind == "xform":
        from instruments.forms.xform.write import to_xform

        return to_xform(instrument)
    if kind == "ddi":
        from instruments.forms.exchange.ddi import to_ddi

        return to_ddi(instrument)
    if kind == "surveyjs":
        from instruments.forms.exchange.surveyjs import to_surveyjs

        return to_surveyjs(instrument).text
    if kind == "spss":
        from instruments.forms.exchange.spss import to_spss

        return to_spss(instrument, language=language)
    return _page(instrument, language)


def _page(instrument: "Instrument", language: Language | None) -> str:
    from datetime import datetime
    from random import Random

    from instruments.forms.html.page import to_html
    from instruments.forms.paths import simulate

    chance = Random(1)  # noqa: S311 - simulated respondents, the same at every call
    paths = simulate(instrument, respondents=RESPONDENTS, random=chance, now=datetime.now())
    return to_html(instrument, language=language, paths=paths)


def _report(output: Path, found: list[Problem], language: Language, *, form: str) -> None:
    if form == "json":
        show_json({"file": str(output), "losses": [
            {"where": loss.where, "what": loss.what.text(language)} for loss in found
        ]})  # fmt: skip
        return
    click.echo(_summary(output, found).text(language))
    for loss in found:
        click.echo(loss.text(language), err=True)


def _summary(output: Path, found: list[Problem]) -> Message:
    if not found:
        return say("{file}: written; nothing was lost.", file=output)
    return say("{file}: written; {count} things could not be carried over.",
               file=output, count=len(found))  # fmt: skip


COMMANDS = {"form": form, "convert": convert}
