"""The shares above a cut that a SPEC asks for, each with its interval and its error budget."""

from collections.abc import Iterator
from math import sqrt
from typing import Any

from instruments.language import Message, say
from reports.document import Cell, Column, Prose, Section, Table
from reports.items.edition import ItemsEdition

_LINES: dict[str, Message] = {
    "sampling": say("Sampling"),
    "measurement": say("Measurement"),
    "calibration": say("Items"),
    "cut": say("Cut"),
    "linking": say("Link"),
    "total": say("Together"),
}
_METHODS: dict[str, Message] = {
    "latent": say("from the distribution of the trait"),
    "npml": say("from a free distribution of the trait"),
    "pv": say("by plausible values"),
    "posterior": say("by each person's probability"),
    "observed": say("by counting scores, which few items make too high or too low"),
    "rogan_gladen": say("by counting scores, corrected for their errors"),
}


def shares(edition: ItemsEdition) -> Section:
    """A table for each analysis of awareness; those of means have none."""
    asked = {one.get("id"): one for one in edition.inspection.spec.analyses}
    tables = tuple(
        _table(edition, one, asked.get(one["id"], {}))
        for one in edition.inspection.all("awareness")
        if asked.get(one["id"], {}).get("statistic", "share") == "share"
    )
    about = say("In brackets {level} confidence intervals. The lines are standard errors in percentage "
                "points; their squares add up.", level=edition.confidence)  # fmt: skip
    told = (Prose(paragraphs=(edition.tell(about),)),) if tables else ()
    return Section(id="shares", title=edition.tell(say("Share of people above the cut")),
                   blocks=(*tables, *told))  # fmt: skip


def _table(edition: ItemsEdition, one: Any, asked: Any) -> Table:  # noqa: ANN401  # JSON of any kind
    method = _METHODS[asked.get("method", "latent")]
    used = [
        name for name in _LINES if any(row["budget"].get(name) is not None for row in one["rows"])
    ]
    return Table(
        caption=edition.tell(say("{name}: {method}", name=one["id"], method=edition.tell(method))),
        columns=(
            Column(title=edition.tell(say("Group")), share=1.6),
            Column(title=edition.tell(say("Share and interval")), share=2, numeric=True),
            *(Column(title=edition.tell(_LINES[name]), numeric=True) for name in used),
            Column(title=edition.tell(say("Respondents")), numeric=True),
        ),
        rows=tuple(tuple(_row(edition, row, used)) for row in one["rows"]),
    )


def _row(edition: ItemsEdition, row: Any, used: list[str]) -> Iterator[Cell]:  # noqa: ANN401  # JSON
    group = ", ".join(f"{name} {level}" for name, level in row["by"].items())
    yield Cell(text=group or edition.tell(say("All")))
    yield Cell(text=edition.percent(row["estimate"], se=row["se"]), note=edition.interval(row))
    for name in used:
        variance = row["budget"].get(name)
        points = None if variance is None else 100 * sqrt(variance)
        yield Cell(text=edition.number(points))
    yield Cell(text=edition.number(row["n"], decimals=0))
