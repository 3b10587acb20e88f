"""One piece of work at a time, in a thread of its own, so that pages answer while files are read."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

Kind = Literal["check", "store"]
Progress = Callable[[int, int], None]


class Stopped(Exception):
    """The desk is closing; an import goes on from its checkpoint when it is asked for again."""


@dataclass(slots=True, kw_only=True)
class Job:
    """Work on one upload, and how far it is; `begun` is None while it waits for its turn."""

    token: str
    name: str
    kind: Kind
    work: Callable[[Progress], None]
    begun: float | None = None
    done: int = 0
    rows: int = 0

    @property
    def seconds_left(self) -> float | None:
        """Time to the end at the pace so far, when one can be told."""
        if self.begun is None or not self.done or not self.rows:
            return None
        return (monotonic() - self.begun) / self.done * max(self.rows - self.done, 0)


@dataclass(slots=True)
class Worker:
    """Does jobs in the order in which they come; an upload has at most one."""

    _queue: deque[Job] = field(default_factory=deque)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def submit(self, job: Job) -> None:
        """Queue a job, unless the upload has one already."""
        with self._changed:
            if self._stopping.is_set() or any(one.token == job.token for one in self._queue):
                return
            self._queue.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="desk")
                self._thread.start()
            self._changed.notify_all()

    def job_of(self, token: str) -> Job | None:
        """The upload's job, running or waiting."""
        with self._changed:
            return next((one for one in self._queue if one.token == token), None)

    def running(self) -> Job | None:
        """The job that is being done."""
        with self._changed:
            return self._queue[0] if self._queue else None

    def wait_until_idle(self, *, seconds: float) -> bool:
        """Wait for the queue to be empty; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue, timeout=seconds)

    def stop(self) -> None:
        """End after the chunk of rows in hand; what waits is not begun."""
        with self._changed:
            self._stopping.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            job.begun = monotonic()
            try:
                job.work(lambda done, rows, job=job: self._advance(job, done, rows))  # type: ignore[misc]
            except Stopped:
                return
            with self._changed:
                self._queue.popleft()
                self._changed.notify_all()

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._stopping.is_set())
            return None if self._stopping.is_set() else self._queue[0]

    def _advance(self, job: Job, done: int, rows: int) -> None:
        if self._stopping.is_set():
            raise Stopped
        job.done, job.rows = done, rows
