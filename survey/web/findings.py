"""What a look at an uploaded file comes to: refused, unsettled, checked, or a bug of ours."""

from dataclasses import dataclass

from instruments.errors import Problem
from instruments.language import Message
from survey.import_report import ImportReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a file was taken for, and why."""

    kind: str
    encoding: str | None
    delimiter: str | None
    evidence: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the file with a few of its cells, and where it goes.

    `place` is None where it is left out, or not settled yet; `likely` are places for it, the best
    first.
    """

    number: int
    name: str
    samples: tuple[str, ...]
    place: str | None
    likely: tuple[str, ...] = ()
    unsettled: bool = False
    behind: str = ""
    """The column before it, where several questions have its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The file cannot be taken in as it is."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Columns must be settled before rows are looked at."""

    taken: Taken
    columns: tuple[Column, ...]
    why: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Every row has been looked at."""

    report: ImportReport

    @property
    def taken(self) -> Taken:
        """What the file was taken for."""
        report = self.report
        return Taken(kind=report.kind, encoding=report.encoding, delimiter=report.delimiter,
                     evidence=report.evidence)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The program met a bug of its own; the log has it under this number."""

    number: str


Finding = Refused | Unsettled | Checked | Failed
