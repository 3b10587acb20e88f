"""Every result of the R `survey` 4.5 reference through a SPEC, at the reference's own tolerances."""

from pathlib import Path

import pytest

from tests.oracle.run import run_all

NOT_MET = {
    "two-phase designs are no part of a SPEC": {
        *(f"d2ph_{kind}/{name}" for kind in ("full", "approx", "simple")
          for name in ("mean", "total", "dom_mean", "glm")),
        "d2ph_cal/mean", "d2ph_cal/total",
    },
    "no SPEC has this statistic": {
        "dstrat/sep_ratio_total", "dstrat/sep_ratio_se",
    },
    "the strata fix the shares, so that R's p-value is none; the project refuses": {
        "dstrat/gofchisq",
    },
    "R lets the error of the estimated population size into the law of X²; here only shares vary": {
        "dclus1/gofchisq",
    },
    "lincom is exact here; the reference fell back to the saddlepoint, up to 20% away": {
        "dstrat/chisq_lincom", "dclus1/chisq_lincom", "dclus2/chisq_lincom",
    },
    "limits of the arcsine below 0 end at 0 here; R reflects them to above it": {
        "dclus1_wr/ciprop_asin",
    },
    "R interpolates the profile on ten points, which is 0.1% off at this rare outcome": {
        "dclus1_wr/ciprop_likelihood",
    },
    "R's `average` grows the covariance of all domains but the errors of one only": {
        "lonely_average/by",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def faults(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return run_all(shared / "oracle", tmp_path_factory.mktemp("oracle"))


def test_every_reference_result_is_met_or_listed_with_its_reason(faults: dict[str, str]) -> None:
    listed = set().union(*NOT_MET.values())
    wrong = {key: fault for key, fault in faults.items() if fault and key not in listed}
    assert wrong == {}
    met = sorted(key for key in listed if not faults.get(key, ""))
    assert met == [], "these are met now: take them off the list"


def test_at_least_97_percent_of_the_reference_is_met(faults: dict[str, str]) -> None:
    met = sum(not fault for fault in faults.values())
    assert len(faults) == 1460
    assert met >= 0.97 * len(faults)
