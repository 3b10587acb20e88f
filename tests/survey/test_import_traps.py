"""What real files do to answers: each trap read as meant, or set aside with a cure."""

import csv

import pytest

from survey.errors import ImportRejected
from survey.export import export
from survey.founding import new_study
from survey.imports import Reading, check_files, import_files
from survey.store import Store

FIRST = """
kind: instrument
id: f
version: v1
title: {vi: "Phiếu", en: "Form"}
languages: [vi, en]
items:
  - id: dia_ban
    label: {vi: "Địa bàn", en: "Place"}
    items:
      - id: phuong
        type: single
        required: true
        label: {vi: "Phường nơi ở", en: "Ward"}
        options:
          - {code: "01", label: {vi: "Phường Cửa Nam", en: "Cua Nam"}}
          - {code: "02", label: {vi: "Phường Hoàn Kiếm", en: "Hoan Kiem"}}
  - {id: k1, type: single, label: {vi: "Luật nào?", en: "Which law?"},
     options: [{code: a, label: {vi: "Luật cũ", en: "Old"}}, {code: b, label: {vi: "Khác", en: "Other"}}]}
  - {id: k1_khac, type: text, label: {vi: "Ý kiến khác", en: "Other opinion"}}
  - id: k2
    type: multiple
    label: {vi: "Nguồn nào?", en: "Which sources?"}
    options:
      - {code: tv, label: {vi: "Truyền hình", en: "TV"}}
      - {code: ls, label: {vi: "Luật sư, trợ giúp viên", en: "Lawyer"}}
      - {code: khac, label: {vi: "Khác", en: "Other"}}
  - {id: k2_khac, type: text, label: {vi: "Ý kiến khác", en: "Other opinion"}}
  - {id: sinh, type: integer, label: {vi: "Năm sinh", en: "Born"}, checks: [{rule: ". <= 2010"}]}
  - {id: tien, type: integer, label: {vi: "Chi phí", en: "Cost"}}
  - {id: ty_le, type: decimal, label: {vi: "Tỷ lệ", en: "Share"}}
  - {id: ngay, type: date, label: {vi: "Ngày hỏi", en: "Day"}, checks: [{rule: ". <= '2026-12-31'"}]}
"""
SECOND = (
    FIRST.replace("version: v1", "version: v2")
    .replace("Luật nào?", "Luật nào đang có hiệu lực?")
    .replace("{code: a, label: {vi: \"Luật cũ\", en: \"Old\"}}",
             "{code: c, label: {vi: \"Luật mới\", en: \"New\"}}")
    .replace("  - {id: sinh,", "  - {id: nghe, type: text, label: {vi: \"Nghề\", en: \"Job\"}}\n  - {id: sinh,")
)  # fmt: skip


@pytest.fixture
def made(tmp_path):
    paths = [tmp_path / "v1.yaml", tmp_path / "v2.yaml"]
    for path, text in zip(paths, (FIRST, SECOND), strict=True):
        path.write_text(text, encoding="utf-8")
    return new_study(tmp_path / "made", instruments=[str(path) for path in paths])


@pytest.fixture
def file(tmp_path):
    def write(lines, name="f.csv", encoding="utf-8", delimiter=","):
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows(lines)
        return path

    return write


@pytest.fixture
def stored(made, tmp_path, now):
    """Import a file; its report, and the stored rows by id."""

    def run(path, **reading):
        (report,) = import_files(made, [path], now=now, reading=Reading(**reading))
        out = export(made, tmp_path / "out.csv")[0]
        with out.open(encoding="utf-8", newline="") as stream:
            return report, {row["_uuid"]: row for row in csv.DictReader(stream)}

    return run


def test_a_renamed_question_has_a_column_of_each_version_if_no_version_fills_both(file, stored):
    heading = ["phuong", "Luật nào?", "Luật nào đang có hiệu lực?", "Nghề", "_uuid", "_version"]
    rows = [["01", "Luật cũ", "", "", "u1", "v1"], ["01", "", "Luật mới", "giáo viên", "u2", "v2"]]
    path = file([heading, *rows, ["01", "Luật cũ", "Luật mới", "", "u3", "v2"]])
    with pytest.raises(ImportRejected, match="all belong to 'k1'"):
        stored(path)
    _, found = stored(file([heading, *rows]))
    assert [found[key]["k1"] for key in ("u1", "u2")] == ["a", "c"]


