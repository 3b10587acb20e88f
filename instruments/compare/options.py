"""Differences of the options and the key of one item."""

from collections.abc import Iterator, Sequence

from instruments.compare.difference import Difference
from instruments.compare.wording import wording
from instruments.language import say
from instruments.model import Item, Key, Option


def options(old: Sequence[Option], new: Sequence[Option], *, where: str) -> Iterator[Difference]:
    """Options that are gone, new, moved, or of another meaning."""
    before, after = ({one.code: one for one in some} for some in (old, new))
    for code in before:
        if code not in after:
            yield Difference(where=where, kind="option_removed", effect="breaks",
                             what=say("The option '{code}' is gone.", code=code),
                             why=say("Those who would have chosen it now choose another one."))  # fmt: skip
    for code in after:
        if code not in before:
            yield Difference(where=where, kind="option_added", effect="breaks",
                             what=say("The option '{code}' is new.", code=code),
                             why=say("It draws answers away from the others."))  # fmt: skip
    for code, one in before.items():
        if code in after:
            yield from _option(one, after[code], where=where)
    yield from _order([code for code in before if code in after],
                      [code for code in after if code in before], where=where)  # fmt: skip


def key(old: Item, new: Item, *, where: str) -> Iterator[Difference]:
    """A key that scores the same answers differently, or one for an amended law."""
    if old.key == new.key:
        return
    if old.key and _continues(old.key, new.key):
        yield Difference(where=where, kind="key_continued", effect="safe",
                         what=say("A new key holds from {day}.",
                                  day=new.key[-1].valid_from),
                         why=say("Each interview is scored by the key of its day."))  # fmt: skip
        return
    yield Difference(where=where, kind="key", effect="breaks",
                     what=say("The key differs: {old} became {new}.",
                              old=_told(old.key), new=_told(new.key)),
                     why=say("The same answer earns another score; score the old wave anew by the "
                             "new key."))  # fmt: skip


def _option(old: Option, new: Option, *, where: str) -> Iterator[Difference]:
    yield from wording(old.label, new.label, where=f"{where}, {old.code}", kind="option_wording")
    if old.missing != new.missing:
        yield Difference(where=where, kind="missing_code", effect="breaks",
                         what=say("The option '{code}' counts as {new}, before as {old}.",
                                  code=old.code, new=new.missing or say("an answer"),
                                  old=old.missing or say("an answer")),
                         why=say("Shares are of other people."))  # fmt: skip
    if old.exclusive != new.exclusive:
        yield Difference(where=where, kind="exclusive", effect="may_break",
                         what=say("Whether '{code}' stands alone has changed.", code=old.code),
                         why=say("Other options can be chosen with it, or no longer."))  # fmt: skip


def _order(old: Sequence[str], new: Sequence[str], *, where: str) -> Iterator[Difference]:
    if list(old) != list(new):
        yield Difference(where=where, kind="option_order", effect="may_break",
                         what=say("The options stand in another order: {new}.", new=", ".join(new)),
                         why=say("First options are chosen more often on paper, last ones when read "
                                 "out."))  # fmt: skip


def _continues(old: Sequence[Key], new: Sequence[Key]) -> bool:
    """Whether the old keys stand unchanged, but that the last may have ended, and later ones follow."""
    if len(new) <= len(old):
        return False
    kept, last = list(new[: len(old)]), old[-1]
    ended = kept[-1]
    if kept[:-1] != list(old[:-1]) or ended.model_copy(update={"valid_to": last.valid_to}) != last:
        return False
    end = ended.valid_to
    return end is not None and all(
        one.valid_from and one.valid_from > end for one in new[len(old) :]
    )


def _told(keys: Sequence[Key]) -> str:
    rights = [", ".join(f"{code} {worth:g}" for code, worth in one.credit.items()) for one in keys]
    return "; ".join(rights) or "–"
