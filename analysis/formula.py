"""Model formulas such as ``y ~ a * b + x - 1``, and the columns they stand for.

Parsed here and never evaluated as code. Columns are named and coded as in R's `model.matrix`:
``(Intercept)``, ``stypeH``, ``a:b``; a factor gives indicators of all levels but the first, or of
every level where the model lacks the term without it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.columns import Factor, Floats, factor, is_numeric, numeric, unknown_column
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

Term = tuple[str, ...]
"""Variables whose product a term is; empty for the intercept."""
INTERCEPT = "(Intercept)"
_WORD = re.compile(r"\s*(`[^`]+`|[^\W\d][\w.]*|\d+|[~+\-*:()])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """An outcome (None in one-sided formulas) and the terms that explain it, main effects first."""

    outcome: str | None
    terms: tuple[Term, ...]
    intercept: bool = True

    def variables(self) -> tuple[str, ...]:
        """Every column on the right-hand side."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelMatrix:
    """Columns of a model: names, values by row, and the term that each column belongs to."""

    names: tuple[str, ...]
    values: Floats
    terms: tuple[Term, ...]


def parse_formula(text: str) -> Formula:
    """Read a formula with + - : * and parentheses-free terms."""
    words = _words(text)
    if "~" not in words:
        raise _unreadable(text, "~")
    split = words.index("~")
    left, right = words[:split], words[split + 1 :]
    if len(left) > 1 or not right:
        raise _unreadable(text, "~")
    terms: list[Term] = []
    intercept = True
    for sign, product in _summands(text, right):
        if product in (["0"], ["1"]):
            intercept = (product == ["1"]) == (sign == "+")
            continue
        found = _product(text, product)
        terms = [t for t in terms if t not in found] if sign == "-" else terms + found
    order = list(dict.fromkeys(right))
    unique = list(dict.fromkeys(tuple(sorted(term, key=order.index)) for term in terms))
    unique.sort(key=len)
    return Formula(outcome=left[0] if left else None, terms=tuple(unique), intercept=intercept)


def _words(text: str) -> list[str]:
    words, place = [], 0
    while place < len(text.rstrip()):
        match = _WORD.match(text, place)
        if match is None:
            raise _unreadable(text, text[place:])
        words.append(match[1].strip("`"))
        place = match.end()
    return words


def _summands(text: str, words: Sequence[str]) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    sign = "+"
    for word in words:
        if word in "+-":
            sign = word
            found.append((sign, []))
        elif not found:
            found.append(("+", [word]))
        else:
            found[-1][1].append(word)
    if any(not product for _, product in found[1:]) or not found:
        raise _unreadable(text, sign)
    return [(sign, product) for sign, product in found if product]


def _product(text: str, words: Sequence[str]) -> list[Term]:
    """Terms of ``a * b``, ``a : b`` or ``a``."""
    terms: list[Term] = []
    crossed = False
    for place, word in enumerate(words):
        if place % 2:
            if word not in "*:":
                raise _unreadable(text, word)
            crossed = word == "*"
        elif not (word[0].isalpha() or word[0] in "._"):
            raise _unreadable(text, word)
        elif not terms:
            terms = [(word,)]
        else:
            joined = [(*term, word) if word not in term else term for term in terms]
            terms = [*terms, (word,), *joined] if crossed else joined
    if len(words) % 2 == 0:
        raise _unreadable(text, words[-1] if words else "~")
    return terms


def build_matrix(
    data: pd.DataFrame, formula: Formula, *, declared: Mapping[str, Sequence[str]], role: str
) -> ModelMatrix:
    """The columns of the right-hand side; a row with a missing value is NaN in its columns."""
    variables = {
        name: _variable(data, name, declared=declared, role=role) for name in formula.variables()
    }
    names: list[str] = [INTERCEPT] if formula.intercept else []
    blocks = [np.ones((len(data), 1))] if formula.intercept else []
    owners: list[Term] = [()] if formula.intercept else []
    known: set[frozenset[str]] = {frozenset(term) for term in formula.terms}
    if formula.intercept:
        known.add(frozenset())
    for term in formula.terms:
        labels, block = _columns(term, variables, known)
        names += labels
        blocks.append(block)
        owners += [term] * len(labels)
    values = np.concatenate(blocks, axis=1) if blocks else np.empty((len(data), 0))
    return ModelMatrix(names=tuple(names), values=values, terms=tuple(owners))


def _variable(
    data: pd.DataFrame, name: str, *, declared: Mapping[str, Sequence[str]], role: str
) -> Floats | Factor:
    if name not in data.columns:
        raise AnalysisError(unknown_column(data, name, role=role))
    if name in declared or not is_numeric(data[name]):
        return factor(data, name, declared=declared, role=role)
    return numeric(data, name, role=role)


def _columns(
    term: Term, variables: Mapping[str, Floats | Factor], known: set[frozenset[str]]
) -> tuple[list[str], Floats]:
    """Names and values of one term: the product of its variables' columns, first fastest."""
    labels, block = [""], np.ones((1, 1))
    for name in term:
        rest = frozenset(term) - {name}
        part_names, part = _coded(name, variables[name], full=rest not in known)
        labels = [f"{old}:{new}" if old else new for new in part_names for old in labels]
        block = np.concatenate([block * part[:, [j]] for j in range(part.shape[1])], axis=1)
    return labels, block


def _coded(name: str, variable: Floats | Factor, *, full: bool) -> tuple[list[str], Floats]:
    if not isinstance(variable, Factor):
        return [name], variable[:, None]
    first = 0 if full else 1
    levels = range(first, len(variable.levels))
    block = np.stack([variable.codes == code for code in levels], axis=1).astype(np.float64)
    block[variable.codes < 0] = np.nan
    return [f"{name}{variable.levels[code]}" for code in levels], block


def _unreadable(text: str, rest: str) -> AnalysisError:
    what = say("the formula '{formula}' cannot be read at '{rest}'.", formula=text, rest=rest)
    hint = say("Write y ~ a + b, with : for a product of columns, a*b for a + b + a:b, and - 1 to "
               "leave the intercept out.")  # fmt: skip
    return AnalysisError(Problem(where="estimate.formula", what=what, hint=hint))
