"""Selection with probability proportional to size, checked by its laws and by many draws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import StudyError
from survey.sampling import allocate, draw_sample, inclusion_probabilities, select_pps

SIZES = st.lists(st.integers(1, 5_000), min_size=2, max_size=40)


@st.composite
def sizes_and_count(draw):
    sizes = draw(SIZES)
    return sizes, draw(st.integers(1, len(sizes)))


@given(sizes_and_count())
def test_probabilities_sum_to_the_number_of_psus_and_never_exceed_one(case):
    sizes, count = case
    probability = inclusion_probabilities(sizes, count=count)
    assert probability.sum() == pytest.approx(count)
    assert ((probability > 0) & (probability <= 1)).all()


@given(sizes_and_count())
def test_below_certainty_probabilities_are_proportional_to_size(case):
    sizes, count = case
    probability = inclusion_probabilities(sizes, count=count)
    free = probability < 1
    ratio = probability[free] / np.array(sizes)[free]
    assert ratio == pytest.approx(np.full(free.sum(), ratio.mean() if free.any() else 0))


@given(sizes_and_count(), st.integers(0, 2**32 - 1))
def test_every_draw_has_exactly_the_psus_asked_for_each_once(case, seed):
    sizes, count = case
    selection = select_pps(sizes, count=count, rng=np.random.default_rng(seed))
    assert len(selection.positions) == count
    assert len(set(selection.positions)) == count
    expected = inclusion_probabilities(sizes, count=count)[selection.positions]
    assert (selection.probabilities == expected).all()


def test_a_unit_larger_than_its_share_is_drawn_with_certainty_and_the_rest_shares_what_is_left():
    assert inclusion_probabilities([100, 10, 20, 10], count=2) == pytest.approx(
        [1, 0.25, 0.5, 0.25]
    )


def test_certainty_found_once_can_make_the_next_unit_certain():
    assert inclusion_probabilities([100, 30, 10, 10], count=3) == pytest.approx([1, 1, 0.5, 0.5])


def test_over_many_draws_each_unit_comes_as_often_as_its_probability_says():
    sizes, count, draws = [3, 14, 15, 92, 6, 53, 5, 8, 97, 9, 31], 5, 20_000
    rng = np.random.default_rng(20261124)
    times = np.zeros(len(sizes))
    for _ in range(draws):
        times[select_pps(sizes, count=count, rng=rng).positions] += 1
    probability = inclusion_probabilities(sizes, count=count)
    error = np.sqrt(probability * (1 - probability) / draws)
    assert (np.abs(times / draws - probability) <= 4 * error).all()


def test_when_every_unit_is_wanted_every_unit_is_certain():
    assert (inclusion_probabilities([3, 7, 11, 13, 17, 1], count=6) == 1).all()


def test_systematic_selection_spreads_over_the_list():
    positions = select_pps(np.ones(100), count=10, rng=np.random.default_rng(1)).positions
    assert set(np.diff(positions)) == {10}


@given(
    st.dictionaries(st.text("abcdef", min_size=1), st.integers(1, 10**6), min_size=1, max_size=8),
    st.integers(0, 500),
)
def test_allocation_spends_every_psu_and_gives_two_to_each_stratum(sizes, spare):
    total = 2 * len(sizes) + spare
    allocation = allocate(sizes, total=total)
    assert sum(allocation.values()) == total
    assert min(allocation.values()) >= 2
    share = {one: spare * size / sum(sizes.values()) for one, size in sizes.items()}
    assert all(abs(allocation[one] - 2 - share[one]) < 1 for one in sizes)


def test_too_few_psus_for_the_strata_are_refused():
    with pytest.raises(StudyError) as caught:
        allocate({"a": 5, "b": 5}, total=3)
    assert caught.value.text() == (
        "allocation: 3 PSUs do not give 2 to each of 2 strata. Draw more PSUs, or join strata."
    )


def frame(rows=60):
    rng = np.random.default_rng(7)
    stratum = np.where(np.arange(rows) < rows // 3, "urban", "rural")
    points = [f"p{row:03}" for row in range(rows)]
    return pd.DataFrame(
        {"point": points, "stratum": stratum, "adults": rng.integers(50, 900, rows)}
    )


def sample(people, seed=1, allocation=None):
    return draw_sample(
        people,
        size="adults",
        allocation=allocation or {"urban": 5, "rural": 9},
        interviews=18,
        rng=np.random.default_rng(seed),
    )


def test_each_stratum_has_the_psus_allocated_to_it():
    assert sample(frame())["stratum"].value_counts().to_dict() == {"urban": 5, "rural": 9}


def test_weights_within_a_stratum_are_equal_when_the_size_is_the_true_one():
    weights = sample(frame()).groupby("stratum")["weight"]
    assert (weights.max() / weights.min()).to_numpy() == pytest.approx(1)


def test_weights_of_the_interviews_sum_to_the_people_of_each_stratum():
    people, table = frame(), sample(frame())
    total = (table["weight"] * table["interviews"]).groupby(table["stratum"]).sum()
    assert total.to_dict() == pytest.approx(people.groupby("stratum")["adults"].sum().to_dict())


def test_a_psu_of_certainty_says_so_and_stands_for_itself_alone():
    people = frame()
    people.loc[30, "adults"] = 10**7
    row = sample(people).set_index("point").loc["p030"]
    assert (row["probability"], row["certainty"]) == (1, "yes")
    assert row["weight"] * row["interviews"] == pytest.approx(10**7)


def test_the_same_seed_draws_the_same_sample_and_another_seed_another():
    pd.testing.assert_frame_equal(sample(frame()), sample(frame()))
    assert list(sample(frame())["point"]) != list(sample(frame(), seed=2)["point"])


def test_every_fault_of_a_frame_is_told_at_once():
    people = frame(rows=9)
    people.loc[2, "adults"] = 0
    with pytest.raises(StudyError) as caught:
        sample(people)
    assert caught.value.text().splitlines() == [
        "frame, point 'p002': its size 0 is not above 0, so it could never be drawn. "
        "Correct the size, or take the point out of the frame.",
        "frame, stratum 'urban': 5 PSUs are asked of it and it has 3. "
        "Ask fewer of it, or join it with another stratum.",
        "frame, stratum 'rural': 9 PSUs are asked of it and it has 6. "
        "Ask fewer of it, or join it with another stratum.",
    ]
