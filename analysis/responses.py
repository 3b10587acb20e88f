"""Responses made ready: dated, grouped, joined to their design, and reduced to the base."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.design import Design
from analysis.labels import item_at
from analysis.sampled import design_of
from analysis.study_weights import recipe_columns
from instruments.language import Message, say
from instruments.model import Instrument
from survey.population.variables import AGE, derive_variables
from survey.settings import StudySettings

RECORD, VERSION = "_record", "_version"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """Tables of a study as text: units of residence by their code, the sample, its other cases."""

    units: pd.DataFrame | None = None
    sample: pd.DataFrame | None = None
    cases: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Responses:
    """Respondents of the base; every table has their rows in one order, indexed by record.

    `days` are the dates of interview, `fieldwork` the first and last that are known; `outside`
    counts the respondents who are too young for the base.
    """

    frame: pd.DataFrame
    days: "pd.Series[pd.Timestamp]"
    groups: pd.DataFrame
    age: "pd.Series[float] | None"
    columns: pd.DataFrame
    design: Design
    fieldwork: tuple[date, date] | None
    outside: int
    warnings: tuple[Message, ...]


def ready(
    frame: pd.DataFrame,
    *,
    settings: StudySettings,
    instruments: Sequence[Instrument],
    tables: Tables,
    lists: Mapping[str, str],
    today: date,
) -> Responses:
    """Make a snapshot's answers ready for scoring and weighting.

    `frame` has a text column for each form path; `lists` names the list that holds for an area. An
    interview without a date counts as held on the wave's last day, or `today`.

    Raises:
        StudyError: answers or settings from which no group follows.
        AnalysisError: responses that cannot be joined to the sample.
    """
    frame = frame.set_index(frame[RECORD].astype(str))
    known = interview_days(frame, instruments)
    days = known.fillna(pd.Timestamp(settings.wave.ends or settings.wave.begins or today))
    groups = derive_variables(
        frame, settings=settings, units=tables.units, interview_dates=days, lists=lists
    )
    age = groups.pop(AGE) if AGE in groups else None
    groups = _without_missing(groups, settings, instruments)
    inside = _in_base(age, settings.population.age_from, frame)
    columns, design = design_of(
        frame[inside], sample=settings.sample, table=tables.sample, also=recipe_columns(settings)
    )
    return Responses(
        frame=frame[inside],
        days=days[inside],
        groups=groups[inside],
        age=None if age is None else age[inside],
        columns=columns,
        design=design,
        fieldwork=_fieldwork(known, settings),
        outside=int((~inside).sum()),
        warnings=tuple(_warnings(known, age, settings)),
    )


def interview_days(
    frame: pd.DataFrame, instruments: Sequence[Instrument]
) -> "pd.Series[pd.Timestamp]":
    """Date of interview by the item that the instrument names; missing where it is not known.

    A time of day counts in its own zone, so that an interview at midnight keeps its local date.
    """
    days = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    for path in dict.fromkeys(one.interview_date for one in instruments):
        if path is not None and path in frame:
            texts = frame[path].astype("string").str[:10]
            days = days.fillna(pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce"))
    return days


def _without_missing(
    groups: pd.DataFrame, settings: StudySettings, instruments: Sequence[Instrument]
) -> pd.DataFrame:
    """The groups without those who refused or did not know: such an answer is no level."""
    kept = {}
    for name, variable in settings.variables.items():
        placed = item_at(instruments, variable.item)
        options = () if placed is None else instruments[-1].options_of(placed.item)
        missing = [one.code for one in options if one.missing is not None]
        kept[name] = groups[name].where(~groups[name].isin(missing), None)
    return pd.DataFrame(kept, index=groups.index)


def _in_base(
    age: "pd.Series[float] | None", age_from: int | None, frame: pd.DataFrame
) -> "pd.Series[bool]":
    """Who belongs to the base; a person of unknown age was selected as a member of it."""
    if age is None or age_from is None:
        return pd.Series(data=True, index=frame.index)
    return ~(age < age_from)


def _fieldwork(
    days: "pd.Series[pd.Timestamp]", settings: StudySettings
) -> tuple[date, date] | None:
    if days.notna().any():
        return days.min().date(), days.max().date()
    begins, ends = settings.wave.begins, settings.wave.ends
    if begins is None and ends is None:
        return None
    return (begins or ends, ends or begins)  # type: ignore[return-value]  # one of them is a date


def _warnings(
    days: "pd.Series[pd.Timestamp]", age: "pd.Series[float] | None", settings: StudySettings
) -> Iterator[Message]:
    undated = int(days.isna().sum())
    if undated:
        yield say("{count} interviews have no date; they are scored as of the end of the wave.",
                  count=undated)  # fmt: skip
    if settings.sample.weight is None:
        yield say("There are no design weights: every response counts alike.")
    if not settings.sample.psu:
        yield say("No sampling units are named: every response counts as a unit drawn by itself.")
    if age is None and settings.population.age_from is not None:
        yield say("Ages are not known: everybody who answered counts as {age} or older.",
                  age=settings.population.age_from)  # fmt: skip
    ageless = 0 if age is None else int(age.isna().sum())
    if ageless and settings.population.age_from is not None:
        yield say("{count} respondents of unknown age are counted as members of the base.",
                  count=ageless)  # fmt: skip
