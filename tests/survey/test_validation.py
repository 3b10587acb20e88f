"""Responses against the form: types, codes, skips, rules, rosters, and what may be unknown."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.load import load_instrument
from instruments.model import Instrument
from survey.form import prepare
from survey.readings import HANOI, Reading, Unfit, reader_for
from survey.validation import Checker

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=HANOI)
GOOD = {
    "today": "2026-09-01", "ca_nhan/gioi_tinh": "nu", "ca_nhan/nam_sinh": "1976",
    "ca_nhan/tuoi": "50", "kien_thuc/k1": "dung", "trai_nghiem/tranh_chap": "khong",
}  # fmt: skip


@pytest.fixture(scope="module")
def checker(tmp_path_factory, form_text):
    path = tmp_path_factory.mktemp("form") / "form.yaml"
    path.write_text(form_text, encoding="utf-8")
    return Checker.of(prepare(load_instrument(path)))


def faults(checker, **changes):
    response = {**GOOD, **{path.replace("__", "/"): value for path, value in changes.items()}}
    return [(one.path, one.rule, one.proposal) for one in checker.check(response, now=NOW).faults]


def test_a_response_that_holds_has_no_fault_and_canonical_answers(checker):
    checked = checker.check(GOOD | {"start": "2026-09-01T01:02:00.000Z"}, now=NOW)
    assert (checked.faults, checked.notes, checked.not_relevant) == ((), (), ())
    assert checked.answers == GOOD | {"start": "2026-09-01T08:02:00+07:00"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ca_nhan__nam_sinh": "196o"}, ("ca_nhan/nam_sinh", "type", "1960")),
        ({"ca_nhan__nam_sinh": "1 970"}, ("ca_nhan/nam_sinh", "type", "1970")),
        ({"ca_nhan__nam_sinh": "1899"}, ("ca_nhan/nam_sinh", "constraint", None)),
        ({"ca_nhan__nam_sinh": "2528"}, ("ca_nhan/nam_sinh", "constraint", "1985")),
        ({"ca_nhan__nam_sinh": ""}, ("ca_nhan/nam_sinh", "required_missing", None)),
        ({"kien_thuc__k1": "xx"}, ("kien_thuc/k1", "unknown_choice", None)),
        ({"kien_thuc__k1": "Không biết"}, ("kien_thuc/k1", "unknown_choice", "kb")),
        ({"kien_thuc__k1": "DUNG"}, ("kien_thuc/k1", "unknown_choice", "dung")),
        ({"kien_thuc__nguon": "tv bao"}, ("kien_thuc/nguon", "unknown_choice", None)),
        ({"kien_thuc__nguon": "tv khong"}, ("kien_thuc/nguon", "constraint", None)),
        ({"kien_thuc__nguon": "khac"}, ("kien_thuc/nguon_khac", "required_missing", None)),
    ],
)
def test_each_fault_names_its_place_its_rule_and_a_repair(checker, change, expected):
    assert faults(checker, **change) == [expected]


@pytest.mark.parametrize(
    ("day", "rule", "proposal"),
    [("2026-09-15", "constraint", None), ("2026-09-02", "constraint", "2026-02-09"),
     ("2569-08-31", "constraint", "2026-08-31"),
     ("1/8/2026", "type", "2026-08-01"), ("31/02/2026", "type", None),
     ("2026-13-08", "type", "2026-08-13"), ("hôm qua", "type", None)],
)  # fmt: skip
def test_dates_are_compared_with_the_day_of_the_interview(checker, day, rule, proposal):
    changes = {"trai_nghiem__tranh_chap": "co", "trai_nghiem__ngay": day}
    assert faults(checker, **changes) == [("trai_nghiem/ngay", rule, proposal)]


def test_faults_come_in_the_order_of_the_form(checker):
    found = faults(checker, trai_nghiem__tranh_chap="x", ca_nhan__gioi_tinh="", kien_thuc__k1="y")
    assert [path for path, _, _ in found] == [
        "ca_nhan/gioi_tinh", "kien_thuc/k1", "trai_nghiem/tranh_chap",
    ]  # fmt: skip


def test_a_skipped_answer_is_kept_set_aside_and_read_as_unanswered_further_down(checker):
    response = GOOD | {
        "ca_nhan/tuoi": "17",
        "trai_nghiem/tranh_chap": "co",
        "trai_nghiem/ngay": "x",
    }
    checked = checker.check(response, now=NOW)
    assert checked.faults == ()
    assert checked.not_relevant == ("trai_nghiem/tranh_chap", "trai_nghiem/ngay")
    assert [note.rule for note in checked.notes] == ["not_relevant", "not_relevant"]
    assert checked.answers["trai_nghiem/ngay"] == "x"


def test_a_required_question_that_is_skipped_may_be_empty(checker):
    assert faults(checker, ca_nhan__tuoi="17", trai_nghiem__tranh_chap="") == []


def test_a_calculation_that_the_source_carries_is_taken_as_given(checker):
    assert faults(checker, ca_nhan__tuoi="", trai_nghiem__tranh_chap="") == []


def test_a_calculation_that_the_source_lacks_is_computed_for_the_skips_only(form_file):
    form = prepare(load_instrument(form_file))
    checker = Checker.of(form, carried=form.places - {"ca_nhan/tuoi"})
    response = {path: value for path, value in GOOD.items() if path != "ca_nhan/tuoi"}
    assert checker.check(response, now=NOW).answers == response
    young = response | {"ca_nhan/nam_sinh": "2008", "trai_nghiem/tranh_chap": ""}
    assert checker.check(young, now=NOW).faults[0].rule == "required_missing"


def test_what_a_skip_reads_and_nobody_knows_makes_no_fault_and_hides_nothing(form_file):
    form = prepare(load_instrument(form_file))
    checker = Checker.of(form, carried=form.places - {"ca_nhan/tuoi", "ca_nhan/nam_sinh"})
    response = {"ca_nhan/gioi_tinh": "nu", "kien_thuc/k1": "dung"}
    assert checker.check(response, now=NOW).faults == ()
    checked = checker.check(response | {"trai_nghiem/tranh_chap": "co"}, now=NOW)
    assert checked.not_relevant == ()


def roster(*instances):
    return GOOD | {"trai_nghiem/tranh_chap": "co", "trai_nghiem/buoc": [
        {f"trai_nghiem/buoc/{name}": value for name, value in one.items()} for one in instances
    ]}  # fmt: skip


def test_rosters_are_checked_instance_by_instance(checker):
    checked = checker.check(
        roster({"viec": "toa_an", "chi_phi": "0.50"}, {"chi_phi": "-1"}), now=NOW
    )
    assert [(one.path, one.rule) for one in checked.faults] == [
        ("trai_nghiem/buoc[2]/viec", "required_missing"),
        ("trai_nghiem/buoc[2]/chi_phi", "constraint"),
    ]
    assert checked.answers["trai_nghiem/buoc"][0] == {
        "trai_nghiem/buoc/viec": "toa_an", "trai_nghiem/buoc/chi_phi": "0.5",
    }  # fmt: skip


def test_a_skipped_roster_is_set_aside_whole(checker):
    response = roster({"viec": "toa_an"}) | {"trai_nghiem/tranh_chap": "khong"}
    checked = checker.check(response, now=NOW)
    assert checked.not_relevant == ("trai_nghiem/buoc",)
    assert checked.faults == ()


PATHS = [*GOOD, "start", "end", "kien_thuc/nguon", "kien_thuc/nguon_khac", "thai_do/a1",
         "trai_nghiem/ngay", "khong_co"]  # fmt: skip


@given(st.dictionaries(st.sampled_from(PATHS), st.one_of(st.sampled_from(
    ["co", "khong", "kb", "tv khac", "17", "1976", "2026-08-01", "=1+1", "NaN", "9" * 400]),
    st.text(max_size=8))))  # fmt: skip
def test_checking_never_fails_and_what_is_canonical_stays_as_it_is(checker, response):
    checked = checker.check(GOOD | response, now=NOW)
    again = checker.check(checked.answers, now=NOW)
    assert again.answers == checked.answers
    assert [one.path for one in again.faults] == [one.path for one in checked.faults]


CHOICE_FILTER = """
kind: instrument
id: dia_ban
version: "1"
title: {vi: "Địa bàn"}
languages: [vi]
choice_lists:
  xa:
    - {code: x1, label: {vi: "Xã 1"}, filters: {huyen: h1}}
    - {code: x2, label: {vi: "Xã 2"}, filters: {huyen: h2}}
