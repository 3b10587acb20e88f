"""What the errors of cut and link add to a share that counts persons or draws."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from analysis.awareness.cut import Cut
from analysis.awareness.result import AwarenessRow
from analysis.errors import AnalysisError
from analysis.irt.items import ItemParameters
from instruments.errors import Problem
from instruments.language import say

Shares = Callable[..., list[AwarenessRow]]
_HALVINGS = 8


def with_cut_lines(
    shares: Shares, cut: Cut, link_error: float | None, items: Sequence[ItemParameters] = ()
) -> list[AwarenessRow]:
    """The rows, with a line of the budget for each error that is known.

    `shares` takes ``shift``, by how much the cut on the trait moves. Counts are steps of the cut, so
    that their slope is taken over a standard error to both sides, or over as much as the items reach.

    Raises:
        AnalysisError: The error of the cut is beyond what the items can reach.
    """
    rows = shares()
    if cut.se and rows and rows[0].statistic == "share":
        step = reachable_step(cut, items)
        middle = cut.theta(items)
        ends = [cut.theta(items, shift=sign * step) - middle for sign in (1, -1)]
        rows = _with_line(rows, "cut", [shares(shift=end) for end in ends], times=cut.se / step)
    if link_error:
        ends = [link_error, -link_error]
        rows = _with_line(rows, "linking", [shares(shift=end) for end in ends], times=1.0)
    return rows


def reachable_step(cut: Cut, items: Sequence[ItemParameters]) -> float:
    """The standard error of the cut, or so much of it that both ends have a value of the trait."""
    cut.theta(items)
    for halved in range(_HALVINGS):
        step = cut.se * 0.5**halved
        try:
            for sign in (1, -1):
                cut.theta(items, shift=sign * step)
        except AnalysisError:
            continue
        return step
    raise AnalysisError(_too_wide(cut))


def _with_line(
    rows: list[AwarenessRow], line: str, ends: Sequence[list[AwarenessRow]], *, times: float
) -> list[AwarenessRow]:
    """Half the distance between the shares at both ends, squared."""
    return [
        replace(row, budget=replace(row.budget, **{line: (times * (up.estimate - down.estimate) / 2) ** 2}))
        for row, up, down in zip(rows, *ends, strict=True)
    ]  # fmt: skip


def _too_wide(cut: Cut) -> Problem:
    return Problem(
        where="cut_se",
        what=say("a standard error of {se} is wider than the items reach around the cut {cut}.",
                 se=f"{cut.se:g}", cut=f"{cut.value:g}"),
        hint=say("Give it in the units of the cut."),
    )  # fmt: skip
