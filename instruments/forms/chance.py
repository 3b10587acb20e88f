"""What chance decides for a respondent, in the terms of clients that draw on the device.

A form on paper or on our own pages gets its draw beforehand (`instruments.rotation`); XLSForm can
only draw when the record is opened, with the same probabilities.
"""

from collections.abc import Iterator

from instruments.expression.tree import Node, Operation
from instruments.model import Instrument, Item

_KEPT_IN_PLACE = ("missing", "exclusive", "fixed")


def drawn_codes(item: Item, instrument: Instrument) -> tuple[str, ...]:
    """Codes of which the item holds one by chance; none where it is answered or computed."""
    if item.draw:
        return tuple(level.code for level in item.draw)
    if item.type == "hidden" and item.id == instrument.booklet_item:
        return tuple(booklet.id for booklet in instrument.booklets)
    return ()


def draw_once(codes: tuple[str, ...]) -> str:
    """An expression for one of the codes, each as likely as any other, that is drawn only once."""
    quotation = '"' if any("'" in code for code in codes) else "'"
    listed = f"{quotation}{' '.join(codes)}{quotation}"
    return f"once(selected-at({listed}, int(random() * {len(codes)})))"


def shuffles_all_options(item: Item, instrument: Instrument) -> bool:
    """Whether every option may stand anywhere, which is the one order that XLSForm can draw."""
    options = instrument.options_of(item)
    held = any(getattr(option, name) for option in options for name in _KEPT_IN_PLACE)
    return item.rotate == "shuffle" and not held and not item.or_other


def terms(node: Node) -> Iterator[Node]:
    """The conditions that must all hold, so that those on drawn values can be told from the rest."""
    if isinstance(node, Operation) and node.rest[0][0] == "and":
        yield from terms(node.first)
        for _, operand in node.rest:
            yield from terms(operand)
    else:
        yield node
