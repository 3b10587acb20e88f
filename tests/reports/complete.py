"""The analysis made by hand with every optional part, for what has to hold of a whole report."""

from dataclasses import replace
from datetime import date

from analysis.awareness.result import Budget
from analysis.disclosure.screen import screen
from analysis.result import Analysis, AreaProfile, Areas, DomainLabel
from analysis.simultaneous import judge_areas
from reports.grid import _read
from tests.reports.conftest import CITY, JOINT, TOPICS, make_analysis, share
from tests.reports.detailed import detailed
from tests.reports.test_adjusted import contrast
from tests.reports.test_waves import followed

GRIDS = {"district": "districts_2021", "new_unit": "units_2025"}
NAMES = {
    "district": {"vi": "Quận, huyện, thị xã", "en": "District"},
    "new_unit": {"vi": "Xã, phường", "en": "Ward or commune"},
}
BUDGET = Budget(sampling=0.009**2, calibration=0.002**2, cut=0.004**2)


def complete(*, today: date = date(2026, 11, 24)) -> Analysis:
    """Two sets of areas with profiles, three waves, contrasts, latent shares, all details; screened."""
    made = detailed(make_analysis(today=today))
    codes = {name: sorted(_read(grid)) for name, grid in GRIDS.items()}
    city = replace(made.estimates[0], n=90_000)
    return screen(replace(
        made,
        areas=tuple(_judged(name, own) for name, own in codes.items()),
        profiles=tuple(_profile(name, code) for name, own in codes.items() for code in own),
        trends=(followed(CITY), *(_followed(code) for code in codes["district"])),
        contrasts=(contrast("radio", 0.084), contrast("duel", -0.028)),
        estimates=(city, *made.estimates[1:]),
        targets=tuple(_latent(one) for one in made.targets),
        domains=(*made.domains, *(DomainLabel(variable=name, label=label, levels={})
                                  for name, label in NAMES.items())),
    ))  # fmt: skip


def _latent(target):
    if target.estimate is None:
        return target
    observed = replace(target.estimate, estimate=0.6871, ci=(0.66, 0.71))
    return replace(target, to_decide=2311,
                   estimate=replace(target.estimate, observed=observed, budget=BUDGET))  # fmt: skip


def _judged(variable: str, codes: list[str]) -> Areas:
    """Every tenth area has too few respondents to be published."""
    estimates = []
    for index, code in enumerate(codes):
        middle, n = 0.55 + 0.4 * index / len(codes), 20 if index % 10 == 0 else 400
        own = share(middle, middle - 0.04, middle + 0.04, n=n, **{variable: code})
        estimates.append(replace(own, hits=round(n * middle)))
    found = judge_areas(estimates, variable=variable, threshold=0.9, planned=len(codes), due=False)
    return replace(found, target="T1a", phase="p2")


def _profile(variable: str, code: str) -> AreaProfile:
    inside = {"groups": "rest"} | ({"district": "001"} if variable == "new_unit" else {})
    topics = tuple(replace(share(0.5 + 0.05 * at, 0.4, 0.9, of=topic, n=400), by={variable: code})
                   for at, topic in enumerate(TOPICS))  # fmt: skip
    return AreaProfile(variable=variable, area=code, inside=inside, topics=topics, to_decide=777,
                       to_decide_as_all=1234)  # fmt: skip


def _followed(code: str):
    return followed(share(0.7, 0.66, 0.74, of=JOINT, district=code), broken=False, district=code)
