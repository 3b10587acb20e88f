"""Rules of how an instrument is put to people: booklets, draws, vignettes, consent."""

from collections.abc import Iterator

from instruments.booklets import is_quotable, siblings
from instruments.check.findings import Finding, Place, repeated
from instruments.check.view import View
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.model import Block, Item


def booklets(seen: View) -> Iterator[Finding]:
    """Booklets that name what is no block, or blocks that do not stand side by side."""
    form = seen.instrument
    yield from repeated([one.id for one in form.booklets], at=("booklets",), field="id",
                        where=seen.where)  # fmt: skip
    blocks = {spot.part.id: spot for spot in seen.spots if isinstance(spot.part, Block)}
    level = siblings(form)
    for position, booklet in enumerate(form.booklets):
        if not is_quotable(booklet.id):
            yield Finding(("booklets", position, "id"),
                          say("The code '{code}' has both kinds of quotation marks; no condition can"
                              " name it.", code=booklet.id),
                          say("Use letters and digits, or one kind of quotation mark."))  # fmt: skip
        for order, name in enumerate(booklet.blocks):
            at: Place = ("booklets", position, "blocks", order)
            if name in booklet.blocks[:order]:
                yield Finding(at, say("The booklet has the block '{name}' twice.", name=name))
            elif name not in blocks:
                yield Finding(at, say("There is no block '{name}'.", name=name),
                              did_you_mean(name, blocks))  # fmt: skip
            elif tuple(block.id for block in blocks[name].blocks) != level:
                yield Finding(at, say("The blocks of booklets do not stand side by side."),
                              say("Put them into one block, or all at the top."))  # fmt: skip
    yield from _booklet_item(seen)


def _booklet_item(seen: View) -> Iterator[Finding]:
    form, at = seen.instrument, ("booklet_item",)
    if form.booklet_item is None:
        if form.booklets:
            yield Finding(("booklets",), say("No item holds the respondent's booklet."),
                          say("Add 'booklet_item' with the id of an item of type hidden."))  # fmt: skip
        return
    spot = seen.items.get(form.booklet_item)
    if spot is None or not isinstance(spot.part, Item):
        yield Finding(at, say("There is no item '{name}'.", name=form.booklet_item),
                      did_you_mean(form.booklet_item, seen.items))  # fmt: skip
        return
    given = [level.code for level in spot.part.draw]
    given += [option.code for option in seen.options(spot.part.id)]
    codes = [booklet.id for booklet in form.booklets]
    if given and sorted(given) != sorted(codes):
        yield Finding(at, say("'{item}' has the codes {given}, the booklets have {codes}.",
                              item=form.booklet_item, given=", ".join(given),
                              codes=", ".join(codes)),
                      say("Give both the same codes."))  # fmt: skip


def draws(seen: View) -> Iterator[Finding]:
    """Values to be drawn that are too few, or for an item that respondents answer."""
    for item, at in seen.item_spots():
        if not item.draw:
            continue
        if item.type != "hidden":
            yield Finding((*at, "type"), say("What is drawn is not asked."),
                          say("Use 'type: hidden' for an item with 'draw'."))  # fmt: skip
        if len(item.draw) < 2:
            yield Finding((*at, "draw"), say("One value leaves nothing to draw."),
                          say("Give two or more."))  # fmt: skip
        yield from repeated([level.code for level in item.draw], at=(*at, "draw"), field="code",
                            where=seen.where)  # fmt: skip


def vignettes(seen: View) -> Iterator[Finding]:
    """Questions about a situation that is not told before them, in the same block."""
    for spot in seen.spots:
        if not isinstance(spot.part, Item) or spot.part.vignette is None:
            continue
        at, told = (*spot.at, "vignette"), seen.items.get(spot.part.vignette)
        if told is None or not isinstance(told.part, Item) or told.part.type != "note":
            notes = [item.id for item, _ in seen.item_spots() if item.type == "note"]
            yield Finding(at, say("There is no note '{name}'.", name=spot.part.vignette),
                          did_you_mean(spot.part.vignette, notes))  # fmt: skip
        elif told.at[:-1] != spot.at[:-1] or told.at > spot.at:
            yield Finding(at, say("The situation is not told before the question in its block."),
                          say("Put the note before the questions about it."))  # fmt: skip


def consent(seen: View) -> Iterator[Finding]:
    """A consent whose wording, question or answer does not exist."""
    form = seen.instrument
    if form.consent is None:
        return
    for field, kinds in (("text", ("note",)), ("item", ("single",))):
        name = getattr(form.consent, field)
        known = [item.id for item, _ in seen.item_spots() if item.type in kinds]
        if name not in known:
            yield Finding(("consent", field), say("There is no item '{name}' of type {type}.",
                                                  name=name, type=kinds[0]),
                          did_you_mean(name, known))  # fmt: skip
    codes = [option.code for option in seen.options(form.consent.item)]
    if codes and form.consent.agree not in codes:
        yield Finding(("consent", "agree"),
                      say("'{code}' is no option of '{id}'.", code=form.consent.agree,
                          id=form.consent.item),
                      did_you_mean(form.consent.agree, codes))  # fmt: skip


def paths(seen: View) -> Iterator[Finding]:
    """Mode and interviewer that no item tells."""
    known = [placed.path for placed in seen.instrument.placed()]
    for field in ("mode", "interviewer"):
        wanted = getattr(seen.instrument, field)
        if wanted is not None and wanted not in known:
            yield Finding((field,), say("There is no item at '{path}'.", path=wanted),
                          did_you_mean(wanted, known))  # fmt: skip


def fieldwork(seen: View) -> Iterator[Finding]:
    """A field period that ends before it begins."""
    period = seen.instrument.fieldwork
    if period is not None and period.ends < period.begins:
        yield Finding(("fieldwork", "ends"), say("{end} lies before {begin}.",
                                                 end=period.ends, begin=period.begins),
                      say("Exchange the dates."))  # fmt: skip
