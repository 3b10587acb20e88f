"""The workbook in which quarantined rows are put right, and by which they come back.

One line per row, one column per place of the form; the cells to be looked at are coloured and carry
the reason and, where there is one, a proposal. Cells are text and never formulas. The first column
names the row in the store and is locked. Rows of which nobody can tell which cell belongs to which
question are listed on a sheet of their own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instruments.language import Language, Message, in_language, say
from instruments.model import Instrument
from survey.corrected import by_place
from survey.durable import write_whole
from survey.importers.quarantined import MARK, PLACES_FROM
from survey.quarantine import QuarantinedRow, RowProblem, listed
from survey.store import Store
from survey.study import Study

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

OPTIONS = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
COLOURS: Mapping[str, dict[str, Any]] = {
    "heading": {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True,
                "valign": "top", "border": 1},
    "locked": {"bg_color": "#EDEDED", "font_color": "#404040", "num_format": "@", "valign": "top"},
    "answer": {"locked": False, "num_format": "@", "valign": "top"},
    "problem": {"locked": False, "num_format": "@", "valign": "top", "bg_color": "#FFD9A0",
                "border": 2, "border_color": "#9C2A00"},
}  # fmt: skip
_NAMES = (MARK, "_file", "_line", "_problems")
_WIDTHS = (14, 18, 8, 50)


def write_quarantine(
    study: Study, path: Path, *, instrument: str | None = None, language: Language = "vi"
) -> int:
    """Write the rows that stand in quarantine, of one instrument; how many there are.

    Raises:
        StudyError: The study has several instruments and none is named, or the disk takes no more.
    """
    versions = study.versions_of(instrument)
    with Store.existing(study.store_path) as store:
        rows = [] if store is None else listed(store, limit=None)
    own = [row for row in rows if row.instrument == versions[0].id]
    write_whole(path, lambda place: _write(place, own, versions, language))
    return len(own)


def _write(
    path: Path, rows: Sequence[QuarantinedRow], versions: Sequence[Instrument], language: Language
) -> None:
    import xlsxwriter  # noqa: PLC0415 - only who writes a workbook needs it

    with xlsxwriter.Workbook(path, OPTIONS) as book:
        formats = {name: book.add_format(look) for name, look in COLOURS.items()}
        whole = [row for row in rows if row.given]
        _to_mend(book, whole, versions, formats, language)
        _elsewhere(book, [row for row in rows if not row.given], formats, language)


def _to_mend(
    book: "Workbook", rows: Sequence[QuarantinedRow], versions: Sequence[Instrument],
    formats: Mapping[str, "Format"], language: Language,
) -> None:  # fmt: skip
    sheet = book.add_worksheet(say("To mend").text(language))
    cells = [by_place(row.given) for row in rows]
    places = places_in_order(cells, versions)
    write_headings(sheet, (*_NAMES, *places), versions, heading=formats["heading"],
                   language=language)  # fmt: skip
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    for line, (row, own) in enumerate(zip(rows, cells, strict=True), start=1):
        for column, text in enumerate(_about(row, language)):
            sheet.write_string(line, column, text, formats["locked"])
        wrong = _by_place(row.problems)
        for column, place in enumerate(places, start=PLACES_FROM):
            text, problems = own.get(place, ""), wrong.get(place, [])
            sheet.write_string(line, column, text, formats["problem" if problems else "answer"])
            if problems:
                sheet.write_comment(line, column, _remark(problems, language), {"x_scale": 2})
    sheet.protect("", {"format_columns": True, "sort": True, "autofilter": True})


def write_headings(
    sheet: "Worksheet", names: Sequence[str], versions: Sequence[Instrument], *,
    heading: "Format", language: Language,
) -> None:  # fmt: skip
    """Write the headings, each place of the form with its question as a comment."""
    labels = {one.path: in_language(one.item.label, language)
              for version in versions for one in version.placed()}  # fmt: skip
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, heading)
        if labels.get(name):
            sheet.write_comment(0, column, labels[name])
    sheet.set_column(PLACES_FROM, max(len(names), PLACES_FROM), 20)
    sheet.freeze_panes(1, 1)


def places_in_order(
    cells: Iterable[Mapping[str, str]], versions: Sequence[Instrument]
) -> list[str]:
    """Every place that a row has, in form order, instances of rosters behind each other."""
    order = {one.path: at for version in versions for at, one in enumerate(version.placed())}
    found = dict.fromkeys(place for row in cells for place in row)
    return sorted(found, key=lambda place: order.get(without_numbers(place), len(order)))


def without_numbers(place: str) -> str:
    """The form path of a place, inside rosters of any instance."""
    return "/".join(step.partition("[")[0] for step in place.split("/"))


def _about(row: QuarantinedRow, language: Language) -> Iterator[str]:
    yield f"{row.batch}:{row.row}"
    yield row.file_name
    yield str(row.line)
    yield _remark(row.problems, language)


def _by_place(problems: Iterable[RowProblem]) -> dict[str, list[RowProblem]]:
    found: dict[str, list[RowProblem]] = {}
    for problem in problems:
        found.setdefault(problem.path, []).append(problem)
    return found


def _remark(problems: Iterable[RowProblem], language: Language) -> str:
    return "\n".join(_sentence(one).text(language) for one in problems)


def _sentence(problem: RowProblem) -> Message:
    if problem.hint:
        return say("{path}: {message} ({rule}) Was '{hint}' meant?", path=problem.path,
                   message=problem.message, rule=problem.rule, hint=problem.hint)  # fmt: skip
    return say("{path}: {message} ({rule})", path=problem.path, message=problem.message,
               rule=problem.rule)  # fmt: skip


def _elsewhere(
    book: "Workbook", rows: Sequence[QuarantinedRow], formats: Mapping[str, "Format"],
    language: Language,
) -> None:  # fmt: skip
    """Rows that can only be mended in their own file."""
    if not rows:
        return
    sheet = book.add_worksheet(say("Mend in the file").text(language))
    names = (say("File"), say("Line"), say("Reason"))
    for column, name in enumerate(names):
        sheet.write_string(0, column, name.text(language), formats["heading"])
    for line, row in enumerate(rows, start=1):
        for column, text in enumerate(list(_about(row, language))[1:]):
            sheet.write_string(line, column, text, formats["locked"])
    sheet.set_column(0, 2, 30)
