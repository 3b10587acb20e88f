"""A new study: a folder with frozen definitions and settings that a researcher can edit."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from shutil import copyfile
from string import Template
from typing import TypeVar

from instruments.errors import DefinitionError, Problem
from instruments.freeze import canonical_json, content_hash
from instruments.language import say
from instruments.library import find
from instruments.load import load_instrument, load_plan
from instruments.model import Instrument
from instruments.plan import Plan
from survey.beginnings import HANOI, Beginning, beginning
from survey.disposition_file import BOOK as OUTCOMES
from survey.disposition_file import FILE as OUTCOMES_FILE
from survey.durable import write_whole
from survey.errors import StudyError
from survey.folding import fold
from survey.registers.layout import books
from survey.sheets.template import write_template
from survey.study import HASH_LENGTH, SETTINGS, Study, repeated_versions

DEFAULT_PLAN = HANOI
DEFAULT_INSTRUMENTS = ("residents",)
REGISTER_TEMPLATES = "administrative/templates"
_PEOPLE = {"vi": "Dân số được khảo sát", "en": "Population of the survey"}
_Definition = TypeVar("_Definition", Plan, Instrument)


def new_study(folder: Path, *, plan: str = DEFAULT_PLAN, instruments: Sequence[str] = ()) -> Study:
    """Make a study folder; definitions are files or names of shipped ones, oldest version first.

    Without instruments the shipped plan brings its own.

    Raises:
        StudyError: The folder is not empty or a definition does not hold; with every problem.
    """
    problems = list(_occupied(folder))
    loaded_plan = _loaded(plan, load_plan, problems)
    names = instruments or (DEFAULT_INSTRUMENTS if plan == DEFAULT_PLAN else ())
    found = [_loaded(name, load_instrument, problems) for name in names]
    if not names:
        problems.append(Problem(where="", what=say("No instrument is given."),
                                hint=say("Name one with --instrument.")))  # fmt: skip
    loaded = [one for one in found if one is not None]
    problems += repeated_versions(loaded)
    if loaded_plan is None or problems:
        raise StudyError(problems)
    return _founded(folder, loaded_plan, loaded)


def frozen_name(definition: Plan | Instrument) -> str:
    """Path of a definition's frozen copy in the study folder."""
    version = re.sub(r"[^A-Za-z0-9._-]+", "_", definition.version)[:40]
    return f"instruments/{definition.id}-{version}-{content_hash(definition)[:HASH_LENGTH]}.json"


def _founded(folder: Path, plan: Plan, instruments: Sequence[Instrument]) -> Study:
    definitions: list[Plan | Instrument] = [plan, *instruments]
    for definition in definitions:
        _write(folder / frozen_name(definition), canonical_json(definition))
    known = beginning(plan, instruments[-1])
    for name, table in known.tables.items():
        write_whole(folder / name, partial(copyfile, table))
    write_template(folder / OUTCOMES_FILE, OUTCOMES)
    for name, book in books(plan).items():
        write_template(folder / REGISTER_TEMPLATES / name, book)
    _write(folder / SETTINGS, _settings(folder, plan, instruments, known))
    return Study.open(folder)


def _occupied(folder: Path) -> list[Problem]:
    if folder.is_dir() and not any(folder.iterdir()):
        return []
    if not folder.exists():
        return []
    return [Problem(where=str(folder), what=say("There is something in this place already."),
                    hint=say("Name a new or an empty folder."))]  # fmt: skip


def _loaded(
    name: str, load: Callable[[Path], _Definition], problems: list[Problem]
) -> _Definition | None:
    path = Path(name)
    try:
        return load(path if path.exists() else find(name))
    except DefinitionError as error:
        problems += error.problems
        return None


def _settings(folder: Path, plan: Plan, instruments: Sequence[Instrument], known: Beginning) -> str:
    """The text of study.yaml; values are written as JSON, which YAML reads."""
    template = (files("survey") / "templates" / "study.yaml").read_text(encoding="utf-8")
    names = [frozen_name(one) for one in instruments]
    people, age_from = _population(plan, instruments[-1])
    population = Template(known.population).substitute(
        label=_json(people),
        age_from="  # age_from: 18" if age_from is None else f"  age_from: {age_from}",
    )
    return Template(template).substitute(
        id=json.dumps(_identifier(folder.resolve().name)),
        title=_json(instruments[-1].title),
        plan=json.dumps(frozen_name(plan)),
        instruments="\n".join(f"  - {json.dumps(name)}" for name in names),
        population=population,
        variables=known.variables,
        weighting=known.weighting,
        exposure=known.exposure,
    )


def _population(plan: Plan, instrument: Instrument) -> tuple[Mapping[str, str], int | None]:
    """Label and age of the plan's population that this instrument measures."""
    for population in plan.populations:
        if population.instrument == instrument.id:
            return population.label, population.age_from
    return _PEOPLE, None


def _identifier(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", fold(name)).strip("_.-")[:60]
    return plain if plain[:1].isalpha() else f"study_{plain}".rstrip("_")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    write_whole(path, lambda place: place.write_text(text, encoding="utf-8"))
