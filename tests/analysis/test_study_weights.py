"""Weights of a study: joined to the sample table, raked to margins, refused in words."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.sampled import WEIGHT, design_of
from analysis.shares import share
from analysis.study_margins import UNKNOWN
from analysis.study_weights import weigh
from analysis.weighting_result import MarginSource
from survey.settings import (
    Join,
    Margin,
    Population,
    SampleDesign,
    StudySettings,
    Wave,
    Weighting,
)


def margin(variable: str = "sex", **shares: float) -> Margin:
    return Margin(
        id=variable, variables=(variable,),
        shares=tuple({variable: level, "share": value} for level, value in shares.items()),
        source="Census", as_of=date(2019, 4, 1), base="18+", fictitious=variable == "age",
    )  # fmt: skip


def settings(*margins: Margin, rake: tuple[str, ...] | None = None) -> StudySettings:
    return StudySettings(
        id="s", title={"en": "S"}, plan="p.yaml", instruments=("i.yaml",), wave=Wave(id="1"),
        population=Population(label={"en": "adults"}, margins=margins,
                              wanted_margins=("sex", "education")),
        weighting=Weighting(margins=rake or tuple(one.id for one in margins)),
    )  # fmt: skip


@pytest.fixture
def groups() -> pd.DataFrame:
    return pd.DataFrame({"sex": list("mffmffffmf"), "age": ["y", "o"] * 5})


@pytest.fixture
def columns() -> pd.DataFrame:
    return pd.DataFrame({WEIGHT: np.linspace(1, 2, 10)})


def weighted(columns, groups, study):
    _, design = design_of(columns, sample=SampleDesign(), table=None)
    return weigh(columns, design, groups=groups, settings=study)


def achieved(made, level: str) -> float:
    inside = (made.sample.data["sex"] == level).to_numpy()
    return float(made.sample.weights[inside].sum() / made.sample.weights.sum())


def test_raking_meets_the_margins_and_the_report_says_how(columns, groups):
    made = weighted(columns, groups, settings(margin(m=0.5, f=0.5), margin("age", y=0.4, o=0.6)))
    report = made.report
    assert achieved(made, "m") == pytest.approx(0.5, abs=1e-9)
    men = next(fit for fit in report.margins if (fit.margin, fit.category) == ("sex", "m"))
    before = columns[WEIGHT][groups["sex"] == "m"].sum() / columns[WEIGHT].sum()
    assert (men.target, men.after) == (pytest.approx(0.5), pytest.approx(0.5))
    assert men.before == pytest.approx(before)
    assert (report.converged, report.missing_margins) == (True, ("education",))
    assert report.sources["sex"] == MarginSource(
        source={"": "Census"}, as_of=date(2019, 4, 1), base={"": "18+"}
    )
    weights = made.sample.weights
    assert report.kish_deff == pytest.approx(10 * (weights**2).sum() / weights.sum() ** 2)
    assert report.n_eff == pytest.approx(10 / report.kish_deff)
    assert report.minimum == pytest.approx(weights.min() / weights.mean())
    assert [one.text() for one in made.warnings] == [
        "The population figures 'age' are fictitious, for demonstration only."
    ]


def test_a_calibrated_share_has_no_sampling_error_of_its_own_margin(columns, groups):
    made = weighted(columns, groups, settings(margin(m=0.5, f=0.5)))
    women = share(made.sample, (groups["sex"] == "f").astype(float), of="women")
    assert women.estimate == pytest.approx(0.5)
    assert women.se == pytest.approx(0, abs=1e-9)


def test_who_has_no_known_level_keeps_the_share_of_the_design_weights(columns, groups):
    groups.loc[[0, 1], "sex"] = None
    made = weighted(columns, groups, settings(margin(m=0.5, f=0.5)))
    held = columns[WEIGHT][:2].sum() / columns[WEIGHT].sum()
    assert achieved(made, UNKNOWN) == pytest.approx(held)
    assert achieved(made, "m") == pytest.approx((1 - held) / 2)
    assert [one.text() for one in made.warnings] == [
        "2 respondents have no known 'sex'; in weighting they are a category of their own."
    ]


def test_without_margins_the_design_weights_stand(columns, groups):
    made = weighted(columns, groups, settings())
    assert made.sample.weights.tolist() == columns[WEIGHT].tolist()
    assert (made.report.margins, made.report.iterations) == ((), 0)


def recipe(*steps: dict[str, object]) -> StudySettings:
    """The settings with a margin of sex, weighted by steps."""
    made = settings(margin(m=0.5, f=0.5))
    return made.model_copy(update={"weighting": Weighting(steps=steps)})


def test_margins_alone_are_a_recipe_of_one_raking(columns, groups):
    short = weighted(columns, groups, settings(margin(m=0.5, f=0.5)))
    steps = weighted(columns, groups, recipe({"method": "rake", "margins": ("sex",)}))
    assert steps.sample.weights == pytest.approx(short.sample.weights, rel=1e-9)
    (step,) = short.report.steps
    assert (step.method, step.variables, step.people, step.left_out) == ("rake", ("sex",), 10, 0)


def test_margins_and_steps_are_not_said_both():
    with pytest.raises(ValueError, match="Name the margins in the steps, or leave the steps out"):
        Weighting(margins=("sex",), steps=({"method": "rake", "margins": ("sex",)},))


def test_a_recipe_of_cases_respondents_and_margins_is_carried_out_and_reported(columns, groups):
    columns["consent"] = ["yes"] * 7 + ["no"] * 3
    groups.loc[[8, 9], "sex"] = None
    codes = {"respondent": ("yes",), "nonrespondent": ("no",)}
    study = recipe(
        {"method": "nonresponse", "status": "consent", "codes": codes, "classes": ("age",)},
        {"method": "trim", "upper": 1.8, "relative_to": "mean"},
        {"method": "rake", "margins": ("sex",)},
    )
    made = weighted(columns, groups, study)
    assert made.sample.size == 7
    assert not made.sample.weights[7:].any()
    women = share(made.sample, (groups["sex"] == "f").astype(float), of="women")
    assert (women.n, women.estimate) == (7, pytest.approx(0.5))
    first, trimmed, raked = made.report.steps
    assert (first.people, first.left_out, first.variables) == (7, 3, ("age",))
    answered = columns[WEIGHT][:7].sum() / columns[WEIGHT].sum()
    assert first.kept_share == pytest.approx(answered)
    assert [(one.name, one.cases, one.takers) for one in first.classes] == [
        ("o", 5, 3), ("y", 5, 4),
    ]  # fmt: skip
    assert raked.variables == ("sex",)
    assert (trimmed.limits, trimmed.relative) == ((None, 1.8), True)
    assert made.report.distribution is not None
    assert made.report.distribution.n == 7
    assert not any("no known" in one.text() for one in made.warnings), "none of the respondents"


def test_what_a_recipe_names_comes_from_variables_the_sample_table_or_the_answers():
    frame = answers("P1", "P2", "P3", "P4").assign(consent=["yes", "", "no", "yes"])
    table = TABLE.assign(area=["n", "n", "s", "s"])
    columns, _ = design_of(frame, sample=SAMPLE, table=table, also=("consent", "area", "sex"))
    assert columns["area"].tolist() == ["n", "n", "s", "s"]
    assert columns["consent"].fillna("-").tolist() == ["yes", "-", "no", "yes"]
    assert "sex" not in columns


def test_a_name_that_is_nowhere_is_refused_with_the_nearest(columns, groups):
    study = recipe({"method": "trim", "upper": 2, "by": ("agee",)})
    with pytest.raises(AnalysisError) as caught:
        weighted(columns, groups, study)
    assert caught.value.text() == (
        "study.yaml, weighting.steps: 'agee' is neither a variable of the study, nor a question, "
        "nor a column of the sample table. Did you mean 'age'?"
    )


def test_a_share_margin_crossed_with_an_area_is_raked_within_the_area(columns, groups):
    shares = ({"age": "y", "sex": "m", "share": 0.1}, {"age": "y", "sex": "f", "share": 0.3},
              {"age": "o", "sex": "m", "share": 0.2}, {"age": "o", "sex": "f", "share": 0.4})  # fmt: skip
    crossed = margin(m=0.5, f=0.5).model_copy(
        update={"variables": ("age", "sex"), "id": "age.sex", "shares": shares}
    )
    study = settings(crossed).model_copy(update={"weighting": Weighting(
        steps=({"method": "rake", "by": ("age",), "margins": ("age.sex",)},))})  # fmt: skip
    made = weighted(columns, groups, study)
    young = (groups["age"] == "y").to_numpy()
    assert made.sample.weights[young].sum() == pytest.approx(columns[WEIGHT][young].sum())
    men = young & (groups["sex"] == "m").to_numpy()
    assert made.sample.weights[men].sum() / made.sample.weights[young].sum() == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("study", "message"),
    [
        (
            settings(margin(m=0.5, f=0.4)),
            "study.yaml, population.margins, sex: the shares sum to 0.9, not to 1. "
            "Give every category its share of the same base.",
        ),
        (
            settings(margin(m=1.0)),
            "study.yaml, weighting, margin 'sex': 7 respondents are in category 'f', for which there is no "
            "target. Its categories: m. Add the category with its total, or recode these "
            "respondents.",
        ),
        (
            settings(margin(m=0.5, f=0.5), rake=("sexx",)),
            "study.yaml, weighting.margins: 'sexx' is not among the margins of the population. "
            "Did you mean 'sex'?",
        ),
        (
            settings(margin("sec", m=1.0)),
            "study.yaml, population.margins, sec: there is no variable 'sec'. Did you mean 'sex'?",
        ),
        (
            settings(margin(m=0.5, f=0.5).model_copy(update={"shares": (
                {"sex": "m", "share": 0.5}, {"sex": "m", "share": 0.5})})),
            "study.yaml, population.margins, sex: the category 'm' stands twice. "
            "Keep one of them.",
        ),
        (
            settings(margin(m=0.5, f=0.5).model_copy(update={"shares": (
                {"sex": "m", "share": 0.5}, {"sex": "f", "share": "half"})})),
            "study.yaml, population.margins, sex, category 2: the share 'half' is not a number. "
            "Write it as a number, such as 0.534.",
        ),
    ],
)  # fmt: skip
def test_a_margin_that_cannot_be_met_is_refused_by_name(columns, groups, study, message):
    with pytest.raises(AnalysisError) as caught:
        weighted(columns, groups, study)
    assert caught.value.text().splitlines()[0] == message


TABLE = pd.DataFrame(
    {
        "point": ["P1", "P2", "P3", "P4"],
        "weight": ["10.5", "20", "5", "5"],
        "stratum": ["a", "a", "b", "b"],
        "psu": ["1", "2", "1", "2"],
    }
)
SAMPLE = SampleDesign(weight="weight", strata=("stratum",), psu=("psu",), table="sample.csv",
                      key=Join(item="place/point", column="point"))  # fmt: skip


def answers(*points: str) -> pd.DataFrame:
    return pd.DataFrame({"place/point": points}, index=[f"r{i}" for i in range(len(points))])


def test_each_response_takes_weight_stratum_and_psu_from_its_row_of_the_sample_table():
    columns, design = design_of(answers("P2", "P4", "P2"), sample=SAMPLE, table=TABLE)
    assert columns[WEIGHT].tolist() == [20, 5, 20]
    assert list(columns.index) == ["r0", "r1", "r2"]
    assert columns[design.strata[0]].tolist() == ["a", "b", "a"]
    assert (len(design.psu), design.fpc, design.nest) == (1, (), True)


def test_without_a_table_the_design_is_read_from_the_answers():
    frame = pd.DataFrame({"w": ["2.138", "1"], "h": ["1", "2"], "c": ["1", "1"]})
    columns, _ = design_of(
        frame, sample=SampleDesign(weight="w", strata=("h",), psu=("c",)), table=None
    )
    assert columns[WEIGHT].tolist() == [2.138, 1]


@pytest.mark.parametrize(
    ("frame", "table", "sample", "message"),
    [
        (
            answers("P2", "P22", "P22"), TABLE, SAMPLE,
            "record r1, 'place/point': 'P22' is not in sample.csv (2 responses). "
            "Did you mean 'P2'?",
        ),
        (
            answers("P2"), TABLE.assign(weight=["1", "0", "1", "1"]), SAMPLE,
            "sample.csv, 'weight', point 'P2': the weight 0 is not above 0. "
            "A design weight is one over the probability of selection; correct it.",
        ),
        (
            answers("P2"), TABLE.assign(weight="1,5"), SAMPLE,
            "sample.csv, 'weight', point 'P2': '1,5' is not a number. "
            "Write a number with a decimal point.",
        ),
        (
            answers("P2"), pd.concat([TABLE, TABLE[:1]]), SAMPLE,
            "sample.csv, column 'point': 'P1' stands in more than one row. "
            "Give each sampled place one row.",
        ),
        (
            answers("P1", "P2"), TABLE.assign(psu=["1", "", "1", "2"]), SAMPLE,
            "sample.csv, 'psu', record r1: there is no value (1 responses). "
            "Fill it in: without it the response has no place in the design.",
        ),
        (
            answers("P2", None), TABLE, SAMPLE,
            "record r1, 'place/point': '' is not in sample.csv (1 responses). "
            "Use one of: P1, P2, P3, P4.",
        ),
        (
            answers("P2"), TABLE.rename(columns={"stratum": "strata"}), SAMPLE,
            "sample.csv: there is no column 'stratum'. Did you mean 'strata'?",
        ),
        (
            answers("P2"), TABLE, SAMPLE.model_copy(update={"key": None}),
            "study.yaml, sample: it names a table, but not how a response finds its row. "
            "Give key: an item and a column that hold the same code.",
        ),
        (
            answers("P2"), None, SampleDesign(weight="place/poin"),
            "answers: there is no column 'place/poin'. Did you mean 'place/point'?",
        ),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_joined_is_refused_with_place_and_cure(
    frame, table, sample, message
):
    with pytest.raises(AnalysisError) as caught:
        design_of(frame, sample=sample, table=table)
    assert caught.value.text() == message


def test_population_counts_of_a_stage_lower_the_error():
    table = TABLE.assign(units=["3", "3", "2", "2"])
    sample = SAMPLE.model_copy(update={"fpc": ("units",)})
    errors = []
    for design_sample in (SAMPLE, sample):
        columns, design = design_of(
            answers("P1", "P2", "P3", "P4"), sample=design_sample, table=table
        )
        groups = pd.DataFrame(index=columns.index)
        made = weigh(columns, design, groups=groups, settings=settings())
        errors.append(share(made.sample, pd.Series([1.0, 0.0, 0.0, 0.0]), of="aware").se)
    assert errors[1] == pytest.approx(errors[0] * np.sqrt(1 / 3))


def test_a_stratum_with_one_psu_is_refused_by_name():
    columns, design = design_of(answers("P1", "P2", "P3"), sample=SAMPLE, table=TABLE)
    made = weigh(columns, design, groups=pd.DataFrame(index=columns.index), settings=settings())
    with pytest.raises(AnalysisError, match="stratum 'b'"):
        share(made.sample, pd.Series([1.0, 0.0, 1.0]), of="aware")
