"""The judges' cut on the page: how it was set, what its levels mean, and what its doubt would do."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.result import Estimate
from analysis.trait_result import PanelRound, Sensitivity, Shape, StandardReport
from reports.document import Prose, Table
from reports.edition import Edition
from reports.old_law import old_law
from reports.standards import standards
from reports.traits import traits
from tests.reports.agreement import disagreements
from tests.reports.conftest import share
from tests.reports.test_traits import TRAITS

STANDARD = StandardReport(
    dimension="knowledge", method="angoff", status="panel", items=24, cut=0.58, se=0.021,
    rounds=(PanelRound(round=1, cut=0.55, se=0.05, judges=15),
            PanelRound(round=2, cut=0.58, se=0.021, judges=15)),
    descriptors={"aware": {"vi": "Biết ai cấp giấy tờ.", "en": "Knows who issues papers."}},
    hash="ab" * 32, frozen_at="2026-10-01T08:00:00+07:00",
    sensitivity=tuple(Sensitivity(errors=step, cut=0.58 + 0.021 * step, share=0.7 - 0.02 * step)
                      for step in (-2.0, -1.0, 0.0, 1.0, 2.0)),
)  # fmt: skip
ADOPTED = replace(STANDARD, status="adopted", se=0.0, cut=0.6, decision="12/QĐ-STP",
                  adopted_on=date(2026, 9, 1))  # fmt: skip


def told(make, analysis, plan, *, language="en") -> tuple[str, list[Table]]:
    blocks = make(Edition(analysis=analysis, plan=plan, language=language)).blocks
    prose = "\n".join(one for each in blocks if isinstance(each, Prose) for one in each.paragraphs)
    return prose, [one for one in blocks if isinstance(one, Table)]


def test_a_panel_s_cut_tells_its_judges_its_error_and_when_it_was_frozen(analysis, plan):
    prose, (levels, line) = told(standards, replace(analysis, standards=(STANDARD,)), plan)
    assert "15 judges rated 24 items (modified Angoff); in the last of 2 rounds" in prose
    assert "58% of the points, with a standard error of 2.1 points" in prose.replace("58.0%", "58%")
    assert "frozen before the first answers, on 1 Oct 2026 (hash abababababab)" in prose
    assert [cell.text for cell in levels.rows[0]] == ["aware", "Knows who issues papers."]
    assert [one.title for one in line.columns][1:] == [
        "2 errors lower", "1 errors lower", "as it is", "1 errors higher", "2 errors higher",
    ]  # fmt: skip


def test_an_adopted_cut_names_its_decision_and_is_what_the_plan_is_told_with(analysis, plan):
    made = replace(analysis, standards=(ADOPTED,))
    prose, _ = told(standards, made, plan)
    assert "Adopted by 12/QĐ-STP on 1 Sep 2026." in prose
    assert "adopted, and so a constant" in prose
    shown = Edition(analysis=made, plan=plan, language="en").plan
    cut = next(one for one in shown.indicators[0].cuts if one.dimension == "knowledge")
    assert (cut.at_least, cut.status) == (0.6, "adopted")


@pytest.mark.parametrize(("free", "words"), [
    (0.64, "The normal model, on which the shares rest, is then too high by 6.0 points."),
    (0.74, "The normal model, on which the shares rest, is then too low by 4.0 points."),
])  # fmt: skip
def test_a_trait_that_is_not_normal_is_told_with_the_direction_of_the_bias(
    analysis, plan, free, words
):
    shape = Shape(normal=0.7, free=free, se=0.01, disagree=True)
    first, second = TRAITS.traits
    latent = replace(TRAITS, traits=(replace(first, shape=shape), second))
    prose, _ = told(traits, replace(analysis, latent=latent), plan)
    assert words in prose
    small = replace(shape, disagree=False)
    latent = replace(TRAITS, traits=(replace(first, shape=small), second))
    prose, _ = told(traits, replace(analysis, latent=latent), plan)
    assert "too small to matter, or no more than chance" in prose


def test_answers_of_the_old_law_are_an_indicator_of_their_own(analysis, plan):
    assert told(old_law, analysis, plan) == ("", [])
    found: Estimate = replace(share(0.12, 0.1, 0.14, n=900), of="k1")
    _, (table,) = told(old_law, replace(analysis, old_law=(found,)), plan)
    assert table.rows[0][1].text == "12.0%"
    assert "knowledge out of date" in table.notes[0]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("section", ["standards", "old-law"])
def test_every_number_is_the_same_in_every_format(analysis, plan, language, section, tmp_path):
    found: Estimate = replace(share(0.12, 0.1, 0.14, n=900), of="k1")
    made = replace(analysis, standards=(STANDARD,), old_law=(found,))
    gone = disagreements(made, plan, section=section, language=language, folder=tmp_path)
    assert {form: numbers for form, numbers in gone.items() if form in ("pdf", "docx")} == {
        "pdf": set(), "docx": set(),
    }  # fmt: skip
