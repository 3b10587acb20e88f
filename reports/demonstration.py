"""The demonstration's study: made once in a folder, and opened again as it then stands."""

import json
import shutil
from pathlib import Path
from tempfile import mkdtemp

from analysis.analyze import analyze
from analysis.disclosure.screen import screen
from instruments.errors import Problem
from instruments.language import say
from reports.writing import render_report, write_files
from survey.demo import TRUTH_FILE, build_demo, build_earlier
from survey.demo_settings import EARLIER_RESULT, FIRST_WAVE, PUBLISHED
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
        made = workshop / folder.name
        build_demo(made, seed=seed, earlier=(PUBLISHED,))
        _publish_earlier(made / EARLIER_RESULT, seed=seed)
        (workshop / folder.name).rename(folder)
    finally:
        shutil.rmtree(workshop)
    return Study.open(folder)


def _publish_earlier(result: Path, *, seed: int) -> None:
    """Simulate and analyze the wave before, and keep its study beside what it published."""
    study = build_earlier(result.parent / "study", seed=seed)
    analysis = screen(analyze(study, today=FIRST_WAVE.imported))
    write_files(render_report(analysis, study.plan, formats=(), languages=("vi",)),
                folder=result.parent)  # fmt: skip


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
