"""The desk as a web application."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from instruments.errors import HieuluatError
from instruments.language import LANGUAGES, Message, say
from survey.web.acts import Acts
from survey.web.desk import Desk
from survey.web.guard import LOCAL, Guard, Unexpected
from survey.web.screens import Screens
from survey.web.showing import pages

LIMIT = 512 << 20
"""Bytes of one upload, all its files together."""
_STATIC = {"desk.css": "text/css", "desk.js": "text/javascript", "desk.svg": "image/svg+xml"}
_REFUSALS = {
    400: say("The form did not arrive whole, or is none of this desk's."),
    403: say("The request does not come from a page of this desk, or from one that is too old. Open "
             "the page again and repeat it there."),
    404: say("There is no such page, or the file was stored, thrown away, or older than a day."),
    405: say("This address is only for forms that are sent."),
    421: say("This desk does not answer to that name. Open it by the address that was printed when "
             "it was started."),
}  # fmt: skip


def desk_app(desk: Desk, *, host: str = "127.0.0.1", limit: int = LIMIT) -> Starlette:
    """The application that serves a desk at `host`."""
    screens = Screens(desk=desk, templates=pages(), exposed=host not in LOCAL, limit=limit)
    rooms = {"": screens}
    if desk.contest is not None:
        rooms["/contest"] = replace(screens, desk=desk.contest)

    def refused(request: Request, status: int) -> Response:
        words = _too_large(limit) if status == 413 else _REFUSALS.get(status, _REFUSALS[400])
        return screens.message(request, say("This was not done"), words=words, status=status)

    def unexpected(request: Request, number: str) -> Response:
        words = say("The program met a fault of its own (number {number}); the study is as it was. "
                    "Please report the number with the file desk.log.", number=number)  # fmt: skip
        return screens.message(request, say("A fault of the program"), words=words, status=500)

    def explained(request: Request, error: Exception) -> Response:
        if isinstance(error, HieuluatError):
            heading = say("This was not done")
            return screens.message(request, heading, problems=error.problems, status=422)
        return refused(request, error.status_code if isinstance(error, HTTPException) else 400)

    return Starlette(
        routes=_routes(rooms),
        middleware=[Middleware(Unexpected, page=unexpected),
                    Middleware(Guard, host=host, refuse=refused)],
        exception_handlers={HieuluatError: explained, HTTPException: explained},
    )  # fmt: skip


def _routes(rooms: Mapping[str, Screens]) -> list[BaseRoute]:
    def begin(_: Request) -> Response:
        return RedirectResponse(f"/{rooms[''].desk.study.settings.language}/")

    static = [Route(f"/{name}", _fixed(name, kind)) for name, kind in _STATIC.items()]
    in_language = [Mount(f"/{one}{room}", routes=_pages(screens, Acts(screens=screens)))
                   for one in LANGUAGES for room, screens in sorted(rooms.items(), reverse=True)]  # fmt: skip
    return [Route("/", begin), *static, *in_language]


def _pages(screens: Screens, acts: Acts) -> list[BaseRoute]:
    sent, post = acts.sent, ["POST"]
    upload, batch = "/files/{token}", "/batches/{batch:int}"
    return [
        Route("/", screens.home),
        Route("/files", acts.hand_in, methods=post),
        Route(upload, screens.upload),
        Route(f"{upload}/state", screens.state),
        Route(f"{upload}/columns", screens.columns, methods=["GET"]),
        Route(f"{upload}/columns", sent(acts.settle), methods=post),
        Route(f"{upload}/reading", sent(acts.reading), methods=post),
        Route(f"{upload}/check", sent(acts.check), methods=post),
        Route(f"{upload}/store", sent(acts.store), methods=post),
        Route(f"{upload}/discard", sent(acts.discard), methods=post),
        Route(batch, screens.batch),
        Route(f"{batch}/undo", screens.undo, methods=["GET"]),
        Route(f"{batch}/undo", sent(acts.undo), methods=post),
        Route("/quarantine", screens.quarantine),
        Route("/quarantine.xlsx", acts.quarantined),
        Route("/records.xlsx", acts.accepted),
    ]


def _fixed(name: str, kind: str) -> Response:
    body = (files("survey.web") / "static" / name).read_bytes()
    return Response(body, media_type=kind)


def _too_large(limit: int) -> Message:
    return say("The files are larger than {size} MB together. Bring them in one by one, or use the "
               "command 'hieuluat import'.", size=limit // (1 << 20))  # fmt: skip
