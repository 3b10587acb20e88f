"""An amended law: the old answer is counted from the day of the new key on, by design."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.items.old_law import former_answers, former_options, former_share
from instruments.item import Item

ITEM = Item.model_validate({
    "id": "k1", "type": "single",
    "options": [{"code": code} for code in "abc"],
    "key": [{"credit": {"a": 1}, "valid_to": "2026-06-30"},
            {"credit": {"b": 1}, "valid_from": "2026-07-01"}],
})  # fmt: skip
BEFORE, AFTER = pd.Timestamp(2026, 6, 30), pd.Timestamp(2026, 7, 1)


def test_the_former_option_is_known_from_the_first_day_of_the_new_key():
    assert former_options(ITEM, date(2026, 6, 30)) == frozenset()
    assert former_options(ITEM, date(2026, 7, 1)) == {"a"}


def test_answers_before_the_amendment_and_missing_ones_are_neither():
    answers = pd.Series(["a", "a", "b", None])
    days = pd.Series([BEFORE, AFTER, AFTER, AFTER])
    np.testing.assert_array_equal(former_answers(ITEM, answers, days), [np.nan, 1, 0, np.nan])


def test_the_share_is_by_weights_of_those_asked_after_the_amendment():
    answers = pd.Series(["a", "a", "b", "c", "a", "b"])
    days = pd.Series([BEFORE, *[AFTER] * 5])
    frame = pd.DataFrame({"w": [9.0, 1, 1, 2, 3, 3], "psu": range(6)})
    (row,) = former_share(Sample.of(frame, Design(weights="w")), ITEM, answers=answers, days=days)
    assert row.estimate == pytest.approx(4 / 10)
    assert row.se > 0
    assert row.n == 5


def test_an_item_that_nobody_answered_after_an_amendment_is_an_error():
    frame = pd.DataFrame({"w": [1.0, 1.0]})
    with pytest.raises(AnalysisError, match="nobody answered 'k1' after its law was amended"):
        former_share(Sample.of(frame, Design(weights="w")), ITEM, answers=pd.Series(["a", "b"]),
                     days=pd.Series([BEFORE, BEFORE]))  # fmt: skip
