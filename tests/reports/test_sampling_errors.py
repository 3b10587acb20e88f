"""The appendix of sampling errors: the same rows every wave, withheld numbers withheld."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.screen import blank
from reports.sampling_errors import sampling_errors
from reports.sheets import sheets
from reports.view import view
from tests.reports.detailed import FULL, edition, texts


@given(st.randoms(use_true_random=False))
def test_the_rows_of_sampling_errors_keep_their_order_whatever_the_data_are(random):
    mixed = list(FULL.estimates)
    random.shuffle(mixed)
    orders = [
        [[row[0].text for row in table.rows] for table in
         sampling_errors(edition(estimates=tuple(found))).blocks[1:]]
        for found in (FULL.estimates, mixed)
    ]  # fmt: skip
    assert orders[0] == orders[1]


def test_a_sampling_error_is_told_with_its_deft_and_its_relative_size():
    _, first, *_ = sampling_errors(edition()).blocks
    one = FULL.estimates[0]
    assert texts(first.rows[0]) == [
        "All", "71.3%", f"{100 * one.se:.2f}", "3,012", "1,637", "1.36",
        f"{100 * one.cv:.1f}%", "68.9%\xa0to\xa073.7%",
    ]  # fmt: skip
    assert first.rows[1][0].text == "Key areas, suburban districts"


def test_a_level_that_nobody_is_of_has_its_row():
    sex = next(one for one in FULL.domains if one.variable == "sex")
    more = replace(sex, levels={**sex.levels, "x": {"en": "Other"}}, order=("m", "f", "x"))
    own = edition(domains=(more,))
    _, first, *_ = sampling_errors(own).blocks
    assert texts(first.rows[-1]) == ["Other", "[x]", *["–"] * 6]


def test_a_withheld_sampling_error_shows_its_code_and_nothing_else():
    gone = [blank(one, code="c", n=0) if one.by == {"sex": "m"} else one for one in FULL.estimates]
    own = edition(estimates=tuple(gone))
    _, first, *_ = sampling_errors(own).blocks
    row = next(row for row in first.rows if row[0].text == "Men")
    assert texts(row)[1:] == ["[c]", "–", "[c]", "–", "–", "–", "–"]
    sheet = next(one for one in sheets(own, view(own)) if one.name == "Sampling errors")
    (cells,) = [row for row in sheet.rows if row[2] == "Men" and row[3] == "[c]"]
    assert not [cell for cell in cells if isinstance(cell, float) and cell != 0.95]


def test_the_note_tells_the_confidence_that_the_estimates_have():
    lower = tuple(replace(one, confidence=0.9) for one in FULL.estimates)
    told, *_ = sampling_errors(edition(estimates=lower)).blocks
    assert "the interval has 90% confidence" in told.paragraphs[0]
