"""The share behind the scores on the page: the observed share beside it, and the error budget."""

from dataclasses import replace

import pytest

from analysis.awareness.result import Budget
from analysis.trait_result import LatentReport, TraitReport
from reports.view import page

TRAITS = LatentReport(
    traits=(TraitReport(dimension="knowledge", model="2pl", items=24, reliability=0.81),
            TraitReport(dimension="disposition", model="grm", items=13, reliability=0.78)),
    correlation=0.38, conditioned_on=("sex",),
)  # fmt: skip
BUDGET = Budget(sampling=0.009**2, calibration=0.002**2, cut=0.004**2)


@pytest.fixture
def latent(analysis):
    """The analysis with the first target's share of the traits."""

    def over(budget: Budget):
        estimates = list(analysis.estimates)
        place = next(i for i, one in enumerate(analysis.targets) if one.estimate is not None)
        target = analysis.targets[place]
        observed = replace(target.estimate, estimate=0.6871, ci=(0.66, 0.71))
        own = replace(target.estimate, observed=observed, budget=budget, margins=(0.815, 0.857))
        estimates[0] = replace(estimates[0], margins=(0.815, 0.857))
        targets = [*analysis.targets]
        targets[place] = replace(target, estimate=own)
        return replace(analysis, latent=TRAITS, targets=tuple(targets), estimates=tuple(estimates))

    return over


def words(section) -> str:
    found = []
    for block in section.blocks:
        found += getattr(block, "paragraphs", ()) or getattr(block, "items", ())
        rows = getattr(block, "rows", ())
        found += [" | ".join(f"{cell.text} {cell.note}".strip() for cell in row) for row in rows]
    return "\n".join(map(str, found))


def section(shown, name: str):
    return next(one for one in (*shown.front, *shown.boxes, *shown.annex) if one.id == name)


def test_the_observed_share_stands_beside_the_estimate(latent, plan):
    shown = page(latent(BUDGET), plan, language="en")
    assert "by scores: 68.7%" in words(section(shown, "targets"))


def test_every_line_of_the_budget_is_printed_in_points_with_the_largest_named(latent, plan):
    shown = page(latent(BUDGET), plan, language="en")
    told = words(section(shown, "traits"))
    assert "T1a | 71.3% | 68.7% | 0.90 | 0.20 | 0.40 | – | 1.00 | Sampling" in told
    assert "knowledge of the law" in told.lower()
    assert "The two traits correlate 0.38. Above each cut alone: 81.5%; 85.7%" in told
    assert "no less than 67.2% and no more than 81.5%" in told


def test_interviews_are_said_not_to_help_where_the_panel_dominates(latent, plan):
    panel = replace(BUDGET, cut=0.02**2)
    told = words(section(page(latent(panel), plan, language="vi"), "tasks"))
    assert "thêm phỏng vấn không giúp kết luận về T1a." in told
    assert "không giúp" not in words(section(page(latent(BUDGET), plan, language="vi"), "tasks"))


def test_without_traits_the_page_has_no_such_section(analysis, plan):
    assert all(one.id != "traits" for one in page(analysis, plan, language="vi").annex)
