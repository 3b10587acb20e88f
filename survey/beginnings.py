"""What a new study's settings say of its population before anybody has edited them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from string import Template
from textwrap import indent

from instruments.model import Instrument
from instruments.plan import Plan
from survey.fields import Fields
from survey.population.hanoi import (
    SUBURBAN_LISTS,
    UNITS_FILE,
    WANTED_MARGINS,
    census_sex_margin,
    resident_variables,
)
from survey.population.units import HANOI_UNITS, read_units
from survey.settings import AreaList, Margin, Variable
from survey.yaml_text import to_yaml

HANOI = "hanoi_1371"
"""The plan whose population the program knows."""
_GROUPS_BY_SETTLEMENT = "group.settlement"
"""Wanted as well, once a list of key areas says who belongs to which group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Sections of ``study.yaml`` with places to fill, and tables by their place in the study."""

    population: str
    variables: str
    weighting: str = "[]"
    exposure: str = "# exposure: tiep_can/hoat_dong"
    tables: Mapping[str, Path] = field(default_factory=dict)


def beginning(plan: Plan, instrument: Instrument) -> Beginning:
    """What is known of the people whom the plan is about, as far as the instrument asks it."""
    fields = Fields()
    if plan.id != HANOI:
        return Beginning(population=_template("population"), variables=_template("variables"))
    if not fields.are_asked_in(instrument):
        return Beginning(population=_hanoi("population_hanoi"), variables=_template("variables"),
                         tables=_tables())  # fmt: skip
    return _of_residents(fields)


def _of_residents(fields: Fields) -> Beginning:
    margin = census_sex_margin(male=fields.male, female=fields.female)
    return Beginning(
        population=_hanoi(
            "population_residents",
            commune=fields.commune,
            margins=_section(margins=[_plain(margin)]),
            wanted=_section(wanted_margins=[_GROUPS_BY_SETTLEMENT, *WANTED_MARGINS]),
        ),
        variables=_variables(resident_variables(read_units(), fields)),
        weighting=f"[{margin.id}]",
        exposure=f"exposure: {fields.activities}",
        tables=_tables(),
    )


def _hanoi(name: str, **parts: str) -> str:
    areas = _section(areas=[_plain(one) for one in SUBURBAN_LISTS])
    lists = Template(_template("areas_hanoi")).substitute(areas=areas)
    return Template(_template(name)).safe_substitute(areas=lists, **parts)


def _tables() -> dict[str, Path]:
    """The communes of Hà Nội, and beside them where their figures come from."""
    sources = str(Path(UNITS_FILE).with_suffix(".md"))
    return {UNITS_FILE: HANOI_UNITS, sources: HANOI_UNITS.with_suffix(".md")}


def _variables(variables: Mapping[str, Variable]) -> str:
    plain = {name: _plain(one) for name, one in variables.items()}
    return to_yaml({"variables": plain}).rstrip()


def _section(**content: object) -> str:
    return indent(to_yaml(content), "  ").rstrip()


def _plain(value: AreaList | Margin | Variable) -> dict[str, object]:
    return value.model_dump(mode="json", exclude_defaults=True)


def _template(name: str) -> str:
    text = (files("survey") / "templates" / f"{name}.yaml").read_text(encoding="utf-8")
    return text.rstrip("\n")
