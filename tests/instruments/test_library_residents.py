"""The residents' questionnaire: paths that studies name, places before 2025, the optional part."""

import csv
import re
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.model import ListExperiment, RandomizedResponse
from tests.instruments.library import (
    FIELD,
    INSTRUMENTS,
    NOON,
    items_of,
    passes,
    right_answer,
    scored,
    substantive,
)

RESIDENTS = INSTRUMENTS["residents"]
ITEMS = items_of(RESIDENTS)


def test_the_blocks_stand_in_the_order_of_the_interview_and_what_is_added_comes_last():
    assert [node.id for node in RESIDENTS.items] == [
        "start", "end", "today", "tap", "nhom", "dong_thuan", "dia_ban", "ca_nhan", "kien_thuc",
        "y_thuc", "tiep_can", "cau_thu", "viec_kho_noi", "ket_thuc",
    ]  # fmt: skip


def test_the_paths_that_studies_name_are_there():
    paths = {placed.path for placed in RESIDENTS.placed()}
    assert paths >= {
        "dia_ban/ma_diem", "dia_ban/huyen_cu", "dia_ban/xa_cu", "ca_nhan/gioi_tinh",
        "ca_nhan/nam_sinh", "ca_nhan/hoc_van", "ca_nhan/can_bo", "tiep_can/hoat_dong", "today",
    }  # fmt: skip
    assert RESIDENTS.interview_date == "today"
    assert substantive(RESIDENTS, ITEMS["gioi_tinh"]) == ["nam", "nu"]
    assert substantive(RESIDENTS, ITEMS["can_bo"]) == ["co", "khong"]


def test_only_adults_can_be_entered():
    youngest = FIELD[0].year - 18
    year = ITEMS["nam_sinh"]
    assert passes(year, youngest)
    assert not passes(year, youngest + 1)
    assert passes(year, youngest - 92)
    assert not passes(year, youngest - 93)
    assert f"từ {youngest - 92} đến {youngest}" in year.checks[0].message["vi"]


def test_the_blueprint_is_the_one_agreed_for_residents():
    blueprint = {dimension.id: dimension.blueprint for dimension in RESIDENTS.dimensions}
    assert blueprint["knowledge"] == {
        "giao_thong": 3, "cu_tru": 3, "dat_dai": 3, "gia_dinh": 3, "trat_tu": 3,
        "khong_gian_mang": 3, "chay_no": 2, "quan_su": 2, "khieu_nai": 2,
    }  # fmt: skip
    assert sum(blueprint["disposition"].values()) == 13


def test_try_out_items_have_a_key_and_a_topic_but_no_dimension():
    tried = [placed.item for placed in RESIDENTS.placed()
             if len(placed.blocks) == 2 and placed.blocks[0].id == "cau_thu"]  # fmt: skip
    assert len(tried) == 12
    assert all(item.key and item.topic and item.dimension is None for item in tried)
    assert {item.topic for item in tried} == set(RESIDENTS.dimensions[0].blueprint)


def test_what_is_added_to_the_core_is_hidden_where_nothing_was_drawn():
    for name, drawn in (("cau_thu", "tap"), ("viec_kho_noi", "nhom")):
        (block,) = [node for node in RESIDENTS.items if node.id == name]
        shown = compile_test(parse(block.show_if))
        assert not shown(Context(now=NOON, answers={drawn: ""}))
        assert shown(Context(now=NOON, answers={drawn: "1"}))


def test_attitudes_change_places_while_situations_and_conduct_keep_theirs():
    (block,) = [node for node in RESIDENTS.items if node.id == "y_thuc"]
    free = [item.id for item in block.items if not item.fixed]
    assert block.rotate == "shuffle"
    assert free == ["td1", "td2", "td3", "td4", "td5", "td6"]


def test_other_keeps_its_place_when_options_are_shuffled():
    shuffled = [item for item in ITEMS.values() if item.rotate]
    assert {item.id for item in shuffled} == {"hoat_dong", "kenh_mong_muon", "can_tim_hieu"}
    for item in shuffled:
        (other,) = [one for one in RESIDENTS.options_of(item) if one.code == "khac"]
        assert other.fixed


def test_exposure_names_each_channel_and_none_excludes_the_others():
    options = {option.code: option for option in ITEMS["hoat_dong"].options}
    assert {code for code, option in options.items() if option.exclusive} == {"khong", "kb"}
    assert options["kb"].missing == "dont_know"
    assert {"loa", "hoi_nghi", "to_roi", "mang_xa_hoi", "quan_doi", "cuoc_thi"} <= set(options)