def test_each_row_is_read_by_the_version_that_it_names(file, stored):
    path = file([
        ["phuong", "k1", "Nghề", "_uuid", "_version"],
        ["01", "Luật cũ", "", "u1", "v1"],
        ["01", "Luật mới", "giáo viên", "u2", "v2"],
        ["01", "Luật mới", "", "u3", "v1"],
    ])  # fmt: skip
    report, rows = stored(path)
    assert (rows["u1"]["k1"], rows["u2"]["k1"], rows["u2"]["nghe"]) == ("a", "c", "giáo viên")
    assert [(one.row, one.fault.rule, one.fault.value) for one in report.faults] == [
        (3, "unknown_choice", "Luật mới")
    ]


ALIKE = ["Phường nơi ở", "Luật nào?", "Ý kiến khác", "Nguồn nào?", "Ý kiến khác", "_uuid"]
ANSWERED = [
    "Phường Cửa Nam",
    "Khác",
    "luật biển",
    "Truyền hình, Luật sư, trợ giúp viên",
    "báo",
    "u1",
]
KOBO = {"_submission_time": "2026-09-01T08:00:00", "_index": "1"}


@pytest.mark.parametrize("own", [{}, KOBO], ids=["by hand", "KoboToolbox"])
def test_two_questions_of_one_label_are_settled_by_a_person_where_only_order_tells(
    made, file, stored, own
):
    path = file([[*ALIKE, *own], [*ANSWERED, *own.values()]])
    with pytest.raises(ImportRejected) as refused:
        stored(path)
    assert [one.text() for one in refused.value.problems[1:]] == [
        "f.csv: Column 'Ý kiến khác#1' may be any of: k1_khac, k2_khac. It stands behind column "
        "'Luật nào?'.",
        "f.csv: Column 'Ý kiến khác#2' may be any of: k1_khac, k2_khac. It stands behind column "
        "'Nguồn nào?'.",
    ]
    assert not (made.folder / "store.db").exists()
    _, rows = stored(path, mapping={"Ý kiến khác#1": "k1_khac", "Ý kiến khác#2": "k2_khac"})
    assert (rows["u1"]["k1_khac"], rows["u1"]["k2_khac"]) == ("luật biển", "báo")


def test_a_column_without_version_fits_the_version_with_most_of_its_columns(file, stored):
    old = file([["phuong", "k1", "_uuid"], ["01", "Luật cũ", "u1"]])
    new = file([["phuong", "Luật nào đang có hiệu lực?", "Nghề", "_uuid"],
                ["01", "Luật mới", "nông dân", "u2"]], name="g.csv")  # fmt: skip
    assert stored(new)[1]["u2"]["_version"] == "v2"
    report, _ = stored(old)
    assert [one.fault.value for one in report.faults] == ["Luật cũ"]


def test_zeros_that_excel_took_come_back_in_codes(file, stored):
    _, rows = stored(file([["phuong", "_uuid"], ["1", "u1"], ["02", "u2"], ["2.0", "u3"]]))
    assert [rows[key]["dia_ban/phuong"] for key in ("u1", "u2", "u3")] == ["01", "02", "02"]


def test_look_alike_letters_and_hard_spaces_match_the_form_and_stay_in_free_text(file, stored):
    path = file([["Phƣờng\xa0nơi\xa0ở", "Ý kiến khác", "k2_khac", "_uuid"],
                 ["Phƣờng\xa0Cửa\xa0Nam", "Tổ\xa05, phƣờng", "x", "u1"]])  # fmt: skip
    _, rows = stored(path)
    assert rows["u1"]["dia_ban/phuong"] == "01"
    assert rows["u1"]["k1_khac"] == "Tổ\xa05, phƣờng"


@pytest.mark.parametrize(
    ("column", "cell", "rule", "hint"),
    [("sinh", "2528", "constraint", "1985"), ("tien", "12.000.000", "type", "12000000"),
     ("phuong", "Phường Cửa Nam", "unknown_choice", "01"), ("ngay", "2026-13-05", "type", "2026-05-13"),
     ("ngay", "05/06/2569", "constraint", "2026-06-05"), ("phuong", "O1", "unknown_choice", "01"),
     ("ngay", "31/02/2026", "type", None), ("tien", "hai triệu", "type", None)],
)  # fmt: skip
def test_what_cannot_be_meant_is_set_aside_with_its_cure(file, stored, column, cell, rule, hint):
    others = [["01", "1", "1990", "2026-05-20"]] * 3
    at = ["phuong", "tien", "sinh", "ngay"].index(column)
    bad = [cell if place == at else text for place, text in enumerate(others[0])]
    lines = [[*one, f"u{number}"] for number, one in enumerate([*others, bad])]
    report, _ = stored(file([["phuong", "tien", "sinh", "ngay", "_uuid"], *lines]))
    (fault,) = report.faults
    assert (fault.row, fault.column, fault.fault.value) == (4, column, cell)
    assert (fault.fault.rule, fault.fault.proposal) == (rule, hint)


