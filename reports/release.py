"""Releasing a report: drafted, checked against the list, given an id, and kept for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from analysis.analyze import analyze_measured
from analysis.disclosure.between import (
    Groups,
    difference_in,
    families,
    groups_of,
    published,
    withhold,
)
from analysis.disclosure.differencing import Differencing
from analysis.disclosure.publishing import public
from analysis.disclosure.screen import screen
from analysis.measured import Measured, measure
from analysis.result import Analysis
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import LANGUAGES, Language, say
from reports.edition import Edition
from reports.release_checks import CHECKS, Candidate, Check, as_lines, checked
from reports.release_notice import printed
from reports.release_register import FOLDER, Release, find, head_of, register, releases
from reports.release_standing import DRAFTS, Audience, Standing
from reports.writing import RENDERERS, render_report, write_files
from survey.errors import StudyError
from survey.snapshot import held
from survey.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for: for whom, by whom, in the place of which release and why, what is waived."""

    by: str
    audience: Audience = "internal"
    supersedes: str = ""
    reason: str = ""
    waived: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The list, the files written, and the release; None where the report stays a draft."""

    checks: tuple[Check, ...]
    files: tuple[Path, ...]
    release: Release | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A screened analysis that nobody has released, and what its pages say of that."""

    analysis: Analysis
    standing: Standing


def release(study: Study, request: Request, *, folder: Path, today: date, now: datetime) -> Outcome:
    """Release what the study holds now, or write the draft and say which checks it fails.

    Raises:
        StudyError: The request names nobody, no reason, or a check or release that there is not.
    """
    _refuse_incomplete(request)
    earlier = releases(study)
    replaced = find(study, request.supersedes) if request.supersedes else None
    made = measure(study, today=today)
    analysis, found = settled(made, earlier, audience=request.audience)
    languages = languages_of(study)
    standing = _standing(study, request, earlier, replaced, today)
    files = render_report(analysis, study.plan, formats=tuple(RENDERERS), languages=languages,
                          standing=standing)  # fmt: skip
    candidate = Candidate(study=study, analysis=analysis, files=files, audience=request.audience,
                          differencing=found)  # fmt: skip
    checks = checked(candidate, waived=request.waived)
    if any(one.state == "not_ok" for one in checks):
        draft = render_report(analysis, study.plan, formats=tuple(RENDERERS), languages=languages,
                              standing=DRAFTS[request.audience])  # fmt: skip
        return Outcome(checks=checks, files=write_files(draft, folder=folder), release=None)
    record = _record(candidate, request, standing, checks, earlier=earlier, now=now)
    register(study, record, files, now=now)
    return Outcome(checks=checks, files=write_files(files, folder=folder), release=record)


def drafted(study: Study, *, today: date, audience: Audience) -> Draft:
    """What the study holds now as a draft; for the public it is safe beside earlier releases."""
    made = measure(study, today=today)
    if audience == "internal":
        return Draft(analysis=screen(analyze_measured(made)), standing=DRAFTS[audience])
    analysis, _ = settled(made, releases(study), audience=audience)
    return Draft(analysis=analysis, standing=DRAFTS[audience])


def settled(
    made: Measured, earlier: Sequence[Release], *, audience: Audience
) -> tuple[Analysis, Differencing | None]:
    """The analysis as a release prints it, and what subtraction from `earlier` ones tells.

    `earlier` are the releases that were there before; those of other days' data are measured anew
    from their own snapshots.
    """
    analysis = screen(analyze_measured(made))
    before = _groups_before(made, earlier)
    found = None
    if before is not None:
        own = published(groups_of(made), analysis)
        gone, found = difference_in(own, before, families=families(made.study.settings))
        analysis = withhold(analysis, gone)
    return (public(analysis) if audience == "public" else analysis), found


def languages_of(study: Study) -> tuple[Language, ...]:
    """Every language, the study's own first."""
    own = study.settings.language
    return (own, *(one for one in LANGUAGES if one != own))


def _groups_before(made: Measured, earlier: Sequence[Release]) -> list[Groups] | None:
    """The groups of earlier releases by snapshot; None where a snapshot is gone."""
    study, found = made.study, []
    for name in dict.fromkeys(one.snapshot for one in earlier):
        snapshot = made.snapshot if name == made.snapshot.hash else held(study, name)
        if snapshot is None:
            return None
        then = made if snapshot is made.snapshot else measure(study, today=made.today, snapshot=snapshot)  # fmt: skip
        found.append(groups_of(then))
    return found


def _standing(
    study: Study, request: Request, earlier: Sequence[Release], replaced: Release | None,
    today: date,
) -> Standing:  # fmt: skip
    standing = Standing(id=f"{study.settings.id}-{len(earlier) + 1}", day=today,
                        audience=request.audience)  # fmt: skip
    if replaced is None:
        return standing
    before = {language: replaced.printed[language] for language in LANGUAGES}
    return replace(standing, version=replaced.version + 1, supersedes=replaced.id,
                   superseded_on=date.fromisoformat(replaced.day), reason=request.reason.strip(),
                   before=before)  # fmt: skip


def _record(
    candidate: Candidate, request: Request, standing: Standing, checks: tuple[Check, ...], *,
    earlier: tuple[Release, ...], now: datetime,
) -> Release:  # fmt: skip
    study, rests = candidate.study, candidate.analysis.provenance
    told: dict[str, dict[str, str]] = {
        language: printed(Edition(analysis=candidate.analysis, plan=study.plan, language=language))
        for language in LANGUAGES
    }
    snapshots = sorted(study.snapshots.glob(f"{rests.snapshot}*.parquet"))
    return Release(
        id=standing.id, number=len(earlier) + 1, version=standing.version,
        day=rests.today.isoformat(), at=now.isoformat(timespec="seconds"), by=request.by.strip(),
        audience=request.audience, supersedes=standing.supersedes, reason=standing.reason,
        snapshot=rests.snapshot, journal=rests.journal, program=rests.version,
        files={name: sha256(data).hexdigest() for name, data in candidate.files.items()},
        snapshot_files={one.name: sha256(one.read_bytes()).hexdigest() for one in snapshots},
        checks=as_lines(checks), printed=told, previous=head_of(earlier),
    )  # fmt: skip


def _refuse_incomplete(request: Request) -> None:
    problems = []
    if not request.by.strip():
        problems.append(Problem(where="--by", what=say("It is empty."), hint=say("Say who releases the report.")))  # fmt: skip
    if bool(request.supersedes) != bool(request.reason.strip()):
        problems.append(Problem(
            where=FOLDER, what=say("A report that takes the place of another says which and why."),
            hint=say("Give both --supersedes and --reason.")))  # fmt: skip
    problems += [
        Problem(where="--waive", what=say("There is no check '{name}'.", name=name),
                hint=did_you_mean(name, list(CHECKS)))
        for name in request.waived if name not in CHECKS
    ]  # fmt: skip
    problems += [
        Problem(where="--waive", what=say("'{name}' is waived without a reason.", name=name),
                hint=say("Write --waive {name}=REASON.", name=name))
        for name, reason in request.waived.items() if not reason.strip()
    ]  # fmt: skip
    if problems:
        raise StudyError(problems)
