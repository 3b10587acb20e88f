"""Designs of the reference results as the `design` and `calibrate` parts of a SPEC."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Json = dict[str, Any]


def load(folder: Path) -> tuple[Json, list[Json], Json]:
    """Designs, results and data sets."""
    designs = json.loads((folder / "designs.json").read_text())["designs"]
    results = json.loads((folder / "results.json").read_text())["results"]
    data = json.loads((folder / "datasets.json").read_text())["data"]
    return designs, results, data


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def base_design(entry: Json) -> Json:
    """The design as it was drawn."""
    spec = entry["spec"] or {"ids": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]}
    ids = _list(spec.get("ids", "~1"))
    fpc = [column_name(name) for name in _list(spec.get("fpc", []))]
    made: Json = {"strata": _list(spec.get("strata", [])), "fpc": fpc, "nest": "nest" in spec}
    if ids != ["~1"]:
        made["psu"] = ids
    if "weights" in spec:
        made["weights"] = spec["weights"]
    if spec.get("ultimate_cluster"):
        made |= {"psu": ids[:1], "fpc": fpc[:1], "weights": "@w"}
    for theirs, ours in (("lonely_psu", "lonely_psu"), ("adjust_domain_lonely", "domain_lonely")):
        if theirs in spec:
            made[ours] = spec[theirs]
    return made | _unequal(spec, entry["r_call"])


def _unequal(spec: Json, call: str) -> Json:
    method = spec.get("pps")
    if method is None:
        return {}
    if method == "poisson":
        return {"pps": "poisson", "fpc": ["p"]}
    if method.startswith("ppsmat"):
        return {
            "pps": "joint",
            "joint": "data/election_jointprob.csv",
            "pps_variance": spec["variance"].lower(),
        }
    if method == "HR":
        made: Json = {"pps": "hartley_rao", "pps_variance": spec.get("variance", "HT").lower()}
        if "P2BAR" in call:
            made["pps_p2bar"] = spec.get("p2bar", 0.10321027266234986)
        return made
    return {"pps": method}


def column_name(expression: str) -> str:
    """A computed column of the R call under a plain name."""
    return {"1/pw": "@frac", "40/fpc1": "@f1", "pmin(1,5/fpc2)": "@f2"}.get(expression, expression)


COMPUTED: dict[str, tuple[str, Any]] = {
    "@frac": ("pw", lambda d: 1 / d["pw"]),
    "@f1": ("fpc1", lambda d: 40 / d["fpc1"]),
    "@f2": ("fpc2", lambda d: np.minimum(1, 5 / d["fpc2"])),
    "@w": ("fpc2", lambda d: d["fpc1"] / 40 * np.maximum(1, d["fpc2"] / 5)),
    "stype.sch.wide": ("stype", lambda d: d["stype"] + "." + d["sch.wide"]),
    "I(api00 - 100)": ("api00", lambda d: d["api00"] - 100),
    "I(x > 4)": ("x", lambda d: (d["x"] > 4).map({True: "TRUE", False: "FALSE"})),
    "I(Nader > 0)": ("Nader", lambda d: (d["Nader"] > 0).map({True: "TRUE", False: "FALSE"})),
    "@thousand": ("ESA", lambda d: 0 * d["ESA"] + 1000.0),
    **{f"@m{i}": (f"m{i}", lambda d, i=i: 1000 * d[f"m{i}"]) for i in range(1, 5)},
}


def with_computed(data: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that R computes inside its calls."""
    more = {name: make(data) for name, (needs, make) in COMPUTED.items() if needs in data}
    return data.assign(**more)


def margin(table: Json) -> Json:
    """A table of frequencies as a margin."""
    names = [name for name in table if name != "Freq"]
    rows = [
        {**{name: str(table[name][i]) for name in names}, "total": table["Freq"][i]}
        for i in range(len(table["Freq"]))
    ]
    return {"variables": names, "totals": rows}


