"""Definitions from files: read, checked and refused with every problem and its line at once.

YAML and JSON are read by `instruments.yaml_source`, XLSForm by `instruments.xlsform`.
"""

from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from instruments.check.instrument import check_instrument
from instruments.check.plan import check_plan
from instruments.errors import DefinitionError, Problem, refusal
from instruments.faults import did_you_mean, problems_of
from instruments.language import say
from instruments.model import Instrument
from instruments.plan import Plan
from instruments.source import Node
from instruments.xlsform.columns import ORIGIN
from instruments.xlsform.read import read_xlsform
from instruments.yaml_source import read_yaml

_Model = TypeVar("_Model", bound=BaseModel)
_KINDS: dict[str, type[Instrument | Plan]] = {"instrument": Instrument, "plan": Plan}
_INCLUDED = "choice_lists"
_WORKBOOKS = (".xlsx", ".xls")
_YAML = (".yaml", ".yml", ".json")


def load_definition(path: Path) -> Instrument | Plan:
    """Load an instrument or a plan from YAML, JSON or an XLSForm.

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
        root, more = _with_included(root, folder=path.parent)
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


def _checked(
    root: Node, kind: type[Instrument | Plan], before: list[Problem], *, authored: bool
) -> Instrument | Plan:
    definition, problems = _read(root, kind)
    if isinstance(definition, Instrument):
        ours = authored and ORIGIN not in definition.settings
        problems += check_instrument(definition, where=root.where, authored=ours)
    elif isinstance(definition, Plan):
        problems += check_plan(definition, where=root.where, authored=authored)
    problems = _without_echoes(before, problems)
    if problems or not isinstance(definition, Instrument | Plan):
        raise DefinitionError(problems)
    return definition


def _read(root: Node, model: type[_Model]) -> tuple[_Model | None, list[Problem]]:
    """The model, and what does not fit it; None where more than unknown fields do not."""
    data = root.data()
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        problems = problems_of(error, root, model)
        _drop_unknown_fields(data, error)
    try:
        return model.model_validate(data), problems
    except ValidationError:
        return None, problems


def _drop_unknown_fields(data: Any, error: ValidationError) -> None:  # noqa: ANN401
    for fault in error.errors(include_url=False):
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


def _kind(root: Node) -> type[Instrument | Plan]:
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


def _with_included(root: Node, *, folder: Path) -> tuple[Node, list[Problem]]:
    """The document with the choice lists of the files that it includes."""
    fields = dict(root.value) if isinstance(root.value, dict) else {}
    include = fields.pop("include", None)
    if include is None:
        return root, []
    own = fields.get(_INCLUDED)
    lists = dict(own.value) if own is not None and isinstance(own.value, dict) else {}
    problems: list[Problem] = []
    for node in include.value if isinstance(include.value, list) else [include]:
        more, found = _included(node, folder=folder)
        problems += [*found, *_repeated(lists, more)]
        lists = more | lists
    fields[_INCLUDED] = (own or include)._replace(value=lists, plain=None)
    return root._replace(value=fields), problems


def _included(node: Node, *, folder: Path) -> tuple[dict[str, Node], list[Problem]]:
    refused = _refused_include(node, folder=folder)
    if refused is not None:
        return {}, [refused]
    root, problems = read_yaml(folder / str(node.value))
    fields = root.value if isinstance(root.value, dict) else {}
    lists = fields.get(_INCLUDED)
    if set(fields) != {_INCLUDED} or lists is None or not isinstance(lists.value, dict):
        raise refusal(root.file, say("An included file holds 'choice_lists' and nothing else."))
    return lists.value, problems


def _refused_include(node: Node, *, folder: Path) -> Problem | None:
    """Why a file is not included: only a YAML or JSON file of the same folder is."""
    name, alone = str(node.value), PureWindowsPath(str(node.value))
    if alone.name != node.value or alone.suffix not in _YAML:
        return Problem(
            where=node.where(()),
            what=say("'{name}' is not the name of a file in the same folder.", name=name),
            hint=say("Write the file's name alone, such as communes.yaml."),
        )
    if not (folder / name).is_file():
        return Problem(where=node.where(()), what=say("There is no file '{name}' in this folder.",
                                                      name=name))  # fmt: skip
    return None


def _repeated(lists: dict[str, Node], more: dict[str, Node]) -> list[Problem]:
    return [
        Problem(
            where=more[name].where(()),
            what=say("The choice list '{name}' exists already: {first}.",
                     name=name, first=lists[name].where(())),
            hint=say("Rename one of the two."),
        )
        for name in more
        if name in lists
    ]  # fmt: skip
