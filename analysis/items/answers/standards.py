"""The kinds `standard` and `cut_sensitivity`: a panel's file, and the share against the cut."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from analysis.awareness.cut import Cut
from analysis.awareness.sensitivity import sensitivity
from analysis.errors import refuse
from analysis.items.answers.awareness import ExpectedCut
from analysis.items.answers.models import Calibration
from analysis.items.context import Context
from analysis.items.spec_model import AnalysisSpec
from analysis.items.standards import check_standard, read_standard
from analysis.table_file import absent

Json = dict[str, Any]


class StandardFileSpec(AnalysisSpec):
    """A standards file, the hash that it was frozen with, and when interviews began."""

    standards: str
    first_interview: date
    frozen: str | None = None


class SensitivitySpec(AnalysisSpec):
    """Which model's population, above which cuts."""

    model: str
    cut: float | ExpectedCut
    cut_se: float = Field(default=0.0, ge=0)
    at: Annotated[tuple[float, ...], Field(min_length=1)] | None = None
    count: int = Field(default=21, ge=3, le=201)


def answer_standard(context: Context, one: StandardFileSpec) -> Json:
    """The cut, its error, each round, and the hash of what was decided."""
    refuse(absent(context.folder / one.standards))
    found = read_standard(context.folder / one.standards)
    check_standard(found, first_interview=one.first_interview, frozen=one.frozen)
    flags = [] if one.frozen else ["not_frozen"]
    return {
        "method": found.spec.method, "status": found.spec.status, "cut": found.cut, "se": found.se,
        "rounds": [asdict(each) for each in found.rounds], "descriptors": found.spec.descriptors,
        "decision": found.spec.decision, "hash": found.hash, "flags": flags,
    }  # fmt: skip


def answer_sensitivity(context: Context, one: SensitivitySpec) -> Json:
    """A share for each cut; null where the cut is out of reach."""
    found: Calibration = context.result(one.model, Calibration)
    given = one.cut
    cut = (Cut(value=given.expected, se=one.cut_se, items=given.items)
           if isinstance(given, ExpectedCut) else Cut(value=given, se=one.cut_se))  # fmt: skip
    rows = sensitivity(found.fitted, cut, weights=found.fitted.responses.weights, at=one.at,
                       count=one.count)  # fmt: skip
    lost = sum(row.share is None for row in rows)
    return {"rows": [asdict(row) for row in rows],
            "flags": [*found.flags, *([f"out_of_reach: {lost}"] if lost else [])]}  # fmt: skip
