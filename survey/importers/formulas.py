"""Formulas of a workbook's sheets, for programs that write a text beginning with = as one."""

import re
from html import unescape
from pathlib import Path
from zipfile import ZipFile

from instruments.archive import DAMAGE

_SHEET = re.compile(rb"<sheet\b[^>]*>")
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_NAME, _ID = re.compile(rb'\bname="([^"]*)"'), re.compile(rb'\br:id="([^"]*)"')
_OWN_ID, _TARGET = re.compile(rb'\bId="([^"]*)"'), re.compile(rb'\bTarget="([^"]*)"')
_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*><f(?:\s[^>]*)?>([^<]*)</f>')

Formulas = dict[tuple[int, int], str]
"""By line (from 1) and column (from 0), the formula with its equals sign."""


def formulas_of(path: Path) -> dict[str, Formulas]:
    """The formulas of each sheet of an .xlsx file; of any other file none."""
    try:
        with ZipFile(path) as archive:
            parts = _parts(archive)
            return {name: found for name, part in parts.items()
                    if (found := _formulas(archive.read(part)))}  # fmt: skip
    except (*DAMAGE, KeyError):
        return {}


def _parts(archive: ZipFile) -> dict[str, str]:
    """The file of each sheet, by the sheet's name."""
    relations = {
        _first(_OWN_ID, one): _first(_TARGET, one).removeprefix("/xl/").removeprefix("xl/")
        for one in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    }
    return {
        _first(_NAME, one): f"xl/{relations[_first(_ID, one)]}"
        for one in _SHEET.findall(archive.read("xl/workbook.xml"))
        if _first(_ID, one) in relations
    }


def _formulas(xml: bytes) -> Formulas:
    return {
        (int(line), _column(column)): "=" + unescape(text.decode())
        for column, line, text in _FORMULA.findall(xml)
    }


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number - 1


def _first(pattern: re.Pattern[bytes], text: bytes) -> str:
    found = pattern.search(text)
    return unescape(found[1].decode()) if found else ""
