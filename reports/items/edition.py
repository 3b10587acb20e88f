"""One report on items in one language: what it is made from and how its numbers are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.items.inspection import Inspection
from instruments.language import Language, Message, in_language, nfc, say
from reports.format import Formatter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemsEdition:
    """An inspection told in a language."""

    inspection: Inspection
    language: Language
    today: date

    @property
    def stamp(self) -> str:
        """What every drawing says of made-up data."""
        if not self.inspection.spec.simulated:
            return ""
        return self.tell(say("SIMULATED DATA: about no real people or places"))

    @property
    def day(self) -> str:
        """The day that the report bears, as in a sentence."""
        return Formatter(self.language).day_in_text(self.today)

    def tell(self, message: Message) -> str:
        """A message in this edition's language."""
        return nfc(message.text(self.language))

    def number(self, value: float | None, *, decimals: int = 2) -> str:
        """A number, or a dash where there is none."""
        if value is None:
            return "–"
        return Formatter(self.language).number(value, decimals=decimals)

    def percent(self, share: float | None, *, se: float | None = None) -> str:
        """A share in percent, or a dash where there is none."""
        return "–" if share is None else Formatter(self.language).percent(share, se=se)

    def interval(self, row: Mapping[str, Any]) -> str:
        """A share's interval in brackets; empty where there is none."""
        low, high = row["ci"]
        if low is None or high is None:
            return ""
        return f"({Formatter(self.language).interval((low, high), se=row['se'])})"

    @property
    def confidence(self) -> str:
        """The level of every interval."""
        return Formatter(self.language).threshold(0.95)

    def label(self, item: str) -> str:
        """The item's own words behind its name, where the SPEC gives them."""
        words = in_language(self.inspection.spec.labels.get(item, {}), self.language)
        return nfc(f"{item}: {words}") if words else item
