"""The pass over the patterns: packed codes give what items give, in numpy and compiled."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.irt.fit import fit
from analysis.irt.items import Grid
from analysis.irt.kernels import Pass, Sums, accumulate, choose
from analysis.irt.options import FitOptions
from analysis.irt.packing import pack
from analysis.irt.responses import ItemResponses
from tests.analysis.irt.scales import ITEMS, answers, responses_of, simulated


def random_answers(seed: int, persons: int, items: int, most: int) -> ItemResponses:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, most + 1, items)
    codes = np.stack([rng.integers(-1, size, persons) for size in sizes], axis=1).astype(np.int8)
    return ItemResponses(
        items=tuple(f"i{j}" for j in range(items)), codes=codes,
        values=tuple(tuple(float(k) for k in range(size)) for size in sizes),
    )  # fmt: skip


@given(seed=st.integers(0, 10**6), persons=st.integers(1, 80), items=st.integers(1, 24),
       most=st.integers(2, 7))  # fmt: skip
@settings(max_examples=40)
def test_packed_codes_keep_every_answer(seed, persons, items, most):
    responses = random_answers(seed, persons, items, most)
    packed = pack(responses)
    for column, chunk in enumerate(packed.chunks):
        place = packed.codes[packed.pattern, column].astype(np.int64) - chunk.start
        assert place.min() >= 0
        for item, size in zip(chunk.items[::-1], chunk.sizes[::-1], strict=True):
            place, digit = np.divmod(place, size)
            expected = responses.codes[:, item]
            assert (np.where(expected < 0, size - 1, expected) == digit).all()
    assert [item for chunk in packed.chunks for item in chunk.items] == list(range(items))


def test_equal_persons_are_one_pattern():
    responses = simulated("2pl", persons=5000)
    packed = pack(responses)
    assert len(packed.codes) == len(np.unique(responses.codes, axis=0)) <= 32
    weights = np.random.default_rng(1).random(5000)
    assert packed.summed(weights).sum() == pytest.approx(weights.sum(), rel=1e-12)


def test_patterns_of_different_groups_stay_apart():
    responses = simulated("2pl", persons=500)
    grouped = replace(responses, group=np.arange(500) % 2, groups=("a", "b"))
    packed = pack(grouped)
    assert (packed.group[packed.cell[packed.pattern]] == grouped.group).all()
    assert (np.diff(packed.cell) >= 0).all()


def test_too_many_items_for_one_number_are_told_apart_all_the_same():
    responses = random_answers(3, 50, 60, 6)
    fitted = fit(responses, "pcm", options=FitOptions(most=1))
    assert len(fitted.calibration.packed.codes) == 50
    assert np.isfinite(fitted.log_likelihoods()).all()


def test_hundreds_of_items_do_not_underflow():
    rng = np.random.default_rng(1)
    items = [replace(ITEMS["grm"][1], item=f"i{j}") for j in range(400)]
    responses = responses_of(items, answers(items, rng.normal(size=60), rng))
    found = fit(responses, "grm", options=FitOptions(fixed={i.item: i for i in items}))
    assert -60 * 400 * np.log(4) < found.log_likelihood < -1000


def passes(responses: ItemResponses, nodes: int) -> tuple[Pass, int]:
    rng = np.random.default_rng(7)
    packed = pack(responses)
    over = Pass(
        codes=packed.codes, cell=packed.cell, prior=rng.random((len(packed.group), nodes)),
        weights=rng.choice([0.0, 0.5, 2.0], len(packed.codes)),
        tables=rng.random((packed.rows, nodes)),
    )  # fmt: skip
    return over, len(packed.group)


def empty_sums(over: Pass, cells: int) -> Sums:
    nodes = over.tables.shape[1]
    return Sums(counts=np.zeros_like(over.tables), mass=np.zeros((cells, nodes)),
                likelihood=np.zeros(len(over.codes)))  # fmt: skip


@given(seed=st.integers(0, 10**6), cells=st.booleans())
@settings(max_examples=10)
def test_the_numpy_pass_is_the_plain_loop(seed, cells):
    responses = random_answers(seed, 60, 5, 4)
    if cells:
        responses = replace(responses, group=np.arange(60) % 3, groups=("a", "b", "c"))
    over, size = passes(responses, 8)
    found, plain = empty_sums(over, size), empty_sums(over, size)
    accumulate(over, found)
    for i, codes in enumerate(over.codes):
        joint = over.prior[over.cell[i]] * over.tables[codes].prod(axis=0)
        plain.likelihood[i] = joint.sum()
        share = over.weights[i] / joint.sum()
        plain.mass[over.cell[i]] += share * joint
        for code in codes:
            plain.counts[code] += share * joint
    for one, other in zip(found, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_the_compiled_pass_gives_the_same_sums():
    pytest.importorskip("numba", reason="numba is not here: numpy does the passes")
    responses = replace(random_answers(5, 6000, 12, 4), group=np.arange(6000) % 3,
                        groups=("a", "b", "c"))  # fmt: skip
    for each in (responses, replace(responses, group=None, groups=())):
        over, size = passes(each, 24)
        cells = size if size > 1 else 0
        found, compiled = empty_sums(over, cells), empty_sums(over, cells)
        accumulate(over, found)
        choose("numba", 0.0)(over, compiled)
        for one, other in zip(found, compiled, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("model", ["2pl", "grm"])
def test_a_compiled_fit_is_the_numpy_fit(model):
    pytest.importorskip("numba", reason="numba is not here: numpy does the passes")
    responses = simulated(model, persons=3000, missing=0.1)
    one, other = (fit(responses, model, options=FitOptions(kernel=kernel, tolerance=1e-8))
                  for kernel in ("numpy", "numba"))  # fmt: skip
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(one.values, other.values, atol=1e-7)


def test_small_work_does_not_wait_for_a_compiler():
    code = (
        "import sys; from analysis.irt.kernels import choose;"
        "choose('auto', 1e5); print('numba' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root,
                            check=True)  # fmt: skip
    assert answer.stdout.strip() == "False"


def compiled_elsewhere(cache: Path) -> str:
    """Run the compiled pass in a process of its own with another cache; what numba's setting is."""
    code = (
        "import numpy as np; from tests.analysis.irt.test_kernels import *;"
        "over, size = passes(random_answers(1, 20, 3, 3), 8);"
        "choose('numba', 0.0)(over, empty_sums(over, 0));"
        "from numba import config; print(config.CACHE_DIR)"
    )
    root = Path(__file__).parents[3]
    environment = {"XDG_CACHE_HOME": str(cache), "PATH": "/usr/bin", "PYTHONPATH": str(root)}
    answer = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True,
                            text=True, cwd=root, env=environment, check=True)  # fmt: skip
    return answer.stdout.strip()


def test_machine_code_is_kept_outside_the_project(tmp_path):
    pytest.importorskip("numba", reason="numba is not here: numpy does the passes")
    assert compiled_elsewhere(tmp_path) == ""
    assert list((tmp_path / "hieuluat" / "numba").rglob("*.nbc"))


def test_without_a_place_for_machine_code_it_is_compiled_anew():
    pytest.importorskip("numba", reason="numba is not here: numpy does the passes")
    assert compiled_elsewhere(Path("/proc/nowhere")) == ""


def test_the_number_of_nodes_hardly_matters():
    responses = simulated("2pl", persons=500)
    several = [fit(responses, "2pl", options=FitOptions(grid=Grid.of(nodes, 6.0)))
               for nodes in (41, 61, 128)]  # fmt: skip
    assert np.ptp([one.log_likelihood for one in several]) < 1e-4
