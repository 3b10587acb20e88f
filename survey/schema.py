"""Tables of the answer store.

Rows of `records`, `quarantine`, `corrections`, `flags` and `journal` are only ever added. What
counts at present is the ledger `standing`: one line per key, unique by the schema itself. Sealing a
batch adds its lines, undoing it removes them, and nothing else is touched; a row without its line
is invisible. The one exception is a person who withdraws: their answers are blanked where they
stand (`survey.withdrawal`).
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

VERSION = 2

metadata = MetaData()
_KEY = Text().with_variant(Text(collation="C"), "postgresql")
"""Ordered by its bytes everywhere."""

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("file_sha256", String(64), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("recipe", String(64), nullable=False),  # all that decides what the file becomes
    Column("mapping", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("rows_done", Integer, nullable=False),  # the checkpoint
    Column("since", Integer, nullable=False),  # journal entry of its opening
    Column("opened_at", String(32), nullable=False),
    Column("closed_at", String(32)),
    Column("who", Text, nullable=False, server_default=""),
    Column("chain", String(64), nullable=False, server_default=""),  # over the seals of its rows
    CheckConstraint("state IN ('open', 'sealed', 'empty', 'undone')", name="known_state"),
)

records = Table(
    "records",
    metadata,
    Column("batch", ForeignKey("batches.id"), nullable=False),
    Column("row", Integer, nullable=False),
    Column("instrument", String(64), nullable=False),
    Column("version", Text, nullable=False),
    Column("uuid", Text),
    Column("key", _KEY, nullable=False),
    Column("content", String(32), nullable=False),  # hash of all answers
    Column("likeness", String(32)),  # hash of the substantive answers, where there are enough
    Column("answers", Text, nullable=False),  # as answered, canonical JSON by form path
    Column("not_relevant", Text, nullable=False),  # places kept as answered, blank for analysis
    Column("seal", String(64), nullable=False, server_default=""),  # hash of the line
    PrimaryKeyConstraint("batch", "row"),
    Index("by_likeness", "likeness"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("batch", ForeignKey("batches.id"), nullable=False),
    Column("row", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Column("instrument", String(64), nullable=False),
    Column("key", _KEY, nullable=False),
    Column("cells", Text, nullable=False),  # as in the file
    Column("problems", Text, nullable=False),
    Column("uuid", Text),
    Column("version", Text, nullable=False, server_default=""),
    Column("given", Text, nullable=False, server_default="{}"),  # the cells by form path
    Column("seal", String(64), nullable=False, server_default=""),
    PrimaryKeyConstraint("batch", "row"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("batch", ForeignKey("batches.id"), nullable=False),
    Column("row", Integer, nullable=False),
    Column("record_batch", Integer, nullable=False),  # the record as it was imported
    Column("record_row", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("old", Text, nullable=False),  # empty where there was no answer
    Column("new", Text, nullable=False),  # empty where there shall be none
    Column("why", Text, nullable=False),
    Column("seal", String(64), nullable=False),
    PrimaryKeyConstraint("batch", "row"),
    ForeignKeyConstraint(["record_batch", "record_row"], ["records.batch", "records.row"]),
    Index("by_record", "record_batch", "record_row"),
)

mended = Table(
    "mended",
    metadata,
    Column("batch", Integer, nullable=False),
    Column("row", Integer, nullable=False),
    Column("from_batch", Integer, nullable=False),  # the quarantined row that it repairs
    Column("from_row", Integer, nullable=False),
    PrimaryKeyConstraint("batch", "row"),
    ForeignKeyConstraint(["batch", "row"], ["records.batch", "records.row"]),
    ForeignKeyConstraint(["from_batch", "from_row"], ["quarantine.batch", "quarantine.row"]),
    Index("by_origin", "from_batch", "from_row"),
)

withdrawn = Table(
    "withdrawn",
    metadata,
    Column("instrument", String(64), nullable=False),
    Column("key", _KEY, nullable=False),
    PrimaryKeyConstraint("instrument", "key"),
)

standing = Table(
    "standing",
    metadata,
    Column("status", String(12), nullable=False),
    Column("instrument", String(64), nullable=False),
    Column("key", _KEY, nullable=False),
    Column("batch", ForeignKey("batches.id"), nullable=False),
    Column("row", Integer, nullable=False),
    PrimaryKeyConstraint("status", "instrument", "key"),
    CheckConstraint("status IN ('accepted', 'quarantined')", name="known_status"),
    Index("by_row", "batch", "row"),
)

flags = Table(
    "flags",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("batch", ForeignKey("batches.id"), nullable=False, index=True),
    Column("row", Integer),
    Column("rule", Text, nullable=False),
    Column("path", Text),
    Column("value", Text),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("event", String(16), nullable=False),
    Column("batch", ForeignKey("batches.id")),
    Column("detail", Text, nullable=False),
    Column("who", Text, nullable=False, server_default=""),
    Column("hash", String(64), nullable=False, server_default=""),  # over the one before and this
)
