"""The sampling errors of the key figures, in the manner of DHS's appendix: the same rows every wave.

The order comes from the plan, the settings and the instrument, never from the data: a level that
nobody is of has its row as well, so that two waves can be laid side by side.
"""

from collections.abc import Iterator, Mapping

from analysis.disclosure.screen import code_of
from analysis.result import DomainLabel, Estimate
from instruments.language import Message, say
from reports.document import Block, Cell, Column, Prose, Section, Table
from reports.edition import Edition
from reports.wording import sentence

By = Mapping[str, str]
_HEADS: tuple[Message, ...] = (
    say("Value (R)"), say("SE, in points"), say("Respondents"), say("Effective sample"),
    say("DEFT"), say("SE/R"), say("Interval"),
)  # fmt: skip


def sampling_errors(edition: Edition) -> Section:
    """A table for each measure over the domains, then one of topics and activities for everybody."""
    blocks: list[Block] = [_of_measure(edition, of) for of in measures(edition)]
    if whole := tuple(for_everybody(edition)):
        blocks.append(_table(edition, edition.tell(say("Topics and activities, everybody")),
                             [(name, "", one) for name, one in whole]))  # fmt: skip
    title = edition.tell(say("Sampling errors"))
    told = (Prose(paragraphs=(_note(edition),)),) if blocks else ()
    return Section(id="errors", title=title, blocks=(*told, *blocks))


def _note(edition: Edition) -> str:
    """How the columns are to be read; the level is that of the estimates themselves."""
    levels = dict.fromkeys(one.confidence for one in edition.analysis.estimates)
    return edition.tell(say(
        "SE is the standard error of the design; DEFT is the square root of the design effect, "
        "against simple random sampling; the interval has {level} confidence. Rows keep their order "
        "from wave to wave; one without respondents stays empty.",
        level=" / ".join(edition.numbers.threshold(one) for one in levels),
    ))  # fmt: skip


def measures(edition: Edition) -> tuple[str, ...]:
    """What is measured of a person, in the order of the plan's indicators and their cuts."""
    found = dict.fromkeys(one.of for one in edition.analysis.estimates)
    planned = [name for one in edition.plan.indicators
               for name in (one.id, *(cut.dimension for cut in one.cuts))]  # fmt: skip
    return tuple(one for one in dict.fromkeys([*planned, *found]) if one in found)


def domains(edition: Edition, of: str) -> Iterator[By]:
    """Everybody, the domains of targets on it, then every declared level of all variables reported by."""
    yield {}
    for one in edition.results(edition.current_phase()):
        if one.estimate is not None and one.estimate.of == of and one.estimate.by:
            yield one.estimate.by
    shown = {tuple(one.by.items()) for one in edition.analysis.estimates if len(one.by) == 1}
    reported = {variable for ((variable, _),) in shown}
    for label in edition.analysis.domains:
        if label.variable in reported:
            yield from _levels(label, shown)


def estimate_of(edition: Edition, of: str, by: By) -> Estimate | None:
    """The estimate of a measure in a domain, or of a target that is about it."""
    judged = (one.estimate for one in edition.results(edition.current_phase()))
    found = [*edition.analysis.estimates, *(one for one in judged if one is not None)]
    return next((one for one in found if one.of == of and dict(one.by) == dict(by)), None)


def for_everybody(edition: Edition) -> Iterator[tuple[str, Estimate]]:
    """The credit on every topic and the reach of every activity, with what they are called."""
    for one in edition.analysis.topics:
        yield sentence(edition.name(one.of)), one
    for one in edition.analysis.exposure:
        if one.level is not None:
            yield edition.name(f"{one.of}={one.level}"), one


def _levels(label: DomainLabel, shown: set[tuple[tuple[str, str], ...]]) -> Iterator[By]:
    """The declared levels, then those that only the data have."""
    own = sorted(level for ((variable, level),) in shown if variable == label.variable)
    for level in dict.fromkeys([*label.order, *own]):
        yield {label.variable: level}


def _of_measure(edition: Edition, of: str) -> Table:
    rows = [(sentence(edition.group(by)), edition.variable(by), estimate_of(edition, of, by))
            for by in domains(edition, of)]  # fmt: skip
    own = (one for one in edition.analysis.estimates if one.of == of)
    return _table(edition, edition.as_planned(sentence(edition.name(of)), own), rows)


def _table(
    edition: Edition, caption: str, rows: list[tuple[str, str, Estimate | None]]
) -> Table:  # fmt: skip
    first = Column(title=edition.tell(say("Domain")), share=2.1)
    shares = (1, 1, 1.1, 1.1, 1.1, 0.9, 1.8)
    return Table(
        caption=caption,
        columns=(first, *(Column(title=edition.tell(head), share=share, numeric=True)
                          for head, share in zip(_HEADS, shares, strict=True))),
        rows=tuple(_row(edition, *row) for row in rows),
    )  # fmt: skip


def _row(
    edition: Edition, name: str, variable: str, one: Estimate | None
) -> tuple[Cell, ...]:  # fmt: skip
    head = Cell(text=name, note=variable)
    if one is None:
        return (head, Cell(text="[x]"), *(Cell(text="–") for _ in _HEADS[1:]))
    numbers = edition.numbers
    people = Cell(text=edition.respondents(one), note=edition.doubts(one))
    if code_of(one) is not None or one.estimate is None or one.se is None:
        dashes = (Cell(text="–") for _ in _HEADS[3:])
        return (head, Cell(text=edition.share(one)), Cell(text="–"), people, *dashes)
    figures = (
        "–" if one.n_eff is None else numbers.count(one.n_eff),
        "–" if one.deft is None else numbers.number(one.deft, decimals=2),
        "–" if one.cv is None else numbers.percent(one.cv),
        edition.interval(one),
    )
    return (head, Cell(text=edition.share(one)), Cell(text=numbers.number(100 * one.se, decimals=2)),
            people, *(Cell(text=figure) for figure in figures))  # fmt: skip