items:
  - {id: huyen, type: text, label: {vi: "Huyện"}}
  - {id: xa, type: single, choices: xa, choice_filter: "huyen = ${huyen}", label: {vi: "Xã"}}
  - id: nhieu
    type: multiple
    max_selected: 1
    label: {vi: "Nhiều"}
    options: [{code: a, label: {vi: A}}, {code: b, label: {vi: B}}]
  - {id: nghe, type: single, or_other: true, label: {vi: "Nghề"}, options: [{code: a, label: {vi: A}}]}
  - id: tuoi
    type: integer
    label: {vi: "Tuổi"}
    checks: [{rule: ". < 90", hard: false, message: {vi: "Trên 90?"}}]
"""


@pytest.fixture
def places(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_text(CHOICE_FILTER, encoding="utf-8")
    return Checker.of(prepare(load_instrument(path)))


def test_an_option_that_the_filter_hides_is_a_fault(places):
    (fault,) = places.check({"huyen": "h1", "xa": "x2"}, now=NOW).faults
    assert (fault.path, fault.rule) == ("xa", "choice_filter")
    assert places.check({"huyen": "h1", "xa": "x1"}, now=NOW).faults == ()


def test_an_exclusive_option_of_a_shared_list_goes_with_no_other():
    listed = {
        "none": [
            {"code": "a", "label": {"vi": "A"}},
            {"code": "n'o", "label": {"vi": "Không"}, "exclusive": True},
        ]
    }
    item = {"id": "q", "type": "multiple", "label": {"vi": "Q"}, "choices": "none"}
    form = Instrument.model_validate(
        {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"],
         "choice_lists": listed, "items": [item]}
    )  # fmt: skip
    checked = Checker.of(prepare(form)).check({"q": "a n'o"}, now=NOW)
    assert [(one.path, one.rule) for one in checked.faults] == [("q", "constraint")]
    assert Checker.of(prepare(form)).check({"q": "n'o"}, now=NOW).faults == ()


def test_more_options_than_allowed_are_a_fault(places):
    (fault,) = places.check({"nhieu": "b a"}, now=NOW).faults
    assert (fault.rule, fault.message.text()) == ("constraint", "At most 1 may be chosen.")


def test_other_brings_its_own_text(places):
    checked = places.check({"nghe": "other", "nghe_other": "Thợ rèn"}, now=NOW)
    assert (checked.faults, checked.not_relevant) == ((), ())
    assert places.check({"nghe": "a", "nghe_other": "x"}, now=NOW).not_relevant == ("nghe_other",)


def test_a_soft_check_makes_a_note_and_lets_the_answer_pass(places):
    checked = places.check({"tuoi": "95"}, now=NOW)
    assert checked.faults == ()
    assert [(one.rule, one.path, one.message.text("vi")) for one in checked.notes] == [
        ("soft_check", "tuoi", "Trên 90?")
    ]


@pytest.mark.parametrize(
    ("kind", "text", "canonical"),
    [
        ("integer", " 007 ", "7"), ("integer", "-0", "0"), ("integer", "1.0", None),
        ("integer", "9" * 5000, None), ("decimal", "12.50", "12.5"), ("decimal", "1e3", "1000"),
        ("decimal", "-.5", "-0.5"), ("decimal", "0,5", None), ("decimal", "NaN", None),
        ("decimal", "1e999", None), ("date", "2026-09-01T00:00:00", "2026-09-01"),
        ("date", "2026-02-30", None), ("datetime", "2026-09-01 08:02", "2026-09-01T08:02:00+07:00"),
        ("datetime", "2026-09-01T08:02:00.120+07:00", "2026-09-01T08:02:00.120+07:00"),
        ("start", "2026-09-01T23:30:00-05:00", "2026-09-02T11:30:00+07:00"),
        ("datetime", "0001-01-01T00:00:00+14:00", None), ("time", "08:30:00.000+07:00", "08:30:00"),
        ("time", "24:00", None), ("text", " \n ", ""), ("text", "Hoà ", "Hoà "),
        ("calculated", " 5 ", "5"),
    ],
)  # fmt: skip
def test_answers_become_canonical_or_do_not_fit(kind, text, canonical):
    reading = reader_for(kind, {})(text)
    assert (reading.text if isinstance(reading, Reading) else None) == canonical


def test_text_is_kept_in_composed_letters():
    decomposed = "Ho\u0300a Bi\u0300nh"
    assert reader_for("text", {})(decomposed).text == "Hòa Bình"


def test_codes_of_a_multiple_choice_come_in_the_order_of_the_form():
    read = reader_for("multiple", {"tv": 0, "loa": 1, "mxh": 2})
    assert read("mxh  tv tv").text == "tv mxh"


@given(st.sampled_from(["integer", "decimal", "date", "datetime", "time", "text", "calculated"]),
       st.one_of(st.text(max_size=30), st.from_regex(r"[-+0-9.eT:/ Z]{0,30}", fullmatch=True)))  # fmt: skip
def test_reading_is_total_and_reading_a_canonical_text_changes_nothing(kind, text):
    read = reader_for(kind, {})
    reading = read(text)
    if isinstance(reading, Unfit):
        assert reading.rule == "type"
    else:
        assert read(reading.text) == reading


def beyond(**fields):
    """A form of the field whose rules our language cannot compute."""
    items = [
        {"id": "a", "type": "text"},
        {"id": "q", "type": "text", **fields},
        {"id": "device", "type": "metadata", "settings": {"type": "deviceid"}},
        {"id": "z", "type": "text", "required": True, "show_if": "${device} = 'x'"},
    ]
    definition = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"],
                  "settings": {"origin": "xlsform"}, "items": items}  # fmt: skip
    return Checker.of(prepare(Instrument.model_validate(definition)))


@pytest.mark.parametrize(
    "settings",
    [
        {"relevant": "../a = 'x'"},
        {"relevant": "pulldata('t', 'a', 'b', ${a}) = 1", "constraint": "selected(., 1)"},
        {"required": "../a = 'x'"},
        {"calculation": "instance('l')/root/item[1]"},
    ],
)
def test_what_cannot_be_computed_here_rejects_no_answer(settings):
    checker = beyond(required=not settings.keys() & {"required", "calculation"}, settings=settings)
    for answers in ({"a": "x"}, {"a": "x", "q": "y"}, {"q": "y"}):
        checked = checker.check(answers, now=NOW)
        assert (checked.faults, checked.not_relevant, checked.answers) == ((), (), answers)


def test_a_block_whose_condition_cannot_be_computed_demands_nothing():
    block = {"id": "b", "settings": {"relevant": "../a"}, "items": [
        {"id": "q", "type": "text", "required": True},
        {"id": "r", "type": "integer", "checks": {"rule": ". > 3", "message": {"vi": "Trên 3."}}},
    ]}  # fmt: skip
    definition = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"],
                  "items": [block]}  # fmt: skip
    checker = Checker.of(prepare(Instrument.model_validate(definition)))
    assert checker.check({}, now=NOW).faults == ()
    assert [one.rule for one in checker.check({"b/r": "2"}, now=NOW).faults] == ["constraint"]


def test_the_order_of_a_ranking_is_kept():
    options = [{"code": code} for code in "abc"]
    definition = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"], "items": [
        {"id": "q", "type": "multiple", "options": options, "settings": {"type": "rank"}}]}  # fmt: skip
    checker = Checker.of(prepare(Instrument.model_validate(definition)))
    assert checker.check({"q": "c  a b"}, now=NOW).answers == {"q": "c a b"}
    assert [one.rule for one in checker.check({"q": "c x"}, now=NOW).faults] == ["unknown_choice"]


def test_a_code_with_a_space_is_one_code():
    options = [{"code": "rất tốt", "filters": {"g": "1"}}, {"code": "kém", "filters": {"g": "2"}}]
    definition = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"], "items": [
        {"id": "q", "type": "single", "options": options, "choice_filter": "g = 1"}]}  # fmt: skip
    checker = Checker.of(prepare(Instrument.model_validate(definition)))
    assert checker.check({"q": "rất tốt"}, now=NOW).faults == ()
    assert [one.rule for one in checker.check({"q": "kém"}, now=NOW).faults] == ["choice_filter"]
