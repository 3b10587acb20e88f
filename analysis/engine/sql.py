"""The one query of every SQL engine: totals by keys.

Column names never enter the text: an engine lays a view over the data whose columns are c0, c1, …,
and values are bound as parameters. So the text is the same on every engine, and no name or value in
the data can change its meaning.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from analysis.columns import is_numeric
from analysis.condition import Column, Comparison, Condition, Every, Not, Operand, Some
from analysis.engine.protocol import Extreme, Present, Term, Total, Totals, When

VIEW = "hieuluat_rows"
"""Name of the view that an engine lays over the data."""

NUMBER = "(([+-][0-9]|[1-9])[0-9]*[.]?[0-9]*|[+-]?0?[.][0-9]+|0[.]?)([eE][+-]?[0-9]+)?"
"""Text that is a number; one with a leading zero is a code and stays text."""

Value = float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Text with a question mark for each parameter, in order."""

    text: str
    parameters: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A piece of SQL and the values that its question marks stand for."""

    text: str
    given: tuple[Value, ...] = ()


@dataclass(slots=True)
class _Factors:
    """The distinct products of a term and a condition, each worked out once per row.

    A condition is a factor of 1 or 0 (nothing where it is unknown), which costs a third of what
    CASE does.
    """

    names: dict[tuple[Term | None, When], str] = field(default_factory=dict)

    def of(self, term: Term | None, when: When) -> str:
        return self.names.setdefault((term, when), f"f{len(self.names)}")


def alias_of(names: Iterable[str]) -> dict[str, str]:
    """The view's name for each column."""
    return {name: f"c{place}" for place, name in enumerate(names)}


def quoted(name: str, mark: str) -> str:
    """A column name between quotation marks of an engine, marks inside it doubled."""
    return mark + name.replace(mark, 2 * mark) + mark


def totals_query(head: pd.DataFrame, keys: Sequence[str], wanted: Sequence[Total]) -> Query:
    """Totals t0, t1, … by the keys k0, k1, …; `head` shows what the columns hold."""
    alias = alias_of(map(str, head.columns))
    factors = _Factors()
    outer = [_total(alias, factors, total) for total in wanted]
    inner = [_factor(head, alias, term, when) for term, when in factors.names]
    by = [alias[key] for key in keys]
    shown = [f"{name} AS k{place}" for place, name in enumerate(by)]
    shown += [f"{said.text} AS t{place}" for place, said in enumerate(outer)]
    derived = ["*", *(f"{said.text} AS f{place}" for place, said in enumerate(inner))]
    text = (
        f"SELECT {', '.join(shown)} "  # noqa: S608 - names are ours, values are parameters
        f"FROM (SELECT {', '.join(derived)} FROM {VIEW}) AS derived"
        + (f" GROUP BY {', '.join(by)}" if by else "")
    )
    return Query(text=text, parameters=tuple(v for said in (*outer, *inner) for v in said.given))


def as_totals(table: pa.Table, keys: Sequence[str], wanted: Sequence[Total]) -> Totals:
    """The answer to `totals_query` under the names of the columns; a sum of nothing is zero."""
    found = table.select([f"k{place}" for place in range(len(keys))]).to_pandas()
    frame = pd.DataFrame(dict(zip(keys, (found[name] for name in found), strict=True)),
                         index=range(table.num_rows))  # fmt: skip
    values = {
        total: table[f"t{place}"].cast(pa.float64()).fill_null(0.0).to_numpy()
        for place, total in enumerate(wanted)
    }
    return Totals(keys=frame, values=values)


def _total(alias: Mapping[str, str], factors: _Factors, total: Total) -> _Said:
    if isinstance(total, Extreme):
        return _Said(f"{total.which}({_number(alias, total.column)})")
    if not total.terms:
        return _Said(_count(alias, factors, total.when))
    first, *rest = total.terms
    said = [_Said(factors.of(first, total.when)) if total.when else _term(alias, first)]
    return _product([*said, *(_term(alias, term) for term in rest)], around="SUM({})")


def _count(alias: Mapping[str, str], factors: _Factors, when: When) -> str:
    match when:
        case ():
            return "COUNT(*)"
        case (Present(column),):
            return f"COUNT({alias[column]})"
    return f"SUM({factors.of(None, when)})"


def _factor(head: pd.DataFrame, alias: Mapping[str, str], term: Term | None, when: When) -> _Said:
    held = _joined(" AND ", [_condition(head, alias, part) for part in when])
    held = _Said(f"CAST({held.text} AS DOUBLE)", held.given)
    return held if term is None else _product([_term(alias, term), held])


def _product(parts: Sequence[_Said], *, around: str = "{}") -> _Said:
    given = tuple(value for part in parts for value in part.given)
    return _Said(around.format(" * ".join(part.text for part in parts)), given)


def _term(alias: Mapping[str, str], term: Term) -> _Said:
    number = _number(alias, term.column)
    return _Said(f"({number} - ?)", (term.less,)) if term.less else _Said(number)


def _number(alias: Mapping[str, str], column: str) -> str:
    return f"CAST({alias[column]} AS DOUBLE)"


def _condition(
    head: pd.DataFrame, alias: Mapping[str, str], condition: Condition | Present
) -> _Said:
    """A condition in SQL, whose three-valued logic is that of `analysis.condition`."""
    match condition:
        case Present(column):
            return _Said(f"{alias[column]} IS NOT NULL")
        case Comparison(left, sign, right):
            sides = [_operand(head, alias, one) for one in (left, right)]
            return _joined(f" {sign} ", sides)
        case Not(part):
            said = _condition(head, alias, part)
            return _Said(f"NOT {said.text}", said.given)
        case Every(parts):
            return _joined(" AND ", [_condition(head, alias, part) for part in parts])
        case Some(parts):
            return _joined(" OR ", [_condition(head, alias, part) for part in parts])


def _operand(head: pd.DataFrame, alias: Mapping[str, str], operand: Operand) -> _Said:
    if not isinstance(operand, Column):
        return _Said("?", (operand,))
    if is_numeric(head[operand.name]):
        return _Said(_number(alias, operand.name))
    return _Said(alias[operand.name])


def _joined(sign: str, parts: Sequence[_Said]) -> _Said:
    text = sign.join(part.text for part in parts)
    return _Said(f"({text})", tuple(value for part in parts for value in part.given))
