"""Commands on what is published: `release` and `verify`."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from instruments.language import Language, say
from instruments.terminal import format_option, language_of, language_option, show_json
from survey.terminal import by_option, open_study, present_time

if TYPE_CHECKING:
    from reports.release import Outcome
    from reports.verify import Verification

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("study", type=_FOLDER)
@click.option("-o", "--output", type=_FOLDER, required=True,
              help="Folder to write the released report, or the draft, to.")  # fmt: skip
@click.option("--audience", type=click.Choice(["internal", "public"]), default="internal",
              show_default=True, help="A public edition is rounded and tells nothing secret.")  # fmt: skip
@click.option("--supersedes", metavar="ID", default="", help="The release whose place it takes.")
@click.option("--reason", metavar="TEXT", default="", help="Why: it stands on the first page.")
@click.option("--waive", metavar="CHECK=REASON", multiple=True,
              help="A check that need not hold, and why.")  # fmt: skip
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Day as of which verdicts are given; today when left out.")  # fmt: skip
@by_option
@format_option
@language_option
@click.pass_context
def release(
    ctx: click.Context, study: Path, *, output: Path, audience: str, supersedes: str,
    reason: str, waive: tuple[str, ...], today: datetime | None, by: str, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Check a report on STUDY item by item, and release it; what fails stays a draft."""
    from reports.release import Request
    from reports.release import release as released

    request = Request(
        by=by, audience="public" if audience == "public" else "internal", supersedes=supersedes,
        reason=reason, waived={name: why for name, _, why in (one.partition("=") for one in waive)},
    )  # fmt: skip
    done = released(open_study(ctx, study), request, folder=output, now=present_time(),
                    today=today.date() if today else date.today())  # fmt: skip
    _show_release(done, language_of(ctx), form)
    ctx.exit(1 if done.release is None else 0)


def _show_release(done: "Outcome", shown: Language, form: str) -> None:
    if form == "json":
        from reports.release_checks import as_lines

        show_json({"release": None if done.release is None else done.release.id,
                   "checks": as_lines(done.checks), "files": [str(one) for one in done.files]})  # fmt: skip
        return
    marks = {"ok": say("ok"), "not_ok": say("NOT OK"), "waived": say("waived")}
    for one in done.checks:
        parts = [f"{one.id}: {marks[one.state].text(shown)}. {one.name.text(shown)}."]
        parts += [one.found.text(shown)] if one.found is not None else []
        click.echo(" ".join([*parts, f"({one.reason})"] if one.reason else parts))
    if done.release is None:
        text = say("Not released. The draft is in {folder}.", folder=done.files[0].parent)
    else:
        text = say("Released as {id}, version {version}.", id=done.release.id,
                   version=done.release.version)  # fmt: skip
    click.echo(text.text(shown))


@click.command()
@click.argument("report", type=click.Path(path_type=Path, exists=True))
@click.option("--study", type=_FOLDER, help="The study, where it is not found beside the report.")
@format_option
@language_option
@click.pass_context
def verify(
    ctx: click.Context, report: Path, *, study: Path | None, form: str,
    language: Language | None,  # noqa: ARG001
) -> None:  # fmt: skip
    """Derive every number of REPORT anew from its frozen data, and say whether it still matches."""
    from reports.verify import study_beside
    from reports.verify import verify as verified

    opened = open_study(ctx, study or study_beside(report))
    found = verified(report, study=opened)
    _show_verification(found, language_of(ctx), form)
    ctx.exit(0 if found.holds else 1)


def _show_verification(found: "Verification", shown: Language, form: str) -> None:
    doubts = [one.text(shown) for one in found.doubts]
    if form == "json":
        show_json({"release": found.release, "holds": found.holds, "compared": found.compared,
                   "doubts": doubts, "differences": [asdict(one) for one in found.differences]})  # fmt: skip
        return
    for one in doubts:
        click.echo(one)
    for each in found.differences:
        text = say("{place}: printed {printed}, derived {derived}.", place=each.place,
                   printed=each.printed, derived=each.derived)  # fmt: skip
        click.echo(text.text(shown))
    summary = (
        say("It still matches: {count} numbers and words were derived anew.", count=found.compared)
        if found.holds
        else say("It does not match: {doubts} doubts, {differences} differences among {count}.",
                 doubts=len(doubts), differences=len(found.differences), count=found.compared)
    )  # fmt: skip
    click.echo(summary.text(shown))


COMMANDS: dict[str, click.Command] = {"release": release, "verify": verify}
