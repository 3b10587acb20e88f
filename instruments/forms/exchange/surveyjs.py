"""The form as JSON of the SurveyJS Form Library (surveyjs.io), without any key or score."""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from instruments.errors import Problem
from instruments.expression.parse import parse
from instruments.expression.tree import Call, Current
from instruments.expression.tree import Text as Literal
from instruments.forms.chance import shuffles_all_options
from instruments.forms.exchange.surveyjs_expression import Reader, Unsayable
from instruments.forms.rules import Rule, rules_of, soft_checks
from instruments.language import Message, Text, say
from instruments.model import Block, Instrument, Item, Option, Placed

Data = dict[str, object]

LONG_LIST = 12
"""More options than this stand in a list that opens."""
_PLACE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_BRACED = re.compile(r"\{(?=([^{}]+)\})")
_JOINER = "\u2060"
"""Word joiner: nobody sees it, and with it a word in braces is no name."""
_OWN_NAMES = frozenset(("no", "require", "title", "description", "pageno", "pagecount", "locale",
                        "panel", "item", "row", "state", "questioncount", "answeredquestioncount"))  # fmt: skip
"""What SurveyJS puts in the place of such a name in braces."""
_INPUTS: Mapping[str, Data] = {
    "integer": {"type": "text", "inputType": "number", "step": 1},
    "decimal": {"type": "text", "inputType": "number", "step": "any"},
    "date": {"type": "text", "inputType": "date"},
    "time": {"type": "text", "inputType": "time"},
    "datetime": {"type": "text", "inputType": "datetime-local"},
    "text": {"type": "text"},
    "file": {"type": "file"},
}
_SET_BY_HOST = frozenset(("hidden", "start", "end", "today", "metadata"))
"""What no question asks; conditions may still read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyJs:
    """The form and what it could not take over."""

    text: str
    losses: tuple[Problem, ...]


def to_surveyjs(instrument: Instrument) -> SurveyJs:
    """Every block of the top level as a page, every further block as a panel."""
    placed = {one.item.id: one for one in instrument.placed()}
    writer = _Writer(instrument=instrument, placed=placed)
    survey: Data = {
        "title": writer.text(instrument.title),
        "locale": instrument.default_language or instrument.languages[0],
        "showQuestionNumbers": "on",
        "pages": list(writer.pages()),
    }
    calculated = list(writer.calculated())
    if calculated:
        survey["calculatedValues"] = calculated
    text = json.dumps(survey, ensure_ascii=False, indent=2) + "\n"
    return SurveyJs(text=text, losses=tuple(writer.losses))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    instrument: Instrument
    placed: Mapping[str, Placed]
    losses: list[Problem] = field(default_factory=list)

    def pages(self) -> Iterator[Data]:
        """Items that stand before, between and after the blocks share a page."""
        loose: list[Item] = []
        count = 0
        for part in (*self.instrument.items, None):
            if isinstance(part, Item):
                loose.append(part)
                continue
            elements = list(self.elements(loose, ""))
            loose = []
            if elements:
                count += 1
                yield {"name": f"page{count}", "elements": elements}
            if isinstance(part, Block):
                yield self.page(part)

    def page(self, block: Block) -> Data:
        if block.repeat:
            return {"name": f"page_{block.id}", "elements": [self.block(block, "")]}
        inside = list(self.elements(block.items, f"{block.id}/"))
        return {"name": block.id, **self.titled(block.label), **self.shown(block, block.id),
                "elements": inside}  # fmt: skip

    def elements(self, parts: Sequence[Block | Item], above: str) -> Iterator[Data]:
        for part in parts:
            if isinstance(part, Block):
                yield self.block(part, above)
            elif part.type in _SET_BY_HOST:
                self.lose(f"{above}{part.id}", say("SurveyJS does not fill it; the page that shows"
                                                   " the form must set its value."))  # fmt: skip
            elif part.type == "geopoint":
                self.lose(
                    f"{above}{part.id}", say("SurveyJS has no such question; it is left out.")
                )
            elif part.type != "calculated":
                yield self.item(part, f"{above}{part.id}")

    def block(self, block: Block, above: str) -> Data:
        path = f"{above}{block.id}"
        kind = ("paneldynamic", "templateElements") if block.repeat else ("panel", "elements")
        return {"type": kind[0], "name": block.id, **self.titled(block.label), **self.shown(block, path),
                kind[1]: list(self.elements(block.items, f"{path}/"))}  # fmt: skip

    def item(self, item: Item, path: str) -> Data:
        shown = self.shown(item, path)
        if item.type == "note":
            return {"type": "html", "name": item.id, "html": self.markup(item.label), **shown}
        asked: Data = {
            "name": item.id,
            **self.titled(item.label),
            **shown,
            **self.control(item, path),
        }
        if item.hint:
            asked["description"] = self.text(item.hint)
        if item.required:
            asked["isRequired"] = True
        validators = list(self.validators(item, path))
        return {**asked, **({"validators": validators} if validators else {})}

    def control(self, item: Item, path: str) -> Data:
        if item.instruction or item.card:
            self.lose(path, say("The instruction for the interviewer is left out."))
        if item.type not in ("single", "multiple"):
            multiline = item.settings.get("appearance") == "multiline"
            return {"type": "comment"} if multiline else _INPUTS[item.type]
        options = self.instrument.options_of(item)
        many = len(options) > LONG_LIST
        control: Data = {"type": "checkbox"}
        if item.type == "single":
            control = {"type": "dropdown" if many else "radiogroup"}
        control["choices"] = [self.choice(option) for option in options]
        if item.or_other:
            control["showOtherItem"] = True
        if item.max_selected is not None:
            control["maxSelectedChoices"] = item.max_selected
        if item.choice_filter:
            self.lose(path, say("All options are offered, whatever was answered before."))
        return {**control, **self.order(item, path)}

    def order(self, item: Item, path: str) -> Data:
        if item.rotate is None:
            return {}
        if shuffles_all_options(item, self.instrument):
            return {"choicesOrder": "random"}
        self.lose(path, say("Options are shown in the order of the form."))
        return {}

    def choice(self, option: Option) -> Data:
        return {"value": option.code, "text": self.text(option.label) or option.code}

    def shown(self, part: Block | Item, path: str) -> Data:
        if part.show_if is None:
            return {}
        written = self.expression(part.show_if, path)
        if written is None:
            self.lose(path, say("The condition '{rule}' is left out; it is asked of everybody.",
                                rule=part.show_if))  # fmt: skip
            return {}
        return {"visibleIf": written}

    def validators(self, item: Item, path: str) -> Iterator[Data]:
        if item.type == "integer":
            yield {"type": "regex", "regex": "^[+-]?[0-9]+$"}
        own = len([check for check in item.checks if check.hard])
        for at, rule in enumerate(rules_of(item, self.instrument)):
            is_maximum = at == own and item.max_selected is not None
            if not is_maximum:
                yield from self.validator(rule, item, path)
        for check in soft_checks(item):
            self.lose(path, say("The check '{rule}' only asks for confirmation; it is left out.",
                                rule=check.rule))  # fmt: skip

    def validator(self, rule: Rule, item: Item, path: str) -> Iterator[Data]:
        """A rule holds where there is no answer, as in every other form."""
        told: Data = {"text": self.text(rule.message)} if rule.message else {}
        pattern = _pattern(rule.rule)
        if pattern is not None:
            yield {"type": "regex", "regex": f"^(?:{pattern})$", **told}
            return
        written = self.expression(rule.rule, path, current=item.id)
        if written is None:
            self.lose(path, say("The check '{rule}' is left out.", rule=rule.rule))
            return
        empty = f"{self.place(item.id, path)} empty"
        yield {"type": "expression", "expression": f"({empty}) or {written}", **told}

    def calculated(self) -> Iterator[Data]:
        """Calculations belong to the survey; those of a roster's entries have no place there."""
        for one in self.instrument.placed():
            text = one.item.calculation
            if one.item.type != "calculated" or text is None:
                continue
            written = None if one.repeat else self.value(text, one.path)
            if written is None:
                self.lose(one.path, say("The calculation is left out."))
            else:
                yield {"name": one.item.id, "expression": written, "includeIntoResult": True}

    def value(self, text: str, path: str) -> str | None:
        try:
            return self.reader(path).value(parse(text))
        except Unsayable:
            return None

    def expression(self, text: str, path: str, *, current: str = "") -> str | None:
        """The expression as it is written at a place of the form; None where it cannot be."""
        try:
            return self.reader(path, current=current).expression(parse(text))
        except Unsayable:
            return None

    def reader(self, path: str, *, current: str = "") -> Reader:
        items = {name: one.item for name, one in self.placed.items()
                 if one.item.type != "geopoint" and self.reachable(name, path)}  # fmt: skip
        return Reader(items=items, place=lambda name: self.place(name, path), current=current)

    def reachable(self, name: str, path: str) -> bool:
        """Whether one answer is meant: a question of a roster is one only within its entry."""
        roster = self.placed[name].repeat
        return roster is None or path.startswith(f"{roster}/")

    def place(self, name: str, path: str) -> str:
        one = self.placed[name]
        return (
            f"{{panel.{name}}}"
            if one.repeat and path.startswith(f"{one.repeat}/")
            else f"{{{name}}}"
        )

    def titled(self, text: Text) -> Data:
        return {"title": self.text(text)} if text else {}

    def text(self, text: Text) -> Text:
        """A text with its answers in single braces, and in no others what would be read as one."""
        return {
            code: _PLACE.sub(r"{\1}", _BRACED.sub(self.brace, words))
            for code, words in text.items()
        }

    def brace(self, found: re.Match[str]) -> str:
        """An opening brace of the text's own."""
        name = re.split(r"[.\[]", found[1])[0].strip()
        is_place = found.string[: found.start()].endswith("$")
        known = name.lower() in _OWN_NAMES or any(
            name.lower() == one.lower() for one in self.placed
        )
        if is_place or not known:
            return "{"
        loss = Problem(where=self.instrument.id, what=say(
            "SurveyJS would read {braced} in a text as an answer; an invisible sign behind the"
            " brace keeps it a text.", braced="{" + found[1] + "}"))  # fmt: skip
        if loss not in self.losses:
            self.losses.append(loss)
        return "{" + _JOINER

    def markup(self, text: Text) -> Text:
        """A note, which SurveyJS sets as HTML."""
        return {code: _PLACE.sub(r"{\1}", html.escape(words).replace("{", "&#123;").replace("$&#123;", "${"))
                for code, words in text.items()}  # fmt: skip

    def lose(self, path: str, what: Message) -> None:
        self.losses.append(Problem(where=path, what=what))


def _pattern(rule: str) -> str | None:
    """The pattern of a rule that is nothing but one."""
    match parse(rule).root:
        case Call(name="regex", arguments=(Current(), Literal(value=pattern))):
            return pattern
    return None
