"""One small definition for each thing that the language can say, and what it does.

Answers are checked as an import checks them, so that a feature is what it does in the field.
"""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.audience import for_respondent
from instruments.check.view import view
from instruments.expression.evaluate import Context, compile_expression
from instruments.expression.parse import parse
from instruments.expression.xpath import for_clients
from instruments.forms.xform.write import to_xform
from instruments.forms.xlsform import to_xlsform
from instruments.freeze import canonical_json
from instruments.load import load_definition, load_instrument
from instruments.model import Instrument, Item
from instruments.piping import fill, shown
from instruments.rotation import draw
from survey.form import prepare
from survey.validation import Checked, Checker

FOLDER = Path(__file__).parent / "features"
FILES = sorted(FOLDER.glob("*.yaml"))
INSTRUMENTS = [path for path in FILES if path.stem != "bank"]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def feature(name: str) -> Instrument:
    return load_instrument(FOLDER / f"{name}.yaml")


def check(name: str, **answers: str) -> Checked:
    """Check a response to the form of a feature; ``__`` stands for the slash of a path."""
    given = {path.replace("__", "/"): answer for path, answer in answers.items()}
    return Checker.of(prepare(feature(name))).check(given, now=NOW)


def faults(name: str, **answers: str) -> list[tuple[str, str, str]]:
    return [(one.path, one.rule, one.message.text("vi")) for one in check(name, **answers).faults]


def item(name: str, item_id: str) -> Item:
    return next(one.item for one in feature(name).placed() if one.item.id == item_id)


def test_every_feature_has_a_test_of_its_name() -> None:
    tests = [name.removeprefix("test_") for name in globals() if name.startswith("test_")]
    untested = [path.stem for path in FILES if not any(one.startswith(path.stem) for one in tests)]
    assert untested == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_feature_is_read_back_from_its_frozen_copy(path: Path, tmp_path: Path) -> None:
    definition = load_definition(path)
    copy = tmp_path / "frozen.json"
    copy.write_text(canonical_json(definition), encoding="utf-8")
    assert load_definition(copy) == definition


@pytest.mark.parametrize("path", INSTRUMENTS, ids=lambda path: path.stem)
def test_a_feature_is_read_back_from_its_workbook(path: Path, tmp_path: Path) -> None:
    instrument = load_instrument(path)
    copy = tmp_path / f"{path.stem}.xlsx"
    copy.write_bytes(to_xlsform(instrument))
    again = load_instrument(copy)
    assert again.model_copy(update={"settings": {}}) == instrument


def test_single_takes_one_code_of_its_options() -> None:
    assert check("single", k1="b").faults == ()
    assert [one[:2] for one in faults("single", k1="x")] == [("k1", "unknown_choice")]
    assert [one[:2] for one in faults("single")] == [("k1", "required_missing")]


def test_assessor_parts_are_stored_with_the_answers_and_kept_from_the_respondent() -> None:
    assert check("assessor", y_kien="co", cham__noi_dung="1").faults == ()
    ids = [placed.item.id for placed in for_respondent(feature("assessor")).placed()]
    assert ids == ["y_kien", "giam_khao"]


def test_multiple_keeps_to_its_limit_and_to_options_that_stand_alone() -> None:
    assert check("multiple", nguon="loa bao").faults == ()
    assert [one[:2] for one in faults("multiple", nguon="loa bao mang")] == [
        ("nguon", "constraint")
    ]
    assert [one[:2] for one in faults("multiple", nguon="loa khong")] == [("nguon", "constraint")]


def test_grid_rows_share_the_columns_of_the_block() -> None:
    rows = [item("grid", name) for name in ("td1", "td2", "td3")]
    assert {(row.type, row.choices) for row in rows} == {("single", "dong_y")}
    assert check("grid", thai_do__td1="3").faults == ()
    assert faults("grid", thai_do__td1="4") != []


def test_number_answers_are_whole_or_decimal_and_not_knowing_is_asked_apart() -> None:
    assert check("number", co_nho="co", nam_sinh="1968", quang_duong="1.5").faults == ()
    assert [one[:2] for one in faults("number", co_nho="co", nam_sinh="19,5")] == [
        ("nam_sinh", "type")
    ]
    assert check("number", co_nho="kb", nam_sinh="1968").not_relevant == ("nam_sinh",)


def test_date_answers_are_compared_as_days() -> None:
    assert check("date", ngay_hoi="2026-11-24", ngay_hop="2023-01-01").faults == ()
    assert faults("date", ngay_hop="2022-12-31") == [
        ("ngay_hop", "constraint", "Không trước năm 2023.")
    ]


