"""The kind `drift`: anchors that moved between two calibrations, and the link with and without."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from analysis.irt.standard_errors import location_errors
from analysis.items.answers.models import Calibration
from analysis.items.answers.shapes import KnownItem, KnownItems
from analysis.items.context import Context
from analysis.items.drift import Drift, Wave, drift
from analysis.items.linking import Link
from analysis.items.spec_model import AnalysisSpec

Json = dict[str, Any]


class DriftSpec(AnalysisSpec):
    """Two calibrations, and which anchors are left out for what cause."""

    origin: KnownItems | str = Field(alias="from")
    target: KnownItems | str = Field(alias="to")
    excluded: dict[str, str] = Field(default_factory=dict)


def answer_drift(context: Context, one: DriftSpec) -> Json:
    """Each anchor's shift with its error, and both links."""
    found: Drift = drift(_wave(context, one.origin), _wave(context, one.target),
                         excluded=one.excluded)  # fmt: skip
    unknown = any(anchor.se is None for anchor in found.anchors)
    return {
        "anchors": [asdict(anchor) for anchor in found.anchors],
        "with_all": _shown(found.with_all), "without": _shown(found.without),
        "change": found.change,
        "flags": [*found.flags, *(["no_errors"] if unknown else [])],
    }  # fmt: skip


def _shown(found: Link) -> Json:
    return {"A": found.slope, "B": found.shift, "linking_error": found.linking_error,
            "anchors": found.anchors, "dropped": found.dropped}  # fmt: skip


def _wave(context: Context, side: tuple[KnownItem, ...] | str) -> Wave:
    if not isinstance(side, str):
        return Wave(items=[item.parameters() for item in side])
    found: Calibration = context.result(side, Calibration, role="from")
    return Wave(items=found.fitted.items, errors=location_errors(found.fitted, found.covariance))
