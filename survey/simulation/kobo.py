"""Answers as KoboToolbox exports them: XML values, group names in headings, a few rows dirty."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pandas as pd

from instruments.model import Instrument, Placed
from survey.fields import Fields
from survey.simulation.dirt import DirtyRow, spoil

_FIRST_ID = 51_873_400


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Export:
    """A file as Kobo writes it, the number of its rows, and those that were made dirty."""

    content: bytes
    rows: int
    dirty: tuple[DirtyRow, ...]


def export_kobo(
    instrument: Instrument, answers: pd.DataFrame, *, fields: Fields, rng: np.random.Generator
) -> Export:
    """Write `answers` in the order of submission, five of them spoilt and one repeated at the end.

    Semicolons, every cell quoted, a column for each option of a select-multiple, and Kobo's own
    columns behind the questions.
    """
    asked = [one for one in instrument.placed() if one.path in answers]
    ends = next(one.path for one in asked if one.item.type == "end")
    in_order = answers.sort_values(ends, kind="stable").reset_index(drop=True)
    spoilt, dirty = spoil(in_order, fields=fields, rng=rng)
    table = pd.DataFrame(dict(_question_columns(instrument, asked, spoilt)))
    table = table.assign(**_own_columns(instrument, in_order[ends], rng))
    again = table.iloc[[int(rng.integers(len(table)))]]
    whole = pd.concat([table, again], ignore_index=True)
    whole["_index"] = [str(number) for number in range(1, len(whole) + 1)]
    copy = DirtyRow(row=len(whole), path="_uuid", value=again["_uuid"].item(), outcome="duplicate")
    return Export(content=_csv(whole), rows=len(whole), dirty=(*dirty, copy))


def _question_columns(
    instrument: Instrument, asked: list[Placed], answers: pd.DataFrame
) -> Iterator[tuple[str, "pd.Series[str]"]]:
    for placed in asked:
        column = answers[placed.path]
        yield placed.path, column
        if placed.item.type == "multiple":
            for option in instrument.options_of(placed.item):
                yield f"{placed.path}/{option.code}", _chosen(column, option.code)


def _chosen(column: "pd.Series[str]", code: str) -> "pd.Series[str]":
    """1 where the option is among the codes, 0 where it is not, blank where none was asked."""
    among = column.str.split().map(lambda codes: code in codes)
    return among.map({True: "1", False: "0"}).where(column != "", "")


def _own_columns(
    instrument: Instrument, ends: "pd.Series[str]", rng: np.random.Generator
) -> dict[str, list[str]]:
    """Kobo's columns behind the questions; submission follows the end of an interview, in UTC."""
    size = len(ends)
    uuids = [str(UUID(bytes=rng.bytes(16), version=4)) for _ in range(size)]
    sent = [_sent(end, int(delay)) for end, delay in zip(ends, rng.integers(20, 900, size),
                                                        strict=True)]  # fmt: skip
    return {
        "_id": [str(_FIRST_ID + int(step)) for step in np.cumsum(rng.integers(1, 5, size))],
        "_uuid": uuids,
        "_submission_time": sent,
        "_validation_status": [""] * size,
        "_notes": [""] * size,
        "_status": ["submitted_via_web"] * size,
        "_submitted_by": [""] * size,
        "__version__": [instrument.version] * size,
        "_tags": [""] * size,
        "meta/rootUuid": [f"uuid:{one}" for one in uuids],
    }


def _sent(end: str, delay: int) -> str:
    sent = datetime.fromisoformat(end) + timedelta(seconds=delay)
    return (
        (sent - (sent.utcoffset() or timedelta()))
        .replace(tzinfo=None)
        .isoformat(timespec="seconds")
    )


def _csv(table: pd.DataFrame) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False, name=None))
    return stream.getvalue().encode("utf-8")
