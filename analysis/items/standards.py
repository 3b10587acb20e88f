"""A cut with its panel: what the judges said, what the levels mean, who adopted it and when.

The file is frozen before results: it is named by the hash of its content, and a cut that is called
adopted must be older than the first interview. Methods as in `analysis.items.standard_setting`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError, model_validator

from analysis.columns import Floats, check_columns
from analysis.errors import AnalysisError, refuse
from analysis.items.standard_setting import RESPONSE, angoff, bookmark, borderline
from analysis.spec_model import Part
from analysis.table_file import read_table
from instruments.errors import DefinitionError, Problem
from instruments.faults import problems_of
from instruments.freeze import plain
from instruments.language import Text, say
from instruments.yaml_source import read_yaml
from survey.durable import write_whole

Method = Literal["angoff", "bookmark", "borderline"]


class Judgement(Part):
    """What one judge said in one round.

    angoff: `ratings`, the share of barely aware persons who answer right, by item; bookmark:
    `page`; borderline: `scores` of the persons whom the judge calls borderline.
    """

    round: Annotated[int, Field(ge=1)] = 1
    judge: str
    ratings: dict[str, float] = Field(default_factory=dict)
    page: int | None = None
    scores: tuple[float, ...] = ()


class BookletItem(Part):
    """An item of a bookmark's booklet: its parameters, with which it is ordered."""

    item: str
    difficulty: float
    slope: float = 1.0


class StandardSpec(Part):
    """A standards file: method, items, judges, descriptors, and the decision on the cut."""

    method: Method
    items: tuple[str, ...]
    descriptors: dict[str, Text]
    """By level, what people at it know or can do; written before any judge rated."""
    judgements: tuple[Judgement, ...]
    """In the file itself, or the name of a table: round, judge, and a column for each item (angoff)
    or `page` (bookmark) or `score`, a row for each person (borderline)."""
    booklet: tuple[BookletItem, ...] = ()
    response: Annotated[float, Field(gt=0, lt=1)] = RESPONSE
    """Probability of a right answer at which a bookmark's items are ordered."""
    status: Literal["adopted", "panel", "proposed"] = "proposed"
    cut: float | None = None
    """The adopted cut, in points of the items; the panel's own where it is left out."""
    decision: str | None = None
    adopted_on: date | None = None

    @model_validator(mode="after")
    def _decided(self) -> Self:
        """An adopted cut names its decision and its day."""
        if self.status == "adopted" and (not self.decision or self.adopted_on is None):
            raise ValueError(say("an adopted cut needs `decision` and `adopted_on`."))
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundCut:
    """The panel's cut of one round, its error and the cut of each judge, by name where there is one."""

    round: int
    cut: float
    se: float
    judges: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A standards file that was read, each round's cut, and the hash of its content.

    `cut` is in points of the items (bookmark: on the trait); `se` is 0 of an adopted cut, a constant.
    """

    spec: StandardSpec
    rounds: tuple[RoundCut, ...]
    hash: str

    @property
    def cut(self) -> float:
        """The adopted cut, else that of the last round."""
        return self.rounds[-1].cut if self.spec.cut is None else self.spec.cut

    @property
    def se(self) -> float:
        """The panel's error over judges; none of an adopted cut."""
        return 0.0 if self.spec.status == "adopted" else self.rounds[-1].se


def read_standard(path: Path) -> Standard:
    """Read a standards file and work out the cut of each round.

    Raises:
        AnalysisError: The file or what a judge said does not hold; with every problem.
    """
    try:
        root, problems = read_yaml(path)
    except DefinitionError as error:
        raise AnalysisError(error.problems) from None
    try:
        spec = StandardSpec.model_validate(_with_judges(root.data(), path.parent))
    except ValidationError as error:
        raise AnalysisError([*problems, *problems_of(error, root, StandardSpec)]) from None
    refuse([*problems, *_problems(spec)])
    return Standard(spec=spec, rounds=tuple(_rounds(spec)), hash=content_hash(spec))


def _with_judges(document: Any, folder: Path) -> Any:  # noqa: ANN401 - a YAML document
    """The document with the judges' own table in it, where it names one."""
    if not isinstance(document, dict) or not isinstance(document.get("judgements"), str):
        return document
    table = read_table(folder / document["judgements"], ["*"])
    refuse(check_columns(table, ["judge"], role="judgements"))
    rounds = table.get("round", 1)
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in table.assign(round=rounds).to_dict("records"):
        key = (int(row["round"]), str(row["judge"]))
        own = found.setdefault(key, {"round": key[0], "judge": key[1]})
        _add(own, {str(name): value for name, value in row.items()
                   if name not in ("round", "judge") and not pd.isna(value)})  # fmt: skip
    return {**document, "judgements": list(found.values())}


