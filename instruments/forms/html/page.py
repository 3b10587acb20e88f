"""The page: self-contained, closed to everything outside, and readable without its script."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from instruments.forms.html.items import SILENT, questions
from instruments.forms.html.markup import Markup, element, joined
from instruments.forms.html.script import script
from instruments.forms.html.words import Words
from instruments.language import say
from instruments.model import Instrument


def to_html(instrument: Instrument, *, language: str | None = None) -> str:
    """The instrument as a page that opens in `language`; it sends and keeps nothing."""
    words = Words.of(instrument, first=language)
    style, code = _style(words), script(instrument)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, code)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", words.plain(instrument.title)[0]),
        element("style", Markup(style)),
    )
    body = element("body", *_switch(words), _header(instrument, words), _main(instrument, words),
                   element("script", Markup(code)))  # fmt: skip
    first = words.languages[0]
    return f"<!doctype html>\n{element('html', head, body, lang=first if first != 'default' else None)}\n"


def _policy(style: str, code: str) -> str:
    """Nothing may be loaded or sent, and nothing runs but what stands here."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(code)}';"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _style(words: Words) -> str:
    """The style sheet; the rules that show one language are made for as many as there are."""
    common = (files("instruments.forms.html") / "page.css").read_text(encoding="utf-8")
    hidden = [
        f"body:has(#language-{shown}:checked) .l{other}"
        for shown in range(len(words.languages))
        for other in range(len(words.languages))
        if other != shown
    ]
    return common + (f"{', '.join(hidden)} {{ display: none; }}\n" if hidden else "")


def _switch(words: Words) -> list[Markup]:
    if len(words.languages) < 2:
        return []
    choices = [
        element("label", element("input", type="radio", name="language", id=f"language-{at}", checked=at == 0),
                " ", name)
        for at, name in enumerate(words.names)
    ]  # fmt: skip
    return [element("header", element("nav", *choices, class_="languages", aria_label="Language"))]


def _header(instrument: Instrument, words: Words) -> Markup:
    told = words.say(say("This is a preview: answers are neither sent nor kept."))
    return element("header", element("h1", words.text(instrument.title)),
                   element("p", told, class_="note-of-preview"))  # fmt: skip


def _main(instrument: Instrument, words: Words) -> Markup:
    asked = [placed.item for placed in instrument.placed()
             if placed.item.type not in SILENT and placed.item.type != "note"]  # fmt: skip
    numbers = {item.id: at for at, item in enumerate(asked, start=1)}
    button = element("button", words.say(say("Check the answers")), type="button", id="check")
    return element("main", questions(instrument, words, numbers=numbers), button, *_results(words))


def _results(words: Words) -> list[Markup]:
    good = say("All answers fit. {answered} of {asked} questions are answered.",
               answered=_count("answered"), asked=_count("asked"))  # fmt: skip
    bad = say("{faulty} answers need another look; they are marked.", faulty=_count("faulty"))
    return [
        element("p", words.sentence(message), id=name,
                class_="result", tabindex="-1", hidden=True, role="status")
        for name, message in (("good", good), ("bad", bad))
    ]  # fmt: skip


def _count(name: str) -> Markup:
    return joined([element("span", "0", class_=f"count-{name}")])
