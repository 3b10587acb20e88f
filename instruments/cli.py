"""Commands of this package: `check`, `schema`, `booklets`."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instruments.errors import DefinitionError, refusal
from instruments.language import Language, Message, say
from instruments.terminal import format_option, language_of, language_option, show_error, show_json

if TYPE_CHECKING:
    from instruments.bank import Bank
    from instruments.compare.difference import Difference
    from instruments.inspection import Inspection
    from instruments.lint.advice import Advice
    from instruments.model import Fieldwork, Instrument
    from instruments.plan import Plan

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--against", metavar="OLD", type=click.Path(path_type=Path),
              help="An earlier version: say what breaks comparisons between the two.")  # fmt: skip
@click.option("--fieldwork", metavar="FIRST LAST", nargs=2, type=_DAY,
              help="Days of interviews, to compare laws and keys with.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def check(
    ctx: click.Context, files: tuple[Path, ...], against: Path | None,
    fieldwork: tuple[datetime, datetime] | None, form: str, language: str | None,  # noqa: ARG001 - read through the context
) -> None:  # fmt: skip
    """Check instruments, plans and item banks; list every problem, and advice on measurement.

    Exits with 1 where there is a problem, or where a change breaks comparisons with OLD. Advice
    is only shown.
    """
    from instruments.inspection import inspect
    from instruments.load import load_instrument

    shown, period = language_of(ctx), _period(fieldwork)
    old = None if against is None else load_instrument(against)
    found = {path: inspect(path, against=old, fieldwork=period) for path in files}
    if form == "json":
        reports = [_report(one, shown, compared=old is not None) for one in found.values()]
        show_json(reports[0] if len(reports) == 1 else reports)
    for path, one in found.items():
        _show(path, one, shown, form=form)
    ctx.exit(0 if all(one.passes for one in found.values()) else 1)


@click.command()
@click.argument("kind", type=click.Choice(["instrument", "plan", "bank", "laws", "form"]),
                default="instrument")  # fmt: skip
def schema(kind: str) -> None:
    """Print the JSON Schema of a kind of file, for editors that complete and check YAML."""
    from instruments.schema import json_schema

    show_json(json_schema(kind))


@click.command()
@click.argument("blocks", metavar="BLOCK...", nargs=-1, required=True)
@click.option("--per-booklet", type=int, required=True, help="Blocks that one respondent gets.")
@format_option
def booklets(blocks: tuple[str, ...], per_booklet: int, form: str) -> None:
    """Print booklets in which every block stands in every place, and meets every other, equally often."""
    from instruments.incomplete_blocks import balanced_booklets

    made = balanced_booklets(blocks, per_booklet=per_booklet)
    numbered = [{"id": str(at), "blocks": list(one)} for at, one in enumerate(made, 1)]
    if form == "json":
        show_json({"booklets": numbered})
        return
    click.echo("booklets:")
    for at, one in enumerate(made, 1):
        click.echo(f'  - {{id: "{at}", blocks: [{", ".join(one)}]}}')


def _period(days: tuple[datetime, datetime] | None) -> "Fieldwork | None":
    from instruments.model import Fieldwork

    if days is None:
        return None
    first, last = (day.date() for day in days)
    if last < first:
        raise refusal("--fieldwork", say("{end} lies before {begin}.", end=last, begin=first),
                      say("Exchange the dates."))  # fmt: skip
    return Fieldwork(begins=first, ends=last)


def _report(one: "Inspection", language: Language, *, compared: bool) -> dict[str, Any]:
    from instruments.freeze import content_hash

    head = {name: getattr(one.definition, name, None) for name in ("kind", "id", "version")}
    head["hash"] = None if one.definition is None else content_hash(one.definition)
    found = {
        "problems": [problem.as_json(language) for problem in one.problems],
        "advice": [advice.as_json(language) for advice in one.advice],
    }
    changes = [difference.as_json(language) for difference in one.differences]
    return head | found | ({"differences": changes} if compared else {})


def _show(path: Path, one: "Inspection", language: Language, *, form: str) -> None:
    """Problems on standard error always; in text also a summary, the advice and the differences."""
    if one.definition is None:
        show_error(DefinitionError(one.problems), language)
    elif form == "text":
        click.echo(_summary(path, one.definition).text(language))
        _list(say("Changes since the other version:"), one.differences, language)
        _list(say("Advice; nothing of it has to be mended:"), one.advice, language)


def _list(
    heading: Message, found: "Sequence[Difference] | Sequence[Advice]", language: Language
) -> None:
    if found:
        click.echo(heading.text(language))
    for each in found:
        click.echo(f"  - {each.text(language)}")


def _summary(path: Path, definition: "Instrument | Plan | Bank") -> Message:
    if definition.kind == "plan":
        return say(
            "{file}: OK. Plan {id}, version {version}: {targets} targets, {phases} phases, "
            "{readings} readings.",
            file=path.name, id=definition.id, version=definition.version,
            targets=len(definition.targets), phases=len(definition.phases),
            readings=len(definition.readings),
        )  # fmt: skip
    if definition.kind == "bank":
        return say("{file}: OK. Item bank {id}, version {version}: {items} items.",
                   file=path.name, id=definition.id, version=definition.version,
                   items=len({item.id for item in definition.items}))  # fmt: skip
    items = [placed.item for placed in definition.placed()]
    return say(
        "{file}: OK. Instrument {id}, version {version}: {items} items, {keyed} with a key, "
        "{unreviewed} of them not reviewed.",
        file=path.name, id=definition.id, version=definition.version, items=len(items),
        keyed=sum(bool(item.key) for item in items),
        unreviewed=sum(bool(item.key) and item.reviewed is False for item in items),
    )  # fmt: skip


COMMANDS = {"check": check, "schema": schema, "booklets": booklets}
