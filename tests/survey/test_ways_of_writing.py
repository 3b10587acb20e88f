"""How R, spreadsheets, databases and people write the same answers: read as meant, or with a cure."""

import csv

import pytest

from survey.errors import ImportRejected
from survey.founding import new_study
from survey.imports import import_files
from survey.store import Store

FORM = """
kind: instrument
id: f
version: v1
title: {vi: "Phiếu"}
languages: [vi]
items:
  - id: a
    label: {vi: "A. Hộ"}
    items:
      - {id: biet, type: single, label: {vi: "Có biết không?"},
         options: [{code: "1", label: {vi: Có}}, {code: "0", label: {vi: Không}}]}
      - {id: muc, type: single, label: {vi: "Mức độ"},
         options: [{code: "1", label: {vi: Thấp}}, {code: "2", label: {vi: Cao}},
                   {code: "-9", label: {vi: "Từ chối"}}]}
      - {id: kenh, type: multiple, label: {vi: "Kênh nào?"},
         options: [{code: tv, label: {vi: Tivi}}, {code: khac, label: {vi: Khác}}]}
      - {id: kenh_khac, type: text, label: {vi: "Kênh khác"}}
  - {id: tien, type: integer, label: {vi: "Thu nhập"}, checks: [{rule: ". <= 100000000"}]}
  - {id: nha, type: decimal, label: {vi: "Diện tích (m²)"}}
  - {id: ngay, type: date, label: {vi: "Ngày"}, checks: [{rule: ". <= '2026-12-31'"}]}
  - {id: gio, type: time, label: {vi: "Giờ"}}
  - {id: y, type: text, label: {vi: "Ý kiến"}}
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_text(FORM, encoding="utf-8")
    return new_study(tmp_path / "study", instruments=[str(path)])


@pytest.fixture
def read(study, tmp_path, now):
    """Store columns of cells; the report, and each record's answers in order."""

    def run(columns, *, ids=True):
        rows = max(map(len, columns.values()))
        own = {"_uuid": [f"u{at}" for at in range(rows)]} if ids else {}
        path = tmp_path / "f.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            lines = csv.writer(stream)
            lines.writerow([*own, *columns])
            lines.writerows(zip(*own.values(), *columns.values(), strict=True))
        (report,) = import_files(study, [path], now=now)
        with Store.open(study.store_path) as store:
            kept = [(one.key, one.answers) for one in store.accepted()]
        return report, [answers for _, answers in sorted(kept, key=lambda one: (len(one[0]), one))]

    return run


@pytest.mark.parametrize(
    ("path", "written", "kept"),
    [
        ("a/biet", ["TRUE", "False"], ["1", "0"]),
        ("a/muc", ["-9.0", "2.0", "1"], ["-9", "2", "1"]),
        ("tien", ["5.500.000", "750.000", "12.000.000", "0"], ["5500000", "750000", "12000000", "0"]),
        ("tien", ["5,500,000", "750,000", "1,000"], ["5500000", "750000", "1000"]),
        ("tien", ["5 500 000", "750 000", "1 000"], ["5500000", "750000", "1000"]),
        ("nha", ["1.234.567", "1.000", "2.000"], ["1234567", "1000", "2000"]),
        ("nha", ["45.500", "2.000"], ["45.5", "2"]),
        ("ngay", ["ngày 5 tháng 9 năm 2026", "12 tháng 10, 2026"], ["2026-09-05", "2026-10-12"]),
        ("ngay", ["18-SEP-2026", "05oct2026"], ["2026-09-18", "2026-10-05"]),
        ("ngay", ["Sep 5, 2026", "18 September 2026 08:09"], ["2026-09-05", "2026-09-18"]),
        ("gio", ["9h05", "18g30", "7 giờ 15"], ["09:05:00", "18:30:00", "07:15:00"]),
    ],
)  # fmt: skip
def test_what_can_be_meant_in_one_way_is_read_so(read, path, written, kept):
    report, answers = read({path: written})
    assert report.faults == ()
    assert [one[path] for one in answers] == kept


@pytest.mark.parametrize(
    ("path", "written", "proposed"),
    [
        ("tien", ["750.000"], ["750000"]),
        ("tien", ["12.000.000", "5500000", "3000000", "1.500.000"], ["12000000", "1500000"]),
        ("tien", ["5.50E+06"], [None]),
        ("ngay", ["31/10/26", "13/09/99"], ["2026-10-31", "1999-09-13"]),
        ("ngay", ["13/09/2026", "09/25/2026"], ["2026-09-25"]),
    ],
)
def test_what_can_be_meant_in_two_ways_waits_for_a_person_with_a_proposal(
    read, path, written, proposed
):
    report, _ = read({path: written})
    assert [one.fault.proposal for one in report.faults] == proposed
    assert {one.fault.rule for one in report.faults} == {"type"}


