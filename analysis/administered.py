"""Which items the design gave to a person, whatever the person answered.

Under matrix sampling an item of another booklet was never asked; to count it as unanswered would
deny a score to people who answered all that they were given.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.expression.tree import Expression, references
from instruments.forms.chance import drawn_codes, terms
from instruments.model import Block, Instrument, Item, Placed

_UNREAD = datetime(1970, 1, 1)
"""The moment at which conditions are worked out; those on drawn values read no clock."""


def administered(instrument: Instrument, placed: Placed, frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether booklet and drawn values gave the item to each person of the frame.

    Only conditions that read nothing else are considered; where a drawn value is not recorded, the
    item counts as given.
    """
    given = np.ones(len(frame), dtype=bool)
    columns = {one.item.id: one.path for one in instrument.placed()
               if drawn_codes(one.item, instrument) and one.path in frame}  # fmt: skip
    for condition in _by_design(placed, columns):
        given &= _holds(condition, {name: frame[columns[name]] for name in references(condition)})
    return given


def _by_design(placed: Placed, columns: Mapping[str, str]) -> Iterator[Expression]:
    """The conditions of the item and the blocks around it that read drawn values alone."""
    parts: tuple[Block | Item, ...] = (*placed.blocks, placed.item)
    for part in parts:
        for term in () if part.show_if is None else terms(parse(part.show_if).root):
            condition = Expression(text="", root=term)
            if (names := references(condition)) and names <= columns.keys():
                yield condition


def _holds(condition: Expression, values: Mapping[str, "pd.Series[str]"]) -> NDArray[np.bool_]:
    """The condition on each distinct combination of values, carried to all who have it."""
    drawn = pd.DataFrame(dict(values))
    known = (drawn.notna() & (drawn != "")).all(axis=1).to_numpy()
    held = np.ones(len(drawn), dtype=bool)
    test = compile_test(condition)
    for _, group in drawn[known].groupby(list(values)):
        answers = {name: str(group[name].iloc[0]) for name in values}
        if not test(Context(now=_UNREAD, answers=answers)):
            held[drawn.index.get_indexer(group.index)] = False
    return held
