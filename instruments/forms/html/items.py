"""Questions as HTML that works without a script: fieldsets, labels, native controls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from instruments.expression.parse import parse
from instruments.expression.sentence import Wording, only_if
from instruments.forms.html.markup import Markup, element, joined
from instruments.forms.html.words import Words, ours
from instruments.forms.rules import Rule, rules_of, soft_checks
from instruments.forms.xform.tree import OTHER
from instruments.language import in_language, say
from instruments.model import Block, Instrument, Item, Option

LONG_LIST = 12
"""More options than this stand in a list that opens."""
SILENT = frozenset(("calculated", "hidden", "start", "end", "today", "metadata"))
_INPUTS: Mapping[str, dict[str, str]] = {
    "integer": {"type": "text", "inputmode": "numeric"},
    "decimal": {"type": "text", "inputmode": "decimal"},
    "date": {"type": "date"},
    "time": {"type": "time"},
    "datetime": {"type": "datetime-local"},
    "text": {"type": "text"},
    "geopoint": {"type": "text"},
    "file": {"type": "file"},
}


def questions(instrument: Instrument, words: Words, *, numbers: Mapping[str, int]) -> Markup:
    """All parts of an instrument, in form order."""
    asked = {placed.item.id: instrument.options_of(placed.item) for placed in instrument.placed()}
    writer = _Writer(instrument=instrument, words=words, numbers=numbers, asked=asked)
    return writer.parts(instrument.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    instrument: Instrument
    words: Words
    numbers: Mapping[str, int]
    """Number of each question that is shown, by its id."""
    asked: Mapping[str, tuple[Option, ...]]
    """Options of each item, by its id."""

    def parts(self, parts: tuple[Block | Item, ...]) -> Markup:
        return joined(
            self.block(part) if isinstance(part, Block) else self.item(part) for part in parts
        )

    def block(self, block: Block) -> Markup:
        """A section; a roster's first entry, which a script can repeat."""
        heading = element("h2", self.words.text(block.label)) if block.label else ""
        inside = joined([self.skip(block), self.parts(block.items)])
        if block.repeat:
            inside = joined(
                [
                    element("div", element("p", class_="entry"), inside, class_="instance"),
                    element(
                        "button",
                        self.words.say(say("Add another entry")),
                        type="button",
                        class_="add",
                    ),
                ]
            )
        return element("section", heading, inside, class_="block", data_part=block.id,
                       data_roster=block.id if block.repeat else None)  # fmt: skip

    def item(self, item: Item) -> Markup:
        """A question with its hint, control and messages; nothing for what is not asked."""
        if item.type in SILENT:
            return self.levels(item)
        if item.type == "note":
            return element("div", self.skip(item), element("p", self.words.text(item.label)),
                           self.hint(item), self.instruction(item),
                           class_="item note", data_part=item.id)  # fmt: skip
        group = item.type in ("single", "multiple") and not self.in_list(item)
        inside = [self.skip(item), self.hint(item), self.instruction(item), self.control(item),
                  *self.messages(item)]  # fmt: skip
        heading = element("legend" if group else "label", self.label(item),
                          for_=None if group else f"i-{item.id}")  # fmt: skip
        shown = element("fieldset" if group else "div", heading, *inside, class_="item",
                        data_part=item.id, data_type=item.type, data_required=item.required)  # fmt: skip
        return joined([shown, self.other(item)])

    def label(self, item: Item) -> Markup:
        number = element("b", f"{self.numbers[item.id]}.", class_="number")
        star = element("i", self.words.say(say("(must be answered)"))) if item.required else ""
        return joined([number, " ", self.words.text(item.label), " ", star])

    def hint(self, item: Item) -> Markup:
        several = self.words.say(say("Several answers may be chosen."))
        parts = [*([several] if item.type == "multiple" else []),
                 *([self.words.text(item.hint)] if item.hint else [])]  # fmt: skip
        if not parts:
            return Markup("")
        return element("p", Markup(" ".join(parts)), class_="hint", id=f"h-{item.id}")

    def instruction(self, item: Item) -> Markup:
        """What the interviewer does and does not read out."""
        card = self.words.say(say("Hand over the card with the options."))
        own = self.words.text(item.instruction)
        parts = [*([card] if item.card else []), *([own] if item.instruction else [])]
        if not parts:
            return Markup("")
        lead = element("b", self.words.say(say("For the interviewer:")))
        return element("p", Markup(" ".join([lead, *parts])), class_="instruction")

    def levels(self, item: Item) -> Markup:
        """The words of values that are drawn, for the texts that show them."""
        words = [
            element("span", self.words.text(level.label), data_code=level.code)
            for level in item.draw
            if level.label
        ]
        return element("div", *words, data_words=item.id, hidden=True) if words else Markup("")

    def skip(self, part: Block | Item) -> Markup:
        """In words, for readers without a script, on whom nothing is skipped."""
        if part.show_if is None:
            return Markup("")
        expression = parse(part.show_if)
        return element(
            "p",
            self.words.each(
                lambda code: Markup(element("span", only_if(expression, self.wording(code))))
            ),
            class_="skip",
        )

    def wording(self, code: str) -> Wording:
        return Wording(language=ours(code), question=lambda name: self.named(name, code),
                       option=lambda name, answer: self.option_label(name, answer, code))  # fmt: skip

    def named(self, name: str, code: str) -> str:
        number = self.numbers.get(name)
        if number is None:
            return name
        return say("question {number}", number=number).text(ours(code))

    def option_label(self, name: str, answer: str, code: str) -> str:
        for option in self.asked.get(name, ()):
            if option.code == answer:
                return option.label.get(code) or in_language(option.label, ours(code))
        return answer

    def in_list(self, item: Item) -> bool:
        return item.type == "single" and len(self.instrument.options_of(item)) > LONG_LIST

    def control(self, item: Item) -> Markup:
        if self.in_list(item):
            return self.choice_list(item)
        if item.type in ("single", "multiple"):
            return joined(self.choice(item, option) for option in self.options(item))
        kind = item.settings.get("type", "")
        if kind in ("acknowledge", "trigger"):
            return element("label", element("input", type="checkbox", value="OK", id=f"i-{item.id}"), "OK",
                           class_="choice")  # fmt: skip
        if item.settings.get("appearance") == "multiline":
            return element(
                "textarea", item.settings.get("default", ""), id=f"i-{item.id}", rows="5"
            )
        given = _INPUTS[item.type]
        return element(
            "input",
            id=f"i-{item.id}",
            **given,
            aria_describedby=f"h-{item.id}" if item.hint else None,
        )

    def options(self, item: Item) -> tuple[Option, ...]:
        options = self.instrument.options_of(item)
        if not item.or_other or any(option.code == OTHER for option in options):
            return options
        words = say("Other")
        label = {code: words.text(ours(code)) for code in self.words.languages}
        return (*options, Option(code=OTHER, label=label))

    def choice(self, item: Item, option: Option) -> Markup:
        kind = "radio" if item.type == "single" else "checkbox"
        box = element("input", type=kind, name=f"n-{item.id}", value=option.code)
        return element("label", box, element("span", self.words.text(option.label or {"": option.code})),
                       class_="choice")  # fmt: skip

    def choice_list(self, item: Item) -> Markup:
        words = say("Choose …")
        texts = [words.text(ours(code)) for code in self.words.languages]
        first = element("option", texts[0], value="", **self.switched(texts))
        return element("select", first, *map(self.entry, self.options(item)), id=f"i-{item.id}")

    def entry(self, option: Option) -> Markup:
        texts = self.words.plain(option.label or {"": option.code})
        return element("option", texts[0], value=option.code, **self.switched(texts))

    def switched(self, texts: list[str]) -> dict[str, str]:
        """The text of an option in each language, which a script puts in its place."""
        return {f"data_l{at}": text for at, text in enumerate(texts)} if len(set(texts)) > 1 else {}

    def messages(self, item: Item) -> Iterator[Markup]:
        """What is wrong with an answer, each hidden until it is."""
        yield self.problem("required", self.words.say(say("Please answer this question.")))
        if item.type in ("integer", "decimal"):
            yield self.problem("number", self.words.say(say("Please write a number.")))
        for at, rule in enumerate(all_rules(item, self.instrument)):
            usual = self.words.say(say("Please check this answer."))
            yield self.problem(
                f"rule-{at}", self.words.text(rule.message) if rule.message else usual
            )

    def problem(self, name: str, words: Markup) -> Markup:
        return element("p", words, class_="problem", data_problem=name, role="alert", hidden=True)

    def other(self, item: Item) -> Markup:
        if not item.or_other:
            return Markup("")
        name = f"{item.id}_{OTHER}"
        label = element("label", self.words.say(say("Which other?")), for_=f"i-{name}")
        field = element("input", type="text", id=f"i-{name}")
        return element("div", label, field, class_="item", data_part=name, data_type="text")


def all_rules(item: Item, instrument: Instrument) -> list[Rule]:
    """The rules of an answer, hard ones first."""
    return [
        *rules_of(item, instrument),
        *(Rule(check.rule, check.message) for check in soft_checks(item)),
    ]
