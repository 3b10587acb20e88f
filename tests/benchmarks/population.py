"""A synthetic stratified cluster sample of any size, simulated from a seed.

30 strata (15 regions, urban and rural), 4,178 PSUs within them, 126 communes; every PSU lies in one
commune. Blocks of PSUs are simulated independently, so that 10^8 rows never stand in memory.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 1371
STRATA, PSUS, COMMUNES, REGIONS = 30, 4178, 126, 15
MARGINS = ("sex", "age", "educ", "region", "tenure")
_BLOCK = 4_000_000


def sample(n: int, *, seed: int = SEED) -> pd.DataFrame:
    """The whole sample in memory."""
    return pd.concat(_blocks(n, seed), ignore_index=True)


def write(n: int, folder: Path, *, seed: int = SEED) -> Path:
    """The sample as a Parquet file, made once and found again."""
    path = folder / f"sample_{n}_{seed}.parquet"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    writer = None
    for block in _blocks(n, seed):
        table = pa.Table.from_pandas(block, preserve_index=False)
        writer = writer or pq.ParquetWriter(unfinished, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()
    unfinished.rename(path)
    return path


def write_targets(data: pd.DataFrame, path: Path, *, seed: int = SEED) -> Path:
    """Population totals of the margins, as a file: the sample's, tilted by up to about a quarter."""
    rng = np.random.default_rng(seed)
    whole = float(np.round(data["w"].sum()))
    found = {}
    for name in MARGINS:
        sums = data["w"].groupby(data[name]).sum()
        tilted = sums * np.exp(rng.uniform(-0.22, 0.22, len(sums)))
        found[name] = {str(k): float(v) for k, v in (tilted / tilted.sum() * whole).items()}
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


def _frame(rng: np.random.Generator) -> pd.DataFrame:
    """The PSUs with their stratum, region, commune and effects."""
    size = rng.dirichlet(np.full(STRATA, 4.0))
    count = 20 + np.floor(size * (PSUS - 20 * STRATA)).astype(int)
    count[: PSUS - count.sum()] += 1
    stratum = np.repeat(np.arange(STRATA), count)
    region = stratum // 2
    home = np.sort(np.concatenate([np.repeat(np.arange(REGIONS), 8), rng.integers(0, REGIONS, 6)]))
    commune = np.empty(PSUS, dtype=np.int16)
    for one in range(REGIONS):
        inside, choices = np.flatnonzero(region == one), np.flatnonzero(home == one)
        commune[inside] = rng.permutation(np.resize(choices, len(inside)))
    return pd.DataFrame({
        "stratum": (stratum + 1).astype(np.int16), "psu": np.arange(1, PSUS + 1, dtype=np.int32),
        "commune": commune + 1, "region": (region + 1).astype(np.int8),
        "base": rng.uniform(4, 30, STRATA)[stratum] * rng.uniform(3, 40, PSUS),
        "effect": rng.normal(0, 0.3, STRATA)[stratum] + rng.normal(0, 0.35, PSUS),
        "share": rng.gamma(4.0, 1.0, PSUS),
    })  # fmt: skip


def _blocks(n: int, seed: int) -> Iterator[pd.DataFrame]:
    rng = np.random.default_rng(seed)
    frame = _frame(rng)
    rows = 2 + np.floor((n - 2 * PSUS) * frame["share"] / frame["share"].sum()).to_numpy(np.int64)
    rows[: n - rows.sum()] += 1
    frame["rows"] = rows
    for _, block in frame.groupby(np.cumsum(rows) // _BLOCK):
        yield _people(rng, block)


def _people(rng: np.random.Generator, psus: pd.DataFrame) -> pd.DataFrame:
    place = np.repeat(np.arange(len(psus)), psus["rows"])
    n = len(place)
    column = {name: psus[name].to_numpy()[place] for name in psus.columns if name != "rows"}
    sex = (rng.random(n) < 0.54).astype(np.int8)
    age = np.searchsorted(np.cumsum([0.16, 0.17, 0.16, 0.15, 0.14, 0.12]), rng.random(n))
    educ = np.searchsorted([-1.1, -0.3, 0.5, 1.2], rng.normal(0, 1, n) - 0.12 * age)
    tenure = np.minimum(3, rng.poisson(0.9 + 0.15 * age))
    linear = -0.6 + 0.25 * sex + 0.12 * age - 0.2 * educ + 0.1 * tenure + column["effect"]
    return pd.DataFrame({
        "stratum": column["stratum"], "psu": column["psu"], "commune": column["commune"],
        "w": column["base"] * np.exp(rng.normal(0, 0.25, n)),
        "y": (rng.random(n) < 1 / (1 + np.exp(-linear))).astype(np.int8),
        "score": 50 + 4 * educ - 1.1 * age + 6 * column["effect"] + rng.normal(0, 10, n),
        "sex": (sex + 1).astype(np.int8), "age": (age + 1).astype(np.int8),
        "educ": (educ + 1).astype(np.int8), "region": column["region"],
        "tenure": (tenure + 1).astype(np.int8),
    })  # fmt: skip
