"""This wave beside earlier ones: what may be joined, what changed, and how sure that is.

An earlier wave is read from the ``result.json`` of its report, so that what was published is what
is compared. Waves that asked otherwise (mode), by another instrument without linking, or judged by
another cut are not joined: the difference would mix the change with the break.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf, sqrt

from analysis.earlier import Earlier, read_earlier
from analysis.intervals import t_quantile
from analysis.measured import Measured
from analysis.result import (
    Areas,
    Estimate,
    TargetResult,
    Trend,
    WaveChange,
    WavePoint,
)
from analysis.simultaneous import at_confidence
from instruments.freeze import content_hash
from instruments.language import Message, Text, say
from instruments.plan import Plan
from survey.settings import EarlierWave


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """What must be alike in two waves, and what each says of targets and areas."""

    label: Text
    day: date
    mode: str
    instruments: frozenset[str]
    cuts: Mapping[str, Mapping[str, float]]
    linking_se: float | None = None


def cuts_of(plan: Plan) -> dict[str, dict[str, float]]:
    """By indicator and dimension, the score that is asked for."""
    return {one.id: {cut.dimension: cut.at_least for cut in one.cuts} for one in plan.indicators}


def trends(
    made: Measured, targets: Sequence[TargetResult], areas: Sequence[Areas]
) -> tuple[Trend, ...]:
    """Every target and area that this wave measured, over all waves that the settings name.

    Raises:
        AnalysisError: The file of an earlier wave is missing or holds no result.
    """
    named = made.study.settings.earlier
    if not named:
        return ()
    read = read_earlier(made.study.folder, [one.result for one in named])
    pairs = sorted(
        ((found, _wave(one, found)) for one, found in zip(named, read, strict=True)),
        key=lambda pair: pair[1].day,
    )
    now = _this_wave(made)
    wanted = [*_of_targets(targets), *_of_areas(areas)]
    return tuple(_trend(pairs, now, target, by, own) for target, by, own in wanted)


def change(
    before: Estimate, now: Estimate, *, linking_se: float | None = None
) -> tuple[float, float, tuple[float, float]] | None:
    """The difference of two independent estimates, its standard error and its 95% interval.

    se² = se₁² + se₂² + linking²; degrees of freedom by Welch & Satterthwaite, the linking error
    taken as known. None where an estimate or its error is not known.
    """
    if before.estimate is None or now.estimate is None or before.se is None or now.se is None:
        return None
    variances = (before.se**2, now.se**2, (linking_se or 0.0) ** 2)
    whole = sum(variances)
    if whole <= 0:
        return None
    shares = ((variances[0], before.df or inf), (variances[1], now.df or inf))
    spread = sum(variance**2 / df for variance, df in shares)
    df = whole**2 / spread if spread > 0 else inf
    difference = now.estimate - before.estimate
    reach = float(t_quantile(0.975, df)) * sqrt(whole)
    limits = (max(-1.0, difference - reach), min(1.0, difference + reach))
    return difference, sqrt(whole), limits


def _wave(named: EarlierWave, found: Earlier) -> Wave:
    return Wave(
        label=named.label, day=found.day, mode=named.mode or found.mode, cuts=found.cuts,
        instruments=found.instruments, linking_se=named.linking_se,
    )  # fmt: skip


def _this_wave(made: Measured) -> Wave:
    first, last = made.responses.fieldwork or (made.today, made.today)
    return Wave(
        label={"vi": f"{last:%m/%Y}", "en": f"{last:%m/%Y}"}, day=first + (last - first) / 2,
        mode=made.study.settings.wave.mode or "", cuts=cuts_of(made.study.plan),
        instruments=frozenset(content_hash(one) for one in made.instruments),
    )  # fmt: skip


def _of_targets(
    targets: Sequence[TargetResult],
) -> Iterator[tuple[str, Mapping[str, str], Estimate]]:
    for one in targets:
        if one.estimate is not None:
            yield one.target, {}, one.estimate


def _of_areas(areas: Sequence[Areas]) -> Iterator[tuple[str, Mapping[str, str], Estimate]]:
    """Areas with their own intervals: each is followed by itself."""
    for found in areas:
        for row in found.rows:
            yield found.target, row.estimate.by, at_confidence(row.estimate, found.confidence)


def _trend(
    pairs: Sequence[tuple[Earlier, Wave]], now: Wave, target: str, by: Mapping[str, str],
    own: Estimate,
) -> Trend:  # fmt: skip
    points: list[WavePoint] = []
    changes: list[WaveChange] = []
    last: Wave | None = None
    for found, wave in pairs:
        estimate = found.estimate(target, by)
        if estimate is None:
            continue
        breaks = () if last is None else tuple(_breaks(last, wave, estimate.of))
        points.append(WavePoint(label=wave.label, day=wave.day, estimate=estimate, breaks=breaks))
        changes.append(_change(wave, now, estimate, own))
        last = wave
    breaks = () if last is None else tuple(_breaks(last, now, own.of))
    points.append(WavePoint(label=now.label, day=now.day, estimate=own, breaks=breaks))
    return Trend(target=target, by=dict(by), points=tuple(points), changes=tuple(changes))


def _change(wave: Wave, now: Wave, before: Estimate, own: Estimate) -> WaveChange:
    breaks = tuple(_breaks(wave, now, own.of))
    nothing = WaveChange(label=wave.label, day=wave.day, difference=None, se=None,
                         ci=(None, None), breaks=breaks)  # fmt: skip
    found = None if breaks else change(before, own, linking_se=wave.linking_se)
    if found is None:
        return nothing
    difference, se, limits = found
    return replace(nothing, difference=difference, se=se, ci=limits, linking_se=wave.linking_se)


def _breaks(before: Wave, after: Wave, indicator: str) -> Iterator[Message]:
    """Why two waves are not to be joined; what is not known of both counts as a break."""
    if not before.mode or not after.mode:
        yield say("how people were asked is not known of both waves")
    elif before.mode != after.mode:
        yield say("people were asked otherwise: {before}, then {after}",
                  before=before.mode, after=after.mode)  # fmt: skip
    if not before.instruments & after.instruments and before.linking_se is None:
        yield say("another instrument, not linked to the one before")
    if before.cuts.get(indicator) != after.cuts.get(indicator):
        yield say("another cut score")
