"""Errors that help: where, what, and the cure, all problems at once.

    HieuluatError                 a user's mistake: the command line prints it and exits 1
    ├── instruments.errors.DefinitionError    an instrument or a plan does not hold
    ├── survey.errors.ImportRejected          a file of responses is refused whole
    ├── survey.errors.StudyError              a study folder cannot be used
    └── analysis.errors.AnalysisError         a design, weighting or estimate is refused

Anything else that is raised is a bug and keeps its traceback.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from instruments.language import Language, Message, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: its place, what was found, and how to mend it."""

    where: str
    what: Message
    hint: Message | None = None

    def text(self, language: Language = "en") -> str:
        """One line for people, such as ``a.csv, row 3, column 'x': '9' is no code. Use 1 or 2.``."""
        parts = [self.what.text(language)]
        if self.hint is not None:
            parts.append(self.hint.text(language))
        place = place_in(self.where, language)
        return f"{place}: {' '.join(parts)}" if place else " ".join(parts)

    def as_json(self, language: Language = "en") -> dict[str, str | None]:
        """The form in which the contract's JSON carries a problem."""
        hint = None if self.hint is None else self.hint.text(language)
        return {
            "where": place_in(self.where, language),
            "what": self.what.text(language),
            "hint": hint,
        }


def place_in(where: str, language: Language) -> str:
    """A place such as ``a.csv, row 3, column 'x'`` with its words in `language`, its names kept."""
    return _PLACE_WORD.sub(lambda found: PLACE_WORDS[found[0]].text(language), where)


PLACE_WORDS = {
    "sheet": say("sheet"),
    "row": say("row"),
    "line": say("line"),
    "column": say("column"),
    "character": say("character"),
    "record": say("record"),
}
_PLACE_WORD = re.compile(rf"(?:(?<=, )|^)(?:{'|'.join(PLACE_WORDS)})(?= ['0-9])")


class HieuluatError(Exception):
    """Root of all errors that are the user's to mend; carries every problem found."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self.text())

    def text(self, language: Language = "en") -> str:
        """Every problem, one a line."""
        return "\n".join(problem.text(language) for problem in self.problems)


class DefinitionError(HieuluatError):
    """An instrument, a plan or another definition file does not hold."""


def refusal(where: str, what: Message, hint: Message | None = None) -> DefinitionError:
    """An error with a single problem."""
    return DefinitionError(Problem(where=where, what=what, hint=hint))
