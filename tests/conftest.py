"""Shared fixtures: hypothesis profiles, golden files, and the material beside the project."""

import fcntl
import os
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy, as on the command line
settings.register_profile("default", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("deep", derandomize=False, deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material beside the project; without it the test is skipped."""
    if not SHARED.is_dir():
        pytest.skip("the reference material beside the project is not here")
    return SHARED


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated study, built once for all processes of a run; who writes, copies it."""
    base = tmp_path_factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = common / "simulated"
    with (common / "simulated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            build = import_module("survey.demo").build_demo
            build(common / "unfinished", seed=5, interviews=900)
            (common / "unfinished").rename(folder)
    return folder


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> "Golden":
    """Compare text with a committed file; ``UPDATE_GOLDEN=1 pytest`` rewrites it."""
    return Golden(Path(__file__).parent / "golden", update=bool(os.environ.get("UPDATE_GOLDEN")))


class Golden:
    """Committed outputs whose every change must be seen in a diff."""

    def __init__(self, folder: Path, *, update: bool) -> None:
        self.folder = folder
        self.update = update

    def check(self, name: str, text: str) -> None:
        """Assert that `text` is the content of ``golden/<name>``."""
        path = self.folder / name
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text
