"""Command of this package: `check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instruments.errors import DefinitionError, Problem
from instruments.language import Language, Message, say
from instruments.terminal import format_option, language_of, language_option, show_error, show_json

if TYPE_CHECKING:
    from instruments.bank import Bank
    from instruments.model import Instrument
    from instruments.plan import Plan


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@format_option
@language_option
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], form: str, language: str | None) -> None:  # noqa: ARG001 - read through the context
    """Check instruments and plans (YAML, JSON or XLSForm); list every problem."""
    shown = language_of(ctx)
    reports = [_checked(path, form=form, language=shown) for path in files]
    if form == "json":
        show_json(reports[0] if len(reports) == 1 else reports)
    ctx.exit(1 if any(report["problems"] for report in reports) else 0)


def _checked(path: Path, *, form: str, language: Language) -> dict[str, Any]:
    from instruments.load import load_definition

    try:
        definition = load_definition(path)
    except DefinitionError as error:
        show_error(error, language)
        return _report(None, error.problems, language)
    if form == "text":
        click.echo(_summary(path, definition).text(language))
    return _report(definition, (), language)


def _report(
    definition: "Instrument | Plan | Bank | None", problems: tuple[Problem, ...], language: Language
) -> dict[str, Any]:
    head = {name: getattr(definition, name, None) for name in ("kind", "id", "version")}
    return head | {"problems": [problem.as_json(language) for problem in problems]}


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


COMMANDS = {"check": check}