def test_text_has_the_form_that_its_pattern_asks_for() -> None:
    assert check("text", ma_diem="D12").faults == ()
    assert faults("text", ma_diem="12D") == [("ma_diem", "constraint", "Một chữ và hai số.")]


def test_note_takes_no_answer() -> None:
    assert prepare(feature("note")).level.fields == ()


def test_vignette_shows_what_was_drawn_and_stays_with_its_questions() -> None:
    instrument, orders, levels = feature("vignette"), Counter[str](), Counter[str]()
    for seed in map(str, range(40)):
        drawn = draw(instrument, seed=seed)
        orders[" ".join(drawn.parts["tinh_huong"])] += 1
        level = shown(item("vignette", "muc"), drawn.assigned["muc"], instrument, language="vi")
        levels[fill(item("vignette", "bia").label["vi"], {"muc": level})] += 1
    assert set(orders) == {
        "bia bia_dung bia_phat phao phao_dung", "phao phao_dung bia bia_dung bia_phat"
    }  # fmt: skip
    assert set(levels) == {
        "Ông Hòa uống một cốc bia rồi lái xe về.", "Ông Hòa uống bốn cốc bia rồi lái xe về."
    }  # fmt: skip


def test_calculated_values_decide_what_is_asked() -> None:
    fields = Checker.of(prepare(feature("calculated")), carried=frozenset({"nam_sinh"}))
    assert fields.check({"nam_sinh": "1990"}, now=NOW).faults == ()
    label = item("calculated", "xac_nhan").label["vi"]
    assert fill(label, {"tuoi": "36"}) == "Ông/bà 36 tuổi."


def test_choice_list_serves_many_items_and_a_filter_offers_what_fits() -> None:
    assert check("choice_list", noi_o="q1", noi_lam="q2", xa_o="x1").faults == ()
    assert [one[:2] for one in faults("choice_list", noi_o="q1", xa_o="x2")] == [
        ("xa_o", "choice_filter")
    ]


def test_bank_holds_two_versions_of_one_item() -> None:
    bank = load_definition(FOLDER / "bank.yaml")
    assert bank.kind == "bank"
    assert [(one.id, one.version, one.key[0].credit) for one in bank.items] == [
        ("gt1", "1", {"s": 1}), ("gt1", "2", {"d": 1}), ("ct1", "1", {"d": 1}),
    ]  # fmt: skip


def test_use_from_bank_takes_wording_and_key_from_there_and_says_so() -> None:
    gt1, ct1 = item("use_from_bank", "gt1"), item("use_from_bank", "ct1")
    assert (gt1.bank, ct1.bank) == ("bank.yaml#gt1@2", "bank.yaml#ct1@1")
    assert gt1.label["vi"] == "Đã uống bia, dù ít, thì không được lái xe."
    assert (gt1.required, gt1.show_if, ct1.anchor) == (True, "${ct1} != 'kb'", True)
    assert [option.code for option in feature("use_from_bank").options_of(gt1)] == ["d", "s", "kb"]


def test_roster_asks_once_for_each_person() -> None:
    response = {"so_nguoi": "2", "nguoi": [{"nguoi/tuoi": "40"}, {"nguoi/tuoi": "x"}], "tong": "40"}
    checked = Checker.of(prepare(feature("roster"))).check(response, now=NOW)
    assert [(one.path, one.rule) for one in checked.faults] == [("nguoi[2]/tuoi", "type")]


def test_show_if_of_a_block_holds_for_all_inside() -> None:
    answers = {"chi_tiet__hoa_giai": "co", "chi_tiet__ket_qua": "Xong"}
    assert check("show_if", tranh_chap="co", **answers).not_relevant == ()
    assert check("show_if", tranh_chap="khong", **answers).not_relevant == (
        "chi_tiet/hoa_giai", "chi_tiet/ket_qua",
    )  # fmt: skip


def test_checks_that_are_soft_leave_a_note_and_hard_ones_a_fault() -> None:
    soft = check("checks", tuoi="97")
    assert soft.faults == ()
    assert [one.message.text("vi") for one in soft.notes] == ["Trên 95 tuổi, có đúng không?"]
    assert faults("checks", tuoi="17") == [("tuoi", "constraint", "Từ 18 đến 110.")]


def test_partial_credit_is_between_nothing_and_all() -> None:
    (key,) = item("partial_credit", "k1").key
    assert [key.credit.get(code, 0) for code in "abc"] == [1, 0.5, 0]


