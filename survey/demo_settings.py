"""Settings of the demonstration's study: variables, an invented list of key areas, margins."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from instruments.model import Instrument
from instruments.plan import Plan
from survey.population.hanoi import (
    CENSUS,
    CENSUS_DAY,
    RESIDENTS,
    SUBURBAN_LISTS,
    UNITS_FILE,
    WANTED_MARGINS,
    resident_variables,
)
from survey.population.margins import Origin, unit_margin
from survey.settings import (
    AnalysisPlan,
    AreaList,
    EarlierWave,
    Join,
    JudgedAreas,
    Margin,
    Population,
    SampleDesign,
    StudySettings,
    Wave,
    Weighting,
)
from survey.simulation.world import EARLIER_WORLD, HANOI_WORLD, World

SAMPLE_FILE = "sample/points.csv"
OUTCOMES_FILE = "sample/dispositions.csv"
ADMINISTRATIVE_FILE = "administrative/counts.csv"
KEY_COMMUNES = {"quan": 12, "huyen": 24}
"""How many communes of each kind of district the invented list of key areas holds; no townships,
which are so few that a stratum of them would have too few points."""

ALIKE = ("settlement", "sex", "age", "education", "official")
"""In what people are alike when those whom an activity reached are compared with the others."""
EARLIER_RESULT = "earlier/2025-12/result.json"
"""Where the study of the demonstration keeps what its earlier wave published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWave:
    """One wave of the demonstration, the day on which it is taken in, and the waves before it."""

    id: str
    world: World
    imported: date
    earlier: tuple[EarlierWave, ...] = ()


FIRST_WAVE = DemoWave(id="dot_1", world=EARLIER_WORLD, imported=date(2026, 1, 12))
SECOND_WAVE = DemoWave(id="dot_2", world=HANOI_WORLD, imported=date(2026, 11, 24))
PUBLISHED = EarlierWave(
    result=EARLIER_RESULT,
    label={"vi": "12/2025 (mô phỏng)", "en": "12/2025 (simulated)"},
)

SIMULATED_ADULTS = Origin(
    source={"vi": "Dân số mô phỏng của bản minh họa, không phải số liệu thật",
            "en": "Simulated population of the demonstration, not real figures"},
    as_of=date(2026, 11, 1), fictitious=True,
    base={"vi": "người từ 18 tuổi (mô phỏng)", "en": "people aged 18 and over (simulated)"},
)  # fmt: skip
_FRAME = {
    "vi": "Danh sách điểm điều tra mô phỏng trong các xã, phường thật; điểm rút theo quy mô trong "
          "từng tầng, tại mỗi điểm rút ngẫu nhiên người từ 18 tuổi",
    "en": "A list of simulated sampling points inside real communes; points drawn with probability "
          "proportional to size in each stratum, adults drawn at random at each point",
}  # fmt: skip
_CENSUS_RESIDENTS = Origin(
    source={"vi": f"{CENSUS['vi']}; nhóm theo danh sách địa bàn trọng yếu giả định",
            "en": f"{CENSUS['en']}; groups by the fictitious list of key areas"},
    as_of=CENSUS_DAY, base=RESIDENTS,
)  # fmt: skip


def demo_settings(
    instrument: Instrument,
    plan: Plan,
    units: pd.DataFrame,
    *,
    definitions: tuple[str, tuple[str, ...]],
    wave: DemoWave,
    rng: np.random.Generator,
) -> StudySettings:
    """Everything in study.yaml but the adults' margins, which the simulated people give later.

    `definitions` are the frozen copies: the plan's and the instruments'. `rng` draws the communes
    of the invented key list.
    """
    world = wave.world
    fields = world.fields
    settings = StudySettings(
        id="minh_hoa_ha_noi",
        title={"vi": "Bản minh họa: khảo sát mô phỏng ở Hà Nội",
               "en": "Demonstration: a simulated survey of Hà Nội"},
        simulated=True,
        plan=definitions[0],
        instruments=definitions[1],
        wave=Wave(id=wave.id, begins=world.begins, ends=world.ends, mode="CAPI"),
        sample=SampleDesign(table=SAMPLE_FILE, key=Join(item=fields.point, column="point"),
                            weight="weight", strata=("stratum",), psu=("psu",),
                            frame=_FRAME, dispositions=OUTCOMES_FILE),
        population=_population(instrument, plan, world, _invented_key_list(units, rng)),
        variables=resident_variables(units, fields),
        analysis_plan=_analysis_plan(plan, instrument),
        judge_areas=(JudgedAreas(variable="district", target=_of_everybody(plan, instrument)),),
        earlier=wave.earlier,
        exposure=fields.activities,
        adjust_for=ALIKE if wave.earlier else (),
        administrative=ADMINISTRATIVE_FILE,
    )  # fmt: skip
    residents = unit_margin(units, settings=settings, variables=("group", "settlement"),
                            size="population_2019", lists={}, origin=_CENSUS_RESIDENTS)  # fmt: skip
    return with_margin(settings, residents)


def _of_everybody(plan: Plan, instrument: Instrument) -> str:
    """The target that the instrument measures among all of its population."""
    own = {one.id for one in plan.populations if one.instrument == instrument.id}
    return next(one.id for one in plan.targets
                if one.population in own and one.measure == "survey" and not one.within)  # fmt: skip


def with_margin(settings: StudySettings, margin: Margin) -> StudySettings:
    """The settings with one more margin, by which they weight."""
    population = settings.population.model_copy(
        update={"margins": (*settings.population.margins, margin)}
    )
    weighting = Weighting(margins=(*settings.weighting.margins, margin.id))
    return settings.model_copy(update={"population": population, "weighting": weighting})


def _population(instrument: Instrument, plan: Plan, world: World, key_list: AreaList) -> Population:
    people = next(one for one in plan.populations if one.instrument == instrument.id)
    return Population(
        label=people.label,
        age_from=people.age_from,
        age="age",
        residence=Join(item=world.fields.commune, column="commune"),
        units=UNITS_FILE,
        areas=(*SUBURBAN_LISTS, key_list),
        wanted_margins=WANTED_MARGINS,
    )


def _analysis_plan(plan: Plan, instrument: Instrument) -> AnalysisPlan:
    """What the demonstration's report is to tell: everything but items and other cuts."""
    judged = dict.fromkeys(one.indicator for one in plan.targets if one.indicator)
    dimensions = (one.id for one in instrument.dimensions)
    return AnalysisPlan(
        indicators=(*(one for one in judged if one), *dimensions),
        groups=("group", "settlement", "sex", "age"),
        targets=tuple(one.id for one in plan.targets),
        readings=tuple(one.id for one in plan.readings),
        tables=("topics", "reach", "answers", "gaps"),
    )


def _invented_key_list(units: pd.DataFrame, rng: np.random.Generator) -> AreaList:
    open_to_draw = units[units["kind"] != "thi_tran"]
    drawn = [
        code
        for kind, number in KEY_COMMUNES.items()
        for code in rng.choice(
            open_to_draw.index[open_to_draw["district_kind"] == kind], number, replace=False
        )
    ]
    return AreaList(
        area="key", id="designated",
        label={"vi": "Danh sách rút ngẫu nhiên", "en": "Communes drawn at random"},
        document={"vi": "Không có văn bản: các xã, phường được rút ngẫu nhiên cho bản minh họa",
                  "en": "No document: communes drawn at random for the demonstration"},
        valid_from=date(2025, 1, 1), fictitious=True, members=tuple(sorted(map(str, drawn))),
    )  # fmt: skip
