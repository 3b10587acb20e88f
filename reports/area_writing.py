"""The sheets of all areas of a variable, written into one folder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import combining, normalize

from analysis.result import Analysis
from instruments.errors import Problem
from instruments.faults import did_you_mean, listed
from instruments.language import Language, say
from instruments.plan import Plan
from reports.area_page import Subject, area_page, subjects
from reports.edition import Edition
from reports.release_standing import Standing
from reports.writing import RENDERERS, write_files
from survey.errors import StudyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The areas of a variable, or those of some codes alone."""

    variable: str
    only: tuple[str, ...] = ()


def render_sheets(
    screened: Analysis,
    plan: Plan,
    *,
    wanted: Wanted,
    formats: Sequence[str],
    languages: Sequence[Language],
    standing: Standing,
) -> Iterator[tuple[str, bytes]]:
    """Each file of each area by its name, ``CODE-NAME.FORMAT``; in later languages with an infix.

    Raises:
        StudyError: The variable's areas were not judged, or a code is none of them.
    """
    for language in languages:
        edition = Edition(analysis=screened, plan=plan, language=language, standing=standing)
        infix = "" if language == languages[0] else f".{language}"
        for subject in _chosen(edition, wanted):
            shown = area_page(edition, subject)
            for form in formats:
                yield f"{stem(subject)}{infix}.{form}", RENDERERS[form](edition, shown)


def stem(subject: Subject) -> str:
    """The name of an area's files: its code, then its name in letters that every disk takes."""
    letters = normalize("NFD", subject.name.replace("Đ", "D").replace("đ", "d")).casefold()
    plain = "".join(each for each in letters if not combining(each) and each.isascii())
    words = "".join(each if each.isalnum() else " " for each in plain).split()
    code = subject.profile.area
    return "-".join([code, *(word for word in words if word != code.casefold())])


def _chosen(edition: Edition, wanted: Wanted) -> tuple[Subject, ...]:
    variable, only = wanted.variable, wanted.only
    found = {one.profile.area: one for one in subjects(edition, variable)}
    if not found:
        raise StudyError(_unjudged(variable, [one.variable for one in edition.analysis.areas]))
    if unknown := [code for code in only if code not in found]:
        raise StudyError(_unknown(variable, code, found) for code in unknown)
    return tuple(one for code, one in found.items() if not only or code in only)


def _unjudged(variable: str, judged: list[str]) -> Problem:
    hint = say("Name it under judge_areas of study.yaml, with the target against which its areas "
               "are judged.")  # fmt: skip
    if judged:
        hint = say("Judged are the areas of: {names}. Others are named under judge_areas of "
                   "study.yaml.", names=listed(judged))  # fmt: skip
    return Problem(where="--by", what=say("The areas of '{name}' are not judged.", name=variable),
                   hint=hint)  # fmt: skip


def _unknown(variable: str, code: str, found: Mapping[str, Subject]) -> Problem:
    return Problem(
        where="--area",
        what=say("'{code}' is no area of '{name}'.", code=code, name=variable),
        hint=did_you_mean(code, list(found)),
    )


def write_sheets(files: Iterator[tuple[str, bytes]], *, folder: Path) -> tuple[Path, ...]:
    """Write each sheet as it is made, each wholly or not at all."""
    return tuple(path for name, data in files for path in write_files({name: data}, folder=folder))
