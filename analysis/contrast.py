"""Contrasts: functions of estimates made together, with their joint covariance.

Linear ones are exact; others by the delta method (R `survey::svycontrast`).
"""

from collections.abc import Sequence

import numpy as np

from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.intervals import t_interval
from analysis.result import Estimate
from analysis.syntax import Reference, Value, evaluate
from instruments.errors import Problem
from instruments.language import Message, say

Rows = tuple[Estimate, ...]


def contrasts(
    found: Rows, covariance: Floats, expressions: Sequence[str], *, level: float,
    df: float | None,
) -> tuple[Rows, Floats]:  # fmt: skip
    """Evaluate expressions such as ``y[g=1] - y[g=2]`` over rows with their joint covariance.

    `df` is by default the least of the rows that an expression uses. Where one of those has no
    standard error, neither has the contrast.

    Raises:
        AnalysisError: an expression names no estimate, is not defined, or joins estimates whose
            covariance is not known.
    """
    values = [_evaluate(found, text) for text in expressions]
    slopes = np.stack([value.slope for value in values])
    used = slopes.any(axis=0)
    joint = slopes[:, used] @ covariance[np.ix_(used, used)] @ slopes[:, used].T
    if np.isnan(joint).any():
        raise _unknown(say("these estimates were not made jointly, so the error is not known."))
    rows = tuple(
        _row(found, text, value, float(joint[i, i]), level, df)
        for i, (text, value) in enumerate(zip(expressions, values, strict=True))
    )
    return rows, joint


def _evaluate(found: Rows, text: str) -> Value:
    def look_up(reference: Reference) -> Value:
        place = _find(found, reference)
        estimate = found[place].estimate
        if estimate is None:
            raise _unknown(say("'{name}' has no estimate: its domain is empty.", name=text))
        slope = np.zeros(len(found))
        slope[place] = 1.0
        return Value(number=estimate, slope=slope)

    value = evaluate(text, look_up)
    return Value(number=value.number, slope=np.broadcast_to(value.slope, (len(found),)))


def _find(found: Rows, reference: Reference) -> int:
    wanted = dict(reference.place)
    places = [i for i, row in enumerate(found) if _matches(row, reference.name, wanted)]
    if len(places) == 1:
        return places[0]
    shown = reference.name + (str(list(reference.place)) if reference.place else "")
    rows = ", ".join(_name(row) for row in found[:12])
    if not places:
        raise _unknown(say("'{name}' is none of the estimates: {rows}.", name=shown, rows=rows))
    raise _unknown(say("'{name}' is several of the estimates: {rows}.", name=shown, rows=rows))


def _matches(row: Estimate, name: str, wanted: dict[str, str]) -> bool:
    if name not in (row.of, row.of + (row.level or "")):
        return False
    known = dict(row.by) | ({row.of: row.level, "level": row.level} if row.level else {})
    return all(known.get(key) == value for key, value in wanted.items())


def _name(row: Estimate) -> str:
    place = ", ".join(f"{key}={value}" for key, value in row.by.items())
    return row.of + (row.level or "") + (f"[{place}]" if place else "")


def _row(
    found: Rows, text: str, value: Value, variance: float, level: float, df: float | None
) -> Estimate:
    used = [found[int(i)] for i in np.flatnonzero(value.slope)]
    own = [row.df for row in used if row.df is not None]
    degrees = df if df is not None else min(own, default=None)
    unknown = any(row.se is None for row in used)
    se = None if unknown else float(np.sqrt(max(variance, 0.0)))
    ci: tuple[float | None, float | None] = (None, None)
    if se is not None and degrees is not None and degrees > 0:
        limits: Floats = t_interval(value.number, se, degrees, level)
        ci = (float(limits[0]), float(limits[1]))
    return Estimate(
        of=text, estimate=value.number, se=se, ci=ci, confidence=level, df=degrees,
        cv=se / abs(value.number) if value.number and se is not None else None,
        n=sum(row.n for row in used), flags=tuple(dict.fromkeys(f for r in used for f in r.flags)),
    )  # fmt: skip


def _unknown(what: Message) -> AnalysisError:
    return AnalysisError(Problem(where="estimate.expression", what=what))