def _add(own: dict[str, Any], row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        if name == "page":
            own["page"] = int(value)
        elif name == "score":
            own["scores"] = (*own.get("scores", ()), float(value))
        else:
            own.setdefault("ratings", {})[name] = float(value)


def content_hash(spec: StandardSpec) -> str:
    """SHA-256 of the content, whatever its order and spaces in the file."""
    return sha256(_canonical(spec).encode()).hexdigest()


def freeze_standard(standard: Standard, *, folder: Path) -> Path:
    """Write ``standards-HASH.json``, the copy that counts; the same content is the same file."""
    path = folder / f"standards-{standard.hash[:12]}.json"
    write_whole(path, lambda place: place.write_text(_canonical(standard.spec), encoding="utf-8"))
    return path


def check_standard(standard: Standard, *, first_interview: date, frozen: str | None = None) -> None:
    """Refuse a cut that was set after the data, or whose file is not the frozen one.

    Raises:
        AnalysisError: An adopted cut is not older than `first_interview`, or the hash is another.
    """
    found, spec = [], standard.spec
    if (
        spec.status == "adopted"
        and spec.adopted_on is not None
        and spec.adopted_on >= first_interview
    ):
        found.append(_too_late(spec.adopted_on, first_interview))
    if frozen is not None and frozen != standard.hash:
        found.append(_changed(frozen, standard.hash))
    refuse(found)


def _canonical(spec: StandardSpec) -> str:
    return json.dumps(plain(spec), ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"


def _rounds(spec: StandardSpec) -> Iterator[RoundCut]:
    for number in sorted({one.round for one in spec.judgements}):
        own = [one for one in spec.judgements if one.round == number]
        names = [one.judge for one in own]
        if spec.method == "angoff":
            found = angoff(_ratings(spec, own))
            yield _round(number, found.cut, found.se, names, found.judge_cuts)
        elif spec.method == "bookmark":
            cut = bookmark([one.page or 0 for one in own], [one.difficulty for one in spec.booklet],
                           slopes=[one.slope for one in spec.booklet], response=spec.response)  # fmt: skip
            yield _round(number, cut.cut, cut.se, names, cut.judge_cuts)
        else:
            cut = borderline(np.concatenate([np.array(one.scores) for one in own]))
            medians = [float(np.median(one.scores)) for one in own if one.scores]
            yield _round(number, cut.cut, cut.se, names, medians)


def _round(
    number: int, cut: float, se: float, names: Sequence[str], judges: Sequence[float]
) -> RoundCut:
    return RoundCut(round=number, cut=cut, se=se, judges=dict(zip(names, judges, strict=False)))


def _ratings(spec: StandardSpec, own: Sequence[Judgement]) -> Floats:
    return np.array([[one.ratings[item] for item in spec.items] for one in own], dtype=np.float64)


def _problems(spec: StandardSpec) -> Iterator[Problem]:
    if not spec.descriptors:
        yield Problem(where="descriptors", what=say("no level is described."),
                      hint=say("Say what people at each level know or can do, before judges rate."))  # fmt: skip
    if spec.method == "bookmark" and {one.item for one in spec.booklet} != {*spec.items}:
        yield Problem(where="booklet", what=say("the booklet has other items than `items`."))
    seen: set[tuple[int, str]] = set()
    for place, one in enumerate(spec.judgements):
        where = f"judgements[{place}], {one.judge}"
        if (one.round, one.judge) in seen:
            yield Problem(
                where=where, what=say("the judge speaks twice in round {round}.", round=one.round)
            )
        seen.add((one.round, one.judge))
        yield from _said(spec, one, where)


def _said(spec: StandardSpec, one: Judgement, where: str) -> Iterator[Problem]:
    """What a judge left out or said too much of, for the method."""
    if spec.method == "angoff" and set(one.ratings) != set(spec.items):
        apart = sorted(set(one.ratings) ^ set(spec.items))
        yield Problem(where=where, what=say("ratings and items differ: {items}.", items=", ".join(apart)),
                      hint=say("Each judge rates every item, and no other."))  # fmt: skip
    if (spec.method == "bookmark" and one.page is None) or (
        spec.method == "borderline" and not one.scores
    ):
        field = "page" if spec.method == "bookmark" else "scores"
        yield Problem(where=where, what=say("'{field}' is missing.", field=field))


def _too_late(adopted: date, first: date) -> Problem:
    return Problem(
        where="adopted_on",
        what=say("the cut was adopted on {day}, and the first interview was on {first}.",
                 day=adopted, first=first),
        hint=say("A cut is adopted before the data are seen. Call it proposed, or panel with its error."),
    )  # fmt: skip


def _changed(frozen: str, found: str) -> Problem:
    return Problem(
        where="hash",
        what=say("the standards are not those that were frozen: {found}, not {frozen}.",
                 found=found[:12], frozen=frozen[:12]),
        hint=say("Use the frozen copy, or freeze the new one and say so."),
    )  # fmt: skip
