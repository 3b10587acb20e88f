"""10^8 rows of Parquet through DuckDB, against DuckDB's own group-by of the same columns."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import population
import yaml
from race import BUILD, Entrant, show
from worker import serve

from analysis.spec import run_spec

ROWS = 100_000_000
SPEC = {
    "design": {"weights": "w", "strata": "stratum", "psu": "psu"},
    "estimates": [
        {"id": "share", "statistic": "proportion", "of": "y", "equals": "1", "by": "commune"}
    ],
}


def ours(file: Path) -> Callable[[], Any]:
    """The whole command but for the start of Python: read, sum, estimate, as JSON."""
    spec = Path(tempfile.mkdtemp()) / "spec.yaml"
    spec.write_text(yaml.safe_dump(SPEC | {"data": str(file)}), encoding="utf-8")
    return lambda: run_spec(spec, engine="duckdb").document


def bare(file: Path) -> Callable[[], Any]:
    """What DuckDB needs to read and group the same columns, and nothing more."""
    query = (
        "SELECT stratum, psu, commune, sum(w), sum(w * y) FROM read_parquet(?) "
        "GROUP BY stratum, psu, commune"
    )
    return lambda: duckdb.connect().sql(query, params=[str(file)]).fetchnumpy()


def _checked(found: dict[str, Any]) -> dict[str, float]:
    rows = found["estimates"][0]["rows"]
    return {"estimates": sum(row["estimate"] for row in rows), "errors": sum(r["se"] for r in rows)}


def _race(file: Path) -> None:
    sides = {
        name: Entrant(name, (sys.executable, __file__, file, name))
        for name in ("hieuluat", "duckdb")
    }
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
    for lap in range(6):
        for name, side in sides.items():
            run = side.lap("group")
            if lap:
                taken[name].append(run)
    show(f"{ROWS:,} rows of Parquet by PSU and domain", taken,
         bar="DuckDB at least x0.67, hieuluat in less than 1,000 MB")  # fmt: skip
    for side in sides.values():
        side.__exit__()


if __name__ == "__main__":
    if len(sys.argv) == 3:
        path, who = Path(sys.argv[1]), sys.argv[2]
        if who == "hieuluat":
            serve({"group": (ours(path), _checked)})
        else:
            serve({"group": (bare(path), lambda found: {"groups": len(found["psu"])})})
    else:
        _race(population.write(ROWS, BUILD))
