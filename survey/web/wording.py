"""Words for what the program knows by codes, and sentences on how far work is."""

from typing import Any

from instruments.language import Message, say
from survey.importers.sources import SOURCES
from survey.web.worker import Job

STATES = {
    "open": say("interrupted"),
    "sealed": say("counts"),
    "empty": say("nothing new"),
    "undone": say("undone"),
}
RULES = {
    "constraint": say("against a rule"),
    "choice_filter": say("a choice not offered here"),
    "unknown_choice": say("no such choice"),
    "required_missing": say("answer missing"),
    "type": say("wrong type"),
    "ragged": say("wrong number of cells"),
}
KINDS: dict[str, str | Message] = {
    "correction": say("Corrections"),
    "kobo": "KoboToolbox", "odk": "ODK Central", "google": "Google Forms", "redcap": "REDCap",
    "limesurvey": "LimeSurvey", "surveyjs": "SurveyJS", "qualtrics": "Qualtrics", "spss": "SPSS",
    "stata": "Stata", "excel": "Excel", "csv": "CSV",
}  # fmt: skip
_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1258": "Windows-1258",
    "tcvn3": "TCVN3 (ABC)",
}
_DELIMITERS = {
    ",": say("comma"), ";": say("semicolon"), "tab": say("tab"), "|": say("vertical bar")
}  # fmt: skip


def how_far(job: Job, *, running: Job | None) -> Message:
    """How far a job is, in a sentence."""
    if job.begun is None:
        other = "" if running is None else running.name
        return say("Waits until '{file}' is done; one file is worked on at a time.", file=other)
    if not job.rows:
        return say("The file is being read.")
    left = job.seconds_left
    if left is None:
        return say("{done} of {rows} rows.", done=job.done, rows=job.rows)
    return say("{done} of {rows} rows, about {seconds} seconds left.",
               done=job.done, rows=job.rows, seconds=round(left))  # fmt: skip


def overrides() -> list[tuple[str, Message, list[tuple[str, Any]]]]:
    """The ways in which a file may be read otherwise, each with its choices."""
    kinds = dict.fromkeys(source.KIND for source in SOURCES)
    return [
        (
            "kind",
            say("Kind of file"),
            [(kind, KINDS.get(kind, kind)) for kind in kinds],
        ),
        ("encoding", say("Encoding"), list(_ENCODINGS.items())),
        ("delimiter", say("Delimiter"), list(_DELIMITERS.items())),
    ]
