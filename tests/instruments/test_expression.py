"""Expressions: what they mean, by JavaRosa's own answers, and how they are refused."""

import json
import math
import random
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.errors import DefinitionError
from instruments.expression.evaluate import (
    Context,
    compile_expression,
    compile_test,
    evaluate,
)
from instruments.expression.functions import ARITY, PLAIN
from instruments.expression.parse import MAX_DEPTH, parse
from instruments.expression.tree import (
    Call,
    Column,
    Current,
    Negative,
    Number,
    Operation,
    Reference,
    Text,
    references,
)
from instruments.expression.values import to_number, to_text

NOW = datetime(2026, 11, 24, 9, 30)
VECTORS = json.loads(
    (Path(__file__).parent / "javarosa" / "vectors.json").read_text(encoding="utf-8")
)
ANSWERS = {
    "a": 18, "b": 2.5, "s": "xin chào", "m": "tv loa khac", "e": None, "d": date(2026, 11, 1),
    "z": 0, "k": "co", "neg": -3.75, "num": "12",
}  # fmt: skip


def context(**changes: object) -> Context:
    fields = {"now": NOW, "answers": ANSWERS, "current": 7}
    return Context(**(fields | changes))


def value(text: str, **changes: object) -> object:
    return evaluate(parse(text), context(**changes))


