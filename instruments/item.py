"""One question and its parts: options, keys, checks, law references.

`instruments.model` puts items into blocks and blocks into an instrument.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticKnownError

from instruments.language import Text

_ID, _CODE = r"^[A-Za-z_][A-Za-z0-9_.-]{0,254}$", r"^\S+$"
_LETTERS = (
    r"A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD"
)
_XML_NAME = rf"^[{_LETTERS}][{_LETTERS}0-9\u00B7\u0300-\u036F\u203F\u2040.-]{{0,254}}$"
OURS = "ours"
"""Key of the validation context in which what XLSForm allows beyond our own definitions is refused."""


def _in_ours(pattern: str) -> AfterValidator:
    """A narrower pattern for definitions that are written for this program."""

    def check(value: str, info: ValidationInfo) -> str:
        if (info.context or {}).get(OURS) and not re.match(pattern, value):
            raise PydanticKnownError("string_pattern_mismatch", {"pattern": pattern})
        return value

    return AfterValidator(check)


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 255, "pattern": pattern})


Id = Annotated[str, Field(pattern=_ID)]
Name = Annotated[str, Field(pattern=_XML_NAME), _in_ours(_ID), _text(_ID)]
"""Name of an item or block: an `Id`, but in a form that comes from elsewhere any name of XML."""
ListName = Annotated[str, Field(pattern=r"^[^\s'\"]+$"), _in_ours(_ID), _text(_ID)]
Code = Annotated[str, Field(min_length=1, max_length=255, pattern=_CODE)]
OptionCode = Annotated[
    str, Field(min_length=1, max_length=255, pattern=r"^\S(.*\S)?$"), _in_ours(_CODE), _text(_CODE)
]

ItemType = Literal[
    "single", "multiple", "integer", "decimal", "text", "date", "time", "datetime", "note",
    "calculated", "hidden", "start", "end", "today", "geopoint", "file", "metadata",
]  # fmt: skip
Missing = Literal["dont_know", "refused", "not_applicable"]
Order = Literal["shuffle", "cycle", "reverse"]
"""How an order is drawn: any, any start with the rest following, or forwards or backwards."""


class Definition(BaseModel):
    """Base of all parts of a definition: frozen, and nothing unknown is let pass."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class LawReference(Definition):
    """The provision that makes an answer right, and while it is in force."""

    number: str
    """Number of the law, such as 36/2024/QH15."""
    article: str
    """The provision in it, such as "Điều 9 khoản 2"."""
    valid_from: date
    """First day on which the provision is in force with this content."""
    valid_to: date | None = None
    """Last day; absent while no end is known."""
    promulgated: date | None = None
    """Day on which it was promulgated, since when people may answer by it."""
    transition_days: Annotated[int, Field(ge=0, le=730)] = 90
    """Days after `valid_from` on which people may still answer by the law before, and days before it
    where `promulgated` is absent; interviews on them are counted and the item is flagged."""


class Option(Definition):
    """One answer that can be chosen."""

    code: OptionCode
    """What is stored: a text without spaces, in quotation marks where it looks like a number."""
    label: Text = Field(default_factory=dict)
    """The words, by language."""
    missing: Missing | None = None
    """Marks don't-know, refusal or not-applicable: a code of its own, never an ordinary answer."""
    exclusive: bool = False
    """Cannot be chosen together with another option."""
    fixed: bool = False
    """Keeps its place when the options are rotated, as missing and exclusive ones always do."""
    filters: dict[str, str] = Field(default_factory=dict)
    """Further columns of the choice list, which a `choice_filter` may compare."""


class Level(Definition):
    """A value that may be drawn for a respondent."""

    code: Code
    """What is stored."""
    label: Text = Field(default_factory=dict)
    """The words that stand where a text shows the drawn value by `${id}`."""


