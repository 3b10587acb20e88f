"""The peers' side of the race of item models (PyPI `mirt`, `girth`); in an environment of its own."""

import sys
from pathlib import Path

import girth
import mirt
import numpy as np
from worker import Task, serve


def tasks(folder: Path) -> dict[str, Task]:
    """Everything that is timed: as they come, and at their best settings."""
    two, five = (np.load(folder / f"{name}.npy").astype(np.int64) for name in ("two", "five"))
    best = {"n_quadpts": 61, "accelerate": "squarem", "tol": 1e-5}
    return {
        "mirt 2pl": by_mirt(two, "2PL", {}),
        "mirt 2pl fast": by_mirt(two, "2PL", {"accelerate": "squarem"}),
        "mirt 2pl exact": by_mirt(two, "2PL", best),
        "mirt grm": by_mirt(five, "GRM", {}),
        "mirt grm fast": by_mirt(five, "GRM", {"accelerate": "squarem"}),
        "mirt grm exact": by_mirt(five, "GRM", best | {"max_iter": 2000}),
        "girth 2pl": (lambda: girth.twopl_mml(two.T), from_girth),
        "girth grm": (lambda: girth.grm_mml(five.T), from_girth),
    }


def by_mirt(codes: np.ndarray, model: str, settings: dict) -> Task:
    """Without standard errors, as the other sides."""
    return (
        lambda: mirt.fit_mirt(codes, model=model, compute_standard_errors=False, **settings),
        from_mirt,
    )


def from_mirt(found: object) -> dict[str, float]:
    """Their own log-likelihood, passes, and slope and thresholds of every item."""
    given = found.model.parameters
    steps = given["difficulty"] if "difficulty" in given else given["thresholds"]
    return {"own log-likelihood": float(found.log_likelihood), "passes": float(found.n_iterations),
            **items(given["discrimination"], steps)}  # fmt: skip


def from_girth(found: dict) -> dict[str, float]:
    """Slope and thresholds of every item."""
    return items(found["Discrimination"], found["Difficulty"])


def items(slopes: object, thresholds: object) -> dict[str, float]:
    """The parameters by the names that all sides share."""
    rows = zip(np.ravel(slopes), np.reshape(thresholds, (len(np.ravel(slopes)), -1)), strict=True)
    return {f"i{j}.{k}": float(value) for j, (a, b) in enumerate(rows)
            for k, value in enumerate((a, *b))}  # fmt: skip


if __name__ == "__main__":
    serve(tasks(Path(sys.argv[1])))
