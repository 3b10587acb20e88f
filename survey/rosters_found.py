"""Which roster of the form a repeat of a file holds."""

from collections.abc import Mapping

from survey.folding import fold, only_letters
from survey.form import Form
from survey.importers.table import Repeat
from survey.places import Places, roster_names

_SHEET_NAME = 31
"""Characters that Excel leaves of a sheet's name."""


def roster_of(repeat: Repeat, form: Form, given: Mapping[str, str | None]) -> str | None:
    """The roster's path in this version: as given, by name, else by its headings."""
    named = dict(roster_names(form))
    if repeat.name in given:
        return _given(given[repeat.name], named)
    called = [_letters(name) for one in (repeat.name, *repeat.names) for name in _forms_of(one)]
    for name in called:
        found = [path for path, names in named.items() if name in map(_letters, names)]
        found = found or [path for path, names in named.items()
                          if len(name) >= _SHEET_NAME - 5
                          and any(_letters(other).startswith(name) for other in names)]  # fmt: skip
        if len(found) == 1:
            return found[0]
    return _by_headings(repeat, form, list(named))


def _given(target: str | None, named: Mapping[str, object]) -> str | None:
    if target is None or target in named:
        return target
    last = target.rpartition("/")[2]
    same = [path for path in named if path.rpartition("/")[2] == last]
    return same[0] if len(same) == 1 else None


def _forms_of(name: str) -> tuple[str, ...]:
    """A sheet's or file's name, and its last part behind a form's name."""
    stem = name.rpartition(".")[0] if name.lower().endswith((".csv", ".txt")) else name
    return tuple(dict.fromkeys((stem, stem.rpartition("/")[2], stem.rpartition("-")[2],
                                stem.rpartition(".")[2])))  # fmt: skip


def _by_headings(repeat: Repeat, form: Form, rosters: list[str]) -> str | None:
    """The roster that has a place for most of the headings, if it has for half of them."""
    own = [at for at in range(len(repeat.headings)) if at not in repeat.columns.system]
    scores = {
        path: sum(bool(places.matching([repeat.headings[at], *repeat.columns.names.get(at, ())]))
                  for at in own)
        for path in rosters
        for places in [Places.of(form, roster=path)]
    }  # fmt: skip
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best is not None and 2 * scores[best] >= len(own) > 0 else None


def _letters(name: str) -> str:
    return only_letters(fold(name))
