"""This wave beside earlier ones: what may be joined, what changed, and how sure that is.

An earlier wave is read from the ``result.json`` of its report, so that what was published is what
is compared. Waves that asked otherwise (mode) without a bridge sample that tells what this does, that measure by another method (the trait, or counted
scores), that cannot be linked, or were judged by another cut are not joined: the difference would mix
the change with the break. Shares of the trait are linked through the items that both waves ask
(`analysis.wave_link`), counted scores are compared where the instrument is the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from analysis.areas import JudgedSet
from analysis.earlier import Earlier, read_earlier
from analysis.errors import refuse
from analysis.measured import Measured
from analysis.modes import APART, alike, mix, moved, named
from analysis.result import Estimate, TargetResult, Trend, WaveChange, WavePoint
from analysis.trait_result import LatentReport, TraitReport
from analysis.wave_change import change
from analysis.wave_link import LinkedCuts, linked_cuts, published_scales, unlinked
from analysis.wave_series import Series, ThisWave, series_of
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.freeze import content_hash
from instruments.language import Message, Text, say
from instruments.plan import Plan
from survey.bridge import ModeBridge, ModeEffect
from survey.settings import EarlierWave


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """What must be alike in two waves; `scales` are those of the traits, `excluded` no anchors.

    `effect` is what the other mode does to the share that is compared, where a bridge tells it.
    """

    label: Text
    day: date
    mode: str
    instruments: frozenset[str]
    cuts: Mapping[str, Mapping[str, float]]
    scales: Mapping[str, TraitReport] = field(default_factory=dict)
    linking_se: float | None = None
    excluded: Mapping[str, str] = field(default_factory=dict)
    modes: Mapping[str, float] = field(default_factory=dict)
    bridge: ModeBridge | None = None
    effect: ModeEffect | None = None


def cuts_of(plan: Plan) -> dict[str, dict[str, float]]:
    """By indicator and dimension, the score that is asked for."""
    return {one.id: {cut.dimension: cut.at_least for cut in one.cuts} for one in plan.indicators}


def trends(
    made: Measured, targets: Sequence[TargetResult], areas: Sequence[JudgedSet],
    latent: LatentReport | None,
) -> tuple[Trend, ...]:  # fmt: skip
    """Every target and area that this wave measured, over all waves that the settings name.

    Raises:
        AnalysisError: The file of an earlier wave is missing or holds no result, or a bridge is of
            a target that the plan does not have.
    """
    named = made.study.settings.earlier
    if not named:
        return ()
    refuse(list(_unknown_effects(made)))
    read = read_earlier(made.study.folder, [one.result for one in named])
    pairs = sorted(
        ((found, _wave(one, found)) for one, found in zip(named, read, strict=True)),
        key=lambda pair: pair[1].day,
    )
    this = _This(now=_this_wave(made, latent), waves=ThisWave(
        made=made, areas={one.areas.variable: one.people for one in areas}))  # fmt: skip
    return tuple(_trend(pairs, this, series)
                 for series in series_of(targets, [one.areas for one in areas]))  # fmt: skip


def method_of(estimate: Estimate) -> Literal["latent", "observed"]:
    """Whether a share is of the trait or counts scores: only the first has a budget of errors."""
    return "observed" if estimate.budget is None else "latent"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _This:
    """This wave; `_links` are the links to earlier waves, each found once."""

    now: Wave
    waves: ThisWave
    _links: dict[tuple[date, tuple[str, ...]], LinkedCuts | Message] = field(default_factory=dict)

    def link(self, wave: Wave, dimensions: tuple[str, ...]) -> LinkedCuts | Message:
        """The cuts of an earlier wave on this one's scales, or why there are none."""
        key, latent = (wave.day, dimensions), self.waves.made.people.latent
        if latent is None:
            return say("this wave has no scale to be linked to")
        if key not in self._links:
            self._links[key] = linked_cuts(wave.scales, latent, self.now.scales, dimensions,
                                           excluded=wave.excluded)  # fmt: skip
        return self._links[key]


