"""The codes that stand in the place of withheld numbers, and the one legend that explains them."""

from dataclasses import replace

from analysis.disclosure.screen import Code, code_of
from analysis.disclosure.suppression import MINIMUM
from analysis.result import Estimate
from instruments.language import Message, say
from reports.document import Block, Table
from reports.edition import Edition

_MEANINGS: dict[Code, Message] = {
    "c": say("confidential: fewer than {minimum} respondents have it or have not, or would be "
             "found by subtraction", minimum=MINIMUM),
    "u": say("too unreliable to publish"),
    "x": say("not available: nobody was asked"),
}  # fmt: skip


def why_withheld(edition: Edition, estimate: Estimate) -> str:
    """Why an estimate is withheld, in words; empty where it is not."""
    code = code_of(estimate)
    return "" if code is None else edition.tell(_MEANINGS[code])


def explained(edition: Edition, block: Block) -> Block:
    """A table with the legend of the codes that stand in it; any other block as it is."""
    if not isinstance(block, Table):
        return block
    texts = [cell.text for row in block.rows for cell in row]
    found = [code for code in _MEANINGS if any(f"[{code}]" in text for text in texts)]
    if not found:
        return block
    line = "; ".join(f"[{code}] {edition.tell(_MEANINGS[code])}" for code in found)
    return replace(block, notes=(*block.notes, f"{line}."))
