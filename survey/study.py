"""A study is a folder: its settings, its frozen definitions, its store and its snapshots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, TypeVar

from sqlalchemy import make_url

from instruments.errors import DefinitionError, Problem
from instruments.faults import did_you_mean
from instruments.freeze import content_hash
from instruments.language import say
from instruments.load import load_instrument, load_plan, load_yaml
from instruments.model import Instrument
from instruments.plan import Plan
from survey.database import Address, Server
from survey.errors import StudyError, unusable
from survey.settings import SERVERS, StudySettings

_Definition = TypeVar("_Definition", Plan, Instrument)
SETTINGS = "study.yaml"
HASH_LENGTH = 12
"""Digits of the content hash in the name of a frozen copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """An opened study; `instruments` are its frozen versions, oldest first."""

    folder: Path
    settings: StudySettings
    plan: Plan
    instruments: tuple[Instrument, ...]
    stream: Literal["sample", "contest"] = "sample"
    """Whose answers its store holds: those of the sample, or open contest entries."""

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a study folder.

        Raises:
            StudyError: With every problem of the settings and of the frozen definitions.
        """
        return cls.with_settings(folder, read_settings(folder))

    @classmethod
    def with_settings(cls, folder: Path, settings: StudySettings) -> Self:
        """Open a study whose settings are read already.

        Raises:
            StudyError: With every problem of the frozen definitions.
        """
        problems: list[Problem] = []
        plan = _frozen(folder, settings.plan, load_plan, problems)
        found = [_frozen(folder, name, load_instrument, problems) for name in settings.instruments]
        instruments = tuple(one for one in found if one is not None)
        problems += repeated_versions(instruments)
        if problems or plan is None:
            raise StudyError(problems)
        return cls(folder=folder, settings=settings, plan=plan, instruments=instruments)

    @property
    def store_path(self) -> Address:
        """Where the answer store is: a file, or a schema on a server named after the study."""
        return address_of(self.folder, self.settings.store, schema=self.settings.id)

    @property
    def vault(self) -> Path:
        """Where contact data are kept apart, those of contest entries in a file of their own."""
        return self.folder / ("contest-contacts.db" if self.is_contest else "contacts.db")

    @property
    def is_contest(self) -> bool:
        """Whether this is the study over its contest entries."""
        return self.stream == "contest"

    @property
    def inbox(self) -> Path:
        """Where original files are kept, by SHA-256."""
        return self.folder / "inbox"

    @property
    def snapshots(self) -> Path:
        """Where snapshots are kept, by content hash."""
        return self.folder / "snapshots"

    def versions_of(self, instrument: str | None = None) -> tuple[Instrument, ...]:
        """The versions of one instrument, oldest first; of the only one where none is named.

        Raises:
            StudyError: The study has no such instrument, several and none is named, or one whose
            answers are contest entries.
        """
        found = self._versions(instrument)
        if found[0].id in self.settings.streams:
            raise _contest_entries(found[0].id)
        return found

    def must_be_of_the_sample(self) -> None:
        """Refuse the study over its contest entries.

        Raises:
            StudyError: It is that.
        """
        if self.is_contest:
            raise _contest_entries(self.instruments[-1].id)

    def _versions(self, instrument: str | None) -> tuple[Instrument, ...]:
        names = list(dict.fromkeys(one.id for one in self.instruments))
        if instrument is None and len(names) == 1:
            return self.instruments
        if instrument is None:
            raise unusable(SETTINGS, say("The study has {count} instruments.", count=len(names)),
                           say("Say which one the file answers with --instrument: {names}.",
                               names=", ".join(names)))  # fmt: skip
        if instrument not in names:
            raise unusable(SETTINGS, say("The study has no instrument '{name}'.", name=instrument),
                           did_you_mean(instrument, names))  # fmt: skip
        return tuple(one for one in self.instruments if one.id == instrument)


def _contest_entries(name: str) -> StudyError:
    return unusable(SETTINGS, say("The answers to '{name}' are open contest entries: entrants choose "
                                  "themselves, so nothing can be estimated from them.", name=name),
                    say("Count them with 'hieuluat contest'; import them with --stream contest, or "
                        "at the desk as contest entries."))  # fmt: skip


def read_settings(folder: Path) -> StudySettings:
    """What the study's ``study.yaml`` says.

    Raises:
        StudyError: With every problem of the settings.
    """
    path = folder / SETTINGS
    if not path.is_file():
        raise unusable(str(folder), say("This is not the folder of a study: it has no study.yaml."),
                       say("Make a study with 'hieuluat new FOLDER'."))  # fmt: skip
    try:
        settings = load_yaml(path, StudySettings)
    except DefinitionError as error:
        raise StudyError(error.problems) from None
    if not settings.instruments:
        raise unusable(SETTINGS, say("The study has no instrument."),
                       say("Make it anew with 'hieuluat new FOLDER --instrument FILE'."))  # fmt: skip
    return settings


def address_of(folder: Path, store: str, *, schema: str) -> Address:
    """What ``store:`` of study.yaml names, seen from the study's folder."""
    if not store.startswith(SERVERS):
        return folder / store
    return Server(url=make_url(store).set(drivername="postgresql+psycopg"), schema=schema)


def _frozen(
    folder: Path, name: str, load: Callable[[Path], _Definition], problems: list[Problem]
) -> _Definition | None:
    """A frozen copy, if it is there and is still what its name says."""
    path = folder / name
    try:
        definition = load(path)
    except DefinitionError as error:
        problems += error.problems
        return None
    if not path.stem.endswith(content_hash(definition)[:HASH_LENGTH]):
        problems.append(Problem(
            where=name, what=say("The frozen copy was changed after it was frozen."),
            hint=say("Give the changed definition a new version, and add it as a further one."),
        ))  # fmt: skip
    return definition


def repeated_versions(instruments: Sequence[Instrument]) -> list[Problem]:
    """A problem for each version that two instruments of one id share."""
    seen: set[tuple[str, str]] = set()
    problems = []
    for one in instruments:
        if (one.id, one.version) in seen:
            problems.append(Problem(
                where=SETTINGS, hint=say("Give each version its own name."),
                what=say("Version '{version}' of '{id}' stands twice.",
                         version=one.version, id=one.id),
            ))  # fmt: skip
        seen.add((one.id, one.version))
    return problems
