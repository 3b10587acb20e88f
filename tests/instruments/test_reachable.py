"""What can never be shown or passed is found, and nothing else is ever called so."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.check.instrument import check_instrument, contradictions
from instruments.check.view import view
from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.expression.values import Answer
from instruments.model import Instrument

YN = [{"code": "co"}, {"code": "khong"}]
MANY = [{"code": code} for code in "abcdefghij"]
BASE: list[dict[str, object]] = [
    {"id": "s", "type": "single", "options": YN},
    {"id": "t", "type": "single", "options": MANY + [{"code": str(n)} for n in range(1, 6)]},
    {"id": "m", "type": "multiple", "max_selected": 2,
     "options": [{"code": "a"}, {"code": "b"}, {"code": "c", "exclusive": True}]},
    {"id": "w", "type": "multiple", "options": MANY},
    {"id": "i", "type": "integer"},
    {"id": "f", "type": "decimal"},
    {"id": "d", "type": "date"},
    {"id": "x", "type": "text"},
    {"id": "tinh", "type": "calculated", "calculation": "${i} + 1"},
]  # fmt: skip


def form(*items: dict[str, object]) -> Instrument:
    head = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"]}
    return Instrument.model_validate({**head, "items": items})


def found(instrument: Instrument) -> list[str]:
    seen = view(instrument, where=str)
    return [finding.what.text() for finding in contradictions(seen)]


@pytest.mark.parametrize(
    "rule",
    [
        "false()",
        "${s} = 'co' and ${s} = 'khong'",
        "${s} = 'co' and not(${s} != 'khong')",
        "selected(${s}, 'co') and ${s} = ''",
        "${i} > 5 and ${i} < 5",
        "${i} > 5 and ${i} < 6",
        "${f} > 5 and ${f} <= 5",
        "2 > ${i} and ${i} >= 2",
        "${i} = 1.5",
        "${d} > '2026-05-01' and ${d} < date('2026-05-02')",
        "${x} = 'a' and ${x} = 'b'",
        "${x} = 'a' and ${x} > 3",
        "count-selected(${m}) > 2",
        "selected(${m}, 'a') and selected(${m}, 'c')",
        "count-selected(${w}) < 2 and selected(${w}, 'a') and selected(${w}, 'b')",
        "count-selected(${w}) > 10",
        "count-selected(${w}) = 1.5",
        "${t} = 'a' and selected(${t}, 'b')",
        "${t} = 'a' and ${t} != 'a' and ${x} = today()",
        "(${s} = 'co' or ${i} > 3) and not(${s} = 'co') and ${i} <= 3",
        "concat('x', 'y') = 'z' or 1 > 2",
    ],
)
def test_a_condition_that_nothing_fulfils_is_found(rule: str) -> None:
    assert found(form(*BASE, {"id": "q", "type": "note", "show_if": rule})) == [
        "'q' can never be shown."
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "${f} > 5 and ${f} < 6",
        "${i} > 5 and ${i} < 7",
        "${d} > '2026-05-01' and ${d} < '2026-05-03'",
        "${x} = 'a' or ${x} > 3",
        "${x} != 'a' and ${x} != 'b' and ${x} != ''",
        "string-length(${x}) > 100",
        "count-selected(${m}) = 2",
        "count-selected(${w}) = 10",
        "${t} != 'a' and ${t} != 'b' and ${t} != ''",
        "${t} > 4",
        "${w} > 4",
        "${i} + ${f} = 7 and ${i} * ${f} = 12",
        "${i} < ${f} and ${f} < ${i} + 1",
        "${tinh} = 5 and ${i} = 4",
        "today() > '2030-01-01'",
        "${d} = today()",
        "random() > 2",
        "count-selected(${x}) > 3",
        "selected(${x}, 'a') and selected(${x}, 'b')",
        "regex(${x}, '[0-9]{3}') and ${x} = '12'",
    ],
)
def test_nothing_is_said_where_a_condition_holds_or_cannot_be_decided(rule: str) -> None:
    assert found(form(*BASE, {"id": "q", "type": "note", "show_if": rule})) == []


def test_conditions_of_other_questions_are_followed() -> None:
    items = (
        {"id": "a", "type": "single", "options": YN},
        {"id": "b", "type": "single", "options": YN, "show_if": "${a} = 'co'"},
        {"id": "c", "type": "single", "options": YN, "show_if": "${b} = 'co'"},
        {"id": "d", "type": "note", "show_if": "${c} = 'co' and ${a} = 'khong'"},
    )
    assert found(form(*items)) == ["'d' can never be shown."]
    (problem,) = check_instrument(form(*items), authored=True, where=lambda at: str(at[-1]))[-1:]
    assert problem.text() == (
        "show_if: 'd' can never be shown. "
        "Its condition contradicts those of the questions that it depends on."
    )


def test_checks_of_other_questions_are_followed() -> None:
    age = {"id": "tuoi", "type": "integer", "checks": [{"rule": ". >= 18 and . <= 110"}]}
    minor = {"id": "q", "type": "note", "show_if": "${tuoi} < 18 and ${tuoi} > 0"}
    assert found(form(age, minor)) == ["'q' can never be shown."]
    age["checks"] = [{"rule": ". >= 18", "hard": False}]
    assert found(form(age, minor)) == []


def test_a_block_that_is_never_shown_is_told_once() -> None:
    inner = {"id": "q", "type": "note", "show_if": "${s} = 'co'"}
    block = {"id": "b", "show_if": "${s} = 'co' and ${s} = 'khong'", "items": [inner]}
    assert found(form(*BASE, block)) == ["'b' can never be shown."]


def test_the_block_around_a_question_counts() -> None:
    inner = {"id": "q", "type": "note", "show_if": "${s} = 'co'"}
    block = {"id": "b", "show_if": "${s} = 'khong'", "items": [inner]}
    assert found(form(*BASE, block)) == ["'q' can never be shown."]


@pytest.mark.parametrize(
    ("item", "rules", "message"),
    [
        ("integer", [". > 10 and . < 5"], "No answer can pass this check."),
        ("integer", [". > 10", ". < 5"], "No answer can pass these checks together."),
        ("single", [". = 'co'", ". = 'khong'"], "No answer can pass these checks together."),
        ("integer", ["${s} = 'co' and ${s} = 'khong'"], "No answer can pass this check."),
    ],
)
def test_checks_that_refuse_every_answer_are_found(
    item: str, rules: list[str], message: str
) -> None:
    checks = [{"rule": rule} for rule in rules]
    options = {"options": YN} if item == "single" else {}
    assert found(form(*BASE, {"id": "q", "type": item, "checks": checks, **options})) == [message]


def test_a_check_that_contradicts_the_condition_of_its_question_is_found() -> None:
    item = {"id": "q", "type": "integer", "show_if": "${i} > 5",
            "checks": [{"rule": "${i} < 3 or . = ''"}]}  # fmt: skip
    assert found(form(*BASE, item)) == ["No answer can pass this check."]


def test_soft_and_hard_checks_need_not_hold_together() -> None:
    checks = [{"rule": ". > 10"}, {"rule": ". < 5", "hard": False}]
    assert found(form({"id": "q", "type": "integer", "checks": checks})) == []


def test_a_long_chain_and_a_wide_condition_end() -> None:
    chain = [{"id": "q0", "type": "integer"}] + [
        {"id": f"q{n}", "type": "integer", "show_if": f"${{q{n - 1}}} = 1"} for n in range(1, 300)
    ]
    wide = " or ".join(f"${{q{n}}} > {n}" for n in range(60))
    assert found(form(*chain, {"id": "w", "type": "note", "show_if": wide})) == []


# A law: where the search says impossible, no answers that one can think of fulfil the condition.

VALUES: dict[str, Sequence[Answer]] = {
    "s": ("", "co", "khong"),
    "m": ("", "a", "b", "c", "a b"),
    "i": ("", 0.0, 1.0, 2.0, 3.0, 4.0, -1.0),
    "f": ("", 0.5, 1.0, 1.5, 2.0, 2.5, 3.5),
    "x": ("", "a", "b", "a b", "1", "2.5", "co", "2026-01-02"),
    "d": ("", date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)),
}
LITERALS = ["'co'", "'a'", "'b'", "''", "1", "2", "2.5", "-1", "'2026-01-02'", "date('2026-01-02')"]


@st.composite
def atoms(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(sorted(VALUES)))
    literal = draw(st.sampled_from(LITERALS))
    operator = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    return draw(st.sampled_from([
        f"${{{name}}} {operator} {literal}",
        f"{literal} {operator} ${{{name}}}",
        f"selected(${{{name}}}, 'a')",
        f"count-selected(${{{name}}}) {operator} 1",
        f"${{{name}}} + 1 {operator} {literal}",
        f"${{{name}}} {operator} ${{{draw(st.sampled_from(sorted(VALUES)))}}}",
        f"string-length(${{{name}}}) > 1",
    ]))  # fmt: skip


RULES = st.recursive(
    atoms(),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not({})".format, inner),
    ),
    max_leaves=5,
)


def fulfilled(rule: str) -> Iterator[bool]:
    expression = parse(rule)
    holds = compile_test(expression)
    names = [name for name in VALUES if f"${{{name}}}" in rule]
    for values in product(*(VALUES[name] for name in names)):
        answers = dict(zip(names, values, strict=True))
        yield holds(Context(now=datetime(2026, 1, 1, tzinfo=UTC), answers=answers))


@settings(max_examples=400)
@given(RULES)
def test_what_is_called_impossible_is_impossible(rule: str) -> None:
    if found(form(*BASE, {"id": "q", "type": "note", "show_if": rule})):
        assert not any(fulfilled(rule))
