"""Definitions from files: read, checked and refused with every problem and its line at once.

YAML and JSON are read by `instruments.yaml_source`, XLSForm by `instruments.xlsform`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from instruments.bank import Bank
from instruments.booklets import with_conditions
from instruments.check.bank import check_bank
from instruments.check.findings import Where
from instruments.check.instrument import check_instrument
from instruments.check.plan import check_plan
from instruments.errors import DefinitionError, Problem, refusal
from instruments.faults import did_you_mean, problems_of
from instruments.include import with_other_files
from instruments.item import OURS
from instruments.language import say
from instruments.model import Instrument
from instruments.plan import Plan
from instruments.source import Node
from instruments.xlsform.columns import ORIGIN
from instruments.xlsform.read import read_xlsform
from instruments.yaml_source import read_yaml

_Model = TypeVar("_Model", bound=BaseModel)
_Kind = type[Instrument] | type[Plan] | type[Bank]
_KINDS: dict[str, _Kind] = {"instrument": Instrument, "plan": Plan, "bank": Bank}
_WORKBOOKS = (".xlsx", ".xls", ".xlsm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A definition with the way from its parts to their places in the file."""

    definition: Instrument | Plan | Bank
    where: Where


def load_definition(path: Path) -> Instrument | Plan | Bank:
    """Load an instrument, a plan or an item bank from YAML, JSON or an XLSForm.

    Raises:
        DefinitionError: With every problem found, each with its file and line or cell.
    """
    return load_with_places(path).definition


def load_with_places(path: Path) -> Loaded:
    """Load a definition as `load_definition` does, for those who speak about its lines.

    Raises:
        DefinitionError: With every problem found, each with its file and line or cell.
    """
    suffix = path.suffix.lower()
    if suffix in _WORKBOOKS:
        root, problems = read_xlsform(path)
        return _checked(root, Instrument, problems, authored=False)
    root, problems = read_yaml(path)
    kind = _kind(root)
    if kind is Instrument:
        root, more = with_other_files(root, folder=path.parent)
        problems = [*problems, *more]
    return _checked(root, kind, problems, authored=suffix != ".json")


def load_instrument(path: Path) -> Instrument:
    """Load an instrument; a plan is refused."""
    return _expected(load_definition(path), Instrument, path)


def load_plan(path: Path) -> Plan:
    """Load a plan; an instrument is refused."""
    return _expected(load_definition(path), Plan, path)


def load_yaml(path: Path, model: type[_Model]) -> _Model:
    """Load any YAML or JSON file as a `model`, with the line of every problem."""
    root, problems = read_yaml(path)
    value, more = _read(root, model)
    if value is None or problems or more:
        raise DefinitionError(_without_echoes(problems, more))
    return value


def _checked(root: Node, kind: _Kind, before: list[Problem], *, authored: bool) -> Loaded:
    ours = authored and not _is_from_elsewhere(root)
    definition, problems = _read(root, kind, ours=ours)
    if isinstance(definition, Instrument):
        definition = with_conditions(definition)
        problems += check_instrument(definition, where=root.where, authored=ours)
    elif isinstance(definition, Plan):
        problems += check_plan(definition, where=root.where, authored=authored)
    elif isinstance(definition, Bank):
        problems += check_bank(definition, where=root.where)
    problems = _without_echoes(before, problems)
    if problems or definition is None:
        raise DefinitionError(problems)
    return Loaded(definition=definition, where=root.where)


def _is_from_elsewhere(root: Node) -> bool:
    """Whether the definition was made from an XLSForm, which need not keep our own rules."""
    settings = root.child("settings")
    return settings is not None and settings.child(ORIGIN) is not None


def _read(
    root: Node, model: type[_Model], *, ours: bool = True
) -> tuple[_Model | None, list[Problem]]:
    """The model, and what does not fit it; None where more than unknown fields do not."""
    data, context = root.data(), {OURS: ours}
    try:
        return model.model_validate(data, context=context), []
    except ValidationError as error:
        problems = problems_of(error, root, model)
        _drop_unknown_fields(data, error)
    try:
        return model.model_validate(data, context=context), problems
    except ValidationError:
        return None, problems


def _drop_unknown_fields(data: Any, error: ValidationError) -> None:  # noqa: ANN401
    for fault in error.errors(include_url=False):
        if not fault["loc"]:
            continue
        part, name = data, fault["loc"][-1]
        for step in fault["loc"][:-1]:
            if isinstance(part, list) and isinstance(step, int) and step < len(part):
                part = part[step]
            elif isinstance(part, dict):
                part = part.get(step, part)
        if fault["type"] == "extra_forbidden" and isinstance(part, dict):
            part.pop(name, None)


def _without_echoes(first: list[Problem], then: list[Problem]) -> list[Problem]:
    """Both, less those that follow from the first ones because they stand in the same place."""
    places = {problem.where for problem in first}
    return first + [
        problem
        for problem in then
        if not any(problem.where == at or problem.where.startswith(f"{at},") for at in places)
    ]


def _kind(root: Node) -> _Kind:
    if not isinstance(root.value, dict):
        raise refusal(root.where(()), say("This is not a definition."),
                      say("Begin with fields such as 'kind', 'id', 'version' and 'title'."))  # fmt: skip
    node = root.child("kind")
    name = "instrument" if node is None else str(node.value)
    if name not in _KINDS:
        raise refusal(root.where(("kind",)), say("There is no kind '{name}'.", name=name),
                      did_you_mean(name, _KINDS))  # fmt: skip
    return _KINDS[name]


def _expected(definition: Any, model: type[_Model], path: Path) -> _Model:  # noqa: ANN401
    if isinstance(definition, model):
        return definition
    raise refusal(path.name, say("This is a definition of another kind."),
                  say("Give a file of kind '{kind}'.", kind=model.__name__.lower()))  # fmt: skip
