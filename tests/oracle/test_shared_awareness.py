"""Shares above a cut against R's survey, mitools and TAM, every record through a SPEC."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from analysis.items.spec import run_items

TAYLOR = {"weights": "w", "strata": ["stratum"], "psu": ["psu"], "nest": True}
REPLICATES = {
    "taylor": None,
    "JKn": {"kind": "jkn"},
    "Fay": {"kind": "columns", "columns": "rw*", "scale": 4 / 24},
    "BRR": {"kind": "columns", "columns": "half*", "scale": 1 / 24},
}


@pytest.fixture(scope="module")
def records(shared) -> list[dict[str, Any]]:
    return [one for name in ("pv", "misc")
            for one in json.loads((shared / "oracle_irt" / f"{name}.json").read_text())]  # fmt: skip


def with_half_samples(file: Path, folder: Path) -> Path:
    """The table with R's half-samples, which its Fay weights w(1 ± ½) are made from."""
    table = pd.read_csv(file)
    for name in [one for one in table if one.startswith("rw")]:
        table[name.replace("rw", "half")] = 2 * table[name] - table["w"]
    table.to_csv(folder / file.name, index=False)
    return folder / file.name


@pytest.fixture
def asked(shared, tmp_path):
    """The rows of an awareness analysis, after the analyses that it rests on."""

    def run(data: str, *before: dict[str, Any], **analysis: Any) -> list[dict[str, Any]]:
        design = analysis.pop("design", TAYLOR)
        path: Path = tmp_path / "spec.yaml"
        document = {
            "data": str(with_half_samples(shared / "oracle_irt" / "data" / f"{data}.csv", tmp_path)),
            "design": design,
            "analyses": [*before, {"id": "a", "kind": "awareness", **analysis}],
        }  # fmt: skip
        path.write_text(yaml.safe_dump(document))
        found = run_items(path).document["analyses"][-1]
        assert "error" not in found, found
        return found["rows"]

    return run


def test_shares_of_plausible_values_are_those_of_mitools(records, asked):
    seen = 0
    for one in records:
        if not one["id"].startswith("pv.above_"):
            continue
        method = one["id"].split(".")[-2]
        replicates, wanted = REPLICATES[method], one["result"]
        design = TAYLOR if replicates is None else {**TAYLOR, "replicates": replicates}
        (row,) = asked(one["data"], design=design, cut=wanted["cut"], plausible_values=["pv*"])
        assert row["per_draw"] == pytest.approx(wanted["per_pv"], rel=1e-8)
        assert row["estimate"] == pytest.approx(wanted["estimate"], rel=1e-8)
        assert row["se"] ** 2 == pytest.approx(wanted["total_var"], rel=1e-8), one["id"]
        assert row["df_rubin"] == pytest.approx(wanted["df"], rel=1e-6)
        assert row["fmi"] == pytest.approx(wanted["fmi"], rel=1e-6)
        seen += 1
    assert seen == 24


def test_means_by_group_are_those_of_mitools(records, asked):
    for one in records:
        if not one["id"].startswith("pv.mean."):
            continue
        design = {**TAYLOR, "replicates": REPLICATES["Fay"]}
        rows = asked(one["data"], design=design, statistic="mean", by=["group"],
                     plausible_values=["pv*"])  # fmt: skip
        assert [row["estimate"] for row in rows] == pytest.approx(
            one["result"]["estimate"], rel=1e-8
        )
        variances = [one["result"]["vcov"][place][place] for place in (0, 1)]
        assert [row["se"] ** 2 for row in rows] == pytest.approx(variances, rel=1e-8)


def test_the_latent_share_is_that_of_tam(records, asked, shared):
    one = next(one for one in records if one["id"] == "pv.prop_methods.verbal")
    header = (shared / "oracle_irt" / "data" / "verbal.csv").read_text().splitlines()[0].split(",")
    items = [name for name in header if name not in ("group", "w", "stratum", "psu", "sex")]
    model = {"id": "m", "kind": "irt", "model": "rasch", "items": items, "condition_on": ["group"],
             "weights": "w"}  # fmt: skip
    for at in one["result"]["cuts"]:
        (row,) = asked("verbal", model, model="m", cut=at["cut"], method="latent",
                       condition_on=["group"])  # fmt: skip
        assert row["estimate"] == pytest.approx(at["latent_normal"], abs=2e-3)


def test_rogan_gladen_is_the_delta_method_by_hand(records, asked, shared):
    one = next(one for one in records if one["id"] == "misc.misclass.verbal")
    wanted = one["result"]
    header = (shared / "oracle_irt" / "data" / "verbal.csv").read_text().splitlines()[0].split(",")
    items = [name for name in header if name not in ("group", "w", "stratum", "psu", "sex")]
    given = {"items": items, "method": "rogan_gladen", "raw_cut": wanted["raw_cut"],
             "sensitivity": wanted["sens"], "specificity": wanted["spec"]}  # fmt: skip
    (known,) = asked("verbal", **given)
    (both,) = asked(
        "verbal", **given, n_sensitivity=wanted["n_sens"], n_specificity=wanted["n_spec"]
    )
    assert known["apparent"] == pytest.approx(wanted["apparent"], rel=1e-9)
    assert known["estimate"] == pytest.approx(wanted["corrected"], rel=1e-9)
    assert known["se"] == pytest.approx(wanted["se_known"], rel=1e-8)
    assert both["se"] == pytest.approx(wanted["se_estimated"], rel=1e-8)
