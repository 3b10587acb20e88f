r"""Regular expressions that take linear time, whatever the text.

Python's `re` and the engines of browsers and phones backtrack: ``(a+)+$`` on thirty letters hangs
them. A pattern is turned here into a position automaton (Glushkov 1961) and run over the text once.
Patterns match the whole text, as in JavaRosa. Back-references, look-around and word boundaries are
refused, and so is a pattern that can match a text in very many ways, such as ``(a|a)*b``: it would
run here but not on a phone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from instruments.errors import DefinitionError, Problem
from instruments.expression.ambiguity import Automaton, verdict
from instruments.language import Message, say

MAX_POSITIONS = 1000

_SPECIAL = frozenset("()[]{}*+?|^$.\\")
_CLASSES = frozenset("dDwWsS")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_FAR = "\U0010fffd"
"""A character that stands for all those that no pattern names."""
_COUNT = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{0,4}))?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A piece of pattern: positions it can begin and end with, as bit sets."""

    empty: bool
    first: int
    last: int


_NOTHING = _Part(empty=True, first=0, last=0)


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """A test whether a whole text matches `pattern`.

    Raises:
        DefinitionError: The pattern is not one of the safe subset; says where and why.
    """
    return _Builder(pattern=pattern).build()


@dataclass(slots=True, kw_only=True)
class _Builder:
    pattern: str
    at: int = 0
    steps: int = 0
    symbols: list[re.Pattern[str]] = field(default_factory=list)
    follow: list[int] = field(default_factory=list)

    def build(self) -> Callable[[str], bool]:
        whole = self.alternatives(depth=0)
        if self.at < len(self.pattern):
            raise self.refused(say("')' closes nothing."))
        self.refuse_many_ways(whole)
        return _runner(whole, self.symbols, self.follow)

    def alternatives(self, *, depth: int) -> _Part:
        if depth > 20:
            raise self.refused(say("more than 20 brackets lie within each other."))
        part = self.sequence(depth=depth)
        while self.take("|"):
            begin = self.at
            other = self.sequence(depth=depth)
            if part.empty and other.empty:
                raise self.refused(say("two alternatives may be empty."), at=begin)
            part = _Part(empty=part.empty or other.empty, first=part.first | other.first,
                         last=part.last | other.last)  # fmt: skip
        return part

    def sequence(self, *, depth: int) -> _Part:
        """Pieces in a row; at the outside, ``^`` and ``$`` say what holds anyway."""
        part = _NOTHING
        if depth == 0:
            self.take("^")
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if (
                depth == 0
                and self.pattern[self.at] == "$"
                and self.pattern[self.at + 1 :][:1] in "|"
            ):
                self.at += 1
                break
            part = self.joined(part, self.repeated(depth=depth))
        return part

    def joined(self, left: _Part, right: _Part) -> _Part:
        self.link(left.last, right.first)
        return _Part(
            empty=left.empty and right.empty,
            first=left.first | (right.first if left.empty else 0),
            last=right.last | (left.last if right.empty else 0),
        )

    def repeated(self, *, depth: int) -> _Part:
        begin = self.at
        part = self.single(depth=depth)
        after = self.at
        least, most = self.quantifier()
        if after == self.at:
            return part
        if part.empty:
            raise self.refused(say("what is repeated may be empty."), at=begin)
        return self.copies(part, begin, least, most, depth=depth)

    def copies(self, part: _Part, begin: int, least: int, most: int | None, *, depth: int) -> _Part:
        """`part` again and again, each copy after the one before it, the last perhaps for ever."""
        if most == 0:
            return _NOTHING
        resume, first, last = self.at, part.first, 0
        for number in range(1, max(least, most or 1)):
            last |= part.last if number >= least else 0
            self.at = begin
            copy = self.single(depth=depth)
            self.link(part.last, copy.first, at=begin)
            part = copy
        self.at = resume
        if most is None:
            self.link(part.last, part.first, at=begin)
        return _Part(empty=least == 0, first=first, last=last | part.last)

    def quantifier(self) -> tuple[int, int | None]:
        least, most = 1, None
        if self.take("*"):
            least = 0
        elif self.take("?"):
            least, most = 0, 1
        elif not self.take("+"):
            least, most = self.counted()
        self.take("?")
        return least, most

    def counted(self) -> tuple[int, int | None]:
        found = _COUNT.match(self.pattern, self.at)
        if found is None:
            return 1, 1
        self.at = found.end()
        least = int(found[1])
        most = least if found[2] is None else int(found[3]) if found[3] else None
        if most is not None and most < least:
            raise self.refused(say("the second number is less than the first."), at=found.start())
        return least, most

    def single(self, *, depth: int) -> _Part:
        self.steps += 1
        if self.steps > 10 * MAX_POSITIONS:
            raise self.too_long()
        if self.take("("):
            return self.group(depth=depth)
        if self.take("["):
            return self.symbol(self.bracket())
        if self.take("\\"):
            return self.symbol(self.escape())
        char = self.pattern[self.at]
        if char in _SPECIAL and char not in ".]}":
            raise self.refused(say("'{char}' has no meaning here.", char=char))
        self.at += 1
        return self.symbol("." if char == "." else re.escape(char))

    def group(self, *, depth: int) -> _Part:
        if self.take("?") and not self.take(":"):
            raise self.refused(say("brackets that begin with '(?' are not allowed, but for '(?:'."))
        part = self.alternatives(depth=depth + 1)
        if not self.take(")"):
            raise self.refused(say("a bracket is not closed."))
        return part

    def escape(self) -> str:
        if self.at == len(self.pattern):
            raise self.refused(say("a backslash stands at the end."))
        char = self.pattern[self.at]
        self.at += 1
        if char in _CLASSES:
            return "\\" + char
        if char in _ESCAPES:
            return re.escape(_ESCAPES[char])
        if char.isalnum():
            raise self.refused(say("'\\{char}' is not allowed.", char=char), at=self.at - 2)
        return re.escape(char)

    def bracket(self) -> str:
        begin = self.at - 1
        negated = self.take("^")
        members: list[str] = []
        while not self.take("]"):
            if self.at == len(self.pattern):
                raise self.refused(say("'[' is not closed."), at=begin)
            members.append(self.member(begin))
        if not members:
            raise self.refused(say("nothing stands between '[' and ']'."), at=begin)
        return f"[{'^' if negated else ''}{''.join(members)}]"

    def member(self, begin: int) -> str:
        low = self.character()
        if self.pattern[self.at : self.at + 1] != "-" or self.pattern[self.at + 1 :][:1] in (
            "]",
            "",
        ):
            return low
        self.at += 1
        high = self.character()
        if _is_class(low) or _is_class(high):
            raise self.refused(say("a class such as '\\d' is no end of a range."), at=begin)
        if ord(low[-1]) > ord(high[-1]):
            raise self.refused(
                say("a range goes from the lower to the higher character."), at=begin
            )
        return f"{low}-{high}"

    def character(self) -> str:
        if self.take("\\"):
            return self.escape()
        char = self.pattern[self.at]
        self.at += 1
        return re.escape(char)

    def symbol(self, text: str) -> _Part:
        if len(self.symbols) == MAX_POSITIONS:
            raise self.too_long()
        bit = 1 << len(self.symbols)
        self.symbols.append(re.compile(text, re.ASCII))
        self.follow.append(0)
        return _Part(empty=False, first=bit, last=bit)

    def link(self, ends: int, begins: int, *, at: int | None = None) -> None:
        for position in _bits(ends):
            if self.follow[position] & begins:
                raise self.refused(say("a repeat lies directly inside another."), at=at)
            self.follow[position] |= begins

    def refuse_many_ways(self, whole: _Part) -> None:
        """Where an engine that tries one way after the other would not come to an end."""
        found = verdict(_automaton(whole, self.symbols, self.follow, self.pattern))
        if found != "fine":
            raise self.refused(say("it can match the same text in too many ways."), at=0)

    def take(self, char: str) -> bool:
        found = self.pattern.startswith(char, self.at)
        self.at += len(char) if found else 0
        return found

    def too_long(self) -> DefinitionError:
        return self.refused(say("the pattern is too long with its repeats written out."))

    def refused(self, what: Message, *, at: int | None = None) -> DefinitionError:
        return DefinitionError(
            Problem(
                where="",
                what=say("The pattern cannot be used: character {at}: {reason}",
                         at=(self.at if at is None else at) + 1, reason=what),
                hint=say("Write a plainer pattern, such as '[0-9]{{9,12}}'."),
            )
        )  # fmt: skip


