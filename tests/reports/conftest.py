"""A plan and an analysis made by hand, with every kind of verdict; no survey stands behind them."""

import re
from datetime import date
from html import unescape

import pytest

from analysis.rates import changes_between
from analysis.result import (
    Analysis,
    Count,
    CurvePoint,
    DomainLabel,
    Estimate,
    Floor,
    Provenance,
    Rate,
    RateSeries,
    ReadingResult,
    Scoring,
    TargetResult,
)
from analysis.verdict import judge, judge_count, judge_rates, judge_together, no_data
from analysis.weighting_result import MarginFit, MarginSource, WeightingReport
from instruments.language import say
from instruments.plan import Plan

JOINT = "law_abiding"
DEADLINES = {"p1": date(2024, 12, 31), "p2": date(2027, 12, 31)}


def share(
    estimate: float, low: float, high: float, *, of: str = JOINT, n: int = 3012, **by: str
) -> Estimate:
    """An estimate as a survey would give it, with made-up but possible diagnostics."""
    return Estimate(
        of=of, by=by, estimate=estimate, se=(high - low) / 3.96, ci=(low, high), df=96, deff=1.84,
        n=n, n_eff=n / 1.84, cv=(high - low) / 3.96 / estimate,
    )  # fmt: skip


PARTS = (
    share(0.6712, 0.6198, 0.7189, n=402, groups="key"),
    share(0.7085, 0.6802, 0.7353, n=1210, groups="suburban"),
)
CITY = share(0.7131, 0.6889, 0.7366)
DOMAIN = share(0.6993, 0.6741, 0.7234, n=1612, areas="key+suburban")


@pytest.fixture(scope="session")
def plan() -> Plan:
    """A plan in the manner of the Hà Nội one: survey targets, counts, a rate, two phases."""
    return Plan.model_validate(PLAN)


@pytest.fixture
def analysis() -> Analysis:
    """An analysis before the deadline."""
    return make_analysis(today=date(2026, 11, 24))


@pytest.fixture(scope="session")
def made():
    """The maker of analyses itself, for tests that vary the day or an estimate."""
    return make_analysis


@pytest.fixture(scope="session")
def text_of():
    """Reduce HTML to its words, one block a line, without styles and fonts."""
    return words


def words(page: str) -> str:
    """The text of a page as a reader meets it."""
    body = re.sub(r"<(style|svg).*?</\1>", "", page, flags=re.DOTALL)
    lines = re.sub(r"</(?:p|li|h\d|caption|th|td|tr)>", "\n", body)
    texts = (" ".join(unescape(re.sub(r"<[^>]+>", "", line)).split()) for line in lines.split("\n"))
    return "\n".join(text for text in texts if text) + "\n"


@pytest.fixture
def afterwards() -> Analysis:
    """The same numbers judged after the deadline."""
    return make_analysis(today=date(2028, 2, 1))


