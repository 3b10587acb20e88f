"""The instrument for the forces: secrecy, the agreed blueprint, a stricter key, marked tasks."""

from collections import Counter

import pytest

from instruments.rotation import draw
from tests.instruments.library import (
    INSTRUMENTS,
    PLAN,
    asked,
    items_of,
    passes,
    scored,
    substantive,
)

FORCES, RESIDENTS = INSTRUMENTS["forces"], INSTRUMENTS["residents"]
ITEMS = items_of(FORCES)
OF_THE_FORCES = {"ky_luat", "bi_mat", "cong_trinh", "vu_khi", "du_bi_dan_quan", "van_dong"}
TASKS = ("bai_1", "bai_2", "bai_3a", "bai_3b")
CRITERIA = ("noi_dung", "dien_dat", "lang_nghe", "thuyet_phuc", "tac_phong")

booklets = pytest.mark.parametrize("booklet", ["1", "2", "3"])
tasks = pytest.mark.parametrize("task", TASKS)


def test_the_three_forces_have_the_codes_of_the_plan():
    assert substantive(FORCES, ITEMS["luc_luong"]) == [force.id for force in PLAN.forces]


def test_a_unit_is_an_opaque_code_and_nothing_else():
    code = ITEMS["ma_don_vi"]
    assert passes(code, "DV012")
    for told in ("Trung đoàn 1", "DV12", "dv012", "DV0123", "e12", "DV012 Ba Vì"):
        assert not passes(code, told)


@pytest.mark.parametrize("instrument", ["forces", "legal_reporters"])
def test_no_question_asks_for_strengths_names_places_or_equipment(instrument: str):
    numbers = {item.id for item in items_of(INSTRUMENTS[instrument]).values()
               if item.type in ("integer", "decimal", "geopoint", "file")}  # fmt: skip
    assert numbers <= {"so_khoa", "so_gio"}
    for item in items_of(INSTRUMENTS[instrument]).values():
        if item.type not in ("note", "hidden") and item.dimension is None and not item.key:
            words = item.label.get("vi", "").lower()
            assert not any(
                word in words for word in ("quân số", "phiên hiệu", "trang bị", "họ tên")
            )


@booklets
def test_everybody_answers_the_residents_blueprint_with_six_items_replaced(booklet: str):
    own = Counter(item.topic for item in asked(FORCES, booklet)
                  if item.key and item.dimension == "knowledge")  # fmt: skip
    theirs = Counter(RESIDENTS.dimensions[0].blueprint)
    assert own.total() == theirs.total() == 24
    assert (own - theirs) == Counter(OF_THE_FORCES)
    assert (theirs - own).total() == 6


def test_items_shared_with_residents_are_word_for_word_the_same():
    theirs = items_of(RESIDENTS)
    shared = [item for item in scored(FORCES, "knowledge") if item.topic not in OF_THE_FORCES]
    assert len(shared) == 23
    for item in shared:
        assert (item.label, item.options) == (theirs[item.id].label, theirs[item.id].options)


def test_the_key_of_disposition_is_stricter_than_that_of_residents():
    strict, mild = ITEMS["yt1"].key[0].credit, items_of(RESIDENTS)["td1"].key[0].credit
    assert all(strict[code] <= mild[code] for code in mild)
    assert strict["2"] < mild["2"]
    assert strict["3"] < mild["3"]
    helmet, theirs = ITEMS["vl1"], items_of(RESIDENTS)["hv1"]
    assert helmet.key[0].credit["thuong"] < theirs.key[0].credit["thuong"]


def test_the_indicator_of_strict_obedience_asks_more_than_that_of_residents():
    cuts = {one.id: {cut.dimension: cut.at_least for cut in one.cuts} for one in PLAN.indicators}
    assert cuts["strictly_aware"]["disposition"] > cuts["aware"]["disposition"]


# Practical tasks


def test_the_dimension_of_the_tasks_is_the_one_that_the_plan_cuts():
    (indicator,) = [one for one in PLAN.indicators if one.id == "can_mobilize"]
    assert [cut.dimension for cut in indicator.cuts] == ["mobilizing"]
    assert len(scored(FORCES, "mobilizing")) == len(TASKS) * len(CRITERIA)


@tasks
def test_a_task_is_marked_on_five_criteria_right_after_its_situation(task: str):
    (block,) = [one for placed in FORCES.placed() for one in placed.blocks if one.id == task][:1]
    note, *criteria = block.items
    assert note.type == "note"
    assert [item.id for item in criteria] == [f"{task}_{one}" for one in CRITERIA]
    assert {item.vignette for item in criteria} == {note.id}
    assert [item.choices for item in criteria] == [f"muc_{one}" for one in CRITERIA]


@tasks
def test_the_assessor_is_told_the_role_and_the_three_points_that_candidates_do_not_hear(task: str):
    note = ITEMS[f"{task}_de"]
    for language in ("vi", "en"):
        assert all(f"({number})" in note.instruction[language] for number in (1, 2, 3))
        assert not any(f"({number})" in note.label[language] for number in (1, 2, 3))
    assert "phút" in note.label["vi"]


@pytest.mark.parametrize("criterion", CRITERIA)
def test_levels_run_from_0_to_3_each_with_a_description_of_what_is_seen(criterion: str):
    levels = [one for one in FORCES.choice_lists[f"muc_{criterion}"] if one.missing is None]
    assert [level.code for level in levels] == ["0", "1", "2", "3"]
    for level in levels:
        assert level.label["vi"].startswith(f"{level.code}. ")
        assert len(level.label["vi"].split()) >= 7


def test_each_level_earns_a_third_more_and_a_broken_off_task_counts_for_nothing():
    for item in scored(FORCES, "mobilizing"):
        assert item.key[0].credit == {"0": 0, "1": 0.3333, "2": 0.6667, "3": 1}
        (gone,) = [one for one in FORCES.options_of(item) if one.missing]
        assert gone.missing == "not_applicable"


def test_candidates_do_two_common_tasks_and_one_that_is_drawn_evenly():
    drawn = Counter(draw(FORCES, seed=str(number)).assigned["bai"] for number in range(400))
    assert set(drawn) == {"a", "b"}
    assert 160 < drawn["a"] < 240
    conditions = {one.id: one.show_if for placed in FORCES.placed() for one in placed.blocks}
    assert [conditions[task] for task in TASKS] == [
        None, None, "${bai} = 'a'", "${bai} = 'b'",
    ]  # fmt: skip


def test_the_tasks_stay_shut_where_only_questions_are_answered():
    conditions = {node.id: getattr(node, "show_if", None) for node in FORCES.items}
    assert conditions["thuc_hanh"] == "${phan_kiem_tra} != 'tra_loi'"
    assert "${phan_kiem_tra} != 'thuc_hanh'" in conditions["kien_thuc"]
    assert "${phan_kiem_tra} != 'thuc_hanh'" in conditions["kt_a"]
