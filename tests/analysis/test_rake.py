"""Raking meets its margins or says where it cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import mean, total
from analysis.weighting.margins import Margin
from analysis.weighting.rake import Stopping, rake
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))
GROUP = Margin(name="g", variables=("g",), targets={("a",): 30_000, ("b",): 40_000, ("c",): 30_000})
SEX = Margin(name="sex", variables=("sex",), targets={("f",): 52_000, ("m",): 48_000})


def sample() -> Sample:
    return Sample.of(cluster_sample(), DESIGN)


def refused(*margins: Margin, of: Sample | None = None) -> str:
    with pytest.raises(AnalysisError) as caught:
        rake(of or sample(), margins, stopping=Stopping(max_iterations=50))
    return caught.value.text()


def test_raked_weights_meet_every_category() -> None:
    result = rake(sample(), [GROUP, SEX])
    rows = total(result.sample, of=["g", "sex"])
    wanted = [30_000, 40_000, 30_000, 52_000, 48_000]
    assert [row.estimate for row in rows] == pytest.approx(wanted, rel=1e-10)
    assert result.reweighted.converged
    assert result.reweighted.worst <= 1e-11


def test_a_total_that_calibration_fixed_has_no_sampling_error() -> None:
    rows = total(rake(sample(), [GROUP, SEX]).sample, of="g")
    assert [row.se for row in rows] == [0, 0, 0]
    assert all("no_sampling_error" in row.flags for row in rows)


def test_calibration_lowers_the_error_of_what_it_explains() -> None:
    data = cluster_sample()
    data["y"] = data["g"].map({"a": 1.0, "b": 5.0, "c": 9.0}) + 0.1 * data["y"]
    before = Sample.of(data, DESIGN)
    after = rake(before, [GROUP, SEX]).sample
    assert mean(after, of="y")[0].se < 0.3 * mean(before, of="y")[0].se


@given(st.integers(0, 50), st.floats(0.01, 100))
def test_rescaled_base_weights_change_no_raked_weight(seed: int, factor: float) -> None:
    data = cluster_sample(seed)
    first = rake(Sample.of(data, DESIGN), [GROUP, SEX])
    data["w"] *= factor
    second = rake(Sample.of(data, DESIGN), [GROUP, SEX])
    assert second.sample.weights == pytest.approx(first.sample.weights, rel=1e-9)


@given(st.integers(0, 50))
def test_shares_and_totals_of_the_same_base_give_the_same_means(seed: int) -> None:
    data = cluster_sample(seed)
    shares = [
        Margin(name=m.name, variables=m.variables, unit="share",
               targets={c: t / 100_000 for c, t in m.targets.items()})
        for m in (GROUP, SEX)
    ]  # fmt: skip
    one = mean(rake(Sample.of(data, DESIGN), [GROUP, SEX]).sample, of="y")[0]
    two = mean(rake(Sample.of(data, DESIGN), shares).sample, of="y")[0]
    assert (two.estimate, two.se) == pytest.approx((one.estimate, one.se), rel=1e-9)


def test_a_category_without_respondents_is_named_with_its_target() -> None:
    margin = Margin(name="g", variables=("g",),
                    targets={("a",): 30, ("b",): 40, ("c",): 20, ("d",): 10})  # fmt: skip
    assert (
        "calibrate, margin 'g': category 'd' has the target 10 but no respondents. "
        "Merge it with 'c'" in refused(margin)
    )


def test_respondents_in_a_category_without_target_are_counted() -> None:
    margin = Margin(name="g", variables=("g",), targets={("a",): 30, ("b",): 70})
    text = refused(margin)
    count = int((cluster_sample()["g"] == "c").sum())
    assert f"{count} respondents are in category 'c', for which there is no target." in text


def test_margins_with_different_totals_are_refused_with_both() -> None:
    other = Margin(name="sex", variables=("sex",), targets={("f",): 52_000, ("m",): 49_000})
    text = refused(GROUP, other)
    assert "margin 'sex': its categories sum to 101000, those of margin 'g' to 100000" in text


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    margin = Margin(
        name="sex", variables=("sex",), unit="share", targets={("f",): 0.5, ("m",): 0.4}
    )
    assert "the shares sum to 0.9, not to 1." in refused(margin)


def test_raking_that_cannot_converge_names_margin_category_and_deviation() -> None:
    data = cluster_sample()
    data["twin"] = data["sex"].map({"f": "1", "m": "2"})
    twin = Margin(name="twin", variables=("twin",), targets={("1",): 60_000, ("2",): 40_000})
    text = refused(SEX, twin, of=Sample.of(data, DESIGN))
    assert "calibrate, margin 'sex': raking did not converge in 50 sweeps: category" in text
    assert "is wanted, the worst deviation (-17%). Some combination" in text
    assert "Nothing is left of two categories when they are merged: leave the margin out." in text


def test_a_row_without_a_category_is_refused_with_its_number() -> None:
    data = cluster_sample()
    data.loc[11, "sex"] = None
    assert "margin 'sex': row 12 has no value of 'sex'" in refused(SEX, of=Sample.of(data, DESIGN))


def test_crossed_margins_are_named_by_their_combination() -> None:
    targets = {(g, s): 10_000.0 for g in "abc" for s in "fm"}
    result = rake(sample(), [Margin(name="g × sex", variables=("g", "sex"), targets=targets)])
    assert [fit.category for fit in result.fits][:2] == ["a × f", "a × m"]
    assert [fit.after for fit in result.fits] == pytest.approx([1 / 6] * 6)
