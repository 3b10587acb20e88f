"""Who may speak to the desk: this machine's own pages, and nobody through them.

There are no accounts. A page of another site could still make the browser of a clerk send requests
here, or point a name of its own at this machine (DNS rebinding); both are turned away.
"""

import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from traceback import extract_tb

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("hieuluat.desk")
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised here, bound only when asked for
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """Adds the headers that keep pages to themselves, and refuses hosts that are not ours."""

    app: ASGIApp
    host: str
    refuse: Callable[[Request, int], Response]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        status = self._refusal(Headers(scope=scope), scope["method"])
        answer = self.app if status is None else self.refuse(Request(scope), status)
        await answer(scope, receive, with_headers)

    def _refusal(self, headers: Headers, method: str) -> int | None:
        host = headers.get("host", "")
        if not is_ours(host, served=self.host):
            return 421
        if method in ("GET", "HEAD"):
            return None
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        stranger = origin is not None and origin.partition("://")[2] != host
        return 403 if stranger or site not in ("same-origin", "none") else None


def is_ours(host: str, *, served: str) -> bool:
    """Whether a Host header names this machine as it is served.

    Served to a whole network, any address will do but no name: rebinding needs a name.
    """
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    name = name.strip("[]").lower()
    return name in LOCAL or name == served.lower() or (served in _ANYWHERE and _is_address(name))


def kept_secret(path: Path) -> str:
    """The secret of this desk's forms, made once, so that a page outlives a restart."""
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="ascii")
    return path.read_text(encoding="ascii")


def is_equal(given: str, secret: str) -> bool:
    """Whether a form carries the secret; takes the same time whatever is given."""
    return hmac.compare_digest(given.encode(), secret.encode())


@dataclass(frozen=True, slots=True)
class Unexpected:
    """Turns a bug into a page with a number; the log has the trace, and nothing from a file."""

    app: ASGIApp
    page: Callable[[Request, str], Response]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = False

        async def noticing(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noticing)
        except Exception as error:
            number = note_bug(error)
            if scope["type"] == "http" and not begun:
                await self.page(Request(scope), number)(scope, receive, send)


def note_bug(error: BaseException) -> str:
    """Write a bug's trace to the log, without messages, which may quote a cell; its number."""
    number = secrets.token_hex(3)
    LOG.error("%s: %s", number, " <- ".join(_trace(error)))
    return number


def _trace(error: BaseException | None) -> list[str]:
    lines = []
    while error is not None:
        frames = "; ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}"
                           for one in extract_tb(error.__traceback__))  # fmt: skip
        lines.append(f"{type(error).__name__} at {frames}")
        error = error.__cause__ or error.__context__
    return lines


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
