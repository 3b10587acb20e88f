"""Outcome rates against printed examples, hand calculations and the laws that bind them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.dispositions import (
    DISPOSITIONS,
    Case,
    disposition_of,
    outcome_rates,
    proportional_allocation,
    rates_of,
)

PRINTED = {"I": 4, "P": 2, "R": 1, "NC": 1, "O": 1, "UH": 1, "UO": 1, "NE": 1}
"""The example in the README of the R package outcomerate, with the rates that it prints."""
PRINTED_RATES = {
    "RR1": 0.364, "RR2": 0.545, "RR3": 0.370, "RR4": 0.556, "RR5": 0.444, "RR6": 0.667,
    "COOP1": 0.500, "COOP2": 0.750, "COOP3": 0.571, "COOP4": 0.857,
    "REF1": 0.091, "REF2": 0.093, "REF3": 0.111, "CON1": 0.727, "CON2": 0.741, "CON3": 0.889,
}  # fmt: skip


def cases(**counts: int) -> list[Case]:
    return [Case(unit=f"{code}{at}", outcome=code) for code, n in counts.items() for at in range(n)]


def test_the_printed_example_of_outcomerate_is_met_to_its_last_digit():
    found = outcome_rates(cases(**PRINTED))
    assert found.e == 0.9
    assert {name: round(rate, 3) for name, rate in found.rates.items()} == PRINTED_RATES


def test_a_hand_calculation_in_the_calculators_own_order():
    """1,200 drawn: 480 I, 20 P, 150 R, 120 NC, 30 O, 160 UH, 40 UO, 200 NE; e = 800/1000."""
    counts = {"I": 480, "P": 20, "R": 150, "NC": 120, "O": 30, "UH": 160, "UO": 40, "NE": 200}
    found = outcome_rates(cases(**counts))
    exact = {
        "RR1": Fraction(480, 1000), "RR2": Fraction(500, 1000), "RR3": Fraction(480, 960),
        "RR4": Fraction(500, 960), "RR5": Fraction(480, 800), "RR6": Fraction(500, 800),
        "COOP1": Fraction(480, 680), "COOP2": Fraction(500, 680), "COOP3": Fraction(480, 650),
        "COOP4": Fraction(500, 650), "REF1": Fraction(150, 1000), "REF2": Fraction(150, 960),
        "REF3": Fraction(150, 800), "CON1": Fraction(680, 1000), "CON2": Fraction(680, 960),
        "CON3": Fraction(680, 800),
    }  # fmt: skip
    assert found.rates == pytest.approx({name: float(one) for name, one in exact.items()})


def test_weights_take_the_place_of_counts_and_e_is_weighted_too():
    drawn = [Case(unit="a", outcome="I", weight=3), Case(unit="b", outcome="R", weight=1),
             Case(unit="c", outcome="UH", weight=2), Case(unit="d", outcome="NE", weight=4)]  # fmt: skip
    found = outcome_rates(drawn, weighted=True)
    assert (found.e, found.rates["RR1"], found.rates["RR3"]) == (0.5, 0.5, 0.6)
    assert outcome_rates(drawn).rates["RR1"] == pytest.approx(1 / 3)


def test_a_given_e_replaces_the_estimated_one_and_is_said_to_be_given():
    found = outcome_rates(cases(**PRINTED), e=0.5)
    assert (found.e_given, found.rates["RR3"]) == (True, 4 / 10)


def test_a_rate_without_a_denominator_is_none_and_never_a_number():
    none = outcome_rates([])
    assert set(none.rates.values()) == {None}
    only_unknown = outcome_rates(cases(UH=3))
    assert only_unknown.e is None
    assert (only_unknown.rates["RR1"], only_unknown.rates["RR3"]) == (0, None)


@given(st.lists(st.integers(0, 500), min_size=8, max_size=8))
def test_rates_lie_between_0_and_1_and_stand_in_their_known_order(numbers):
    counts = dict(zip(DISPOSITIONS, map(float, numbers), strict=True))
    rates = rates_of(counts, e=proportional_allocation(counts))
    known = {name: rate for name, rate in rates.items() if rate is not None}
    assert all(0 <= rate <= 1 for rate in known.values())
    for low, high in [("RR1", "RR3"), ("RR3", "RR5"), ("RR2", "RR4"), ("RR4", "RR6"),
                      ("REF1", "REF2"), ("CON1", "CON2"), ("COOP1", "COOP3")]:  # fmt: skip
        if low in known and high in known:
            assert known[low] <= known[high] + 1e-12


@pytest.mark.parametrize(
    ("code", "meant"),
    [("I", "I"), (" nc ", "NC"), ("1.1", "I"), ("1.2", "P"), ("2.112", "R"), ("2.25", "NC"),
     ("2.36", "O"), ("3.17", "UH"), ("3.2", "UO"), ("4.7", "NE"), ("1", "I"), ("2", None),
     ("5", None), ("X", None), ("", None), ("1.3", None)],
)  # fmt: skip
def test_codes_are_letters_or_aapors_numbers_and_nothing_is_guessed(code, meant):
    assert disposition_of(code) == meant
