"""Every engine gives what the memory engine gives, whatever the names and values in the data."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from analysis.condition import choose_rows, read_condition
from analysis.engine.duckdb import DuckDB
from analysis.engine.protocol import Extreme, Present, Sum, Term
from analysis.engine.sql import quoted, totals_query
from analysis.errors import AnalysisError
from analysis.spec import run_spec
from reports.cli import main

TOLERANCE = 1e-12
Y, GROUP, AGE, WEIGHT = 'knows "it" -- all', "Quận `huyện`", "SELECT", "weight; DROP TABLE"
HOSTILE = ["a'b", 'say "hi"', "back\\slash", "xã Đông Anh", "; DROP TABLE hieuluat_rows", "?", ""]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """A sample with missing answers, and names and values that would break careless SQL."""
    rng = np.random.default_rng(7)
    n = 4000
    psu = np.sort(rng.integers(0, 60, n))
    stratum = psu // 6
    age = rng.integers(18, 80, n).astype(float)
    frame = pd.DataFrame({
        "h": stratum, "psu": [f"0{p}" for p in psu], "N": 40 + stratum,
        WEIGHT: rng.lognormal(3, 0.4, n), AGE: np.where(rng.random(n) < 0.05, np.nan, age),
        Y: np.where(rng.random(n) < 0.1, np.nan, (rng.random(n) < 0.3 + 0.05 * stratum)),
        "income": np.where(rng.random(n) < 0.1, np.nan, 1000 + 150 * rng.normal(0, 1, n) + psu),
        "spent": np.where(rng.random(n) < 0.1, np.nan, 500 + 90 * rng.normal(0, 1, n)),
        GROUP: rng.choice(HOSTILE[:-1], n), "sex": rng.choice(["f", "m"], n),
        "school": rng.choice([1.0, 2.0, 3.0], n),
    })  # fmt: skip
    frame.loc[rng.random(n) < 0.04, GROUP] = None
    return frame.sample(frac=1, random_state=3).reset_index(drop=True)


DESIGN = {"weights": WEIGHT, "strata": "h", "psu": "psu"}
FACTORS = {"school": ["1", "2", "3", "4"]}
ESTIMATES = [
    {"id": "mean", "statistic": "mean", "of": ["income", AGE], "covariance": True},
    {"id": "mean by", "statistic": "mean", "of": [Y, "income"], "by": [GROUP], "deff": True},
    {"id": "levels", "statistic": "mean", "of": ["sex", "income"], "by": ["school"]},
    {"id": "total", "statistic": "total", "of": ["income", "school"], "by": ["sex"],
     "where": f"`{AGE}` >= 30 and not sex == 'm'"},
    {"id": "ratio", "statistic": "ratio", "of": "spent/income", "by": ["sex", GROUP]},
    {"id": "ratios", "statistic": "ratio", "numerator": ["spent", AGE], "denominator": "income",
     "where": f"`{Y}` = 0 or spent > 499"},
    {"id": "share", "statistic": "proportion", "of": Y, "equals": "1", "by": [GROUP]},
    {"id": "hostile", "statistic": "proportion", "of": GROUP, "equals": HOSTILE[2]},
    {"id": "options", "statistic": "proportion", "of": "school", "interval": "beta"},
    {"id": "of its own group", "statistic": "proportion", "of": "sex", "equals": "f", "by": ["sex"]},
    {"id": "number by itself", "statistic": "mean", "of": "school", "by": ["sex"],
     "where": "school <> 2"},
    {"id": "nobody", "statistic": "proportion", "of": Y, "equals": "1", "where": f"`{AGE}` > 200"},
    {"id": "difference", "statistic": "contrast", "from": "mean", "expression": f"income - {AGE}"},
]  # fmt: skip
RAKING = [{"method": "rake", "margins": [
    {"variables": ["sex"], "totals": [{"sex": "f", "total": 45000}, {"sex": "m", "total": 43000}]},
    {"variables": ["school"], "totals": [{"school": "1", "total": 30000},
                                         {"school": "2", "total": 28000},
                                         {"school": "3", "total": 30000}]},
]}]  # fmt: skip
DESIGNS: dict[str, dict[str, Any]] = {
    "clusters": {"design": DESIGN},
    "fpc": {"design": DESIGN | {"fpc": "N"}},
    "raked": {"design": DESIGN, "calibrate": RAKING},
    "jackknife": {"design": DESIGN | {"replicates": {"kind": "jkn"}}},
    "bootstrap": {"design": DESIGN | {"replicates": {"kind": "rao_wu", "count": 40, "seed": 3}},
                  "calibrate": RAKING},
    "linear": {"design": DESIGN, "calibrate": [RAKING[0] | {"method": "linear"}]},
}  # fmt: skip


def write_spec(folder: Path, data: Path, **parts: Any) -> Path:
    spec = {"data": str(data), "factors": FACTORS, "estimates": ESTIMATES} | parts
    path = folder / "spec.yaml"
    path.write_text(yaml.safe_dump(spec, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=["parquet", "csv"])
def table(request: pytest.FixtureRequest, people: pd.DataFrame, tmp_path_factory: Any) -> Path:
    path = tmp_path_factory.mktemp("data") / f"people.{request.param}"
    if request.param == "csv":
        people.to_csv(path, index=False)
    else:
        people.to_parquet(path, row_group_size=500)
    return path


@pytest.fixture(scope="module")
def spark() -> Iterator[str]:
    """A Spark Connect server on this machine."""
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if not any((Path(folder) / "java").exists() for folder in os.environ["PATH"].split(":")):
        pytest.skip("there is no Java for Spark")
    os.environ["SPARK_REMOTE"] = "local[2]"
    yield os.environ["SPARK_REMOTE"]
    del os.environ["SPARK_REMOTE"]


@pytest.mark.parametrize("name", DESIGNS)
def test_duckdb_agrees_with_memory(name: str, table: Path, tmp_path: Path) -> None:
    path = write_spec(tmp_path, table, **DESIGNS[name])
    compare(run_spec(path).document, run_spec(path, engine="duckdb").document)


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
@pytest.mark.parametrize("name", DESIGNS)
def test_spark_agrees_with_memory(name: str, table: Path, tmp_path: Path, spark: str) -> None:
    path = write_spec(tmp_path, table, **DESIGNS[name])
    compare(run_spec(path).document, run_spec(path, engine="spark").document)


def compare(expected: Any, found: Any, place: str = "") -> None:
    """Numbers agree to 1e-12 of their size, or of the size of the matrix that they are in.

    Left out are which margin a raking meets worst, a matter of the last digit, and the quantiles of
    the weights, which sums do not tell.
    """
    assert not place.endswith(".error"), expected
    if isinstance(expected, dict):
        assert set(expected) == set(found), place
        for key in set(expected) - {"worst_margin", "distribution"}:
            compare(expected[key], found[key], f"{place}.{key}")
    elif isinstance(expected, list):
        assert len(expected) == len(found), place
        if place.endswith(".covariance"):
            scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
            assert (np.abs(np.array(expected) - found) <= TOLERANCE * scale).all(), place
            return
        for i, value in enumerate(expected):
            compare(value, found[i], f"{place}[{i}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=TOLERANCE), place
    else:
        assert expected == found, place


def test_all_estimates_of_one_table_come_from_one_scan(
    people: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.to_parquet(tmp_path / "p.parquet")
    asked = [
        {"id": f"{of} {by}", "statistic": "mean", "of": of, "by": by}
        for of in (Y, "income", "spent") for by in ([], ["sex"], ["sex", "school"])
    ]  # fmt: skip
    scans = []
    totals = DuckDB.totals

    def counted(self: DuckDB, keys: Any, wanted: Any) -> Any:
        scans.append(tuple(keys))
        return totals(self, scans[-1], wanted)

    monkeypatch.setattr(DuckDB, "totals", counted)
    path = write_spec(tmp_path, tmp_path / "p.parquet", design=DESIGN, estimates=asked, factors={})
    assert not run_spec(path, engine="duckdb").refused
    assert scans == [("h", "psu", "sex", "school")]


def test_a_folder_of_parquet_files_is_one_table(people: pd.DataFrame, tmp_path: Path) -> None:
    whole, parts = tmp_path / "p.parquet", tmp_path / "parts"
    parts.mkdir()
    people.to_parquet(whole)
    for place, part in enumerate(np.array_split(np.arange(len(people)), 3)):
        people.iloc[part].to_parquet(parts / f"{place}.parquet")
    path = write_spec(tmp_path, whole, design=DESIGN)
    one, many = run_spec(path, engine="duckdb"), run_spec(path, data=parts, engine="duckdb")
    compare(one.document, many.document)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"statistic": "quantile", "of": "income"},
     "the statistic 'quantile' needs single rows. Use `--engine memory`"),
    ({"statistic": "mean", "of": "incom"}, "'incom' is not a column of the data. Did you mean 'income'?"),
    ({"statistic": "mean", "of": "income", "by": "sexx"}, "Did you mean 'sex'?"),
    ({"statistic": "ratio", "of": "sex/income"}, "column 'sex' is text, not a number."),
    ({"statistic": "proportion", "of": "sex", "equals": "x"},
     "'x' is not a value of column 'sex'. Its values: f, m."),
    ({"statistic": "mean", "of": "income", "missing": "error"}, "people have no answer."),
    ({"statistic": "mean", "of": "income", "where": "sexx = 1"}, "Did you mean 'sex'?"),
    ({"statistic": "mean", "of": "income", "where": "income > 1; DROP TABLE x"},
     "the condition cannot be read from '; DROP TABLE x' on."),
]  # fmt: skip


@pytest.mark.parametrize(("one", "message"), REFUSED)
def test_what_cannot_be_estimated_is_refused_in_its_place(
    one: dict[str, Any], message: str, people: pd.DataFrame, tmp_path: Path
) -> None:
    people.to_parquet(tmp_path / "p.parquet")
    asked = [{"id": "bad"} | one, {"id": "good", "statistic": "mean", "of": "income"}]
    path = write_spec(tmp_path, tmp_path / "p.parquet", design=DESIGN, estimates=asked, factors={})
    found = run_spec(path, engine="duckdb")
    assert found.refused
    bad, good = found.document["estimates"]
    assert message in f"{bad['error']['what']} {bad['error']['hint']}"
    assert "spec.yaml, line" in bad["error"]["where"]
    assert good["rows"][0]["n"] > 0


BAD_DESIGNS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"psu": None}, {}, "each row is a unit of its own"),
    ({"psu": "psv"}, {}, "'psv' is not a column of the data. Did you mean 'psu'?"),
    ({"weights": None, "fpc": "N"}, {}, "no column of design weights is named. Use `--engine memory`"),
    ({"weights": "sex"}, {}, "column 'sex' is text, not a number."),
    ({"replicates": {"kind": "columns", "columns": "r*"}}, {},
     "replicate weights are columns of the data."),
    ({}, {WEIGHT: -1.0}, f"column '{WEIGHT}': the weight -1 is not above zero."),
    ({}, {WEIGHT: np.inf}, f"column '{WEIGHT}': the weight inf is not above zero."),
    ({}, {WEIGHT: np.nan}, f"column '{WEIGHT}': the weight is missing in 1 rows."),
    ({}, {"h": 99}, "lies in two strata"),
    ({}, {"psu": None}, "column 'psu': the value is missing in 1 rows."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "cell", "message"), BAD_DESIGNS)
def test_a_design_that_sums_cannot_carry_is_refused_with_the_cure(
    change: dict[str, Any], cell: dict[str, Any], message: str, people: pd.DataFrame, tmp_path: Path
) -> None:
    frame = people.copy()
    for column, value in cell.items():
        frame[column] = frame[column].astype(object)
        frame.loc[5, column] = value
        frame[column] = frame[column].infer_objects()
    frame.to_parquet(tmp_path / "p.parquet")
    design = {key: value for key, value in (DESIGN | change).items() if value is not None}
    path = write_spec(tmp_path, tmp_path / "p.parquet", design=design)
    with pytest.raises(AnalysisError) as caught:
        run_spec(path, engine="duckdb")
    assert message in str(caught.value)


def test_a_recipe_that_works_on_rows_is_refused(people: pd.DataFrame, tmp_path: Path) -> None:
    people.to_parquet(tmp_path / "p.parquet")
    path = write_spec(tmp_path, tmp_path / "p.parquet", design=DESIGN,
                      calibrate=[*RAKING, {"method": "trim", "upper": 50}])  # fmt: skip
    with pytest.raises(AnalysisError, match="step 2 of the recipe works on single rows"):
        run_spec(path, engine="duckdb")


@given(st.text(min_size=1).filter(lambda name: "\0" not in name), st.sampled_from('"`'))
def test_a_quoted_name_is_one_token_whatever_it_holds(name: str, mark: str) -> None:
    text = quoted(name, mark)
    assert (text[0], text[-1]) == (mark, mark)
    assert text[1:-1].replace(2 * mark, "").count(mark) == 0
    assert text[1:-1].replace(2 * mark, mark) == name


def test_no_name_and_no_value_of_the_data_enters_the_query(people: pd.DataFrame) -> None:
    condition = read_condition(people, f"`{AGE}` > 3 and sex <> 'x'' OR 1=1'".replace("''", " "))
    wanted = [Sum((Term(WEIGHT), Term(Y, 0.5)), (condition, Present(Y))), Extreme(WEIGHT, "MIN")]
    query = totals_query(people, [GROUP, "psu"], wanted)
    for name in (Y, GROUP, AGE, WEIGHT, "sex", "psu", "0.5"):
        assert name not in query.text.replace("SELECT", "", 2)
    assert query.parameters == (0.5, 3.0, "x  OR 1=1")


CONDITIONS = st.recursive(
    st.sampled_from([
        f"`{AGE}` >= 40", f"`{AGE}` <> 33", "480 < spent", "sex == 'f'", "school = 2", "income > spent",
        f"`{AGE}` = school",
    ]),
    lambda part: st.one_of(
        part.map(lambda one: f"not ({one})"),
        st.tuples(part, st.sampled_from(["and", "or", "&", "||"]), part).map(
            lambda p: f"({p[0]}) {p[1]} ({p[2]})"
        ),
    ),
    max_leaves=6,
)  # fmt: skip


@pytest.fixture(scope="module")
def opened(people: pd.DataFrame, tmp_path_factory: Any) -> DuckDB:
    path = tmp_path_factory.mktemp("data") / "p.parquet"
    people.to_parquet(path)
    return DuckDB.open(path, ["*"])


@given(CONDITIONS)
def test_a_condition_chooses_the_same_rows_in_sql(
    opened: DuckDB, people: pd.DataFrame, condition: str
) -> None:
    counted = Sum((), (read_condition(opened.head(), condition),))
    weighed = Sum((Term(WEIGHT),), counted.when)
    totals = opened.totals((), (counted, weighed))
    chosen = choose_rows(people, condition)
    assert totals[counted] == [chosen.sum()]
    assert totals[weighed] == pytest.approx([people.loc[chosen, WEIGHT].sum()], rel=TOLERANCE)


def test_csv_columns_are_numbers_exactly_where_memory_says_so(tmp_path: Path) -> None:
    path = tmp_path / "kinds.csv"
    path.write_text(
        'a,b,c,d,e,f\n1,01,1.5,x,,"1"\n-01,2,.5,1,,"2"\n1e3,3,+2.,2,,\n', encoding="utf-8"
    )
    head = DuckDB.open(path, "abcdef").head()
    assert {name: pd.api.types.is_numeric_dtype(head[name]) for name in head} == {
        "a": True, "b": False, "c": True, "d": False, "e": False, "f": True,
    }  # fmt: skip


def test_the_command_names_its_engines_and_gives_json(people: pd.DataFrame, tmp_path: Path) -> None:
    people.to_parquet(tmp_path / "p.parquet")
    path = write_spec(tmp_path, tmp_path / "p.parquet", design=DESIGN)
    found = CliRunner().invoke(
        main, ["estimate", str(path), "--engine", "duckdb", "--format", "json"]
    )
    assert found.exit_code == 0, found.output
    compare(run_spec(path).document, json.loads(found.stdout))


def test_spark_without_an_address_says_where_to_give_it(
    people: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    monkeypatch.setattr("analysis.spec_engine.find_spec", lambda _: True)
    people.to_parquet(tmp_path / "p.parquet")
    path = write_spec(tmp_path, tmp_path / "p.parquet", design=DESIGN)
    with pytest.raises(AnalysisError, match="Give its address in SPARK_REMOTE"):
        run_spec(path, engine="spark")


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_spark_reads_a_table_of_its_catalog(
    people: pd.DataFrame, tmp_path: Path, spark: str
) -> None:
    from pyspark.sql import SparkSession

    people.to_parquet(tmp_path / "p.parquet")
    path = write_spec(tmp_path, tmp_path / "p.parquet", design=DESIGN)
    rows = SparkSession.builder.remote(spark).getOrCreate().read.parquet(f"{tmp_path}/p.parquet")
    rows.createOrReplaceTempView("people_of_the_ministry")
    found = run_spec(path, data="people_of_the_ministry", engine="spark").document
    compare(run_spec(path).document, found)
    with pytest.raises(AnalysisError, match="the cluster cannot read it"):
        run_spec(path, data="no_such_table", engine="spark")