def make_analysis(
    *, today: date, city: Estimate = CITY, domain: Estimate = DOMAIN, level: float = 0.9
) -> Analysis:
    """An analysis by hand; verdicts come from the one verdict function."""
    return Analysis(
        provenance=Provenance(
            study="thu-nghiem",
            title={"vi": "Hiểu biết và ý thức chấp hành pháp luật tại Hà Nội", "en": "Understanding of and respect for the law in Hà Nội"},
            snapshot="5d1c" * 16, plan="a0b1" * 16, instruments={"residents": "c2d3" * 16},
            settings="e4f5" * 16, version="0.1.0", today=today,
            fieldwork=(date(2026, 10, 5), date(2026, 11, 8)), simulated=True,
        ),
        responses={"accepted": 3040, "quarantined": 7, "duplicates": 3, "base": 3012},
        weighting=WEIGHTING,
        domains=(
            DomainLabel(variable="groups", label={"vi": "Nhóm địa bàn", "en": "Kind of area"}, levels=GROUPS),
            DomainLabel(variable="sex", label={"vi": "Giới tính", "en": "Sex"}, levels={"m": {"vi": "Nam", "en": "Men"}, "f": {"vi": "Nữ", "en": "Women"}}),
        ),
        estimates=(
            city, share(0.782, 0.7611, 0.8016, of="knowledge"), share(0.8544, 0.8361, 0.871, of="disposition"),
            share(0.7202, 0.6871, 0.751, n=1490, sex="m"), share(0.7064, 0.674, 0.7368, n=1522, sex="f"),
            *PARTS, share(0.7274, 0.691, 0.7612, n=1400, groups="rest"),
        ),
        items=(),
        exposure=(
            Estimate(of="heard", level="radio", estimate=0.412, se=0.011, ci=(0.3906, 0.4337), df=96, n=3012),
            Estimate(of=JOINT, by={"heard": "radio"}, estimate=0.74, se=0.014, ci=(0.7116, 0.7664), df=96, n=1241),
            Estimate(of="heard", level="duel", estimate=0.031, se=0.004, ci=(0.024, 0.04), df=96, n=3012),
            Estimate(of=JOINT, by={"heard": "duel"}, estimate=0.79, se=0.05, ci=(0.672, 0.874), df=9, n=93, flags=("low_df",)),
        ),
        topics=tuple(
            share(value, value - 0.02, value + 0.02, of=topic)
            for topic, value in zip(TOPICS, (0.61, 0.82, 0.74, 0.55, 0.69, 0.77, 0.48), strict=True)
        ),
        scoring=Scoring(
            least_answered=0.5, unscored={"knowledge": 0, "disposition": 12},
            dont_know={"knowledge": "wrong", "disposition": "missing"},
        ),
        curve=tuple(
            CurvePoint(dimension="knowledge", cut=cut, estimate=share(value, value - 0.025, value + 0.024))
            for cut, value in ((0.5, 0.801), (0.6, 0.7131), (0.7, 0.5873))
        ),
        targets=tuple(_targets(today, city, domain, level)),
        warnings=(say("Key of item {item} awaits a lawyer's review", item="k07"),),
        labels={
            JOINT: {"vi": "có hiểu biết và ý thức chấp hành pháp luật", "en": "understand and respect the law"},
            "knowledge": {"vi": "hiểu biết pháp luật", "en": "knowledge of the law"},
            "disposition": {"vi": "ý thức chấp hành", "en": "respect for the law"},
            "sex": {"vi": "Giới tính", "en": "Sex"},
            "heard=radio": {"vi": "Loa truyền thanh", "en": "Loudspeakers"},
            "heard=duel": {"vi": "Cuộc thi tìm hiểu", "en": "Quiz contests"},
            **TOPICS,
        },
    )  # fmt: skip


def _targets(today: date, city: Estimate, domain: Estimate, asked: float):
    for phase, deadline in DEADLINES.items():
        measured = phase == "p2"
        common = {"phase": phase, "deadline": deadline, "due": today > deadline}
        due = common["due"]
        if not measured:
            for target, level in (("T1a", 0.5), ("T1b", 0.4), ("T2.2", 0.6)):
                yield TargetResult(target=target, threshold=level, verdict=no_data(), **common)
            continue
        yield TargetResult(
            target="T1a", threshold=asked, estimate=city, readings=_city_readings(city, due),
            verdict=judge(city, threshold=asked, due=due), **common,
        )  # fmt: skip
        yield TargetResult(
            target="T1b", threshold=0.7, estimate=domain, parts=PARTS,
            readings=_domain_readings(due), verdict=judge(domain, threshold=0.7, due=due),
            floor=Floor(share=0.534, needed=0.81273, elsewhere=0.7274, needed_at_estimate=1.0506, reachable=0.8398),
            **common,
        )  # fmt: skip
        yield _counted("T2.1", COUNTS["T2.1"], 1.0, common)
        yield TargetResult(target="T2.2", threshold=1.0, verdict=no_data(), **common)
        yield TargetResult(
            target="T2.4", threshold=None, rates=RATES, series=_series(due),
            verdict=judge_rates(RATES, rule="strict_each_year", due=due), **common,
        )  # fmt: skip
        yield _counted("T3", COUNTS["T3"], 1.0, common)
        yield _counted("T4", COUNTS["T4"], 0.9, common)


def _counted(target: str, count: Count, level: float, common: dict) -> TargetResult:
    verdict = judge_count(count, threshold=level, due=common["due"])
    return TargetResult(target=target, threshold=level, count=count, verdict=verdict, **common)


def _city_readings(city: Estimate, due: bool) -> tuple[ReadingResult, ...]:
    either = share(0.9022, 0.8871, 0.9155)
    return (
        ReadingResult(reading="A4", option="population", threshold=1.0, estimates=(city,), advice_only=True),
        ReadingResult(reading="A5", option="either", threshold=0.9, estimates=(either,), verdict=judge(either, threshold=0.9, due=due)),
        ReadingResult(
            reading="A10", option="age15", threshold=0.9, verdict=no_data(),
            note=say("The survey asked people aged {age} and over only", age="18"),
        ),
    )  # fmt: skip