def test_decimal_commas_hold_for_the_column_that_has_no_points(file, stored):
    _, rows = stored(file([["phuong", "ty_le", "_uuid"], ["01", "0,5", "u1"], ["01", "1,250", "u2"],
                           ["01", "12", "u3"]], delimiter=";"))  # fmt: skip
    assert [rows[key]["ty_le"] for key in ("u1", "u2", "u3")] == ["0.5", "1.25", "12"]
    report, _ = stored(file([["phuong", "ty_le", "_uuid"], ["01", "0.5", "u4"],
                             ["01", "0,75", "u5"]], name="g.csv", delimiter=";"))  # fmt: skip
    assert [(one.fault.value, one.fault.proposal) for one in report.faults] == [("0,75", "0.75")]


@pytest.mark.parametrize(
    ("cells", "days"),
    [(["1/9/2026", "13/9/2026"], ["2026-09-01", "2026-09-13"]),
     (["9/1/2026", "9/13/2026"], ["2026-09-01", "2026-09-13"]),
     (["01-09-2026", "1.9.2026"], ["2026-09-01", "2026-09-01"]),
     (["46266", "46278"], ["2026-09-01", "2026-09-13"]),
     (["1/9/2026 8:05", "2026/09/13 8:09:07 CH GMT+7"], ["2026-09-01", "2026-09-13"])],
)  # fmt: skip
def test_dates_are_read_as_their_column_writes_them(file, stored, cells, days):
    path = file([["phuong", "ngay", "_uuid"],
                 *(["01", cell, f"u{at}"] for at, cell in enumerate(cells))])  # fmt: skip
    _, rows = stored(path)
    assert [rows[f"u{at}"]["ngay"] for at in range(len(cells))] == days


def test_a_wrong_form_and_double_headings_are_refused_and_leave_nothing(made, file, now):
    for lines in ([["a", "b"], ["1", "2"]], [["phuong", "phuong"], ["01", "02"]]):
        with pytest.raises(ImportRejected):
            import_files(made, [file(lines)], now=now)
        assert not (made.folder / "inbox").exists()


def test_kind_and_encoding_may_be_told(made, tmp_path, now):
    path = tmp_path / "f.csv"
    path.write_bytes("phuong,k1_khac\n01,Xã Sóc Sơn\n".encode("cp1258", "ignore"))
    with pytest.raises(ImportRejected, match="cannot be read as 'odkk'"):
        check_files(made, [path], now=now, reading=Reading(kind="odkk"))
    with pytest.raises(ImportRejected, match="'cp1259' is no encoding that is read"):
        check_files(made, [path], now=now, reading=Reading(encoding="cp1259"))
    (report,) = check_files(made, [path], now=now, reading=Reading(kind="csv", encoding="cp1258"))
    assert (report.kind, report.encoding, report.accepted) == ("csv", "cp1258", 1)


TOWNS = """
kind: instrument
id: towns
version: "1"
title: {vi: "Phiếu"}
languages: [vi]
items:
  - {id: tinh, type: single, label: {vi: "Tỉnh"},
     options: [{code: "01", label: {vi: "Hà Nội"}}, {code: "02", label: {vi: "Hải Phòng"}}]}
  - {id: xa, type: single, label: {vi: "Xã"}, choice_filter: "tinh = ${tinh}",
     options: [{code: a, label: {vi: "Bạch Mai"}, filters: {tinh: "01"}},
               {code: b, label: {vi: "Bạch Mai"}, filters: {tinh: "02"}},
               {code: c, label: {vi: "Lê Chân"}, filters: {tinh: "02"}}]}
  - {id: hang, type: multiple, settings: {type: rank}, label: {vi: "Xếp hạng"},
     options: [{code: x, label: {vi: "Báo"}}, {code: y, label: {vi: "Báo, đài"}}]}
"""


@pytest.fixture
def towns(tmp_path, now, file):
    path = tmp_path / "towns.yaml"
    path.write_text(TOWNS, encoding="utf-8")
    study = new_study(tmp_path / "towns", instruments=[str(path)])

    def run(lines):
        (report,) = import_files(study, [file(lines)], now=now)
        with Store.existing(study.store_path) as store:
            return report, {one.uuid: one.answers for one in store.accepted()}

    return run


