"""While a law is news: from its promulgation, or some days before it, to some days after."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from instruments.item import Item
from instruments.transition import NEWS, transitions

LAW = {"number": "282/2025/NĐ-CP", "article": "Điều 9", "valid_from": "2025-12-15"}
OLD = {"number": "144/2021/NĐ-CP", "article": "Điều 8", "valid_from": "2022-01-01"}


def spans(*laws: dict, key: object = "a") -> list[tuple[date, date, date]]:
    item = Item.model_validate({"id": "k1", "type": "single", "law": list(laws), "key": key})
    return [(one.opens, one.changes, one.closes) for one in transitions(item)]


def test_without_a_day_of_promulgation_it_reaches_as_far_before_as_after():
    assert spans(LAW) == [(date(2025, 9, 16), date(2025, 12, 15), date(2026, 3, 15))]


def test_it_opens_when_the_law_was_promulgated():
    assert spans({**LAW, "promulgated": "2025-10-30", "transition_days": 30}) == [
        (date(2025, 10, 30), date(2025, 12, 15), date(2026, 1, 14))
    ]  # fmt: skip


def test_a_law_that_follows_another_at_once_is_one_change_and_an_end_alone_is_one_too():
    assert [one[1] for one in spans({**OLD, "valid_to": "2025-12-14"}, LAW)] == [
        date(2022, 1, 1), date(2025, 12, 15)]  # fmt: skip
    assert [one[1] for one in spans({**OLD, "valid_to": "2027-02-28"})] == [
        date(2022, 1, 1), date(2027, 3, 1)]  # fmt: skip


def test_a_new_key_without_a_law_is_a_change():
    key = [{"credit": {"a": 1}, "valid_to": "2026-06-30"},
           {"credit": {"b": 1}, "valid_from": "2026-07-01"}]  # fmt: skip
    day = date(2026, 7, 1)
    assert spans(key=key) == [(day - NEWS, day, day + NEWS)]


@given(st.integers(0, 730))
def test_no_days_leave_the_day_of_the_change_alone(days):
    ((opens, changes, closes),) = spans({**LAW, "transition_days": days})
    assert (changes - opens).days == (closes - changes).days == days
