"""An Excel form: figures written into its cells, and not a byte of its other parts touched.

Cells are changed in the sheet's own XML, because a library that reads and writes a workbook loses
what it does not know. Formulas stay; their stored results are taken out, as they would be those of
the empty form, and programs work them out when they open it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from posixpath import join, normpath
from typing import Any
from zipfile import ZipFile

from lxml import etree

from instruments.faults import did_you_mean
from instruments.language import say
from reports.filling.archive import rewritten
from reports.filling.figures import Figure, Lost

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_BOOK = "xl/workbook.xml"
_PLACE = re.compile(
    r"(?:(?P<quote>'?)(?P<sheet>.+)(?P=quote)!)?(?P<column>[A-Z]{1,3})(?P<row>[1-9]\d{0,6})"
)
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A cell: the part of the archive that has its sheet, its row, its column in letters."""

    part: str
    row: int
    column: str

    @property
    def name(self) -> str:
        """The cell's name in its sheet."""
        return f"{self.column}{self.row}"


class Workbook:
    """A form as it was given."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        with ZipFile(BytesIO(data)) as archive:
            self._sheets = _sheets(archive)
            self._trees = {part: etree.fromstring(archive.read(part), _PARSER)
                           for part in self._sheets.values()}  # fmt: skip
            self._book = etree.fromstring(archive.read(_BOOK), _PARSER)

    def find(self, at: str) -> Place:
        """The cell of that name.

        Raises:
            Lost: There is no such sheet, or the cell holds a formula or is hidden in a merged one.
        """
        found = _PLACE.fullmatch(at.strip())
        if found is None:
            raise Lost(
                say("'{at}' is no cell of a workbook.", at=at),
                say("Write it like {example}.", example="Sheet!C7"),
            )
        place = Place(
            part=self._part(found["sheet"], at), row=int(found["row"]), column=found["column"]
        )
        cell = self._cell(place)
        if cell is not None and cell.find(f"{_MAIN}f") is not None:
            raise Lost(say("Cell {at} holds a formula.", at=at),
                       say("Fill the cells that it is worked out from."))  # fmt: skip
        for merged in self._trees[place.part].iter(f"{_MAIN}mergeCell"):
            if _inside(place, merged.get("ref", "")):
                raise Lost(say("Cell {at} lies in the merged cells {cells}.", at=at, cells=merged.get("ref")),
                           say("Name the first of them."))  # fmt: skip
        return place

    def fill(self, figures: Mapping[Place, Figure]) -> bytes:
        """The form with its figures; the same figures give the same bytes."""
        for place, figure in figures.items():
            _write(self._made(place), figure)
        parts = {place.part for place in figures}
        has_formulas = [part for part, tree in self._trees.items() if _without_results(tree)]
        if has_formulas:
            _work_out_on_opening(self._book)
            parts |= {*has_formulas, _BOOK}
        trees = {**self._trees, _BOOK: self._book}
        return rewritten(self._data, {part: _as_bytes(trees[part]) for part in parts})

    def _part(self, sheet: str | None, at: str) -> str:
        if sheet is None and len(self._sheets) > 1:
            raise Lost(say("The form has several sheets, and '{at}' names none.", at=at),
                       say("Write it like {sheet}!{at}.", sheet=next(iter(self._sheets)), at=at))  # fmt: skip
        if sheet is not None and sheet not in self._sheets:
            raise Lost(
                say("The form has no sheet '{name}'.", name=sheet),
                did_you_mean(sheet, self._sheets),
            )
        return self._sheets[sheet] if sheet is not None else next(iter(self._sheets.values()))

    def _row(self, place: Place) -> Any | None:  # noqa: ANN401 - lxml's elements
        rows = self._trees[place.part].iter(f"{_MAIN}row")
        return next((row for row in rows if row.get("r") == str(place.row)), None)

    def _cell(self, place: Place) -> Any | None:  # noqa: ANN401 - lxml's elements
        row = self._row(place)
        cells = () if row is None else row.iter(f"{_MAIN}c")
        return next((cell for cell in cells if cell.get("r") == place.name), None)

    def _made(self, place: Place) -> Any:  # noqa: ANN401 - lxml's elements
        """The cell; where the form has none, made in the order of rows and columns."""
        cell, row = self._cell(place), self._row(place)
        if row is None:
            data = next(self._trees[place.part].iter(f"{_MAIN}sheetData"))
            row = _insert(
                data, "row", str(place.row), before=lambda one: int(one.get("r")) > place.row
            )
        if cell is None:
            cell = _insert(
                row, "c", place.name, before=lambda one: _number(one.get("r")) > _number(place.name)
            )
        return cell


def _sheets(archive: ZipFile) -> dict[str, str]:
    """Parts of the archive by the names of the sheets."""
    links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), _PARSER)
    targets = {one.get("Id"): one.get("Target") for one in links.iter(f"{_PACKAGE}Relationship")}
    book = etree.fromstring(archive.read(_BOOK), _PARSER)
    parts = {one.get("name"): normpath(join("/xl", targets[one.get(_LINK)])).lstrip("/")
             for one in book.iter(f"{_MAIN}sheet")}  # fmt: skip
    return {name: part for name, part in parts.items() if part.startswith("xl/worksheets/")}


def _write(cell: Any, figure: Figure) -> None:  # noqa: ANN401 - lxml's elements
    for child in list(cell):
        cell.remove(child)
    if isinstance(figure.value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{_MAIN}is"), f"{_MAIN}t")
        text.text = figure.value
        return
    cell.attrib.pop("t", None)
    etree.SubElement(cell, f"{_MAIN}v").text = repr(figure.value)


def _insert(parent: Any, tag: str, name: str, *, before: Any) -> Any:  # noqa: ANN401 - lxml's elements
    made = etree.Element(f"{_MAIN}{tag}", r=name)
    at = next((index for index, one in enumerate(parent) if before(one)), len(parent))
    parent.insert(at, made)
    return made


def _without_results(tree: Any) -> bool:  # noqa: ANN401 - lxml's elements
    """Take out what formulas gave before; whether there are any."""
    formulas = [cell for cell in tree.iter(f"{_MAIN}c") if cell.find(f"{_MAIN}f") is not None]
    for cell in formulas:
        for result in cell.findall(f"{_MAIN}v"):
            cell.remove(result)
        cell.attrib.pop("t", None)
    return bool(formulas)


def _work_out_on_opening(book: Any) -> None:  # noqa: ANN401 - lxml's elements
    settings = book.find(f"{_MAIN}calcPr")
    if settings is None:
        settings = etree.SubElement(book, f"{_MAIN}calcPr")
    settings.set("fullCalcOnLoad", "1")


def _inside(place: Place, reference: str) -> bool:
    """Whether a cell lies in a range and is not its first."""
    first, _, last = reference.partition(":")
    if not last or place.name == first:
        return False
    (top, left), (row, column), (bottom, right) = map(_number, (first, place.name, last))
    return top <= row <= bottom and left <= column <= right


def _number(name: str) -> tuple[int, int]:
    """Row and column of a cell's name as numbers."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return int(name[len(letters) :]), column


def _as_bytes(tree: Any) -> bytes:  # noqa: ANN401 - lxml's elements
    data: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data
