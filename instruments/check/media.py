"""Files that a form names, of which none may lie outside the folder that goes with the form."""

import re
from collections.abc import Iterator, Mapping

from instruments.check.findings import Finding, Place
from instruments.check.view import View
from instruments.language import say
from instruments.model import Item
from instruments.xlsform.columns import MEDIA

_FROM_FILE = re.compile(r"select_(?:one|multiple)_from_file\s+(.+)")
_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\~]|^[A-Za-z][A-Za-z0-9+.-]*:")
_OF_CLIENTS = re.compile(r"jr://(?:images|audio|video|file|file-csv)/(.+)")


def media(seen: View) -> Iterator[Finding]:
    """Names of files that lead out of the form's folder, wherever a part or an option has one."""
    for at, name in _named(seen):
        inside = _OF_CLIENTS.fullmatch(name)
        if _OUTSIDE.search(inside[1] if inside else name):
            yield Finding(at, say("'{name}' leads out of the folder of the form.", name=name),
                          say("Put the file beside the form and write its name alone."))  # fmt: skip


def _named(seen: View) -> Iterator[tuple[Place, str]]:
    for spot in seen.spots:
        settings, at = spot.part.settings, (*spot.at, "settings")
        yield from _illustrations(settings, at)
        kind = settings.get("type", "")
        if found := _FROM_FILE.fullmatch(kind):
            yield (*at, "type"), found[1]
        if kind == "image" and "default" in settings and "(" not in settings["default"]:
            yield (*at, "default"), settings["default"]
        if isinstance(spot.part, Item):
            for position, option in enumerate(spot.part.options):
                yield from _illustrations(
                    option.filters, (*spot.at, "options", position, "filters")
                )
    for name, options in seen.instrument.choice_lists.items():
        for position, option in enumerate(options):
            yield from _illustrations(option.filters, ("choice_lists", name, position, "filters"))


def _illustrations(cells: Mapping[str, str], at: Place) -> Iterator[tuple[Place, str]]:
    for heading, name in cells.items():
        if heading.partition("::")[0] in MEDIA:
            yield (*at, heading), name
