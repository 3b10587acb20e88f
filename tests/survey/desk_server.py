"""A desk that answers at an address while a test runs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from survey.web.app import desk_app
from survey.web.desk import Desk


@contextmanager
def serving(desk: Desk, **settings) -> Iterator[str]:
    """Serve a desk; the address, without a slash at its end."""
    bound = socket.create_server(("127.0.0.1", 0))
    program = uvicorn.Server(
        uvicorn.Config(desk_app(desk, **settings), log_level="error", access_log=False)
    )
    thread = threading.Thread(target=lambda: program.run(sockets=[bound]))
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        program.should_exit = True
        thread.join()
        desk.close()
