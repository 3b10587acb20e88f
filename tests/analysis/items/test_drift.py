"""Anchors between waves: truth put in is found, and no anchor is left out without a cause."""

from math import hypot

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.irt.items import ItemParameters
from analysis.items.drift import Wave, change_error, drift
from analysis.items.linking import transformed
from analysis.items.spec import run_items


def bank(k=9):
    return [ItemParameters.of_thresholds(f"k{i}", "2pl", slope=1 + 0.05 * i, thresholds=(b,), guessing=0.0)
            for i, b in enumerate(np.linspace(-1.5, 1.5, k))]  # fmt: skip


def moved(items, *, slope=1.2, shift=0.4, drifting=()):
    found = [transformed(one, slope=slope, shift=shift) for one in items]
    return [ItemParameters.of_thresholds(one.item, one.model, slope=one.slope, guessing=0.0,
                                         thresholds=(one.thresholds[0] + (0.8 if one.item in drifting else 0),))
            for one in found]  # fmt: skip


@given(st.floats(0.6, 1.6), st.floats(-1, 1), st.integers(0, 8))
@settings(max_examples=25, deadline=None)
def test_one_anchor_that_became_harder_is_found_and_does_not_pull_the_link(slope, shift, which):
    name = f"k{which}"
    found = drift(Wave(items=bank()),
                  Wave(items=moved(bank(), slope=slope, shift=shift, drifting=[name])))  # fmt: skip
    assert [one.item for one in found.anchors if one.drifts] == [name]
    assert (found.with_all.slope, found.with_all.shift) == pytest.approx((slope, shift), abs=1e-6)
    assert next(one.shift for one in found.anchors if one.item == name) == pytest.approx(0.8)
    assert found.flags == (f"drifts: {name}",)


def test_both_links_are_given_and_the_excluded_anchor_keeps_its_cause():
    found = drift(Wave(items=bank()), Wave(items=moved(bank(), drifting=["k2"])),
                  excluded={"k2": "option b was reprinted"})  # fmt: skip
    assert "k2" in found.with_all.anchors
    assert "k2" not in found.without.anchors
    assert found.without.linking_error < found.with_all.linking_error
    assert {one.item: one.excluded for one in found.anchors}["k2"] == "option b was reprinted"
    assert found.change == pytest.approx(found.without.shift - found.with_all.shift)
    assert found.flags == ()


def test_an_exclusion_without_a_cause_is_refused_because_people_may_have_learned():
    with pytest.raises(AnalysisError, match=r"no cause is given for leaving 'k1' out.*learned"):
        drift(Wave(items=bank()), Wave(items=moved(bank())), excluded={"k1": " "})


def test_too_few_anchors_left_are_refused():
    with pytest.raises(AnalysisError, match="2 anchors are left"):
        drift(Wave(items=bank(4)), Wave(items=moved(bank(4))),
              excluded={"k1": "amended", "k2": "amended"})  # fmt: skip


def test_an_excluded_name_that_is_no_anchor_is_refused():
    with pytest.raises(AnalysisError, match="'k99' is no anchor"):
        drift(Wave(items=bank()), Wave(items=moved(bank())), excluded={"k99": "amended"})


def test_the_error_of_a_change_has_the_link_in_it():
    assert change_error(0.01, 0.02, linking_error=0.0, slope=0.4) == pytest.approx(
        hypot(0.01, 0.02)
    )
    assert change_error(0, 0, linking_error=0.05, slope=0.4) == pytest.approx(0.02)


def test_a_spec_finds_drift_between_two_fitted_waves_with_errors(tmp_path):
    rng = np.random.default_rng(11)
    b = np.linspace(-1.2, 1.2, 8)
    names = [f"k{i}" for i in range(8)]
    for wave, extra in (("a", 0.0), ("b", 1.0)):
        own = b + np.where(np.arange(8) == 3, extra, 0.0)
        theta = rng.normal(size=2500)
        right = rng.random((2500, 8)) < 1 / (1 + np.exp(-1.4 * (theta[:, None] - own)))
        pd.DataFrame(right.astype(int), columns=names).to_csv(tmp_path / f"{wave}.csv", index=False)
    spec = {"items": names, "analyses": [
        {"id": "a", "kind": "irt", "model": "2pl", "data": "a.csv"},
        {"id": "b", "kind": "irt", "model": "2pl", "data": "b.csv"},
        {"id": "d", "kind": "drift", "from": "a", "to": "b"},
    ]}  # fmt: skip
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(spec))
    found = run_items(tmp_path / "s.yaml").document["analyses"][2]
    assert [one["item"] for one in found["anchors"] if one["drifts"]] == ["k3"]
    assert all(0 < one["se"] < 0.2 for one in found["anchors"])
    assert found["without"] == found["with_all"]