def recipe(entry: Json) -> list[Json]:
    """The weighting step that made this design from its parent."""
    spec, call = entry["spec"] or {}, entry["r_call"]
    if call.startswith("postStratify"):
        return [{"method": "poststratify", "margins": [margin(spec.get("pop", PS))]}]
    if call.startswith("rake(postStratify"):
        first, *rest = spec["margins"]
        return [{"method": "poststratify", "margins": [margin(first)]}, _raked(rest, call)]
    if call.startswith("rake"):
        return [_raked(spec.get("margins", [PT, PS]), call)]
    if call.startswith("trimWeights"):
        return [
            {
                "method": "trim",
                "lower": spec["lower"],
                "upper": spec["upper"],
                "strict": "strict" in call,
            }
        ]
    if "margins" in spec:
        return [{"method": "raking", "margins": [margin(m) for m in spec["margins"]]}]
    return [_calibrated(spec, call)] if "over" not in spec else [_standardized(spec)]


def _standardized(spec: Json) -> Json:
    table = {spec["by"]: ["E", "H", "M"], "Freq": spec["population"]}
    return {"method": "standardize", "over": spec["over"], "population": margin(table)["totals"]}


PT = {"stype": ["E", "H", "M"], "Freq": [4421, 755, 1018]}
PS = {"sch.wide": ["No", "Yes"], "Freq": [1072, 5122]}
TOT_G = {"(Intercept)": 6194, "stypeH": 755, "stypeM": 1018, "api99": 3914069}


def _raked(margins: list[Json], call: str) -> Json:
    step: Json = {"method": "rake", "margins": [margin(m) for m in margins], "compatibility": "r"}
    if "epsilon" not in call:
        return step | {"tolerance": 1, "max_iterations": 10}
    return step | {"tolerance": 1e-10, "max_iterations": 200}


def _calibrated(spec: Json, call: str) -> Json:
    formula = re.findall(r"~[^,]*", call)[0].strip()
    step: Json = {"method": "linear", "formula": formula, **_totals(spec, formula)}
    for name in ("raking", "logit"):
        if f'calfun = "{name}"' in call:
            step["method"] = name
    for name in ("bounds", "trim"):
        if limits := re.search(name + r" = c\(([^)]*)\)", call):
            step[name] = [float(limit) for limit in limits[1].split(",")]
    if "bounds" in step and step["method"] == "linear":
        step["method"] = "truncated"
    if "variance = 1" in call:
        step["variance"] = "enroll"
    if "aggregate.stage" in call:
        step["aggregate_stage"] = 1
    return step


def _totals(spec: Json, formula: str) -> Json:
    if "totals_by_psu" in spec:
        totals = {p: {k: v[0] for k, v in t.items()} for p, t in spec["totals_by_psu"].items()}
        return {"stage": 1, "totals": totals}
    if "total" in spec:
        return {"totals": {formula.strip(" ~").split("-")[0].strip(): spec["total"]}}
    totals = spec.get("totals", TOT_G)
    return {"totals": {k: v[0] if isinstance(v, list) else v for k, v in totals.items()}}


def replicate_design(entry: Json, designs: Json) -> Json | None:
    """Replicates that the project makes itself: jackknives, which are not random."""
    call = entry["r_call"]
    found = re.match(r'as\.svrepdesign\((\w+), type = "(JK1|JKn)"', call)
    if not found:
        return None
    replicates: Json = {"kind": found[2].lower(), "mse": "mse = TRUE" in call}
    return base_design(designs[found[1]]) | {"replicates": replicates}


def exported_design(entry: Json) -> Json:
    """R's own replicate weights, from the file that it wrote."""
    kept = {key: entry["replicate"][key] for key in ("scale", "rscales", "mse")}
    return {"weights": "@w", "replicates": {"kind": "columns", "columns": "@rep*", **kept}}


SCALES = {"bootstrap": 1 / 39, "other": 0.02, "Fay": 1 / (40 * 0.7**2), "successive": 4 / 40}


def supplied_design(entry: Json) -> Json:
    """Replicate weights from columns of the data."""
    call = entry["r_call"]
    if entry["data"] == "scd_rep":
        replicates = {"kind": "columns", "columns": "@m*", "scale": 0.25}
        return {"weights": "@thousand", "replicates": replicates}
    scale = next(scale for name, scale in SCALES.items() if name in call)
    replicates = {"kind": "columns", "columns": "rw*", "mse": "mse = TRUE" in call, "scale": scale}
    if "other" in call:
        replicates["rscales"] = entry["spec"]["rscales"]
    return {"weights": "pw", "replicates": replicates}
