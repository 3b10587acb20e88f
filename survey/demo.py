"""The demonstration: a study of a simulated Hà Nội, filled through the real importer."""

import json
from dataclasses import asdict, replace
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from instruments.plan import Cut, Plan
from survey.analysis_plan import plan_analysis
from survey.demo_settings import (
    ADMINISTRATIVE_FILE,
    FIRST_WAVE,
    OUTCOMES_FILE,
    SAMPLE_FILE,
    SECOND_WAVE,
    SIMULATED_ADULTS,
    DemoWave,
    demo_settings,
    with_margin,
)
from survey.founding import new_study
from survey.imports import import_files
from survey.population.areas import REST, levels_of_units
from survey.population.hanoi import UNITS_FILE
from survey.population.margins import share_margin
from survey.population.units import read_units
from survey.readings import HANOI
from survey.settings import EarlierWave, StudySettings
from survey.simulation.administrative import simulate_returns
from survey.simulation.fielding import Fielding, simulate_fielding
from survey.simulation.truth import Grouping, by_age, by_flag, by_point, crossed
from survey.simulation.world import World
from survey.study import SETTINGS, Study
from survey.yaml_text import to_yaml

TODAY = SECOND_WAVE.imported
"""The day on which the demonstration is made and judged."""
RETURNS_DAY = date(2026, 6, 30)
EXPORT_FILE = "export/kobo.csv"
TRUTH_FILE = "truth.json"


def build_demo(
    folder: Path, *, seed: int, interviews: int = 3000, earlier: tuple[EarlierWave, ...] = ()
) -> Study:
    """Make a study folder in `folder`, simulate a wave, and import its export.

    The population, the sample and every answer are simulated; ``truth.json`` holds the true shares
    of the simulated city and what the importer must find. Equal seeds give equal files. `earlier`
    names results that are to be put into the folder.

    Raises:
        StudyError: there is something in the folder already.
    """
    wave = replace(SECOND_WAVE, earlier=earlier)
    return _built(folder, wave, seed=seed, interviews=interviews, sample_seed=seed)


def build_earlier(folder: Path, *, seed: int, interviews: int = 3000) -> Study:
    """The same for the wave before: the same items of other people, a year earlier."""
    return _built(folder, FIRST_WAVE, seed=seed, interviews=interviews, sample_seed=seed + 1)


def _built(folder: Path, wave: DemoWave, *, seed: int, interviews: int, sample_seed: int) -> Study:
    """`seed` sets the list of areas, the items and the counts; `sample_seed` people and answers."""
    founded = new_study(folder)
    instrument, plan, world = founded.instruments[-1], founded.plan, wave.world
    units = read_units()
    frozen = (founded.settings.plan, founded.settings.instruments)
    settings = demo_settings(instrument, plan, units, definitions=frozen, wave=wave,
                             rng=np.random.default_rng([seed, 1]))  # fmt: skip
    group = levels_of_units(units, settings, settings.variables["group"], lists={})
    fielding = simulate_fielding(
        instrument, cuts=_cuts(plan, instrument.id), units=units.assign(group=group),
        interviews=interviews, world=replace(world, items_seed=seed), seed=sample_seed,
    )  # fmt: skip
    groupings = _groupings(fielding, settings, world)
    adults = {name: groupings[name] for name in ("sex", "age")}
    levels, sizes = crossed(adults)
    settings = with_margin(settings, share_margin(levels, sizes=sizes, origin=SIMULATED_ADULTS))
    returns = simulate_returns(plan, as_of=RETURNS_DAY, rng=np.random.default_rng([seed, 2]))
    _write(folder, settings, units, fielding, returns)
    truth = json.dumps(_truth(fielding, groupings, seed=seed), ensure_ascii=False, indent=1)
    _at(folder, TRUTH_FILE).write_text(truth + "\n", encoding="utf-8")
    study = Study.open(folder)
    plan_analysis(study, by="", now=partial(_morning, world.begins))
    import_files(study, [folder / EXPORT_FILE], now=partial(_morning, wave.imported))
    return study


