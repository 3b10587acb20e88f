"""Anchors between waves: truth put in is found, and no anchor is left out without a cause."""

from math import hypot

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.irt.fit import fit
from analysis.irt.items import ItemParameters
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import covariance, item_errors, location_errors
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


def copied(path, *, times: int, seed: int, extra: float = 0.0) -> None:
    """Answers of 400 people to six items, each person's written down so many times as one unit."""
    rng = np.random.default_rng(seed)
    b = np.linspace(-1, 1, 6) + np.where(np.arange(6) == 2, extra, 0.0)
    right = rng.random((400, 6)) < 1 / (1 + np.exp(-1.4 * (rng.normal(size=(400, 1)) - b)))
    frame = pd.DataFrame(right.astype(int), columns=[f"k{i}" for i in range(6)])
    frame.assign(unit=np.arange(400), w=1.0).loc[np.repeat(np.arange(400), times)].to_csv(
        path, index=False
    )


def linked(folder, *, times: int, design: dict | None) -> tuple[dict, dict]:
    """Link and drift of two such waves."""
    for seed, wave in enumerate("ab"):
        copied(folder / f"{wave}.csv", times=times, seed=seed, extra=0.4 * seed)
    more = {} if design is None else {"design": design}
    spec = {"items": [f"k{i}" for i in range(6)], **more, "analyses": [
        {"id": "a", "kind": "irt", "model": "2pl", "data": "a.csv"},
        {"id": "b", "kind": "irt", "model": "2pl", "data": "b.csv"},
        {"id": "l", "kind": "linking", "method": "haebara", "from": "a", "to": "b"},
        {"id": "d", "kind": "drift", "from": "a", "to": "b"},
    ]}  # fmt: skip
    (folder / "s.yaml").write_text(yaml.safe_dump(spec))
    *_, link, found = run_items(folder / "s.yaml").document["analyses"]
    return link, found


def test_copies_of_an_interview_in_one_unit_add_nothing_to_what_is_known_of_an_anchor(tmp_path):
    """By the design four copies err as one does; as if drawn at random they would err half as much."""
    design = {"weights": "w", "psu": ["unit"]}
    one, four, naive = (linked(tmp_path, times=times, design=own)
                        for times, own in ((1, design), (4, design), (4, None)))  # fmt: skip
    for name in "AB":
        assert four[0]["se"][name] == pytest.approx(one[0]["se"][name], rel=1e-3)
        assert naive[0]["se"][name] < 0.6 * four[0]["se"][name]
    for anchor, same, random in zip(
        *(each[1]["anchors"] for each in (one, four, naive)), strict=True
    ):
        assert same["shift"] == pytest.approx(anchor["shift"], abs=1e-3)
        assert same["se"] == pytest.approx(anchor["se"], rel=1e-3)
        assert random["se"] < 0.6 * same["se"]
    drifting = [[anchor["item"] for anchor in each[1]["anchors"] if anchor["drifts"]]
                for each in (one, four, naive)]  # fmt: skip
    assert drifting == [["k2"], ["k2"], ["k2", "k5"]]


def test_thresholds_of_an_item_err_together_in_its_location():
    rng = np.random.default_rng(5)
    theta = rng.normal(size=(900, 1))
    frame = pd.DataFrame({
        f"g{i}": (rng.random((900, 1)) < 1 / (1 + np.exp(-1.3 * (theta - at)))).sum(axis=1)
        for i, at in enumerate([(-0.9, -0.2, 0.6), (-0.3, 0.2, 0.9), (-1, 0, 1), (-0.6, 0, 0.2)])
    })  # fmt: skip
    fitted = fit(ItemResponses.of(frame, list(frame)), "grm")
    matrix = covariance(fitted)
    found = location_errors(fitted, matrix)
    for place, item in enumerate(fitted.items):
        slopes = []
        for at in range(len(fitted.values)):
            ends = []
            for sign in (1, -1):
                values = np.array(fitted.values)
                values[at] += sign * 1e-5
                ends.append(np.mean(fitted.items_at(values)[place].thresholds))
            slopes.append((ends[0] - ends[1]) / 2e-5)
        assert found[item.item] == pytest.approx(np.sqrt(slopes @ matrix @ np.array(slopes)))
    apart = [np.sqrt(np.square(one.thresholds).sum()) / 3 for one in item_errors(fitted, matrix)]
    assert max(found[item.item] / one for item, one in zip(fitted.items, apart, strict=True)) > 1.15


def test_anchors_without_a_determined_place_have_no_error_and_the_models_flags(tmp_path):
    right = np.random.default_rng(1).integers(0, 2, 200)
    pd.DataFrame(dict.fromkeys(("k1", "k2", "k3", "k4"), right)).to_csv(
        tmp_path / "data.csv", index=False
    )
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump({
        "data": "data.csv", "items": ["k1", "k2", "k3", "k4"], "analyses": [
            {"id": "a", "kind": "irt", "model": "2pl"}, {"id": "b", "kind": "irt", "model": "2pl"},
            {"id": "d", "kind": "drift", "from": "a", "to": "b"}]}))  # fmt: skip
    found = run_items(path).document["analyses"][-1]
    assert [one["se"] for one in found["anchors"]] == [None] * 4
    assert "no_errors" in found["flags"]
    assert any(flag.startswith("separation") for flag in found["flags"])
