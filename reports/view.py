"""From numbers to a page: everything that will be printed, worded and rounded, in one language."""

from collections.abc import Callable
from dataclasses import replace

from analysis.result import Analysis, Estimate
from instruments.language import Language, say
from instruments.plan import Plan
from reports.adjusted import adjusted
from reports.administrative import administrative
from reports.annex import cuts, groups, readings
from reports.areas import areas
from reports.candour import candour
from reports.cautions import cautions, tasks
from reports.comparison import comparison
from reports.document import Page, Section
from reports.edition import Edition
from reports.gaps import gaps
from reports.item_map import item_map
from reports.legend import explained
from reports.method import footer, method, notes, weighting
from reports.old_law import old_law
from reports.opinions import opinions
from reports.public_edition import about, plain_method
from reports.quality import limitations, quality, strengths
from reports.release_notice import notice
from reports.sampling_errors import sampling_errors
from reports.standards import standards
from reports.topics import reach, topics
from reports.traits import traits
from reports.verdicts import answers, other_phases, verdict_table
from reports.waves import waves

_Maker = Callable[[Edition], Section]
FRONT: tuple[_Maker, ...] = (notice, answers, verdict_table, comparison)
BOXES: tuple[_Maker, ...] = (cautions, tasks)
ANNEX: tuple[_Maker, ...] = (
    readings, traits, candour, standards, areas, waves, groups, gaps, topics, old_law, item_map, opinions, reach,
    adjusted, cuts,
    administrative, other_phases, quality, strengths, limitations, weighting, method, notes,
    sampling_errors,
)  # fmt: skip
"""The sections in their order; one that has nothing to say is left out."""
PUBLIC_BOXES: tuple[_Maker, ...] = (cautions, about)
PUBLIC_ANNEX: tuple[_Maker, ...] = (areas, waves, groups, topics, reach, plain_method)
"""Those of the public edition: no decisions that are to be taken, no diagnostics, no other cuts."""
_ABOUT = say("Results in detail, other readings and method")
_ABOUT_PUBLIC = say("Results by group and how the numbers were made")


def page(analysis: Analysis, plan: Plan, *, language: Language) -> Page:
    """The report on an analysis under its plan."""
    return view(Edition(analysis=analysis, plan=plan, language=language))


def view(edition: Edition) -> Page:
    """The page of an edition."""
    boxes, annex = (PUBLIC_BOXES, PUBLIC_ANNEX) if edition.is_public else (BOXES, ANNEX)
    return Page(
        language=edition.language,
        title=edition.read(edition.analysis.provenance.title),
        subtitle=edition.read(edition.plan.title),
        facts=_facts(edition),
        stamp=edition.stamp,
        front=_made(edition, FRONT),
        boxes=_made(edition, boxes),
        annex_title=edition.tell(say("Annex")),
        annex_about=edition.tell(_ABOUT_PUBLIC if edition.is_public else _ABOUT),
        annex=_made(edition, annex),
        footer=footer(edition),
        as_of=edition.today,
    )


def _facts(edition: Edition) -> tuple[str, ...]:
    rests = edition.analysis.provenance
    as_of = say("Data as of {day}", day=edition.numbers.day_in_text(rests.today))
    if rests.fieldwork is None:
        return (edition.tell(as_of),)
    first, last = (edition.numbers.day(day) for day in rests.fieldwork)
    asked = say("interviews from {first} to {last}", first=first, last=last)
    return (edition.tell(as_of), edition.tell(asked))


def _made(edition: Edition, makers: tuple[_Maker, ...]) -> tuple[Section, ...]:
    made = (section for make in makers if (section := make(edition)).blocks)
    return tuple(
        replace(
            section,
            title=edition.as_planned(section.title, _rests_on(edition.analysis, section.id)),
            blocks=tuple(explained(edition, block) for block in section.blocks),
        )
        for section in made
    )


def _rests_on(analysis: Analysis, section: str) -> tuple[Estimate, ...]:
    """What a section of one kind of estimates tells; nothing for all other sections."""
    sources = {
        "groups": tuple(one for one in analysis.estimates if one.by),
        "topics": analysis.topics,
        "reach": analysis.exposure,
        "cuts": tuple(one.estimate for one in analysis.curve),
        "gaps": tuple(one.share for one in analysis.gaps),
        "items": analysis.items,
        "opinions": tuple(each for one in analysis.answers for each in one.shares),
    }
    return sources.get(section, ())
