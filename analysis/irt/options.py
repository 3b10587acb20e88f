"""How a scale is calibrated."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.irt.items import Grid, ItemParameters, Priors
from analysis.irt.kernels import Choice
from analysis.irt.population import Density, Population


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitOptions:
    """The choices of a calibration.

    `reference` is the group that sets the scale, else the first of all. Items that are `fixed`
    keep their parameters and set the scale themselves, so that every group's mean and variance is
    free; a `population` given is fixed. The masses of `npml` are free, or smooth with so many
    `moments` (4 to 6 carry a skewed trait): free masses of few items are lumps. `tolerance` is the largest EM step at which to stop, `most`
    the passes allowed.
    """

    grid: Grid = field(default_factory=Grid)
    density: Density = "normal"
    moments: int | None = None
    reference: str | None = None
    priors: Priors = field(default_factory=Priors)
    fixed: Mapping[str, ItemParameters] = field(default_factory=dict)
    population: Population | None = None
    tolerance: float = 1e-5
    most: int = 2000
    kernel: Choice = "auto"
