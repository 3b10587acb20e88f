"""A design that does not hold is refused with the row, the column, the value and the cure."""

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import mean, proportion, ratio, total
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))


def refused(data: pd.DataFrame, design: Design = DESIGN) -> str:
    with pytest.raises(AnalysisError) as caught:
        mean(Sample.of(data, design), of="y")
    return caught.value.text()


@pytest.mark.parametrize(("value", "told"), [(0.0, "weight 0 is not above zero"),
                                             (-1.5, "weight -1.5 is not above zero"),
                                             (np.nan, "weight is missing")])  # fmt: skip
def test_a_weight_that_is_no_weight_is_refused_with_its_row(value: float, told: str) -> None:
    data = cluster_sample()
    data.loc[[4, 9], "w"] = value
    text = refused(data)
    assert text.startswith("design.weights: row 5, column 'w': the " + told)
    assert "(2 such rows)" in text
    assert "use `where` or `by`" in text


def test_an_unknown_design_column_is_met_with_did_you_mean() -> None:
    text = refused(cluster_sample(), Design(weights="W", strata=("hh",), psu=("psu",)))
    first, second = text.splitlines()
    assert first == "design.weights: 'W' is not a column of the data. Did you mean 'w'?"
    assert second.startswith("design.strata: 'hh' is not a column of the data.")


def test_a_psu_in_two_strata_is_an_error_that_offers_nesting() -> None:
    data = cluster_sample()
    data["psu"] = data["psu"] % 6
    text = refused(data)
    assert text.startswith("design.psu: PSU 0 lies in two strata, 's0' and 's1' (row 73).")
    assert "set `nest: true`" in text


def test_nesting_makes_psu_numbers_count_within_strata() -> None:
    data = cluster_sample()
    plain = mean(Sample.of(data, DESIGN), of="y")[0]
    data["psu"] = data["psu"] % 6
    nested = mean(
        Sample.of(data, Design(weights="w", strata=("h",), psu=("psu",), nest=True)), of="y"
    )[0]
    assert (nested.estimate, nested.se, nested.df) == (plain.estimate, plain.se, 20)


def test_an_fpc_smaller_than_the_sample_is_refused_with_both_counts() -> None:
    data = cluster_sample()
    data.loc[data["h"] == "s2", "N"] = 4
    text = refused(data, Design(weights="w", strata=("h",), psu=("psu",), fpc=("N",)))
    assert text.startswith(
        "design.fpc: row 145, column 'N': the population count 4 is smaller than the 6 units"
    )


def test_an_fpc_that_varies_within_a_stratum_is_refused() -> None:
    data = cluster_sample()
    data.loc[3, "N"] = 41
    text = refused(data, Design(weights="w", strata=("h",), psu=("psu",), fpc=("N",)))
    assert "the fpc 41 differs from that of other rows of its stratum" in text


def test_counts_and_fractions_give_the_same_errors() -> None:
    data = cluster_sample()
    data["f"] = 6 / data["N"]
    counts, fractions = (
        mean(Sample.of(data, Design(weights="w", strata=("h",), psu=("psu",), fpc=(c,))), of="y")[0]
        for c in ("N", "f")
    )
    assert fractions.se == pytest.approx(counts.se, rel=1e-14)


def test_lonely_psu_is_an_error_that_names_the_stratum_and_every_cure() -> None:
    data = cluster_sample()
    data = data[(data["h"] != "s3") | (data["psu"] == 18)]
    text = refused(data)
    assert text.startswith("design.strata: stratum 's3' has only one PSU")
    for cure in ("join it with a similar stratum", "certainty", "remove", "adjust", "average"):
        assert cure in text


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_every_lonely_rule_gives_an_error_that_is_known(rule: str) -> None:
    data = cluster_sample()
    data = data[(data["h"] != "s3") | (data["psu"] == 18)]
    design = Design(weights="w", strata=("h",), psu=("psu",), lonely_psu=rule)  # type: ignore[arg-type]
    row = mean(Sample.of(data, design), of="y")[0]
    assert row.se is not None
    assert row.se > 0


def test_a_missing_stratum_is_refused_with_its_row() -> None:
    data = cluster_sample()
    data.loc[7, "h"] = None
    assert "design: row 8, column 'h': the value is missing" in refused(data)


def test_a_text_outcome_is_refused_for_a_mean_with_its_first_value() -> None:
    data = cluster_sample()
    data["answer"] = "yes"
    sample = Sample.of(data, DESIGN)
    with pytest.raises(
        AnalysisError, match="column 'answer' is text, not a number: row 1 has 'yes'"
    ):
        ratio(sample, numerator="answer", denominator="x")


def test_without_weights_and_fpc_the_design_is_refused() -> None:
    assert "the weights are unknown" in refused(
        cluster_sample(), Design(strata=("h",), psu=("psu",))
    )


def test_weights_follow_from_fpc() -> None:
    data = cluster_sample(rows=1)
    sample = Sample.of(data, Design(strata=("h",), fpc=("N",)))
    assert sample.weights == pytest.approx(40 / 6)


def test_a_domain_keeps_the_psus_that_have_nobody_in_it() -> None:
    """Dropping the rows outside the domain first is the classic error; it understates the error."""
    data = cluster_sample()
    inside = data["psu"] % 3 == 0
    data["inside"] = np.where(inside, "in", "out")
    data["one"] = 1.0
    whole = total(Sample.of(data, DESIGN), of="one", by="inside")[0]
    dropped = total(Sample.of(data[inside], DESIGN), of="one")[0]
    assert whole.estimate == pytest.approx(dropped.estimate)
    assert whole.se > 1.2 * dropped.se
    assert whole.df == dropped.df == 4


def test_a_domain_in_one_psu_has_no_standard_error_but_a_wide_interval() -> None:
    data = cluster_sample()
    data["place"] = np.where(data["psu"] == 3, "one", "rest")
    row = proportion(Sample.of(data, DESIGN), of="aware", equals=1, by="place")[0]
    assert row.se is None
    assert {"one_psu", "few_psus", "low_df"} <= set(row.flags)
    assert row.ci[1] - row.ci[0] > 0.5
    number = mean(Sample.of(data, DESIGN), of="y", by="place")[0]
    assert (number.se, number.ci) == (None, (None, None))


def test_a_declared_level_that_nobody_chose_stays_with_an_upper_limit() -> None:
    sample = Sample.of(cluster_sample(), DESIGN, factors={"g": ["a", "b", "c", "never"]})
    row = proportion(sample, of="g")[3]
    assert (row.level, row.estimate, row.se, row.ci[0]) == ("never", 0, 0, 0)
    assert 0.01 < row.ci[1] < 0.05
    assert "p_at_bound" in row.flags


def test_an_empty_domain_is_a_row_that_says_so() -> None:
    sample = Sample.of(cluster_sample(), DESIGN, factors={"g": ["a", "b", "c", "never"]})
    row = mean(sample, of="y", by="g")[3]
    assert (row.by, row.estimate, row.n, row.flags) == ({"g": "never"}, None, 0, ("empty",))


def test_a_value_outside_the_declared_levels_is_refused() -> None:
    sample = Sample.of(cluster_sample(), DESIGN, factors={"g": ["a", "b"]})
    with pytest.raises(
        AnalysisError, match="has the value 'c', which is not among its levels a, b"
    ):
        proportion(sample, of="g")
