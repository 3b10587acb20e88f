"""Filling a form: every entry of the mapping looked up, every fault told at once, then written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

from lxml.etree import XMLSyntaxError

from analysis.result import Analysis
from analysis.serialise import as_json
from instruments.errors import DefinitionError, Problem, refusal
from instruments.form_mapping import FormMapping
from instruments.language import Language, say
from instruments.load import load_yaml
from instruments.plan import Plan
from instruments.source import Node
from instruments.yaml_source import read_yaml
from reports.edition import Edition
from reports.filling.figures import Figure, Lost, Report, figure
from reports.filling.letter import Letter
from reports.filling.table import Table
from reports.filling.workbook import Workbook
from reports.release_standing import Standing
from reports.sheets import sheets
from reports.view import view


class Form(Protocol):
    """A form of any kind: it knows its places, and takes figures."""

    def find(self, at: str) -> Any:  # noqa: ANN401 - each kind has places of its own
        """The place of that name; raises `Lost` where it cannot be filled."""

    def fill(self, figures: Mapping[Any, Figure]) -> bytes:
        """The form with its figures."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Order:
    """A mapping as it was read, its form, and the lines of its entries."""

    mapping: FormMapping
    form: Form
    root: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form filled; `withheld` are the places where a code stands for a number."""

    data: bytes
    suffix: str
    places: int
    withheld: tuple[str, ...]


def read_order(path: Path) -> Order:
    """Read a mapping file and the form that it names.

    Raises:
        DefinitionError: With every problem of the mapping file, or that its form cannot be read.
    """
    mapping = load_yaml(path, FormMapping)
    root, _ = read_yaml(path)
    form = _form(path.parent / mapping.template, mapping.language)
    return Order(mapping=mapping, form=form, root=root)


def fill_form(order: Order, analysis: Analysis, plan: Plan, *, standing: Standing) -> Filled:
    """Fill a form with the figures of a screened analysis.

    Raises:
        DefinitionError: With every entry whose place or figure is not there.
    """
    report = _report(analysis, plan, order.mapping.language, standing)
    found = [_looked_up(order, report, at) for at in range(len(order.mapping.cells))]
    problems = _unstamped(order, analysis) + [one for each in found for one in each.problems]
    problems += _filled_twice(order, [each.place for each in found])
    if problems:
        raise DefinitionError(problems)
    figures = {one.place: one.figure for one in found if one.figure is not None}
    withheld = (cell.at for cell, one in zip(order.mapping.cells, found, strict=True)
                if one.figure is not None and one.figure.is_withheld)  # fmt: skip
    return Filled(
        data=order.form.fill(figures), suffix=Path(order.mapping.template).suffix.lower(),
        places=len(figures), withheld=tuple(withheld),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """An entry looked up: its place and its figure, or what is wrong with either."""

    place: Any = None
    figure: Figure | None = None
    problems: tuple[Problem, ...] = ()


def _looked_up(order: Order, report: Report, at: int) -> _Found:
    cell, where = order.mapping.cells[at], order.root.where(("cells", at))
    found, problems = _Found(), list[Problem]()
    try:
        found = replace(found, figure=figure(report, cell))
    except Lost as lost:
        problems.append(lost.problem(where))
    try:
        found = replace(found, place=order.form.find(cell.at))
    except Lost as lost:
        problems.append(lost.problem(where))
    return replace(found, problems=tuple(problems))


def _filled_twice(order: Order, places: list[Any]) -> list[Problem]:
    return [
        Problem(where=order.root.where(("cells", at)),
                what=say("Place {at} is filled twice.", at=order.mapping.cells[at].at))
        for at, place in enumerate(places)
        if place is not None and place in places[:at]
    ]  # fmt: skip


def _report(analysis: Analysis, plan: Plan, language: Language, standing: Standing) -> Report:
    edition = Edition(analysis=analysis, plan=plan, language=language, standing=standing)
    return Report(edition=edition, document=as_json(analysis),
                  sheets=sheets(edition, view(edition)))  # fmt: skip


def _unstamped(order: Order, analysis: Analysis) -> list[Problem]:
    """A form cannot be told from one with real figures unless it says that they are simulated."""
    if not analysis.provenance.simulated or any(
        one.result == "stamp" for one in order.mapping.cells
    ):
        return []
    return [Problem(
        where=order.root.where(("cells",)),
        what=say("The answers are simulated, and nothing in the form would say so."),
        hint=say("Give one place `result: stamp`."),
    )]  # fmt: skip


def _form(path: Path, language: Language) -> Form:
    if not path.is_file():
        raise refusal(str(path), say("There is no such file."))
    data = path.read_bytes()
    try:
        return _read(path.suffix.lower(), data, language)
    except (BadZipFile, KeyError, XMLSyntaxError, UnicodeDecodeError):
        raise refusal(str(path), say("The form cannot be read as what its name says it is."),
                      say("Save it anew from its own program; a CSV file in {encoding}.", encoding="UTF-8")) from None  # fmt: skip


def _read(suffix: str, data: bytes, language: Language) -> Form:
    if suffix == ".xlsx":
        return Workbook(data)
    return Letter(data) if suffix == ".docx" else Table(data, language=language)
