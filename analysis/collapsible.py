"""Whether an engine's sums suffice: refused in words what they cannot carry, or what is wrong."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.columns import check_columns, is_numeric, label
from analysis.design import Design
from analysis.engine.protocol import Extreme, Present, Sum, Term, Totals
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import Message, say


def needs_memory(engine: str, what: Message, *, where: str = "") -> Problem:
    """Say what this engine cannot do, and that the memory engine can."""
    hint = say("Use `--engine memory`; `{engine}` makes sums by PSU only.", engine=engine)
    return Problem(where=where, what=what, hint=hint)


def check_design(engine: str, head: pd.DataFrame, design: Design) -> None:
    """Refuse designs whose variance does not follow from sums by PSU."""
    problems = list(_beyond_sums(engine, design))
    for role, names in design.columns().items():
        problems += check_columns(head, names, role=f"design.{role}")
    if not problems and not is_numeric(head[str(design.weights)]):
        what = say("column '{column}' is text, not a number.", column=design.weights)
        problems.append(Problem(where="design.weights", what=what))
    if problems:
        raise AnalysisError(problems)


def _beyond_sums(engine: str, design: Design) -> Iterator[Problem]:
    if design.weights is None:
        what = say("no column of design weights is named.")
        yield needs_memory(engine, what, where="design.weights")
    if len(design.psu) < max(1, len(design.fpc)):
        what = say("each row is a unit of its own, so there is nothing to add up.")
        yield needs_memory(engine, what, where="design.psu")
    if design.pps == "joint":
        yield needs_memory(
            engine, say("joint probabilities are by row of the data."), where="design.pps"
        )
    if design.replicates is not None and design.replicates.kind == "columns":
        yield needs_memory(
            engine, say("replicate weights are columns of the data."), where="design.replicates"
        )


def check_totals(design: Design, margins: Sequence[str], totals: Totals) -> None:
    """Refuse weights, strata, PSUs and margins that are not there, from the sums alone."""
    problems = [
        *_bad_weights(Term(str(design.weights)), totals),
        *_absent((*design.strata, *design.psu, *design.fpc), totals, role="design"),
        *_absent(margins, totals, role="calibrate"),
    ]
    if not problems and design.psu and design.strata and not design.nest:
        problems += _split_units(design, totals)
    if problems:
        raise AnalysisError(problems)


def _bad_weights(weight: Term, totals: Totals) -> Iterator[Problem]:
    hint = say("A design weight is the inverse of a selection probability. Correct it, or remove "
               "rows that were not sampled; to look at a part of the sample use `where` or `by`.")  # fmt: skip
    absent = totals[Sum()].sum() - totals[Sum((), (Present(weight.column),))].sum()
    if absent:
        what = say("column '{column}': the weight is missing in {count} rows.",
                   column=weight.column, count=int(absent))  # fmt: skip
        yield Problem(where="design.weights", what=what, hint=hint)
        return
    extremes = [totals[Extreme(weight.column, which)] for which in ("MIN", "MAX")]
    bad = [value for one in extremes for value in one if not (np.isfinite(value) and value > 0)]
    if bad:
        what = say("column '{column}': the weight {value} is not above zero.",
                   column=weight.column, value=f"{bad[0]:g}")  # fmt: skip
        yield Problem(where="design.weights", what=what, hint=hint)


def _absent(names: Sequence[str], totals: Totals, *, role: str) -> Iterator[Problem]:
    people = totals[Sum()]
    for name in dict.fromkeys(names):
        missing = totals.keys[name].isna().to_numpy()
        if missing.any():
            what = say("column '{column}': the value is missing in {count} rows.",
                       column=name, count=int(people[missing].sum()))  # fmt: skip
            hint = (
                say("Every sampled row has a stratum and a PSU.")
                if role == "design"
                else say("Impute the value, or give missing answers a category of their own.")
            )
            yield Problem(where=role, what=what, hint=hint)


def _split_units(design: Design, totals: Totals) -> Iterator[Problem]:
    stratum, psu = design.strata[0], design.psu[0]
    pairs = totals.keys[[psu, stratum]].drop_duplicates()
    twice = pairs[pairs[psu].duplicated(keep=False)].sort_values([psu, stratum])
    if twice.empty:
        return
    one, two = twice[stratum].iloc[:2]
    what = say("PSU {psu} lies in two strata, '{one}' and '{two}'.",
               psu=label(twice[psu].iloc[0]), one=label(one), two=label(two))  # fmt: skip
    hint = say("If PSU numbers start again in each stratum set `nest: true`; otherwise correct the "
               "data.")  # fmt: skip
    yield Problem(where="design.psu", what=what, hint=hint)