def _domain_readings(due: bool) -> tuple[ReadingResult, ...]:
    each = [judge(part, threshold=0.7, due=due) for part in PARTS]
    return (
        ReadingResult(reading="A6", option="each", threshold=0.7, estimates=PARTS, verdict=judge_together(each)),
    )  # fmt: skip


RATES = tuple(
    Rate(year=year, per_thousand=1000 * events / 61000, events=events, strength=61000)
    for year, events in ((2022, 131), (2023, 118), (2024, 109), (2025, 102))
)


def _series(due: bool) -> tuple[RateSeries, ...]:
    verdict = judge_rates(RATES, rule="strict_each_year", due=due)
    return (
        RateSeries(kind="pooled", force="pooled", numerator="events", rates=RATES, changes=changes_between(RATES), verdict=verdict),
    )  # fmt: skip


def _count(numerator: int, denominator: int, reporting: int, outstanding: int) -> Count:
    whole = denominator + outstanding
    return Count(
        numerator=numerator, denominator=denominator, units_reporting=reporting, units_total=30,
        low=numerator / whole, high=(numerator + outstanding) / whole, as_of=date(2026, 9, 30),
        source="Báo cáo tổng hợp (số liệu giả định)", late=2 if reporting < 30 else 0, outstanding=outstanding,
    )  # fmt: skip


COUNTS = {
    "T2.1": _count(8123, 8456, 30, 0),
    "T3": _count(412, 430, 28, 25),
    "T4": _count(5210, 5675, 27, 380),
}
TOPICS = {
    "land": {"vi": "đất đai", "en": "land"},
    "traffic": {"vi": "giao thông", "en": "traffic"},
    "family": {"vi": "gia đình", "en": "family"},
    "data": {"vi": "dữ liệu cá nhân", "en": "personal data"},
    "residence": {"vi": "cư trú", "en": "residence"},
    "drugs": {"vi": "ma túy", "en": "drugs"},
    "complaints": {"vi": "khiếu nại", "en": "complaints"},
}
GROUPS = {
    "key": {"vi": "Địa bàn trọng yếu", "en": "Key areas"},
    "suburban": {"vi": "Huyện ngoại thành", "en": "Suburban districts"},
    "rest": {"vi": "Địa bàn còn lại", "en": "Rest of the city"},
}
WEIGHTING = WeightingReport(
    base={"vi": "người từ 18 tuổi trở lên thường trú", "en": "usual residents aged 18 and over"},
    converged=True, iterations=7, worst=3.1e-11,
    margins=(
        MarginFit(margin="sex", category="m", target=0.4921, before=0.4712, after=0.4921),
        MarginFit(margin="sex", category="f", target=0.5079, before=0.5288, after=0.5079),
    ),
    sources={
        "sex": MarginSource(
            source={"vi": "Tổng điều tra dân số và nhà ở 2019", "en": "Census of 2019"},
            as_of=date(2019, 4, 1), base={"vi": "cư dân mọi lứa tuổi", "en": "residents of all ages"},
        )
    },
    missing_margins=("education",),
    kish_deff=1.31, n_eff=2299.2, minimum=0.31, maximum=3.42,
)  # fmt: skip

_OBEY = {"vi": "có hiểu biết và ý thức chấp hành pháp luật", "en": "understand and respect the law"}
_PHASES = {
    "p1": {"level": 0.5, "basis": "population"},
    "p2": {"level": 1, "basis": "share_of_target"},
}


def _target(name: str, label: dict[str, str], *, population: str, measure: str, **more: object):
    return {
        "id": name, "label": label, "quote": label, "population": population, "measure": measure,
        "phases": _PHASES, **more,
    }  # fmt: skip


