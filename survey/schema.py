"""Tables of the answer store.

Rows of `records`, `quarantine`, `flags` and `journal` are only ever added. What counts at present
is the ledger `standing`: one line per key, unique by the schema itself. Sealing a batch adds its
lines, undoing it removes them, and nothing else is touched; a row without its line is invisible.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

VERSION = 1

metadata = MetaData()

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
    Column("key", Text, nullable=False),
    Column("content", String(32), nullable=False),  # hash of all answers
    Column("likeness", String(32)),  # hash of the substantive answers, where there are enough
    Column("answers", Text, nullable=False),  # as answered, canonical JSON by form path
    Column("not_relevant", Text, nullable=False),  # places kept as answered, blank for analysis
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
    Column("key", Text, nullable=False),
    Column("cells", Text, nullable=False),  # as in the file
    Column("problems", Text, nullable=False),
    PrimaryKeyConstraint("batch", "row"),
)

standing = Table(
    "standing",
    metadata,
    Column("status", String(12), nullable=False),
    Column("instrument", String(64), nullable=False),
    Column("key", Text, nullable=False),
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
)
