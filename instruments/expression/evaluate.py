"""The reading of expressions for Python: a tree becomes nested functions, made once, run per row.

Evaluation depends on nothing but its context, the clock and the random numbers included, and it
fails on no answer: what cannot be computed is NaN or the empty text, as XPath has it.
"""

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from instruments.expression.functions import PLAIN, join, largest, smallest, total
from instruments.expression.regex import compile_pattern
from instruments.expression.tree import (
    Call,
    Column,
    Current,
    Expression,
    Negative,
    Node,
    Number,
    Operation,
    Parent,
    Reference,
    Text,
)
from instruments.expression.values import (
    Answer,
    Value,
    are_equal,
    to_boolean,
    to_number,
    to_text,
    to_value,
)


def _no_label(_: str, code: str) -> str:
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that an expression may read.

    `answers` are those of the record, and inside a roster also those of the instance; an item
    that was skipped is absent or None. Numbers and dates should be given as such: two texts are
    compared letter by letter. `rosters` hold, for the id of a roster and of each item in it, one
    value per instance. `columns` are those of one choice, its code under ``name``.
    """

    now: datetime
    answers: Mapping[str, Answer]
    current: Answer = None
    rosters: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    position: int = 1
    """Which instance of its roster this is, from 1."""
    random: Callable[[], float] = lambda: 0.5
    choice_label: Callable[[str, str], str] = _no_label
    """Label of a code by the id of its item, in the language shown."""


Compiled = Callable[[Context], Value]
_Many = Callable[[Context], list[Value]]


def evaluate(expression: Expression, context: Context) -> Value:
    """The value of an expression; for many rows use `compile_expression` once."""
    return compile_expression(expression)(context)


def compile_expression(expression: Expression) -> Compiled:
    """A function from context to value."""
    return _compiled(expression.root)


def compile_test(expression: Expression) -> Callable[[Context], bool]:
    """A function from context to whether the expression holds."""
    return _truth(expression.root)


def _compiled(node: Node) -> Compiled:
    match node:
        case Operation():
            return _operation(node)
        case Call():
            return _call(node)
        case Negative(operand=operand):
            number = _number(operand)
            return lambda context: -number(context)
        case _:
            return _leaf(node)


def _leaf(node: Text | Number | Reference | Current | Parent | Column) -> Compiled:
    match node:
        case Text(value=value) | Number(value=value):
            return lambda _: value
        case Reference(id=name):
            return _reference(name)
        case Current():
            return lambda context: to_value(context.current)
        case Parent():
            return lambda context: float(context.position)
        case Column(name=name):
            return lambda context: context.columns.get(name, "")


def _reference(name: str) -> Compiled:
    def read(context: Context) -> Value:
        answer = context.answers.get(name)
        if isinstance(answer, str):
            return answer
        if answer is None and (instances := context.rosters.get(name)):
            return to_value(instances[0])
        return to_value(answer)

    return read


def _number(node: Node) -> Callable[[Context], float]:
    if isinstance(node, Number):
        value = node.value
        return lambda _: value
    compiled = _compiled(node)
    return lambda context: to_number(compiled(context))


def _truth(node: Node) -> Callable[[Context], bool]:
    compiled = _compiled(node)
    return lambda context: to_boolean(compiled(context))


def _operation(node: Operation) -> Compiled:
    symbol = node.rest[0][0]
    if symbol in ("and", "or"):
        return _logic(node, symbol=symbol)
    first, steps = _compiled(node.first), [_step(*one) for one in node.rest]
    if len(steps) == 1:
        only = steps[0]
        return lambda context: only(first(context), context)

    def run(context: Context) -> Value:
        value = first(context)
        for step in steps:
            value = step(value, context)
        return value

    return run


def _logic(node: Operation, *, symbol: str) -> Compiled:
    terms = [_truth(node.first), *(_truth(operand) for _, operand in node.rest)]
    if symbol == "and":
        return lambda context: all(term(context) for term in terms)
    return lambda context: any(term(context) for term in terms)


def _step(symbol: str, operand: Node) -> Callable[[Value, Context], Value]:
    """What an operator and its right operand make of the value to their left."""
    if symbol in ("=", "!="):
        right, wanted = _compiled(operand), symbol == "="
        return lambda left, context: are_equal(left, right(context)) is wanted
    apply, number = _ARITHMETIC[symbol], _number(operand)
    return lambda left, context: apply(to_number(left), number(context))


def _divided(left: float, right: float) -> float:
    if right:
        return left / right
    sign = math.copysign(1.0, right)
    return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * sign


def _remainder(left: float, right: float) -> float:
    """The remainder with the sign of the dividend."""
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


_ARITHMETIC: Mapping[str, Callable[[float, float], Value]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "div": _divided, "mod": _remainder,
}  # fmt: skip


def _call(call: Call) -> Compiled:
    if call.name in _SPECIAL:
        return _SPECIAL[call.name](call)
    if call.name in _GATHERING:
        gather, gathered = _GATHERING[call.name], _many(call.arguments)
        return lambda context: gather(*gathered(context))
    apply = PLAIN[call.name]
    arguments = [_compiled(argument) for argument in call.arguments]
    if len(arguments) == 1:
        only = arguments[0]
        return lambda context: apply(only(context))
    return lambda context: apply(*[argument(context) for argument in arguments])


def _many(nodes: tuple[Node, ...]) -> _Many:
    """Values of arguments, a roster's item giving one for each instance."""
    readers = [_instances(node) for node in nodes]
    return lambda context: [value for reader in readers for value in reader(context)]


