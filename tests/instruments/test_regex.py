"""Patterns: the same answers as Python's engine, in linear time, and refusals with their place."""

import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from instruments.errors import DefinitionError
from instruments.expression.regex import compile_pattern

PIECES = st.sampled_from(
    ["a", "b", "[ab]", "[^a]", ".", "\\d", "\\w", "1", "-", "[a-c1]", "(a|b)", "(?:ab)", "(a|)",
     "(ab|a)", "\\.", "ấ", "[à-ỹ]"]
)  # fmt: skip
QUANTIFIERS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?"])
ROWS = st.lists(st.tuples(PIECES, QUANTIFIERS).map("".join), max_size=5).map("".join)
PATTERNS = st.lists(ROWS, min_size=1, max_size=3).map("|".join)


@given(PATTERNS, st.text("ab1-.ấc", max_size=10))
def test_a_pattern_matches_what_pythons_engine_matches(pattern: str, text: str) -> None:
    assert compile_pattern(pattern)(text) == bool(re.fullmatch(pattern, text, re.ASCII))


@given(st.text(max_size=12) | st.text("ab()[]{}*+?|\\^$-,1", max_size=12))
def test_any_pattern_is_taken_or_refused_with_its_character(pattern: str) -> None:
    try:
        ours = compile_pattern(pattern)("ab")
    except DefinitionError as error:
        ours = str(error)
    if isinstance(ours, str):
        assert ours.startswith("The pattern cannot be used: character ")
        return
    try:
        theirs = re.compile(pattern, re.ASCII)
    except re.error:
        assume(False)
    assert ours == bool(theirs.fullmatch("ab"))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^(0|\\+84)[0-9]{9}$", "0912345678", True),
        ("^(0|\\+84)[0-9]{9}$", "+84912345678", True),
        ("^(0|\\+84)[0-9]{9}$", "091234567", False),
        ("^a$|^b$", "b", True),
        ("[0-9]{12}|[0-9]{9}", "012345678901", True),
        ("[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}", "lan.nguyen@hanoi.gov.vn", True),
        ("[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}", "lan.nguyen@hanoi", False),
        ("((a{2}){2}){2}", "a" * 8, True),
        ("", "", True),
        ("", "x", False),
    ],
)
def test_patterns_of_real_forms(pattern: str, text: str, expected: bool) -> None:
    assert compile_pattern(pattern)(text) is expected


@pytest.mark.parametrize("pattern", ["(a|aa){30}b", "a*a*a*a*a*a*b", "(a?){40}a{40}b"])
def test_patterns_that_hang_other_engines_take_a_moment(pattern: str) -> None:
    began = time.perf_counter()
    assert not compile_pattern(pattern)("a" * 5000)
    assert time.perf_counter() - began < 5


REFUSALS = {
    "(a+)+": "character 1: a repeat without end lies inside another.",
    "(.*a){3,}": "character 1: a repeat without end lies inside another.",
    "(a)\\1": "character 4: '\\1' is not allowed.",
    "(?=a)": "character 3: brackets that begin with '(?' are not allowed, but for '(?:'.",
    "a\\b": "character 2: '\\b' is not allowed.",
    "a**": "character 3: '*' has no meaning here.",
    "a$b": "character 2: '$' has no meaning here.",
    "(a": "character 3: a bracket is not closed.",
    "a)": "character 2: ')' closes nothing.",
    "[a": "character 1: '[' is not closed.",
    "[]": "character 1: nothing stands between '[' and ']'.",
    "[c-a]": "character 1: a range goes from the lower to the higher character.",
    "a{3,2}": "character 2: the second number is less than the first.",
    "a{2000}": "character 2: the pattern is too long with its repeats written out.",
    "(((){1000}){1000}){1000}": "character 3: the pattern is too long with its repeats written out.",
    "a\\": "character 3: a backslash stands at the end.",
    "(" * 30 + ")" * 30: "character 22: more than 20 brackets lie within each other.",
}


@pytest.mark.parametrize(("pattern", "reason"), REFUSALS.items())
def test_what_cannot_be_run_everywhere_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        compile_pattern(pattern)
    assert str(caught.value) == (
        f"The pattern cannot be used: {reason} Write a plainer pattern, such as '[0-9]{{9,12}}'."
    )
