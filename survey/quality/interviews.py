"""All accepted interviews of one instrument, laid out for looking at them together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.model import Instrument
from survey.answers import Record, for_analysis
from survey.columns import cells_of, layouts
from survey.form import Field, Form, prepare
from survey.quality.flags import clocks
from survey.readings import HANOI

Floats = npt.NDArray[np.float64]
MOST_OPTIONS = 12
"""A question with more options than these asks for a place or a thing, not an opinion."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interviews:
    """Answers by form path (text or None), indexed by record, and who asked when.

    `interviewers` is empty text where nobody is named; times are those of Việt Nam, or missing.
    """

    form: Form
    frame: pd.DataFrame
    versions: "pd.Series[str]"
    interviewers: "pd.Series[str]"
    starts: "pd.Series[pd.Timestamp]"
    ends: "pd.Series[pd.Timestamp]"
    days: "pd.Series[pd.Timestamp]"

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def seconds(self) -> "pd.Series[float]":
        """How long each interview took by the device's clock."""
        return (self.ends - self.starts).dt.total_seconds()

    def questions(self) -> Iterator[Field]:
        """The questions of the form's own level that the table has."""
        for field in self.form.level.fields:
            if field.path in self.frame:
                yield field

    def opinions(self) -> Iterator[Field]:
        """Choices and numbers that respondents gave, without places and the way of asking."""
        circumstance = {self.form.instrument.mode, self.form.instrument.interviewer}
        for field in self.questions():
            if field.path not in circumstance and (
                field.item.type in ("integer", "decimal")
                or (field.coded and len(field.options) <= MOST_OPTIONS)
            ):
                yield field

    def numbers(self, path: str) -> Floats:
        """Answers as numbers; what is none is NaN."""
        return np.asarray(pd.to_numeric(self.frame[path], errors="coerce"), dtype=float)


def interviews_of(instruments: Sequence[Instrument], records: Iterable[Record]) -> Interviews:
    """Lay out the records of one instrument, whose versions are given oldest first."""
    newest = instruments[-1]
    layout = layouts(instruments)[0]
    own = [for_analysis(one) for one in records if one.instrument == newest.id]
    lines = [cells for one in own for cells in cells_of(one, layout)]
    index = pd.Index([one.key for one in own], dtype=object)
    frame = pd.DataFrame(lines, index=index, columns=list(layout.paths), dtype=object)
    form = prepare(newest)
    on = clocks(form)
    starts = _times(frame, None if on is None else on.start.path)
    return Interviews(
        form=form, frame=frame,
        versions=pd.Series([one.version for one in own], index=index, dtype=object),
        interviewers=_texts(frame, newest.interviewer),
        starts=starts, ends=_times(frame, None if on is None else on.end.path),
        days=_days(frame, newest.interview_date).fillna(starts.dt.normalize()),
    )  # fmt: skip


def measured(interviews: Interviews) -> Iterator[tuple[str, Floats]]:
    """One number for each answer, by form path: what can be averaged and compared.

    A keyed question counts its credit, a scale of numbered codes its code, another choice whether
    it is the most frequent one; don't-know earns nothing on a key and is no answer otherwise.
    """
    for field in interviews.opinions():
        if field.item.type == "single":
            yield field.path, _of_choice(field, interviews.frame[field.path])
        elif not field.coded:
            yield field.path, interviews.numbers(field.path)


def coded(interviews: Interviews) -> npt.NDArray[np.int16]:
    """Answers as codes, -1 for none; a question that all answer alike tells nothing and is left out."""
    columns = [codes for field in interviews.opinions()
               if (codes := pd.Categorical(interviews.frame[field.path]).codes).max(initial=0) > 0]  # fmt: skip
    if not columns:
        return np.zeros((len(interviews), 0), dtype=np.int16)
    return np.stack(columns, axis=1).astype(np.int16)


def _of_choice(field: Field, answers: "pd.Series[str]") -> Floats:
    kinds = {code: option.missing for code, option in field.options.items()}
    if field.item.key:
        credit = field.item.key[-1].credit
        worth = {code: credit.get(code, 0.0) for code, kind in kinds.items()
                 if kind in (None, "dont_know")}  # fmt: skip
        return np.asarray(answers.map(worth), dtype=float)
    said = answers.where(answers.map(kinds).isna() & answers.notna(), None)
    if len(said.dropna()) and all(code.lstrip("-").isdecimal() for code in said.dropna().unique()):
        return np.asarray(pd.to_numeric(said), dtype=float)
    top = said.mode()
    most = (said == (top.iloc[0] if len(top) else "")).to_numpy(dtype=float)
    return np.asarray(np.where(said.isna(), np.nan, most), dtype=float)


def _texts(frame: pd.DataFrame, path: str | None) -> "pd.Series[str]":
    if path is None or path not in frame:
        return pd.Series("", index=frame.index, dtype=object)
    return frame[path].fillna("").astype(str)


def _times(frame: pd.DataFrame, path: str | None) -> "pd.Series[pd.Timestamp]":
    texts = frame[path] if path is not None else pd.Series(None, index=frame.index, dtype=object)
    times = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)
    return times.dt.tz_convert(HANOI).dt.tz_localize(None)


def _days(frame: pd.DataFrame, path: str | None) -> "pd.Series[pd.Timestamp]":
    texts = frame[path] if path is not None and path in frame else None
    if texts is None:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    return pd.to_datetime(texts.astype("string").str[:10], format="%Y-%m-%d", errors="coerce")
