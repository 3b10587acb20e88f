"""What staff do at the desk: every act is a form that is sent, and answers with a page to go to.

Going to a page after each act is what makes reload, back and double click harmless.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from instruments.language import Message, say
from survey.corrections_book import write_records
from survey.imports import undo_batch
from survey.quarantine_book import write_quarantine
from survey.web.columns import columns_of
from survey.web.desk import Desk, check_name
from survey.web.findings import Column, Unsettled
from survey.web.guard import is_equal
from survey.web.receive import receive
from survey.web.screens import Screens, root_of
from survey.web.uploads import Choice, Upload

Act = Callable[[Request, FormData], Response]
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LEAVE_OUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What the forms of one desk do."""

    screens: Screens

    @property
    def desk(self) -> Desk:
        """The desk that is worked at."""
        return self.screens.desk

    def sent(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        """An act as an endpoint: the form is read and must be one of ours."""

        async def endpoint(request: Request) -> Response:
            async with request.form(max_files=0, max_fields=5000) as form:
                if not self._is_ours(form.get("secret")):
                    raise HTTPException(403)
                return await run_in_threadpool(act, request, form)

        return endpoint

    async def hand_in(self, request: Request) -> Response:
        """Take files in and begin to look at them."""
        received = await receive(
            request, lambda fields: self.desk.of_stream(fields.get("stream")).uploads,
            at=self.desk.now(), limit=self.screens.limit,
            may_begin=lambda fields: self._is_ours(fields.get("secret")),
        )  # fmt: skip
        if not self._is_ours(received.fields.get("secret")):
            raise HTTPException(403)
        if received.uploads is None:
            return self._not_done(request, say("No file was chosen."), status=400)
        choice = Choice(instrument=received.fields.get("instrument") or None)
        desk = self.desk.with_uploads(received.uploads)
        await run_in_threadpool(_look_at, desk, received.files, choice)
        only = received.files[0].token if len(received.files) == 1 else None
        place = "" if only is None else f"files/{only}"
        return RedirectResponse(root_of(request, desk) + place, status_code=303)

    def reading(self, request: Request, form: FormData) -> Response:
        """Read an upload in another way."""
        upload = self.screens.found(request)
        said = {name: str(form[name]) or None
                for name in ("instrument", "kind", "encoding", "delimiter", "dictionary")
                if name in form}  # fmt: skip
        self.desk.read_as(upload, replace(upload.choice, **said, mapping={}))
        return self._to(request, f"files/{upload.token}")

    def settle(self, request: Request, form: FormData) -> Response:
        """Put columns where a person says that they go."""
        upload = self.screens.found(request)
        if form.get("check") != check_name(upload):
            return self._overtaken(request, upload)
        table = self._table(upload)
        mapping = dict(upload.choice.mapping)
        for column in table.columns:
            said = _said_of(column, form)
            if said:
                mapping[column.name] = None if said == _LEAVE_OUT else said
        self.desk.read_as(upload, replace(upload.choice, mapping=mapping))
        return self._to(request, f"files/{upload.token}")

    def check(self, request: Request, _: FormData) -> Response:
        """Look at an upload again."""
        upload = self.screens.found(request)
        self.desk.check(upload.token)
        return self._to(request, f"files/{upload.token}")

    def store(self, request: Request, form: FormData) -> Response:
        """Store what a check run found, once."""
        upload = self.screens.found(request)
        if not self.desk.store(upload.token, check=str(form.get("check", ""))):
            return self._overtaken(request, upload)
        return self._to(request, f"files/{upload.token}")

    def discard(self, request: Request, _: FormData) -> Response:
        """Throw an upload away."""
        token = request.path_params["token"]
        if not self.desk.discard(token):
            return self._not_done(
                request, say("The file is being worked on; wait until that is done."), status=409,
                back=f"files/{token}",
            )  # fmt: skip
        return self._to(request, "")

    def undo(self, request: Request, _: FormData) -> Response:
        """Undo a batch; done already, it stays done."""
        batch = self.screens.found_batch(request)
        if batch.state in ("open", "sealed"):
            undo_batch(self.desk.study, str(batch.id), now=self.desk.now, by=self.desk.by)
        return self._to(request, f"batches/{batch.id}")

    def quarantined(self, request: Request) -> Response:
        """The rows in quarantine as a workbook to correct them in."""
        return self._workbook("quarantine", lambda path: write_quarantine(
            self.desk.study, path, language=self.screens.language(request)
        ))  # fmt: skip

    def accepted(self, request: Request) -> Response:
        """The accepted records of an instrument as a workbook to correct them in."""
        instrument = request.query_params.get("instrument") or None
        return self._workbook("records", lambda path: write_records(
            self.desk.study, path, instrument=instrument, language=self.screens.language(request)
        ))  # fmt: skip

    def _workbook(self, kind: str, write: Callable[[Path], object]) -> Response:
        with TemporaryDirectory(dir=self.desk.uploads.folder) as folder:
            path = Path(folder) / f"{kind}.xlsx"
            write(path)
            body = path.read_bytes()
        name = f"{self.desk.study.settings.id}-{kind}.xlsx"
        return Response(body, media_type=_WORKBOOK, headers={
            "content-disposition": f'attachment; filename="{name}"'
        })  # fmt: skip

    def _table(self, upload: Upload) -> Unsettled:
        finding = self.desk.finding(upload.token)
        if isinstance(finding, Unsettled):
            return finding
        return columns_of(self.desk.study, self.desk.uploads.path_of(upload),
                          self.desk.reading_of(upload.choice))  # fmt: skip

    def _is_ours(self, secret: object) -> bool:
        return isinstance(secret, str) and is_equal(secret, self.desk.secret)

    def _overtaken(self, request: Request, upload: Upload) -> Response:
        return self._not_done(
            request, say("The file has been read in another way since this page was made; nothing "
                         "was stored. Look at what was found now."),
            status=409, back=f"files/{upload.token}",
        )  # fmt: skip

    def _not_done(
        self, request: Request, words: Message, *, status: int, back: str = ""
    ) -> Response:
        address = root_of(request, self.desk) + back
        return self.screens.message(request, say("This was not done"), words=words, status=status,
                                    back=address)  # fmt: skip

    def _to(self, request: Request, place: str) -> Response:
        return RedirectResponse(root_of(request, self.desk) + place, status_code=303)


def _look_at(desk: Desk, uploads: list[Upload], choice: Choice) -> None:
    desk.uploads.sweep(now=desk.now())
    for upload in uploads:
        desk.read_as(upload, choice)


def _said_of(column: Column, form: FormData) -> str:
    """What a form says of a column: a place, to leave it out, or nothing."""
    said = str(form.get(f"c{column.number}", ""))
    return said or (_LEAVE_OUT if column.unsettled and form.get("rest") == "out" else "")
