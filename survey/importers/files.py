"""What a file is by its first bytes, whatever its name says."""

import re
from pathlib import Path

from instruments.language import Message, say
from survey.errors import ImportRejected, rejected
from survey.importers.archive import is_archive, open_archive
from survey.importers.document import is_json, open_json
from survey.importers.table import Container, Contents
from survey.importers.text import empty, open_text

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY: dict[bytes, Container] = {
    b"$FL2": "spss", b"$FL3": "spss", b"<stata_dta>": "stata",
    **{bytes((release, order)): "stata"
       for release in (104, 105, 108, 110, 111, 113, 114, 115) for order in (1, 2)},
}  # fmt: skip
_PORTABLE = b"SPSS PORT FILE"
_TITLE = re.compile(rb"<title[^>]*>([^<]{0,200})", re.IGNORECASE)
_FOREIGN: dict[bytes, Message] = {
    b"%PDF": say("This is a PDF document, not a table."),
    b"\x89PNG": say("This is a picture, not a table."),
    b"\xff\xd8\xff": say("This is a picture, not a table."),
    b"{\\rtf": say("This is a text document, not a table."),
    b"<?xml": say("This is an XML document, not a table."),
}


def open_contents(
    path: Path, *, delimiter: str | None = None, encoding: str | None = None
) -> Contents:
    """Open a file of responses as sheets of text, or as a document.

    Raises:
        ImportRejected: The file cannot be read as a table, with the reason.
    """
    head = _head(path)
    if not head.strip():
        raise empty(path.name)
    if head.startswith(_OLE) or (head.startswith(_ZIP) and not is_archive(path)):
        return _workbook(path, delimiter)
    if head.startswith(_ZIP):
        return open_archive(path, delimiter=delimiter, encoding=encoding)
    for mark, container in _BINARY.items():
        if head.startswith(mark):
            return Contents(path=path, container=container)
    if _PORTABLE in head[:512]:
        return Contents(path=path, container="spss")
    if is_json(head):
        return open_json(path)
    _refuse_foreign(path, head)
    return open_text(path, delimiter=delimiter, encoding=encoding)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except OSError as error:
        raise rejected(path.name, say("The file cannot be read ({reason}).",
                                      reason=error.strerror or error)) from None  # fmt: skip


def _workbook(path: Path, delimiter: str | None) -> Contents:
    from survey.importers.workbook import open_workbook  # noqa: PLC0415 - text needs no calamine

    if delimiter is not None:
        raise rejected(path.name, say("This is a workbook; it has no delimiter."),
                       say("Leave the delimiter out."))  # fmt: skip
    return open_workbook(path)


def _refuse_foreign(path: Path, head: bytes) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:15].lower().startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise _web_page(path, head)
    for mark, what in _FOREIGN.items():
        if start.startswith(mark):
            raise rejected(path.name, what, say("Export the responses as CSV or Excel."))


def _web_page(path: Path, head: bytes) -> ImportRejected:
    found = _TITLE.search(head)
    title = found[1].decode("utf-8", "replace").strip() if found else ""
    return rejected(path.name, say("This is a web page ('{title}'), not a table.", title=title),
                    say("The download was probably refused: log in again and repeat the "
                        "export."))  # fmt: skip
