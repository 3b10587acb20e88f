"""What the project printed against what R found, at the tolerances of the reference."""

from typing import Any

import numpy as np

Json = dict[str, Any]
CLOSED, ITERATED, SEARCHED = 1e-9, 1e-6, 1e-3


def tolerance(entry: Json, design: Json) -> float:
    """1e-9 for closed forms, 1e-6 for iterative fits, 1e-3 for root finding."""
    call = entry["r_call"]
    if "likelihood" in call or '"score"' in call or '"saddlepoint"' in call or '"lincom"' in call:
        return SEARCHED
    iterated = ("svyglm", "regTermTest", "logit", "svyttest", "svyranktest")
    fitted = ("rake", "raking", "logit", "bounds", "trim")
    made = design["r_call"] + (design.get("parent") or "")
    if any(word in call for word in iterated) or any(word in made for word in fitted):
        return ITERATED
    return CLOSED


class Check:
    """Collects what differs."""

    def __init__(self, tolerance: float) -> None:
        self.tolerance = tolerance
        self.faults: list[str] = []

    def close(self, name: str, ours: Any, theirs: Any, scale: Any = 0.0) -> None:
        """Are two sets of numbers equal up to the tolerance, or both exact zeros at their scale?"""
        a, b = _floats(ours), _floats(theirs)
        if a.shape != b.shape:
            self.faults.append(f"{name}: shape {a.shape} for {b.shape}")
            return
        size = np.maximum(np.abs(a), np.abs(b))
        same = (np.isnan(a) & np.isnan(b)) | (a == b)
        apart = np.abs(np.subtract(a, b, out=np.zeros_like(a), where=~same))
        near = apart <= np.maximum(self.tolerance * size, 1e-8 * self._unit(scale))
        if not (same | near).all():
            place = np.argmin(same | near)
            self.faults.append(f"{name}: {a.ravel()[place]!r} for {b.ravel()[place]!r}")

    def _unit(self, scale: Any) -> Any:
        return np.abs(_floats(scale)) * min(1.0, self.tolerance / CLOSED * 1e-1)

    def covariance(self, ours: Any, theirs: Any, estimates: Any) -> None:
        """Compare covariances on the scale of the standard errors."""
        a, b = _floats(ours), _floats(theirs)
        if a.shape != b.shape:
            self.faults.append(f"covariance: shape {a.shape} for {b.shape}")
            return
        size = np.sqrt(np.maximum(np.diag(b), 0))
        zero = 1e-8 * np.abs(_floats(estimates))
        scale = np.outer(np.maximum(size, zero), np.maximum(size, zero))
        if not (np.abs(a - b) <= self.tolerance * 10 * scale + 1e-300).all():
            self.faults.append(
                f"covariance differs by {np.max(np.abs(a - b) / (scale + 1e-300)):.2g}"
            )


def _floats(values: Any) -> np.ndarray:
    def one(value: Any) -> float:
        if value is None:
            return np.nan
        return float(value)

    flat = np.asarray(values, dtype=object)
    return np.vectorize(one, otypes=[float])(flat) if flat.size else np.zeros(flat.shape)


def column(rows: list[Json], name: str) -> list[Any]:
    return [row[name] for row in rows]


def compare(entry: Json, shown: list[Json], tol: float) -> list[str]:
    """Faults of the printed estimates against the entry's result."""
    check, result = Check(tol), entry["result"]
    name = entry["id"].split("/")[1]
    if name == "table":
        check.close("counts", column(shown[-1]["rows"], "estimate"), result["values"])
    elif name.endswith("degf"):
        check.close("df", shown[-1]["rows"][0]["df"], result["est"][0])
    elif result["class"] in TESTS:
        _test(check, name, result, shown[-1])
    else:
        READERS.get(_shape(result), _joint)(check, result, shown[-1])
    return check.faults


def _shape(result: Json) -> str:
    several = result["class"] == "svyvar" and isinstance(result["est"][0], list)
    return "variances" if several else result["class"]


def _joint(check: Check, result: Json, last: Json) -> None:
    _rows(check, result, last["rows"])
    if "covariance" in last and "vcov" in result:
        check.covariance(last["covariance"], result["vcov"], result["est"])


def _one_variance(check: Check, result: Json, last: Json) -> None:
    check.close("estimate", column(last["rows"], "estimate"), result["est"][0])
    check.close("se", column(last["rows"], "se")[0], _floats(result["se"]).ravel()[0])


def _share(check: Check, result: Json, last: Json) -> None:
    one = {name: [result[name]] for name in ("est", "se", "ci")}
    _rows(check, result | one, last["rows"])


def _rows(check: Check, result: Json, rows: list[Json]) -> None:
    check.close("estimate", column(rows, "estimate"), result["est"])
    if "se" in result:
        check.close("se", column(rows, "se"), result["se"], result["est"])
    if "deff" in result:
        check.close("deff", column(rows, "deff"), result["deff"], 1e-3)
    if "ci" in result:
        check.close("ci", column(rows, "ci"), result["ci"], 1e-3)
    for row, theirs in zip(rows, result.get("ci_t", ()), strict=False):
        if row["se"] and row["ci"][0] is not None and float(row["df"]) == result["df"]:
            check.close("ci", row["ci"], theirs, row["estimate"])


