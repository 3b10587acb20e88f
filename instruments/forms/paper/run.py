"""What is printed of an instrument: which copies, of which booklet, for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Edition = Literal["respondent", "interviewer", "answer-sheet", "assessor"]
EDITIONS: tuple[Edition, ...] = get_args(Edition)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRun:
    """The copies of one file."""

    codes: Sequence[str] = ()
    """A copy for each, with what is drawn for the respondent of that code; none: one copy that
    follows the form."""
    booklet: str | None = None
    """The booklet of every copy; by default each copy's own draw, or without codes the whole."""
    edition: Edition = "respondent"
    """Interviewers and assessors also get instructions, codes of options and show cards; what is
    marked by an assessor stands in the assessor's edition, and nothing else does."""
