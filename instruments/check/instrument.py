"""Rules of an instrument: ids, options, keys, topics, languages, and those of its expressions."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from instruments.check.constants import unusable_constants
from instruments.check.contact import contacts
from instruments.check.expressions import (
    unknown_columns,
    wrong_counts,
    wrong_expressions,
    wrong_label_references,
)
from instruments.check.findings import (
    Finding,
    Place,
    Where,
    as_problems,
    path,
    repeated,
    undeclared_languages,
    unknown,
    untranslated,
)
from instruments.check.indirect import indirect
from instruments.check.media import media
from instruments.check.names import (
    FOREIGN,
    path_used_already,
    same_paths,
)
from instruments.check.order import common_choices, grids, rotated_options, rotations
from instruments.check.protocol import booklets, consent, draws, fieldwork, paths, vignettes
from instruments.check.reachable import unreachable
from instruments.check.relevance import cycles
from instruments.check.view import View, view
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.model import Instrument, Item, Key, LawReference

Rule = Callable[[View], Iterable[Finding]]

_CHOOSES = ("single", "multiple")
_SILENT = (
    "calculated", "hidden", "start", "end", "today", "metadata",
)  # fmt: skip
_DATED = ("date", "datetime", "today", "start", "end")


def check_instrument(
    instrument: Instrument, *, where: Where = path, authored: bool = False
) -> list[Problem]:
    """Every breach of the rules; `where` names the place in the file.

    An `authored` definition, written for this program, must also be complete in every declared
    language and call no two items alike; a form that comes from elsewhere need only be one that its
    clients can run.
    """
    seen = view(instrument, where=where)
    rules = (*_RULES, *(_AUTHORING if authored else FOREIGN))
    found = [finding for rule in rules for finding in rule(seen)]
    if authored:
        found += contradictions(seen, known=[finding.at for finding in found])
    return as_problems(found, where=where)


def contradictions(seen: View, *, known: Sequence[Place] = ()) -> Iterator[Finding]:
    """What can never be shown or passed, where nothing else is known to be wrong."""
    for finding in unreachable(seen):
        if not any(at[: len(finding.at)] == finding.at for at in known):
            yield finding


def check_alone(instrument: Instrument, *, where: Where = path) -> list[Problem]:
    """The breaches of those rules that concern each item by itself."""
    seen = view(instrument, where=where)
    rules = (*_ALONE, wrong_expressions, _translations, _labels)
    return as_problems((found for rule in rules for found in rule(seen)), where=where)


def _item_ids(seen: View) -> Iterator[Finding]:
    for item, at in seen.item_spots():
        first = seen.items[item.id]
        if first.at != at:
            yield Finding(
                (*at, "id"),
                say("The item '{id}' exists already: {first}.", id=item.id,
                    first=seen.where((*first.at, "id"))),
                say("Give each item its own id."),
            )  # fmt: skip
        if item.id in seen.rosters:
            yield Finding((*at, "id"), say("A roster is called '{id}' too.", id=item.id),
                          say("Rename one of the two."))  # fmt: skip


def _paths(seen: View) -> Iterator[Finding]:
    """Parts of one block with the same id, of which one at least is a block."""
    for spot, known in same_paths(seen):
        if not (isinstance(known.part, Item) and isinstance(spot.part, Item)):
            yield path_used_already(spot, known, seen)


def _options(seen: View) -> Iterator[Finding]:
    for item, at in seen.item_spots():
        if item.choices is not None and item.options:
            yield Finding((*at, "choices"), say("The item has options of its own and a list."),
                          say("Keep one of the two."))  # fmt: skip
        elif item.choices is not None and item.choices not in seen.instrument.choice_lists:
            yield Finding((*at, "choices"),
                          say("There is no choice list '{name}'.", name=item.choices),
                          did_you_mean(item.choices, seen.instrument.choice_lists))  # fmt: skip
        elif item.type in _CHOOSES and not seen.instrument.options_of(item):
            yield Finding(at, say("The item '{id}' has no options.", id=item.id),
                          say("Add 'options' or name a list under 'choices'."))  # fmt: skip
        elif item.type not in _CHOOSES and (item.options or item.choices):
            yield Finding((*at, "type"), say("An item of type '{type}' has no options.",
                                             type=item.type),
                          say("Use single or multiple, or remove the options."))  # fmt: skip
        if item.max_selected is not None and (item.type != "multiple" or item.max_selected < 1):
            yield Finding((*at, "max_selected"),
                          say("This is for items of type multiple, and at least 1."))  # fmt: skip


def _option_codes(seen: View) -> Iterator[Finding]:
    if seen.instrument.settings.get("allow_choice_duplicates", "").lower() in ("yes", "true"):
        return
    for item, at in seen.item_spots():
        yield from repeated([option.code for option in item.options],
                            at=(*at, "options"), field="code", where=seen.where)  # fmt: skip
    for name, options in seen.instrument.choice_lists.items():
        yield from repeated([option.code for option in options],
                            at=("choice_lists", name), field="code", where=seen.where)  # fmt: skip


def _keys(seen: View) -> Iterator[Finding]:
    for item, at in seen.item_spots():
        codes = [option.code for option in seen.instrument.options_of(item)]
        for position, key in enumerate(item.key):
            place = (*at, "key", position)
            if not codes:
                yield Finding(place, say("The item '{id}' has a key but no options.", id=item.id))
                break
            yield from _key(key, codes, place)
        yield from _overlaps(item.key, (*at, "key"), seen)


def _key(key: Key, codes: list[str], at: Place) -> Iterator[Finding]:
    for code in key.credit:
        if code not in codes:
            yield Finding((*at, "credit", code), say("The key '{code}' is no option.", code=code),
                          did_you_mean(code, codes))  # fmt: skip
    if not any(key.credit.values()):
        yield Finding((*at, "credit"), say("No option gives credit."),
                      say("Give the right option credit 1."))  # fmt: skip


def _overlaps(keys: tuple[Key, ...], at: Place, seen: View) -> Iterator[Finding]:
    for position, key in enumerate(keys):
        yield from _backwards(key, (*at, position))
        for before, other in enumerate(keys[:position]):
            if _meet(key, other):
                yield Finding(
                    (*at, position),
                    say("Two keys hold on the same day; the other one: {first}.",
                        first=seen.where((*at, before))),
                    say("End the old key the day before the new one begins."),
                )  # fmt: skip


def _meet(one: Key, other: Key) -> bool:
    ends_before = one.valid_to and other.valid_from and one.valid_to < other.valid_from
    begins_after = one.valid_from and other.valid_to and one.valid_from > other.valid_to
    return not ends_before and not begins_after


def _backwards(part: Key | LawReference, at: Place) -> Iterator[Finding]:
    if part.valid_from and part.valid_to and part.valid_to < part.valid_from:
        yield Finding((*at, "valid_to"), say("{end} lies before {begin}.",
                                             end=part.valid_to, begin=part.valid_from),
                      say("Exchange the dates."))  # fmt: skip


def _laws(seen: View) -> Iterator[Finding]:
    for item, at in seen.item_spots():
        for position, law in enumerate(item.law):
            yield from _backwards(law, (*at, "law", position))
            if law.promulgated is not None and law.promulgated > law.valid_from:
                yield Finding((*at, "law", position, "promulgated"),
                              say("{end} lies before {begin}.",
                                  end=law.valid_from, begin=law.promulgated),
                              say("A law is promulgated before it takes effect."))  # fmt: skip


def _subjects(seen: View) -> Iterator[Finding]:
    """Dimensions and topics: declared once each, and nothing else named."""
    instrument = seen.instrument
    dimensions = [dimension.id for dimension in instrument.dimensions]
    topics = [topic.id for topic in instrument.topics]
    yield from repeated(dimensions, at=("dimensions",), field="id", where=seen.where)
    yield from repeated(topics, at=("topics",), field="id", where=seen.where)
    for position, dimension in enumerate(instrument.dimensions):
        yield from unknown(dimension.blueprint, topics, keyed=True,
                           at=("dimensions", position, "blueprint"))  # fmt: skip
    for item, at in seen.item_spots():
        if item.dimension is not None and item.dimension not in dimensions:
            yield Finding((*at, "dimension"),
                          say("The dimension '{name}' is not declared.", name=item.dimension),
                          did_you_mean(item.dimension, dimensions))  # fmt: skip
        if item.topic is not None and item.topic not in topics:
            yield Finding((*at, "topic"), say("The topic '{name}' is not declared.", name=item.topic),
                          did_you_mean(item.topic, topics))  # fmt: skip


def _interview_date(seen: View) -> Iterator[Finding]:
    wanted = seen.instrument.interview_date
    if wanted is None:
        return
    dated = {placed.path: placed.item for placed in seen.instrument.placed()}
    if wanted not in dated:
        yield Finding(("interview_date",), say("There is no item at '{path}'.", path=wanted),
                      did_you_mean(wanted, [path for path, item in dated.items()
                                            if item.type in _DATED]))  # fmt: skip
    elif dated[wanted].type not in _DATED:
        yield Finding(("interview_date",), say("'{path}' is no date.", path=wanted),
                      say("Name an item of type date, datetime, today, start or end."))  # fmt: skip


def _default_language(seen: View) -> Iterator[Finding]:
    chosen, languages = seen.instrument.default_language, seen.instrument.languages
    if chosen is not None and chosen not in languages:
        yield Finding(("default_language",),
                      say("The language '{language}' is not declared.", language=chosen),
                      did_you_mean(chosen, languages))  # fmt: skip


def _languages(seen: View) -> Iterator[Finding]:
    yield from undeclared_languages(seen.instrument, seen.instrument.languages)


def _translations(seen: View) -> Iterator[Finding]:
    yield from untranslated(seen.instrument, seen.instrument.languages)


def _labels(seen: View) -> Iterator[Finding]:
    for item, at in seen.item_spots():
        if not item.label and item.type not in _SILENT:
            yield Finding(at, say("The item '{id}' has no label.", id=item.id),
                          say("Add 'label' with the words of the question."))  # fmt: skip
        for position, option in enumerate(item.options):
            if not option.label:
                yield Finding((*at, "options", position),
                              say("The option '{code}' has no label.", code=option.code),
                              say("Add 'label' with the words of the answer."))  # fmt: skip


_ALONE: tuple[Rule, ...] = (_options, _option_codes, _keys, _laws, _languages)
"""Rules that an item keeps or breaks by itself."""
_RULES: tuple[Rule, ...] = (
    _paths, *_ALONE, _subjects, _interview_date, _default_language, cycles, rotations,
    rotated_options, grids, common_choices, booklets, draws, vignettes, consent, paths, fieldwork,
    indirect, contacts, media, unusable_constants,
)  # fmt: skip
_AUTHORING: tuple[Rule, ...] = (
    _item_ids, wrong_expressions, wrong_label_references,
    _translations, _labels, unknown_columns, wrong_counts,
)  # fmt: skip
