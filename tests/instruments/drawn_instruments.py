"""Instruments drawn at random, of every kind of item that a form can ask."""

from datetime import date
from unicodedata import normalize

from hypothesis import strategies as st

from instruments.model import Block, Instrument, Item, Option

_LETTERS = st.characters(categories=["L", "N", "P", "S"], exclude_characters="$")
WORDS = (
    st.lists(st.text(_LETTERS, min_size=1, max_size=8), min_size=1, max_size=4)
    .map(lambda words: normalize("NFC", " ".join(words)))
    .filter(lambda text: text == text.strip() and "${" not in text)
)
CODES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=6)
TEXTS = st.fixed_dictionaries({"vi": WORDS}, optional={"en": WORDS})
ASKED = (
    "integer",
    "decimal",
    "text",
    "date",
    "time",
    "datetime",
    "note",
    "geopoint",
    "single",
    "multiple",
)


@st.composite
def options(draw: st.DrawFn) -> tuple[Option, ...]:
    codes = draw(st.lists(CODES, min_size=2, max_size=5, unique=True))
    return tuple(
        Option(
            code=code,
            label=draw(TEXTS),
            missing=draw(st.sampled_from([None, None, "dont_know", "refused"])),
            exclusive=draw(st.booleans()),
            fixed=draw(st.booleans()),
            filters=draw(st.dictionaries(st.sampled_from(["region", "level"]), CODES, max_size=2)),
        )
        for code in codes
    )


@st.composite
def item(draw: st.DrawFn, number: int) -> Item:
    kind = draw(st.sampled_from(ASKED))
    fields: dict[str, object] = {"id": f"q{number}", "type": kind, "label": draw(TEXTS)}
    fields["hint"] = draw(st.just({}) | TEXTS)
    fields["instruction"] = draw(st.just({}) | TEXTS)
    fields["required"], fields["card"] = draw(st.booleans()), draw(st.booleans())
    if number and draw(st.booleans()):
        fields["show_if"] = f"${{q{draw(st.integers(0, number - 1))}}} != ''"
    if kind in ("single", "multiple"):
        fields["options"] = draw(options())
        free = [one for one in fields["options"] if not (one.missing or one.exclusive or one.fixed)]
        orders = [None, "shuffle", "cycle", "reverse"] if len(free) > 1 else [None]
        fields["rotate"] = draw(st.sampled_from(orders))
        codes = [option.code for option in fields["options"]]
        if kind == "single" and draw(st.booleans()):
            credit = draw(
                st.dictionaries(st.sampled_from(codes), st.sampled_from([0, 0.5, 1]), min_size=1)
            )
            credit[codes[0]] = 1
            fields["key"] = [
                {"credit": credit, "valid_from": draw(st.none() | st.dates(date(2000, 1, 1)))}
            ]
            fields["dimension"] = "d"
            fields["law"] = draw(st.just([]) | st.just([
                {"number": "2/2026", "article": "Điều 2", "valid_from": date(2026, 7, 1),
                 "promulgated": date(2026, 5, 2), "transition_days": 30}
            ]))  # fmt: skip
        if kind == "multiple":
            fields["max_selected"] = draw(st.none() | st.integers(1, 4))
    if kind in ("integer", "decimal"):
        checks = st.fixed_dictionaries(
            {"rule": st.just(". >= 0"), "hard": st.booleans(), "message": st.just({}) | TEXTS}
        )
        fields["checks"] = draw(st.lists(checks, max_size=2))
    return Item.model_validate(fields)


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    count = draw(st.integers(1, 8))
    parts: list[Item | Block] = []
    for number in range(count):
        one = draw(item(number))
        if draw(st.integers(0, 3)) == 0:
            label = draw(st.just({}) | TEXTS)
            parts.append(
                Block(
                    id=f"b{number}",
                    label=label,
                    items=(one,),
                    repeat=number == count - 1 and draw(st.booleans()),
                )
            )
        else:
            parts.append(one)
    return Instrument(
        id="thu", version="2026.11.1", title=draw(TEXTS), languages=("vi", "en"),
        default_language=draw(st.sampled_from([None, "vi", "en"])), items=tuple(parts),
        choice_lists=draw(st.just({}) | st.fixed_dictionaries({"q0": options()})),
        dimensions=({"id": "d", "label": {"vi": "Chiều"}},), interview_date=None,
    )  # fmt: skip
