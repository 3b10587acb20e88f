"""An earlier wave as it was published: the file ``result.json`` of its report."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from analysis.awareness.result import Budget
from analysis.errors import refuse
from analysis.result import Estimate
from analysis.simultaneous import at_confidence
from instruments.errors import Problem
from instruments.language import Message, say


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Earlier:
    """What a published result says that a comparison needs."""

    document: Mapping[str, Any]

    @property
    def day(self) -> date:
        """The middle of its fieldwork, or the day of its report."""
        rests = self.document["provenance"]
        first, last = rests["fieldwork"] or (rests["today"], rests["today"])
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        return begin + (end - begin) / 2

    @property
    def mode(self) -> str:
        """How people were asked; empty where the file does not say."""
        return str(self.document["provenance"].get("mode", ""))

    @property
    def modes(self) -> Mapping[str, float]:
        """How its interviews mixed modes; empty where the file does not say."""
        found: Mapping[str, float] = (self.document.get("fieldwork") or {}).get("modes", {})
        return found

    @property
    def instruments(self) -> frozenset[str]:
        """Content hashes of its instruments."""
        return frozenset(self.document["provenance"]["instruments"].values())

    @property
    def cuts(self) -> Mapping[str, Mapping[str, float]]:
        """By indicator and dimension, the score that was asked for."""
        found: Mapping[str, Mapping[str, float]] = self.document.get("cuts", {})
        return found

    def estimate(self, target: str, by: Mapping[str, str]) -> Estimate | None:
        """The published estimate of a target, or of an area judged against it."""
        found = self._areas(target, by) if by else self._targets(target)
        return next((one for one in found if one.estimate is not None), None)

    def _targets(self, target: str) -> Iterator[Estimate]:
        for one in self.document["targets"]:
            if one["target"] == target and one["estimate"] is not None:
                yield _estimate(one["estimate"])

    def _areas(self, target: str, by: Mapping[str, str]) -> Iterator[Estimate]:
        """Areas with their own intervals, not those that hold together."""
        for areas in self.document.get("areas", ()):
            for row in areas["rows"] if areas["target"] == target else ():
                if row["estimate"]["by"] == dict(by):
                    yield at_confidence(_estimate(row["estimate"]), areas["confidence"])


def read_earlier(folder: Path, names: Sequence[str]) -> tuple[Earlier, ...]:
    """Read the results of earlier waves.

    Raises:
        AnalysisError: With every file that is missing or is no result of a report.
    """
    problems: list[Problem] = []
    found = [_read(folder, name, problems) for name in names]
    refuse(problems)
    return tuple(one for one in found if one is not None)


def _read(folder: Path, name: str, problems: list[Problem]) -> Earlier | None:
    try:
        document = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(_problem(name, say("there is no file '{path}'.", path=name)))
    except (ValueError, OSError):
        problems.append(_problem(name, say("'{path}' is no result of a report.", path=name)))
    else:
        if isinstance(document, dict) and {"provenance", "targets"} <= document.keys():
            return Earlier(document=document)
        problems.append(_problem(name, say("'{path}' is no result of a report.", path=name)))
    return None


def _problem(name: str, what: Message) -> Problem:
    return Problem(
        where=f"study.yaml, earlier, {name}", what=what,
        hint=say("Put the result.json of the earlier report into the study's folder, and name it "
                 "by its path from there."),
    )  # fmt: skip


def known_fields(kind: type[Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """What a document has of a dataclass; fields of another version, and derived ones, are left out."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in document.items() if name in names}


def _estimate(document: Mapping[str, Any]) -> Estimate:
    """An estimate as it was written; fields of a later version are left out."""
    known = known_fields(Estimate, document)
    low, high = known.pop("ci")
    budget, observed = known.pop("budget", None), known.pop("observed", None)
    return Estimate(
        **{**known, "flags": tuple(known.get("flags", ())), "margins": tuple(known.get("margins", ()))},
        ci=(low, high), budget=None if budget is None else Budget(**known_fields(Budget, budget)),
        observed=None if observed is None else _estimate(observed),
    )  # fmt: skip
