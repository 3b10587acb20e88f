"""Waves: how the share moved towards its milestones, what changed, and what cannot be said."""

from collections.abc import Iterator, Sequence
from datetime import date

from analysis.disclosure.screen import code_of
from analysis.result import Trend, WaveChange, WavePoint
from instruments.language import Message, say
from reports.collation import in_order
from reports.document import Block, Cell, Column, Prose, Section, Table
from reports.edition import Edition
from reports.grid import grid_of
from reports.trends import Dot, Milestone, TrendPanel, TrendPicture

_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def waves(edition: Edition) -> Section:
    """A trend for each target, then the areas in small panels; a statement where there is no change."""
    found = edition.analysis.trends
    title = edition.tell(say("Change between waves"))
    if not found:
        return Section(id="waves", title=title, blocks=())
    blocks: list[Block] = [Prose(paragraphs=(_baseline(edition, found),))]
    for one in found:
        if not one.by:
            blocks += [_picture(edition, f"trend-{one.target}", [one], one.target)]
            blocks += [_table(edition, one)]
    variables = dict.fromkeys((one.target, *one.by) for one in found if one.by)
    for target, *variable in variables:
        own = [one for one in found if one.target == target and list(one.by) == variable]
        blocks += _areas(edition, own)
    return Section(id="waves", title=title, blocks=tuple(blocks))


def trend_name(edition: Edition, trend: Trend) -> str:
    """The target, or the area that is followed."""
    if not trend.by:
        return f"{trend.target}. {edition.read(edition.target(trend.target).label)}"
    name, (code,) = edition.group(trend.by), trend.by.values()
    place = grid_of([code]).get(code)
    return place.name if place is not None and name == code else name


def difference(edition: Edition, change: WaveChange) -> str:
    """The change in points with its sign and its interval, or why there is none."""
    low, high = change.ci
    if change.difference is None or low is None or high is None:
        return edition.tell(say("not comparable"))
    signed = edition.numbers.signed_points
    return f"{signed(change.difference)} ({signed(low)}; {signed(high)})"


def _baseline(edition: Edition, found: Sequence[Trend]) -> str:
    """Whether a wave stands at the beginning of the plan; without one no change since then is told."""
    begins = min(phase.begins for phase in edition.plan.phases)
    first = min(point.day for one in found for point in one.points)
    if first <= begins:
        return edition.tell(say("The first wave was held before the plan began."))
    return edition.tell(say(
        "No survey was held when the plan began ({day}): of the change since then nothing can be "
        "said, only of the change since the first wave ({first}).",
        day=edition.numbers.day(begins), first=edition.numbers.day(first),
    ))  # fmt: skip


def _areas(edition: Edition, own: Sequence[Trend]) -> Iterator[Block]:
    """Small panels of the areas that have a number, and a table of all of them."""
    ordered = sorted(own, key=lambda one: in_order(trend_name(edition, one)))
    shown = [one for one in ordered if any(_is_shown(point) for point in one.points)]
    (variable, _), *_ = own[0].by.items()
    for number, part in enumerate(
        [shown[at : at + 30] for at in range(0, len(shown), 30)], start=1
    ):
        yield _picture(edition, f"trend-{variable}-{number}", part,
                       edition.variable({variable: ""}))  # fmt: skip
    yield _area_table(edition, ordered, variable)


def _is_shown(point: WavePoint) -> bool:
    return code_of(point.estimate) is None and point.estimate.estimate is not None


def _picture(edition: Edition, name: str, trends: Sequence[Trend], title: str) -> TrendPicture:
    begins = min(phase.begins for phase in edition.plan.phases)
    ends = max(phase.ends for phase in edition.plan.phases)
    told = "; ".join(_described(edition, one) for one in trends)
    whole = edition.tell(say("Waves and milestones: {title}", title=title))
    stamp = edition.stamp
    return TrendPicture(
        id=name, title=whole, description=f"{stamp}. {told}." if stamp else f"{told}.",
        stamp=stamp, panels=tuple(_panel(edition, one) for one in trends),
        years=tuple((float(year), str(year)) for year in range(begins.year, ends.year + 2)),
        shares=tuple((share, edition.numbers.threshold(share)) for share in _SHARES),
        wave_label=edition.tell(say("a wave with its interval")),
        milestone_label=edition.tell(say("what is asked for by a deadline")),
        gap_label=edition.tell(say("waves that cannot be joined")),
    )  # fmt: skip


def _panel(edition: Edition, trend: Trend) -> TrendPanel:
    dots, joined = [], True
    for point in trend.points:
        joined = joined and not point.breaks
        (low, high), value = point.estimate.ci, point.estimate.estimate
        if value is None or low is None or high is None:
            joined = False
            continue
        dots.append(Dot(x=_year(point.day), value=value, low=low, high=high, joined=joined,
                        text=edition.share(point.estimate)))  # fmt: skip
        joined = True
    return TrendPanel(heading=trend_name(edition, trend), dots=tuple(dots),
                      milestones=tuple(_milestones(edition, trend.target)))  # fmt: skip


