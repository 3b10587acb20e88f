"""Definitions from files: read, checked and refused with every problem and its line at once.

YAML and JSON are read by `instruments.yaml_source`, XLSForm by `instruments.xlsform`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from instruments.errors import DefinitionError, Problem, refusal
from instruments.faults import did_you_mean, problems_of
from instruments.language import say
from instruments.model import Instrument
from instruments.plan import Plan
from instruments.source import Node
from instruments.xlsform.read import read_xlsform
from instruments.yaml_source import read_yaml

_Model = TypeVar("_Model", bound=BaseModel)
_KINDS: dict[str, type[Instrument | Plan]] = {"instrument": Instrument, "plan": Plan}
_INCLUDED = "choice_lists"
_WORKBOOKS = (".xlsx", ".xls")


def load_definition(path: Path) -> Instrument | Plan:
    """Load an instrument or a plan from YAML, JSON or an XLSForm.

    Raises:
        DefinitionError: With every problem found, each with its file and line or cell.
    """
    if path.suffix.lower() in _WORKBOOKS:
        root, problems = read_xlsform(path)
        return _validated(root, Instrument, problems)
    root, problems = read_yaml(path)
    kind = _kind(root)
    if kind is Instrument:
        root, more = _with_included(root, folder=path.parent)
        problems = [*problems, *more]
    return _validated(root, kind, problems)


def load_instrument(path: Path) -> Instrument:
    """Load an instrument; a plan is refused."""
    return _expected(load_definition(path), Instrument, path)


def load_plan(path: Path) -> Plan:
    """Load a plan; an instrument is refused."""
    return _expected(load_definition(path), Plan, path)


def load_yaml(path: Path, model: type[_Model]) -> _Model:
    """Load any YAML or JSON file as a `model`, with the line of every problem."""
    root, problems = read_yaml(path)
    return _validated(root, model, problems)


def _validated(root: Node, model: type[_Model], before: Sequence[Problem]) -> _Model:
    found = list(before)
    try:
        return _unless(found, model.model_validate(root.data()))
    except ValidationError as error:
        lines = {problem.where for problem in found}
        found += [
            problem
            for problem in problems_of(error, root, model)
            if not any(problem.where == at or problem.where.startswith(at + ",") for at in lines)
        ]
        raise DefinitionError(found) from None


def _unless(problems: list[Problem], value: _Model) -> _Model:
    if problems:
        raise DefinitionError(problems)
    return value


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
    name = node.value
    if not isinstance(name, str) or Path(name).name != name or "\\" in name:
        return {}, [
            Problem(
                where=node.where(()),
                what=say("'{name}' is not the name of a file in the same folder.", name=name),
                hint=say("Write the file's name alone, such as communes.yaml."),
            )
        ]
    root, problems = read_yaml(folder / name)
    fields = root.value if isinstance(root.value, dict) else {}
    lists = fields.get(_INCLUDED)
    if set(fields) != {_INCLUDED} or lists is None or not isinstance(lists.value, dict):
        raise refusal(name, say("An included file holds 'choice_lists' and nothing else."))
    return lists.value, problems


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
