"""Rules of a plan: every name resolves, and what can be read in two ways is declared."""

from pathlib import Path

import pytest

from instruments.errors import DefinitionError
from instruments.library import find
from instruments.load import load_plan

PLAN = """\
kind: plan
id: ke_hoach
version: "1"
title: {vi: Kế hoạch, en: Plan}
sources: [{id: S1, title: {vi: Nguồn, en: Source}, confidence: memory}]
phases:
  - {id: P1, label: {vi: Một, en: One}, begins: 2026-01-01, ends: 2027-12-31}
  - {id: P2, label: {vi: Hai, en: Two}, begins: 2028-01-01, ends: 2030-12-31}
populations: [{id: people, label: {vi: Người dân, en: People}}]
areas: [{id: key, label: {vi: Trọng điểm, en: Key}, lists: [narrow, wide]}]
indicators:
  - {id: aware, label: {vi: Đạt, en: Aware}, cuts: [{dimension: knowledge, at_least: 0.6}]}
targets:
  - id: T1
    label: {vi: Chỉ tiêu, en: Target}
    quote: {vi: Lời, en: Words}
    population: people
    measure: survey
    indicator: aware
    within: [key]
    final: 0.9
    source: S1
    phases: {P1: {level: 0.5, basis: population}, P2: {level: 1.0, basis: share_of_target}}
readings:
  - id: R1
    question: {vi: Hỏi, en: Question}
    applies_to: [T1]
    default: one
    options:
      - {id: one, label: {vi: A, en: A}, terms: {lists: {key: narrow}}}
      - {id: two, label: {vi: B, en: B}, terms: {basis: {P1: share_of_target}, cuts: {knowledge: 0.5}}}
"""


def problems(folder: Path, old: str = "", new: str = "") -> list[str]:
    assert old in PLAN
    path = folder / "plan.yaml"
    path.write_text(PLAN.replace(old, new) if old else PLAN, encoding="utf-8")
    try:
        load_plan(path)
    except DefinitionError as error:
        return [problem.text().removeprefix("plan.yaml, ") for problem in error.problems]
    return []


def test_a_plan_that_fits_together_and_the_shipped_one_are_accepted(tmp_path: Path) -> None:
    assert problems(tmp_path) == []
    assert load_plan(find("hanoi_1371")).id == "hanoi_1371"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("population: people", "population: peple",
         "line 17, targets.T1.population: Nothing is called 'peple'. Did you mean 'people'?"),
        ("indicator: aware", "indicator: x",
         "line 19, targets.T1.indicator: Nothing is called 'x'. Use one of: aware."),
        ("    indicator: aware\n", "",
         "line 14, targets.T1: The target 'T1' is measured by survey but names no indicator. "
         "Add 'indicator'."),
        ("within: [key]", "within: [keys]",
         "line 20, targets.T1.within[1]: Nothing is called 'keys'. Did you mean 'key'?"),
        ("source: S1", "source: S2",
         "line 22, targets.T1.source: Nothing is called 'S2'. Use one of: S1."),
        ("{P1: {level: 0.5, basis: population}", "{P3: {level: 0.5, basis: population}",
         "line 23, targets.T1.phases.P3: Nothing is called 'P3'. Use one of: P1, P2."),
        ("level: 0.5, basis: population", "level: 0.5",
         "line 23, targets.T1.phases.P1: The level does not say what it is a share of. "
         "Add 'basis: population' or 'basis: share_of_target'."),
        ("    final: 0.9\n", "",
         "line 22, targets.T1.phases.P2.basis: The level is a share of the target, whose final "
         "level is missing. Add 'final' to the target."),
        ("measure: survey", "measure: administrative_rate",
         "line 14, targets.T1: The target 'T1' is a rate but names no rule. Add 'rate_rule'."),
        ("level: 0.5,", "level: 50,",
         "line 23, targets.T1.phases.P1.level: 50 is too large. At most 1.0."),
        ("applies_to: [T1]", "applies_to: [T2]",
         "line 27, readings.R1.applies_to[1]: Nothing is called 'T2'. Use one of: T1."),
        ("default: one", "default: three",
         "line 28, readings.R1.default: The default 'three' is no option. Use one of: one, two."),
        ("{key: narrow}", "{key: narow}",
         "line 30, readings.R1.options.one.terms.lists.key: Nothing is called 'narow'. "
         "Did you mean 'narrow'?"),
        ("{P1: share_of_target}", "{P9: share_of_target}",
         "line 31, readings.R1.options.two.terms.basis.P9: Nothing is called 'P9'. "
         "Use one of: P1, P2."),
        ("{knowledge: 0.5}", "{knowlege: 0.5}",
         "line 31, readings.R1.options.two.terms.cuts.knowlege: Nothing is called 'knowlege'. "
         "Did you mean 'knowledge'?"),
        ("begins: 2028-01-01", "begins: 2027-12-31",
         "line 8, phases.P2.begins: The phase overlaps with 'P1'. "
         "Begin it the day after the other one ends."),
        ("ends: 2030-12-31", "ends: 2027-12-31",
         "line 8, phases.P2.ends: 2027-12-31 lies before 2028-01-01. Exchange the dates."),
        ("id: P2", "id: P1",
         "line 8, phases.P1.id: 'P1' is used already: plan.yaml, line 7, phases.P1.id. "
         "Give each its own."),
        ("lists: [narrow, wide]", "lists: []",
         "line 10, areas.key.lists: The area names no list of units. "
         "Name the lists that a reading may choose."),
        ("cuts: [{dimension: knowledge, at_least: 0.6}]", "cuts: []",
         "line 12, indicators.aware.cuts: The indicator has no cut. Add one for each dimension."),
        ("quote: {vi: Lời, en: Words}", "quote: {vi: Lời}",
         "line 16, targets.T1.quote: The text is missing in 'en'. Add 'en: …'."),
        ("    measure: survey", "    measure: survey\n    parent: T1",
         "line 19, targets.T1.parent: The target 'T1' is part of itself."),
    ],
)  # fmt: skip
def test_what_does_not_fit_together(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in problems(tmp_path, old, new)