def _is_class(member: str) -> bool:
    return len(member) == 2 and member[0] == "\\" and member[1] in _CLASSES


def _automaton(
    whole: _Part, symbols: list[re.Pattern[str]], follow: list[int], pattern: str
) -> Automaton:
    """What was built, each symbol as the set of those characters that tell symbols apart."""
    telling = {chr(code) for code in range(256)} | {_FAR}
    for char in pattern:
        telling |= {chr(max(ord(char) + step, 0)) for step in (-1, 0, 1) if ord(char) < 0x10FFFF}
    ordered = sorted(telling)
    sets = {one.pattern: sum(1 << at for at, char in enumerate(ordered) if one.fullmatch(char))
            for one in symbols}  # fmt: skip
    return Automaton(
        first=tuple(_bits(whole.first)), follow=[tuple(_bits(one)) for one in follow],
        symbols=[sets[one.pattern] for one in symbols],
    )  # fmt: skip


def _runner(
    whole: _Part, symbols: list[re.Pattern[str]], follow: list[int]
) -> Callable[[str], bool]:
    accepting: dict[str, int] = {}

    def matching(char: str) -> int:
        if len(accepting) > 4096:
            accepting.clear()
        if char not in accepting:
            accepting[char] = sum(1 << at for at, one in enumerate(symbols) if one.fullmatch(char))
        return accepting[char]

    def matches(text: str) -> bool:
        here, candidates = 0, whole.first
        for char in text:
            here = candidates & matching(char)
            if not here:
                return False
            candidates = 0
            for position in _bits(here):
                candidates |= follow[position]
        return bool(here & whole.last) if text else whole.empty

    return matches


def _bits(positions: int) -> list[int]:
    found = []
    while positions:
        low = positions & -positions
        found.append(low.bit_length() - 1)
        positions ^= low
    return found
