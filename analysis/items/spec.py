"""A SPEC for `items` run from file to result, each analysis refused in its own place."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from analysis.errors import AnalysisError
from analysis.items.context import Context, plain
from analysis.items.flags import all_flags, undefined
from analysis.items.registry import KINDS
from analysis.items.spec_model import ItemsSpec, Shared, load_items_spec
from analysis.spec import SpecResult
from instruments.errors import HieuluatError, Problem
from instruments.faults import did_you_mean, problems_of
from instruments.language import Language, say
from instruments.source import Node

Json = dict[str, Any]
_FROM_MODELS = ("scores", "curves", "fit", "andersen", "classification", "awareness")
"""Kinds whose `model` names an earlier analysis."""
_FIELDS = {name for kind in KINDS.values() for name in kind.spec.model_fields} | {"from", "to"}
"""Where a problem may be; what is somewhere else is told behind the analysis."""


def run_items(path: Path, *, data: Path | None = None, language: Language = "en") -> SpecResult:
    """Run the SPEC at `path`, on `data` instead of its own file when given.

    Raises:
        AnalysisError: The SPEC as a whole cannot be read.
    """
    spec, root = load_items_spec(path)
    context = Context(spec=spec, folder=path.parent, file=data)
    return run_in(context, root, language=language)


def run_in(context: Context, root: Node, *, language: Language) -> SpecResult:
    """Run every analysis of a SPEC that is read already; the context keeps what they leave."""
    spec = context.spec
    found = [_outcome(context, spec, place, root, language) for place in range(len(spec.analyses))]
    warnings = [f"{one['id']}: {flag}" for one in found for flag in all_flags(one)]
    return SpecResult(document={"analyses": found, "warnings": warnings},
                      refused=any("error" in one for one in found))  # fmt: skip


def _outcome(context: Context, spec: ItemsSpec, place: int, root: Node, language: Language) -> Json:
    given = spec.analyses[place]
    name, kind = str(given.get("id", place + 1)), str(given.get("kind", ""))
    head = {"id": name, "kind": kind}
    node = root.at(("analyses", place))
    try:
        _refuse_twice(name, spec.analyses[:place])
        with np.errstate(all="ignore"):
            found: Json = {"flags": []} | _answer(context, given, kind, node)
        found["flags"] = [*found["flags"], *undefined(found)]
        return {**head, **plain(found)}
    except HieuluatError as error:
        problem = error.problems[0]
    except np.linalg.LinAlgError:
        problem = _singular(kind)
    context.results.setdefault(name, None)
    return head | {"error": _placed(problem, root, place).as_json(language)}


def _answer(context: Context, given: Json, kind: str, node: Node) -> Json:
    if kind not in KINDS:
        what = say("there is no analysis of the kind '{kind}'.", kind=kind)
        hint = did_you_mean(kind, KINDS)
        raise AnalysisError(Problem(where="kind", what=what, hint=hint))
    wanted = KINDS[kind]
    try:
        one = wanted.spec.model_validate(_of_its_model(context.spec, given, kind))
    except ValidationError as error:
        raise AnalysisError(problems_of(error, node, wanted.spec)) from None
    found: Json = wanted.answer(context, one)
    return found


def _of_its_model(spec: ItemsSpec, given: Json, kind: str) -> Json:
    """The analysis with the data, weights and design of the model it starts from, unless its own."""
    if kind not in _FROM_MODELS or given.get("parameters"):
        return given
    model: Json = next((one for one in spec.analyses
                        if one.get("kind") == "irt" and one.get("id") == given.get("model")), {})  # fmt: skip
    return {name: model[name] for name in Shared.model_fields if name in model} | given


def _refuse_twice(name: str, before: Sequence[Json]) -> None:
    if any(str(one.get("id", place)) == name for place, one in enumerate(before, start=1)):
        raise AnalysisError(Problem(
            where="id", what=say("an analysis before this one has the id '{name}'.", name=name),
            hint=say("Give each its own id: others start from it by that name."),
        ))  # fmt: skip


def _singular(kind: str) -> Problem:
    return Problem(
        where="kind", what=say("the data do not determine what '{kind}' asks for.", kind=kind),
        hint=say("An item follows from the others, or there are too few persons: leave items out."),
    )  # fmt: skip


def _placed(problem: Problem, root: Node, place: int) -> Problem:
    """The problem with the line of the SPEC that it is about."""
    if problem.where.startswith(root.file):
        return problem
    names = [name for name in problem.where.split(".") if name]
    if names[:1] in ([], ["kind"]) or names[0] in _FIELDS:
        own = root.where(("analyses", place, *names[:2]))
    else:
        own = f"{root.where(('analyses', place))}, {problem.where}"
    return Problem(where=own, what=problem.what, hint=problem.hint)
