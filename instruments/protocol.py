"""How an instrument is put to people: booklets, consent, field period, questions asked indirectly."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from instruments.item import Code, Definition, Id

Probability = Annotated[float, Field(ge=0, le=1)]


class Booklet(Definition):
    """The part of a long instrument that one respondent is asked: some of its blocks, in order."""

    id: Code
    """What the item named by `booklet_item` holds for those who get this booklet."""
    blocks: tuple[Id, ...]
    """Blocks of one level of the form, in the order in which the booklet asks them."""


class Consent(Definition):
    """The agreement to take part."""

    version: str
    """Version of the wording; new whenever the wording changes."""
    text: Id
    """The note with the wording."""
    item: Id
    """The question that records the agreement."""
    agree: Code
    """The option that says yes."""


class Fieldwork(Definition):
    """The days on which the instrument is in the field."""

    begins: date
    """First day of interviews."""
    ends: date
    """Last day of interviews."""


class Arms(Definition):
    """The codes that divide respondents into two groups."""

    control: Code
    """Group that counts the plain statements."""
    treatment: Code
    """Group whose list has the sensitive statement added."""


class ListExperiment(Definition):
    """An item count: two groups say how many statements hold, one list has a sensitive one more.

    Nobody says which; the difference in means estimates how many do it (Blair & Imai 2012).
    """

    method: Literal["list"]
    """`list`: two groups count statements."""
    id: Id
    """Name of the estimate."""
    arm: Id
    """The item that holds the respondent's group."""
    arms: Arms
    """Its codes."""
    control: Id
    """Item of type integer: how many of the plain statements hold."""
    treatment: Id
    """Item of type integer: how many hold with the sensitive statement among them."""
    statements: Annotated[int, Field(ge=2)]
    """Number of plain statements."""


class RandomizedResponse(Definition):
    """A sensitive question whose answer a private chance device partly decides.

    forced: the device tells to answer truly, to say yes, or to say no (Boruch 1971). warner: it
    tells to answer the question or its opposite (Warner 1965). The device is the respondent's own,
    such as dice: no program knows what it said.
    """

    method: Literal["forced", "warner"]
    """What the device tells."""
    id: Id
    """Name of the estimate."""
    item: Id
    """The question."""
    admits: Code
    """The option that says yes."""
    p_truth: Probability
    """Probability that the device tells to answer the question itself."""
    p_forced_yes: Probability | None = None
    """Probability that it tells to say yes whatever is true; for `forced`."""


Indirect = Annotated[ListExperiment | RandomizedResponse, Field(discriminator="method")]