PLAN = {
    "kind": "plan",
    "id": "thu_nghiem",
    "version": "1",
    "title": {"vi": "Kế hoạch thử nghiệm theo Đề án 1371, giai đoạn 2021–2027", "en": "Trial plan after Scheme 1371, 2021–2027"},
    "phases": [
        {"id": "p1", "label": {"vi": "Giai đoạn 1 (2021–2024)", "en": "Phase 1 (2021–2024)"}, "begins": "2021-01-01", "ends": "2024-12-31"},
        {"id": "p2", "label": {"vi": "Giai đoạn 2 (2025–2027)", "en": "Phase 2 (2025–2027)"}, "begins": "2025-01-01", "ends": "2027-12-31"},
    ],
    "populations": [
        {"id": "residents", "label": {"vi": "cán bộ, Nhân dân nói chung", "en": "officials and people in general"}},
        {"id": "forces", "label": {"vi": "lực lượng vũ trang", "en": "the armed forces"}},
    ],
    "areas": [
        {"id": "key", "label": {"vi": "địa bàn trọng yếu", "en": "key areas"}, "lists": ["key_2026"]},
        {"id": "suburban", "label": {"vi": "huyện ngoại thành", "en": "suburban districts"}, "lists": ["huyen_17"]},
    ],
    "indicators": [
        {
            "id": JOINT, "label": _OBEY, "joint": "both",
            "cuts": [{"dimension": "knowledge", "at_least": 0.6}, {"dimension": "disposition", "at_least": 0.6}],
        },
    ],
    "targets": [
        _target("T1a", {"vi": "Cán bộ, Nhân dân nói chung có hiểu biết và ý thức chấp hành pháp luật", "en": "Officials and people in general who understand and respect the law"}, population="residents", measure="survey", indicator=JOINT, final=0.9),
        _target("T1b", {"vi": "Trong đó cán bộ, Nhân dân địa bàn trọng yếu, huyện ngoại thành", "en": "Of them, officials and people of key areas and suburban districts"}, population="residents", measure="survey", indicator=JOINT, final=0.7, parent="T1a", within=["key", "suburban"]),
        _target("T2.1", {"vi": "Lực lượng vũ trang được phổ biến, giáo dục pháp luật", "en": "Armed forces reached by legal education"}, population="forces", measure="administrative_share", final=1),
        _target("T2.2", {"vi": "Lực lượng vũ trang có hiểu biết và ý thức chấp hành nghiêm pháp luật", "en": "Armed forces who understand and strictly respect the law"}, population="forces", measure="test", final=1),
        _target("T2.4", {"vi": "Tỷ lệ vi phạm pháp luật, kỷ luật quân đội giảm theo từng năm", "en": "Violations of law and military discipline fall every year"}, population="forces", measure="administrative_rate", rate_rule="strict_each_year"),
        _target("T3", {"vi": "Báo cáo viên, tuyên truyền viên pháp luật quân đội được bồi dưỡng, tập huấn", "en": "Army legal reporters and propagandists trained"}, population="forces", measure="administrative_share", final=1),
        _target("T4", {"vi": "Báo cáo viên, tuyên truyền viên, hòa giải viên địa phương được bồi dưỡng, tập huấn", "en": "Local legal reporters, propagandists and mediators trained"}, population="residents", measure="administrative_share", final=0.9),
    ],
    "readings": [
        {
            "id": "A4", "question": {"vi": "“Hoàn thành 100%” là gì?", "en": "What is “complete 100%”?"}, "applies_to": ["T1a"], "default": "share_of_target",
            "options": [
                {"id": "share_of_target", "label": {"vi": "đạt đủ mục tiêu cuối", "en": "the final target is fully met"}},
                {"id": "population", "label": {"vi": "100% số người", "en": "100% of people"}, "advice_only": True},
            ],
        },
        {
            "id": "A5", "question": {"vi": "“Hiểu biết và ý thức” phải có ở cùng một người?", "en": "Must one person have both?"}, "applies_to": ["T1a"], "default": "both",
            "options": [
                {"id": "both", "label": {"vi": "cả hai ở cùng một người", "en": "both in the same person"}},
                {"id": "either", "label": {"vi": "một trong hai", "en": "either of them"}},
            ],
        },
        {
            "id": "A6", "question": {"vi": "Hai loại địa bàn tính chung hay riêng?", "en": "Are the two kinds of area judged together?"}, "applies_to": ["T1b"], "default": "union",
            "options": [
                {"id": "union", "label": {"vi": "tính chung", "en": "together"}},
                {"id": "each", "label": {"vi": "mỗi loại đều phải đạt", "en": "each must reach it"}},
            ],
        },
        {
            "id": "A10", "question": {"vi": "Tính người từ bao nhiêu tuổi?", "en": "From what age do people count?"}, "applies_to": ["T1a"], "default": "age18",
            "options": [
                {"id": "age18", "label": {"vi": "từ 18 tuổi", "en": "aged 18 and over"}},
                {"id": "age15", "label": {"vi": "từ 15 tuổi", "en": "aged 15 and over"}},
            ],
        },
    ],
    "notes": [{"vi": "Kế hoạch chỉ có trong bản tóm tắt của báo chí.", "en": "The plan is known from a press summary only."}],
}  # fmt: skip
