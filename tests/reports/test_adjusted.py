"""Exposure and awareness: an association with its assumptions, and the same numbers everywhere."""

from dataclasses import replace

import pytest

from analysis.disclosure.screen import screen
from analysis.result import AdjustedContrast, Estimate
from reports.adjusted import adjusted
from reports.document import Bullets, Table
from reports.edition import Edition
from tests.reports.agreement import disagreements
from tests.reports.conftest import JOINT


def contrast(code: str, value: float) -> AdjustedContrast:
    crude, less = (
        Estimate(of=JOINT, by={"heard": code}, estimate=each, se=0.02,
                 ci=(each - 0.041, each + 0.041), df=90, n=2988)
        for each in (value, value / 2)
    )  # fmt: skip
    return AdjustedContrast(activity=code, path="heard", of=JOINT, crude=crude, adjusted=less,
                            covariates=("sex", "groups"))  # fmt: skip


@pytest.fixture
def with_contrasts(analysis):
    return replace(analysis, contrasts=(contrast("radio", 0.084), contrast("duel", -0.028)))


def blocks(analysis, plan, language="en"):
    return adjusted(Edition(analysis=analysis, plan=plan, language=language)).blocks


def test_without_covariates_there_is_no_section(analysis, plan):
    assert blocks(analysis, plan) == ()


def test_both_differences_stand_side_by_side_with_sign_and_interval(with_contrasts, plan):
    table, _ = blocks(with_contrasts, plan)
    assert isinstance(table, Table)
    assert [[(cell.text, cell.note) for cell in row[1:3]] for row in table.rows] == [
        [("+8.4", "(+4.3; +12.5)"), ("+4.2", "(+0.1; +8.3)")],
        [("−2.8", "(−6.9; +1.3)"), ("−1.4", "(−5.5; +2.7)")],
    ]


@pytest.mark.parametrize(
    ("language", "causal"),
    [("en", ("because of", "impact", "led to", "contribut", "improved")),
     ("vi", ("nhờ hoạt động", "đóng góp", "làm tăng", "góp phần"))],
)  # fmt: skip
def test_no_word_says_that_an_activity_works(with_contrasts, plan, language, causal):
    table, listed = blocks(with_contrasts, plan, language)
    assert isinstance(listed, Bullets)
    text = " ".join((table.caption, *table.notes, *listed.items)).lower()
    assert [word for word in causal if word in text] == []
    assert {"en": "association", "vi": "mối liên hệ"}[language] in text


def test_the_covariates_are_named(with_contrasts, plan):
    _, listed = blocks(with_contrasts, plan)
    assert "People are alike in: sex, kind of area." in listed.items[0]


def test_an_activity_that_reached_few_has_no_difference(with_contrasts):
    few = [replace(one, n=7) if one.by == {"heard": "duel"} else one
           for one in with_contrasts.exposure]  # fmt: skip
    kept, gone = screen(replace(with_contrasts, exposure=tuple(few))).contrasts
    assert kept.adjusted is not None
    assert gone.crude is gone.adjusted is None
    assert "Withheld" in gone.note.text("en")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_number_is_the_same_in_every_format(with_contrasts, plan, language, tmp_path):
    found = disagreements(with_contrasts, plan, section="adjusted", language=language,
                          folder=tmp_path)  # fmt: skip
    assert {form: numbers - {"95%"} for form, numbers in found.items()} == {
        "pdf": set(), "docx": set(), "xlsx": set(), "json": set(),
    }  # fmt: skip
