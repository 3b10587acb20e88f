"""The kind `drift`: anchors that moved between two calibrations, and the link with and without."""

from collections.abc import Iterator
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
_UNKNOWN = 100.0
"""An error of a location beyond which the answers say nothing of it: slopes without end."""


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
        "flags": list(dict.fromkeys([*found.flags, *(["no_errors"] if unknown else []),
                                     *_of_models(context, one.origin, one.target)])),
    }  # fmt: skip


def _shown(found: Link) -> Json:
    return {"A": found.slope, "B": found.shift, "linking_error": found.linking_error,
            "anchors": found.anchors, "dropped": found.dropped}  # fmt: skip


def _of_models(context: Context, *sides: tuple[KnownItem, ...] | str) -> Iterator[str]:
    """What is flagged of the calibrations themselves."""
    for side in sides:
        if isinstance(side, str):
            yield from context.result(side, Calibration, role="from").flags


def _wave(context: Context, side: tuple[KnownItem, ...] | str) -> Wave:
    if not isinstance(side, str):
        return Wave(items=[item.parameters() for item in side])
    found: Calibration = context.result(side, Calibration, role="from")
    errors = location_errors(found.fitted, found.covariance)
    return Wave(items=found.fitted.items,
                errors={item: error for item, error in errors.items() if error < _UNKNOWN})  # fmt: skip
