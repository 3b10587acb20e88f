"""What a report is: a draft, or a release with its id that may take the place of another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from instruments.language import Language, Message, say

Audience = Literal["internal", "public"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A report's standing; without an `id` it is a draft.

    `supersedes` is the id of the release whose place it takes, `superseded_on` the day that one was
    released, `reason` what was wrong with it, and `before` what it printed of each target, by
    language.
    """

    id: str = ""
    version: int = 1
    day: date | None = None
    audience: Audience = "internal"
    supersedes: str = ""
    superseded_on: date | None = None
    reason: str = ""
    before: Mapping[Language, Mapping[str, str]] = field(default_factory=dict)

    @property
    def stamp(self) -> Message:
        """What every page, sheet and chart says of it."""
        is_public = self.audience == "public"
        if not self.id:
            return say("DRAFT of the public edition") if is_public else say("DRAFT")
        if is_public:
            return say("Release {id}, public edition", id=self.id)
        return say("Release {id}", id=self.id)


DRAFT = Standing()
"""A report that nobody has released."""
DRAFTS: Mapping[Audience, Standing] = {"internal": DRAFT, "public": Standing(audience="public")}
"""The same for each audience."""
