"""The shipped definitions, loaded once, and what the tests of them ask of items and booklets."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from instruments.booklets import booklets_by_block
from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.load import load_definition, load_instrument, load_plan
from instruments.model import Instrument, Item, Placed

FOLDER = Path(__file__).parents[2] / "instruments" / "library" / "hanoi_1371"
FIELD = (date(2026, 11, 1), date(2026, 12, 31))
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

INSTRUMENTS = {
    name: load_instrument(FOLDER / f"{name}.yaml")
    for name in ("residents", "forces", "legal_reporters", "local_reporters")
}
BANKS = {path.stem: load_definition(path) for path in sorted(FOLDER.glob("bank_*.yaml"))}
PLAN = load_plan(FOLDER / "plan.yaml")


def items_of(instrument: Instrument) -> dict[str, Item]:
    return {placed.item.id: placed.item for placed in instrument.placed()}


def scored(instrument: Instrument, dimension: str | None = None) -> list[Item]:
    """The items that count towards a dimension; try-out items have a key and no dimension."""
    return [item for item in items_of(instrument).values()
            if item.key and item.dimension and dimension in (None, item.dimension)]  # fmt: skip


def keyed(instrument: Instrument) -> list[Item]:
    """Items of four answers of which one is right: the scored ones and those being tried out."""
    return [item for item in items_of(instrument).values()
            if item.key and (item.dimension or "knowledge") == "knowledge"]  # fmt: skip


def substantive(instrument: Instrument, item: Item) -> list[str]:
    return [one.code for one in instrument.options_of(item) if one.missing is None]


def right_answer(item: Item, day: date = FIELD[0]) -> str:
    (key,) = [key for key in item.key if key.holds_on(day)]
    (code,) = [code for code, credit in key.credit.items() if credit == 1]
    return code


def label_of(item: Item, code: str, language: str = "vi") -> str:
    return next(option.label[language] for option in item.options if option.code == code)


def block_of(instrument: Instrument, placed: Placed) -> str | None:
    """The booklets' block that an item stands in."""
    named = booklets_by_block(instrument)
    return next((block.id for block in placed.blocks if block.id in named), None)


def asked(instrument: Instrument, booklet: str) -> Iterator[Item]:
    """The items of a booklet in its order; those of common blocks stand where the form has them."""
    (blocks,) = [one.blocks for one in instrument.booklets if one.id == booklet]
    own = {name: [placed.item for placed in instrument.placed()
                  if block_of(instrument, placed) == name] for name in blocks}  # fmt: skip
    are_told = False
    for placed in instrument.placed():
        if block_of(instrument, placed) is None:
            yield placed.item
        elif not are_told:
            are_told = True
            for name in blocks:
                yield from own[name]


def passes(item: Item, answer: str | float) -> bool:
    """Whether an answer fulfils the only check of an item."""
    (check,) = item.checks
    return compile_test(parse(check.rule))(Context(now=NOON, answers={}, current=answer))
