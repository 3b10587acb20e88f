"""The page: self-contained, closed to everything outside, and readable without its script."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from instruments.forms.html.items import SILENT, questions
from instruments.forms.html.markup import Markup, element, joined
from instruments.forms.html.script import script
from instruments.forms.html.words import Words
from instruments.forms.paths import Paths
from instruments.language import say
from instruments.model import Instrument, Item


def to_html(
    instrument: Instrument, *, language: str | None = None, paths: Paths | None = None
) -> str:
    """The instrument as a page that opens in `language`; it sends and keeps nothing.

    With `paths`, the page tells which share of simulated respondents meets each question.
    """
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
    body = element("body", *_switch(words), _header(instrument, words, paths), _main(instrument, words),
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


def _header(instrument: Instrument, words: Words, paths: Paths | None) -> Markup:
    told = words.say(say("This is a preview: answers are neither sent nor kept."))
    return element("header", element("h1", words.text(instrument.title)),
                   element("p", told, class_="note-of-preview"),
                   *([_ways(instrument, words, paths)] if paths else []))  # fmt: skip


def _ways(instrument: Instrument, words: Words, paths: Paths) -> Markup:
    """How long the form takes, and the questions that not everybody meets."""
    low, middle, high = (max(1, round(minutes)) for minutes in paths.minutes)
    summary = say("For researchers: about {middle} minutes, and who meets which question",
                  middle=middle)  # fmt: skip
    told = say("{count} simulated respondents answered by chance what the checks allow. A tenth took"
               " under {low} minutes, a tenth over {high}. The questions below were not asked of"
               " all; the shares tell how the form branches, not how people will answer.",
               count=paths.respondents, low=low, high=high)  # fmt: skip
    numbers = _numbers(instrument)
    rows = [
        element("tr", element("td", str(numbers[item.id])), element("td", words.text(item.label)),
                element("td", f"{paths.shares[item.id]:.0%}"))
        for item in _asked(instrument) if paths.shares[item.id] < 1
    ]  # fmt: skip
    table = [element("table", *rows)] if rows else []
    return element("details", element("summary", words.say(summary)), element("p", words.say(told)),
                   *table, class_="ways")  # fmt: skip


def _asked(instrument: Instrument) -> list[Item]:
    return [placed.item for placed in instrument.placed()
            if placed.item.type not in SILENT and placed.item.type != "note"]  # fmt: skip


def _numbers(instrument: Instrument) -> dict[str, int]:
    return {item.id: at for at, item in enumerate(_asked(instrument), start=1)}


def _main(instrument: Instrument, words: Words) -> Markup:
    button = element("button", words.say(say("Check the answers")), type="button", id="check")
    return element(
        "main",
        questions(instrument, words, numbers=_numbers(instrument)),
        button,
        *_results(words),
        _record(words),
    )


def _record(words: Words) -> Markup:
    """The answers as a file that an import reads, so that the whole way can be tried."""
    told = say("A file as KoboToolbox gives it out, which 'hieuluat import' reads. It leaves this page"
               " only if you save it.")  # fmt: skip
    summary = say("For researchers: these answers as a file")
    box = element("textarea", id="record", rows="12", readonly=True)
    link = element("a", words.say(say("Save the answers")), id="save", download="answers.json")
    return element("details", element("summary", words.say(summary)),
                   element("p", element("label", words.say(told), for_="record")), box,
                   element("p", link), class_="ways record")  # fmt: skip


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
