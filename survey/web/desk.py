"""The desk: uploads, the work on them, and what was found; one for each study that is served."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Self

from instruments.errors import HieuluatError
from survey.answers import digest_of
from survey.contest import study_of_entries
from survey.imports import Clock, Reading, import_files
from survey.store import Batch, Store
from survey.study import Study
from survey.web.examine import examine
from survey.web.findings import Checked, Failed, Finding, Refused
from survey.web.guard import kept_secret, note_bug
from survey.web.uploads import Choice, Kept, Upload, Uploads
from survey.web.worker import Job, Kind, Progress, Stopped, Worker

Work = Callable[[Upload, Progress], None]
_KEPT_FINDINGS = 20


@dataclass(slots=True, kw_only=True)
class Desk:
    """What the pages show and do; safe to use from several threads."""

    study: Study
    uploads: Uploads
    secret: str
    now: Clock
    by: str = ""
    """Who works here, for the journal."""
    contest: Self | None = None
    """The desk of the study's open contest entries, which has everything of its own."""
    worker: Worker = field(default_factory=Worker)
    _findings: dict[str, Finding] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def of(cls, study: Study, *, now: Clock, by: str = "") -> Self:
        """Open the desk of a study, and clear away what nobody came back for."""
        name, contest = ".desk-contest", None
        if not study.is_contest:
            name, contest = ".desk", cls.of(study_of_entries(study), now=now, by=by)
        uploads = Uploads.within(study.folder, name=name)
        uploads.sweep(now=now())
        return cls(study=study, uploads=uploads, now=now, by=by, contest=contest,
                   secret=kept_secret(uploads.folder / "secret"))  # fmt: skip

    def of_stream(self, name: str | None) -> Self:
        """The desk of a stream that a form names; this one where it names none."""
        return self.contest if name == "contest" and self.contest is not None else self

    def with_uploads(self, uploads: Uploads) -> Self:
        """The desk, this or that of the contest, at which these uploads were handed in."""
        if self.contest is not None and uploads == self.contest.uploads:
            return self.contest
        return self

    def finding(self, token: str) -> Finding | None:
        """What the latest work on an upload came to, while it is remembered."""
        with self._lock:
            return self._findings.get(token)

    def read_as(self, upload: Upload, choice: Choice) -> None:
        """Look through the file again, read as a person says."""
        with self._lock:
            if self._is_settled(upload):
                return
            self._findings.pop(upload.token, None)
            self.uploads.save(replace(upload, choice=choice, check=None))
        self.check(upload.token)

    def check(self, token: str) -> None:
        """Begin a check run, which writes nothing to the study."""
        with self._lock:
            upload = self.uploads.find(token)
            if upload is not None and not self._is_settled(upload):
                self._begin(upload, "check", self._check)

    def store(self, token: str, *, check: str) -> bool:
        """Begin to store what a check run found; False when that is not what was found last.

        Asked twice, it is done once: an upload is stored or being stored at most one time.
        """
        with self._lock:
            upload = self.uploads.find(token)
            if upload is None or upload.check != check:
                return False
            if not self._is_settled(upload):
                self._begin(upload, "store", self._store)
            return True

    def discard(self, token: str) -> bool:
        """Throw an upload away; False while it is being worked on."""
        with self._lock:
            if self.worker.job_of(token) is not None:
                return False
            self._findings.pop(token, None)
            self.uploads.remove(token)
            return True

    def batches(self) -> list[Batch]:
        """Every batch of the study, the latest first."""
        with self.opened() as store:
            return [] if store is None else store.list_batches()[::-1]

    @contextmanager
    def opened(self) -> Iterator[Store | None]:
        """The study's store for reading, None where there is none yet."""
        with Store.existing(self.study.store_path) as store:
            yield store

    def reading_of(self, choice: Choice) -> Reading:
        """What a person chose, as an import takes it; a codebook that is gone is none."""
        book = None if choice.dictionary is None else self.uploads.find(choice.dictionary)
        return Reading(instrument=choice.instrument, mapping=choice.mapping, kind=choice.kind,
                       delimiter=choice.delimiter, encoding=choice.encoding,
                       dictionary=None if book is None else self.uploads.path_of(book))  # fmt: skip

    def close(self) -> None:
        """Stop after the rows in hand; what was being stored goes on when it is asked for again."""
        self.worker.stop()
        if self.contest is not None:
            self.contest.close()

    def _is_settled(self, upload: Upload) -> bool:
        """Whether nothing more can be done with an upload: it is stored, or just being worked on."""
        return upload.kept is not None or self.worker.job_of(upload.token) is not None

    def _begin(self, upload: Upload, kind: Kind, work: Work) -> None:
        self.worker.submit(Job(
            token=upload.token, name=upload.name, kind=kind,
            work=lambda progress: self._watched(upload, work, progress),
        ))  # fmt: skip

    def _watched(self, upload: Upload, work: Work, progress: Progress) -> None:
        try:
            work(upload, progress)
        except HieuluatError as error:
            self._remember(upload.token, Refused(problems=error.problems))
        except Stopped:
            raise
        except Exception as error:  # a bug in this work must not end the thread that does it
            self._remember(upload.token, Failed(number=note_bug(error)))

    def _check(self, upload: Upload, progress: Progress) -> None:
        path = self.uploads.path_of(upload)
        finding = examine(self.study, path, self.reading_of(upload.choice), now=self.now,
                          progress=progress)  # fmt: skip
        self._remember(upload.token, finding)
        if isinstance(finding, Checked):
            self.uploads.save(replace(upload, check=check_name(upload)))

    def _store(self, upload: Upload, progress: Progress) -> None:
        path = self.uploads.path_of(upload)
        (report,) = import_files(self.study, [path], now=self.now, progress=progress, by=self.by,
                                 reading=self.reading_of(upload.choice))  # fmt: skip
        kept = Kept(batch=report.batch, rows=report.rows, accepted=report.accepted,
                    quarantined=report.quarantined, duplicates=report.duplicates)  # fmt: skip
        self.uploads.save(replace(upload, kept=kept))
        self.uploads.drop_file(upload)

    def _remember(self, token: str, finding: Finding) -> None:
        with self._lock:
            self._findings.pop(token, None)
            self._findings[token] = finding
            while len(self._findings) > _KEPT_FINDINGS:
                self._findings.pop(next(iter(self._findings)))


def check_name(upload: Upload) -> str:
    """A name for a check run: the same file read in the same way has the same."""
    choice = upload.choice
    return digest_of([upload.token, upload.sha256, choice.instrument, choice.kind, choice.encoding,
                      choice.delimiter, choice.dictionary, dict(choice.mapping)])  # fmt: skip
