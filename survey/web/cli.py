"""The command `serve`: the desk for staff, on their own machine."""

from pathlib import Path

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import by_option, open_study, present_time


@click.command()
@click.argument("study", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True,
              help="Address to serve at; any other than this machine's own is open to its network.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
              help="Port to serve at; 0 takes a free one.")  # fmt: skip
@click.option("--role", type=click.Choice(["all", "public", "staff"]), default="all",
              show_default=True, help="Which pages to serve.")  # fmt: skip
@by_option
@format_option
@language_option
@click.pass_context
def serve(
    ctx: click.Context, *, study: Path, host: str, port: int, role: str, by: str,
    form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Serve a study's desk: bring files in, check, store and undo, in a browser."""
    from survey.web.server import Server

    server = Server.of(open_study(ctx, study), host=host, port=port, role=role, by=by,
                       now=present_time)  # fmt: skip
    shown = language_of(ctx)
    if form == "json":
        show_json({"url": server.url, "role": role})
    else:
        said = say("The desk is at {url} - stop it with Ctrl-C.", url=server.url)
        click.echo(said.text(shown))
    if server.is_exposed:
        warning = say("The desk has no accounts yet, and others on the network can reach it: "
                      "whoever opens this address can import and undo.")  # fmt: skip
        click.echo(warning.text(shown), err=True)
    server.run()


COMMANDS: dict[str, click.Command] = {"serve": serve}