def test_an_amended_provision_is_a_new_key():
    noise = ITEMS["tt3"]
    assert right_answer(noise, date(2025, 12, 14)) == "a"
    assert right_answer(noise, date(2025, 12, 15)) == "b"
    assert [law.number for law in noise.law] == ["144/2021/NĐ-CP", "282/2025/NĐ-CP"]


def test_the_birth_registration_key_ends_with_the_civil_status_law_of_2014():
    (key,) = ITEMS["ct2"].key
    assert key.holds_on(date(2027, 2, 28))
    assert not key.holds_on(date(2027, 3, 1))


# Petty violations


def test_violations_are_asked_in_two_ways_that_protect_and_never_count_for_a_person():
    lists, devices = RESIDENTS.indirect
    assert isinstance(lists, ListExperiment)
    assert isinstance(devices, RandomizedResponse)
    asked = [ITEMS[name] for name in (lists.control, lists.treatment, devices.item)]
    assert not any(item.required or item.key or item.dimension for item in asked)
    assert {item.id for item in asked}.isdisjoint(item.id for item in scored(RESIDENTS))


def test_one_list_is_the_other_with_one_statement_more():
    lists, _ = RESIDENTS.indirect
    for language in ("vi", "en"):
        plain, longer = (
            re.findall(r"\(\d\) ([^;?]+)", ITEMS[name].label[language])
            for name in (lists.control, lists.treatment)
        )
        assert len(plain) == lists.statements
        assert longer[:-1] == plain


def test_the_chances_of_the_die_are_those_that_its_faces_give():
    _, device = RESIDENTS.indirect
    words = ITEMS[device.item].label["vi"]
    truly = re.search(r"Ra mặt ([\d, ]+): trả lời thật", words).group(1)
    assert 'Ra mặt 1: trả lời "Có"' in words
    assert device.p_truth == pytest.approx(float(Fraction(len(truly.split(",")), 6)), abs=1e-4)
    assert device.p_forced_yes == pytest.approx(float(Fraction(1, 6)), abs=1e-4)


def test_nobody_is_asked_about_violations_without_agreeing_to_it():
    lists, device = RESIDENTS.indirect
    for name in (lists.control, lists.treatment, device.item):
        shown = compile_test(parse(ITEMS[name].show_if))
        answers = {"nhom": "1" if name == lists.control else "2", "hinh_thuc": "phong_van_may"}
        assert shown(Context(now=NOON, answers=answers | {"dong_y_kho_noi": "co"}))
        assert not shown(Context(now=NOON, answers=answers | {"dong_y_kho_noi": "khong"}))


# Places before 1 July 2025


def test_a_commune_is_offered_only_with_its_own_district():
    offered = compile_test(parse(ITEMS["xa_cu"].choice_filter))
    ba_vi = [
        commune.code
        for commune in RESIDENTS.choice_lists["xa_cu"]
        if offered(Context(now=NOON, answers={"huyen_cu": "271"}, columns=commune.filters))
    ]
    assert len(ba_vi) == 29
    assert "09619" in ba_vi


def test_thirty_districts_hold_526_communes():
    districts = {option.code for option in RESIDENTS.choice_lists["huyen_cu"]}
    communes = RESIDENTS.choice_lists["xa_cu"]
    assert len(districts) == 30
    assert len({commune.code for commune in communes}) == len(communes) == 526
    assert {commune.filters["huyen_cu"] for commune in communes} == districts
    assert ITEMS["xa_cu"].choice_filter == "huyen_cu=${huyen_cu}"


def test_kinds_of_places_have_their_official_numbers():
    def kinds(name: str) -> Counter[str]:
        labels = (option.label["vi"] for option in RESIDENTS.choice_lists[name])
        pattern = re.compile("Phường|Xã|Thị trấn|Thị xã|Quận|Huyện")
        return Counter(pattern.match(label)[0] for label in labels)

    assert kinds("huyen_cu") == {"Quận": 12, "Huyện": 17, "Thị xã": 1}
    assert kinds("xa_cu") == {"Xã": 345, "Phường": 160, "Thị trấn": 21}


def test_names_differ_within_a_district():
    named = Counter(
        (option.filters["huyen_cu"], option.label["vi"])
        for option in RESIDENTS.choice_lists["xa_cu"]
    )
    assert max(named.values()) == 1


def test_codes_and_districts_are_those_of_the_statistics_office(shared: Path):
    with (shared / "domain/geo/hanoi_communes_2025_before_reform.csv").open(encoding="utf-8") as f:
        official = {row["commune_code"]: row["district_code"] for row in csv.DictReader(f)}
    shipped = {o.code: o.filters["huyen_cu"] for o in RESIDENTS.choice_lists["xa_cu"]}
    assert shipped == official