def _wave(named: EarlierWave, found: Earlier) -> Wave:
    return Wave(
        label=named.label, day=found.day, mode=named.mode or found.mode, cuts=found.cuts,
        instruments=found.instruments, linking_se=named.linking_se,
        scales=published_scales(found.document), excluded=named.no_anchors,
        modes=found.modes, bridge=named.bridge,
    )  # fmt: skip


def _this_wave(made: Measured, latent: LatentReport | None) -> Wave:
    first, last = made.responses.fieldwork or (made.today, made.today)
    return Wave(
        label={"vi": f"{last:%m/%Y}", "en": f"{last:%m/%Y}"}, day=first + (last - first) / 2,
        mode=made.study.settings.wave.mode or "", cuts=cuts_of(made.study.plan),
        instruments=frozenset(content_hash(one) for one in made.instruments),
        scales={} if latent is None else {one.dimension: one for one in latent.traits},
        modes=mix(made),
    )  # fmt: skip


def _trend(pairs: Sequence[tuple[Earlier, Wave]], this: _This, series: Series) -> Trend:
    points: list[WavePoint] = []
    changes: list[WaveChange] = []
    last: tuple[Wave, Estimate] | None = None
    for found, wave in pairs:
        estimate = found.estimate(series.target, series.by)
        if estimate is None:
            continue
        points.append(_point(last, (wave, estimate)))
        changes.append(_over_modes(wave, estimate, this, series))
        last = wave, estimate
    points.append(_point(last, (this.now, series.own)))
    return Trend(target=series.target, by=dict(series.by), points=tuple(points),
                 changes=tuple(changes))  # fmt: skip


def _over_modes(wave: Wave, before: Estimate, this: _This, series: Series) -> WaveChange:
    """The change, over a bridge where the mode is another one now; and what a bridge does, or would do."""
    bridged = _bridged(wave, this.now, series)
    found = _change(bridged, before, this, series)
    has_moved = any(_modes(wave, this.now))
    notes = list(found.notes)
    if has_moved and bridged.effect is None:
        notes.append(
            say(
                "only a bridge sample, whose mode is drawn at random, could tell what the mode does"
            )
        )
    elif wave.bridge is not None and not has_moved:
        notes.append(say("the bridge over modes is not used, as the mode is the same"))
    return replace(found, notes=tuple(notes))


def _bridged(wave: Wave, now: Wave, series: Series) -> Wave:
    """The wave as if asked in the mode of now, with what that does, where a bridge tells it."""
    effects = {} if wave.bridge is None or series.by else wave.bridge.effects
    effect = effects.get(series.target)
    if effect is None or not any(_modes(wave, now)) or not (wave.mode and now.mode):
        return wave
    return replace(wave, mode=now.mode, modes=now.modes, effect=effect)


def _point(before: tuple[Wave, Estimate] | None, now: tuple[Wave, Estimate]) -> WavePoint:
    wave, estimate = now
    breaks = () if before is None else tuple(_breaks(*before, wave, estimate))
    return WavePoint(label=wave.label, day=wave.day, estimate=estimate, breaks=breaks)


def _change(wave: Wave, before: Estimate, this: _This, series: Series) -> WaveChange:
    """The change to this wave by one method in both; counted scores where that is all they share."""
    own = series.own
    if method_of(before) != method_of(own) and (before.observed or own.observed):
        counted = (before.observed or before, own.observed or own)
        found = _counted(wave, this.now, *counted)
        return replace(found, by_scores=found.difference is not None,
                       notes=(*found.notes, _BY_SCORES) if found.difference is not None else ())  # fmt: skip
    if (
        method_of(own) == "observed"
        or method_of(before) == "observed"
        or wave.linking_se is not None
    ):
        return _counted(wave, this.now, before, own)
    return _linked(wave, before, this, series)


def _counted(wave: Wave, now: Wave, before: Estimate, own: Estimate) -> WaveChange:
    """A change as it stands, with the linking error that the settings name where there is one."""
    breaks = tuple(_breaks(wave, before, now, own))
    nothing = _nothing(wave, breaks)
    linking = (wave.linking_se or 0.0) ** 2
    found = None if breaks else change(before, own, linking=linking, effect=wave.effect)
    if found is None:
        return nothing
    return replace(nothing, difference=found.difference, se=found.se, ci=found.ci,
                   linking_se=wave.linking_se, mode_effect=_effect_of(wave))  # fmt: skip


