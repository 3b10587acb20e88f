"""The script of a page: the rules of the instrument as code made from their trees.

It holds conditions, checks, calculations and filters; keys and scores are no part of it.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files

from instruments.errors import DefinitionError
from instruments.expression.javascript import quoted, runtime, to_javascript, to_javascript_test
from instruments.expression.parse import parse
from instruments.forms.chance import draw_once, drawn_codes
from instruments.forms.html.items import SILENT, all_rules
from instruments.forms.rules import rules_of
from instruments.forms.xform.tree import OTHER
from instruments.model import Block, Instrument, Item, Placed

_NOTED = {"today": "once(today())", "start": "once(now())"}
"""What a device notes when a form is opened."""


def script(instrument: Instrument) -> str:
    """Everything that runs in the page."""
    unseen = {placed.item.id: placed for placed in instrument.placed()
              if placed.item.type in SILENT}  # fmt: skip
    rules = ",\n".join(f"{quoted(part.id)}: {{{', '.join(_rules(part, instrument, unseen))}}}"
                       for part in _parts(instrument.items))  # fmt: skip
    form = f"const form = {{id: {quoted(instrument.id)}, version: {quoted(instrument.version)}}};"
    player = (files("instruments.forms.html") / "player.js").read_text(encoding="utf-8")
    return f"{runtime()}\n{form}\nconst rules = {{\n{rules}\n}};\n{player}"


def _parts(parts: tuple[Block | Item, ...]) -> Iterator[Block | Item]:
    for part in parts:
        yield part
        if isinstance(part, Block):
            yield from _parts(part.items)
        elif part.or_other:
            yield Item(id=f"{part.id}_{OTHER}", type="text",
                       show_if=f"selected(${{{part.id}}}, '{OTHER}')")  # fmt: skip


def _rules(
    part: Block | Item, instrument: Instrument, unseen: Mapping[str, Placed]
) -> Iterator[str]:
    """The fields of one part's entry."""
    if part.show_if is not None:
        yield f"show: (x) => {_test(part.show_if)}"
    if isinstance(part, Block):
        return
    if part.id in unseen:
        yield f"path: {quoted(unseen[part.id].path)}, type: {quoted(part.type)}"
        rosters = [block.id for block in unseen[part.id].blocks if block.repeat]
        yield from (f"within: {quoted(name)}" for name in rosters[-1:])
    codes = drawn_codes(part, instrument)
    calculation = draw_once(codes) if codes else part.calculation or _NOTED.get(part.type)
    if calculation is not None:
        code = to_javascript(parse(calculation))
        yield f"compute: (x) => {f'x.once(() => {code})' if part.once else code}"
    default = part.settings.get("default")
    if default is not None:
        yield f"begin: (x) => {_default(default)}"
    rules = all_rules(part, instrument)
    if rules:
        yield f"hard: {len(rules_of(part, instrument))}"
        yield f"checks: [{', '.join(f'(x) => {_test(rule.rule)}' for rule in rules)}]"
    if part.choice_filter is not None:
        yield f"filter: (x) => {_test(part.choice_filter)}"
        yield f"columns: [{', '.join(_columns(part, instrument))}]"


def _columns(item: Item, instrument: Instrument) -> Iterator[str]:
    for option in instrument.options_of(item):
        columns = {"name": option.code, **option.filters}
        inner = ", ".join(f"{quoted(name)}: {quoted(value)}" for name, value in columns.items())
        yield f"{{{inner}}}"


def _test(text: str) -> str:
    return to_javascript_test(parse(text))


def _default(text: str) -> str:
    """An expression, or where it is none, the text itself."""
    try:
        return to_javascript(parse(text)) if "(" in text or "${" in text else quoted(text)
    except DefinitionError:
        return quoted(text)
