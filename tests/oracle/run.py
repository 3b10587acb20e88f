"""All entries of the reference results through the project, one SPEC per design."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.spec import run_spec
from tests.oracle import designs as design_of
from tests.oracle.compare import compare, tolerance
from tests.oracle.estimates import as_spec

Json = dict[str, Any]


def run_all(folder: Path, work: Path, *, only: str = "") -> dict[str, str]:
    """What is wrong with each entry ("" when it agrees), by id."""
    designs, results, data = design_of.load(folder)
    found: dict[str, str] = {}
    by_design: dict[str, list[Json]] = {}
    for entry in results:
        by_design.setdefault(entry["id"].split("/")[0], []).append(entry)
    for key, entries in by_design.items():
        if key.startswith(only):
            found |= _run_design(key, entries, designs, data, folder, work)
    return found


def _run_design(
    key: str, entries: list[Json], designs: Json, data: Json, folder: Path, work: Path
) -> dict[str, str]:
    found = {entry["id"]: "no SPEC for this call" for entry in entries}
    parts = spec_of_design(key, designs, folder)
    if parts is None:
        return found
    table = data[designs[key]["data"]]
    frame = _frame(folder / table["file"], parts, folder / "weights" / f"{key}.csv")
    frame.to_csv(work / f"{key}.csv", index=False)
    asked = {entry["id"]: _asked(entry) for entry in entries}
    spec = {"data": f"{key}.csv", "factors": _factors(table, frame), **parts,
            "estimates": [one for made in asked.values() for one in made]}  # fmt: skip
    (work / f"{key}.yaml").write_text(json.dumps(spec))
    document = run_spec(work / f"{key}.yaml").document
    shown = {one["id"]: one for one in document["estimates"]}
    for entry in entries:
        if made := asked[entry["id"]]:
            printed = [shown[one["id"]] for one in made]
            found[entry["id"]] = _judge(entry, printed, designs[key])
    return found


def _frame(file: Path, parts: Json, weights: Path) -> pd.DataFrame:
    frame = design_of.with_computed(pd.read_csv(file, dtype={"cds": str}))
    if not parts.pop("@weights", False):
        return frame
    more = pd.read_csv(weights).add_prefix("@")
    return pd.concat([frame.drop(columns=["@w"], errors="ignore"), more], axis=1)


def _asked(entry: Json) -> list[Json]:
    made = as_spec(entry) or []
    for one in made:
        if one.get("from") == "@":
            one["from"] = entry["id"] + "@from"
    if entry["id"].endswith("/na_mean"):
        made[0]["missing"] = "error"
    return made


def _judge(entry: Json, shown: list[Json], design: Json) -> str:
    refused = next((one["error"] for one in shown if "error" in one), None)
    theirs = entry.get("result", {}).get("se", 0)
    nothing = isinstance(theirs, list) and all(se is None for se in theirs)
    if "error" in entry or nothing:
        return "" if refused else "R refuses this, the project does not"
    if refused:
        return f"refused: {refused['what']}"
    return "; ".join(compare(entry, shown, tolerance(entry, design)))[:300]


def _factors(table: Json, frame: pd.DataFrame) -> Json:
    declared = {
        name: [str(level) for level in column["levels"]]
        for name, column in table["columns"].items()
        if column["type"] == "factor"
    }
    if "stype.sch.wide" in frame:
        declared["stype.sch.wide"] = [f"{a}.{b}" for b in ("No", "Yes") for a in "EHM"]
    return declared


def spec_of_design(key: str, designs: Json, folder: Path) -> Json | None:
    """`design` and `calibrate` of a SPEC, None for designs that it does not know."""
    if key.startswith("d2ph"):
        return None
    entry, steps = designs[key], []
    if "imputations" in (entry["spec"] or {}):
        imputed = {"column": entry["spec"]["imputations"], "compatibility": "r"}
        return {"design": design_of.base_design(entry), "imputations": imputed}
    if key.startswith("s_"):
        return {"design": design_of.supplied_design(entry)}
    while entry.get("parent"):
        steps = [*design_of.recipe(entry), *steps]
        key, entry = entry["parent"], designs[entry["parent"]]
    if not key.startswith("r_"):
        return {"design": _with_joint(design_of.base_design(entry), folder), "calibrate": steps}
    made = design_of.replicate_design(entry, designs)
    if made is not None:
        return {"design": made, "calibrate": steps}
    return {"design": design_of.exported_design(entry), "@weights": True}


def _with_joint(design: Json, folder: Path) -> Json:
    if "joint" in design:
        design["joint"] = str(folder / design["joint"])
    return design
