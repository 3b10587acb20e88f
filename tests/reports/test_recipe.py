"""The recipe of the weights in words, in both languages."""

from dataclasses import replace

import pytest

from analysis.result import Analysis
from analysis.weighting_result import ClassFit, StepReport, WeightDistribution
from instruments.language import Language
from instruments.plan import Plan
from reports.document import Bullets, Table
from reports.edition import Edition
from reports.method import weighting

STEPS = (
    StepReport(method="unknown_eligibility", variables=("region",), by=(), people=950, left_out=50,
               kept_share=0.94, factors=(1.0, 1.2),
               classes=(ClassFit(name="n", cases=1000, takers=950, share=0.94, factor=1.0638),)),
    StepReport(method="nonresponse", variables=("region", "sex"), by=(), people=700, left_out=250,
               kept_share=0.725, factors=(1.1, 1.9),
               classes=(ClassFit(name="n × f", cases=950, takers=700, share=0.725, factor=1.379),)),
    StepReport(method="rake", variables=("sex",), by=("region",), people=700, left_out=0,
               kept_share=1.0, factors=(0.8, 1.2)),
    StepReport(method="logit", variables=("sex",), by=(), people=700, left_out=0,
               kept_share=1.0, factors=(0.8, 1.2), limits=(0.4, 2.5), relative=True),
    StepReport(method="trim", variables=(), by=(), people=700, left_out=0, kept_share=1.0,
               factors=(0.9, 1.01), limits=(None, 3.5), relative=True),
)  # fmt: skip
SHAPE = WeightDistribution(n=700, cv=0.412, quantiles={"50": 0.9}, max_to_median=3.21,
                           top_share=0.0345)  # fmt: skip


def section(analysis: Analysis, plan: Plan, language: Language):
    told = replace(analysis, weighting=replace(analysis.weighting, steps=STEPS, distribution=SHAPE))
    return weighting(Edition(analysis=told, plan=plan, language=language))


def test_every_step_is_told_with_whom_it_was_about(analysis: Analysis, plan: Plan) -> None:
    (steps,) = [one for one in section(analysis, plan, "en").blocks if isinstance(one, Bullets)]
    assert steps.items == (
        "Unknown eligibility: 50 cases give their weight to the 950 whose eligibility is known, in "
        "classes by: region. Weighted share of known eligibility 94.0%.",
        "Nonresponse: 700 respondents take over the weight of the eligible among 250 cases without "
        "an interview, in classes by: region; sex. Weighted response rate 72.5%.",
        "Raking to: sex. By itself within: region.",
        "Calibration within bounds to: sex. Factors kept from 0.40 to 2.50.",
        "Weights kept within limits, in multiples of their mean: not above 3.50.",
    )


def test_the_same_stands_in_vietnamese(analysis: Analysis, plan: Plan) -> None:
    (steps,) = [one for one in section(analysis, plan, "vi").blocks if isinstance(one, Bullets)]
    assert steps.items[2].startswith("Cân theo biên: ")
    assert steps.items[4].endswith("không quá 3,50.")


def test_classes_are_a_table_with_rates_and_factors(analysis: Analysis, plan: Plan) -> None:
    tables = [one for one in section(analysis, plan, "en").blocks if isinstance(one, Table)]
    known, response, margins = tables
    assert [cell.text for cell in known.rows[0]][1:] == ["1,000", "950", "94.0%", "1.06"]
    assert [cell.text for cell in response.rows[0]][1:] == ["950", "700", "72.5%", "1.38"]
    assert [column.title for column in response.columns][3:] == ["Response rate", "Factor"]
    assert len(margins.rows) == len(analysis.weighting.margins)


def test_how_unequal_the_weights_are_is_told(analysis: Analysis, plan: Plan) -> None:
    text = " ".join(section(analysis, plan, "en").blocks[0].paragraphs)
    assert (
        "Coefficient of variation of the weights 0.41; the 1% of people with the greatest weights "
        "hold 3.5% of all weight. The greatest weight is 3.21 times the median."
    ) in text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_without_a_recipe_nothing_of_it_is_said(
    analysis: Analysis, plan: Plan, language: Language
) -> None:
    told = weighting(Edition(analysis=analysis, plan=plan, language=language))
    assert not [one for one in told.blocks if isinstance(one, Bullets)]