def _milestones(edition: Edition, target: str) -> Iterator[Milestone]:
    for result in edition.analysis.targets:
        if result.target == target and result.threshold is not None:
            text = edition.numbers.threshold(result.threshold)
            yield Milestone(x=_year(result.deadline), level=result.threshold, text=text)


def _year(day: date) -> float:
    """A day as a number of years, by the length of its own year."""
    first, after = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - first).days / (after - first).days


def _described(edition: Edition, trend: Trend) -> str:
    waves_ = ", ".join(
        f"{edition.read(point.label)} {edition.share(point.estimate)}" for point in trend.points
    )
    return f"{trend_name(edition, trend)}: {waves_}"


def _table(edition: Edition, trend: Trend) -> Table:
    changes = {change.day: change for change in trend.changes}
    return Table(
        caption=trend_name(edition, trend),
        columns=(
            Column(title=edition.tell(say("Wave")), share=1.6),
            Column(title=edition.tell(say("Estimate and interval")), share=2.4, numeric=True),
            Column(title=edition.tell(say("Change to this wave, points (interval)")), share=3,
                   numeric=True),
            Column(title=edition.tell(say("Respondents")), share=1.2, numeric=True),
        ),
        rows=tuple(_wave_row(edition, point, changes.get(point.day))
                   for point in trend.points),
        notes=tuple(edition.tell(one) for one in _notes(edition, trend)),
    )  # fmt: skip


def _notes(edition: Edition, trend: Trend) -> Iterator[Message]:
    """What the interval of a change holds, by the way in which the waves are compared."""
    yield say("Samples are independent; the interval of a change holds the sampling error of both "
              "waves, and that of linking where their scales or instruments differ. What the panel's "
              "cut adds is common to both waves, and left out of their difference.")  # fmt: skip
    for change in trend.changes:
        if change.anchors is not None:
            yield say(
                "Since {wave}: {count} items asked in the same words link the waves; this wave's "
                "share above the earlier cut is {share}.", wave=edition.read(change.label),
                count=edition.numbers.count(change.anchors),
                share=edition.numbers.percent(change.at_cut),
            )  # fmt: skip
        if change.mode_effect is not None:
            yield say("People were asked in another mode than in {wave}. A sample whose mode was drawn "
                      "at random tells that this moves the share by {difference} points; they are "
                      "taken off the change, and their error is in its interval.",
                      wave=edition.read(change.label),
                      difference=edition.numbers.signed_points(change.mode_effect))  # fmt: skip
        if change.with_all is not None:
            yield say("With every item as a link, the change since {wave} would be {difference} points.",
                      wave=edition.read(change.label),
                      difference=edition.numbers.signed_points(change.with_all))  # fmt: skip


def _wave_row(edition: Edition, point: WavePoint, change: WaveChange | None) -> tuple[Cell, ...]:
    told = "" if change is None else "; ".join(map(edition.tell, (*change.breaks, *change.notes)))
    limits = f"({edition.interval(point.estimate)})" if _is_shown(point) else ""
    apart = "; ".join(map(edition.tell, point.breaks))
    day = edition.numbers.day(point.day)
    if apart:
        day = edition.tell(say("{day}; not joined with the wave before: {why}", day=day, why=apart))
    return (
        Cell(text=edition.read(point.label), note=day),
        Cell(text=edition.share(point.estimate), note=limits),
        Cell(text="–" if change is None else difference(edition, change), note=told),
        Cell(text=edition.respondents(point.estimate)),
    )


def _area_table(edition: Edition, trends: Sequence[Trend], variable: str) -> Table:
    labels = list(dict.fromkeys(edition.read(p.label) for one in trends for p in one.points))
    return Table(
        caption=edition.tell(say("Waves: {title}", title=edition.variable({variable: ""}))),
        columns=(
            Column(title=edition.tell(say("Area")), share=2.4),
            *(Column(title=label, share=1.4, numeric=True) for label in labels),
            Column(title=edition.tell(say("Change since the first wave, points (interval)")),
                   share=2.6, numeric=True),
        ),
        rows=tuple(_area_row(edition, one, labels) for one in trends),
    )  # fmt: skip


def _area_row(edition: Edition, trend: Trend, labels: Sequence[str]) -> tuple[Cell, ...]:
    found = {edition.read(point.label): point for point in trend.points}
    shown = [edition.share(found[one].estimate) if one in found else "–" for one in labels]
    change = trend.changes[0] if trend.changes else None
    return (
        Cell(text=trend_name(edition, trend)),
        *(Cell(text=text) for text in shown),
        Cell(text="–" if change is None else difference(edition, change)),
    )
