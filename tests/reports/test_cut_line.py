"""The first page says from which cut people count, and what another one would make of each target."""

from dataclasses import replace

import pytest

from analysis.result import ReadingResult
from instruments.plan import Reading, ReadingOption, Terms
from reports.edition import Edition
from reports.verdicts import verdict_table


def notes(analysis, plan, **named) -> str:
    edition = Edition(analysis=analysis, plan=plan, language="en", **named)
    (table,) = verdict_table(edition).blocks
    return "\n".join(table.notes)


@pytest.fixture
def result(analysis):
    return next(one for one in analysis.targets if one.target == "T1a" and one.readings)


def with_readings(analysis, result, *readings):
    return replace(analysis, targets=(replace(result, readings=readings),))


def other(result, **named):
    return ReadingResult(threshold=result.threshold, estimates=(result.estimate,),
                         verdict=result.verdict, **named)  # fmt: skip


def test_all_cuts_moved_together_are_told_where_the_plan_reads_them_so(analysis, plan, result):
    option = ReadingOption(id="high", label={"vi": "70% số điểm", "en": "from seven tenths"},
                           terms=Terms(cuts={"knowledge": 0.7, "disposition": 0.7}))  # fmt: skip
    reading = Reading(id="cut", question={"vi": "Bao nhiêu?", "en": "How much?"}, applies_to=("T1a",),
                      default="as_is", options=(ReadingOption(id="as_is", label=option.label), option))  # fmt: skip
    planned = plan.model_copy(update={"readings": (*plan.readings, reading)})
    found = notes(with_readings(analysis, result, other(result, reading="cut", option="high"),
                                other(result, reading="knowledge", option="0.8", cut=0.8)), planned)  # fmt: skip
    told = found.split("From another cut: ")[1].splitlines()[0]
    assert "People count from 60% of the points (a proposal)." in found
    assert told.startswith("T1a ")
    assert told.endswith("% (from seven tenths).")
    assert "80%" not in told


def test_where_it_does_not_each_dimension_is_moved_by_itself(analysis, plan, result):
    found = notes(with_readings(
        analysis, result, other(result, reading="knowledge", option="0.7", cut=0.7)), plan)  # fmt: skip
    assert found.split("From another cut: T1a ")[1].splitlines()[0].endswith(": 70%).")


def test_cuts_that_differ_are_told_by_dimension_with_who_set_them(analysis, plan, result):
    first, *rest = plan.indicators
    own, *others = first.cuts
    moved = own.model_copy(update={"at_least": 0.55, "status": "panel"})
    planned = plan.model_copy(update={
        "indicators": (first.model_copy(update={"cuts": (moved, *others)}), *rest)})  # fmt: skip
    found = notes(with_readings(
        analysis, result, other(result, reading="knowledge", option="0.7", cut=0.7)), planned)  # fmt: skip
    assert "55% of the points (set by a panel); " in found
    assert "60% of the points (a proposal). From" in found


def test_without_another_cut_nothing_is_said(analysis, plan, result):
    assert "From another cut" not in notes(with_readings(analysis, result), plan)
