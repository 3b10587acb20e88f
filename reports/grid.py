"""Grids for tile maps: which place a known area has, by its code."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GRIDS = ("districts_2021", "units_2025")
KINDS = ("Quận", "Huyện", "Thị xã", "Phường", "Xã")
"""First words of full names, which a tile leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An area's full name, and where its tile lies."""

    name: str
    row: int
    column: int

    @property
    def short(self) -> str:
        """The name without the kind of area."""
        kind = next((one for one in KINDS if self.name.startswith(f"{one} ")), "")
        return self.name.removeprefix(kind).strip()


def grid_of(codes: Collection[str]) -> dict[str, Place]:
    """The grid that has every one of the codes; empty where none has."""
    grids = (_read(name) for name in GRIDS)
    return next((grid for grid in grids if codes and grid.keys() >= set(codes)), {})


@cache
def _read(name: str) -> dict[str, Place]:
    text = (files("reports") / "grids" / f"{name}.csv").read_text(encoding="utf-8")
    return {
        row["code"]: Place(name=row["name"], row=int(row["row"]), column=int(row["column"]))
        for row in csv.DictReader(text.splitlines())
    }
