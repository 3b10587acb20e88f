"""A definition file looked at from all sides: problems, advice, and differences from another."""

from dataclasses import dataclass
from pathlib import Path

from instruments.bank import Bank
from instruments.compare.difference import Difference
from instruments.compare.differences import differences
from instruments.errors import DefinitionError, Problem
from instruments.lint.advice import Advice
from instruments.lint.advise import advise
from instruments.load import load_with_places
from instruments.model import Fieldwork, Instrument
from instruments.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was found; the definition is None where there are problems."""

    definition: Instrument | Plan | Bank | None
    problems: tuple[Problem, ...] = ()
    advice: tuple[Advice, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether nothing is wrong and nothing breaks comparisons; advice never counts."""
        broken = any(difference.effect == "breaks" for difference in self.differences)
        return not self.problems and not broken


def inspect(
    path: Path, *, against: Instrument | None = None, fieldwork: Fieldwork | None = None
) -> Inspection:
    """Look at a file, and where `against` is given at what changed since that version."""
    try:
        loaded = load_with_places(path)
    except DefinitionError as error:
        return Inspection(definition=None, problems=error.problems)
    definition = loaded.definition
    if not isinstance(definition, Instrument):
        return Inspection(definition=definition)
    return Inspection(
        definition=definition,
        advice=tuple(advise(definition, where=loaded.where, fieldwork=fieldwork)),
        differences=() if against is None else tuple(differences(against, definition)),
    )