def _instances(node: Node) -> Callable[[Context], Iterator[Value]]:
    if not isinstance(node, Reference):
        compiled = _compiled(node)
        return lambda context: iter([compiled(context)])
    name = node.id

    def read(context: Context) -> Iterator[Value]:
        if name in context.answers:
            return iter([to_value(context.answers[name])])
        return map(to_value, context.rosters.get(name, ()))

    return read


_GATHERING: Mapping[str, Callable[..., Value]] = {
    "sum": total,
    "max": largest,
    "min": smallest,
    "count": lambda *values: float(len(values)),
    "count-non-empty": lambda *values: float(sum(to_text(value) != "" for value in values)),
    "concat": lambda *values: join("", *values),
    "join": join,
}


def _if(call: Call) -> Compiled:
    condition, *branches = call.arguments
    test, (yes, no) = _truth(condition), map(_compiled, branches)
    return lambda context: yes(context) if test(context) else no(context)


def _coalesce(call: Call) -> Compiled:
    first, second = map(_compiled, call.arguments)

    def choose(context: Context) -> Value:
        value = first(context)
        is_null = value == "" or (isinstance(value, float) and math.isnan(value))
        return second(context) if is_null else value

    return choose


def _once(call: Call) -> Compiled:
    compiled = _compiled(call.arguments[0])

    def keep(context: Context) -> Value:
        value = to_value(context.current)
        return compiled(context) if value == "" else value

    return keep


def _indexed_repeat(call: Call) -> Compiled:
    many, position = _instances(call.arguments[0]), _number(call.arguments[2])

    def pick(context: Context) -> Value:
        at, values = position(context), list(many(context))
        index = max(int(at), 1) - 1 if math.isfinite(at) else len(values)
        return values[index] if index < len(values) else ""

    return pick


def _regex(call: Call) -> Compiled:
    subject, matches = _compiled(call.arguments[0]), compile_pattern(_literal(call.arguments[1]))
    return lambda context: matches(to_text(subject(context)))


def _literal(node: Node) -> str:
    """An argument that the parser has seen to be written out."""
    return node.value if isinstance(node, Text) else ""


def _choice_name(call: Call) -> Compiled:
    code, named = _compiled(call.arguments[0]), _literal(call.arguments[1])
    name = named.strip().removeprefix("${").removesuffix("}").strip()
    return lambda context: context.choice_label(name, to_text(code(context)))


def _uuid(_: Call) -> Compiled:
    def make(context: Context) -> str:
        digits = "".join(f"{int(context.random() * 16):x}" for _ in range(30))
        return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-{digits[18:]}"

    return make


_SPECIAL: Mapping[str, Callable[[Call], Compiled]] = {
    "if": _if,
    "coalesce": _coalesce,
    "once": _once,
    "indexed-repeat": _indexed_repeat,
    "regex": _regex,
    "jr:choice-name": _choice_name,
    "uuid": _uuid,
    "now": lambda _: lambda context: context.now,
    "today": lambda _: lambda context: context.now.date(),
    "random": lambda _: lambda context: context.random(),
    "position": lambda _: lambda context: float(context.position),
}
