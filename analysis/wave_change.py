"""The difference of two waves' shares and how sure it is."""

from collections.abc import Iterator
from math import inf, sqrt
from typing import NamedTuple

from analysis.intervals import t_quantile
from analysis.result import Estimate
from survey.bridge import ModeEffect


class Change(NamedTuple):
    """A difference of shares, its standard error and its 95% interval."""

    difference: float
    se: float
    ci: tuple[float, float]


def change(
    before: Estimate, now: Estimate, *, linking: float = 0.0, effect: ModeEffect | None = None
) -> Change | None:
    """The difference of two shares of independent samples judged by one standard.

    var = var₁ + var₂ + linking (OECD 2014, annex A5), `linking` being a variance of the share. The
    `effect` of another mode, by a sample of its own, is taken off and its variance added. What
    a panel's cut adds is common to both waves, so that only (s₁ - s₂)² of it is left. Degrees of
    freedom by Welch & Satterthwaite, linking and cut taken as known. None where an estimate or its
    error is not known.
    """
    if before.estimate is None or now.estimate is None or before.se is None or now.se is None:
        return None
    panels = [_of_panel(one) for one in (before, now)]
    own = (before.se**2 - panels[0], now.se**2 - panels[1])
    whole = sum(own) + (sqrt(panels[0]) - sqrt(panels[1])) ** 2 + linking
    whole += 0.0 if effect is None else effect.se**2
    if whole <= 0:
        return None
    spread = sum(part**2 / df for part, df in zip(own, _dfs(before, now), strict=True))
    df = whole**2 / spread if spread > 0 else inf
    difference = now.estimate - before.estimate - (0.0 if effect is None else effect.difference)
    reach = float(t_quantile(0.975, df)) * sqrt(whole)
    limits = (max(-1.0, difference - reach), min(1.0, difference + reach))
    return Change(difference=difference, se=sqrt(whole), ci=limits)


def _of_panel(one: Estimate) -> float:
    return 0.0 if one.budget is None else one.budget.cut or 0.0


def _dfs(*estimates: Estimate) -> Iterator[float]:
    return (one.df or inf for one in estimates)
