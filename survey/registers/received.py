"""Returns that a study has received: pseudonymised files that are only ever added.

A later return on the same unit, target and day takes the place of the earlier one; taking a return
back is a further file that says so. The files as they came are not kept, because they name persons:
their SHA-256 is.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from instruments.language import say
from survey.answers import as_json
from survey.durable import place_for, publish_new
from survey.errors import unusable
from survey.intake import hash_of_file
from survey.registers.model import Return
from survey.registers.pseudonyms import study_key
from survey.registers.reading import read_return
from survey.study import Study

FOLDER = "administrative/registers"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One delivery, by its number; `withdrawn` where it was taken back."""

    number: int
    at: str
    by: str
    files: tuple[str, ...]
    content: Return
    withdrawn: bool


def check_return(study: Study, paths: Sequence[Path]) -> Return:
    """Read files of registers without storing anything.

    Raises:
        ImportRejected: every sheet, row or cell that cannot be used.
    """
    return read_return(paths, plan=study.plan, key=b"")


def receive(
    study: Study, paths: Sequence[Path], *, by: str, now: Callable[[], datetime]
) -> Received:
    """Store files of registers, persons under pseudonyms; all of them or none.

    Raises:
        ImportRejected: every sheet, row or cell that cannot be used.
    """
    content = read_return(paths, plan=study.plan, key=study_key(study.folder))
    files = tuple(hash_of_file(path) for path in paths)
    line = {"at": now().isoformat(timespec="seconds"), "by": by, "files": files,
            "return": content.as_plain()}  # fmt: skip
    number = _add(study, line)
    return Received(number=number, at=str(line["at"]), by=by, files=files, content=content,
                    withdrawn=False)  # fmt: skip


def withdraw(study: Study, number: int, *, by: str, now: Callable[[], datetime]) -> None:
    """Take a return back.

    Raises:
        StudyError: there is no such return, or it was taken back before.
    """
    standing = [one.number for one in received(study) if not one.withdrawn]
    if number not in standing:
        names = ", ".join(map(str, standing)) or "-"
        raise unusable(FOLDER, say("There is no return {number} that counts.", number=number),
                       say("Returns that count: {names}.", names=names))  # fmt: skip
    _add(study, {"at": now().isoformat(timespec="seconds"), "by": by, "withdraws": number})


def received(study: Study) -> Iterator[Received]:
    """Every return, oldest first."""
    lines = {number: _read(path) for number, path in _files(study)}
    back = {line["withdraws"] for line in lines.values() if "withdraws" in line}
    for number, line in lines.items():
        if "return" in line:
            yield Received(number=number, at=line["at"], by=line["by"], files=tuple(line["files"]),
                           content=Return.of_plain(line["return"]),
                           withdrawn=number in back)  # fmt: skip


def register_files(study: Study) -> list[Path]:
    """The files that the returns lie in, oldest first."""
    return [path for _, path in _files(study)]


def _files(study: Study) -> list[tuple[int, Path]]:
    folder = study.folder / FOLDER
    return sorted((int(path.stem), path) for path in folder.glob("[0-9]*.json"))


def _read(path: Path) -> Json:
    try:
        line: Json = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise unusable(
            path.name, say("This return cannot be read ({reason}).", reason=error)
        ) from None
    return line


def _add(study: Study, line: Json) -> int:
    """Write the next file; two programs at once get two numbers."""
    folder = study.folder / FOLDER
    while True:
        number = max((one for one, _ in _files(study)), default=0) + 1
        target = folder / f"{number:06}.json"
        with place_for(folder, target.name) as place:
            place.write_text(as_json(line) + "\n", encoding="utf-8")
            if publish_new(place, target):
                return number
