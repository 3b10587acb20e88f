"""A file whose columns are settled, and what it takes to judge its rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from instruments.language import say
from survey.answers import Answers, digest_of
from survey.findings import Fault, Note
from survey.form import Form
from survey.importers.table import Override, Row, Table
from survey.mapping import Settled
from survey.quality import Clocks, Grid
from survey.readings import HANOI
from survey.structure import Structure
from survey.transcription import Transcriber
from survey.validation import Checked, Checker
from survey.writing import Habit

_TIMES = frozenset({"start", "end", "datetime"})
_SHOWN_LINES = 20
_NUMBER = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of the instrument with what its rows are read and judged by."""

    form: Form
    checker: Checker
    grids: tuple[Grid, ...]
    substantive: frozenset[str]
    clocks: Clocks | None
    transcriber: Transcriber


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """A file of responses ready to be gone through."""

    table: Table
    structure: Structure
    settled: Settled
    id_column: int | None
    versions: Mapping[str, Version]
    newest: Version
    usual: str
    """The version of rows that name none: the one that the columns fit best."""
    clock: tuple[int, Habit] | None
    """A column that tells when each record was made, and how it writes times."""
    file_sha256: str
    given: Mapping[str, str | None]
    told: Override
    told_apart: tuple[str, ...] = ()
    """Columns of one name that the records told apart."""
    silent: tuple[str, ...] = ()
    """Words that this file writes for no answer."""

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.table.contents.name

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.table.contents.path

    @property
    def instrument(self) -> str:
        """Id of the instrument that the file answers."""
        return self.newest.form.id

    @property
    def serial(self) -> bool:
        """Whether some column tells two records with the same answers apart."""
        named = any(self.structure.fills[at] for at in self.table.columns.serial)
        whole = self.settled.layout.whole
        return named or any(
            self.structure.fills[whole[field.path]]
            for field in self.newest.form.level.fields
            if field.item.type in _TIMES and field.path in whole
        )

    @property
    def recipe(self) -> str:
        """Hash of all that decides what the file becomes."""
        definitions = [version.form.instrument.model_dump(mode="json")
                       for version in self.versions.values()]  # fmt: skip
        return digest_of([self.file_sha256, self.table.kind, self.table.contents.encoding,
                          self.table.contents.delimiter, dict(self.given), definitions])  # fmt: skip

    def version_of(self, row: Row) -> str:
        """The form version that a row names; where it names none, the one that the file fits."""
        named = (row.cells[at].strip() for at in self.settled.versions)
        return next(filter(None, named), self.usual)

    def form_for(self, version: str) -> Version:
        """What rows of a version are judged by; unknown ones by the newest form."""
        return self.versions.get(version, self.newest)

    def answers(self, row: Row, version: str) -> Answers:
        """The answers in a row, by the paths of its version."""
        return self.form_for(version).transcriber.answers(row.cells, row.nested)

    def checked(self, *, default: datetime) -> Iterator[Checked]:
        """Each regular record held against its version; `default` stands for a time not told."""
        width = len(self.table.headings)
        for row in self.table.rows():
            if len(row.cells) == width:
                version = self.version_of(row)
                yield self.form_for(version).checker.check(
                    self.answers(row, version), now=self.made_at(row, default=default)
                )

    def made_at(self, row: Row, *, default: datetime) -> datetime:
        """When the source says that a record was made, else `default`."""
        if self.clock is None:
            return default
        at, habit = self.clock
        return moment(habit.datetime(row.cells[at])) or default

    @property
    def asks_for_contacts(self) -> bool:
        """Whether any version of the form asks for contact data."""
        return any(one.form.contacts for one in self.versions.values())

    @property
    def contact_columns(self) -> frozenset[int]:
        """Columns with contact data, in whatever version."""
        paths = frozenset[str]().union(*(one.form.contacts for one in self.versions.values()))
        layouts = (self.settled.layout, *self.settled.layouts.values())
        return frozenset(one.whole[path] for one in layouts for path in paths & one.whole.keys())

    def without_contact(self, row: Row) -> Row:
        """The row by which it is known again: nobody shall find a person by trying names."""
        hidden = self.contact_columns
        cells = ("" if at in hidden else cell for at, cell in enumerate(row.cells))
        return replace(row, cells=tuple(cells)) if hidden else row

    def heading_of(self, place: str) -> str | None:
        """The column of a place, which may be inside an instance: ``roster[2]/item``."""
        return self.settled.heading_of.get(_NUMBER.sub("", place))

    def as_written(self, row: Row, version: str, fault: Fault) -> Fault:
        """A fault with the cell as the file has it, where it stands in one."""
        layout = self.settled.layouts.get(version, self.settled.layout)
        at = layout.whole.get(fault.path)
        return fault if at is None or not row.cells[at] else replace(fault, value=row.cells[at])

    def cells_of(self, row: Row) -> dict[str, str]:
        """Cells of columns that belong to the form, as written, by name; instances numbered.

        Of a ragged row nobody can tell which cells those are; the original file has it.
        """
        names = self.settled.names
        if len(row.cells) != len(names):
            return {}
        hidden = self.contact_columns
        found = {names[at]: row.cells[at] for at in self.settled.mapped if at not in hidden}
        for repeat, instances in row.nested.items():
            headings = self.settled.repeat_names[repeat]
            for number, one in enumerate(instances, start=1):
                found |= {f"{name}[{number}]": cell
                          for name, cell in zip(headings, one.cells, strict=False) if cell}  # fmt: skip
        return found

    def notes(self) -> Iterator[Note]:
        """What is to be known of the file as a whole."""
        carried = self.settled.layout.carried
        for field in self.newest.form.level.fields:
            if field.item.required and field.path not in carried:
                yield Note(rule="column_missing", path=field.path,
                           message=say("The file has no column for this required question."))  # fmt: skip
        if self.table.unread:
            yield Note(rule="sheets_not_read", value=", ".join(self.table.unread),
                       message=say("Only sheet '{sheet}' was read.",
                                   sheet=self.table.sheet))  # fmt: skip
        aside = self.structure.aside
        for line, _ in aside[:_SHOWN_LINES]:  # never its words, which may be a respondent's
            yield Note(rule="line_left_out", value=str(line),
                       message=say("Line {line} is no record; {count} lines are left out.",
                                   line=line, count=len(aside)))  # fmt: skip
        for word in self.silent:
            yield Note(rule="word_for_nothing", value=word,
                       message=say("Cells that are '{word}' are read as no answer.", word=word))  # fmt: skip
        for name in self.told_apart:
            yield Note(rule="settled_by_answers", value=name,
                       message=say("Several questions are called '{name}'; the answers in the same "
                                   "records told which one this is.", name=name))  # fmt: skip


def moment(text: str) -> datetime | None:
    """A time as the file's clock column writes it, with its zone; None where it is none."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=HANOI) if found.tzinfo is None else found.astimezone(HANOI)
    except (ValueError, OverflowError):
        return None
