"""The scale of a trait as it is published: its calibrated items, and what exactly each of them asks."""

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from analysis.columns import Floats
from analysis.irt.standard_errors import location_errors
from analysis.latent_shares import Scale
from analysis.scoring import scored_items
from analysis.trait_result import ScaleItem
from instruments.freeze import plain
from instruments.model import Instrument, Placed


def scale_items(
    scale: Scale, covariance: Floats, instrument: Instrument, *, day: date
) -> Iterator[ScaleItem]:
    """Every item of the scale, scored by the key that held on `day`.

    `covariance` is that of its item parameters by the design of the sample.
    """
    placed = {one.path: one for one in scored_items(instrument)}
    fitted = scale.calibration
    errors = location_errors(fitted, covariance)
    for item in fitted.items:
        yield ScaleItem(
            item=item.item, content=content_of(instrument, placed[item.item], day=day),
            model=item.model, slope=item.slope, intercepts=item.intercepts, guessing=item.guessing,
            points=scale.points[item.item], location_se=errors.get(item.item),
        )  # fmt: skip


def content_of(instrument: Instrument, placed: Placed, *, day: date) -> str:
    """A hash over the words, the answers and the key of a question; all else may change freely."""
    item = placed.item
    key = next((one.credit for one in item.key if one.holds_on(day)), None)
    asked = {
        "label": plain(item.label), "type": item.type, "hint": plain(item.hint),
        "options": [[one.code, plain(one.label)] for one in instrument.options_of(item)],
        "key": None if key is None else dict(sorted(key.items())),
    }  # fmt: skip
    return sha256(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
