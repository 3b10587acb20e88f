"""Matrix sampling: which blocks are for whom, as conditions that every client understands.

A block that booklets name is shown to those whose booklet has it. The condition is written into
`show_if` when a definition is loaded, so that no form, check or simulation needs to know booklets.
"""

from collections.abc import Iterable

from instruments.expression.names import names_in
from instruments.model import Block, Instrument, Item


def with_conditions(instrument: Instrument) -> Instrument:
    """The instrument whose booklet blocks are shown by booklet; applied twice it changes nothing."""
    known = {placed.item.id for placed in instrument.placed()}
    if instrument.booklet_item is None or instrument.booklet_item not in known:
        return instrument
    conditions = {
        name: " or ".join(f"${{{instrument.booklet_item}}} = {quoted(code)}" for code in codes)
        for name, codes in booklets_by_block(instrument).items()
        if all(is_quotable(code) for code in codes)
    }
    items = tuple(_shown(part, conditions, instrument.booklet_item) for part in instrument.items)
    return instrument.model_copy(update={"items": items})


def booklets_by_block(instrument: Instrument) -> dict[str, list[str]]:
    """For each block that booklets name, the booklets that have it."""
    found: dict[str, list[str]] = {}
    for booklet in instrument.booklets:
        for name in dict.fromkeys(booklet.blocks):
            found.setdefault(name, []).append(booklet.id)
    return found


def siblings(instrument: Instrument) -> tuple[str, ...]:
    """Ids of the blocks around the booklets' blocks, outermost first; empty at the top."""
    wanted = {name for booklet in instrument.booklets for name in booklet.blocks}
    return _around(instrument.items, wanted) or ()


def is_quotable(code: str) -> bool:
    """Whether an expression can name the code: it has one kind of quotation mark at most."""
    return not ("'" in code and '"' in code)


def quoted(code: str) -> str:
    """A code as a text of the expression language, which has no way to escape a quotation mark."""
    return f'"{code}"' if "'" in code else f"'{code}'"


def _around(parts: Iterable[Block | Item], wanted: set[str]) -> tuple[str, ...] | None:
    """The way to the first level that holds a wanted block; None where there is none."""
    blocks = [part for part in parts if isinstance(part, Block)]
    if any(block.id in wanted for block in blocks):
        return ()
    for block in blocks:
        inner = _around(block.items, wanted)
        if inner is not None:
            return (block.id, *inner)
    return None


def _shown(part: Block | Item, conditions: dict[str, str], item: str) -> Block | Item:
    if not isinstance(part, Block):
        return part
    if part.id in conditions:
        return part.model_copy(update={"show_if": _joined(part.show_if, conditions[part.id], item)})
    return part.model_copy(
        update={"items": tuple(_shown(inner, conditions, item) for inner in part.items)}
    )


def _joined(own: str | None, condition: str, item: str) -> str:
    """Both conditions; the block's own alone where it reads the booklet already."""
    if own is None:
        return condition
    return own if item in names_in(own) else f"({own}) and ({condition})"
