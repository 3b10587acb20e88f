"""What a reader must know before using the numbers of an analysis."""

from collections.abc import Iterator, Sequence

from analysis.labels import spoken
from analysis.measured import Measured
from analysis.result import DomainLabel, Estimate
from analysis.scoring import scored_items
from instruments.language import Message, joined, say
from survey.exclusions import by_reason
from survey.population.areas import area_warnings

_FEW = {"few_psus", "one_psu", "low_df"}
_EVERYBODY = say("everybody")


def caveats(
    made: Measured, estimates: Sequence[Estimate], domains: Sequence[DomainLabel], *,
    notes: Sequence[Message] = (),
) -> Iterator[Message]:  # fmt: skip
    """Everything that limits the numbers, from the answers to the intervals of `estimates`.

    `notes` are those of the traits behind the scores.
    """
    settings = made.study.settings
    yield from _exclusions(made)
    yield from made.responses.warnings
    yield from made.weighted.warnings
    if not settings.weighting.used_margins():
        yield say("No population figures are used: the weights are those of the sample alone.")
    yield from _age_warnings(made)
    yield from area_warnings(settings, lists=made.lists, names=made.people.names)
    yield from _scoring_warnings(made)
    yield from notes
    yield from _small(made, estimates, domains)
    if made.responses.fieldwork is None:
        yield say("No dates of fieldwork are known; the survey counts as held on {today}.",
                  today={"vi": f"{made.today:%d/%m/%Y}", "en": made.today.isoformat()})  # fmt: skip


def _exclusions(made: Measured) -> Iterator[Message]:
    for why, count in by_reason(made.excluded, instrument=made.instruments[0].id).items():
        yield say("{count} interviews were taken out of the analysis by a person: {why}",
                  count=count, why=why)  # fmt: skip


def _age_warnings(made: Measured) -> Iterator[Message]:
    """Ages that the plan asks for and the study can neither ask nor promise."""
    own = made.instruments[0].id
    wanted = [one.age_from for one in made.study.plan.populations if one.instrument == own]
    promised = made.study.settings.population.age_from is not None
    age = next((one for one in wanted if one is not None), None)
    if made.people.age is None and not promised and age is not None:
        yield say("The plan speaks of people aged {age} and over; the study asks no ages, so "
                  "everybody who answered counts.", age=age)  # fmt: skip


def _scoring_warnings(made: Measured) -> Iterator[Message]:
    unreviewed = [
        one.item.id for one in scored_items(made.instruments[-1]) if one.item.reviewed is False
    ]
    if unreviewed:
        yield say("No lawyer has reviewed the keys of {count} items: {items}.",
                  count=len(unreviewed), items=", ".join(unreviewed))  # fmt: skip
    for path, lost in made.scores.left_out.items():
        yield say("Item {item} was left out of the score of {count} respondents: no key or law was "
                  "in force on the day of their interview.", item=path, count=lost)  # fmt: skip
    for dimension, without in made.scores.unscored.items():
        if without:
            yield say("{count} respondents answered too few items of {dimension} to be scored.",
                      count=without, dimension=made.people.named([dimension]))  # fmt: skip


def _small(
    made: Measured, estimates: Sequence[Estimate], domains: Sequence[DomainLabel]
) -> Iterator[Message]:
    """Name what rests on few sampling units, where an interval can be trusted least."""
    levels = {one.variable: one.levels for one in domains}
    few = {
        tuple(one.by.items()): joined(
            levels.get(variable, made.people.names).get(level, {"": level})
            for variable, level in one.by.items()
        )
        if one.by
        else spoken(_EVERYBODY)
        for one in estimates
        if _FEW & set(one.flags)
    }
    if few:
        yield say("Few sampling units, so that intervals are uncertain themselves: {groups}.",
                  groups=joined(few.values(), "; "))  # fmt: skip
