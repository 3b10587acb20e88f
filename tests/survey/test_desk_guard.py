"""What stands between the desk and the world: names, hosts, forms from the wire, characters."""

import asyncio
import socket
from datetime import datetime
from unicodedata import is_normalized

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as some
from starlette.exceptions import HTTPException
from starlette.requests import Request

from instruments.errors import HieuluatError
from instruments.language import say
from reports.cli import main
from survey.readings import HANOI
from survey.web.guard import is_ours
from survey.web.receive import Received, receive
from survey.web.server import Server
from survey.web.showing import pages, visible
from survey.web.uploads import Uploads, safe_name

AT = datetime(2026, 11, 24, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("host", "served", "ours"),
    [
        ("localhost:8000", "127.0.0.1", True),
        ("LOCALHOST", "127.0.0.1", True),
        ("127.0.0.1:1", "127.0.0.1", True),
        ("[::1]:8000", "127.0.0.1", True),
        ("", "127.0.0.1", False),
        ("evil.example:8000", "127.0.0.1", False),
        ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("192.168.1.5:8000", "192.168.1.5", True),
        ("192.168.1.6:8000", "192.168.1.5", False),
        ("192.168.1.6:8000", "0.0.0.0", True),
        ("[fe80::1]:8000", "::", True),
        ("desk.example:8000", "0.0.0.0", False),
        ("desk.example:8000", "desk.example", True),
    ],
)
def test_only_names_of_this_machine_are_answered(host, served, ours):
    assert is_ours(host, served=served) is ours


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("phiếu khảo sát.csv", "phiếu khảo sát.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\b.xlsx", "b.xlsx"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("..", "file"),
        ("", "file"),
        (".bashrc", "bashrc"),
        ("<b>'\"|?*.csv", "_b_'_.csv"),
        ("x\u202evsc.exe", "x_vsc.exe"),
        ("upload.json", "file.json"),
        ("Nam.csv", "Nam.csv"),
        ("phie\u0302\u0301u.csv", "phiếu.csv"),
        ("đ" * 300 + ".csv", "đ" * 73 + ".csv"),
    ],
)
def test_a_files_name_is_kept_without_what_a_file_system_could_obey(name, safe):
    assert safe_name(name) == safe


@given(some.text())
def test_any_name_becomes_one_that_can_be_written_and_no_path(name):
    safe = safe_name(name)
    assert safe == safe.strip(" ")
    assert not set(safe) & set('/\\\0<>"|?*:\n')
    assert safe not in ("", ".", "..", "upload.json")
    assert len(safe.encode()) <= 200
    assert is_normalized("NFC", safe)


@given(some.text())
def test_a_page_can_be_written_whatever_a_cell_holds(text):
    shown = visible(text)
    shown.encode()
    assert "\0" not in shown
    assert not any("\u202a" <= letter <= "\u202e" for letter in shown)
    page = pages().from_string("{{ value }}").render(language="vi", value=text)
    assert "<" not in page
    assert '"' not in page


def test_messages_on_a_page_are_escaped_and_their_long_values_shortened():
    message = say("Column '{name}' belongs to no question of the form.", name="<b>" + "x" * 1000)
    page = pages().from_string("{{ message }}").render(language="en", message=message)
    assert page.startswith("Column &#39;&lt;b&gt;xxx")
    assert len(page) < 300


def requested(body: bytes, content_type: str) -> Request:
    pieces = [body[at : at + 7] for at in range(0, len(body), 7)] or [b""]

    async def take() -> dict[str, object]:
        piece = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    headers = [(b"content-type", content_type.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, take)


def received(uploads: Uploads, body: bytes, content_type: str = "multipart/form-data; boundary=x"):
    return asyncio.run(receive(requested(body, content_type), lambda _: uploads, at=AT, limit=1 << 20,
                               may_begin=lambda fields: fields.get("secret") == "s"))  # fmt: skip


FORM = (b'--x\r\nContent-Disposition: form-data; name="secret"\r\n\r\ns\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\nk1,k2\r\n--y\r\n1,2\r\n"
        b"--x--\r\n")  # fmt: skip


def test_a_form_is_read_in_pieces_of_any_size(tmp_path):
    uploads = Uploads.within(tmp_path)
    form = received(uploads, FORM)
    (upload,) = form.files
    assert form.fields == {"secret": "s"}
    assert uploads.path_of(upload).read_bytes() == b"k1,k2\r\n--y\r\n1,2"
    assert uploads.find(upload.token) == upload


@settings(max_examples=60)
@given(data=some.data())
def test_whatever_comes_over_the_wire_is_a_form_or_a_refusal(tmp_path_factory, data):
    uploads = Uploads.within(tmp_path_factory.mktemp("desk"))
    start = data.draw(some.integers(0, len(FORM)))
    end = data.draw(some.integers(start, len(FORM)))
    body = FORM[:start] + data.draw(some.binary(max_size=20)) + FORM[end:]
    form = received_or_refused(uploads, body)
    arrived = [] if form is None else form.files
    assert sorted(one.name for one in uploads.folder.iterdir()) == sorted(
        one.token for one in arrived
    )


def received_or_refused(uploads: Uploads, body: bytes) -> Received | None:
    """What has arrived; None where the form is refused as such."""
    try:
        return received(uploads, body)
    except HTTPException as error:
        if error.status_code not in (400, 403):
            raise
        return None


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "\x00"])
def test_a_body_that_is_no_form_is_refused(tmp_path, kind):
    with pytest.raises(HTTPException) as refused:
        received(Uploads.within(tmp_path), b"x", kind)
    assert refused.value.status_code == 400


def test_a_field_that_is_too_long_is_refused(tmp_path):
    long = FORM.replace(b"\r\ns\r\n", b"\r\n" + b"s" * 70_000 + b"\r\n")
    with pytest.raises(HTTPException):
        received(Uploads.within(tmp_path), long)


def test_the_public_form_is_refused_in_words(study):
    answer = CliRunner().invoke(main, ["serve", str(study.folder), "--role", "public",
                                       "--language", "en"])  # fmt: skip
    assert answer.exit_code == 1
    assert answer.stderr == (
        "--role public: The form for respondents is not served yet. Take --role staff for the "
        "desk, or collect with the forms that 'hieuluat form' writes.\n"
    )


def test_a_port_that_is_taken_is_said_with_the_cure(study):
    first = Server.of(study, host="127.0.0.1", port=0, role="all", now=lambda: AT)
    port = first.sockets[0].getsockname()[1]
    with first.sockets[0], pytest.raises(HieuluatError) as refused:
        Server.of(study, host="127.0.0.1", port=port, role="all", now=lambda: AT)
    assert refused.value.text() == (
        f"127.0.0.1:{port}: The address cannot be served at (Address already in use). Perhaps a "
        "desk is open there already; close it, or take another port with --port."
    )


def test_whoever_opens_the_address_as_soon_as_it_is_told_is_not_refused(study):
    server = Server.of(study, host="127.0.0.1", port=0, role="staff", now=lambda: AT)
    with server.sockets[0] as bound, socket.create_connection(bound.getsockname(), timeout=5):
        assert server.url.startswith("http://127.0.0.1:")


def test_the_desk_is_open_to_this_machine_alone_unless_it_is_told_otherwise(study):
    for host, exposed in (("127.0.0.1", False), ("0.0.0.0", True)):
        server = Server.of(study, host=host, port=0, role="staff", now=lambda: AT)
        with server.sockets[0] as bound:
            assert server.is_exposed is exposed
            assert server.url == f"http://127.0.0.1:{bound.getsockname()[1]}/"
