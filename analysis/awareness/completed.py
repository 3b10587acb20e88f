"""Budgets of shares that count draws or posterior masses, with what these leave out.

Both are taken under items and a population that are held. What the items' error adds to the latent
share it adds to them, as they are estimates of the same; what the population's error adds to posterior
masses is the rest of the latent share's sampling variance.
"""

from collections.abc import Sequence
from dataclasses import replace

from analysis.awareness.result import AwarenessRow, Budget


def completed(
    rows: Sequence[AwarenessRow], latent_rows: Sequence[AwarenessRow]
) -> list[AwarenessRow]:
    """The rows with the lines that they lack, from the latent rows of the same domains."""
    return [replace(row, budget=_completed(row.budget, other.budget))
            for row, other in zip(rows, latent_rows, strict=True)]  # fmt: skip


def _completed(own: Budget, latent: Budget) -> Budget:
    rest = max(latent.sampling - own.sampling, 0.0)
    return replace(own, calibration=latent.calibration,
                   measurement=rest if own.measurement is None else own.measurement)  # fmt: skip
