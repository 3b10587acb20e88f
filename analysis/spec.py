"""A SPEC run from file to result: data, design, weighting recipe, estimates.

An estimate that must be refused is refused in its place and the others are still made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analysis.collapsible import needs_memory
from analysis.condition import names_in
from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.replicates import ReplicateDesign
from analysis.spec_answers import Answers
from analysis.spec_engine import EngineName, engine_samples, open_engine
from analysis.spec_imputation import ImputedAnswers, imputed_tables
from analysis.spec_model import Spec, load_spec, read_estimate
from analysis.spec_recipe import apply_recipe, recipe_columns
from analysis.table_file import read_matrix, read_table
from analysis.weighting.diagnostics import weights_as_json
from analysis.weighting.recipe import Weighting
from instruments.errors import Problem
from instruments.language import Language, say
from instruments.source import Node

Json = dict[str, Any]
_STEP = re.compile(r"calibrate(?:, step (\d+))?(?:, |$)")
"""How a problem tells which step of the recipe it is about."""
Asked = Answers | ImputedAnswers
Weightings = tuple[Weighting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecResult:
    """The JSON document of a SPEC, and whether any estimate was refused."""

    document: Json
    refused: bool


def run_spec(
    path: Path, *, data: Path | str | None = None, engine: EngineName = "memory",
    language: Language = "en",
) -> SpecResult:  # fmt: skip
    """Run the SPEC at `path`, on `data` instead of its own file when given.

    For Spark, data may also be an address or a table that only the cluster knows.

    `engine` says where sums are made; the results are the same to 1e-12.
    """
    spec, root = load_spec(path)
    outcomes: dict[int | None, Json] = {}
    weighting: Weighting | None = None
    answers: Asked | None = None
    try:
        file = data or _data_file(spec, path, engine, root)
        for place, found in _weighted(spec, root, file, path.parent, engine):
            asked: Asked | AnalysisError
            if isinstance(found, AnalysisError):
                asked = found
            else:
                weighting = weighting or found[0]
                asked = answers = _asking(answers, found, spec)
            if place is not None:
                outcomes[place] = _outcome(asked, spec, place, root, language)
    except AnalysisError as error:
        raise AnalysisError([_placed(problem, root, ()) for problem in error.problems]) from None
    document = {
        "estimates": [outcomes[place] for place in range(len(spec.estimates))],
        "weights": None if weighting is None else weights_as_json(weighting),
        "warnings": [] if weighting is None else [one.text(language) for one in weighting.warnings],
    }
    return SpecResult(document=document, refused=any("error" in o for o in outcomes.values()))


def _weighted(
    spec: Spec, root: Node, file: Path | str, folder: Path, engine: EngineName
) -> Iterator[tuple[int | None, Weightings | AnalysisError]]:
    """The weighted sample for each estimate, by its place in the SPEC; None: for none.

    Multiply imputed data have one sample for each imputation.
    """
    if engine == "memory":
        samples = _samples(spec, Path(file), folder)
        weightings = tuple(apply_recipe(sample, spec.calibrate) for sample in samples)
        yield from ((place, weightings) for place in (None, *range(len(spec.estimates))))
        return
    if spec.imputations is not None:
        what = say("imputed data sets are combined in memory only.")
        raise AnalysisError(needs_memory(engine, what, where="imputations"))
    opened = open_engine(engine, file, _columns(spec))
    for place, found in engine_samples(opened, _design(spec), spec, root):
        yield place, (apply_recipe(found, spec.calibrate),) if isinstance(found, Sample) else found


def _asking(answers: Asked | None, weightings: Weightings, spec: Spec) -> Asked:
    """The same answers, further ones made from another sample."""
    sample = weightings[0].sample
    if isinstance(answers, Answers):
        return replace(answers, sample=sample)
    if spec.imputations is None:
        return Answers(sample=sample, missing=spec.missing)
    each = [Answers(sample=one.sample, missing=spec.missing) for one in weightings]
    return answers or ImputedAnswers(each=each, compatibility=spec.imputations.compatibility)


def _data_file(spec: Spec, path: Path, engine: EngineName, root: Node) -> Path | str:
    if spec.data is None and spec.imputations is not None and spec.imputations.files:
        return path.parent / spec.imputations.files[0]
    if spec.data is None:
        what = say("no data are named.")
        hint = say("Name the file under `data`, or give --data FILE.")
        raise AnalysisError(Problem(where=root.where(()), what=what, hint=hint))
    beside = path.parent / spec.data
    return beside if engine != "spark" or beside.exists() else spec.data


def _samples(spec: Spec, file: Path, folder: Path) -> list[Sample]:
    joint = None if spec.design.joint is None else read_matrix(folder / spec.design.joint)
    if spec.imputations is None:
        frames = [read_table(file, _columns(spec))]
    else:
        frames = imputed_tables(spec.imputations, file, folder, _columns(spec))
    return [Sample.of(one, _design(spec), factors=spec.factors, joint=joint) for one in frames]


def _design(spec: Spec) -> Design:
    given = spec.design
    made = None if given.replicates is None else ReplicateDesign(**given.replicates.model_dump())
    return Design(**given.model_dump(exclude={"joint", "replicates"}), replicates=made)


def _columns(spec: Spec) -> Iterator[str]:
    """Every column that the SPEC may need."""
    design = spec.design
    yield from (design.weights or "", *design.strata, *design.psu, *design.fpc)
    if design.replicates is not None:
        yield from (design.replicates.columns, design.replicates.order or "")
    for step in spec.calibrate:
        yield from recipe_columns(step)
    for one in spec.estimates:
        for value in one.values():
            yield from _mentioned(value)


def _mentioned(value: object) -> Iterator[str]:
    """What a field of an estimate may mean as columns; too many do no harm."""
    if isinstance(value, list):
        for part in value:
            yield from _mentioned(part)
    elif isinstance(value, str):
        yield value
        yield from names_in(value)


def _outcome(
    answers: Asked | AnalysisError, spec: Spec, index: int, root: Node, language: Language
) -> Json:
    name = str(spec.estimates[index].get("id", index + 1))
    try:
        if isinstance(answers, AnalysisError):
            raise answers
        return {"id": name, **answers.ask(read_estimate(spec, index, root))}
    except AnalysisError as error:
        problem = _placed(error.problems[0], root, ("estimates", index))
        return {"id": name, "error": problem.as_json(language)}


def _placed(problem: Problem, root: Node, base: tuple[str | int, ...]) -> Problem:
    """The problem with the line of the SPEC that it is about."""
    if problem.where.startswith(root.file):
        return problem
    section, _, field = problem.where.partition(".")
    if section == "design":
        return Problem(where=root.where(("design", field)), what=problem.what, hint=problem.hint)
    if section == "estimate":
        place = root.where((*base, field))
        return Problem(where=place, what=problem.what, hint=problem.hint)
    if not base and not section.startswith("calibrate"):
        return problem
    step = _STEP.match(problem.where)
    recipe = ("calibrate", int(step[1]) - 1) if step and step[1] else ("calibrate",)
    place = root.where(base or recipe)
    rest = _STEP.sub("", problem.where, count=1) if step and not base else problem.where
    where = f"{place}, {rest}" if rest else place
    return Problem(where=where, what=problem.what, hint=problem.hint)


def as_text(document: Json) -> str:
    """The estimates as lines to read on a terminal, six figures each."""
    lines = []
    for one in document["estimates"]:
        if "error" in one:
            error = one["error"]
            lines.append(f"{one['id']}: {error['where']}: {error['what']} {error['hint'] or ''}")
        lines += [_line(one["id"], row) for row in one.get("rows", ())]
    return "\n".join(lines)


def _line(name: str, row: Json) -> str:
    place = " ".join(f"{variable}={level}" for variable, level in row["by"].items())
    what = row["of"] if row["level"] is None else f"{row['of']}={row['level']}"
    numbers = [_figure(row[k]) for k in ("estimate", "se")] + [_figure(x) for x in row["ci"]]
    low = f"{name}: {what} {place}".strip()
    flags = ", ".join(row["flags"])
    estimate, se, lower, upper = numbers
    return f"{low}: {estimate} (se {se}, ci {lower} .. {upper}, n {row['n']}) {flags}".rstrip()


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
