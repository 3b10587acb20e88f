"""Results as a notebook shows them, and as tables to compute with."""

import pickle

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import mean, proportion, ratio, total
from analysis.estimates import Estimates
from analysis.intervals import t_quantile
from analysis.quantiles import QuantileOptions, quantile
from analysis.rows import Options
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))


@pytest.fixture(scope="module")
def sample() -> Sample:
    data = cluster_sample()
    data["never"] = 0
    data["place"] = np.where(data["psu"] == 3, "one", "rest")
    return Sample.of(data, DESIGN)


def test_a_result_is_shown_as_an_aligned_table_with_df_deff_n_and_flags(sample, golden):
    shown = proportion(sample, of="aware", equals=1, by="place")
    golden.check("analysis_estimates.txt", f"{shown!r}\n\n{mean(sample, of=['y', 'g'])!r}\n")


def test_html_holds_every_text_escaped():
    data = cluster_sample()
    data["g"] = data["g"].replace({"a": "<script>", "b": "b & c"})
    html = mean(Sample.of(data, DESIGN), of="y", by="g")._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "b &amp; c" in html
    assert html.startswith("<table><caption>95% confidence intervals</caption><thead>")


def test_long_results_show_their_beginning_and_say_how_much_is_left(sample):
    data = cluster_sample(strata=10, psus=8)
    found = mean(Sample.of(data, DESIGN), of="y", by="psu")
    lines = repr(found).splitlines()
    assert len(lines) == 62
    assert lines[-1] == "95% confidence intervals; 20 more rows: to_frame() has all"


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_limits_at_another_level_are_those_of_asking_again(sample, level):
    for ask in (
        lambda options: proportion(sample, of="aware", equals=1, by=["g", "sex"], options=options),
        lambda options: proportion(sample, of="never", by="place", options=options),
        lambda options: total(sample, of=["y", "g"], by="sex", options=options),
        lambda options: ratio(sample, numerator="y", denominator="x", options=options),
    ):
        again = ask(Options(level=level)).confint()
        pd.testing.assert_frame_equal(ask(Options()).confint(level), again)


def test_limits_without_a_level_are_those_of_the_rows(sample):
    found = mean(sample, of="y", by="g")
    frame, limits = found.to_frame(), found.confint()
    pd.testing.assert_frame_equal(limits, frame[["g", "of", "level", "lower", "upper"]])


def test_plain_intervals_can_be_moved_and_others_are_refused(sample):
    found = mean(sample, of="y", by="g")
    bare = Estimates(rows=found.rows, joint=found.joint)
    pd.testing.assert_frame_equal(bare.confint(0.9), found.confint(0.9))
    median = quantile(sample, of=["y"], how=QuantileOptions())
    with pytest.raises(AnalysisError, match="the interval of 'y' cannot be moved to another level"):
        median.confint(0.9)


def test_a_result_can_be_kept_in_a_file_and_used_again(sample):
    found = proportion(sample, of="aware", equals=1, by="g")
    again = pickle.loads(pickle.dumps(found))
    assert again.rows == found.rows
    pd.testing.assert_frame_equal(again.confint(0.8), found.confint(0.8))


def test_columns_of_the_frame_are_unrounded_numbers(sample):
    found = mean(sample, of="y")
    frame = found.to_frame()
    assert frame.loc[0, "se"] == found[0].se
    half = float(t_quantile(0.975, found[0].df)) * found[0].se
    assert frame.loc[0, "upper"] - frame.loc[0, "estimate"] == pytest.approx(half)
    assert frame["n_eff"].dtype == np.float64


def test_a_linear_contrast_has_the_error_of_the_joint_covariance(sample):
    found = mean(sample, of="y", by="g")
    row = found.contrast("y[g=a] - y[g=b]")[0]
    v = found.covariance
    assert row.se == pytest.approx(np.sqrt(v[0, 0] + v[1, 1] - 2 * v[0, 1]), rel=1e-12)
    assert row.df == min(found[0].df, found[1].df)
    assert row.ci[0] < row.estimate == found[0].estimate - found[1].estimate < row.ci[1]


def test_several_contrasts_are_made_jointly_and_can_be_contrasted_again(sample):
    found = mean(sample, of="y", by="g")
    steps = found.contrast(["y[g=a] - y[g=b]", "y[g=b] - y[g=c]"])
    ways = steps.contrast("`y[g=a] - y[g=b]` + `y[g=b] - y[g=c]`")[0]
    straight = found.contrast("y[g=a] - y[g=c]")[0]
    assert (ways.estimate, ways.se) == pytest.approx((straight.estimate, straight.se), rel=1e-12)


def test_a_contrast_with_an_estimate_that_has_no_error_has_none_either(sample):
    found = mean(sample, of="y", by="place")
    row = found.contrast("y[place=one] - y[place=rest]")[0]
    assert (row.se, row.ci, row.cv) == (None, (None, None), None)
    assert "one_psu" in row.flags


def test_quantiles_which_are_not_made_jointly_cannot_be_contrasted(sample):
    halves = quantile(sample, of=["y"], by=["sex"], how=QuantileOptions())
    with pytest.raises(AnalysisError, match="were not made jointly, so the error is not known"):
        halves.contrast("y[sex=f] - y[sex=m]")
    assert halves.contrast("2 * y[sex=f]")[0].se == pytest.approx(2 * halves[0].se)


def test_a_contrast_of_an_unknown_name_lists_what_there_is(sample):
    with pytest.raises(AnalysisError, match=r"'z' is none of the estimates: y\[g=a\], y\[g=b\]"):
        mean(sample, of="y", by="g").contrast("z")
