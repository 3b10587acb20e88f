"""What an interviewer's interviews have in common: one number per interview for each habit."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from survey.form import Field
from survey.quality.flags import grids
from survey.quality.interviews import Floats, Interviews


def habits(interviews: Interviews) -> Iterator[tuple[str, Floats]]:
    """Indicators by name: minutes, answered, dont_know, refused, one_line, by_five.

    Each is one number per interview, NaN where the interview cannot show it.
    """
    seconds = interviews.seconds
    yield "log_minutes", np.log((seconds.where(seconds > 0) / 60).to_numpy(dtype=float))
    choices = [field for field in interviews.questions() if field.item.type == "single"]
    if choices:
        answers = interviews.frame[[field.path for field in choices]]
        yield "answered", answers.notna().mean(axis=1).to_numpy(dtype=float)
        yield "dont_know", _share(interviews, choices, "dont_know")
        yield "refused", _share(interviews, choices, "refused")
    yield from _lines(interviews)
    yield from _rounded(interviews)


def _share(interviews: Interviews, fields: list[Field], missing: str) -> Floats:
    """Share of such answers among those to questions that offer them."""
    offered = [one for one in fields if any(o.missing == missing for o in one.options.values())]
    if not offered:
        return np.full(len(interviews), np.nan)
    table = interviews.frame[[one.path for one in offered]]
    said = pd.DataFrame({
        one.path: table[one.path].isin(
            [code for code, option in one.options.items() if option.missing == missing]
        )
        for one in offered
    })  # fmt: skip
    asked = table.notna().sum(axis=1).to_numpy(dtype=float)
    count = said.sum(axis=1).to_numpy(dtype=float)
    return np.where(asked > 0, count / np.maximum(asked, 1), np.nan)


def _lines(interviews: Interviews) -> Iterator[tuple[str, Floats]]:
    """Whether an interview answers any grid alike throughout."""
    whole = [interviews.frame[list(grid.items)] for grid in grids(interviews.form)
             if set(grid.items) <= set(interviews.frame)]  # fmt: skip
    if whole:
        alike = [table.notna().all(axis=1) & table.eq(table.iloc[:, 0], axis=0).all(axis=1)
                 for table in whole]  # fmt: skip
        yield "one_line", np.any(alike, axis=0).astype(float)


def _rounded(interviews: Interviews) -> Iterator[tuple[str, Floats]]:
    """Share of the whole numbers that are multiples of five."""
    paths = [field.path for field in interviews.questions() if field.item.type == "integer"]
    if not paths:
        return
    numbers = np.stack([interviews.numbers(path) for path in paths], axis=1)
    known = np.isfinite(numbers).sum(axis=1)
    fives = (numbers % 5 == 0).sum(axis=1)
    yield "by_five", np.where(known > 0, fives / np.maximum(known, 1), np.nan)
