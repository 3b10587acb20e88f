"""Columns as categories: counting small integers gives what sorting them gives."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.columns import coarse_factor, coded, factor, occurring
from analysis.design import Design, Sample
from analysis.weighting.crossing import cross

KINDS = ("int8", "uint8", "int16", "int32", "int64", "uint64")


@st.composite
def integers(draw: st.DrawFn) -> np.ndarray:
    """Integers of some width, close together or far apart, anywhere in its range."""
    kind = np.iinfo(draw(st.sampled_from(KINDS)))
    start = draw(st.integers(int(kind.min), int(kind.max)))
    reach = min(int(kind.max), start + draw(st.sampled_from([0, 3, 200, 10_000, 10**12])))
    return np.array(draw(st.lists(st.integers(start, reach), min_size=1, max_size=30)), kind.dtype)


@given(integers())
def test_every_row_keeps_its_level_however_integers_are_coded(values: np.ndarray) -> None:
    data = pd.DataFrame({"x": values})
    codes, values_in_order = pd.factorize(data["x"], sort=True)
    plain = factor(data, "x", declared={}, role="by")
    assert plain.codes.tolist() == codes.tolist()
    assert plain.levels == tuple(map(str, values_in_order))
    coarse = coarse_factor(data, "x")
    assert [coarse.levels[code] for code in coarse.codes] == [str(value) for value in values]


@given(st.lists(st.integers(0, 50), min_size=1), st.sampled_from([51, 10**9]))
def test_the_codes_that_occur_are_those_of_sorting(codes: list[int], size: int) -> None:
    used, back = occurring(np.array(codes), size)
    expected, places = np.unique(codes, return_inverse=True)
    assert used.tolist() == expected.tolist()
    assert back.tolist() == places.tolist()


@pytest.mark.parametrize("values", [["b", None, "a"], [2.0, np.nan, 1.0], [True, None, False]])
def test_a_missing_value_has_no_code(values: list[object]) -> None:
    codes, levels = coded(pd.Series(values))
    assert codes.tolist() == [1, -1, 0]
    assert len(levels) == 2


@pytest.mark.parametrize("many", [1, 40])
def test_cells_are_the_combinations_of_levels_that_occur_with_missing_ones(many: int) -> None:
    rng = np.random.default_rng(5)
    data = pd.DataFrame({f"v{i}": rng.integers(0, 3, 300) for i in range(many)})
    data["text"] = rng.choice(["x", "y", None], 300)
    data["w"] = 1.0
    names = [name for name in data if name != "w"]
    crossing = cross(Sample.of(data, Design(weights="w")), names)
    assert crossing.people.sum() == 300
    assert len(crossing.people) == len(data[names].drop_duplicates())
    for name, found in crossing.factors.items():
        levels = [None if code < 0 else found.levels[code] for code in found.codes[crossing.cell]]
        assert levels == [None if pd.isna(value) else str(value) for value in data[name]]
