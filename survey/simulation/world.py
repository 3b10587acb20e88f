"""What the simulated world is like: invented numbers, kept in one place and open to change.

The truth is chosen so that the leaders' page has something to say without flattering anyone: some
seven in ten adults reach both cuts in the city, so a target of 90% is far off; the suburban and
key areas lie close to their own target of 70%, so that a sample of 3,000 can hardly tell on which
side; older and less schooled people know less but are better disposed; officials and people whom
many activities reached know more. None of it describes the real Hà Nội.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from survey.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """A latent trait, in units of its standard deviation within groups; 0 scores just the cut.

    `level` is the mean of a townsman of 40 with middling schooling outside all areas; the other
    numbers are added to it: by area, per step of schooling (about -1 to 1), per 20 years of age,
    for officials, per standard deviation of exposure, and the spread between sampling points.
    `slope` is the discrimination of its items.
    """

    level: float
    areas: Mapping[str, float] = field(default_factory=dict)
    rural: float = 0.0
    schooling: float = 0.0
    age: float = 0.0
    official: float = 0.0
    exposure: float = 0.0
    between_points: float = 0.0
    slope: float = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How an item that is not scored is answered: relative weights of options, by code.

    An option that is not named has weight 1. `ages` limits an option to an age range. Of an item
    with several choices, the weight is the chance of each; `exposed` lets exposure raise it.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    ages: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    exposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that the simulation assumes; `traits` stand in the order of the indicator's cuts."""

    traits: tuple[Trait, ...]
    correlation: float = 0.45
    adults_per_resident: float = 0.75
    adults_per_point: int = 900
    habits: Mapping[str, Habit] = field(default_factory=dict)
    fields: Fields = field(default_factory=Fields)
    begins: date = date(2026, 11, 2)
    ends: date = date(2026, 11, 20)
    items_seed: int | None = None
    """Where item difficulties come from, if not from the seed of the people."""


KNOWLEDGE = Trait(
    level=0.95,
    areas={"suburban": 0.0, "key": -0.2},
    rural=-0.05,
    schooling=0.45,
    age=-0.15,
    official=0.6,
    exposure=0.25,
    between_points=0.25,
)
DISPOSITION = Trait(
    level=1.1,
    areas={"suburban": 0.05, "key": -0.10},
    rural=0.05,
    schooling=0.1,
    age=0.2,
    official=0.35,
    exposure=0.1,
    between_points=0.2,
    slope=1.3,
)

HABITS = {
    "dong_thuan/dong_y": Habit(weights={"khong": 0}),
    "dia_ban/hinh_thuc": Habit(
        weights={"phong_van_may": 1, "phong_van_giay": 0, "tu_ghi_giay": 0, "tu_ghi_mang": 0.03}
    ),
    "dia_ban/co_mat": Habit(
        weights={"nguoi_nha": 0.3, "can_bo_dia_phuong": 0.06, "nguoi_khac": 0.05}
    ),
    "ca_nhan/nghe_nghiep": Habit(
        weights={"nong_nghiep": 0.6, "cong_nhan": 1.4, "kinh_doanh": 1.5, "van_phong": 1.5,
                 "hoc": 2, "noi_tro": 0.5, "huu_tri": 6, "khong_viec": 0.2, "khac": 0.4},
        ages={"hoc": (18, 25), "huu_tri": (56, 120), "khong_viec": (18, 60),
              "van_phong": (20, 62), "cong_nhan": (18, 62)},
    ),
    "ca_nhan/thoi_gian_o": Habit(
        weights={"duoi_6_thang": 0.02, "tu_6_thang": 0.13, "tu_5_nam": 0.85}
    ),
    "tiep_can/hoat_dong": Habit(
        weights={"loa": 0.45, "hoi_nghi": 0.2, "to_roi": 0.3, "mang_xa_hoi": 0.4, "bao_dai": 0.4,
                 "hoa_giai_vien": 0.05, "ngay_phap_luat": 0.1, "quan_doi": 0.08, "cuoc_thi": 0.08,
                 "tro_giup": 0.04, "khac": 0.03},
        exposed=True,
    ),
    "tiep_can/kenh_mong_muon": Habit(
        weights={"loa": 0.8, "hoi_nghi": 0.7, "to_roi": 0.5, "mang_xa_hoi": 2.2, "bao_dai": 1.2,
                 "truc_tiep": 0.8, "khac": 0.1}
    ),
    "tiep_can/tu_danh_gia": Habit(weights={"4": 0.6, "3": 1.6, "2": 1.2, "1": 0.4}),
    "tiep_can/can_tim_hieu": Habit(weights={"lao_dong": 0.3, "dat_dai": 0.4, "giao_thong": 0.3,
                                            "cu_tru": 0.15, "gia_dinh": 0.15, "trat_tu": 0.1,
                                            "khong_gian_mang": 0.35, "chay_no": 0.2,
                                            "quan_su": 0.05, "khieu_nai": 0.1, "khac": 0.05}),
}  # fmt: skip

HANOI_WORLD = World(traits=(KNOWLEDGE, DISPOSITION), habits=HABITS)
"""The world of the demonstration."""

EARLIER_WORLD = replace(
    HANOI_WORLD,
    traits=(replace(KNOWLEDGE, level=0.75), replace(DISPOSITION, level=1.0)),
    begins=date(2025, 12, 16),
    ends=date(2025, 12, 31),
)
"""The year before: people know less and are a little less disposed, and fewer laws are in force."""
