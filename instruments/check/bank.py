"""Rules of an item bank: each version of an item stands once and holds by itself."""

from collections.abc import Iterable, Iterator

from instruments.bank import Bank
from instruments.check.findings import Finding, Where, as_problems, path
from instruments.check.instrument import check_alone
from instruments.errors import Problem
from instruments.language import say
from instruments.model import Instrument


def check_bank(bank: Bank, *, where: Where = path) -> list[Problem]:
    """Every breach of the rules; `where` names the place in the file."""
    return [
        *as_problems(_findings(bank, where), where=where),
        *check_alone(_form(bank), where=where),
    ]


def _findings(bank: Bank, where: Where) -> Iterator[Finding]:
    yield from _versions(bank, where)
    for position, item in enumerate(bank.items):
        if item.show_if is not None:
            yield Finding(("items", position, "show_if"),
                          say("An item of a bank cannot know what else is asked."),
                          say("Write 'show_if' where the item is used."))  # fmt: skip


def _versions(bank: Bank, where: Where) -> Iterable[Finding]:
    first: dict[tuple[str, str], int] = {}
    for position, item in enumerate(bank.items):
        known = first.setdefault((item.id, item.version), position)
        if known != position:
            yield Finding(("items", position, "version"),
                          say("Version '{version}' of '{id}' exists already: {first}.",
                              version=item.version, id=item.id,
                              first=where(("items", known, "version"))),
                          say("Give a changed item a new version."))  # fmt: skip


def _form(bank: Bank) -> Instrument:
    """The items as a form, by which the rules of items are asked."""
    return Instrument(id=bank.id, version=bank.version, title=bank.title, items=bank.items,
                      languages=bank.languages, choice_lists=bank.choice_lists)  # fmt: skip
