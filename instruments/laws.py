"""A register of laws: since when each is in force, until when, and what has amended it.

The shipped register holds public facts seen until October 2026 and says how sure each is; none
replaces a look at the official database (vbpl.vn) before an item is published.
"""

from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from instruments.item import Definition
from instruments.language import Text
from instruments.load import load_yaml


class Amendment(Definition):
    """A later law that changes this one."""

    by: str
    """Number of the amending law."""
    valid_from: date
    """First day on which the change is in force."""


class Law(Definition):
    """One law, decree or circular."""

    number: str
    """Its number, such as 36/2024/QH15."""
    title: Text
    """Its name."""
    valid_from: date | None = None
    """First day in force; absent where that is not known yet."""
    valid_to: date | None = None
    """Last day in force."""
    replaced_by: str | None = None
    """Number of the law that follows it."""
    amendments: tuple[Amendment, ...] = ()
    """Changes that are known with their dates."""
    unsettled: Text | None = None
    """What is not known about it and has to be looked up."""
    confidence: Literal["verified", "partly", "memory"]
    """Whether number and dates were seen in a source, in part, or are from memory."""


class LawRegister(Definition):
    """Laws by number, as known on a day."""

    kind: Literal["laws"]
    """What the file holds."""
    as_of: date
    """Day of the newest source."""
    laws: tuple[Law, ...]
    """One entry for each law."""

    def find(self, number: str) -> Law | None:
        """The law of that number."""
        return next((law for law in self.laws if law.number == number), None)


def read_laws(path: Path) -> LawRegister:
    """Read a register from YAML."""
    return load_yaml(path, LawRegister)


@cache
def shipped_laws() -> LawRegister:
    """The register that comes with the program."""
    return read_laws(Path(str(files("instruments.library"))) / "laws.yaml")
