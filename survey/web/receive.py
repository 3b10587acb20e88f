"""A form with files, read from the wire straight into the desk's private folder.

Nothing lies in memory or in the system's temporary folder; the form's secret is seen before the
first byte of a file is written. What is refused is read on and thrown away, because a browser shows
no answer to a request that it cannot finish.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from instruments.errors import HieuluatError
from survey.web.uploads import Incoming, Upload, Uploads

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_LONGEST_FIELD = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The fields of a form, and its files as uploads."""

    fields: dict[str, str]
    files: list[Upload]
    uploads: Uploads | None
    """Where the files are; None where none came."""


async def receive(
    request: Request, uploads: Callable[[dict[str, str]], Uploads], *, at: datetime, limit: int,
    may_begin: Callable[[dict[str, str]], bool],
) -> Received:  # fmt: skip
    """Read a form; `uploads` and `may_begin` look at the fields that stand before the first file.

    Raises:
        HTTPException: 400 the body is no such form, 403 the fields do not allow it, 413 too large.
        StudyError: The disk takes no more.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise HTTPException(400)
    form = _Form(uploads=uploads, at=at, may_begin=may_begin)
    parser = MultipartParser(options[b"boundary"], form.callbacks())
    try:
        await _pump(request, parser, limit=limit)
        form.must_be_whole()
    except (FormParserError, ClientDisconnect):
        form.give_up()
        raise HTTPException(400) from None
    except BaseException:
        form.give_up()
        raise
    return Received(fields=form.fields, files=form.files, uploads=form.place)


async def _pump(request: Request, parser: MultipartParser, *, limit: int) -> None:
    size = 0
    refusal: Exception | None = None
    async for chunk in request.stream():
        size += len(chunk)
        refusal = refusal or (HTTPException(413) if size > limit else None)
        if refusal is None:
            refusal = await run_in_threadpool(_refusal, parser, chunk)
    if refusal is not None:
        raise refusal
    parser.finalize()


def _refusal(parser: MultipartParser, chunk: bytes) -> Exception | None:
    try:
        parser.write(chunk)
    except (HTTPException, HieuluatError, FormParserError) as error:
        return error
    return None


@dataclass(slots=True, kw_only=True)
class _Form:
    """What the parser calls; one part at a time is open."""

    uploads: Callable[[dict[str, str]], Uploads]
    at: datetime
    may_begin: Callable[[dict[str, str]], bool]
    fields: dict[str, str] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)
    header: list[bytes] = field(default_factory=lambda: [b"", b""])
    disposition: bytes = b""
    name: str = ""
    text: bytearray = field(default_factory=bytearray)
    place: Uploads | None = None
    incoming: Incoming | None = None
    skipping: bool = False
    whole: bool = False

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_header_field": lambda data, start, end: self._heading(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._heading(1, data[start:end]),
            "on_header_end": self._header_ended,
            "on_headers_finished": self._part_begins,
            "on_part_data": lambda data, start, end: self._data(data[start:end]),
            "on_part_end": self._part_ends,
            "on_end": self._ends,
        }

    def must_be_whole(self) -> None:
        if not self.whole:
            raise FormParserError("the form ends in the middle")

    def give_up(self) -> None:
        if self.incoming is not None:
            self.incoming.give_up()
        if self.place is not None:
            for upload in self.files:
                self.place.remove(upload.token)

    def _heading(self, side: int, data: bytes) -> None:
        self.header[side] += data

    def _header_ended(self) -> None:
        if self.header[0].lower() == b"content-disposition":
            self.disposition = self.header[1]
        self.header = [b"", b""]

    def _part_begins(self) -> None:
        _, options = parse_options_header(self.disposition)
        self.name = options.get(b"name", b"").decode(errors="replace")
        self.text.clear()
        self.skipping = options.get(b"filename") == b""
        if options.get(b"filename"):
            if not self.may_begin(self.fields):
                raise HTTPException(403)
            name = options[b"filename"].decode(errors="replace")
            self.place = self.place or self.uploads(self.fields)
            self.incoming = self.place.begin(name, at=self.at)

    def _data(self, data: bytes) -> None:
        if self.incoming is not None:
            self.incoming.write(data)
        elif len(self.text) + len(data) > _LONGEST_FIELD:
            raise HTTPException(400)
        else:
            self.text += data

    def _part_ends(self) -> None:
        if self.incoming is not None:
            self.files.append(self.incoming.done())
            self.incoming = None
        elif not self.skipping:
            self.fields[self.name] = self.text.decode(errors="replace")

    def _ends(self) -> None:
        self.whole = True
