"""Patterns: the same answers as Python's engine, in linear time, and refusals with their place."""

import contextlib
import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
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


def taken(pattern: str) -> Callable[[str], bool]:
    """The pattern's test; what is refused is no case."""
    try:
        return compile_pattern(pattern)
    except DefinitionError:
        assume(False)
        raise


@given(PATTERNS, st.text("ab1-.ấc", max_size=10))
def test_a_pattern_matches_what_pythons_engine_matches(pattern: str, text: str) -> None:
    matches = taken(pattern)
    assert matches(text) == bool(re.fullmatch(pattern, text, re.ASCII))


@given(st.text(max_size=12) | st.text("ab()[]{}*+?|\\^$-,1", max_size=12))
def test_any_pattern_is_taken_or_refused_with_its_character(pattern: str) -> None:
    try:
        ours = compile_pattern(pattern)("ab")
    except DefinitionError as error:
        ours = str(error)
    if isinstance(ours, str):
        assert ours.startswith("The pattern cannot be used: character ")
        return
    assert ours == bool(re.compile(pattern, re.ASCII).fullmatch("ab"))


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
        ("[a-z]+(-[a-z]+)*", "ban-chi-huy", True),
        (".*@.*\\..*", "lan@hanoi.vn", True),
        (
            "(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)(\\.(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)){3}",
            "10.0.255.1",
            True,
        ),
        ("", "", True),
        ("", "x", False),
    ],
)
def test_patterns_of_real_forms(pattern: str, text: str, expected: bool) -> None:
    assert compile_pattern(pattern)(text) is expected


TOO_MANY = [
    "(a|a)*b", "(a|aa)+b", "(a|b|ab)*c", "(a|aa){30}b", "a*a*a*a*a*a*b", "(\\w|_)+!", "(.|a)*b",
    "(a+b?)*c", "a?" * 30 + "a" * 30, "(a|a)" * 30, "(?:a|[ab]){2,}c",
]  # fmt: skip


@pytest.mark.parametrize("pattern", TOO_MANY)
def test_a_pattern_that_matches_in_too_many_ways_is_refused(pattern: str) -> None:
    with pytest.raises(DefinitionError, match=r"in too many ways|directly inside another"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["x{0,900}y", "a?b?c?" * 300, "(x|y|[a-z]){0,300}b", "(ab|cd|ef){300}"]
)
def test_the_longest_patterns_are_judged_at_once(pattern: str) -> None:
    began = time.perf_counter()
    with contextlib.suppress(DefinitionError):
        compile_pattern(pattern)
    assert time.perf_counter() - began < 5


TRIAL = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
for (const [pattern, texts] of cases) for (const text of texts) new RegExp(`^(?:${pattern})$`).test(text);
"""


def in_a_browser(pattern: str, texts: list[str], *, seconds: float) -> bool:
    """Whether the engine of Chromium, which backtracks, is through with the texts in time."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    try:
        subprocess.run([node, "-e", TRIAL], input=json.dumps([[pattern, texts]]), text=True,
                       check=True, timeout=seconds, capture_output=True)  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return True


@pytest.mark.parametrize("pattern", ["(a|a)*b", "(a|b|ab)*c", "(a|aa){30}b"])
def test_what_is_refused_would_hang_a_browser(pattern: str) -> None:
    assert not in_a_browser(pattern, ["ab" * 30 + "!", "a" * 50 + "!"], seconds=1.5)


WORD = st.text("ab1", min_size=1, max_size=3)


@settings(max_examples=40)
@given(PATTERNS, st.lists(st.tuples(WORD, WORD, WORD), min_size=5, max_size=10))
def test_what_is_taken_never_hangs_a_browser(
    pattern: str, words: list[tuple[str, str, str]]
) -> None:
    taken(pattern)
    texts = [first + (again * 100)[:100] + last + "!" for first, again, last in words]
    assert in_a_browser(pattern, texts, seconds=10)


REFUSALS = {
    "(a+)+": "character 1: a repeat lies directly inside another.",
    "(a*)*": "character 1: what is repeated may be empty.",
    "(a|){2}": "character 1: what is repeated may be empty.",
    "(a?|b*)": "character 5: two alternatives may be empty.",
    "(.*a){3,}": "character 1: it can match the same text in too many ways.",
    "[a-\\d]": "character 1: a class such as '\\d' is no end of a range.",
    "[\\w-z]": "character 1: a class such as '\\d' is no end of a range.",
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
    "(((){1000}){1000}){1000}": "character 3: what is repeated may be empty.",
    "(((a){100}){100}){100}": "character 5: the pattern is too long with its repeats written out.",
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
