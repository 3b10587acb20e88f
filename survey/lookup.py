"""Short texts by key, however many: small in memory, beyond that in a private temporary database.

Keys are kept as 128-bit hashes; of 10^9 keys two would be taken for one with probability 10^-21.
The database is a file without a name, which goes with the process.
"""

import sqlite3
from hashlib import blake2b

IN_MEMORY = 50_000
"""Keys beyond which a lookup moves to its database."""


class Lookup:
    """A mapping from texts to short texts in bounded memory."""

    def __init__(self, *, in_memory: int = IN_MEMORY) -> None:
        self._recent: dict[bytes, str] = {}
        self._limit = in_memory
        self._kept: sqlite3.Connection | None = None

    def get(self, key: str, default: str | None = None) -> str | None:
        """The text at a key, else `default`."""
        digest = _digest(key)
        found = self._recent.get(digest)
        if found is None and self._kept is not None:
            row = self._kept.execute("SELECT text FROM kept WHERE key = ?", (digest,)).fetchone()
            found = None if row is None else row[0]
        return default if found is None else found

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __setitem__(self, key: str, text: str) -> None:
        self._recent[_digest(key)] = text
        if len(self._recent) >= self._limit:
            self._move()

    def setdefault(self, key: str, text: str) -> str:
        """The text at a key; `text` is put there where there is none."""
        found = self.get(key)
        if found is None:
            self[key] = text
        return text if found is None else found

    def _move(self) -> None:
        if self._kept is None:
            self._kept = sqlite3.connect("", isolation_level=None)
            self._kept.execute("PRAGMA journal_mode = OFF")
            self._kept.execute("PRAGMA cache_size = -16000")
            self._kept.execute("CREATE TABLE kept (key BLOB PRIMARY KEY, text TEXT) WITHOUT ROWID")
        self._kept.execute("BEGIN")
        self._kept.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)",
                               sorted(self._recent.items()))  # fmt: skip
        self._kept.execute("COMMIT")
        self._recent.clear()


def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=16).digest()
