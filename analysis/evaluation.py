"""One respondent's answers tried on an instrument: skips, calculations, faults and points."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.scoring import points, score
from instruments.language import Language
from instruments.model import Instrument
from survey.answer_file import read_answers
from survey.evaluation import Evaluation, evaluate
from survey.form import prepare

_ENTRY = re.compile(r"\[(\d+)\]/[^/\[]+$")


def evaluate_file(
    instrument: Instrument, answers: Path, *, today: date, language: Language
) -> dict[str, Any]:
    """What the instrument makes of a file of answers, ready to be printed as JSON.

    `relevant` and `calculated` are by id; `problems` name the item, in a roster also the entry.
    `score` is by dimension: points earned and possible on the answered items whose key held on the
    day of the interview, and their share, null with too few answers.

    Raises:
        DefinitionError: The file holds no answers to this instrument.
    """
    form = prepare(instrument)
    now, given = read_answers(answers, form, today=today)
    found = evaluate(form, given, now=now)
    problems = [_problem(one.path, one.rule, one.message.text(language)) for one in found.faults]
    notes = [_problem(one.path, one.rule, one.message.text(language)) for one in found.notes]
    return {
        "relevant": dict(found.relevant),
        "calculated": {name: list(value) if isinstance(value, tuple) else value
                       for name, value in found.calculated.items()},
        "problems": problems,
        "notes": notes,
        "score": _score(instrument, found),
    }  # fmt: skip


def _problem(path: str | None, rule: str, message: str) -> dict[str, Any]:
    place = path or ""
    entry = _ENTRY.search(place)
    name = re.sub(r"\[\d+\]$", "", place.rpartition("/")[2])
    within = {} if entry is None else {"entry": int(entry[1])}
    return {"item": name, "rule": rule, "message": message, **within}


def _score(instrument: Instrument, found: Evaluation) -> dict[str, Any]:
    texts = {path: text for path, text in found.answers.items() if isinstance(text, str)}
    counted = points(instrument, texts, day=found.day.date())
    shares = _shares(instrument, texts, found.day.date())
    return {
        name: {"points": one.earned, "possible": one.possible, "share": shares[name]}
        for name, one in counted.items()
    }


def _shares(instrument: Instrument, texts: dict[str, str], day: date) -> dict[str, float | None]:
    """Points as shares of the highest possible, where enough is answered."""
    frame = pd.DataFrame([texts])
    scores = score(instrument, frame, days=pd.Series([pd.Timestamp(day)]))
    row = scores.dimensions.iloc[0]
    return {str(name): None if pd.isna(value) else float(value) for name, value in row.items()}
