"""The analysis made by hand, with everything that only the full report tells."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from analysis.fieldwork import sample_report
from analysis.fieldwork_result import Excluded, Fieldwork
from analysis.result import Analysis, AnswerShares, Estimate, Gap
from analysis.shares import AVERAGE
from analysis.trait_result import LatentReport, TraitReport
from instruments.language import Language
from instruments.plan import Plan
from reports.document import Cell
from reports.edition import Edition
from survey.disposition_file import SampleOutcomes
from survey.dispositions import Case, Disposition
from tests.reports.conftest import JOINT, PLAN, make_analysis, share

AGREE = ("1", "2", "3", "4", "5")
CREDIT = {code: at / 4 for at, code in enumerate(AGREE)}
SAMPLE = SampleOutcomes(
    weighted=True,
    cases=tuple(
        Case(unit=f"{outcome}{at}", outcome=outcome, weight=1 + at % 3)
        for outcome, count in (("I", 58), ("P", 3), ("R", 21), ("NC", 11), ("UH", 4), ("NE", 3))
        for at in range(count)
    ),
)
"""A hundred cases; every outcome but two is among them."""


def answered(name: str, values: Sequence[float], *, falls: bool = False) -> AnswerShares:
    """An item on a scale of five; `falls` where agreeing is against obeying the law."""
    credit = {code: 1 - worth for code, worth in CREDIT.items()} if falls else CREDIT
    shares = tuple(
        replace(share(value, value - 0.01, value + 0.012, of=name, n=2880), level=code)
        for code, value in zip(AGREE, values, strict=True)
    )
    favour = sum(v for code, v in zip(AGREE, values, strict=True) if credit[code] > 0.5)
    return AnswerShares(
        item=name, shares=shares, credit=credit,
        favourable=share(favour, favour - 0.02, favour + 0.02, of=name, n=2880),
        unanswered=share(0.041, 0.034, 0.049, of=name),
    )  # fmt: skip


def gap(own: Estimate, value: float, half: float, *, target: bool = True) -> Gap:
    """A group's or a topic's gap with the interval value ± half."""
    other = replace(own, estimate=value, se=half / 3, ci=(value - half, value + half),
                    confidence=0.99)  # fmt: skip
    level = 0.9 if target else None
    less = replace(own, estimate=own.estimate - 0.9, ci=tuple(one - 0.9 for one in own.ci))
    return Gap(share=own, threshold=level, target="T1a" if target else "",
               to_target=less if target else None, to_others=other)  # fmt: skip


def detailed(analysis: Analysis) -> Analysis:
    """Answers, gaps, items with their chance at the cut, and how the sample ended."""
    groups = {one.by["sex"]: one for one in analysis.estimates if set(one.by) == {"sex"}}
    land, traffic = analysis.topics[:2]
    items = tuple(share(value, value - 0.02, value + 0.018, of=f"k{at}")
                  for at, value in enumerate((0.91, 0.83, 0.55, 0.32), start=1))  # fmt: skip
    partial = replace(share(0.6, 0.58, 0.62, of="d1"), flags=(AVERAGE,))
    return replace(
        analysis,
        items=(*items, partial),
        answers=(answered("d1", (0.1, 0.097, 0.146, 0.19, 0.467)),
                 answered("d2", (0.796, 0.095, 0.056, 0.031, 0.022), falls=True)),
        gaps=(gap(groups["m"], 0.0138, 0.03), gap(groups["f"], -0.0138, 0.03),
              gap(land, -0.071, 0.014, target=False), gap(traffic, 0.108, 0.012, target=False)),
        fieldwork=Fieldwork(
            frame={"vi": "Danh sách hộ của tổ dân phố", "en": "Lists of households"},
            has_weights=True, strata=6, psus=97, interviews=60,
            excluded=(Excluded(why="Phỏng vấn trùng", cases=2),), sample=sample_report(SAMPLE),
        ),
        latent=LatentReport(
            correlation=0.41, conditioned_on=("sex",),
            traits=(TraitReport(dimension="knowledge", model="2pl", items=4, reliability=0.8,
                                at_cut={"k1": 0.88, "k2": 0.71, "k3": 0.38, "k4": 0.17}),),
        ),
        cuts={JOINT: {"knowledge": 0.6, "disposition": 0.6}},
        domains=tuple(replace(one, order=tuple(one.levels)) for one in analysis.domains),
        labels={**analysis.labels, **LABELS},
    )  # fmt: skip


def cases(**counts: int) -> tuple[Case, ...]:
    """So many cases of each outcome."""
    outcomes: dict[Disposition, int] = counts
    return tuple(Case(unit=f"{name}{at}", outcome=name)
                 for name, count in outcomes.items() for at in range(count))  # fmt: skip


LABELS = {
    "k1": {"vi": "Ông Hòa uống một cốc bia. Ông có được lái xe máy về không?", "en": "Mr Hòa drank a glass of beer. May he ride home?"},
    "k2": {"vi": "Ai đăng ký khai sinh?", "en": "Who registers a birth?"},
    "k3": {"vi": "Có được tự ý đốt pháo?", "en": "May one light fireworks?"},
    "k4": {"vi": "Khi nào phải hòa giải trước khi khởi kiện về tranh chấp đất đai giữa hai hộ liền kề?", "en": "When must neighbours who quarrel over land try mediation before they go to court?"},
    "d1": {"vi": "Ông/bà đồng ý đến mức nào: \"mọi người phải chấp hành pháp luật\"?", "en": "How far do you agree: \"everyone must obey the law\"?"},
    "d2": {"vi": "Vượt đèn đỏ lúc đường vắng là được", "en": "Running a red light on an empty road is fine"},
    **{
        f"{name}={code}": {"vi": vi, "en": en}
        for name in ("d1", "d2")
        for code, vi, en in (
            ("1", "Rất không đồng ý", "Strongly disagree"), ("2", "Không đồng ý", "Disagree"),
            ("3", "Nửa đồng ý, nửa không", "Neither"), ("4", "Đồng ý", "Agree"),
            ("5", "Rất đồng ý", "Strongly agree"),
        )
    },
}  # fmt: skip

FULL = detailed(make_analysis(today=date(2026, 11, 24)))
TRIAL = Plan.model_validate(PLAN)


def edition(language: Language = "en", **changes: object) -> Edition:
    """The full report on the made-up analysis, some of its parts changed."""
    return Edition(analysis=replace(FULL, **changes), plan=TRIAL, language=language)


def texts(row: Sequence[Cell]) -> list[str]:
    """What the cells of a row say."""
    return [cell.text for cell in row]