def same(ours: object, kind: str, theirs: str) -> bool:
    if isinstance(ours, bool) or kind == "boolean":
        return kind == "boolean" and str(ours).lower() == theirs
    if isinstance(ours, float) or kind == "number":
        wanted = float(theirs.replace("Infinity", "inf"))
        if math.isnan(wanted):
            return kind == "number" and math.isnan(ours)
        return kind == "number" and math.isclose(ours, wanted, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(ours, date) or kind == "date":
        return kind == "date" and ours.isoformat()[:10] == theirs[:10]
    return kind == "text" and ours == theirs


def test_every_value_is_the_one_that_javarosa_gives() -> None:
    roster = {"r": ("", "", ""), "v": (3.0, 4.5, None)}
    wrong = [
        (text, kind, theirs, ours)
        for text, kind, theirs in VECTORS
        if not same(ours := value(text, rosters=roster), kind, theirs)
    ]
    assert wrong == []
    assert len(VECTORS) >= 2_000
    assert len({text for text, _, _ in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${d} < '2026-11-02'", True),
        ("number('2026-11-02') - ${d}", 1.0),
        (". <= today()", True),
        ("today()", date(2026, 11, 24)),
        ("now()", NOW),
        ("string(now())", "2026-11-24T09:30:00"),
        ("int((today() - ${d}) div 7)", 3.0),
        ("position(..)", 1.0),
        ("position()", 1.0),
        ("floor(2.7)", 2.0),
        ("ceiling(2.1)", 3.0),
        ("date('not a date')", ""),
        ("format-date('2026-02-31', '%d')", ""),
        ("pow(0, -1)", math.inf),
        ("date-time(20000.5)", datetime(2024, 10, 4, 12)),
        ("sum(${never})", 0.0),
        ("${never} = ''", True),
        ("string(1000000 * 1000000)", "1000000000000"),
        ("string(0.0000001)", "0.0000001"),
    ],
)
def test_values_where_we_follow_enketo_or_the_clock(text: str, expected: object) -> None:
    assert value(text) == expected


def test_a_choice_filter_compares_columns_of_the_choice() -> None:
    rule = compile_test(parse("huyen = ${huyen} and name != 'x'"))
    columns = {"huyen": "001", "name": "00004"}
    assert rule(context(answers={"huyen": "001"}, columns=columns))
    assert not rule(context(answers={"huyen": "002"}, columns=columns))
    assert not rule(context(answers={"huyen": "001"}, columns={"name": "00004"}))


def test_inside_a_roster_the_answer_is_that_of_the_instance() -> None:
    total = compile_expression(parse("sum(${chi_phi})"))
    rosters = {"chi_phi": (1.0, 2.5)}
    assert total(context(answers={}, rosters=rosters)) == 3.5
    assert total(context(answers={"chi_phi": 2.5}, rosters=rosters)) == 2.5
    assert value("${chi_phi}", answers={}, rosters=rosters) == 1.0


def test_the_label_of_a_choice_comes_from_the_context() -> None:
    labels = {("k", "co"): "Có"}
    shown = context(choice_label=lambda item, code: labels[item, code])
    assert evaluate(parse("jr:choice-name(${k}, '${k}')"), shown) == "Có"
    assert value("jr:choice-name(${k}, '${k}')") == "co"


def test_random_numbers_and_ids_come_from_the_context_alone() -> None:
    def draw(text: str, seed: int) -> object:
        return value(text, current=None, random=random.Random(seed).random)

    arm = "once(int(random() * 2) + 1)"
    assert {draw(arm, seed) for seed in range(20)} == {1.0, 2.0}
    assert draw("uuid()", 1) == draw("uuid()", 1) != draw("uuid()", 2)
    assert len(str(draw("uuid()", 1))) == 36
    assert value(arm, current="2") == "2"


def test_references_are_the_items_that_an_expression_reads() -> None:
    expression = parse("if(selected(${ nguon }, 'khac'), ${tuoi} > 18, sum(${chi_phi}))")
    assert references(expression) == {"nguon", "tuoi", "chi_phi"}


def test_every_function_that_can_be_parsed_can_be_computed() -> None:
    special = {"regex": "'a', 'b'", "jr:choice-name": "${k}, '${k}'", "position": ""}
    for name, (least, _) in ARITY.items():
        arguments = special.get(name, ", ".join(["${a}"] * least))
        value(f"{name}({arguments})")
    assert PLAIN.keys() < ARITY.keys()


REFUSALS = {
    "": "character 1: The expression breaks off. Add what belongs behind the last operator or bracket.",
    "${a} >": "character 7: The expression breaks off. Add what belongs behind the last operator or bracket.",
    "(${a} = 1": "character 1: The bracket is not closed. Add ')'.",
    "${a} = 1)": "character 9: ')' is not expected here.",
    "${a} == 1": "character 7: '=' is not expected here. Operators are = != < <= > >=.",
    "${a} = 1 AND 2": "character 10: 'AND' is not expected here. Write 'and' in small letters.",
    "${a} && 1": "character 6: '&' is not part of the language. Write 'and'.",
    "${a} ≥ 1": "character 6: '≥' is not part of the language. Write '>='.",
    "${a": "character 1: '$' is not part of the language. Write ${id} with the id of an item.",
    "${a} = “co”": "character 8: '“' is not part of the language. Use straight quotation marks: '…'.",
    "${a} = 'co": "character 8: ''' is not part of the language. Close the quotation mark.",
    "/data/a = 1": "character 1: '/' is not part of the language. Write ${id} in place of a path, and 'div' to divide.",
    "../a = 1": "character 3: '/' is not part of the language. Write ${id} in place of a path, and 'div' to divide.",
    "count(..)": "character 7: '..' is not expected here. Write ${id} in place of a path.",
    "selectd(${a}, 'x')": "character 1: There is no function 'selectd' here. Did you mean 'selected'?",
    "pulldata('x', 'y', 'z', ${a})": "character 1: There is no function 'pulldata' here. Use one of: abs, boolean, boolean-from-string, ceiling, coalesce, concat, contains, count, count-non-empty, count-selected, date, date-time, decimal-date-time, ends-with, exp, false, floor, format-date, format-date-time, if, ….",
    "if(${a}, 1)": "character 1: 'if' has 2 arguments. Give it 3.",
    "concat()": "character 1: 'concat' has 0 arguments. Give it at least 1.",
    "selected(${a}, 1)": "character 16: A code stands here without quotation marks. Write '1' with them.",
    "regex(., ${a})": "character 1: The second argument of 'regex' is not a text. Write it out in quotation marks.",
    "regex(., '(a+)+')": "character 10: The pattern cannot be used: character 1: a repeat lies directly inside another. Write a plainer pattern, such as '[0-9]{9,12}'.",
    "position(${a})": "character 10: 'position' takes nothing or '..'.",
    "1" + "+1" * 1000: "character 2001: The expression is longer than 2000 characters. Divide it among calculated items.",
    "(" * 51 + "1" + ")" * 51: "character 52: More than 50 brackets lie within each other. Divide the expression among calculated items.",
    "-" * 60 + "1": "character 52: More than 50 brackets lie within each other. Divide the expression among calculated items.",
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSALS.items())
def test_what_cannot_be_read_is_refused_with_its_character_and_cure(
    text: str, message: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(text)
    assert str(caught.value) == message


def test_a_long_chain_is_no_depth() -> None:
    chain = parse("1" + " + 1" * 400)
    assert evaluate(chain, context()) == 401.0
    assert value("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH) == 1.0


LEAVES = st.one_of(
    st.builds(Text, at=st.just(1), value=st.text("abc 0-9", max_size=5)),
    st.builds(Number, at=st.just(1), value=st.integers(0, 10**6).map(lambda n: n / 8)),
    st.builds(Reference, at=st.just(1), id=st.sampled_from("abmsekdz")),
    st.builds(Column, at=st.just(1), name=st.sampled_from(["huyen", "cap-do", "name"])),
    st.just(Current(at=1)),
)
RANKS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
FREE = sorted(set(ARITY) - {"regex", "jr:choice-name", "position", "selected"})


def branches(inner: st.SearchStrategy) -> st.SearchStrategy:
    def chain(rank: tuple[str, ...]) -> st.SearchStrategy:
        rest = st.lists(st.tuples(st.sampled_from(rank), inner), min_size=1, max_size=3)
        return st.builds(Operation, at=st.just(1), first=inner, rest=rest.map(tuple))

    def call(name: str) -> st.SearchStrategy:
        least, most = ARITY[name]
        arguments = st.lists(inner, min_size=least, max_size=min(most, least + 1)).map(tuple)
        return st.builds(Call, at=st.just(1), name=st.just(name), arguments=arguments)

    return st.one_of(
        st.sampled_from(RANKS).flatmap(chain),
        st.sampled_from(FREE).flatmap(call),
        st.builds(Negative, at=st.just(1), operand=inner),
    )


TREES = st.recursive(LEAVES, branches, max_leaves=12)


def leaf(node: object) -> str:
    match node:
        case Text(value=text):
            return f"'{text}'"
        case Number(value=number):
            return to_text(number)
        case Reference(id=name):
            return f"${{{name}}}"
    return node.name if isinstance(node, Column) else "."


def written(node: object) -> str:
    """The tree as text, with brackets wherever one could doubt."""
    match node:
        case Negative(operand=operand):
            return f"-{written_within(operand)}"
        case Operation(first=first, rest=rest):
            tail = "".join(f" {operator} {written_within(one)}" for operator, one in rest)
            return written_within(first) + tail
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(written, arguments))})"
    return leaf(node)


def written_within(node: object) -> str:
    return f"({written(node)})" if isinstance(node, Operation) else written(node)


@given(TREES)
def test_a_tree_that_is_written_out_is_read_back_the_same(tree: object) -> None:
    text = written(tree)
    if len(text) <= 2000:
        assert parse(text).root == tree


@given(TREES, st.dictionaries(st.sampled_from("abmsekdz"), st.one_of(
    st.none(), st.text(max_size=6), st.integers(), st.floats(), st.booleans(), st.dates(),
    st.datetimes(), st.lists(st.sampled_from(["x", "y"])).map(tuple))))  # fmt: skip
def test_no_answer_makes_an_expression_fail(tree: object, answers: dict[str, object]) -> None:
    result = value(written(tree), answers=answers) if len(written(tree)) <= 2000 else ""
    assert isinstance(result, str | float | bool | date)


@given(st.text(max_size=40) | st.text("${}().'=<>+-* andornot1,a", max_size=40))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        where = f"character {parse(text).root.at}"
    except DefinitionError as error:
        where = error.problems[0].where
    assert where.startswith("character ")


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_number_written_as_text_is_the_same_number(number: float) -> None:
    assert to_number(to_text(number)) == pytest.approx(number, rel=1e-12, abs=1e-20)
