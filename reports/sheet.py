"""What sheets are made of: their columns, the cells of an estimate and of a verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.disclosure.screen import code_of
from analysis.result import Estimate, Verdict
from instruments.language import Message, say
from reports.edition import Edition
from reports.wording import WORDS, said

Form = Literal["text", "share", "number", "count", "day"]
Value = str | float | int | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet's id for file names, its name, the title of its table, its columns with their form, and its rows."""

    id: str = ""
    name: str
    title: str
    columns: tuple[tuple[str, Form], ...]
    rows: tuple[tuple[Value, ...], ...]


ESTIMATE: tuple[tuple[Message, Form], ...] = (
    (say("Estimate"), "share"), (say("Lower limit"), "share"), (say("Upper limit"), "share"),
    (say("Confidence"), "share"), (say("Standard error"), "share"),
    (say("Degrees of freedom"), "count"), (say("Respondents"), "count"),
    (say("Effective sample"), "count"), (say("Design effect"), "number"),
)  # fmt: skip
VERDICT: tuple[tuple[Message, Form], ...] = (
    (say("Verdict"), "text"), (say("Probability of being at the target"), "share"),
    (say("Verdict by the point alone"), "text"),
)  # fmt: skip


def estimate_cells(estimate: Estimate | None) -> tuple[Value, ...]:
    """The cells under `ESTIMATE`; a withheld number is its code."""
    if estimate is None:
        return (None,) * len(ESTIMATE)
    low, high = estimate.ci
    code = code_of(estimate)
    shown: Value = estimate.estimate if code is None else f"[{code}]"
    people: Value = "[c]" if code == "c" and not estimate.n else estimate.n
    return (
        shown, low, high, estimate.confidence, estimate.se, estimate.df, people,
        estimate.n_eff, estimate.deff,
    )  # fmt: skip


def verdict_cells(edition: Edition, verdict: Verdict | None) -> tuple[Value, ...]:
    """The cells under `VERDICT`."""
    if verdict is None:
        return (None,) * len(VERDICT)
    by_point = edition.tell(WORDS[verdict.by_point])
    return (edition.tell(said(verdict)), verdict.probability, by_point)


def made_sheet(
    edition: Edition,
    name: Message,
    columns: tuple[tuple[Message, Form], ...],
    rows: Iterable[tuple[Value, ...]],
) -> Sheet:
    """A sheet that is called the same in its tab and its title."""
    title = edition.read(edition.analysis.provenance.title)
    return Sheet(
        id=name.text("en").lower().replace(" ", "-"),
        name=edition.tell(name),
        title=f"{title}: {edition.tell(name)}",
        columns=tuple((edition.tell(message), form) for message, form in columns),
        rows=tuple(rows),
    )
