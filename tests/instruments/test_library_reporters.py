"""The instruments for reporters, propagandists and mediators: contents, training, roles."""

import pytest

from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.model import Block, Instrument
from tests.instruments.library import (
    INSTRUMENTS,
    NOON,
    PLAN,
    asked,
    items_of,
    right_answer,
    scored,
    substantive,
)

ARMY, LOCAL = INSTRUMENTS["legal_reporters"], INSTRUMENTS["local_reporters"]
both = pytest.mark.parametrize("instrument", [ARMY, LOCAL], ids=lambda one: one.id)


def courses(instrument: Instrument) -> Block:
    """The roster with one row for each course."""
    (found,) = {id(block): block for placed in instrument.placed() for block in placed.blocks
                if block.repeat}.values()  # fmt: skip
    return found


@both
def test_everybody_answers_twenty_two_knowledge_items_on_the_law_of_their_task(
    instrument: Instrument,
):
    for one in instrument.booklets:
        own = [item for item in asked(instrument, one.id) if item.dimension == "knowledge"]
        assert len(own) == 22
    numbers = {law.number for item in scored(instrument, "knowledge") for law in item.law}
    assert {"14/2012/QH13", "35/2013/QH13", "11/2017/QH14"} <= numbers


@both
def test_items_on_dissemination_warn_of_the_unconfirmed_new_law(instrument: Instrument):
    resting = [item for item in items_of(instrument).values()
               if any(law.number == "14/2012/QH13" for law in item.law)]  # fmt: skip
    assert len(resting) >= 6
    assert all("PHẢI KIỂM TRA TRƯỚC TIÊN" in item.source for item in resting)
    assert all("12/2026/QH16" in item.source for item in resting)


@both
def test_a_skill_has_one_best_and_one_acceptable_answer(instrument: Instrument):
    items = scored(instrument, "skills")
    assert len(items) == 8
    for item in items:
        assert sorted(item.key[0].credit.values()) == [0, 0, 0.5, 1], item.id
        assert item.reviewed is False
    places = [right_answer(item) for item in items]
    assert sorted(places) == sorted("abcd" * 2)


@both
def test_readiness_to_help_is_asked_by_opinion_and_by_conduct(instrument: Instrument):
    topics = [item.topic for item in scored(instrument, "disposition")]
    assert (topics.count("thai_do"), topics.count("hanh_vi")) == (6, 4)


# Training, to be compared with registers


@both
def test_each_course_has_its_day_hours_contents_and_proof(instrument: Instrument):
    roster = courses(instrument)
    assert [item.id for item in roster.items] == [
        "ngay_xong", "so_gio", "noi_dung", "co_quan_mo", "chung_nhan",
    ]  # fmt: skip
    assert roster.settings["repeat_count"] == "${so_khoa}"
    assert all(item.required for item in roster.items)
    assert items_of(instrument)["noi_dung"].type == "multiple"


@both
def test_courses_of_the_present_phase_and_earlier_ones_are_told_apart(instrument: Instrument):
    phase = next(one for one in PLAN.phases if one.id == "P2")
    (check,) = items_of(instrument)["ngay_xong"].checks
    assert f"date('{phase.begins.isoformat()}')" in check.rule
    assert phase.begins.strftime("%d/%m/%Y") in items_of(instrument)["so_khoa"].label["vi"]
    assert f"Trước năm {phase.begins.year}" in items_of(instrument)["truoc_2025"].label["vi"]


@both
def test_a_course_cannot_end_before_the_phase_or_after_today(instrument: Instrument):
    (check,) = items_of(instrument)["ngay_xong"].checks
    holds = compile_test(parse(check.rule))

    def accepted(day: str) -> bool:
        return holds(Context(now=NOON, answers={}, current=day))

    assert accepted("2025-01-01")
    assert accepted(NOON.date().isoformat())
    assert not accepted("2024-12-31")
    assert not accepted("2026-11-25")


@both
def test_contents_are_those_that_the_plan_names(instrument: Instrument):
    offered = set(substantive(instrument, items_of(instrument)["noi_dung"]))
    named = {"kien_thuc", "nghiep_vu", "van_dong"}
    named |= {"ly_luan", "phap_luat"} if instrument is ARMY else {"hoa_giai"}
    assert offered == named | {"khac"}
    before = set(substantive(instrument, items_of(instrument)["truoc_2025"]))
    assert named <= before
    assert "khong" in before


def test_somebody_with_two_roles_answers_once():
    roles = items_of(LOCAL)["vai_tro"]
    assert roles.type == "multiple"
    assert {"bao_cao_vien", "tuyen_truyen_vien", "cong_tac_vien", "hoa_giai_vien"} <= set(
        substantive(LOCAL, roles)
    )


def test_the_place_of_local_work_can_be_counted_to_key_and_suburban_areas():
    items = items_of(LOCAL)
    assert items["xa_cu"].choice_filter == "huyen_cu=${huyen_cu}"
    assert LOCAL.choice_lists["xa_cu"] == INSTRUMENTS["residents"].choice_lists["xa_cu"]


@both
def test_the_plan_names_the_instrument_for_its_population(instrument: Instrument):
    population = {"legal_reporters": "military_reporters"}.get(instrument.id, instrument.id)
    (found,) = [one for one in PLAN.populations if one.id == population]
    assert found.instrument == instrument.id
