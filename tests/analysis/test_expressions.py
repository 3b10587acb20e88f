"""Conditions, formulas and contrasts are read by the project and never run as code."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.condition import choose_rows, names_in
from analysis.errors import AnalysisError
from analysis.formula import build_matrix, parse_formula
from analysis.syntax import Reference, Value, evaluate

DATA = pd.DataFrame(
    {
        "age": [17, 18, 40, np.nan],
        "sch.wide": ["Yes", "No", None, "Yes"],
        "code": ["001", "1", "01", "2"],
        "a": ["p", "q", "q", "r"],
        "b": ["u", "v", "u", "v"],
    }
)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("age >= 18", [1, 2]),
        ('age >= 18 and sch.wide == "No"', [1]),
        ("not (age >= 18)", [0]),
        ('sch.wide == "Yes" or age > 30', [0, 2, 3]),
        ('not sch.wide == "Yes"', [1]),
        ("age != 17 & !(age > 20)", [1]),
        ("code == '01'", [2]),
        ("code == 1", [1]),
        ("age > -1", [0, 1, 2]),
        ("18 <= age", [1, 2]),
        ("`sch.wide` == 'No' | age < 18", [0, 1]),
    ],
)
def test_a_condition_holds_where_it_is_known_to_hold(condition: str, rows: list[int]) -> None:
    assert np.flatnonzero(choose_rows(DATA, condition)).tolist() == rows


@pytest.mark.parametrize(
    "condition",
    ["age >", "age = = 3", "import os", "age > 3)", "__import__('os').system('x')", "age ** 2 > 3",
     "age > 3; age", "lambda: 1", "age", "", "3 > 2"],
)  # fmt: skip
def test_what_is_no_condition_is_refused_and_never_run(condition: str) -> None:
    with pytest.raises(AnalysisError):
        choose_rows(DATA, condition)


def test_the_columns_of_a_condition_are_known_without_the_data() -> None:
    assert set(names_in('age >= 18 and sch.wide == "x"')) >= {"age", "sch.wide"}


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        ("~ a * b", ["(Intercept)", "aq", "ar", "bv", "aq:bv", "ar:bv"]),
        ("~ a:b", ["(Intercept)", "ap:bu", "aq:bu", "ar:bu", "ap:bv", "aq:bv", "ar:bv"]),
        ("~ a + age:a", ["(Intercept)", "aq", "ar", "ap:age", "aq:age", "ar:age"]),
        ("~ a - 1", ["ap", "aq", "ar"]),
        ("~ a * age + 0", ["ap", "aq", "ar", "age", "aq:age", "ar:age"]),
        ("~ a + b - b", ["(Intercept)", "aq", "ar"]),
    ],
)
def test_columns_are_named_and_coded_as_in_r(formula: str, columns: list[str]) -> None:
    """The names are those of R's model.matrix on the same data."""
    model = build_matrix(DATA, parse_formula(formula), declared={}, role="x")
    assert list(model.names) == columns


@pytest.mark.parametrize("text", ["y ~", "a + b", "y ~ log(x)", "y ~ I(a > 3)", "~ a ** b", "~ os.system('x')",
                                  "a + b ~ c", "~ a +"])  # fmt: skip
def test_what_is_no_formula_is_refused_and_never_run(text: str) -> None:
    with pytest.raises(AnalysisError, match="cannot be read at"):
        parse_formula(text)


def value(text: str, **numbers: float) -> Value:
    names = list(numbers)

    def look_up(reference: Reference) -> Value:
        slope = np.zeros(len(names))
        slope[names.index(reference.name)] = 1
        return Value(number=numbers[reference.name], slope=slope)

    return evaluate(text, look_up)


@given(st.floats(0.5, 5), st.floats(0.5, 5))
def test_gradients_agree_with_differences(a: float, b: float) -> None:
    text = "log(a / b) + exp(-a) * sqrt(b) - 2 * a^2 + (a - b) / 3"
    step = 1e-6
    exact = value(text, a=a, b=b).slope
    by_a = (value(text, a=a + step, b=b).number - value(text, a=a - step, b=b).number) / (2 * step)
    by_b = (value(text, a=a, b=b + step).number - value(text, a=a, b=b - step).number) / (2 * step)
    assert exact == pytest.approx([by_a, by_b], rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    "text", ["a +", "a b", "__import__('os')", "a.real", "(a", "log a", "a[", "1 @ a"]
)
def test_what_is_no_expression_is_refused_and_never_run(text: str) -> None:
    with pytest.raises((AnalysisError, ValueError)):
        value(text, a=1.0, b=2.0)


def test_an_expression_undefined_at_the_estimates_is_refused() -> None:
    with pytest.raises(AnalysisError, match="is not defined at the estimates"):
        value("log(a - b)", a=1.0, b=2.0)
