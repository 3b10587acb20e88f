"""Write vectors.json: expressions and what JavaRosa, the engine of ODK Collect, makes of them.

    python make.py ODK_Validate.jar

ODK Validate (github.com/getodk/validate) holds JavaRosa; it lies in the wheel of pyxform. Java 17
with its compiler is needed here, not by the tests.
"""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
REFERENCES = [
    "${a}",
    "${b}",
    "${s}",
    "${m}",
    "${e}",
    "${d}",
    "${z}",
    "${k}",
    "${neg}",
    "${num}",
    ".",
]
LITERALS = ["0", "1", "2", "18", "2.5", "0.5", "100", "'co'", "'18'", "''", "'loa'", "'abc'", "'-3.5'",
            "true()", "false()", "date('2026-11-01')", "date('2026-11-24')"]  # fmt: skip
BINARY = ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or"]
CALLS = {
    "not": 1, "boolean": 1, "number": 1, "string": 1, "int": 1, "round": 1, "abs": 1, "if": 3,
    "coalesce": 2, "concat": 2, "string-length": 1, "contains": 2, "starts-with": 2,
    "ends-with": 2, "substr": 3, "normalize-space": 1, "substring-before": 2,
    "substring-after": 2, "translate": 3, "min": 2, "max": 2, "pow": 2, "boolean-from-string": 1,
    "format-date": "date", "once": 1,
}  # fmt: skip
WRITTEN = """
selected(${m}, 'loa')
selected(${m}, 'lo')
selected(${m}, ' loa ')
selected(${e}, '')
selected(${k}, 'co')
count-selected(${m})
count-selected(${e})
selected-at(${m}, 0)
selected-at(${m}, 2)
selected-at(${m}, 3)
selected-at(${m}, -1)
sum(${v})
count(${v})
count(${r})
count-non-empty(${v})
min(${v})
max(${v})
join(', ', ${v})
concat(${v})
join('-', ${a}, ${k}, 'x')
indexed-repeat(${v}, ${r}, 2)
indexed-repeat(${v}, ${r}, 0)
regex(${k}, 'c')
regex(${k}, 'co')
regex(${k}, 'c.?')
regex('0912345678', '^(0|\\+84)[0-9]{9}$')
regex('abc', '[a-c]+')
regex('abc', '[^a-b]*')
regex('12:30', '\\d{1,2}:\\d\\d')
regex('', '')
regex('a-b', '[a\\-b]+')
2 + 3 * 4
(2 + 3) * 4
10 - 4 - 3
2 * 3 div 4
-2 + 3
- -2
7 mod 3
-7 mod 3
7 mod -3
5.5 mod 2
1 div 0
-1 div 0
0 div 0
1 = 1 = 1
1 < 2 < 3
3 > 2 > 1
true() = 'x'
false() = ''
'1' = 1
'1.0' = 1
'1.0' = '1'
'a' = 'A'
0.1 + 0.2 = 0.3
1 and 0 or 1
not(1 or 0)
1 or 0 and 0
${d} <= date('2026-11-01')
${d} = '2026-11-01'
${d} != '2026-11-01'
date('2026-11-24') - ${d}
${d} + 1
date(${d} + 1)
number(${d})
string(${d})
string(date('2026-11-24'))
boolean(${d})
date('2026-11-24') > ${d}
format-date(${d}, '%d/%m/%Y')
format-date(${d}, '%e-%n-%y %b %a')
format-date(${e}, '%Y')
format-date(date-time('2026-11-01T08:05:09.120'), '%H:%h:%M:%S.%3')
decimal-date-time('2026-11-01T12:00:00.000Z')
round(2.5)
round(-2.5)
round(2.567, 2)
round(-2.565, 2)
round(1234.5, -2)
round('x')
int(2.9)
int(-2.9)
int('x')
abs(-3)
pow(2, 10)
sqrt(2)
log(10)
log10(100)
exp(1)
string(2)
string(2.5)
string(-0.5)
string(1 div 0)
string(0 div 0)
string(true())
string-length('xin chào')
substr('hello', 1)
substr('hello', 1, 3)
substr('hello', -2)
substr('hello', 1, -1)
substr('hello', 4, 2)
substr('hello', 9)
translate('bar', 'abc', 'ABC')
translate('--aaa--', 'abc-', 'ABC')
translate('aa', 'aa', 'xy')
substring-before('1999/04/01', '/')
substring-after('1999/04/01', '/')
substring-before('abc', 'x')
normalize-space('  a   b ')
coalesce(${e}, 'x')
coalesce(${k}, 'x')
coalesce(0 div 0, 3)
if(${a} >= 18, 'lớn', 'nhỏ')
if('', 1, 2)
if('0', 1, 2)
boolean('false')
boolean-from-string('true')
boolean-from-string('TRUE')
boolean-from-string('1')
boolean-from-string('yes')
once(5)
. + 1
. * 2 > ${a}
${e} = ''
${e} = 0
${e} < 1
${e} + 1
number(' 12 ')
number('1e3')
number('.5')
number('5.')
number('-')
number('1 2')
'b' > 'a'
'10' > '9'
${num} > 9
${a} = '18'
${b} = '2.50'
count-selected('a  b')
contains(${s}, 'chào')
string-length(${e})
min(3, 'x', 2)
max(0 div 0, 1)
min('x')
""".strip().splitlines()


