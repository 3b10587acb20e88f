"""The shipped questionnaire: what a jurist and a test writer ask of it; every shipped text."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from unicodedata import is_normalized

import pytest

from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.load import load_instrument, load_plan
from instruments.model import Instrument, Item
from instruments.plan import Plan

LIBRARY = Path(__file__).parents[2] / "instruments" / "library" / "hanoi_1371"
FIELD = (date(2026, 9, 1), date(2026, 12, 31))

RESIDENTS = load_instrument(LIBRARY / "residents.yaml")
PLAN = load_plan(LIBRARY / "plan.yaml")
ITEMS = {placed.item.id: placed.item for placed in RESIDENTS.placed()}
KNOWLEDGE = [item for item in ITEMS.values() if item.dimension == "knowledge"]
DISPOSITION = [item for item in ITEMS.values() if item.dimension == "disposition"]

knowledge_items = pytest.mark.parametrize("item", KNOWLEDGE, ids=lambda item: item.id)
scored_items = pytest.mark.parametrize("item", KNOWLEDGE + DISPOSITION, ids=lambda item: item.id)
definitions = pytest.mark.parametrize("definition", [RESIDENTS, PLAN], ids=lambda model: model.id)


def substantive(item: Item) -> list[str]:
    return [option.code for option in RESIDENTS.options_of(item) if option.missing is None]


def right_answer(item: Item, day: date = FIELD[0]) -> str:
    (key,) = [key for key in item.key if key.holds_on(day)]
    (code,) = [code for code, credit in key.credit.items() if credit == 1]
    return code


def label_of(item: Item, code: str) -> str:
    return next(option.label["vi"] for option in item.options if option.code == code)


# Every text


def texts(value: object) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if value and set(value) <= {"vi", "en"}:
            yield value
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from strings((name, part))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


@definitions
def test_every_text_stands_in_vietnamese_and_english(definition: Instrument | Plan):
    found = list(texts(definition.model_dump()))
    assert len(found) > 50
    assert [text for text in found if not (text.get("vi", "").strip() and text.get("en"))] == []


@definitions
def test_every_string_is_in_normal_form_c(definition: Instrument | Plan):
    dump = definition.model_dump()
    assert [text for text in strings(dump) if not is_normalized("NFC", text)] == []


@definitions
def test_no_text_has_stray_blanks(definition: Instrument | Plan):
    dump = definition.model_dump()
    assert [text for text in strings(dump) if text != " ".join(text.split())] == []


def test_every_item_but_the_metadata_has_a_label_and_every_option_has_one():
    silent = {"start", "end", "today", "tap", "nhom"}
    assert {item.id for item in ITEMS.values() if not item.label} == silent
    assert all(option.label for item in ITEMS.values() for option in RESIDENTS.options_of(item))


# The questionnaire


def test_the_blocks_stand_in_the_order_of_the_interview():
    assert [node.id for node in RESIDENTS.items] == [
        "start", "end", "today", "tap", "nhom", "dong_thuan", "dia_ban", "ca_nhan", "kien_thuc",
        "y_thuc", "tiep_can", "cau_thu", "viec_kho_noi", "ket_thuc",
    ]  # fmt: skip


def test_people_are_told_what_is_asked_before_they_consent_and_are_thanked_last():
    order = list(ITEMS)
    assert order[5:7] == ["loi_moi_v1", "dong_y"]
    assert order[-1] == "loi_cam_on"


def test_the_paths_that_studies_name_are_there():
    paths = {placed.path for placed in RESIDENTS.placed()}
    assert paths >= {
        "dia_ban/ma_diem", "dia_ban/huyen_cu", "dia_ban/xa_cu", "ca_nhan/gioi_tinh",
        "ca_nhan/nam_sinh", "ca_nhan/hoc_van", "ca_nhan/can_bo", "tiep_can/hoat_dong", "today",
    }  # fmt: skip
    assert RESIDENTS.interview_date == "today"
    assert substantive(ITEMS["gioi_tinh"]) == ["nam", "nu"]
    assert substantive(ITEMS["can_bo"]) == ["co", "khong"]


def passes(item: str, answer: str | float) -> bool:
    (check,) = ITEMS[item].checks
    noon = datetime(2026, 10, 1, 12, tzinfo=UTC)
    return compile_test(parse(check.rule))(Context(now=noon, answers={}, current=answer))


def test_only_adults_can_be_entered():
    youngest = FIELD[0].year - 18
    assert passes("nam_sinh", youngest)
    assert not passes("nam_sinh", youngest + 1)
    assert passes("nam_sinh", youngest - 92)
    assert not passes("nam_sinh", youngest - 93)
    assert f"từ {youngest - 92} đến {youngest}" in ITEMS["nam_sinh"].checks[0].message["vi"]


def test_without_consent_the_form_cannot_be_sent():
    assert passes("dong_y", "co")
    assert not passes("dong_y", "khong")
    assert ITEMS["dong_y"].required
    assert ITEMS["dong_y"].checks[0].hard


def test_a_commune_is_offered_only_with_its_own_district():
    offered = compile_test(parse(ITEMS["xa_cu"].choice_filter))
    noon = datetime(2026, 10, 1, 12, tzinfo=UTC)
    ba_vi = [
        commune.code
        for commune in RESIDENTS.choice_lists["xa_cu"]
        if offered(Context(now=noon, answers={"huyen_cu": "271"}, columns=commune.filters))
    ]
    assert len(ba_vi) == 29
    assert "09619" in ba_vi


def test_each_dimension_has_the_items_of_its_blueprint():
    for dimension in RESIDENTS.dimensions:
        items = [item for item in ITEMS.values() if item.dimension == dimension.id]
        assert Counter(item.topic for item in items) == dimension.blueprint, dimension.id


def test_the_blueprint_is_the_one_agreed_for_residents():
    blueprint = {dimension.id: dimension.blueprint for dimension in RESIDENTS.dimensions}
    assert blueprint["knowledge"] == {
        "giao_thong": 3, "cu_tru": 3, "dat_dai": 3, "gia_dinh": 3, "trat_tu": 3,
        "khong_gian_mang": 3, "chay_no": 2, "quan_su": 2, "khieu_nai": 2,
    }  # fmt: skip
    assert sum(blueprint["disposition"].values()) >= 8
    topics = {topic.id for topic in RESIDENTS.topics}
    assert topics == set(blueprint["knowledge"]) | set(blueprint["disposition"])


@scored_items
def test_credit_is_given_to_answers_and_never_to_missing_ones(item: Item):
    for key in item.key:
        assert set(key.credit) <= set(substantive(item))
        assert max(key.credit.values()) == 1


@scored_items
def test_nobody_is_forced_to_guess(item: Item):
    missing = Counter(option.missing for option in RESIDENTS.options_of(item))
    assert item.required
    assert item.type == "single"
    assert missing["dont_know"] == 1
    assert missing["refused"] == (item.dimension == "disposition")


# Knowledge


@knowledge_items
def test_a_knowledge_item_offers_four_answers_of_which_one_is_right(item: Item):
    assert substantive(item) == ["a", "b", "c", "d"]
    assert right_answer(item, FIELD[0]) == right_answer(item, FIELD[1])
    assert len({option.label["vi"] for option in item.options}) == len(item.options)


@knowledge_items
def test_the_provision_behind_a_key_is_in_force_all_through_the_field_period(item: Item):
    begins, ends = FIELD
    in_force = [law for law in item.law if law.valid_from <= begins]
    assert any(law.valid_to is None or law.valid_to >= ends for law in in_force)


def test_a_key_ends_on_the_last_day_of_its_law():
    ending = {item.id: law.valid_to for item in KNOWLEDGE for law in item.law if law.valid_to}
    assert set(ending) == {"ct2", "tt3"}
    for item, last in ending.items():
        assert last in {key.valid_to for key in ITEMS[item].key}


@knowledge_items
def test_no_key_passes_for_reviewed_before_a_lawyer_has_seen_it(item: Item):
    assert item.reviewed is False
    assert "luật gia xác nhận" in (item.source or "")
    assert all(law.number and law.article for law in item.law)


def test_the_place_of_the_right_answer_cannot_be_guessed():
    places = [right_answer(item) for item in KNOWLEDGE]
    assert Counter(places) == {"a": 6, "b": 6, "c": 6, "d": 6}
    assert all(len(set(run)) > 1 for run in zip(places, places[1:], places[2:], strict=False))


def test_the_right_answer_is_seldom_the_longest():
    longest = []
    for item in KNOWLEDGE:
        lengths = sorted((len(label_of(item, code)), code) for code in substantive(item))
        if lengths[-1][1] == right_answer(item) and lengths[-1][0] > lengths[-2][0]:
            longest.append(item.id)
    assert len(longest) <= len(KNOWLEDGE) / 4


def test_the_right_answer_is_never_the_only_one_that_says_no():
    for item in KNOWLEDGE:
        refusing = [c for c in substantive(item) if label_of(item, c).startswith("Không")]
        assert refusing != [right_answer(item)], item.id


def test_an_amended_provision_is_a_new_key():
    noise = ITEMS["tt3"]
    assert right_answer(noise, date(2025, 12, 14)) == "a"
    assert right_answer(noise, date(2025, 12, 15)) == "b"
    assert [law.number for law in noise.law] == ["144/2021/NĐ-CP", "282/2025/NĐ-CP"]


def test_the_birth_registration_key_ends_with_the_civil_status_law_of_2014():
    (key,) = ITEMS["ct2"].key
    assert key.holds_on(date(2027, 2, 28))
    assert not key.holds_on(date(2027, 3, 1))


# Disposition


def slope(item: Item) -> int:
    """1 where the first listed answer earns least, -1 where it earns most."""
    credit = item.key[0].credit
    ordered = [credit[code] for code in substantive(item)]
    steps = [after - before for before, after in pairwise(ordered)]
    assert all(step >= 0 for step in steps) or all(step <= 0 for step in steps), item.id
    return 1 if ordered[-1] > ordered[0] else -1


@pytest.mark.parametrize(("topic", "each"), [("thai_do", 3), ("hanh_vi", 2)])
def test_items_run_in_both_directions_equally_often(topic: str, each: int):
    items = [item for item in DISPOSITION if item.topic == topic]
    assert Counter(slope(item) for item in items) == {1: each, -1: each}
    assert len({item.choices for item in items}) == 1


def test_situations_put_the_lawful_answer_in_different_places():
    items = [item for item in DISPOSITION if item.topic == "tinh_huong"]
    assert len({right_answer(item) for item in items}) == len(items) == 3


def test_reported_behaviour_can_be_not_applicable():
    for item in DISPOSITION:
        if item.topic == "hanh_vi":
            kinds = {option.missing for option in RESIDENTS.options_of(item)}
            assert "not_applicable" in kinds


def test_exposure_names_each_channel_and_none_excludes_the_others():
    options = {option.code: option for option in ITEMS["hoat_dong"].options}
    assert {code for code, option in options.items() if option.exclusive} == {"khong", "kb"}
    assert options["kb"].missing == "dont_know"
    assert {"loa", "hoi_nghi", "to_roi", "mang_xa_hoi", "quan_doi", "cuoc_thi"} <= set(options)


# Places before 1 July 2025


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
