"""The list of cases drawn with the outcome of each, as staff keep it: its template, its reading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from instruments.errors import Problem
from instruments.language import Text, say
from survey.cells import Cells
from survey.dispositions import DISPOSITIONS, Case, Disposition, disposition_of
from survey.errors import ImportRejected
from survey.sheets.layout import BookLayout, Field, SheetLayout, both
from survey.sheets.reading import faults, read_sheets

FILE = "sample/dispositions.xlsx"

_WORDS: Mapping[str, Text] = {
    "I": both("I - phỏng vấn xong", "I - complete interview"),
    "P": both("P - phỏng vấn dở dang", "P - partial interview"),
    "R": both("R - từ chối hoặc bỏ giữa chừng", "R - refusal or break-off"),
    "NC": both("NC - không gặp được", "NC - non-contact"),
    "O": both("O - lý do khác (ốm, bất đồng ngôn ngữ…)", "O - other (illness, language …)"),
    "UH": both("UH - chưa rõ có hộ hay không", "UH - unknown whether a household is there"),
    "UO": both("UO - chưa rõ vì lý do khác", "UO - unknown otherwise"),
    "NE": both("NE - không thuộc đối tượng", "NE - not eligible"),
}

LAYOUT = SheetLayout(
    id="dispositions",
    title=both("Kết quả tiếp cận", "Outcomes"),
    note=both("Mỗi đơn vị được chọn vào mẫu là một dòng, kể cả nơi không phỏng vấn được.",
              "Every unit drawn into the sample is a row, those without an interview as well."),
    fields=(
        Field(id="unit", heading=both("Mã đơn vị mẫu", "Case"),
              note=both("Mã của hộ hoặc người được chọn, mỗi mã một lần.",
                        "Code of the household or person drawn, each once.")),
        Field(id="outcome", heading=both("Kết quả cuối cùng", "Outcome"), choices=_WORDS,
              note=both("Mã theo Định nghĩa chuẩn của AAPOR; cũng nhận mã số như 2.11.",
                        "Code of AAPOR's Standard Definitions; numbers such as 2.11 do as well.")),
        Field(id="weight", heading=both("Quyền số thiết kế", "Design weight"), required=False,
              note=both("Để tính tỷ lệ có quyền số; để trống ở mọi dòng nếu không có.",
                        "For weighted rates; empty in every row where there is none.")),
        Field(id="group", heading=both("Địa bàn", "Area"), required=False,
              note=both("Tỷ lệ được tính thêm cho từng địa bàn.",
                        "Rates are given for each as well.")),
        Field(id="interviewer", heading=both("Điều tra viên", "Interviewer"), required=False,
              note=both("Mã, không ghi họ tên.", "A code, no name.")),
    ),
)  # fmt: skip

BOOK = BookLayout(
    title=both("Danh sách mẫu và kết quả tiếp cận", "The sample and what became of it"),
    notes=(both("Tỷ lệ trả lời chỉ tính được khi có đủ mọi đơn vị đã chọn, không chỉ các phiếu đã "
                "thu.", "Response rates need every unit that was drawn, not only those answered."),
           both("Không ghi họ tên, số điện thoại, địa chỉ vào tệp này.",
                "No names, phone numbers or addresses belong in this file.")),
    sheets=(LAYOUT,),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOutcomes:
    """The cases of a file; `weighted` tells whether it gives their weights."""

    cases: tuple[Case, ...]
    weighted: bool


def read_outcomes(path: Path) -> SampleOutcomes:
    """Read the outcome of every case.

    Raises:
        ImportRejected: every cell that cannot be used, and every case that stands twice.
    """
    filled = read_sheets([path], [LAYOUT])
    rows = [row for sheet in filled for row in sheet.rows]
    weighted = any(row["weight"] for row in rows)
    cases = tuple(_case(row, weighted=weighted) for row in rows)
    problems = [*faults(filled), *_twice(rows)]
    if problems:
        raise ImportRejected(problems)
    return SampleOutcomes(cases=cases, weighted=weighted)


def _case(row: Cells, *, weighted: bool) -> Case:
    return Case(unit=row.text("unit"), outcome=_outcome(row), group=row["group"],
                interviewer=row["interviewer"],
                weight=row.positive("weight") if weighted else 1.0)  # fmt: skip


def _outcome(row: Cells) -> Disposition:
    cell = row["outcome"]
    words = next(one for one in LAYOUT.fields if one.id == "outcome").code(cell)
    found = disposition_of(words or cell)
    if found is None:
        row.note("outcome", say("'{value}' is no outcome.", value=cell),
                 say("Use one of: {names}, or AAPOR's number.", names=", ".join(DISPOSITIONS)))  # fmt: skip
    return found or "UO"


def _twice(rows: list[Cells]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row["unit"], row.line)
        if row["unit"] and line != row.line:
            yield Problem(where=f"{row.file}, line {row.line}",
                          what=say("case '{unit}' stands in line {line} already.",
                                   unit=row["unit"], line=line),
                          hint=say("Keep its final outcome alone."))  # fmt: skip
