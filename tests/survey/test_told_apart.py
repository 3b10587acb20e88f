"""Columns of one name: told apart by what the records answer, or by a person, never by their order."""

import csv
import random

import pytest

from survey.errors import ImportRejected
from survey.founding import new_study
from survey.imports import check_files, import_files
from survey.store import Store

FORM = """
kind: instrument
id: f
version: v1
title: {vi: "Phiếu"}
languages: [vi]
items:
  - {id: k1, type: single, label: {vi: "Luật nào?"},
     options: [{code: a, label: {vi: "Luật A"}}, {code: khac, label: {vi: "Khác"}}]}
  - {id: k1_khac, type: text, required: true, label: {vi: "Ghi rõ"}, show_if: "${k1} = 'khac'"}
  - {id: k2, type: multiple, label: {vi: "Nguồn nào?"},
     options: [{code: tv, label: {vi: "Tivi"}}, {code: khac, label: {vi: "Khác"}}]}
  - {id: k2_khac, type: text, label: {vi: "Ghi rõ"}, show_if: "selected(${k2}, 'khac')"}
  - {id: tuoi, type: integer, label: {vi: "Tuổi"}}
  - {id: cu, type: integer, label: {vi: "Tuổi"}, checks: [{rule: ". >= 100"}]}
"""
OTHER = FORM.replace("version: v1", "version: v2").replace('"Luật nào?"', '"Luật nào đúng?"')


@pytest.fixture
def study(tmp_path):
    paths = [tmp_path / "v1.yaml", tmp_path / "v2.yaml"]
    for path, text in zip(paths, (FORM, OTHER), strict=True):
        path.write_text(text, encoding="utf-8")
    return new_study(tmp_path / "study", instruments=[str(path) for path in paths])


def records(count):
    """Records with their answers by path."""
    for at in range(1, count + 1):
        k1, k2 = "khac" if at % 2 else "a", "tv khac" if at % 3 else "tv"
        yield {"_uuid": f"u{at}", "k1": k1, "k1_khac": f"luật {at}" if k1 == "khac" else "",
               "k2": k2, "k2_khac": f"báo {at}" if at % 3 else "", "tuoi": "30", "cu": "130"}  # fmt: skip


NAMES = {"_uuid": "_uuid", "k1": "Luật nào?", "k1_khac": "Ghi rõ", "k2": "Nguồn nào?",
         "k2_khac": "Ghi rõ", "tuoi": "Tuổi", "cu": "Tuổi"}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def write(order, count, *, names=NAMES):
        path = tmp_path / "f.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            lines = csv.writer(stream)
            lines.writerow([names[one] for one in order])
            lines.writerows([row[one] for one in order] for row in records(count))
        return path

    return write


def answers(study):
    with Store.open(study.store_path) as store:
        return {one.key: one.answers for one in store.accepted()}


@pytest.mark.parametrize("seed", range(6))
def test_the_records_tell_which_is_which_in_whatever_order_the_columns_stand(
    study, file, now, seed
):
    order = random.Random(seed).sample(list(NAMES), k=len(NAMES))
    (report,) = import_files(study, [file(order, 12)], now=now)
    assert (report.accepted, report.quarantined) == (12, 0)
    told = sorted(one.note.value for one in report.notes if one.note.rule == "settled_by_answers")
    assert told == ["Ghi rõ#1", "Ghi rõ#2", "Tuổi#1", "Tuổi#2"]
    for row in records(12):
        given = {path: text for path, text in row.items() if text and path != "_uuid"}
        assert answers(study)[row["_uuid"]] == given


def test_one_record_is_no_evidence(study, file, now):
    with pytest.raises(ImportRejected, match="'Ghi rõ#1' may be any of: k1_khac, k2_khac"):
        check_files(study, [file(list(NAMES), 1)], now=now)


def test_twins_that_are_filled_alike_are_left_to_a_person(study, tmp_path, now):
    path = tmp_path / "f.csv"
    line = "khac,x,tv khac,y,{n},130,u{n}\n"
    path.write_text("Luật nào?,Ghi rõ,Nguồn nào?,Ghi rõ,tuoi,cu,_uuid\n"
                    + "".join(line.format(n=n) for n in range(20, 40)), encoding="utf-8")  # fmt: skip
    with pytest.raises(ImportRejected) as refused:
        check_files(study, [path], now=now)
    assert [one.text("vi") for one in refused.value.problems[1:]] == [
        "f.csv: Cột “Ghi rõ#1” có thể là một trong các câu: k1_khac, k2_khac. Cột này đứng sau "
        "cột “Luật nào?”.",
        "f.csv: Cột “Ghi rõ#2” có thể là một trong các câu: k1_khac, k2_khac. Cột này đứng sau "
        "cột “Nguồn nào?”.",
    ]


@pytest.mark.parametrize("twin", ["{}.1", "{}_1", "{} (2)", "{}...6"])
def test_a_name_that_a_program_numbered_is_the_name_of_its_twin(study, file, now, twin):
    names = NAMES | {path: twin.format(NAMES[path]) for path in ("k2_khac", "cu")}
    if "..." in twin:
        names |= {path: f"{NAMES[path]}...3" for path in ("k1_khac", "tuoi")}
    (report,) = import_files(study, [file(list(NAMES), 12, names=names)], now=now)
    assert report.accepted == 12
    assert answers(study)["u5"]["k2_khac"] == "báo 5"


def test_two_columns_for_one_question_are_settled_by_a_person(study, file, now):
    names = NAMES | {"cu": "Luật nào?.1", "tuoi": "Tuổi"}
    with pytest.raises(ImportRejected) as refused:
        check_files(study, [file(list(NAMES), 12, names=names)], now=now)
    told = " ".join(one.text() for one in refused.value.problems)
    assert "Columns 'Luật nào?', 'Luật nào?.1' all belong to 'k1'. Keep one of them." in told
