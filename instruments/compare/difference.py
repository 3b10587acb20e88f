"""One difference between two versions, and what it does to comparability."""

from dataclasses import dataclass
from typing import Literal

from instruments.language import Language, Message, say

Effect = Literal["breaks", "may_break", "safe"]
"""Whether a change between waves could be an artefact of the new wording: surely, perhaps, no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed at a place, how far it matters and why."""

    where: str
    """Form path of the item or block; empty for the instrument."""
    kind: str
    what: Message
    effect: Effect
    why: Message

    def text(self, language: Language = "en") -> str:
        """One line for people."""
        label = _EFFECTS[self.effect].text(language)
        place = f"{self.where}: " if self.where else ""
        return f"{label} {place}{self.what.text(language)} {self.why.text(language)}"

    def as_json(self, language: Language = "en") -> dict[str, str]:
        """The difference in JSON."""
        return {
            "where": self.where,
            "kind": self.kind,
            "effect": self.effect,
            "what": self.what.text(language),
            "why": self.why.text(language),
        }


_EFFECTS: dict[Effect, Message] = {
    "breaks": say("[not comparable]"),
    "may_break": say("[check]"),
    "safe": say("[safe]"),
}