def test_amended_law_has_a_key_for_each_day() -> None:
    keys = item("amended_law", "ks").key
    days = (date(2027, 2, 28), date(2027, 3, 1))
    assert [[set(key.credit) for key in keys if key.holds_on(day)] for day in days] == [
        [{"a"}], [{"b"}],
    ]  # fmt: skip


def test_rotation_moves_all_but_what_is_fixed() -> None:
    instrument = feature("rotation")
    draws = [draw(instrument, seed=str(seed)) for seed in range(60)]
    orders = {one.parts["khoi"] for one in draws}
    assert {(order[0], order[-1]) for order in orders} == {("mo_dau", "ket_thuc")}
    assert len(orders) == 6
    assert {one.options["nguon"] for one in draws} == {
        ("loa", "bao", "mang", "khac", "kb"),
        ("bao", "mang", "loa", "khac", "kb"),
        ("mang", "loa", "bao", "khac", "kb"),
    }


def test_booklets_decide_which_blocks_are_asked_and_in_which_order() -> None:
    answers = {"chung__q0": "x", "a__qa": "x", "b__qb": "x", "c__qc": "x"}
    assert check("booklets", tap="3", **answers).not_relevant == ("b/qb",)
    assert check("booklets", tap="1", **answers).not_relevant == ("c/qc",)
    assert draw(feature("booklets"), seed="1", booklet="3").parts == {
        "": ("tap", "chung", "c", "a", "b")
    }
    conditions = {
        spot.part.id: spot.part.show_if for spot in view(feature("booklets"), where=str).spots
    }
    assert conditions["a"] == "${tap} = '1' or ${tap} = '3'"
    assert conditions["c"] == "(${q0} != '') and (${tap} = '2' or ${tap} = '3')"


def test_list_experiment_gives_each_group_its_list() -> None:
    groups = Counter(draw(feature("list_experiment"), seed=str(n)).assigned["nhom"]
                     for n in range(100))  # fmt: skip
    assert set(groups) == {"1", "2"}
    assert check("list_experiment", nhom="2", dem_a="1", dem_b="4").not_relevant == ("dem_a",)
    assert faults("list_experiment", nhom="1", dem_a="4") == [
        ("dem_a", "constraint", "Từ 0 đến 3.")
    ]


def test_randomized_response_declares_what_an_estimate_needs() -> None:
    (design,) = feature("randomized_response").indirect
    assert (design.method, design.p_truth, design.p_forced_yes) == ("forced", 0.6667, 0.1667)


def test_interviewer_and_mode_are_answers_and_instructions_are_for_the_interviewer() -> None:
    instrument = feature("interviewer")
    assert (instrument.mode, instrument.interviewer) == ("hinh_thuc", "ma_dtv")
    hoc_van = item("interviewer", "hoc_van")
    assert hoc_van.card
    assert hoc_van.instruction["vi"] == "Đưa thẻ 1. Không đọc phương án."


def test_consent_has_a_version_and_whoever_does_not_agree_is_not_taken() -> None:
    agreed = feature("consent").consent
    assert agreed is not None
    assert (agreed.version, agreed.agree) == ("2026-11", "co")
    assert faults("consent", dong_y="khong") == [
        ("dong_y", "constraint", "Xin cảm ơn và dừng lại.")
    ]


def test_missing_codes_are_told_apart() -> None:
    causes = {one.code: one.missing for one in item("missing_codes", "hv1").options if one.missing}
    assert causes == {"kad": "not_applicable", "kb": "dont_know", "tc": "refused"}


def test_languages_stand_side_by_side() -> None:
    label = item("languages", "chao").label
    said = [fill(text, {"ten": "An"}) for text in label.values()]
    assert said == ["Chào An.", "Hello An.", "Bonjour An."]


def test_rounding_is_written_for_clients_by_what_they_know() -> None:
    written = to_xform(feature("rounding"))
    assert "floor" not in written
    assert "ceiling" not in written


@given(st.floats(-1e6, 1e6) | st.integers(-5, 5).map(float))
def test_rounding_for_clients_gives_the_same_values(number: float) -> None:
    context = Context(now=NOW, answers={"a": number})
    for text in ("floor(${a})", "ceiling(${a})", "ceiling(floor(${a}) + 0.5) - floor(${a} div 2)"):
        whole, written = (
            compile_expression(parse(one))(context) for one in (text, for_clients(text))
        )
        assert whole == written
