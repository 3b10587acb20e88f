"""A simulated two-stage sample against R `survey`; reference.R made the digits in reference.json."""

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.spec import run_spec

FOLDER = Path(__file__).parent
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
ONE = {"weights": "weight", "strata": ["stratum"], "psu": ["commune"]}
TWO = ONE | {"psu": ["commune", "person"], "fpc": ["communes", "persons"]}
TOTALS = {"(Intercept)": 6800, "sexm": 3500, "age": 330000}
SEX = [{"sex": "f", "total": 3300}, {"sex": "m", "total": 3500}]
MODEL = {"formula": "~ sex + age", "totals": TOTALS}
DESIGNS: dict[str, dict[str, Any]] = {
    "one": {"design": ONE},
    "two": {"design": TWO},
    "greg": {"design": ONE, "calibrate": [MODEL | {"method": "linear"}]},
    "raking": {"design": ONE, "calibrate": [MODEL | {"method": "raking"}]},
    "logit": {"design": ONE, "calibrate": [MODEL | {"method": "logit", "bounds": [0.3, 3]}]},
    "post": {"design": ONE, "calibrate": [
        {"method": "poststratify", "margins": [{"variables": ["sex"], "totals": SEX}]}]},
}  # fmt: skip
ASKED: dict[str, dict[str, Any]] = {
    "mean": {"statistic": "mean", "of": "score"},
    "total": {"statistic": "total", "of": "score"},
    "ratio": {"statistic": "ratio", "of": "score/age"},
    "shares": {"statistic": "mean", "of": "school"},
    "by": {"statistic": "mean", "of": "score", "by": "sex"},
    "missing": {"statistic": "mean", "of": "visits"},
    "variance": {"statistic": "variance", "of": "score"},
    **{f"share_{m}": {"statistic": "proportion", "of": "aware", "equals": 1, "interval": m}
       for m in ("logit", "beta", "asin", "xlogit", "mean")},
    **{f"quantile_{q}": {"statistic": "quantile", "of": "score", "probs": [0.25, 0.5, 0.9],
                         "rule": q} for q in ("hf7", "math", "school")},
    "glm": {"statistic": "glm", "formula": "aware ~ age + school", "family": "binomial"},
    "termtest": {"statistic": "termtest", "from": "one/glm", "term": "school"},
    **{f"chisq_{t}": {"statistic": "chisq", "of": ["school", "sex"], "test": t}
       for t in ("F", "Wald", "adjWald")},
    "ttest": {"statistic": "ttest", "formula": "score ~ sex"},
    "ranktest": {"statistic": "ranktest", "formula": "score ~ sex"},
}  # fmt: skip
ITERATED = ("raking/", "logit/", "one/glm", "one/termtest", "one/share_logit", "one/ttest",
            "one/ranktest")  # fmt: skip


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every estimate of the reference, by its name there."""
    work = tmp_path_factory.mktemp("own")
    lines = (FOLDER / "city.csv").read_text(encoding="utf-8").splitlines()
    numbered = [f"{line},{n}" for n, line in enumerate(lines[1:])]
    (work / "city.csv").write_text("\n".join([lines[0] + ",person", *numbered]), encoding="utf-8")
    found: dict[str, Any] = {}
    for key, parts in DESIGNS.items():
        names = [name for name in REFERENCE if name.startswith(f"{key}/")]
        estimates = [{"id": name, **ASKED[name.split("/")[1]]} for name in names]
        spec = {"data": "city.csv", "factors": {"school": ["low", "mid", "high"]},
                "estimates": estimates, **parts}  # fmt: skip
        (work / f"{key}.yaml").write_text(json.dumps(spec), encoding="utf-8")
        found |= {one["id"]: one for one in run_spec(work / f"{key}.yaml").document["estimates"]}
    return found


@pytest.mark.parametrize("name", REFERENCE)
def test_the_project_gives_the_digits_of_r(printed: dict[str, Any], name: str) -> None:
    theirs, rows = REFERENCE[name], printed[name]["rows"]
    tolerance = 1e-6 if name.startswith(ITERATED) else 1e-9
    fields = {"est": "estimate", "se": "se", "ci": "ci", "statistic": "statistic", "p": "p"}
    for field in theirs.keys() & fields.keys():
        ours = [row[fields[field]] for row in rows]
        wanted = theirs[field]
        if field == "ci":
            ours = [limit for pair in ours for limit in pair]
            wanted = [x for pair in wanted for x in (pair if isinstance(pair, list) else [pair])]
        assert ours == pytest.approx(wanted, rel=tolerance, nan_ok=True)
    if name == "one/glm":
        assert [row["of"] for row in rows] == theirs["names"]
        assert rows[0]["df"] == theirs["df"][0]
