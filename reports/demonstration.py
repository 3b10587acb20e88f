"""The demonstration's study: made once in a folder, and opened again as it then stands."""

import json
import shutil
from pathlib import Path
from tempfile import mkdtemp

from instruments.errors import Problem
from instruments.language import say
from survey.demo import TRUTH_FILE, build_demo
from survey.errors import StudyError
from survey.study import Study


def open_demo(folder: Path, *, seed: int) -> Study:
    """Build the demonstration in `folder`, or open the one that stands there.

    It is built beside its place and moved when complete, so that a run that is broken off leaves
    nothing behind that looks like a study.

    Raises:
        StudyError: `folder` holds something else, or a demonstration of another seed.
    """
    if folder.exists():
        _refuse_other(folder, seed)
        return Study.open(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(mkdtemp(prefix=".demo-", dir=folder.parent))
    try:
        build_demo(workshop / folder.name, seed=seed)
        (workshop / folder.name).rename(folder)
    finally:
        shutil.rmtree(workshop)
    return Study.open(folder)


def _refuse_other(folder: Path, seed: int) -> None:
    truth = folder / TRUTH_FILE
    found = json.loads(truth.read_text(encoding="utf-8")).get("seed") if truth.is_file() else None
    if found == seed:
        return
    what = (
        say("The folder is not empty and holds no demonstration.")
        if found is None
        else say("The folder holds a demonstration with seed {found}.", found=found)
    )
    hint = say("Choose another folder with -o, or remove this one.")
    raise StudyError(Problem(where=str(folder), what=what, hint=hint))
