"""Opening the answer store: SQLite or PostgreSQL set for durability, the schema and its version.

SQLite runs in WAL mode with ``synchronous=FULL``: what was committed outlives a power cut, and
readers see one state while a writer works. On PostgreSQL a lock of the whole schema lets one writer
in at a time, as SQLite does by itself.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, select
from sqlalchemy import text as sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from instruments.language import say
from survey.errors import StudyError, unusable, unwritable
from survey.migrations import migrate
from survey.schema import VERSION, metadata, schema_version

PATIENCE = 60.0
"""Seconds to wait for another program that is writing."""
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL database and the schema in it that is the store."""

    url: URL
    schema: str


Address = Path | Server


def name_of(address: Address) -> str:
    """A store's name for messages, without user or password."""
    return address.name if isinstance(address, Path) else f"postgresql:{address.schema}"


def open_engine(address: Address) -> Engine:
    """Connect to the store at `address`, made with its schema when it is not there.

    Raises:
        StudyError: There is no store to be had, or one of a later version of this program.
    """
    engine = _engine(address)
    with _disposing(engine, name_of(address)):
        if not _has_schema(engine):
            _provide_schema(engine, address)
        _bring_up_to_date(engine, name=name_of(address))
    return engine


def exists(address: Address) -> bool:
    """Whether there is a store at `address` already.

    Raises:
        StudyError: The server cannot be reached.
    """
    if isinstance(address, Path):
        return address.exists()
    engine = _engine(address)
    with _disposing(engine, name_of(address)):
        found = _has_schema(engine)
    engine.dispose()
    return found


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that has the write lock from the start, and counts wholly or not at all.

    A transaction that reads before it writes could otherwise fail half-way, when another process
    has written in between.

    Raises:
        StudyError: The store is locked for too long, or the disk takes no more.
    """
    try:
        with engine.execution_options(immediate=True).begin() as connection:
            yield connection
    except OperationalError as error:
        raise _refused(_name(engine), error.orig) from None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction in which every question sees the same state."""
    at_once = {"isolation_level": "REPEATABLE READ"} if _on_server(engine) else {}
    with engine.connect().execution_options(**at_once) as connection:
        yield connection


def insert_new(engine: Engine, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert whose conflicts with unique keys do nothing."""
    if _on_server(engine):
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def wipe(engine: Engine) -> None:
    """Let no deleted or changed row be read from the disk any longer."""
    connection = engine.raw_connection()
    if _on_server(engine):
        driver: Any = connection.driver_connection
        driver.autocommit = True
    with closing(connection), closing(connection.cursor()) as cursor:
        cursor.execute("VACUUM" if _on_server(engine) else "PRAGMA wal_checkpoint(TRUNCATE)")


def _engine(address: Address) -> Engine:
    if isinstance(address, Path):
        engine = create_engine(URL.create("sqlite", database=str(address)))
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(address.url)
    except ModuleNotFoundError:
        raise unusable(name_of(address), say("A store on PostgreSQL needs the package psycopg."),
                       say("Install it: pip install 'hieuluat[postgres]'.")) from None  # fmt: skip
    event.listen(engine, "connect", partial(_set_up_postgresql, schema=address.schema))
    event.listen(engine, "begin", _begin_postgresql)
    return engine


@contextmanager
def _disposing(engine: Engine, name: str) -> Iterator[None]:
    try:
        yield
    except StudyError:
        engine.dispose()
        raise
    except DatabaseError as error:
        engine.dispose()
        raise unusable(name, say("The store cannot be opened ({reason}).",
                                 reason=str(error.orig).strip())) from None  # fmt: skip


def _set_up_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own
    connection.isolation_level = None  # transactions begin where we say, not where sqlite3 thinks
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={1000 * PATIENCE:.0f}", *_PRAGMAS):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _immediate(connection) else "BEGIN")


def _set_up_postgresql(
    connection: Any, _: ConnectionPoolEntry, *, schema: str  # noqa: ANN401 - the driver's own
) -> None:  # fmt: skip
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', quote_ident(%s), false)", [schema])
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{PATIENCE}s"])
        cursor.execute("SET synchronous_commit TO on")
    connection.autocommit = False


def _begin_postgresql(connection: Connection) -> None:
    if _immediate(connection):
        connection.exec_driver_sql(
            "SELECT pg_advisory_xact_lock(hashtext(current_setting('search_path')))"
        )


def _immediate(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("immediate", False))


def _on_server(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _name(engine: Engine) -> str:
    return "postgresql" if _on_server(engine) else Path(engine.url.database or "").name


def _has_schema(engine: Engine) -> bool:
    with engine.connect() as connection:
        return inspect(connection).has_table(schema_version.name)


def _provide_schema(engine: Engine, address: Address) -> None:
    with writing(engine) as connection:
        if isinstance(address, Server):
            quoted = engine.dialect.identifier_preparer.quote(address.schema)
            connection.execute(sql(f"CREATE SCHEMA IF NOT EXISTS {quoted}"))
        metadata.create_all(connection)
        connection.execute(insert_new(engine, schema_version).values(version=VERSION))


def _bring_up_to_date(engine: Engine, *, name: str) -> None:
    if _found_version(engine) < VERSION:
        with writing(engine) as connection:
            migrate(connection)
    newest = _found_version(engine)
    if newest > VERSION:
        raise unusable(name, say("The store was written by a later version of hieuluat "
                                 "(schema {found}; this one knows {known}).",
                                 found=newest, known=VERSION),
                       say("Install the newer version."))  # fmt: skip


def _found_version(engine: Engine) -> int:
    with engine.connect() as connection:
        return max(connection.execute(select(schema_version.c.version)).scalars(), default=0)


def _refused(store: str, reason: object) -> StudyError:
    primary = getattr(reason, "sqlite_errorcode", 0) & 0xFF
    if primary != SQLITE_BUSY and getattr(reason, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
        return unwritable(store, reason)
    return unusable(
        store,
        say("Another program has been writing to the store for over {seconds} seconds.",
            seconds=round(PATIENCE)),
        say("Nothing that was there is lost. Wait until it is done, or close it; then run the "
            "command again: an import goes on where it stopped."),
    )  # fmt: skip
