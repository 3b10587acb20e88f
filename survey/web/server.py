"""The desk on the network: its socket, its log, and how it ends."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Self

import uvicorn

from instruments.language import say
from survey.errors import StudyError, unusable
from survey.imports import Clock
from survey.study import Study
from survey.web.app import desk_app
from survey.web.desk import Desk
from survey.web.guard import LOCAL, LOG


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A desk bound to its address and not yet running."""

    desk: Desk
    host: str
    sockets: list[socket.socket]

    @classmethod
    def of(cls, study: Study, *, host: str, port: int, role: str, now: Clock, by: str = "") -> Self:
        """Bind a study's desk to an address.

        Raises:
            StudyError: The role is not served yet, or the address cannot be had.
        """
        if role == "public":
            raise unusable("--role public", say("The form for respondents is not served yet."),
                           say("Take --role staff for the desk, or collect with the forms that "
                               "'hieuluat form' writes."))  # fmt: skip
        bound = _bound(host, port)
        return cls(desk=Desk.of(study, now=now, by=by), host=host, sockets=[bound])

    @property
    def url(self) -> str:
        """The address to open."""
        name = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared
        shown = f"[{name}]" if ":" in name else name
        return f"http://{shown}:{self.sockets[0].getsockname()[1]}/"

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach it."""
        return self.host not in LOCAL

    def run(self) -> None:
        """Serve until Ctrl-C; an import in hand stops after its chunk and can be gone on with."""
        app = desk_app(self.desk, host=self.host)
        settings = uvicorn.Config(app, log_level="error", access_log=False, server_header=False,
                                  timeout_graceful_shutdown=3)  # fmt: skip
        with _logged(self.desk.uploads.folder / "desk.log"):
            try:
                with suppress(KeyboardInterrupt):  # raised anew once all requests are answered
                    uvicorn.Server(settings).run(sockets=self.sockets)
            finally:
                self.desk.close()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen()  # whoever opens the address as soon as it is told waits and is not refused
    except OSError as error:
        bound.close()
        raise _taken(host, port, error) from None
    return bound


def _taken(host: str, port: int, error: OSError) -> StudyError:
    return unusable(
        f"{host}:{port}",
        say("The address cannot be served at ({reason}).", reason=error.strerror or error),
        say("Perhaps a desk is open there already; close it, or take another port with --port."),
    )  # fmt: skip


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    handler = RotatingFileHandler(path, maxBytes=1 << 20, backupCount=1, delay=True,
                                  encoding="utf-8")  # fmt: skip
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    LOG.addHandler(handler)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        handler.close()
