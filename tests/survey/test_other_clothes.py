"""One survey in the clothes of systems of which no export is at hand, made from its truth.

The layouts follow the systems' own documentation; the answers are those of `truth.csv`, so each
file must give the same accepted cells and the same six faults.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from survey.export import export
from survey.form import Field, prepare
from survey.founding import new_study
from survey.imports import import_files
from survey.readings import HANOI

pytestmark = pytest.mark.heavy
Lines = list[list[str]]


class Survey:
    """The form's own fields, and each distinct record of the truth."""

    def __init__(self, folder: Path, form: Path) -> None:
        (instrument,) = new_study(folder, instruments=[str(form)]).versions_of(None)
        fields = prepare(instrument).level.fields
        self.fields = [one for one in fields if "/" in one.path and one.item.type != "calculated"]
        with form.with_name("truth.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        self.records = [row for row in rows if row["status"] != "duplicate"]

    def accepted(self) -> Lines:
        return sorted([row[one.path] for one in self.fields]
                      for row in self.records if row["status"] == "accept")  # fmt: skip


def multiple(one: Field) -> bool:
    return one.item.type == "multiple"


def title(one: Field) -> str:
    return one.item.label["vi"]


def label(one: Field, text: str, between: str = ", ") -> str:
    if not one.options:
        return text
    codes = text.split() if multiple(one) else [text]
    return between.join(
        one.options[code].label["vi"] if code in one.options else code for code in codes
    )


def numbers(one: Field) -> dict[str, str]:
    return {code: str(number) for number, code in enumerate(one.options, start=1)}


def table(
    survey: Survey, *, first: list[str], heading: Callable[[Field, str | None], str],
    own: Callable[[int, dict[str, str]], list[str]], cell: Callable[[Field, str], str],
    ticks: tuple[str, str],
) -> Lines:  # fmt: skip
    """A sheet with a column for each option of a multiple choice."""

    def cells(of: Callable[[Field, str | None], str]) -> Iterator[str]:
        for one in survey.fields:
            yield from (
                (of(one, code) for code in one.options) if multiple(one) else (of(one, None),)
            )

    def lines() -> Iterator[list[str]]:
        yield first + list(cells(heading))
        for number, row in enumerate(survey.records, start=1):
            yield own(number, row) + list(cells(
                lambda one, code, row=row: cell(one, row[one.path]) if code is None
                else ticks[code in row[one.path].split()]
            ))  # fmt: skip

    return list(lines())


def times(row: dict[str, str]) -> list[str]:
    return [row[name][:19].replace("T", " ") for name in ("start", "end")]


def redcap_raw(survey: Survey) -> Lines:
    return table(survey, first=["record_id", "form_complete"], own=lambda n, _: [str(n), "2"],
                 heading=lambda one, code: one.id if code is None else f"{one.id}___{code}",
                 cell=lambda _, text: text, ticks=("0", "1"))  # fmt: skip


def redcap_labels(survey: Survey) -> Lines:
    return table(survey, first=["Record ID", "Complete?"], own=lambda n, _: [str(n), "Complete"],
                 heading=lambda one, code: title(one) if code is None
                 else f"{title(one)} (choice={label(one, code)})",
                 cell=label, ticks=("Unchecked", "Checked"))  # fmt: skip


def redcap_numbered(survey: Survey) -> Lines:
    return table(survey, first=["record_id", "form_complete"], own=lambda n, _: [str(n), "2"],
                 heading=lambda one, code: one.id if code is None else f"{one.id}___{numbers(one)[code]}",
                 cell=lambda one, text: numbers(one).get(text, "77") if one.options and text else text,
                 ticks=("0", "1"))  # fmt: skip


def dictionary(survey: Survey) -> Lines:
    kinds = {"single": "radio", "multiple": "checkbox"}
    first = ["Variable / Field Name", "Form Name", "Field Type", "Field Label",
             "Choices, Calculations, OR Slider Labels"]  # fmt: skip
    return [first, ["record_id", "form", "text", "", ""], *(
        [one.id, "form", kinds.get(one.item.type, "text"), title(one),
         " | ".join(f"{number}, {label(one, code)}" for code, number in numbers(one).items())]
        for one in survey.fields
    )]  # fmt: skip


LIME = {"id": "Response ID", "submitdate": "Date submitted", "lastpage": "Last page",
        "seed": "Seed", "startdate": "Date started", "datestamp": "Date last action"}  # fmt: skip


def limesurvey_texts(survey: Survey) -> Lines:
    return table(survey, first=list(LIME.values()),
                 own=lambda n, row: [str(n), times(row)[1], "5", str(900 + n), *times(row)],
                 heading=lambda one, code: title(one) if code is None
                 else f"{title(one)} [{label(one, code)}]",
                 cell=lambda one, text: label(one, text) if text or not one.options else "N/A",
                 ticks=("No", "Yes"))  # fmt: skip


def limesurvey_codes_and_texts(survey: Survey) -> Lines:
    first, *rest = limesurvey_texts(survey)
    codes = table(survey, first=list(LIME), own=lambda *_: [], cell=label, ticks=("", ""),
                  heading=lambda one, code: one.id if code is None else f"{one.id}[{code}]")[0]  # fmt: skip
    return [[f"{code}. {text}" for code, text in zip(codes, first, strict=True)], *rest]


QUALTRICS = ["StartDate", "EndDate", "Finished", "ResponseId"]


def qualtrics_split(survey: Survey) -> Lines:
    first, *rest = table(
        survey, first=QUALTRICS, own=lambda n, row: [*times(row), "True", f"R_{n}"],
        heading=lambda one, code: title(one) if code is None
        else f"{title(one)} - Selected Choice - {label(one, code)}",
        cell=label, ticks=("", "x"),
    )  # fmt: skip
    names = [*QUALTRICS, *(f"Q{number}_1" for number in range(len(first) - 4))]
    return [names, first, [f'{{"ImportId":"{name}"}}' for name in names], *rest]


def qualtrics_joined(survey: Survey) -> Lines:
    names = [*QUALTRICS, *(f"Q{number}" for number in range(len(survey.fields)))]
    texts = [
        *QUALTRICS,
        *(title(one) + " - Selected Choice" * multiple(one) for one in survey.fields),
    ]
    return [names, texts, [f'{{"ImportId":"{name}"}}' for name in names], *(
        [*times(row), "True", f"R_{number}", *(label(one, row[one.path], ",") for one in survey.fields)]
        for number, row in enumerate(survey.records, start=1)
    )]  # fmt: skip


CLOTHES = [redcap_raw, redcap_labels, redcap_numbered, limesurvey_texts, limesurvey_codes_and_texts,
           qualtrics_split, qualtrics_joined]  # fmt: skip


def write(path: Path, lines: Lines) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(lines)
    return path


@pytest.mark.parametrize("dressed", CLOTHES, ids=lambda one: one.__name__)
def test_the_same_survey_in_other_clothes_gives_the_same_cells(shared, tmp_path, dressed):
    form = shared / "exports" / "instrument_v1.xlsx"
    survey = Survey(tmp_path / "drawn", form)
    file = write(tmp_path / f"{dressed.__name__}.csv", dressed(survey))
    files = [file]
    if dressed is redcap_numbered:
        files.append(write(tmp_path / "codebook.csv", dictionary(survey)))
    study = new_study(tmp_path / "study", instruments=[str(form)])
    report = import_files(study, files, now=lambda: datetime(2026, 11, 24, tzinfo=HANOI))[0]
    assert (report.rows, report.accepted, report.quarantined) == (41, 35, 6)
    assert [(one.row, one.fault.rule) for one in report.faults] == [
        (4, "constraint"), (8, "unknown_choice"), (12, "constraint"), (16, "required_missing"),
        (20, "constraint"), (24, "constraint"),
    ]  # fmt: skip
    with export(study, tmp_path / "out.csv")[0].open(encoding="utf-8", newline="") as stream:
        stored = sorted([row[one.path].removeprefix("'") for one in survey.fields]
                        for row in csv.DictReader(stream))  # fmt: skip
    assert stored == survey.accepted()
