"""The JavaScript twin says what the Python twin says, run by node."""

import json
import math
import shutil
import subprocess
from datetime import date
from pathlib import Path
from random import Random

import pytest

from instruments.expression.evaluate import Context, compile_expression
from instruments.expression.functions import ARITY
from instruments.expression.javascript import quoted, runtime, to_javascript, to_javascript_test
from instruments.expression.parse import parse
from instruments.expression.values import Value
from tests.instruments.vectors import ANSWERS, COLUMNS, NOW, ROSTERS, Maker, context

_PRINT = """
const show = (value) => {
  if (typeof value === "number") return ["number", Number.isFinite(value) ? value : String(value)];
  return typeof value === "object" ? ["date", hieuluatRuntime.toText(value)] : [typeof value, value];
};
console.log(JSON.stringify(vectors.map((vector) => show(vector()))));
"""


def run(
    codes: list[str], currents: list[object] | None = None, **given: object
) -> list[list[object]]:
    """Values of generated code, by node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    shared = {
        "now": NOW.isoformat(),
        "answers": ANSWERS,
        "rosters": ROSTERS,
        "columns": COLUMNS,
        "position": 2,
    } | given
    lines = [
        f"(() => {{ const x = hieuluatRuntime.runtime({{...shared, current: {json.dumps(current)},"
        f" choiceLabel: (name, code) => `[${{name}}:${{code}}]`}}); return {code}; }})"
        for code, current in zip(codes, currents or [None] * len(codes), strict=True)
    ]
    vectors = f"const shared = {json.dumps(shared)};\nconst vectors = [{', '.join(lines)}];"
    script = runtime() + vectors + _PRINT
    done = subprocess.run(
        [node, "-"], input=script, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def shown(value: Value) -> list[object]:
    """A Python value as the script prints it."""
    if isinstance(value, bool):
        return ["boolean", value]
    if isinstance(value, float):
        names = {math.inf: "Infinity", -math.inf: "-Infinity"}
        return ["number", "NaN" if math.isnan(value) else names.get(value, value)]
    return ["date", value.isoformat()] if isinstance(value, date) else ["string", value]


def agree(one: list[object], other: list[object]) -> bool:
    """Equal; numbers to the last digits of exp and log, also inside a text."""
    if one == other or one[0] != other[0]:
        return one == other
    try:
        return math.isclose(float(str(one[1])), float(str(other[1])), rel_tol=1e-12, abs_tol=1e-12)
    except ValueError:
        return False


def test_javascript_agrees_with_python_on_2000_drawn_expressions() -> None:
    maker, currents = Maker(Random(20261124)), [None, "", "co", "tv khac", 12, "2026-11-20"]
    drawn = [(maker.expression(), currents[number % len(currents)]) for number in range(2000)]
    trees = [parse(text) for text, _ in drawn]
    ours = [shown(compile_expression(tree)(context(current)))
            for tree, (_, current) in zip(trees, drawn, strict=True)]  # fmt: skip
    theirs = run([to_javascript(tree) for tree in trees], [current for _, current in drawn])
    differing = [
        (text, current, one, other)
        for (text, current), one, other in zip(drawn, ours, theirs, strict=True)
        if not agree(one, other)
    ]
    assert not differing, differing[:5]
    kinds = {kind for kind, _ in ours}
    assert kinds == {"boolean", "number", "string", "date"}


def test_javascript_gives_every_value_that_javarosa_gives() -> None:
    from tests.instruments.test_expression import ANSWERS as GIVEN
    from tests.instruments.test_expression import VECTORS, same

    def fits(printed: list[object], kind: str, theirs: str) -> bool:
        """A date that was given as an answer is its text here."""
        value = printed[1]
        if kind == "date":
            return str(value)[:10] == theirs[:10]
        return same(float(str(value)) if printed[0] == "number" else value, kind, theirs)

    answers = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in GIVEN.items()
    }
    codes = [to_javascript(parse(text)) for text, _, _ in VECTORS]
    rosters = {"r": ["", "", ""], "v": [3, 4.5, None]}
    found = run(
        codes,
        [7] * len(codes),
        answers=answers,
        rosters=rosters,
        now="2026-11-24T09:30:00",
        position=1,
    )
    wrong = [
        (text, kind, theirs, ours)
        for (text, kind, theirs), ours in zip(VECTORS, found, strict=True)
        if not fits(ours, kind, theirs)
    ]
    assert wrong == []


def test_drawn_expressions_use_every_function() -> None:
    maker = Maker(Random(20261124))
    text = " ".join(maker.expression() for _ in range(2000))
    assert [name for name in ARITY if f"{name}(" not in text] == ["random", "uuid"]


@pytest.mark.parametrize(
    ("text", "current", "value"),
    [
        ("${none} = ''", None, ["boolean", True]),
        ("number('')", None, ["number", "NaN"]),
        ("${none} < 1 or ${none} >= 1", None, ["boolean", False]),
        ("selected(., 'tv') and not(selected(., 't'))", "tv mxh", ["boolean", True]),
        ("${day} < date('2026-03-01')", None, ["boolean", True]),
        ("string(today() - ${leap})", None, ["string", "999"]),
        ("round(2.5) + round(-2.5)", None, ["number", 1]),
        ("round(1.005, 2)", None, ["number", 1.01]),
        ("-7 mod 3", None, ["number", -1]),
        ("1 div 0", None, ["number", "Infinity"]),
        ("string(0.00001)", None, ["string", "0.00001"]),
        ("string(100000000000 * 100000000000)", None, ["string", "10000000000000000000000"]),
        ("string-length('Ủy ban 𠮷')", None, ["number", 8]),
        ("sum(${child_age})", None, ["number", 10]),
        ("join(', ', ${child_name})", None, ["string", "An, Bình, Chi"]),
        ("once('mới')", "cũ", ["string", "cũ"]),
        ("date-time(${moment})", None, ["date", "2026-11-24T08:15:30.500000+07:00"]),
        ("${constructor} = '' and region = 'trung tâm'", None, ["boolean", True]),
    ],
)  # fmt: skip
def test_both_twins_give_the_value_that_xpath_and_javarosa_define(
    text: str, current: object, value: list[object]
) -> None:
    tree = parse(text)
    assert agree(shown(compile_expression(tree)(context(current))), value)
    assert run([to_javascript(tree)], [current]) == [value]


def test_random_and_uuid_use_the_given_numbers() -> None:
    trees = [parse("random()"), parse("uuid()")]
    ours = [
        compile_expression(tree)(Context(now=NOW, answers={}, random=lambda: 0.5)) for tree in trees
    ]
    assert [shown(value) for value in ours] == run([to_javascript(tree) for tree in trees])
    assert ours[1] == "88888888-8888-4888-a888-888888888888"


def test_a_hostile_text_stays_a_text_in_script_and_page() -> None:
    hostile = '</script><script>alert(1)</script>\u2028\\"`${7*7}{{7*7}}'
    code = to_javascript(parse(f"concat('{hostile}', .)"))
    assert "<" not in code
    assert "\u2028" not in code
    assert run([code, quoted(hostile)], ["!", None]) == [
        ["string", hostile + "!"],
        ["string", hostile],
    ]


def test_a_test_is_true_or_false_whatever_the_expression_is() -> None:
    codes = [
        to_javascript_test(parse(text)) for text in ("''", "'0'", "number('x')", "2", "today()")
    ]
    assert [value for _, value in run(codes)] == [False, True, False, True, True]


def test_the_runtime_is_shipped_and_has_no_eval() -> None:
    script = Path("instruments/expression/runtime.js").read_text(encoding="utf-8")
    assert script == runtime()
    assert not any(word in script for word in ("eval(", "Function(", "innerHTML", "import("))
