"""On which batches a snapshot rests, and whether they still count.

A snapshot is a copy: it stays what it is when a batch is undone. Beside it stands a file that names
its batches, so that a report which rests on it can say that one of them was undone since.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from instruments.language import Message, say
from survey.durable import write_whole
from survey.store import Store
from survey.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotStatus:
    """What has become of a snapshot's batches; `kept` is whether its file is still there."""

    hash: str
    batches: tuple[int, ...]
    undone: tuple[int, ...]
    kept: bool

    @property
    def holds(self) -> bool:
        """Whether everything that it rests on counts still."""
        return self.kept and not self.undone

    def sentence(self) -> Message:
        """What a report that rests on it has to say."""
        names = ", ".join(map(str, self.undone))
        if not self.kept:
            return say("It was deleted: a person in it has withdrawn.")
        if self.undone:
            return say("It rests on batches that were undone since: {names}.", names=names)
        return say("Everything that it rests on counts still.")


def name_batches(study: Study, name: str, batches: tuple[int, ...]) -> None:
    """Write down that a snapshot rests on these batches."""
    path = _beside(study, name)
    known = _sets(path)
    if list(batches) not in known:
        text = json.dumps({"batches": [*known, list(batches)]})
        write_whole(path, lambda place: place.write_text(text, encoding="ascii"))


def snapshot_status(study: Study, name: str) -> SnapshotStatus:
    """Whether what a snapshot rests on counts still; the same content may come by several batches."""
    with Store.existing(study.store_path) as store:
        counting = set() if store is None else {
            one.id for one in store.list_batches() if one.state == "sealed"
        }  # fmt: skip
    known = _sets(_beside(study, name))
    resting = next((one for one in reversed(known) if counting.issuperset(one)),
                   known[-1] if known else [])  # fmt: skip
    return SnapshotStatus(
        hash=name, batches=tuple(resting), kept=(study.snapshots / f"{name}.parquet").exists(),
        undone=tuple(one for one in resting if one not in counting),
    )  # fmt: skip


def snapshots(study: Study) -> Iterator[str]:
    """The hashes of all snapshots that were ever written, by name."""
    yield from sorted(path.stem for path in study.snapshots.glob("*.json"))


def forget_snapshots_of(study: Study, key: str) -> list[str]:
    """Delete the copies that hold a record; their hashes."""
    gone = []
    for name in snapshots(study):
        path = study.snapshots / f"{name}.parquet"
        if path.exists() and key in pq.read_table(path, columns=["_record"])["_record"].to_pylist():
            for copy in (path, *study.snapshots.glob(f"{name}.*.parquet")):
                copy.unlink()
            gone.append(name)
    return gone


def _beside(study: Study, name: str) -> Path:
    return study.snapshots / f"{name}.json"


def _sets(path: Path) -> list[list[int]]:
    if not path.exists():
        return []
    found: list[list[int]] = json.loads(path.read_text(encoding="ascii"))["batches"]
    return found
