"""The one formatter: every number and date that is printed passes through here, and only here.

Two rules beyond the language's own forms. A share keeps no digit finer than the leading digit of a
tenth of its standard error. And no number is printed on the other side of its target: 89.96%
against 90% would round to "90.0%" and contradict its verdict, so it is printed as "under 90.0%".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import floor, log10

from babel.dates import format_date
from babel.numbers import format_decimal

from instruments.language import Language, say

DECIMALS = 1
"""Decimals of a percentage, in tables and in running text alike: one number, one appearance."""
NO_BREAK = "\N{NO-BREAK SPACE}"
_TOGETHER = str.maketrans({" ": NO_BREAK, "-": "\N{NON-BREAKING HYPHEN}"})


@dataclass(frozen=True, slots=True)
class Formatter:
    """Numbers and dates as a reader of `language` expects them."""

    language: Language

    def percent(
        self, share: float | None, *, se: float | None = None, against: float | None = None
    ) -> str:
        """A share from 0 to 1 in percent, on its own side of the target `against`."""
        if share is None:
            return say("not defined").text(self.language)
        points, decimals = _points(share), _decimals(se)
        rounded = _rounded(points, decimals)
        limit = None if against is None else _points(against)
        if limit is not None and (rounded < limit) != (points < limit):
            return self._beside(limit, decimals, below=points < limit)
        if rounded != points and rounded in (0, 100):
            return self._beyond(rounded, decimals)
        return self._percent(rounded, decimals)

    def threshold(self, share: float) -> str:
        """A target's level in percent, with the decimals that it was set with."""
        points = _points(share)
        return self._percent(points, _own_decimals(points))

    def probability(self, value: float) -> str:
        """A probability in whole percent; never 0% or 100%, which no sample can give."""
        points = _rounded(_points(value), 0)
        if points < 1:
            return say("under {level}", level=self._percent(Decimal(1), 0)).text(self.language)
        if points > 99:
            return say("over {level}", level=self._percent(Decimal(99), 0)).text(self.language)
        return self._percent(points, 0)

    def interval(
        self,
        limits: tuple[float | None, float | None],
        *,
        se: float | None = None,
        against: float | None = None,
    ) -> str:
        """Both limits of an interval of shares, never parted by the end of a line."""
        low, high = (self.percent(limit, se=se, against=against) for limit in limits)
        text = say("{low} to {high}", low=low, high=high).text(self.language)
        return text.translate(_TOGETHER)

    def points(self, difference: float) -> str:
        """A difference of two shares, in percentage points and without its sign."""
        number = self.number(float(abs(_points(difference))), decimals=DECIMALS)
        return say("{number} percentage points", number=number).text(self.language)

    def signed_points(self, difference: float, *, decimals: int = DECIMALS) -> str:
        """A difference of two shares in points with its sign, as it stands in a table."""
        number = self.number(float(abs(_points(difference))), decimals=decimals)
        if _rounded(_points(difference), decimals) == 0:
            return number
        return ("+" if difference > 0 else "\N{MINUS SIGN}") + number

    def series(self, values: Sequence[float], *, decimals: int = 2) -> tuple[str, ...]:
        """Yearly figures, with enough decimals that neighbours which differ also look different."""
        exact = [_exact(value) for value in values]
        while decimals < 6 and any(
            before != after and _rounded(before, decimals) == _rounded(after, decimals)
            for before, after in pairwise(exact)
        ):
            decimals += 1
        return tuple(self._decimal(_rounded(value, decimals), decimals) for value in exact)

    def number(self, value: float, *, decimals: int) -> str:
        """A number with a fixed count of decimals."""
        return self._decimal(_rounded(_exact(value), decimals), decimals)

    def count(self, value: float) -> str:
        """A whole number, its thousands set apart."""
        return self.number(value, decimals=0)

    def day(self, day: date) -> str:
        """A date as it stands in a table or in brackets."""
        pattern = "dd/MM/yyyy" if self.language == "vi" else "d MMM yyyy"
        return format_date(day, pattern, locale=self.language)

    def day_in_text(self, day: date) -> str:
        """A date in a sentence: in Vietnamese as Decree 30/2020/NĐ-CP writes it.

        A zero leads days below 10 and the months 1 and 2, and no others.
        """
        if self.language == "en":
            return format_date(day, "d MMMM yyyy", locale="en")
        month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
        return f"ngày {day.day:02d} tháng {month} năm {day.year}"

    def _percent(self, points: Decimal, decimals: int) -> str:
        return self._decimal(points, decimals) + "%"

    def _decimal(self, value: Decimal, decimals: int) -> str:
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, format=pattern, locale=self.language)

    def _beside(self, limit: Decimal, decimals: int, *, below: bool) -> str:
        level = self._percent(limit, max(decimals, _own_decimals(limit)))
        text = say("under {level}", level=level) if below else say("at least {level}", level=level)
        return text.text(self.language)

    def _beyond(self, edge: Decimal, decimals: int) -> str:
        step = Decimal(1).scaleb(-decimals)
        if edge == 0:
            return say("under {level}", level=self._percent(step, decimals)).text(self.language)
        return say("over {level}", level=self._percent(edge - step, decimals)).text(self.language)


def _exact(value: float) -> Decimal:
    """The value to twelve significant digits: sums of many weights are not bit-repeatable."""
    return Decimal(f"{value:.12g}")


def _points(share: float) -> Decimal:
    return _exact(share) * 100


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _decimals(se: float | None) -> int:
    """Decimals of a percentage that a tenth of its standard error supports, at most `DECIMALS`."""
    if not se:
        return DECIMALS
    return min(DECIMALS, max(0, -floor(log10(se * 100 / 10))))


def _own_decimals(points: Decimal) -> int:
    exponent = points.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