def _cuts(plan: Plan, instrument: str) -> tuple[Cut, ...]:
    """The cuts of the indicator by which the instrument's population is judged."""
    own = {one.id for one in plan.populations if one.instrument == instrument}
    judged = next(one.indicator for one in plan.targets if one.population in own and one.indicator)
    return next(one.cuts for one in plan.indicators if one.id == judged)


def _groupings(fielding: Fielding, settings: StudySettings, world: World) -> dict[str, Grouping]:
    """The study's variables for all adults of the city."""
    city, fields = fielding.city, world.fields
    return {
        "group": by_point(city, "group"),
        "settlement": by_point(city, "settlement"),
        "district": by_point(city, "district"),
        "sex": by_flag(city.is_female, no=fields.male, yes=fields.female),
        "age": by_age(city, settings.variables["age"].bands),
        "official": by_flag(city.is_official, no=fields.no, yes=fields.yes),
    }


def _truth(fielding: Fielding, groupings: dict[str, Grouping], *, seed: int) -> dict[str, Any]:
    """What is true of the simulated city, and what the importer must find in the export."""
    aware, dirty = fielding.aware, fielding.export.dirty
    group = groupings["group"]
    in_areas = np.array([level != REST for level in group.levels])[group.codes]
    outcomes = [one.outcome for one in dirty]
    quarantined, duplicates = outcomes.count("quarantined"), outcomes.count("duplicate")
    return {
        "simulated": True,
        "seed": seed,
        "adults": fielding.city.adults,
        "contacted": fielding.fieldwork.contacted,
        "cuts": {scale.dimension: scale.cut for scale in fielding.scales},
        "aware": {
            "city": float(aware.mean()),
            "areas": float(aware[in_areas].mean()),
            **{name: one.share(aware) for name, one in groupings.items()},
        },
        "passing": float(fielding.passing.mean()),
        "reaches": {name: float(one.mean()) for name, one in fielding.census.reaches.items()},
        "share_in_areas": float(in_areas.mean()),
        "export": {
            "rows": fielding.export.rows,
            "accepted": fielding.export.rows - quarantined - duplicates,
            "quarantined": quarantined,
            "duplicates": duplicates,
            "dirty": [asdict(one) for one in dirty],
        },
    }


def _write(
    folder: Path,
    settings: StudySettings,
    units: pd.DataFrame,
    fielding: Fielding,
    returns: pd.DataFrame,
) -> None:
    tables = {UNITS_FILE: units, SAMPLE_FILE: fielding.sample, ADMINISTRATIVE_FILE: returns,
              OUTCOMES_FILE: _outcomes(fielding)}  # fmt: skip
    for name, table in tables.items():
        _at(folder, name).write_text(table.to_csv(index=False), encoding="utf-8")
    _at(folder, EXPORT_FILE).write_bytes(fielding.export.content)
    _at(folder, SETTINGS).write_text(_as_yaml(settings), encoding="utf-8")


def _outcomes(fielding: Fielding) -> pd.DataFrame:
    """What became of everybody drawn, in the columns of the list of cases."""
    cases = fielding.fieldwork.cases
    points = fielding.sample.set_index("point").loc[cases["point"]]
    number = cases.groupby("point").cumcount() + 1
    return pd.DataFrame({
        "unit": cases["point"] + "-" + number.map("{:03}".format), "outcome": cases["outcome"],
        "weight": points["weight"].round(6).to_numpy(), "group": points["stratum"].to_numpy(),
        "interviewer": cases["interviewer"],
    })  # fmt: skip


def _at(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _as_yaml(settings: StudySettings) -> str:
    document = {"kind": "study", **settings.model_dump(mode="json", exclude_defaults=True)}
    return to_yaml(document)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8), HANOI)
