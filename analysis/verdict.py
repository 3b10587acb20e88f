"""The verdict on a target: one pure rule for each kind of evidence, and the only source of words.

The rule is that of the plan's notes: met when the lower limit of the printed two-sided interval
reaches the threshold, not met when the upper limit stays below it, inconclusive otherwise. Before
the deadline the same limits say at target or below target; nothing is "not met" before it is due.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import inf, isinf, log, nextafter

from scipy import special

from analysis.precision import DIGITS, settled
from analysis.rates import changes_between
from analysis.result import Count, Estimate, Rate, RateChange, Verdict, Word
from instruments.plan import RateRule


def judge(estimate: Estimate, *, threshold: float, due: bool) -> Verdict:
    """Judge an estimate by the interval that is printed beside it."""
    point, (low, high) = estimate.estimate, estimate.ci
    if point is None:
        return no_data()
    by_point = _word(settled(point) >= settled(threshold), due=due)
    if low is None or high is None:
        return Verdict(word="inconclusive", by_point=by_point)
    met = settled(low) >= settled(threshold)
    decided = met or settled(high) < settled(threshold)
    return Verdict(
        word=_word(met, due=due) if decided else "inconclusive",
        by_point=by_point,
        probability=probability_of(estimate, threshold=threshold),
    )


def judge_together(verdicts: Iterable[Verdict]) -> Verdict:
    """Judge a target whose parts must all pass: met if each is, not met if any one is not.

    The probability is left open: that of several parts at once is not the least of theirs.
    """
    given = tuple(verdicts)
    return Verdict(
        word=_weakest([verdict.word for verdict in given]),
        by_point=_weakest([verdict.by_point for verdict in given]),
    )


def judge_count(count: Count, *, threshold: float, due: bool) -> Verdict:
    """Judge an administrative share by exact comparison of whole numbers.

    Units that have not reported count once as having nobody and once as having everybody who is
    asked for; the verdict stands only where both ends agree.
    """
    asked = Fraction(f"{threshold:.{DIGITS}g}")
    low, high = bounds_of(count)
    by_point = _word(Fraction(count.numerator, count.denominator) >= asked, due=due)
    if (low >= asked) is not (high >= asked):
        return Verdict(word="inconclusive", by_point=by_point)
    return Verdict(word=_word(low >= asked, due=due), by_point=by_point)


def judge_rates(
    rates: Iterable[Rate],
    *,
    rule: RateRule,
    due: bool,
    until: int | None = None,
    zero_held_is_met: bool = True,
) -> Verdict:
    """Judge whether a yearly rate falls as `rule` asks; no interval, the counts are complete.

    A year without a rate, between two others or up to `until`, leaves a strict rule inconclusive
    unless a rise is seen.
    """
    series = sorted(rates, key=lambda rate: rate.year)
    if len(series) < 2:
        return no_data()
    ended = until is None or series[-1].year >= until
    if rule in ("trend", "endpoints"):
        fell = _slope(series) < 0 if rule == "trend" else series[-1].exact < series[0].exact
        by_point = _word(fell or (zero_held_is_met and not any(r.exact for r in series)), due=due)
        return Verdict(word=by_point if ended else "inconclusive", by_point=by_point)
    changes = changes_between(series)
    held = all(_falls(change, zero_held_is_met=zero_held_is_met) for change in changes)
    by_point = _word(held, due=due)
    whole = ended and len(series) > series[-1].year - series[0].year
    clear = rule == "strict_each_year" or all(map(_is_clear, changes))
    return Verdict(
        word="inconclusive" if held and not (whole and clear) else by_point, by_point=by_point
    )


def no_data() -> Verdict:
    """The verdict where nothing was measured."""
    return Verdict(word="no_data", by_point="no_data")


def probability_of(estimate: Estimate, *, threshold: float) -> float | None:
    """Probability that the share reaches `threshold`, from the t distribution of its interval.

    The interval is that of the logit, so (logit p - logit T) / se(logit) is referred to t with
    the interval's df; se(logit) is read off the limit on the threshold's side. At 0% and 100% the
    interval is an exact binomial one and its own tail is used. The probability agrees with the
    limits to the last digit: it is (1 + confidence) / 2 or more if and only if low >= threshold.
    It is given the survey and no prior, and covers sampling error only.
    """
    point, (low, high) = estimate.estimate, estimate.ci
    if point is None or low is None or high is None:
        return None
    asked, quantile = settled(threshold), (1 + estimate.confidence) / 2
    df = inf if estimate.df is None else estimate.df
    raw = _upper_tail(asked, point=point, limits=(low, high), df=df, quantile=quantile)
    if settled(low) >= asked:
        return max(raw, quantile)
    if settled(high) < asked:
        return min(raw, nextafter(1 - quantile, 0))
    return min(max(raw, 1 - quantile), nextafter(quantile, 0))


def bounds_of(count: Count) -> tuple[Fraction, Fraction]:
    """Least and greatest share that units which have not reported leave possible."""
    if count.outstanding is None:
        return Fraction(0), Fraction(1)
    whole = count.denominator + count.outstanding
    return (
        Fraction(count.numerator, whole),
        Fraction(count.numerator + count.outstanding, whole),
    )


def _upper_tail(
    threshold: float, *, point: float, limits: tuple[float, float], df: float, quantile: float
) -> float:
    low, high = limits
    if threshold <= 0 or threshold >= 1:
        return float(threshold <= 0)
    if point >= 1:
        return float(1 - threshold ** _binomial_size(low, quantile))
    if point <= 0:
        return float((1 - threshold) ** _binomial_size(1 - high, quantile))
    distance = float(special.logit(point) - special.logit(threshold))
    reach = abs(
        float(special.logit(_limit_towards(threshold, point, limits)) - special.logit(point))
    )
    if reach == 0:
        return float(distance >= 0)
    if isinf(df):
        return float(special.ndtr(distance / reach * special.ndtri(quantile)))
    return float(special.stdtr(df, distance / reach * float(special.stdtrit(df, quantile))))


def _limit_towards(threshold: float, point: float, limits: tuple[float, float]) -> float:
    near, far = limits if threshold < point else reversed(limits)
    return near if 0 < near < 1 else far


def _binomial_size(limit: float, quantile: float) -> float:
    return log(1 - quantile) / log(limit)


def _word(met: bool, *, due: bool) -> Word:  # noqa: FBT001 - private; the question is its name
    if due:
        return "met" if met else "not_met"
    return "at_target" if met else "below_target"


def _weakest(words: list[Word]) -> Word:
    order: tuple[Word, ...] = (
        "not_met", "below_target", "no_data", "inconclusive", "at_target", "met",
    )  # fmt: skip
    return min(words, key=order.index, default="no_data")


def _falls(change: RateChange, *, zero_held_is_met: bool) -> bool:
    return change.fell or (zero_held_is_met and change.stays_at_zero)


def _is_clear(change: RateChange) -> bool:
    return change.stays_at_zero or (change.ci[1] is not None and change.ci[1] < 1)


def _slope(series: list[Rate]) -> Fraction:
    years = [Fraction(rate.year) for rate in series]
    middle = sum(years, Fraction(0)) / len(years)
    return sum(
        ((year - middle) * rate.exact for year, rate in zip(years, series, strict=True)),
        Fraction(0),
    )
