"""One version of an instrument made ready for checking many responses against it.

Expressions are compiled once; options become look-ups; items keep the order of the form. Notes and
device metadata (type ``metadata``) are no answers and have no field.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from instruments.booklets import quoted
from instruments.expression.evaluate import Compiled, Context, compile_expression, compile_test
from instruments.expression.parse import parse
from instruments.expression.tree import Call, Expression, references, walk
from instruments.language import Message, say
from instruments.model import Block, Check, Instrument, Item, Option
from instruments.xlsform.types import RANK
from survey.findings import wording
from survey.readings import Reader, ranked_reader, reader_for

NO_ANSWER = frozenset({"note", "metadata"})
OTHER = "other"


class Test(NamedTuple):
    """A condition: how to evaluate it, and the ids of the items that it reads."""

    holds: Callable[[Context], bool]
    needs: frozenset[str]


NOBODY = ""
"""What a condition reads that nobody can know here; no item has this id."""
UNDECIDABLE = Test(lambda _: True, frozenset({NOBODY}))


class RuleOnAnswer(NamedTuple):
    """A check of an item; a soft one makes a note, not a fault."""

    test: Test
    message: Message
    hard: bool


class Calculation(NamedTuple):
    """How a calculated item is computed, what it reads, and whether chance has a part in it."""

    compute: Compiled
    needs: frozenset[str]
    random: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """An item that holds an answer; `tests` are the conditions of its blocks and its own."""

    path: str
    item: Item
    read: Reader
    options: Mapping[str, Option]
    tests: tuple[Test, ...] = ()
    rules: tuple[RuleOnAnswer, ...] = ()
    choice_test: Test | None = None
    calculation: Calculation | None = None
    id: str
    """The item's own id, by which expressions name it."""
    demanding: bool
    """Whether more is asked of an answer than its type."""

    def split(self) -> Iterator[tuple[str, str]]:
        """Of a multiple choice, the place and the code of each option's own column."""
        if self.item.type == "multiple":
            yield from ((f"{self.path}/{code}", code) for code in self.codes)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that may be chosen, that of "other" included."""
        other = self.item.or_other and OTHER not in self.options
        return (*self.options, *((OTHER,) if other else ()))

    @property
    def coded(self) -> bool:
        """Whether answers are codes of options."""
        return self.item.type in ("single", "multiple")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The fields of the form, or of one roster's instances, and the rosters inside."""

    fields: tuple[Field, ...]
    rosters: tuple["Roster", ...]

    def all_fields(self) -> Iterator[Field]:
        """These fields and those of the rosters inside, in form order within each."""
        yield from self.fields
        for roster in self.rosters:
            yield from roster.level.all_fields()

    def all_rosters(self) -> Iterator["Roster"]:
        """The rosters at any depth."""
        for roster in self.rosters:
            yield roster
            yield from roster.level.all_rosters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A block that is answered several times."""

    path: str
    id: str
    tests: tuple[Test, ...]
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An instrument's version with its top level of fields."""

    instrument: Instrument
    level: Level
    places: frozenset[str]
    """Paths of the fields and rosters at the top level."""
    contacts: frozenset[str]
    """Paths of contact data, which are sealed apart from the answers."""

    @property
    def id(self) -> str:
        """The instrument's id."""
        return self.instrument.id

    @property
    def version(self) -> str:
        """The instrument's version."""
        return self.instrument.version


def prepare(instrument: Instrument) -> Form:
    """Make an instrument ready for checking.

    Raises:
        DefinitionError: An expression of the instrument cannot be read.
    """
    level = _level(instrument, instrument.items, "", ())
    places = frozenset(one.path for one in level.fields) | {one.path for one in level.rosters}
    contacts = frozenset(one.path for one in level.fields if one.item.contact)
    return Form(instrument=instrument, level=level, places=places, contacts=contacts)


def _level(
    instrument: Instrument, nodes: tuple[Block | Item, ...], above: str, tests: tuple[Test, ...]
) -> Level:
    fields: list[Field] = []
    rosters: list[Roster] = []
    for node in nodes:
        path = f"{above}{node.id}"
        own = (*tests, *_conditions(node))
        if isinstance(node, Item):
            fields += _fields(instrument, node, path, own)
        elif node.repeat:
            inner = _level(instrument, node.items, f"{path}/", ())
            rosters.append(Roster(path=path, id=node.id, tests=own, level=inner))
        else:
            inner = _level(instrument, node.items, f"{path}/", own)
            fields += inner.fields
            rosters += inner.rosters
    return Level(fields=tuple(fields), rosters=tuple(rosters))


def _conditions(node: Block | Item) -> Iterator[Test]:
    """When a part is asked; a condition beyond the language cannot be decided here."""
    if node.show_if is not None:
        yield _test(node.show_if)
    elif "relevant" in node.settings:
        yield UNDECIDABLE


def _fields(
    instrument: Instrument, item: Item, path: str, tests: tuple[Test, ...]
) -> Iterator[Field]:
    if item.type in NO_ANSWER:
        return
    options = {option.code: option for option in instrument.options_of(item)}
    codes = [*options, *([OTHER] if item.or_other and OTHER not in options else [])]
    rules = tuple(_rules(item, options.values()))
    yield Field(
        path=path,
        id=item.id,
        item=item,
        demanding=item.required or bool(rules) or item.choice_filter is not None,
        read=_reader(item, codes),
        options=options,
        tests=tests,
        rules=rules,
        choice_test=None if item.choice_filter is None else _test(item.choice_filter),
        calculation=None if item.calculation is None else _calculation(item.calculation),
    )
    if item.or_other:
        yield _specification(item, path, tests)


def _reader(item: Item, codes: Iterable[str]) -> Reader:
    orders = {code: order for order, code in enumerate(codes)}
    if item.settings.get("type") == RANK:
        return ranked_reader(orders)
    return reader_for(item.type, orders)


def _specification(item: Item, path: str, tests: tuple[Test, ...]) -> Field:
    """The text that XLSForm adds behind a question with ``or_other``."""
    chosen = _test(f"selected(${{{item.id}}}, '{OTHER}')")
    text = Item(id=f"{item.id}_{OTHER}", type="text")
    return Field(path=f"{path}_{OTHER}", id=text.id, demanding=False, item=text, read=reader_for("text", {}), options={},
                 tests=(*tests, chosen))  # fmt: skip


def _rules(item: Item, options: Iterable[Option]) -> Iterator[RuleOnAnswer]:
    for check in item.checks:
        yield RuleOnAnswer(_test(check.rule), _message(check), check.hard)
    if item.max_selected is not None:
        yield RuleOnAnswer(
            _test(f"count-selected(.) <= {item.max_selected}"),
            say("At most {limit} may be chosen.", limit=item.max_selected),
            hard=True,
        )
    for code in (option.code for option in options if option.exclusive):
        yield RuleOnAnswer(
            _test(f"not(selected(., {quoted(code)}) and count-selected(.) > 1)"),
            say("'{code}' cannot be chosen together with another option.", code=code),
            hard=True,
        )


def _message(check: Check) -> Message:
    if check.message:
        return wording(check.message)
    return say("The answer breaks the rule {rule}.", rule=check.rule)


def _test(text: str) -> Test:
    expression = parse(text)
    return Test(compile_test(expression), references(expression))


def _calculation(text: str) -> Calculation:
    expression = parse(text)
    return Calculation(compile_expression(expression), references(expression), _random(expression))


def _random(expression: Expression) -> bool:
    return any(
        isinstance(node, Call) and node.name in ("random", "uuid") for node in walk(expression.root)
    )