def main(jar: str) -> None:
    rng = random.Random(1371)
    expressions = list(dict.fromkeys([*WRITTEN, *generated(rng, 2_300), *chosen(rng, 300)]))
    answers = evaluated([as_path(one) for one in expressions], jar)
    vectors = [[one, *answer.split("\t")] for one, answer in zip(expressions, answers, strict=True)]
    rows = ",\n".join(
        json.dumps(vector, ensure_ascii=False, separators=(",", ":")) for vector in vectors
    )
    (HERE / "vectors.json").write_text(f"[\n{rows}\n]\n", encoding="utf-8")


def generated(rng: random.Random, count: int) -> list[str]:
    """Random expressions, but for those that read a date out of a text: there we follow Enketo."""
    made = dict.fromkeys(expression(rng, 3) for _ in range(count))
    return [
        one for one in made if not re.search(r"(?:string|normalize-space)\((?:date|\$\{d\})", one)
    ]


def chosen(rng: random.Random, count: int) -> list[str]:
    """Conditions on the codes of a multiple choice, as skips of real forms have them."""
    return [" ".join((condition(rng), rng.choice(("and", "or")), condition(rng)))
            for _ in range(count)]  # fmt: skip


def condition(rng: random.Random) -> str:
    codes = rng.choice(("${m}", "${k}", "${e}", "${s}", "${num}"))
    asked = rng.choice((
        f"selected({codes}, '{rng.choice(('tv', 'loa', 'khac', 'co', '', 'kha', '12', 'xin'))}')",
        f"count-selected({codes}) {rng.choice(('=', '>', '<=', '!='))} {rng.randint(0, 3)}",
        f"selected-at({codes}, {rng.randint(-1, 3)}) = '{rng.choice(('tv', 'loa', 'co', ''))}'",
        f"{codes} {rng.choice(('=', '!='))} '{rng.choice(('tv loa khac', 'co', '', '12'))}'",
        f"${{d}} {rng.choice(('<', '<=', '>', '>=', '=', '!='))} date('2026-1{rng.randint(0, 2)}-01')",
        f"number({codes}) > {rng.randint(0, 12)}",
    ))  # fmt: skip
    return f"not({asked})" if rng.random() < 0.25 else asked


def expression(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(REFERENCES + LITERALS)
    if rng.random() < 0.6:
        parts = (expression(rng, depth - 1), rng.choice(BINARY), expression(rng, depth - 1))
        text = " ".join(parts)
        return f"({text})" if rng.random() < 0.7 else text
    name = rng.choice(list(CALLS))
    if CALLS[name] == "date":
        return f"format-date({rng.choice(['${d}', 'date(20000)', '${e}'])}, '%d/%m/%y')"
    arguments = (expression(rng, depth - 1) for _ in range(int(CALLS[name])))
    return f"{name}({', '.join(arguments)})"


def as_path(text: str) -> str:
    inner = re.sub(r"\$\{v\}", "/data/r/v", text)
    return re.sub(r"\$\{(\w+)\}", r"/data/\1", inner)


def evaluated(expressions: list[str], jar: str) -> list[str]:
    with TemporaryDirectory() as folder:
        listed = Path(folder) / "expressions.txt"
        listed.write_text("\n".join(expressions), encoding="utf-8")
        subprocess.run(["javac", "-cp", jar, "-d", folder, HERE / "Evaluate.java"], check=True)
        command = ["java", "-cp", f"{jar}:{folder}", "Evaluate", HERE / "answers.xml", listed]
        environment = os.environ | {"TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
        done = subprocess.run(command, capture_output=True, check=True, env=environment)
    return done.stdout.decode().splitlines()


if __name__ == "__main__":
    main(sys.argv[1])
