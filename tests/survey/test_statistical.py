"""Exports for SPSS and Stata, read back: numbers, labels, missing codes, dates, long texts."""

import math
from datetime import date, datetime

import pyreadstat
import pytest

from survey.columns import layouts
from survey.founding import new_study
from survey.statistical import variables_of, write_statistical

FORM = """
kind: instrument
id: f
version: "1"
title: {vi: "Phiếu"}
languages: [vi]
items:
  - id: a
    items:
      - id: k
        type: single
        label: {vi: "Đúng hay sai?"}
        options:
          - {code: dung, label: {vi: "Đúng"}}
          - {code: sai, label: {vi: "Sai"}}
          - {code: kb, label: {vi: "Không biết"}, missing: dont_know}
      - id: muc
        type: single
        label: {vi: "Mức"}
        options: [{code: "0", label: {vi: "Không"}}, {code: "5", label: {vi: "Có"}}]
      - id: nguon
        type: multiple
        label: {vi: "Nguồn"}
        options: [{code: tv, label: {vi: "Truyền hình"}}, {code: loa, label: {vi: "Loa"}}]
      - {id: nguon_tv, type: text, label: {vi: "Kênh"}}
  - {id: n, type: decimal, label: {vi: "Số"}}
  - {id: d, type: date, label: {vi: "Ngày"}}
  - {id: start, type: start}
  - id: mot_cau_hoi_co_ten_rat_dai_de_thu_xem_sao_thi_duoc_hay_khong_nhe_ban_oi
    type: integer
    label: {vi: "Ngõ"}
"""
LONG = "Tủ sách" * 700
LINES = [
    {"a/k": "dung", "a/muc": "5", "a/nguon": "loa", "a/nguon_tv": LONG, "n": "1.25",
     "d": "2026-06-09", "start": "2026-09-01T08:02:00+07:00", "_record": "r1"},
    {"a/k": "kb", "a/muc": "0", "a/nguon": None, "_record": "r2"},
]  # fmt: skip


@pytest.fixture
def instruments(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_text(FORM, encoding="utf-8")
    return new_study(tmp_path / "study", instruments=[str(path)]).instruments


def written(tmp_path, instruments, to):
    path = tmp_path / f"out.{to}"
    write_statistical(path, layouts(instruments)[0], LINES, to=to, language="vi",
                      instruments=instruments)  # fmt: skip
    if to == "sav":
        return pyreadstat.read_sav(str(path), user_missing=True)
    return pyreadstat.read_dta(str(path), user_missing=True)


@pytest.mark.parametrize("to", ["sav", "dta"])
def test_answers_come_back_with_labels_dates_and_whole_texts(tmp_path, instruments, to):
    frame, meta = written(tmp_path, instruments, to)
    first = frame.iloc[0]
    assert meta.variable_value_labels["a_muc"] == {0: "Không", 5: "Có"}
    assert (first["a_k"], first["a_muc"], first["n"]) == (1, 5, 1.25)
    assert (first["a_nguon_tv"], first["a_nguon_loa"]) == (0, 1)
    assert frame["a_nguon_loa"].isna().tolist() == [False, True]
    assert first["d"] == date(2026, 6, 9)
    assert first["start"] == datetime(2026, 9, 1, 8, 2)
    assert first["a_nguon_tv_2"] == LONG
    assert meta.column_names_to_labels["a_nguon_loa"] == "Nguồn: Loa"
    assert frame["v_record"].tolist() == ["r1", "r2"]


def test_dont_know_is_user_missing_with_its_label(tmp_path, instruments):
    frame, meta = written(tmp_path, instruments, "sav")
    assert frame["a_k"].tolist() == [1, 3]
    assert meta.missing_ranges["a_k"] == [{"lo": 3.0, "hi": 3.0}]
    assert meta.variable_value_labels["a_k"][3] == "Không biết"
    frame, meta = written(tmp_path, instruments, "dta")
    assert frame["a_k"].tolist() == [1, "a"]
    assert meta.variable_value_labels["a_k"]["a"] == "Không biết"


@pytest.mark.parametrize(("to", "longest"), [("sav", 64), ("dta", 32)])
def test_names_fit_the_package_and_differ_without_case(instruments, to, longest):
    table = layouts(instruments)[0]
    names = [one.name for one in variables_of(table, instruments, to=to, language="vi")]
    assert max(map(len, names)) <= longest
    assert len({name.lower() for name in names}) == len(names)


def test_what_is_no_number_is_missing_and_no_error(instruments):
    (one,) = [one for one in variables_of(layouts(instruments)[0], instruments, to="sav",
                                          language="vi") if one.path == "n"]  # fmt: skip
    assert one.value("hai") is None
    assert not math.isnan(one.value("0.5"))
