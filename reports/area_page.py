"""One area on one page: its verdict or why there is none, its surroundings, what it knows least."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analysis.disclosure.screen import code_of
from analysis.result import AreaProfile, Areas, AreaVerdict, Estimate, Verdict
from instruments.language import Message, say
from reports.areas import area_name, area_target, verdict_of_area
from reports.cautions import roughly
from reports.comparison import chart_row, interval_chart
from reports.document import Answer, Answers, Bullets, Cell, Column, Page, Section, Table
from reports.edition import Edition
from reports.legend import explained, why_withheld
from reports.method import footer
from reports.topics import SHOWN, topic_table
from reports.verdicts import verdict_column
from reports.wording import probability, said, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The area that a sheet is about: the set that it was judged with, its row, its profile, its name."""

    areas: Areas
    row: AreaVerdict
    profile: AreaProfile
    name: str

    @property
    def estimate(self) -> Estimate:
        """Its share with the joint interval."""
        return self.row.estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A row of the comparison; groups and everybody have no verdict here."""

    name: str
    estimate: Estimate
    verdict: Verdict | None = None


def subjects(edition: Edition, variable: str) -> tuple[Subject, ...]:
    """Every area of a variable that was judged, in the order of codes."""
    profiles = {(one.variable, one.area): one for one in edition.analysis.profiles}
    return tuple(
        Subject(
            areas=found, row=row, name=area_name(edition, found, row),
            profile=profiles.get((variable, area), AreaProfile(variable=variable, area=area)),
        )
        for found in edition.analysis.areas
        if found.variable == variable
        for row in found.rows
        for area in (row.estimate.by[variable],)
    )  # fmt: skip


def area_page(edition: Edition, subject: Subject) -> Page:
    """The sheet of one judged area; what may not be printed of it is withheld here too."""
    boxes = (_cautions(edition), _needed(edition, subject))
    front = (_verdict(edition, subject), _compared(edition, subject), _known(edition, subject))
    day = say("Data as of {day}", day=edition.numbers.day_in_text(edition.today))
    return Page(
        language=edition.language,
        title=subject.name,
        subtitle=edition.read(edition.analysis.provenance.title),
        facts=(edition.tell(day),),
        stamp=edition.stamp,
        front=tuple(_explained(edition, one) for one in front if one.blocks),
        boxes=tuple(one for one in boxes if one.blocks),
        annex_title="",
        annex=(),
        footer=footer(edition),
        as_of=edition.today,
    )


def _explained(edition: Edition, section: Section) -> Section:
    return replace(section, blocks=tuple(explained(edition, block) for block in section.blocks))


def _verdict(edition: Edition, subject: Subject) -> Section:
    shown = code_of(subject.estimate) is None
    answer = _told(edition, subject) if shown else _untold(edition, subject)
    title = edition.tell(say("Conclusions"))
    return Section(id="answers", title=title, blocks=(Answers(items=(answer,)),))


def _told(edition: Edition, subject: Subject) -> Answer:
    numbers, areas, verdict = edition.numbers, subject.areas, subject.row.verdict
    text = say(
        "An estimated {estimate} (interval: {interval}) against {target}. {count} areas are judged "
        "at once: each interval holds with {each} confidence, all of them together with "
        "{confidence}.",
        estimate=edition.share(subject.estimate, against=areas.threshold),
        interval=edition.interval(subject.estimate, against=areas.threshold),
        target=area_target(edition, areas),
        count=numbers.count(areas.planned),
        each=numbers.percent(areas.each),
        confidence=numbers.threshold(areas.confidence),
    )
    lead = sentence(_words(edition, verdict))
    return Answer(mark=verdict.word, lead=f"{lead}.", text=edition.tell(text))


def _words(edition: Edition, verdict: Verdict) -> str:
    words = edition.tell(said(verdict))
    if verdict.probability is None:
        return words
    due = verdict.word in ("met", "not_met")
    return f"{words} ({probability(verdict.probability, due=due, language=edition.language)})"


def _untold(edition: Edition, subject: Subject) -> Answer:
    """Why nothing is concluded, and that this says nothing about the area itself."""
    text = say(
        "No number of this area is published against {target} ({reason}). That says nothing about "
        "the area: too few of its people were asked.",
        target=area_target(edition, subject.areas),
        reason=why_withheld(edition, subject.estimate),
    )
    lead = sentence(edition.tell(say("cannot be concluded")))
    return Answer(mark="no_data", lead=f"{lead}.", text=edition.tell(text))


def _compared(edition: Edition, subject: Subject) -> Section:
    """The area, what it lies in, and everybody: as a chart and as its table."""
    level = subject.areas.threshold
    rows = tuple(_beside(edition, subject))
    dots = tuple(
        dot
        for one in rows
        for dot in chart_row(edition, one.estimate, one.name, level=level,
                             mark="group" if one.verdict is None else one.verdict.word)
    )  # fmt: skip
    title = edition.tell(say("The area beside what it lies in"))
    chart = (interval_chart(edition, title, dots, name="compared"),) if dots else ()
    return Section(id="chart", title=title, blocks=(*chart, _table(edition, subject, rows)))


def _beside(edition: Edition, subject: Subject) -> Iterator[Beside]:
    """The area, the areas and groups in which the whole of it lies, then everybody."""
    yield Beside(name=subject.name, estimate=subject.estimate, verdict=subject.row.verdict)
    inside, of = subject.profile.inside, subject.estimate.of
    for found in edition.analysis.areas:
        for row in found.rows:
            if inside.get(found.variable) == row.estimate.by[found.variable]:
                yield Beside(name=area_name(edition, found, row), estimate=row.estimate,
                             verdict=row.verdict)  # fmt: skip
    own = [one for one in edition.analysis.estimates if one.of == of]
    areas = {found.variable for found in edition.analysis.areas}
    for one in sorted(own, key=lambda one: not one.by):
        within = len(one.by) == 1 and one.by.items() <= inside.items() and not one.by.keys() & areas
        if within or not one.by:
            yield Beside(name=edition.group(one.by), estimate=one)


def _table(edition: Edition, subject: Subject, rows: tuple[Beside, ...]) -> Table:
    level = edition.numbers.threshold(subject.areas.confidence)
    note = say(
        "Intervals of areas judged at once hold all together with {level}, those of groups and of "
        "all each with {level}. No difference between rows was tested.",
        level=level,
    )
    return Table(
        caption=edition.tell(say("Share against {target}",
                                 target=area_target(edition, subject.areas))),
        columns=(
            Column(title=edition.tell(say("Area or group")), share=3),
            Column(title=edition.tell(say("Estimate and interval")), share=2.4, numeric=True),
            verdict_column(edition, share=3),
            Column(title=edition.tell(say("Respondents")), share=1.3, numeric=True),
        ),
        rows=tuple(_row(edition, subject, one) for one in rows),
        notes=(edition.tell(_decides(edition, subject)), edition.tell(note)),
    )  # fmt: skip


def _decides(edition: Edition, subject: Subject) -> Message:
    """From which probability on a verdict is given, as all areas are judged at once."""
    level = edition.numbers.probability((1 + subject.areas.each) / 2)
    return say("In brackets: the probability of being at the target. As the areas are judged at "
               "once, it decides only from {level} on.", level=level)  # fmt: skip


def _row(edition: Edition, subject: Subject, one: Beside) -> tuple[Cell, ...]:
    level, hidden = subject.areas.threshold, one.estimate.ci == (None, None)
    limits = "" if hidden else f"({edition.interval(one.estimate, against=level)})"
    verdict = Cell(text="–") if one.verdict is None else verdict_of_area(edition, one.verdict)
    return (
        Cell(text=one.name),
        Cell(text=edition.share(one.estimate, against=level), note=limits),
        verdict,
        Cell(text=edition.respondents(one.estimate), note=edition.doubts(one.estimate)),
    )


def _known(edition: Edition, subject: Subject) -> Section:
    """The topics known least by its residents; by everybody, where too few of them were asked."""
    own, title = subject.profile.topics, edition.tell(say("What is known least"))
    caption = (
        say("What people asked in {area} know least", area=subject.name)
        if own
        else say(
            "What everybody knows least; of {area} too few people were asked", area=subject.name
        )
    )
    known = [one for one in own or edition.analysis.topics if one.estimate is not None]
    least = sorted(known, key=lambda one: one.estimate or 0.0)[:SHOWN]
    table = topic_table(edition, edition.as_planned(edition.tell(caption), own), least)
    return Section(id="topics", title=title, blocks=(table,) if least else ())


def _cautions(edition: Edition) -> Section:
    items = [
        say("A difference from everybody, from the district, or from another area."),
        say("A rank of this area among others."),
        say("That those who work here did well or badly: no cause is measured."),
    ]
    if edition.analysis.provenance.simulated:
        items.insert(0, say("Anything about real people or places: all answers are simulated."))
    told = Bullets(items=tuple(map(edition.tell, items)))
    title = edition.tell(say("Must not be concluded from this page"))
    return Section(id="cautions", title=title, blocks=(told,))


def _needed(edition: Edition, subject: Subject) -> Section:
    """The interviews that would decide this area; the public edition plans no wave."""
    told = None if edition.is_public else _interviews(edition, subject)
    blocks = () if told is None else (Bullets(items=(edition.tell(told),)),)
    title = edition.tell(say("What would decide it"))
    return Section(id="tasks", title=title, blocks=blocks)


def _interviews(edition: Edition, subject: Subject) -> Message | None:
    profile, now = subject.profile, edition.respondents(subject.estimate)
    if profile.to_decide is not None:
        count = edition.numbers.count(roughly(profile.to_decide))
        return say("About {count} interviews here (this survey: {now}), if the share is where it "
                   "is estimated.", count=count, now=now)  # fmt: skip
    if code_of(subject.estimate) is None:
        is_open = subject.row.verdict.word == "inconclusive"
        return say("No number of interviews tells a share so close to its target from it.") if is_open else None  # fmt: skip
    if profile.to_decide_as_all is None:
        return say("More interviews here; how many cannot be said, as everybody's share is too "
                   "close to the target.")  # fmt: skip
    count = edition.numbers.count(roughly(profile.to_decide_as_all))
    return say("About {count} interviews here (this survey: {now}), if the share is that of "
               "everybody.", count=count, now=now)  # fmt: skip