class Key(Definition):
    """Credit by option code, for interviews between two dates (both included).

    An amended law is not drift but a new key: the old one ends the day before the new one begins.
    """

    credit: dict[Code, Annotated[float, Field(ge=0, le=1)]]
    """Credit from 0 to 1 by code; an option that is not named earns nothing."""
    valid_from: date | None = None
    """First day of interview that it scores."""
    valid_to: date | None = None
    """Last day of interview that it scores."""

    def holds_on(self, day: date) -> bool:
        """Whether an interview on `day` is scored by this key."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


class Check(Definition):
    """A rule on an answer in the expression language, in which ``.`` is the answer."""

    rule: str
    """What must hold, such as `. >= 1916 and . <= 2008`."""
    message: Text = Field(default_factory=dict)
    """What the respondent or interviewer is told when it does not."""
    hard: bool = True
    """A hard rule must hold; a soft one (`false`) only asks for confirmation."""


_Credit = Code | dict[Code, Annotated[float, Field(ge=0, le=1)]]


class Item(Definition):
    """One question, note, calculation or piece of metadata."""

    id: Name
    """Stable name: equal from wave to wave for the same question."""
    type: ItemType
    """What kind of answer it takes."""
    label: Text = Field(default_factory=dict)
    """The words of the question; `${id}` shows an earlier answer."""
    hint: Text = Field(default_factory=dict)
    """A remark below the question, which respondents see."""
    instruction: Text = Field(default_factory=dict)
    """A remark for the interviewer, which is not read out."""
    card: bool = False
    """The interviewer hands over a card with the options."""
    options: tuple[Option, ...] = ()
    """The answers that can be chosen."""
    choices: ListName | None = None
    """Name of a reusable choice list, in place of `options`."""
    choice_filter: str | None = None
    """Which options are offered: an expression over the columns of the list."""
    or_other: bool = False
    """Offers "other" with a text."""
    rotate: Order | None = None
    """In which order the options are shown; drawn once for each respondent."""
    required: bool = False
    """Must be answered where it is asked."""
    show_if: str | None = None
    """Condition under which it is asked, such as `${k1} = 'co'`."""
    checks: tuple[Check, ...] = ()
    """Rules on the answer."""
    calculation: str | None = None
    """Expression that a calculated item holds."""
    once: bool = False
    """Calculated once, when the form is opened."""
    draw: tuple[Level, ...] = ()
    """Values of which one is drawn for each respondent; for items of type hidden."""
    max_selected: int | None = None
    """The most options that may be chosen."""
    vignette: Id | None = None
    """The note that tells the situation that the item is about; the two stay together."""
    topic: Id | None = None
    """What it is about, for the blueprint."""
    dimension: Id | None = None
    """What it measures."""
    key: tuple[Key, ...] = ()
    """What each answer is worth: `a`, `{a: 1, b: 0.5}`, or a list of keys with their dates."""
    law: tuple[LawReference, ...] = ()
    """The provisions that make the key right."""
    reviewed: bool | None = None
    """Whether a lawyer has confirmed the key; absent where no law is involved."""
    contact: bool = False
    """Tells who the respondent is or how to reach them: sealed apart from the answers."""
    anchor: bool = False
    """Repeated unchanged in every wave, to link the scores of waves."""
    fixed: bool = False
    """Keeps its place when the block around it is rotated."""
    source: str | None = None
    """Where the item and its key come from."""
    bank: str | None = None
    """The bank that the item was taken from, as ``file#id@version``; written by the program."""
    settings: dict[str, str] = Field(default_factory=dict)
    """What XLSForm says beyond this model (appearance, parameters), carried through unchanged."""

    @field_validator("key", mode="before", json_schema_input_type=_Credit | Key | list[Key])
    @classmethod
    def _key_in_short(cls, value: Any) -> Any:  # noqa: ANN401 - not yet validated
        """``key: a`` and ``key: {a: 1, b: 0.5}`` are one key that always holds."""
        if isinstance(value, list | tuple):
            return value
        if not isinstance(value, Mapping):
            return [{"credit": {value: 1}}]
        return [value if isinstance(value.get("credit"), Mapping) else {"credit": value}]

    @field_validator("law", mode="before", json_schema_input_type=LawReference | list[LawReference])
    @classmethod
    def _single_law(cls, value: Any) -> Any:  # noqa: ANN401 - not yet validated
        """One law may stand without a list around it."""
        return [value] if isinstance(value, Mapping) else value

    @field_validator("checks", mode="before", json_schema_input_type=Check | list[Check])
    @classmethod
    def _single_check(cls, value: Any) -> Any:  # noqa: ANN401 - not yet validated
        """One check may stand without a list around it."""
        return [value] if isinstance(value, Mapping) else value

    @field_validator("draw", mode="before", json_schema_input_type=list[Level | Code])
    @classmethod
    def _codes_alone(cls, value: Any) -> Any:  # noqa: ANN401 - not yet validated
        """``draw: ["1", "2"]`` are values that no text shows."""
        if not isinstance(value, list | tuple):
            return value
        return [{"code": one} if isinstance(one, str) else one for one in value]
