"""hieuluat's side of the race of item models."""

import sys
from pathlib import Path

import numpy as np
from worker import Task, serve

from analysis.irt.fit import fit, refit
from analysis.irt.fitted import FittedModel
from analysis.irt.items import Grid, Model
from analysis.irt.options import FitOptions
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import covariance


def tasks(folder: Path) -> dict[str, Task]:
    """Everything that is timed."""
    two, five, many = (bound(folder / f"{name}.npy") for name in ("two", "five", "many"))
    weighted, usual = drawn(two), FitOptions()
    ready = fit(two, "2pl", options=usual)
    halves = np.random.default_rng(2).choice([0.5, 1.5], (80, len(two)))
    return {
        "2pl": calibrating(two, "2pl", usual),
        "2pl weighted": calibrating(weighted, "2pl", usual),
        "2pl 21 nodes": calibrating(two, "2pl", FitOptions(grid=Grid.of(21, 6.0))),
        "2pl numpy": calibrating(weighted, "2pl", FitOptions(kernel="numpy")),
        "grm": calibrating(five, "grm", usual),
        "grm weighted": calibrating(drawn(five), "grm", usual),
        "2pl many": calibrating(drawn(many), "2pl", usual),
        "one pass": (
            lambda: ready.calibration.expect(ready.state, ready.calibration.pattern_weights(
                ready.weights)), lambda found: {"log_likelihood": found.log_likelihood}
        ),
        "80 replicates": (
            lambda: [refit(ready, weights) for weights in halves],
            lambda found: {"passes": sum(one.iterations for one in found),
                           "settled": sum(one.converged for one in found)},
        ),
        "2pl errors": (lambda: covariance(ready), lambda found: {"trace": float(found.trace())}),
    }  # fmt: skip


def bound(file: Path) -> ItemResponses:
    """Codes from a file as answers."""
    codes = np.load(file)
    values = tuple(float(k) for k in range(codes.max() + 1))
    items = codes.shape[1]
    return ItemResponses(items=tuple(f"i{j}" for j in range(items)), codes=codes,
                         values=(values,) * items)  # fmt: skip


def drawn(responses: ItemResponses) -> ItemResponses:
    """The same answers with unequal weights."""
    weights = np.random.default_rng(1).uniform(0.3, 2.5, len(responses))
    return ItemResponses(items=responses.items, codes=responses.codes, values=responses.values,
                         weights=weights)  # fmt: skip


def calibrating(responses: ItemResponses, model: Model, how: FitOptions) -> Task:
    """A calibration, and its parameters item by item to compare."""
    return lambda: fit(responses, model, options=how), parameters


def parameters(found: FittedModel) -> dict[str, float]:
    """Log-likelihood, passes, and slope and thresholds of every item."""
    shown = {f"{item.item}.{k}": value for item in found.items
             for k, value in enumerate((item.slope, *item.thresholds))}  # fmt: skip
    return {"log_likelihood": found.log_likelihood, "passes": float(found.iterations), **shown}


if __name__ == "__main__":
    serve(tasks(Path(sys.argv[1])))
