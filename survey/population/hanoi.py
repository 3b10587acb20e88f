"""Hà Nội's areas, groups and official control totals, as far as published figures give them."""

from datetime import date

import pandas as pd

from instruments.language import Text
from survey.fields import Fields
from survey.population.margins import Origin, share_margin
from survey.settings import AreaList, Margin, Variable

CENSUS_DAY = date(2019, 4, 1)
CENSUS: Text = {
    "vi": "Tổng cục Thống kê, Tổng điều tra dân số và nhà ở năm 2019",
    "en": "General Statistics Office of Việt Nam, Population and Housing Census of 2019",
}
RESIDENTS: Text = {"vi": "cư dân mọi lứa tuổi", "en": "residents of all ages"}
ALL_AGES = Origin(source=CENSUS, as_of=CENSUS_DAY, base=RESIDENTS)

MALE, FEMALE = 3_991_919, 4_061_744
"""Residents of the city by sex, census of 1 April 2019."""

WANTED_MARGINS = ("sex.age.district", "education", "official")
"""What a complete weighting of adults would use besides; no published table known to us gives it."""

UNITS_FILE = "population/units.csv"
"""Where a study keeps its table of communes."""
AGE_BANDS = (18, 30, 45, 60)
_GROUPS: dict[str, Text] = {
    "key+suburban": {"vi": "Địa bàn trọng yếu ở ngoại thành", "en": "Key areas in the suburbs"},
    "key": {"vi": "Địa bàn trọng yếu khác", "en": "Other key areas"},
    "suburban": {"vi": "Ngoại thành, không trọng yếu", "en": "Suburbs outside key areas"},
    "rest": {"vi": "Phần còn lại của Thành phố", "en": "Rest of the city"},
}  # fmt: skip
_SETTLEMENTS: dict[str, Text] = {
    "urban": {"vi": "Thành thị", "en": "Urban"},
    "rural": {"vi": "Nông thôn", "en": "Rural"},
}

_PLAN_BEGINS = date(2021, 1, 1)
_REFORM = date(2025, 7, 1)
_OLD_BOUNDARIES = {
    "vi": "Kế hoạch nêu “huyện ngoại thành”; địa giới trước ngày 01/7/2025 (theo nơi cư trú cũ)",
    "en": "The plan says suburban districts; boundaries before 1 July 2025 (by former residence)",
}
_NEW_UNITS = {
    "vi": "Nghị quyết 1656/NQ-UBTVQH15 ngày 16/6/2025",
    "en": "Resolution 1656/NQ-UBTVQH15 of 16 June 2025",
}

SUBURBAN_LISTS = (
    AreaList(
        area="suburban", id="huyen_17",
        label={"vi": "17 huyện (địa giới trước 01/7/2025)",
               "en": "The 17 rural districts (boundaries before 1 July 2025)"},
        document=_OLD_BOUNDARIES, valid_from=_PLAN_BEGINS,
        column="district_kind", members=("huyen",),
    ),
    AreaList(
        area="suburban", id="huyen_17_son_tay",
        label={"vi": "17 huyện và thị xã Sơn Tây (địa giới trước 01/7/2025)",
               "en": "The 17 rural districts and Sơn Tây town (boundaries before 1 July 2025)"},
        document=_OLD_BOUNDARIES, valid_from=_PLAN_BEGINS,
        column="district_kind", members=("huyen", "thi_xa"),
    ),
    AreaList(
        area="suburban", id="mostly_huyen",
        label={"vi": "76 xã, phường mới có dân số chủ yếu từ các huyện cũ",
               "en": "The 76 new units whose residents came mostly from rural districts"},
        document=_NEW_UNITS, valid_from=_REFORM,
        column="new_unit_mostly_huyen", members=("yes",),
    ),
    AreaList(
        area="suburban", id="xa_75",
        label={"vi": "75 xã mới", "en": "The 75 new rural communes"},
        document=_NEW_UNITS, valid_from=_REFORM,
        column="new_unit_kind", members=("xa",),
    ),
)  # fmt: skip
"""Ways to say which places are suburban now that districts are no more, the default first.

A list issued by the competent authority is wanted in their place; of the key areas no list is
published and none is guessed here.
"""


def resident_variables(units: pd.DataFrame, fields: Fields) -> dict[str, Variable]:
    """Groups of residents: where they live, who they are."""
    return {
        "group": Variable(label={"vi": "Địa bàn", "en": "Area"},
                          areas=("key", "suburban"), levels=_GROUPS),
        "settlement": Variable(label={"vi": "Thành thị, nông thôn", "en": "Urban or rural"},
                               unit="settlement", levels=_SETTLEMENTS),
        "sex": Variable(label={"vi": "Giới tính", "en": "Sex"}, item=fields.sex),
        "age": Variable(label={"vi": "Nhóm tuổi", "en": "Age group"},
                        item=fields.born, birth_year=True, bands=AGE_BANDS),
        "education": Variable(label={"vi": "Học vấn", "en": "Education"}, item=fields.schooling),
        "official": Variable(
            label={"vi": "Cán bộ, công chức, viên chức, lực lượng vũ trang",
                   "en": "Officials, public employees and the armed forces"},
            item=fields.official,
        ),
        "district": Variable(
            label={"vi": "Quận, huyện, thị xã (trước 01/7/2025)",
                   "en": "District (before 1 July 2025)"},
            unit="district", report=False, levels=_districts(units),
        ),
    }  # fmt: skip


def _districts(units: pd.DataFrame) -> dict[str, Text]:
    names = units.drop_duplicates("district").set_index("district")["district_name"]
    return {str(code): {"vi": str(name)} for code, name in names.items()}


def census_sex_margin(*, male: str, female: str, variable: str = "sex") -> Margin:
    """City shares by sex in 2019, all ages; `male` and `female` are the instrument's codes."""
    levels = pd.DataFrame({variable: [male, female]})
    return share_margin(levels, sizes=pd.Series([MALE, FEMALE]), origin=ALL_AGES)
