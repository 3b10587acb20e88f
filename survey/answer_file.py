"""Answers of one respondent as a JSON file, by the ids of items, to be tried on an instrument.

    {"today": "2026-11-24", "answers": {"tuoi": 34, "nguon": ["tv", "bao"], "buoc": [{"viec": "toa"}]}}

Numbers, truth values and lists of codes stand for the texts that a form would send.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from instruments.errors import DefinitionError, Problem, refusal
from instruments.faults import did_you_mean
from instruments.language import Message, say
from survey.answers import Answers
from survey.form import Field, Form, Level, Roster
from survey.readings import HANOI

MAX_BYTES = 10 * 1024 * 1024


class Tried(NamedTuple):
    """Answers by form path, and the moment of the interview."""

    now: datetime
    answers: Answers


def read_answers(path: Path, form: Form, *, today: date) -> Tried:
    """Read the file; `today` holds where it names no day.

    Raises:
        DefinitionError: It is no such file, or its answers do not belong to the instrument.
    """
    document = _document(path)
    reader = _Reader(file=path.name, form=form)
    now = reader.day(document.get("today"), today)
    for name in document.keys() - {"today", "answers"}:
        reader.problem(name, say("There is no field '{name}' here.", name=name),
                       did_you_mean(name, ("today", "answers")))  # fmt: skip
    given = document.get("answers", {})
    answers = reader.level(given, form.level, "answers")
    if reader.problems:
        raise DefinitionError(reader.problems)
    return Tried(now, answers)


def _document(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise refusal(str(path), say("There is no such file."))
    if path.stat().st_size > MAX_BYTES:
        raise refusal(path.name, say("The file is larger than {limit} MiB.", limit=MAX_BYTES >> 20))
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise refusal(path.name, say("The file is not UTF-8 text."),
                      say("Save it with the encoding UTF-8.")) from None  # fmt: skip
    except json.JSONDecodeError as error:
        what = say("This is not JSON: {reason}.", reason=error.msg)
        raise refusal(f"{path.name}, line {error.lineno}", what) from None
    except RecursionError:
        raise refusal(path.name, say("Its parts are nested too deep.")) from None
    if not isinstance(document, dict):
        raise refusal(path.name, *_shape())
    return document


def _shape() -> tuple[Message, Message]:
    return (say("These are no answers."),
            say('Write {{"today": "2026-11-24", "answers": {{"id": "value"}}}}.'))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    file: str
    form: Form
    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: str, what: Message, hint: Message | None = None) -> None:
        self.problems.append(Problem(where=f"{self.file}, {place}", what=what, hint=hint))

    def day(self, text: object, today: date) -> datetime:
        """The day or moment that the file names, in Việt Nam's time."""
        try:
            found = datetime.fromisoformat(text) if isinstance(text, str) else None
        except ValueError:
            found = None
        if text is not None and found is None:
            self.problem("today", say("'{value}' is no date.", value=text),
                         say("Write it as 2026-11-24."))  # fmt: skip
        moment = found or datetime.combine(today, time())
        return moment.replace(tzinfo=HANOI) if moment.tzinfo is None else moment

    def level(self, given: object, level: Level, place: str) -> dict[str, str | Sequence[Answers]]:
        """Answers of the form or of one entry of a roster, by form path."""
        if not isinstance(given, Mapping):
            self.problem(place, *_shape())
            return {}
        found: dict[str, str | Sequence[Answers]] = {}
        for name, value in given.items():
            target = self.target(name, level, place)
            here = f"{place}.{name}"
            if isinstance(target, Roster):
                found[target.path] = self.entries(value, target, here)
            elif target is not None and (text := self.text(value, target, here)):
                found[target.path] = text
        return found

    def target(self, name: str, level: Level, place: str) -> Field | Roster | None:
        """The item or roster that an id or a form path names."""
        known = list(_named(level, name))
        if len(known) == 1:
            return known[0]
        if known:
            self.problem(f"{place}.{name}",
                         say("There are {count} items called '{name}'.", count=len(known), name=name),
                         say("Write the form path of one, such as '{path}'.", path=known[0].path))  # fmt: skip
        else:
            ids = [one.id for one in _named(level, None)]
            self.problem(f"{place}.{name}", say("There is no item '{name}' here.", name=name),
                         did_you_mean(name, ids))  # fmt: skip
        return None

    def entries(self, given: object, roster: Roster, place: str) -> list[Answers]:
        if given is None:
            return []
        if not isinstance(given, list):
            self.problem(place, say("'{name}' is a roster.", name=roster.id),
                         say("Write a list with the answers of each entry."))  # fmt: skip
            return []
        return [self.level(one, roster.level, f"{place}[{number}]")
                for number, one in enumerate(given, start=1)]  # fmt: skip

    def text(self, value: object, one: Field, place: str) -> str:
        """What a form would send."""
        if isinstance(value, list) and one.item.type == "multiple":
            if all(isinstance(code, str | int) and not isinstance(code, bool) for code in value):
                return " ".join(map(str, value))
            self.problem(place, say("A list of answers holds codes alone."))
            return ""
        if isinstance(value, list | Mapping):
            self.problem(place, say("This is no single answer."),
                         say("Write a text or a number."))  # fmt: skip
            return ""
        return _scalar(value)


def _scalar(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if is_whole and isinstance(value, float) else str(value)


def _named(level: Level, name: str | None) -> Iterator[Field | Roster]:
    """The fields and rosters with this id or path; all without a name."""
    yield from (one for one in level.fields if name in (None, one.id, one.path))
    yield from (one for one in level.rosters if name in (None, one.id, one.path))
