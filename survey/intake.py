"""A file whose columns are settled, and what it takes to judge its rows.

`open_file` refuses what cannot be taken in, before a row is looked at one by one; a check run and
an import are the same up to here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from instruments.language import say
from instruments.model import Instrument
from survey.answers import digest_of
from survey.findings import Note
from survey.form import Form, prepare
from survey.identity import Structure, id_column, look_through
from survey.importers.recognise import read_table
from survey.importers.table import Row, Table
from survey.mapping import Settled, settle
from survey.quality import Clocks, Grid, clocks, grids, substantive_paths
from survey.validation import Checker

_TIMES = frozenset({"start", "end", "datetime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of the instrument with what its rows are judged by."""

    form: Form
    checker: Checker
    grids: tuple[Grid, ...]
    substantive: frozenset[str]
    clocks: Clocks | None
    moved: Mapping[str, str]
    """Paths of the newest version to this one's, for items that stood in another group."""

    def own(self, answers: dict[str, str]) -> dict[str, str]:
        """Answers by this version's paths."""
        if not self.moved:
            return answers
        return {self.moved.get(path, path): text for path, text in answers.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """A file of responses ready to be gone through."""

    table: Table
    structure: Structure
    settled: Settled
    id_column: int | None
    versions: Mapping[str, Version]
    newest: Version
    file_sha256: str
    given: Mapping[str, str | None]

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
        return named or any(
            self.structure.fills[self.settled.whole[field.path]]
            for field in self.newest.form.level.fields
            if field.item.type in _TIMES and field.path in self.settled.whole
        )

    @property
    def recipe(self) -> str:
        """Hash of all that decides what the file becomes."""
        definitions = [version.form.instrument.model_dump(mode="json")
                       for version in self.versions.values()]  # fmt: skip
        return digest_of([self.file_sha256, self.table.kind, self.table.contents.delimiter,
                          dict(self.given), definitions])  # fmt: skip

    def version_of(self, row: Row) -> str:
        """The form version that a row names; the newest where it names none."""
        named = (row.cells[at].strip() for at in self.settled.versions)
        return next(filter(None, named), self.newest.form.version)

    def form_for(self, version: str) -> Version:
        """What rows of a version are judged by; unknown ones by the newest form."""
        return self.versions.get(version, self.newest)

    def notes(self) -> Iterator[Note]:
        """What is to be known of the file as a whole."""
        for field in self.newest.form.level.fields:
            if field.item.required and field.path not in self.settled.carried:
                yield Note(rule="column_missing", path=field.path,
                           message=say("The file has no column for this required question."))  # fmt: skip
        if self.table.unread:
            yield Note(rule="sheets_not_read", value=", ".join(self.table.unread),
                       message=say("Only sheet '{sheet}' was read.",
                                   sheet=self.table.sheet))  # fmt: skip


def open_file(
    path: Path, *, instruments: Sequence[Instrument], mapping: Mapping[str, str | None],
    delimiter: str | None = None,
) -> OpenFile:  # fmt: skip
    """Recognise a file, settle its columns and its identity; `instruments` oldest version first.

    Raises:
        ImportRejected: The file cannot be taken in, with every reason.
    """
    table = read_table(path, delimiter=delimiter)
    structure = look_through(table)
    forms = [prepare(instrument) for instrument in instruments]
    settled = settle(table.headings, columns=table.columns, filled=structure.filled, forms=forms,
                     given=mapping, where=table.contents.name)  # fmt: skip
    versions = {form.version: _version(form, settled) for form in forms}
    return OpenFile(
        table=table, structure=structure, settled=settled,
        id_column=id_column(table, structure, candidates=settled.ids, names=settled.names),
        versions=versions, newest=versions[forms[-1].version], file_sha256=hash_of_file(path),
        given=mapping,
    )  # fmt: skip


def hash_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _version(form: Form, settled: Settled) -> Version:
    own = {field.id: field.path for field in form.level.fields}
    foreign = (path for path in settled.carried if path not in form.places)
    moved = {path: own[name] for path in foreign if (name := path.rpartition("/")[2]) in own}
    carried = frozenset(moved.get(path, path) for path in settled.carried)
    return Version(form=form, checker=Checker.of(form, carried=carried), grids=grids(form),
                   substantive=substantive_paths(form), clocks=clocks(form), moved=moved)  # fmt: skip
