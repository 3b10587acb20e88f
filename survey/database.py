"""Opening the answer store: SQLite set for durability, the schema and its version.

SQLite runs in WAL mode with ``synchronous=FULL``: what was committed outlives a power cut, and
readers see one state while a writer works.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from instruments.language import say
from survey.errors import unusable
from survey.schema import VERSION, metadata, schema_version

_PRAGMAS = ("busy_timeout=60000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


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
    except DatabaseError as error:
        engine.dispose()
        raise unusable(path.name, say("The store cannot be opened ({reason}).",
                                      reason=error.orig)) from None  # fmt: skip
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, its transactions taking SQLite's write lock from the start.

    A transaction that reads before it writes could otherwise fail half-way, when another process
    has written in between.
    """
    return engine.execution_options(immediate=True)


def insert_new(engine: Engine, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert whose conflicts with unique keys do nothing."""
    if engine.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def _set_up(connection: Any, _: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own
    connection.isolation_level = None  # transactions begin where we say, not where sqlite3 thinks
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _provide_schema(engine: Engine, *, name: str) -> None:
    with engine.connect() as connection:
        made = inspect(connection).has_table(schema_version.name)
    if not made:
        with writing(engine).begin() as connection:
            metadata.create_all(connection)
            connection.execute(insert_new(engine, schema_version).values(version=VERSION))
    with engine.connect() as connection:
        found = connection.execute(select(schema_version.c.version)).scalars().all()
    _refuse_later(found, name=name)


def _refuse_later(found: Iterable[int], *, name: str) -> None:
    newest = max(found, default=0)
    if newest > VERSION:
        raise unusable(name, say("The store was written by a later version of hieuluat "
                                 "(schema {found}; this one knows {known}).",
                                 found=newest, known=VERSION),
                       say("Install the newer version."))  # fmt: skip