@pytest.mark.parametrize("word", ["NA", "n/a", "#N/A", "NULL", "NaN", "<NA>", "None", "-"])
def test_a_word_for_no_answer_is_none_in_the_whole_file_and_the_report_says_so(read, word):
    report, answers = read({"a/muc": ["1", word], "tien": [word, "5"], "y": ["được", word]})
    assert answers == [{"a/muc": "1", "y": "được"}, {"tien": "5"}]
    assert [one.note.message.text() for one in report.notes] == [
        f"Cells that are '{word}' are read as no answer."
    ]


def test_a_word_that_only_texts_have_is_a_text(read):
    report, answers = read({"a/muc": ["1", "2"], "y": ["-", "NA"]})
    assert [one["y"] for one in answers] == ["-", "NA"]
    assert report.notes == ()


@pytest.mark.parametrize(
    ("heading", "numbers"), [("", "012"), ("", "123"), ("Unnamed: 0", "012"), ("...1", "123")]
)
def test_line_numbers_that_programs_put_in_front_are_passed_over(read, heading, numbers):
    report, _ = read({heading: list(numbers), "a/muc": ["1", "2", "1"]})
    assert report.accepted == 3


def test_a_column_without_name_that_counts_nothing_is_settled_by_a_person(read):
    with pytest.raises(ImportRejected, match="Column '#2' belongs to no question"):
        read({"": ["1", "7", "2"], "a/muc": ["1", "2", "1"]})


@pytest.mark.parametrize("sign", ["/", ".", ":", "-", "__", " - ", " / ", "|"])
def test_whatever_divides_groups_questions_and_options_an_option_is_no_other_question(read, sign):
    columns = {f"a{sign}kenh{sign}tv": ["1", "0"], f"a{sign}kenh{sign}khac": ["0", "1"],
               f"a{sign}kenh_khac": ["", "loa"]}  # fmt: skip
    _, answers = read(columns)
    assert answers == [{"a/kenh": "tv"}, {"a/kenh": "khac", "a/kenh_khac": "loa"}]


def test_a_raised_two_is_a_two(read):
    _, answers = read({"Diện tích (m2)": ["45.5"]})
    assert answers == [{"nha": "45.5"}]


OWN = """
  - {id: vung, type: single, label: {vi: "Vùng"},
     options: [{code: Sind, label: {vi: Sind}}, {code: Punjab, label: {vi: Punjab}},
               {code: KP, label: {vi: "Khyber P."}}, {code: kinh, label: {vi: Kinh}}]}
"""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (["Sind", "Punjab", "Sind", "Khyber P."], ["Sind", "Punjab", "Sind", "KP"]),
        (["Sind", "Kinh", "Khyber P."], ["Sind", "kinh", "KP"]),
        (["Sind", "kinh", "KP"], ["Sind", "kinh", "KP"]),
        (["Sind", "Punjab"], ["Sind", "Punjab"]),
    ],
)
def test_codes_that_are_their_own_labels_do_not_make_a_column_one_of_codes(
    tmp_path, now, written, kept
):
    form, path = tmp_path / "o.yaml", tmp_path / "o.csv"
    form.write_text(FORM + OWN, encoding="utf-8")
    study = new_study(tmp_path / "own", instruments=[str(form)])
    path.write_text("_uuid,vung\n" + "".join(f"u{at},{cell}\n" for at, cell in enumerate(written)),
                    encoding="utf-8")  # fmt: skip
    (report,) = import_files(study, [path], now=now)
    assert report.faults == ()
    with Store.open(study.store_path) as store:
        assert [one.answers["vung"] for one in store.accepted()] == kept


def test_a_label_among_codes_is_still_a_fault_with_the_code_as_its_cure(tmp_path, now):
    form, path = tmp_path / "o.yaml", tmp_path / "o.csv"
    form.write_text(FORM + OWN, encoding="utf-8")
    study = new_study(tmp_path / "own", instruments=[str(form)])
    path.write_text("_uuid,vung\nu1,kinh\nu2,kinh\nu3,Khyber P.\n", encoding="utf-8")
    (report,) = import_files(study, [path], now=now)
    assert [(one.row, one.fault.rule, one.fault.proposal) for one in report.faults] == [
        (3, "unknown_choice", "KP")
    ]


def test_a_cyrillic_letter_in_a_code_has_the_latin_one_as_its_cure(read):
    report, _ = read({"a/kenh": ["tv", "khаc"]})
    assert [one.fault.proposal for one in report.faults] == ["khac"]
