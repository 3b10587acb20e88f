"""A seeded part of the coverage simulation, whose whole is run by `make soak`."""

from math import sqrt

import pytest

from tests.soak.coverage import COUNTED, ERRORS, LEAST, MOST, run, table


@pytest.mark.heavy
def test_intervals_of_every_error_cover_before_and_after_raking():
    found = run(range(50))
    assert {kind[:2] for kind in found} == {(e, raked) for e in ERRORS for raked in (False, True)}
    for kind, tally in found.items():
        if kind[2] in COUNTED:
            chance = 3 * sqrt(0.05 * 0.95 / tally.intervals)
            assert LEAST - chance <= tally.coverage <= MOST + chance, table(found)


@pytest.mark.heavy
def test_communes_with_few_psus_are_told_apart():
    found = run(range(5))
    assert found["Taylor", False, "communes, < 10 PSUs"].intervals > 500
    assert found["Taylor", False, "communes"].intervals > 20
