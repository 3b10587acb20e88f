"""On a terminal, every row of a result stands in a table with its figures short enough to read."""

from analysis.items.as_text import as_text


def told(**one) -> str:
    return as_text({"analyses": [{"id": "a", "kind": "awareness", "flags": [], **one}]})


def test_rows_stand_under_their_names_and_what_says_nothing_is_left_out():
    rows = [{"by": {"g": "x"}, "estimate": 0.123456789, "ci": [0.1, None], "flags": [],
             "budget": {"sampling": 0.25, "linking": None}},
            {"by": {"g": "long"}, "estimate": 1.0, "ci": [0.5, 0.75], "flags": ["few_psus", "no_se"],
             "budget": {"sampling": None, "linking": None}}]  # fmt: skip
    assert told(rows=rows).splitlines() == [
        "a (awareness)",
        "by.g  estimate  ci        flags           budget.sampling",
        "x      0.12346  0.1 -                                0.25",
        "long         1  0.5 0.75  few_psus no_se                -",
    ]


def test_single_figures_stand_behind_the_name():
    assert told(kr20=0.7088503, alpha={"estimate": 0.5, "se": None}, converged=False) == (
        "a (awareness): kr20 0.70885, alpha.estimate 0.5, converged false"
    )


def test_what_is_too_wide_for_a_line_is_counted():
    assert told(theta=[0.5] * 40, q3=[[1.0], [2.0]]) == "a (awareness): theta [40], q3 [2]"


def test_an_error_is_told_with_its_place_and_cure():
    one = {"where": "spec.yaml, line 3", "what": "there is no item 'k9'.", "hint": "Is it 'k8'?"}
    assert told(error=one) == "a: spec.yaml, line 3: there is no item 'k9'. Is it 'k8'?"
    assert told(error=one | {"hint": None}).endswith("'k9'.")
