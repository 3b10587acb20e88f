"""The reading of expressions for people: a condition or value as words for a paper form.

Conditions and values are told apart, because a text or a number in the place of a condition means
"is answered" or "is not 0". Words are templates, translated like every message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

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
from instruments.expression.values import to_date, to_text
from instruments.language import Language, Message, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the form calls its questions and options, in the language of the sentence."""

    language: Language
    question: Callable[[str], str]
    """Name of a question by its id, such as ``câu A3``."""
    option: Callable[[str, str], str]
    """Label of a code by the id of its item; a code of no option is its own label."""
    current: str = ""
    """Id of the item whose answer is under check, for the labels of its codes."""


def condition(expression: Expression, wording: Wording) -> str:
    """The expression as a clause that holds or not, such as ``câu A3 trả lời «Không»``."""
    return _Writer(wording).condition(expression.root).text(wording.language)


def value(expression: Expression, wording: Wording) -> str:
    """The expression as a phrase for what it computes."""
    return _Writer(wording).value(expression.root).text(wording.language)


def only_if(expression: Expression, wording: Wording) -> str:
    """The instruction that a skip is on paper."""
    clause = condition(expression, wording)
    return say("Answer only if {condition}.", condition=clause).text(wording.language)


_PLAIN = Message("{a}")
_BRACKETS = Message("({inner})")
_COMMA = Message("{left}, {right}")
_JOINED: Mapping[str, Message] = {
    "and": say("{left} and {right}"),
    "or": say("{left} or {right}"),
    "+": Message("{left} + {right}"),
    "-": Message("{left} − {right}"),
    "*": Message("{left} × {right}"),
    "div": Message("{left} ÷ {right}"),
    "mod": say("the remainder of {left} ÷ {right}"),
    "=": say("{left} equals {right}"),
    "!=": say("{left} differs from {right}"),
    "<": say("{left} is less than {right}"),
    "<=": say("{left} is at most {right}"),
    ">": say("{left} is more than {right}"),
    ">=": say("{left} is at least {right}"),
}
_BOUNDED: Mapping[str, Message] = {
    "<": say("{left} is below {right}"),
    "<=": say("{left} is {right} or less"),
    ">": say("{left} is above {right}"),
    ">=": say("{left} is {right} or more"),
}
_ANSWERED: Mapping[bool, Message] = {
    True: say("{question} is answered “{answer}”"),
    False: say("{question} is not answered “{answer}”"),
}
_CHOSEN: Mapping[bool, Message] = {
    True: say("“{answer}” is chosen in {question}"),
    False: say("“{answer}” is not chosen in {question}"),
}
_EMPTY: Mapping[bool, Message] = {
    True: say("{question} is left blank"),
    False: say("{question} is answered"),
}
_TESTS: Mapping[str, Message] = {
    "contains": say("{a} contains {b}"),
    "starts-with": say("{a} begins with {b}"),
    "ends-with": say("{a} ends with {b}"),
    "regex": say("{a} has the form {b}"),
    "boolean-from-string": say("{a} is “true” or “1”"),
    "selected": say("{b} is among the answers in {a}"),
    "true": say("always"),
    "false": say("never"),
}
_VALUES: Mapping[str, Message] = {
    "abs": say("the absolute value of {a}"),
    "ceiling": say("{a} rounded up"),
    "coalesce": say("{a}, or if that is blank {b}"),
    "concat": say("{all} put together"),
    "count": say("the number of entries in {a}"),
    "count-non-empty": say("the number of answers in {a}"),
    "count-selected": say("the number of options chosen in {a}"),
    "date": say("the date {a}"),
    "date-time": say("the date and time {a}"),
    "decimal-date-time": say("the days from 1 January 1970 to {a}"),
    "exp": say("e to the power of {a}"),
    "floor": say("{a} rounded down"),
    "format-date": say("{a} written as {b}"),
    "format-date-time": say("{a} written as {b}"),
    "indexed-repeat": say("the answer to {a} in entry number {c} of {b}"),
    "int": say("{a} without its fraction"),
    "join": say("{all} put together with {a} between them"),
    "jr:choice-name": say("the answer chosen in {a}"),
    "log": say("the natural logarithm of {a}"),
    "log10": say("the decimal logarithm of {a}"),
    "max": say("the largest of {all}"),
    "min": say("the smallest of {all}"),
    "normalize-space": say("{a} without superfluous spaces"),
    "now": say("the present moment"),
    "number": _PLAIN,
    "once": say("{a}, worked out once"),
    "position": say("the number of this entry"),
    "pow": say("{a} to the power of {b}"),
    "random": say("a random number between 0 and 1"),
    "round": say("{a} rounded to a whole number"),
    "round2": say("{a} rounded to {b} decimal places"),
    "selected-at": say("the answer at place {b}, counted from 0, in {a}"),
    "sqrt": say("the square root of {a}"),
    "string": _PLAIN,
    "string-length": say("the number of characters of {a}"),
    "substr": say("the characters of {a} from place {b}, counted from 0"),
    "substr3": say("the characters of {a} from place {b} to before place {c}, counted from 0"),
    "substring-after": say("what follows {b} in {a}"),
    "substring-before": say("what precedes {b} in {a}"),
    "sum": say("the sum of {a}"),
    "today": say("today’s date"),
    "translate": say("{a} with {b} replaced by {c}"),
    "uuid": say("a random identifier"),
}
_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
_OF_QUESTIONS = frozenset({
    "count", "count-non-empty", "count-selected", "indexed-repeat", "jr:choice-name", "selected-at",
})  # fmt: skip
_NUMERIC = frozenset({
    "abs", "ceiling", "count", "count-non-empty", "count-selected", "decimal-date-time", "exp",
    "floor", "int", "log", "log10", "max", "min", "number", "position", "pow", "random", "round",
    "sqrt", "string-length", "sum",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Writer:
    wording: Wording

    def condition(self, node: Node, *, holds: bool = True) -> Message:
        """A clause that says that the node is true, or with `holds` false, that it is not."""
        match node:
            case Operation(rest=((symbol, operand),)) if symbol in ("=", "!="):
                return self.equality(node.first, operand, holds=holds is (symbol == "="))
            case Call(name="selected"):
                return self.selected(node, holds=holds)
            case Call(name="not" | "boolean"):
                return self.condition(node.arguments[0], holds=holds is (node.name == "boolean"))
            case Call(name="true" | "false"):
                return _TESTS["true" if holds is (node.name == "true") else "false"]
        if holds:
            return self.clause(node)
        return say("it is not so that {inner}", inner=self.bracketed(self.clause(node)))

    def clause(self, node: Node) -> Message:
        match node:
            case Operation(rest=((symbol, _), *_)) if symbol in ("and", "or"):
                return self.logic(node, symbol)
            case Operation(rest=((symbol, _),)) if symbol in _COMPARISONS:
                return self.comparison(node)
            case Call() if node.name in _TESTS:
                return self.filled(_TESTS[node.name], node.arguments)
            case Call(name="if"):
                condition, yes, no = node.arguments
                return say("if {condition} then {yes}, otherwise {no}",
                           condition=self.condition(condition), yes=self.condition(yes),
                           no=self.condition(no))  # fmt: skip
            case Reference() | Current():
                return _filled(_EMPTY[False], question=self.question(node))
            case _:
                return self.truth(node)

    def truth(self, node: Node) -> Message:
        """A number or a text in the place of a condition."""
        is_number = isinstance(node, Number | Negative | Operation) or (
            isinstance(node, Call) and node.name in _NUMERIC
        )
        if is_number:
            return say("{value} is not 0", value=self.value(node))
        return say("{value} is not blank", value=self.value(node))

    def logic(self, node: Operation, symbol: str) -> Message:
        terms = [node.first, *(operand for _, operand in node.rest)]
        told = [self.term(term, symbol) for term in terms]
        joined = told[0]
        for one in told[1:]:
            joined = _filled(_JOINED[symbol], left=joined, right=one)
        return joined

    def term(self, node: Node, symbol: str) -> Message:
        """A part of ``and`` or ``or``, in brackets where the other of the two lies within it."""
        inner = self.condition(node)
        other = {"and": "or", "or": "and"}[symbol]
        is_other = isinstance(node, Operation) and node.rest[0][0] == other
        return self.bracketed(inner) if is_other else inner

    def equality(self, left: Node, right: Node, *, holds: bool) -> Message:
        if isinstance(left, Text) and not isinstance(right, Text):
            left, right = right, left
        if isinstance(left, Reference | Current) and isinstance(right, Text | Number):
            code = to_text(right.value)
            answer = self.wording.option(self.id(left), code)
            if not code:
                return _filled(_EMPTY[holds], question=self.question(left))
            if isinstance(right, Text) or answer != code:
                return _filled(_ANSWERED[holds], question=self.question(left), answer=answer)
        symbol = "=" if holds else "!="
        return _filled(_JOINED[symbol], left=self.part(left), right=self.part(right))

    def selected(self, call: Call, *, holds: bool) -> Message:
        asked, code = call.arguments
        if isinstance(asked, Reference | Current) and isinstance(code, Text):
            answer = self.wording.option(self.id(asked), code.value.strip())
            return _filled(_CHOSEN[holds], question=self.question(asked), answer=answer)
        clause = self.filled(_TESTS["selected"], call.arguments)
        return clause if holds else say("it is not so that {inner}", inner=clause)

    def comparison(self, node: Operation) -> Message:
        symbol, operand = node.rest[0]
        words = _BOUNDED if isinstance(operand, Number) else _JOINED
        return _filled(words[symbol], left=self.part(node.first), right=self.part(operand))

    def value(self, node: Node) -> Message:
        match node:
            case Operation():
                return self.computed(node)
            case Call():
                return self.call(node)
            case Negative(operand=operand):
                return Message("−{inner}", {"inner": self.part(operand)})
            case Reference() | Current():
                return say("the answer to {question}", question=self.question(node))
            case _:
                return self.leaf(node)

    def leaf(self, node: Text | Number | Column | Parent) -> Message:
        match node:
            case Text(value=""):
                return say("nothing")
            case Text(value=text):
                return say("“{text}”", text=text)
            case Number(value=number):
                return Message(to_text(number).replace(".", self.decimal_mark()))
            case Column(name=name):
                return say("“{column}” of the option", column=name)
            case Parent():
                return say("this entry")

    def computed(self, node: Operation) -> Message:
        symbol = node.rest[0][0]
        if symbol in ("and", "or") or symbol in _COMPARISONS:
            return say("1 if {condition}, otherwise 0", condition=self.chain(node))
        told = self.part(node.first)
        for operator, operand in node.rest:
            told = _filled(_JOINED[operator], left=told, right=self.part(operand))
        return told

    def chain(self, node: Operation) -> Message:
        """A comparison of a comparison, such as ``a = b = c``, told from the left."""
        if len(node.rest) == 1 or node.rest[0][0] in ("and", "or"):
            return self.condition(node)
        *before, (symbol, operand) = node.rest
        inner = Operation(at=node.at, first=node.first, rest=tuple(before))
        return _filled(_JOINED[symbol], left=self.part(inner), right=self.part(operand))

    def call(self, call: Call) -> Message:
        if call.name == "if":
            condition, yes, no = call.arguments
            return say("{yes} if {condition}, otherwise {no}", yes=self.part(yes),
                       condition=self.condition(condition), no=self.part(no))  # fmt: skip
        if call.name in _TESTS or call.name in ("not", "boolean"):
            return say("1 if {condition}, otherwise 0", condition=self.condition(call))
        if call.name == "date" and isinstance(call.arguments[0], Text):
            return self.day(call.arguments[0])
        if call.name == "jr:choice-name":
            return self.filled(_VALUES[call.name], call.arguments[:1], names=True)
        exact = f"{call.name}{len(call.arguments)}"
        words = _VALUES.get(exact) or _VALUES[call.name]
        return self.filled(words, call.arguments, names=call.name in _OF_QUESTIONS)

    def day(self, text: Text) -> Message:
        found = to_date(text.value)
        if not isinstance(found, date):
            return self.leaf(text)
        if self.wording.language == "vi":
            return Message(f"ngày {found.day}/{found.month}/{found.year}")
        return Message(found.isoformat())

    def filled(
        self, words: Message, arguments: tuple[Node, ...], *, names: bool = False
    ) -> Message:
        """Arguments in their places; with `names`, questions stand for their answers."""
        told = [
            self.question(argument)
            if names and isinstance(argument, Reference | Current)
            else self.part(argument)
            for argument in arguments
        ]
        listed = told[1:] if "{a}" in words.template else told
        everything = listed[0] if listed else Message("")
        for one in listed[1:]:
            everything = _filled(_COMMA, left=everything, right=one)
        places = dict(zip("abc", told, strict=False))
        return _filled(words, all=everything, **places)

    def part(self, node: Node) -> Message:
        """A value inside another one, in brackets where it has parts of its own."""
        told = self.value(node)
        bare = isinstance(node, Call) and (
            node.name in ("date", "number", "string") or not node.arguments
        )
        return self.bracketed(told) if isinstance(node, Operation | Call) and not bare else told

    def question(self, node: Reference | Current) -> Message:
        if isinstance(node, Current):
            return say("this question")
        return Message("{name}", {"name": self.wording.question(node.id)})

    def id(self, node: Reference | Current) -> str:
        return node.id if isinstance(node, Reference) else self.wording.current

    def bracketed(self, inner: Message) -> Message:
        return _filled(_BRACKETS, inner=inner)

    def decimal_mark(self) -> str:
        return "," if self.wording.language == "vi" else "."


def _filled(words: Message, **values: object) -> Message:
    return Message(words.template, values)
