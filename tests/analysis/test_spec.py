"""`hieuluat estimate SPEC`: JSON as the contract has it, refusals in their place with their line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reports.cli import main
from tests.analysis.samples import cluster_sample

HEAD = """\
data: sample.csv
factors: {g: [a, b, c, No]}
design: {weights: w, strata: [h], psu: [psu]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cluster_sample().to_csv(tmp_path / "sample.csv", index=False)
    return tmp_path


def run(folder: Path, text: str, *more: str) -> Result:
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    arguments = ["estimate", str(folder / "spec.yaml"), "--format", "json", "--language", "en"]
    return CliRunner().invoke(main, [*arguments, *more])


def document(folder: Path, text: str, *more: str) -> dict[str, Any]:
    result = run(folder, text, *more)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_row_has_every_field_of_the_contract(folder: Path) -> None:
    found = document(folder, HEAD + "estimates:\n  - {id: a, statistic: mean, of: y, by: sex}\n")
    assert set(found) == {"estimates", "weights", "warnings"}
    row = found["estimates"][0]["rows"][0]
    assert set(row) == {"by", "of", "level", "estimate", "se", "ci", "df", "cv", "deff", "n",
                        "n_eff", "flags"}  # fmt: skip
    assert (row["by"], row["of"], row["level"], row["df"]) == ({"sex": "f"}, "y", None, 20)
    assert set(found["weights"]) >= {"sum", "min", "max", "kish_deff", "iterations", "worst_margin"}


def test_a_refused_estimate_stands_in_its_place_and_the_others_are_printed(folder: Path) -> None:
    result = run(folder, HEAD + """\
estimates:
  - {id: a, statistic: mean, of: yy}
  - {id: b, statistic: mean, of: y}
  - {id: c, statistic: median, of: y}
""")  # fmt: skip
    first, second, third = json.loads(result.stdout)["estimates"]
    assert result.exit_code == 1
    assert first["error"]["where"] == "spec.yaml, line 5, estimates.a.of"
    assert first["error"]["what"] == "'yy' is not a column of the data."
    assert first["error"]["hint"] == "Did you mean 'y'?"
    assert "rows" in second
    assert third["error"]["where"].startswith("spec.yaml, line 7")
    assert third["error"]["what"] == "'median' is not known here."


def test_a_refused_spec_prints_nothing_and_names_line_and_cure(folder: Path) -> None:
    result = run(folder, HEAD.replace("strata", "stratum") + "estimates: []\n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "spec.yaml, line 3, design.stratum: There is no field 'stratum' here." in result.stderr
    assert "Did you mean 'strata'?" in result.stderr


def test_a_design_that_does_not_hold_names_the_line_of_its_field(folder: Path) -> None:
    result = run(folder, HEAD.replace("weights: w", "weights: ww") + "estimates: []\n")
    assert result.exit_code == 1
    assert "spec.yaml, line 3, design.weights: 'ww' is not a column" in result.stderr


def test_every_estimate_answered_means_exit_code_zero(folder: Path) -> None:
    assert run(folder, HEAD + "estimates: [{id: a, statistic: total, of: y}]\n").exit_code == 0


def test_levels_are_text_as_written_and_one_that_nobody_chose_stays(folder: Path) -> None:
    found = document(folder, HEAD + "estimates: [{id: a, statistic: proportion, of: g}]\n")
    rows = found["estimates"][0]["rows"]
    assert [row["level"] for row in rows] == ["a", "b", "c", "No"]
    assert rows[3]["flags"] == ["p_at_bound"]


def test_equals_matches_the_number_that_a_cell_holds(folder: Path) -> None:
    text = HEAD + "estimates: [{id: a, statistic: proportion, of: aware, equals: 1}]\n"
    share = document(folder, text)["estimates"][0]["rows"][0]
    mean = document(folder, HEAD + "estimates: [{id: a, statistic: mean, of: aware}]\n")
    assert share["estimate"] == pytest.approx(mean["estimates"][0]["rows"][0]["estimate"])
    assert 0 < share["ci"][0] < share["ci"][1] < 1


def test_an_infinite_df_gives_the_normal_interval(folder: Path) -> None:
    text = HEAD + "estimates: [{id: a, statistic: mean, of: y, df: inf}]\n"
    row = document(folder, text)["estimates"][0]["rows"][0]
    assert float(row["df"]) == float("inf")
    assert row["ci"][1] - row["estimate"] == pytest.approx(1.959963984540054 * row["se"])


def test_another_table_replaces_the_one_of_the_spec(folder: Path) -> None:
    cluster_sample(7).to_parquet(folder / "other.parquet")
    text = HEAD + "estimates: [{id: a, statistic: mean, of: y}]\n"
    one = document(folder, text)["estimates"][0]["rows"][0]["estimate"]
    two = document(folder, text, "--data", str(folder / "other.parquet"))
    assert two["estimates"][0]["rows"][0]["estimate"] != one


def test_csv_parquet_and_stata_give_the_same_estimates(folder: Path) -> None:
    data = cluster_sample()
    data.to_parquet(folder / "sample.parquet")
    data.to_stata(folder / "sample.dta", write_index=False)
    text = HEAD + "estimates: [{id: a, statistic: mean, of: y, by: sex}]\n"
    plain = document(folder, text)
    for name in ("sample.parquet", "sample.dta"):
        again = document(folder, text, "--data", str(folder / name))
        for one, two in zip(
            again["estimates"][0]["rows"], plain["estimates"][0]["rows"], strict=True
        ):
            assert one["estimate"] == pytest.approx(two["estimate"], rel=1e-12)


def test_codes_with_a_leading_zero_stay_text(folder: Path) -> None:
    (folder / "sample.csv").write_text("w,code,y\n1,001,2\n1,002,3\n1,001,4\n", encoding="utf-8")
    text = "data: sample.csv\ndesign: {weights: w}\nestimates: [{id: a, statistic: mean, of: y, by: code}]\n"
    rows = document(folder, text)["estimates"][0]["rows"]
    assert [row["by"]["code"] for row in rows] == ["001", "002"]


def test_covariance_is_over_the_rows_in_the_order_printed(folder: Path) -> None:
    text = HEAD + "estimates: [{id: a, statistic: mean, of: [y, x], by: sex, covariance: true}]\n"
    one = document(folder, text)["estimates"][0]
    diagonal = [one["covariance"][i][i] for i in range(4)]
    assert diagonal == pytest.approx([row["se"] ** 2 for row in one["rows"]])


def test_a_contrast_uses_the_covariance_of_its_source(folder: Path) -> None:
    found = document(folder, HEAD + """\
estimates:
  - {id: a, statistic: mean, of: y, by: sex, covariance: true}
  - {id: b, statistic: contrast, from: a, expression: "y[sex=f] - y[sex=m]"}
  - {id: c, statistic: contrast, from: a, expression: "log(y[sex=f] / y[sex=m])"}
  - {id: d, statistic: contrast, from: z, expression: "y[sex=f]"}
  - {id: e, statistic: contrast, from: a, expression: "y[sex=x] + "}
""")["estimates"]  # fmt: skip
    (one, two), matrix = found[0]["rows"], found[0]["covariance"]
    variance = matrix[0][0] + matrix[1][1] - 2 * matrix[0][1]
    assert found[1]["rows"][0]["se"] == pytest.approx(variance**0.5)
    assert found[1]["rows"][0]["estimate"] == pytest.approx(one["estimate"] - two["estimate"])
    slope = [1 / one["estimate"], -1 / two["estimate"]]
    delta = sum(slope[i] * slope[j] * matrix[i][j] for i in range(2) for j in range(2))
    assert found[2]["rows"][0]["se"] == pytest.approx(delta**0.5)
    assert "there is no estimate 'z' before this one" in found[3]["error"]["what"]
    assert "is none of the estimates" in found[4]["error"]["what"]


def test_a_recipe_is_applied_in_order_and_its_misfit_reported(folder: Path) -> None:
    found = document(folder, HEAD + """\
calibrate:
  - method: rake
    margins:
      - {variables: [sex], totals: [{sex: f, total: 520}, {sex: m, total: 480}]}
  - {method: trim, lower: 1, upper: 8}
estimates: [{id: a, statistic: total, of: sex}]
""")  # fmt: skip
    assert found["weights"]["sum"] == pytest.approx(1000)
    assert found["weights"]["max"] <= 8
    assert found["weights"]["worst_margin"]["margin"] == "sex"
    assert found["warnings"] == []


def test_raking_in_rs_way_warns_where_it_did_not_converge(folder: Path) -> None:
    found = document(folder, HEAD + """\
calibrate:
  - method: rake
    compatibility: r
    tolerance: 1.0e-12
    max_iterations: 1
    margins:
      - {variables: [sex], totals: [{sex: f, total: 520}, {sex: m, total: 480}]}
      - {variables: [g], totals: [{g: a, total: 500}, {g: b, total: 300}, {g: c, total: 200}]}
estimates: [{id: a, statistic: total, of: sex}]
""")  # fmt: skip
    assert found["warnings"] == ["calibrate, step 1: raking did not converge after 1 sweeps."]


def test_a_category_that_the_margin_lacks_is_named_with_the_line(folder: Path) -> None:
    result = run(folder, HEAD + """\
calibrate:
  - {method: rake, margins: [{variables: [sex], totals: [{sex: f, total: 520}]}]}
estimates: []
""")  # fmt: skip
    assert result.exit_code == 1
    assert "spec.yaml, line 4" in result.stderr
    assert "respondents are in category 'm', for which there is no target." in result.stderr


def test_missing_answers_leave_the_domain_or_are_refused(folder: Path) -> None:
    data = cluster_sample()
    data.loc[[2, 5], "y"] = None
    data.to_csv(folder / "sample.csv", index=False)
    text = HEAD + "estimates: [{id: a, statistic: mean, of: y}]\n"
    assert document(folder, text)["estimates"][0]["rows"][0]["n"] == len(data) - 2
    strict = document(folder, "missing: error\n" + text)["estimates"][0]["error"]
    assert strict["what"] == "row 3 has no answer (2 such rows)."


def test_text_on_the_terminal_has_a_line_per_row(folder: Path) -> None:
    (folder / "spec.yaml").write_text(
        HEAD + "estimates: [{id: a, statistic: mean, of: y, by: sex}]\n"
    )
    shown = CliRunner().invoke(main, ["estimate", str(folder / "spec.yaml")]).stdout
    assert [line.split(" (")[0].rsplit(" ", 1)[0] for line in shown.strip().splitlines()] == [
        "a: y sex=f:", "a: y sex=m:",
    ]  # fmt: skip