def test_of_two_places_of_one_name_the_one_that_was_offered_is_meant(towns):
    _, rows = towns([["Tỉnh", "Xã", "_uuid"], ["Hà Nội", "Bạch Mai", "u1"],
                     ["Hải Phòng", "Bạch Mai", "u2"], ["Hải Phòng", "Lê Chân", "u3"]])  # fmt: skip
    assert [rows[key]["xa"] for key in ("u1", "u2", "u3")] == ["a", "b", "c"]


def test_among_codes_the_name_of_two_places_is_a_fault_with_the_one_offered_as_hint(towns):
    report, rows = towns([["tinh", "xa", "_uuid"], ["01", "a", "u1"], ["02", "c", "u2"],
                          ["02", "Bạch Mai", "u3"]])  # fmt: skip
    assert rows.keys() == {"u1", "u2"}
    (fault,) = (one.fault for one in report.faults)
    assert (fault.rule, fault.proposal) == ("unknown_choice", "b")


def test_a_ranking_by_labels_keeps_its_order(towns):
    _, rows = towns([["Tỉnh", "Xếp hạng", "_uuid"], ["Hà Nội", "Báo, đài, Báo", "u1"],
                     ["Hà Nội", "Báo, Báo, đài", "u2"]])  # fmt: skip
    assert [rows[key]["hang"] for key in ("u1", "u2")] == ["y x", "x y"]


def test_problems_beyond_what_anybody_reads_are_counted_and_all_kept(made, file, now, monkeypatch):
    monkeypatch.setattr("survey.import_report.LISTED", 2)
    path = file([["phuong", "sinh", "_uuid"], *(["01", "2528", f"u{at}"] for at in range(5))])
    (report,) = import_files(made, [path], now=now)
    assert (report.quarantined, len(report.faults)) == (5, 2)
    assert [note.note.message.text("en") for note in report.notes if note.note.value == "constraint"] == [
        "3 more problems of the rule 'constraint' are not listed; all of them are in quarantine."
    ]  # fmt: skip


SCALES = """
kind: instrument
id: scales
version: "1"
title: {vi: "Phiếu"}
languages: [vi]
items:
  - {id: muc, type: single, label: {vi: "Mức"},
     options: [{code: "3", label: {vi: "1"}}, {code: "2", label: {vi: "2"}}, {code: "1", label: {vi: "3"}}]}
  - {id: phai, type: single, label: {vi: "Phái"},
     options: [{code: "1", label: {vi: "Nam"}}, {code: "2", label: {vi: "Nữ"}}]}
  - {id: so, type: multiple, label: {vi: "Số"},
     options: [{code: a, label: {vi: "Mười"}}, {code: b, label: {vi: "Một"}},
               {code: c, label: {vi: "Mười một"}}]}
"""


@pytest.fixture
def scales(tmp_path, now, file):
    path = tmp_path / "scales.yaml"
    path.write_text(SCALES, encoding="utf-8")

    def run(lines):
        study = new_study(tmp_path / f"of {lines[0][0]}", instruments=[str(path)])
        import_files(study, [file(lines)], now=now)
        with Store.existing(study.store_path) as store:
            return {one.uuid: one.answers for one in store.accepted()}

    return run


def test_a_scale_whose_labels_are_codes_of_others_is_read_as_the_rest_of_the_file(scales):
    by_label = scales([["Mức", "Phái", "_uuid"], ["1", "Nam", "u1"], ["2", "Nữ", "u2"]])
    assert [by_label[key]["muc"] for key in ("u1", "u2")] == ["3", "2"]
    by_code = scales([["muc", "phai", "_uuid"], ["1", "1", "u1"], ["2", "2", "u2"]])
    assert [by_code[key]["muc"] for key in ("u1", "u2")] == ["1", "2"]


def test_labels_with_spaces_between_are_told_apart_by_the_columns_of_the_options(scales):
    heading = ["Số", "Số/Mười", "Số/Một", "Số/Mười một", "_uuid"]
    rows = scales([heading, ["Mười Một", "1", "1", "0", "u1"], ["Mười một", "0", "0", "1", "u2"],
                   ["Mười Mười một", "1", "0", "1", "u3"]])  # fmt: skip
    assert [rows[key]["so"] for key in ("u1", "u2", "u3")] == ["a b", "c", "a c"]