def _by(check: Check, result: Json, last: Json) -> None:
    groups = result["by"]
    count = len(result["rows"])
    place = {_key(row): i for i, row in enumerate(last["rows"])}
    order = []
    for variable in result["variables"]:
        for i in range(count):
            by = tuple(sorted((g, str(levels[i])) for g, levels in groups.items()))
            found = place.get((by, variable))
            if found is None:
                check.faults.append(f"no row {by} {variable}")
                return
            order.append(found)
    rows = [last["rows"][i] for i in order]
    check.close("estimate", column(rows, "estimate"), result["est"])
    check.close("se", column(rows, "se"), result["se"], result["est"])
    table = result["table"]
    if ("ci_l" in table and "b_award" in table) or (
        "api00" in table and "se.api00" in table and "ci_l" in table
    ):
        check.close(
            "ci", column(rows, "ci"), list(zip(table["ci_l"], table["ci_u"], strict=True)), 1e-3
        )
    for name, values in table.items():
        if name.startswith("DEff"):
            check.close("deff", column(rows, "deff"), values)
    if "covariance" in last and "vcov" in result:
        ours = np.array(_floats(last["covariance"]))[np.ix_(order, order)]
        check.covariance(ours, result["vcov"], result["est"])


def _key(row: Json) -> tuple[Any, str]:
    return tuple(sorted(row["by"].items())), row["of"] + (row["level"] or "")


def _quantiles(check: Check, result: Json, last: Json) -> None:
    for variable, table in result["tables"].items():
        mine = [row for row in last["rows"] if row["of"] == variable]
        check.close("estimate", column(mine, "estimate"), table["est"])
        check.close("ci", column(mine, "ci"), list(zip(table["ci_l"], table["ci_u"], strict=True)))
        check.close("se", column(mine, "se"), table["se"])


def _glm(check: Check, result: Json, last: Json) -> None:
    rows = last["rows"]
    if column(rows, "of") != result["names"]:
        check.faults.append(f"terms {column(rows, 'of')} for {result['names']}")
        return
    check.close("estimate", column(rows, "estimate"), result["est"], 1.0)
    check.close("se", column(rows, "se"), result["se"])
    check.close("t", column(rows, "statistic"), result["t"], 1.0)
    check.close("p", column(rows, "p"), result["p"], 1.0)
    check.close("df", rows[0]["df"], result["df_residual"])
    check.close("ci", column(rows, "ci"), result["ci_t"], 1.0)
    check.covariance(last["covariance"], result["vcov"], np.zeros(len(rows)))


def _test(check: Check, name: str, result: Json, last: Json) -> None:
    row = last["rows"][0]
    check.close("p", row["p"], result.get("p.value", result.get("p"))[0])
    if name == "rankK":
        ndf = result["statistic"][0]
        check.close("statistic", row["statistic"], result["parameter"][0] / ndf)
        check.close("df", row["df"], [ndf, result["ddf"][0]])
        return
    if name == "gofchisq":
        scale, df = result["parameter"]
        check.close("statistic", row["statistic"], result["statistic"][0] / scale)
        check.close("df", row["df"], df)
        return
    statistic = next(result[k] for k in ("statistic", "Ftest", "chisq") if k in result)
    check.close("statistic", row["statistic"], statistic[0], 1e-6)
    if "parameter" in result:
        df = row["df"] if isinstance(row["df"], list) else [row["df"]]
        check.close("df", df, result["parameter"])
    if "Ftest" in result:
        check.close("df", row["df"], [result["df"][0], result["ddf"][0]])
    if result["class"] == "svyttest":
        check.close("estimate", row["estimate"], result["estimate"][0])
        check.close("ci", row["ci"], result["conf.int"])


def _imputed(check: Check, result: Json, last: Json) -> None:
    """All but the limits, which R's `confint` makes normal whatever the degrees of freedom."""
    rows = last["rows"]
    check.close("estimate", column(rows, "estimate"), result["est"])
    check.close("se", column(rows, "se"), result["se"])
    check.close("df", column(rows, "df"), result["mi_df"])
    check.close("missing", column(rows, "missing_information"), result["missinfo"], 1.0)
    check.covariance(last["covariance"], result["vcov"], result["est"])


def _variance(check: Check, result: Json, last: Json) -> None:
    names = result["dimnames"][0]
    place = {row["of"]: i for i, row in enumerate(last["rows"])}
    order = [
        place.get(a if a == b else f"{a}:{b}", place.get(f"{b}:{a}")) for b in names for a in names
    ]
    rows = [last["rows"][i] for i in order]
    check.close("estimate", column(rows, "estimate"), np.array(result["est"]).T.ravel())
    check.close("se", column(rows, "se"), np.array(result["se"]).T.ravel())
    if "covariance" in last:
        ours = _floats(last["covariance"])[np.ix_(order, order)]
        check.covariance(ours, result["vcov"], np.zeros(len(order)))


TESTS = ("htest", "svyttest", "regTermTest", "regTermTestLRT")
READERS = {
    "svyby": _by, "newsvyquantile": _quantiles, "svyciprop": _share, "svyglm": _glm,
    "svrepglm": _glm, "svrepvar": _one_variance, "variances": _variance,
    "MIresult": _imputed,
}  # fmt: skip
