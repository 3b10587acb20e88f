"""Errors that help: where, what, and the cure, all problems at once.

    HieuluatError                 a user's mistake: the command line prints it and exits 1
    ├── instruments.errors.DefinitionError    an instrument or a plan does not hold
    ├── survey.errors.ImportRejected          a file of responses is refused whole
    ├── survey.errors.StudyError              a study folder cannot be used
    └── analysis.errors.AnalysisError         a design, weighting or estimate is refused

Anything else that is raised is a bug and keeps its traceback.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from instruments.language import Language, Message


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
        return f"{self.where}: {' '.join(parts)}" if self.where else " ".join(parts)

    def as_json(self, language: Language = "en") -> dict[str, str | None]:
        """The form in which the contract's JSON carries a problem."""
        hint = None if self.hint is None else self.hint.text(language)
        return {"where": self.where, "what": self.what.text(language), "hint": hint}


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
