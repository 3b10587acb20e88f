"""Expressions and answers drawn at random, to hold the readings of the language to one another."""

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from instruments.expression.evaluate import Context
from instruments.expression.functions import ANY, ARITY

NOW = datetime(2026, 11, 24, 9, 30, 15, 250000, tzinfo=UTC)
ANSWERS = {
    "none": None,
    "empty": "",
    "word": "đất đai",
    "code": "co",
    "codes": "tv mxh khac",
    "many": ["tv", "loa"],
    "digits": "0912345678",
    "zero": 0,
    "age": 47,
    "share": 0.125,
    "minus": "-3.5",
    "day": "2026-02-28",
    "leap": "2024-02-29",
    "moment": "2026-11-24T08:15:30.500+07:00",
    "no_day": "2026-02-30",
    "yes": True,
}
ROSTERS = {"child": ["", "", ""], "child_age": [3, None, "7"], "child_name": ["An", "Bình", "Chi"]}
COLUMNS = {"name": "ba_dinh", "region": "trung tâm"}
PATTERNS = [
    "[0-9]{9,12}",
    "(co|khong)?",
    r"\d{4}-\d{2}-\d{2}",
    r".*\s.*",
    r"[^\s\-_.]+",
    "đ[^a-c]*",
    "^0[0-9]+$",
]
TEXTS = [
    "",
    "co",
    "tv",
    "loa",
    " mxh ",
    "12",
    "1e3",
    "-0.50",
    "NaN",
    "true",
    "2026-02-28",
    "<b>&'",
    "Ủy ban",
    "a-b",
]
NUMBERS = ["0", "1", "2", "3.5", ".25", "10", "1000000", "0.00001", "2026", "20000"]


@dataclass(slots=True)
class Maker:
    """Draws expressions of every form that the grammar has."""

    random: Random

    def expression(self, depth: int = 4) -> str:
        draw = self.random.random()
        if depth == 0 or draw < 0.15:
            return self.leaf()
        if draw < 0.5:
            return self.operation(depth)
        return self.call(depth) if draw < 0.93 else f"-{self.operand(depth)}"

    def operation(self, depth: int) -> str:
        row = self.random.choice(
            [["or"], ["and"], ["=", "!="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "div", "mod"]]
        )
        parts = [self.operand(depth)]
        for _ in range(self.random.randint(1, 3)):
            parts += [self.random.choice(row), self.operand(depth)]
        return " ".join(parts)

    def operand(self, depth: int) -> str:
        return f"({self.expression(depth - 1)})" if self.random.random() < 0.7 else self.leaf()

    def call(self, depth: int) -> str:
        name = self.random.choice([name for name in ARITY if name not in ("uuid", "random")])
        if name == "regex":
            return f"regex({self.expression(depth - 1)}, '{self.random.choice(PATTERNS)}')"
        if name == "jr:choice-name":
            return f"jr:choice-name({self.expression(depth - 1)}, '${{code}}')"
        if name == "position":
            return self.random.choice(["position()", "position(..)"])
        if name == "selected":
            return f"selected({self.expression(depth - 1)}, {self.text()})"
        return f"{name}({', '.join(self.argument(name, depth) for _ in range(self.count(name)))})"

    def argument(self, name: str, depth: int) -> str:
        gathers = name in (
            "sum",
            "count",
            "count-non-empty",
            "max",
            "min",
            "join",
            "concat",
            "indexed-repeat",
        )
        if gathers and self.random.random() < 0.6:
            return f"${{{self.random.choice([*ROSTERS, 'age'])}}}"
        if name.startswith("format-date") and self.random.random() < 0.5:
            return "'%e/%n/%Y %H:%M:%S,%3 %a %b %d%m%y %h'"
        return self.expression(depth - 1)

    def count(self, name: str) -> int:
        least, most = ARITY[name]
        return self.random.randint(least, min(most, least + 2) if most == ANY else most)

    def leaf(self) -> str:
        draw = self.random.random()
        if draw < 0.45:
            return f"${{{self.random.choice([*ANSWERS, *ROSTERS])}}}"
        if draw < 0.6:
            return self.random.choice(NUMBERS)
        if draw < 0.85:
            return self.text()
        return self.random.choice([".", "region", "name", "nothing", "today()", "now()"])

    def text(self) -> str:
        text = self.random.choice(TEXTS)
        return f'"{text}"' if "'" in text else f"'{text}'"


def choice_label(name: str, code: str) -> str:
    """A label that tells what it was made from."""
    return f"[{name}:{code}]"


def context(current: object) -> Context:
    """All that a drawn expression may read."""
    return Context(now=NOW, answers=ANSWERS, current=current, rosters=ROSTERS, columns=COLUMNS,
                   position=2, choice_label=choice_label)  # fmt: skip
