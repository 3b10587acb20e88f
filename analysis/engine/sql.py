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
from analysis.engine.protocol import Extreme, Present, Sum, Term, Total, Totals, When

VIEW = "hieuluat_rows"
"""Name of the view that an engine lays over the data."""

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
class _Flags:
    """The distinct conditions of a query, each worked out once per row."""

    names: dict[When, str] = field(default_factory=dict)

    def of(self, when: When) -> str:
        return self.names.setdefault(when, f"f{len(self.names)}")


def alias_of(names: Iterable[str]) -> dict[str, str]:
    """The view's name for each column."""
    return {name: f"c{place}" for place, name in enumerate(names)}


def quoted(name: str, mark: str) -> str:
    """A column name between quotation marks of an engine, marks inside it doubled."""
    return mark + name.replace(mark, 2 * mark) + mark


def totals_query(head: pd.DataFrame, keys: Sequence[str], wanted: Sequence[Total]) -> Query:
    """Totals t0, t1, … by the keys k0, k1, …; `head` shows what the columns hold."""
    alias = alias_of(map(str, head.columns))
    flags = _Flags()
    outer = [_total(alias, flags, total) for total in wanted]
    inner = [_every(head, alias, when) for when in flags.names]
    shown = [f"{alias[key]} AS k{place}" for place, key in enumerate(keys)]
    shown += [f"{said.text} AS t{place}" for place, said in enumerate(outer)]
    flagged = ["*", *(f"{said.text} AS f{place}" for place, said in enumerate(inner))]
    by = [alias[key] for key in keys]
    text = (
        f"SELECT {', '.join(shown)} "  # noqa: S608 - names are ours, values are parameters
        f"FROM (SELECT {', '.join(flagged)} FROM {VIEW}) AS flagged"
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


def _total(alias: Mapping[str, str], flags: _Flags, total: Total) -> _Said:
    if isinstance(total, Extreme):
        return _Said(f"{total.which}({_number(alias, total.column)})")
    if not total.terms:
        return _Said(f"COUNT({_guarded('1', total, flags)})" if total.when else "COUNT(*)")
    factors = [_term(alias, term) for term in total.terms]
    product = " * ".join(said.text for said in factors)
    values = tuple(value for said in factors for value in said.given)
    return _Said(f"SUM({_guarded(product, total, flags)})", values)


def _guarded(product: str, total: Sum, flags: _Flags) -> str:
    return f"CASE WHEN {flags.of(total.when)} THEN {product} END" if total.when else product


def _term(alias: Mapping[str, str], term: Term) -> _Said:
    number = _number(alias, term.column)
    return _Said(f"({number} - ?)", (term.less,)) if term.less else _Said(number)


def _number(alias: Mapping[str, str], column: str) -> str:
    return f"CAST({alias[column]} AS DOUBLE)"


def _every(head: pd.DataFrame, alias: Mapping[str, str], when: When) -> _Said:
    return _joined(" AND ", [_condition(head, alias, part) for part in when])


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
