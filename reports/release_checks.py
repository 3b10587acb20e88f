"""The list that is gone through before a report is released: each item by name, with what was found."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Literal

from analysis.disclosure.between import EVERYBODY
from analysis.disclosure.differencing import Differencing
from analysis.disclosure.publishing import is_secret
from analysis.disclosure.screen import code_of
from analysis.disclosure.suppression import MINIMUM
from analysis.result import Analysis, Estimate
from analysis.scoring import scored_items
from analysis.standard_plan import plan_under
from instruments.language import LANGUAGES, Message, say
from instruments.plan import Reading
from reports.release_numbers import leaves_of, unequal, written
from reports.release_standing import Audience
from reports.writing import RESULT
from survey.journal import verify_journal
from survey.snapshot_status import snapshot_status
from survey.study import Study

State = Literal["ok", "not_ok", "waived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An item of the list, how it stands, what was found, and why it is waived if it is."""

    id: str
    name: Message
    state: State
    found: Message | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """A report that is to be released: its analysis as it is printed, and its files."""

    study: Study
    analysis: Analysis
    files: Mapping[str, bytes]
    audience: Audience
    differencing: Differencing | None
    """What subtraction from earlier releases tells; None where one of those has no snapshot."""


_Finder = Callable[[Candidate], Message | None]


def checked(candidate: Candidate, *, waived: Mapping[str, str]) -> tuple[Check, ...]:
    """The whole list; an item that fails and has a reason in `waived` is waived."""
    return tuple(_one(name, candidate, waived.get(name, "")) for name in CHECKS)


def _one(name: str, candidate: Candidate, reason: str) -> Check:
    title, find = CHECKS[name]
    found = find(candidate)
    if found is None:
        return Check(id=name, name=title, state="ok")
    state: State = "waived" if reason.strip() else "not_ok"
    return Check(id=name, name=title, state=state, found=found, reason=reason.strip())


def _screened(candidate: Candidate) -> Message | None:
    open_ = [
        one for one in _estimates(candidate.analysis)
        if one.hits is not None or (one.by and 0 < one.n < MINIMUM and code_of(one) is None)
    ]  # fmt: skip
    return say("{count} estimates tell too much.", count=len(open_)) if open_ else None


def _differences(candidate: Candidate) -> Message | None:
    found = candidate.differencing
    if found is None:
        return say("An earlier release has no snapshot any more, so nothing can be subtracted.")
    if found.leak is None:
        return None
    groups = [one for one in found.leak.groups if isinstance(one, tuple)]
    if candidate.audience == "public" and any(one[1:] == EVERYBODY for one in groups):
        return None  # its counts are rounded, so that nobody can subtract them
    return say("Subtracting this from an earlier release tells of {people} people.",
               people=found.leak.people)  # fmt: skip


def _stamped(candidate: Candidate) -> Message | None:
    if not candidate.analysis.provenance.simulated:
        return None
    bare = [name for name, data in candidate.files.items()
            if name.endswith(".html") and not any(word in data.decode() for word in _SIMULATED)]  # fmt: skip
    return say("Not stamped: {files}.", files=", ".join(bare)) if bare else None


def _keys(candidate: Candidate) -> Message | None:
    unread = sum(
        one.item.reviewed is not True
        for instrument in candidate.study.instruments
        for one in scored_items(instrument)
    )
    return say("{count} keys are not reviewed.", count=unread) if unread else None


def _cuts(candidate: Candidate) -> Message | None:
    proposed = dict.fromkeys(
        f"{indicator.id}.{cut.dimension}"
        for indicator in plan_under(candidate.study.plan, candidate.analysis.standards).indicators
        for cut in indicator.cuts
        if cut.status == "proposed"
    )
    return say("Only proposed: {cuts}.", cuts=", ".join(proposed)) if proposed else None


def _journal(candidate: Candidate) -> Message | None:
    faults = verify_journal(candidate.study, printed=candidate.analysis.provenance.journal).faults
    return faults[0].what if faults else None


def _snapshot(candidate: Candidate) -> Message | None:
    status = snapshot_status(candidate.study, candidate.analysis.provenance.snapshot)
    return None if status.holds else status.sentence()


def _readings(candidate: Candidate) -> Message | None:
    """Whether each reading that bears on a judged target in its phase was judged."""
    missing = [
        f"{result.target} {reading.id}"
        for result in candidate.analysis.targets
        if result.verdict.word != "no_data"
        for reading in candidate.study.plan.readings
        if result.target in reading.applies_to
        and _bears_on(reading, result.phase)
        and reading.id not in {one.reading for one in result.readings}
    ]
    return say("Not judged: {readings}.", readings=", ".join(missing)) if missing else None


def _bears_on(reading: Reading, phase: str) -> bool:
    """Whether an option changes anything in the phase; a basis is that of its phases alone."""
    changed = [one.terms.model_dump(exclude_none=True) for one in reading.options]
    return any(set(terms) - {"basis"} or phase in terms.get("basis", {}) for terms in changed)


def _languages(candidate: Candidate) -> Message | None:
    pages = [data.decode() for name, data in candidate.files.items() if name.endswith(".html")]
    missing = [
        one for one in LANGUAGES if not any(f'<html lang="{one}">' in page for page in pages)
    ]
    return say("Missing: {languages}.", languages=", ".join(missing)) if missing else None


def _numbers(candidate: Candidate) -> Message | None:
    document = json.loads(candidate.files[RESULT])
    fits = candidate.analysis.weighting.margins
    own = [each for one in fits for each in (one.difference_before, one.difference_after)]
    leaves = {written(one) for one in [*leaves_of(document), *own] if one is not None}
    found = unequal(candidate.files, leaves)
    return say("Numbers differ in: {files}.", files=", ".join(found)) if found else None


def _forces(candidate: Candidate) -> Message | None:
    if candidate.audience != "public":
        return None
    told = [one.target for one in candidate.analysis.targets if is_secret(one)]
    return say("They stand in: {targets}.", targets=", ".join(told)) if told else None


def _estimates(value: object) -> Iterator[Estimate]:
    if isinstance(value, Estimate):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for name in type(value).__dataclass_fields__:
            yield from _estimates(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _estimates(each)


def as_lines(checks: tuple[Check, ...]) -> tuple[Mapping[str, str], ...]:
    """The list as it is kept in the register."""
    return tuple(
        {"id": one.id, "state": one.state, "found": "" if one.found is None else one.found.text(),
         "reason": one.reason}
        for one in checks
    )  # fmt: skip


_SIMULATED = ("SỐ LIỆU MÔ PHỎNG", "SIMULATED DATA")
CHECKS: Mapping[str, tuple[Message, _Finder]] = {
    "screened": (say("Small and unreliable numbers are withheld"), _screened),
    "differencing": (say("Subtracting it from earlier releases tells nothing"), _differences),
    "simulated": (say("Simulated data say so"), _stamped),
    "keys": (say("A lawyer has reviewed the keys"), _keys),
    "cuts": (say("The cuts are adopted"), _cuts),
    "journal": (say("The journal proves that no answer was changed"), _journal),
    "snapshot": (say("Nothing that it rests on was undone"), _snapshot),
    "readings": (say("Every reading of the plan's words is judged"), _readings),
    "languages": (say("It stands in every language"), _languages),
    "numbers": (say("Page, letter, workbook and result file hold the same numbers"), _numbers),
    "forces": (say("A public edition holds no secret numbers of the forces"), _forces),
}
"""Every check: its name in words and what looks for a fault."""
