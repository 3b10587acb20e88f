"""Forward from every earlier schema to the present one, wholly or not at all.

A step speaks of its own two versions in its own words, never of the tables as they are now, so that
it stays what it was. A database of each version is kept with the tests.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from survey.chain import NOTHING, entry_hash_of, lengthened, sealed

_Rows = Iterator[dict[str, Any]]


def migrate(connection: Connection) -> None:
    """Take every step that lies before the store's version and the present one."""
    found = connection.execute(text("SELECT max(version) FROM schema_version")).scalar() or 0
    for version, step in _STEPS.items():
        if version > found:
            step(connection)
            connection.execute(text("INSERT INTO schema_version VALUES (:version)"),
                               {"version": version})  # fmt: skip


_ADDED = """
ALTER TABLE batches ADD COLUMN who TEXT DEFAULT '' NOT NULL;
ALTER TABLE batches ADD COLUMN chain VARCHAR(64) DEFAULT '' NOT NULL;
ALTER TABLE records ADD COLUMN seal VARCHAR(64) DEFAULT '' NOT NULL;
ALTER TABLE quarantine ADD COLUMN uuid TEXT;
ALTER TABLE quarantine ADD COLUMN version TEXT DEFAULT '' NOT NULL;
ALTER TABLE quarantine ADD COLUMN given TEXT DEFAULT '{}' NOT NULL;
ALTER TABLE quarantine ADD COLUMN seal VARCHAR(64) DEFAULT '' NOT NULL;
ALTER TABLE journal ADD COLUMN who TEXT DEFAULT '' NOT NULL;
ALTER TABLE journal ADD COLUMN hash VARCHAR(64) DEFAULT '' NOT NULL;
CREATE TABLE corrections (
  batch INTEGER NOT NULL REFERENCES batches (id), "row" INTEGER NOT NULL,
  record_batch INTEGER NOT NULL, record_row INTEGER NOT NULL, path TEXT NOT NULL,
  old TEXT NOT NULL, new TEXT NOT NULL, why TEXT NOT NULL, seal VARCHAR(64) NOT NULL,
  PRIMARY KEY (batch, "row"),
  FOREIGN KEY (record_batch, record_row) REFERENCES records (batch, "row"));
CREATE INDEX by_record ON corrections (record_batch, record_row);
CREATE TABLE mended (
  batch INTEGER NOT NULL, "row" INTEGER NOT NULL, from_batch INTEGER NOT NULL,
  from_row INTEGER NOT NULL, PRIMARY KEY (batch, "row"),
  FOREIGN KEY (batch, "row") REFERENCES records (batch, "row"),
  FOREIGN KEY (from_batch, from_row) REFERENCES quarantine (batch, "row"));
CREATE INDEX by_origin ON mended (from_batch, from_row);
CREATE TABLE withdrawn (
  instrument VARCHAR(64) NOT NULL, "key" TEXT NOT NULL, PRIMARY KEY (instrument, "key"))
"""
_RECORD = ("batch", "row", "instrument", "version", "uuid", "key", "content", "likeness", "answers",
           "not_relevant")  # fmt: skip
_PROBLEM = ("batch", "row", "line", "instrument", "key", "cells", "problems", "uuid", "version",
            "given")  # fmt: skip
_CONTENT = 32
"""Digits of the hash of answers that ends the key of a quarantined row with an id."""


def _second(connection: Connection) -> None:
    """Chains of hashes, corrections, quarantined rows that can be mended, people who withdrew."""
    for statement in _ADDED.split(";"):
        connection.execute(text(statement))
    _name_quarantined(connection)
    for table, columns in (("records", _RECORD), ("quarantine", _PROBLEM)):
        for line in list(_rows(connection, table, columns)):
            connection.execute(
                text(f'UPDATE {table} SET seal = :seal WHERE batch = :batch AND "row" = :row'),  # noqa: S608 - names are ours
                sealed(line),
            )
    _chain_batches(connection)
    _chain_journal(connection)


def _name_quarantined(connection: Connection) -> None:
    for line in list(_rows(connection, "quarantine", ("batch", "row", "key"))):
        uuid, _, content = line["key"].rpartition(":")
        if uuid and len(content) == _CONTENT:
            connection.execute(
                text('UPDATE quarantine SET uuid = :uuid WHERE batch = :batch AND "row" = :row'),
                line | {"uuid": uuid},
            )


def _chain_batches(connection: Connection) -> None:
    lines = connection.execute(text(
        'SELECT batch, "row", seal FROM records UNION ALL '
        'SELECT batch, "row", seal FROM quarantine ORDER BY 1, 2'
    )).all()  # fmt: skip
    for batch, rows in groupby(lines, key=lambda line: line.batch):
        chain = lengthened("", (line.seal for line in rows))
        connection.execute(text("UPDATE batches SET chain = :chain WHERE id = :batch"),
                           {"chain": chain, "batch": batch})  # fmt: skip


def _chain_journal(connection: Connection) -> None:
    chain = NOTHING
    columns = ("id", "at", "event", "batch", "detail", "who")
    for line in list(_rows(connection, "journal", columns, order="id")):
        chain = entry_hash_of(chain, line)
        connection.execute(text("UPDATE journal SET hash = :hash WHERE id = :id"),
                           {"hash": chain, "id": line["id"]})  # fmt: skip


def _rows(
    connection: Connection, table: str, columns: tuple[str, ...], *, order: str = 'batch, "row"'
) -> _Rows:
    names = ", ".join(f'"{name}"' for name in columns)
    for line in connection.execute(text(f"SELECT {names} FROM {table} ORDER BY {order}")):  # noqa: S608 - names are ours
        yield dict(line._mapping)


_STEPS: Mapping[int, Callable[[Connection], None]] = {2: _second}
"""By the version that it leads to."""
