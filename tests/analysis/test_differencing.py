"""Nobody who subtracts published groups from each other learns of fewer than ten people."""

from itertools import pairwise

import numpy as np
import pytest

from analysis.disclosure.differencing import Leak, leak, protect

MINIMUM = 10


def people(first: int, last: int) -> frozenset[str]:
    return frozenset(f"r{number:05}" for number in range(first, last))


def test_the_remainder_of_an_old_district_is_not_given_away_by_the_new_communes():
    district, commune = people(0, 60), people(0, 55)
    assert leak({"district": district, "commune": commune}) == Leak(
        people=5, groups={"district": 1.0, "commune": -1.0}
    )
    assert protect({"district": district, "commune": commune}).withheld == {"commune"}


def test_a_remainder_of_ten_may_be_known():
    assert leak({"district": people(0, 60), "commune": people(0, 50)}) is None


def test_three_overlapping_groups_tell_as_much_as_a_difference():
    a, b, c = people(0, 4), people(10, 40), people(50, 90)
    found = leak({"ab": a | b, "bc": b | c, "ac": a | c})
    assert found == Leak(people=4, groups={"ab": 0.5, "bc": -0.5, "ac": 0.5})


def test_what_an_earlier_release_published_cannot_be_withheld_any_more():
    before, after = people(0, 60), people(3, 60)
    found = protect({("one", "key"): before, ("two", "key"): after}, fixed=[("one", "key")])
    assert found.withheld == {("two", "key")}
    assert found.leak is None


def test_a_leak_of_what_must_be_published_is_told():
    groups = {"before": people(0, 60), "after": people(3, 60)}
    found = protect(groups, fixed=list(groups))
    assert found.withheld == frozenset()
    assert found.leak is not None
    assert found.leak.people == 3


def test_a_group_below_the_minimum_is_withheld_and_one_without_anybody_is_not():
    found = protect({"all": people(0, 200), "few": people(0, 6), "none": people(0, 0)})
    assert found.withheld == {"few"}


def nested(rng: np.random.Generator) -> dict[str, frozenset[str]]:
    """A city, old districts, new units that mostly lie in one, and a corrected second release."""
    whole = int(rng.integers(80, 400))
    old = np.sort(rng.choice(whole, int(rng.integers(1, 5)), replace=False))
    drift = rng.integers(-12, 13, len(old))
    new = np.unique(np.clip(np.concatenate([old + drift, rng.integers(0, whole, 3)]), 0, whole))
    groups = {"city": people(0, whole)}
    for name, cuts in (("old", old), ("new", new)):
        bounds = [0, *map(int, cuts), whole]
        groups |= {f"{name}{at}": people(*both) for at, both in enumerate(pairwise(bounds))}
    gone = frozenset(f"r{number:05}" for number in rng.integers(0, whole, int(rng.integers(0, 9))))
    return groups | {f"{name}*": own - gone for name, own in groups.items() if name != "city"}


def subtracted(groups: dict[str, frozenset[str]], *, rounds: int = 2) -> set[frozenset[str]]:
    """What somebody finds who takes groups out of groups that hold them, again and again."""
    known = {own for own in groups.values() if own}
    for _ in range(rounds):
        found = {a - b for a in known for b in known if b < a}
        if found <= known or len(known | found) > 600:
            return known | found
        known |= found
    return known


def recovered(rng: np.random.Generator) -> tuple[int, int]:
    """How many handfuls the attacker finds in a random family, before and after protection."""
    groups = nested(rng)
    kept = protect(groups)
    assert kept.leak is None
    shown = {name: own for name, own in groups.items() if name not in kept.withheld}
    return tuple(
        sum(len(one) < MINIMUM for one in subtracted(family)) for family in (groups, shown)
    )


def trial(families: int) -> None:
    counts = [recovered(np.random.default_rng([2026, at])) for at in range(families)]
    assert sum(before > 0 for before, _ in counts) > families // 2
    assert sum(after for _, after in counts) == 0


def test_an_attacker_who_subtracts_recovers_nothing():
    trial(25)


@pytest.mark.heavy
def test_an_attacker_who_subtracts_recovers_nothing_in_a_thousand_families():
    trial(1000)
