"""Opening the answer store: SQLite set for durability, the schema and its version.

SQLite runs in WAL mode with ``synchronous=FULL``: what was committed outlives a power cut, and
readers see one state while a writer works.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from instruments.language import say
from survey.errors import StudyError, unusable, unwritable
from survey.schema import VERSION, metadata, schema_version

PATIENCE = 60.0
"""Seconds to wait for another program that is writing."""
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def open_engine(path: Path) -> Engine:
    """Connect to the SQLite store at `path`, made with its schema when it is not there.

    Raises:
        StudyError: The file is no store, or one of a later version of this program.
    """
    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    try:
        _provide_schema(engine, name=path.name)
    except StudyError:
        engine.dispose()
        raise
    except DatabaseError as error:
        engine.dispose()
        raise unusable(path.name, say("The store cannot be opened ({reason}).",
                                      reason=error.orig)) from None  # fmt: skip
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that has SQLite's write lock from the start, and counts wholly or not at all.

    A transaction that reads before it writes could otherwise fail half-way, when another process
    has written in between.

    Raises:
        StudyError: The store is locked for too long, or the disk takes no more.
    """
    try:
        with engine.execution_options(immediate=True).begin() as connection:
            yield connection
    except OperationalError as error:
        raise _refused(Path(engine.url.database or "").name, error.orig) from None


def insert_new(engine: Engine, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert whose conflicts with unique keys do nothing."""
    if engine.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def _set_up(connection: Any, _: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own
    connection.isolation_level = None  # transactions begin where we say, not where sqlite3 thinks
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={1000 * PATIENCE:.0f}", *_PRAGMAS):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _provide_schema(engine: Engine, *, name: str) -> None:
    with engine.connect() as connection:
        made = inspect(connection).has_table(schema_version.name)
    if not made:
        with writing(engine) as connection:
            metadata.create_all(connection)
            connection.execute(insert_new(engine, schema_version).values(version=VERSION))
    with engine.connect() as connection:
        found = connection.execute(select(schema_version.c.version)).scalars().all()
    _refuse_later(found, name=name)


def _refused(store: str, reason: object) -> StudyError:
    primary = getattr(reason, "sqlite_errorcode", 0) & 0xFF
    if primary != SQLITE_BUSY:
        return unwritable(store, reason)
    return unusable(
        store,
        say("Another program has been writing to the store for over {seconds} seconds.",
            seconds=round(PATIENCE)),
        say("Nothing that was there is lost. Wait until it is done, or close it; then run the "
            "command again: an import goes on where it stopped."),
    )  # fmt: skip


def _refuse_later(found: Iterable[int], *, name: str) -> None:
    newest = max(found, default=0)
    if newest > VERSION:
        raise unusable(name, say("The store was written by a later version of hieuluat "
                                 "(schema {found}; this one knows {known}).",
                                 found=newest, known=VERSION),
                       say("Install the newer version."))  # fmt: skip