def _linked(wave: Wave, before: Estimate, this: _This, series: Series) -> WaveChange:
    """A change of the trait: the share now above the earlier cut, less the earlier share."""
    breaks = tuple(_breaks(wave, before, this.now, series.own))
    link = this.link(wave, tuple(wave.cuts.get(series.own.of, {})))
    if breaks or isinstance(link, Message):
        return _nothing(wave, breaks or ((link,) if isinstance(link, Message) else ()))
    now = this.waves.at(series, link.cuts)
    shifted = [this.waves.at(series, one) for one in link.moved]
    linking = sum((one.estimate - now.estimate) ** 2 for one in shifted
                  if one and now and one.estimate is not None and now.estimate is not None)  # fmt: skip
    found = None if now is None else change(before, now, linking=linking, effect=wave.effect)
    if found is None or now is None:
        return _nothing(wave, ())
    whole = None if link.whole is None else this.waves.at(series, link.whole)
    return WaveChange(
        label=wave.label, day=wave.day, difference=found.difference, se=found.se, ci=found.ci,
        linking_se=linking**0.5, at_cut=now.estimate, anchors=link.anchors, notes=link.notes,
        with_all=_less(whole, before, wave.effect), mode_effect=_effect_of(wave),
    )  # fmt: skip


def _less(now: Estimate | None, before: Estimate, effect: ModeEffect | None) -> float | None:
    if now is None or now.estimate is None or before.estimate is None:
        return None
    return now.estimate - before.estimate - (0.0 if effect is None else effect.difference)


def _effect_of(wave: Wave) -> float | None:
    return None if wave.effect is None else wave.effect.difference


def _nothing(wave: Wave, breaks: tuple[Message, ...]) -> WaveChange:
    return WaveChange(label=wave.label, day=wave.day, difference=None, se=None, ci=(None, None),
                      breaks=breaks)  # fmt: skip


def _breaks(before: Wave, earlier: Estimate, after: Wave, later: Estimate) -> Iterator[Message]:
    """Why two waves are not to be joined; what is not known of both counts as a break."""
    indicator = later.of
    if not before.mode or not after.mode:
        yield say("how people were asked is not known of both waves")
    yield from _modes(before, after)
    if before.cuts.get(indicator) != after.cuts.get(indicator):
        yield say("another cut score")
    if method_of(earlier) != method_of(later):
        yield say("one wave measures the trait, the other counts scores")
    elif before.linking_se is None:
        yield from _unlinked(before, after, later)


def _modes(before: Wave, after: Wave) -> Iterator[Message]:
    """What is not alike in how people were asked: another mode, or modes that are mixed otherwise."""
    if not before.mode or not after.mode:
        return
    if not alike(before.mode, after.mode):
        yield say("people were asked otherwise: {before}, then {after}",
                  before=named(before.mode), after=named(after.mode))  # fmt: skip
    elif (part := moved(before.modes, after.modes)) >= APART:
        yield say("{percent}% of the interviews were held in another mode than before",
                  percent=round(100 * part))  # fmt: skip


def _unknown_effects(made: Measured) -> Iterator[Problem]:
    """Effects of targets that the plan does not have."""
    known = [one.id for one in made.study.plan.targets]
    for wave in made.study.settings.earlier:
        for name in wave.bridge.effects if wave.bridge else ():
            if name not in known:
                yield Problem(
                    where=f"study.yaml, earlier, {wave.result}, bridge.effects",
                    what=say("The plan has no target '{name}'.", name=name),
                    hint=did_you_mean(name, known),
                )  # fmt: skip


def _unlinked(before: Wave, after: Wave, later: Estimate) -> Iterator[Message]:
    if method_of(later) == "observed":
        if not before.instruments & after.instruments:
            yield say("another instrument, not linked to the one before")
        return
    for name in before.cuts.get(later.of, {}):
        reason = unlinked(before.scales.get(name), after.scales.get(name), before.excluded)
        if reason is not None:
            yield reason
            return


_BY_SCORES = say("counted scores in both waves, as one of them has no share of the trait")
