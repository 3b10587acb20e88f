"""The simulated export is one that KoboToolbox could have written; the returns are readable."""

import csv
import io
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.administrative_file import read_administrative
from instruments.library import find
from instruments.load import load_plan
from instruments.model import Instrument
from survey.importers.recognise import read_table
from survey.simulation.administrative import SOURCE, simulate_returns
from survey.simulation.dirt import FORMULA, UNKNOWN_CODE, spoil
from survey.simulation.kobo import export_kobo
from survey.simulation.world import Fields

TEXT = {"vi": "x"}
PATHS = ["end", "p/ten", "p/nam_sinh", "p/hoc_van", "p/gioi_tinh", "p/nghe"]
FIELDS = Fields(
    interviewer="p/ten", born="p/nam_sinh", schooling="p/hoc_van", sex="p/gioi_tinh", point="p/x"
)


def instrument():
    codes = [{"code": "loa"}, {"code": "bao"}]
    person = [
        {"id": "ten", "type": "text"},
        {"id": "nam_sinh", "type": "integer"},
        {"id": "hoc_van", "type": "single", "options": codes},
        {"id": "gioi_tinh", "type": "single", "options": codes},
        {"id": "nghe", "type": "multiple", "options": codes},
    ]
    items = [{"id": "end", "type": "end"}, {"id": "p", "items": person}]
    return Instrument.model_validate(
        {"id": "nho", "version": "7", "title": TEXT, "languages": ["vi"], "items": items}
    )


def answers(rows=60):
    day = pd.Timestamp("2026-11-05T08:00:00+07:00")
    return pd.DataFrame(
        {
            "end": [
                (day + pd.Timedelta(minutes=37 * (rows - row))).isoformat() for row in range(rows)
            ],
            "p/ten": ["DTV01" if row % 2 else "" for row in range(rows)],
            "p/nam_sinh": [str(1950 + row % 50) for row in range(rows)],
            "p/hoc_van": "loa",
            "p/gioi_tinh": "bao",
            "p/nghe": ["loa bao", "", "bao"] * (rows // 3),
        }
    )


def export(seed=1):
    return export_kobo(instrument(), answers(), fields=FIELDS, rng=np.random.default_rng(seed))


def table():
    text = export().content.decode("utf-8")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_headings_are_form_paths_with_a_column_for_each_choice_and_kobos_own_behind():
    assert list(table().columns) == [
        "end", "p/ten", "p/nam_sinh", "p/hoc_van", "p/gioi_tinh",
        "p/nghe", "p/nghe/loa", "p/nghe/bao",
        "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
        "_submitted_by", "__version__", "_tags", "meta/rootUuid", "_index",
    ]  # fmt: skip


def test_own_columns_are_those_that_kobo_writes(shared):
    real = (shared / "exports" / "kobo_xml_values_groups.csv").read_text(encoding="utf-8")
    headings = next(csv.reader(io.StringIO(real), delimiter=";"))
    assert list(table().columns)[-11:] == headings[-11:]


def test_every_cell_is_quoted_and_split_by_semicolons():
    first = export().content.decode("utf-8").splitlines()[1]
    assert first.startswith('"') and first.endswith('"')  # noqa: PT018 - one property of one line
    assert first.count('";"') == len(table().columns) - 1


def test_each_choice_of_several_is_1_or_0_and_blank_where_none_was_asked():
    chosen = table()[["p/nghe", "p/nghe/loa", "p/nghe/bao"]].drop_duplicates()
    assert set(chosen.itertuples(index=False, name=None)) == {
        ("loa bao", "1", "1"), ("", "", ""), ("bao", "0", "1"),
    }  # fmt: skip


def test_rows_come_in_the_order_of_submission_with_ids_and_versions():
    rows = table().iloc[:-1]
    assert rows["end"].is_monotonic_increasing
    assert rows["_uuid"].is_unique
    assert rows["_id"].astype(int).is_monotonic_increasing
    assert set(rows["__version__"]) == {"7"}
    assert (rows["meta/rootUuid"] == "uuid:" + rows["_uuid"]).all()
    ended = pd.to_datetime(rows["end"]).dt.tz_convert(None)
    assert (pd.to_datetime(rows["_submission_time"]) > ended).all()


def test_the_importer_recognises_the_export(tmp_path):
    path = tmp_path / "kobo.csv"
    path.write_bytes(export().content)
    found = read_table(path)
    assert (found.kind, found.contents.delimiter, len(list(found.rows()))) == ("kobo", ";", 61)


def test_the_dirty_rows_are_where_they_are_said_to_be():
    rows, dirty = table(), export().dirty
    assert len({one.row for one in dirty}) == 6
    for one in dirty:
        assert rows[one.path].iloc[one.row - 1] == one.value
    assert [(one.path, one.outcome, one.rule) for one in dirty] == [
        ("p/nam_sinh", "quarantined", "constraint"),
        ("p/hoc_van", "quarantined", "unknown_choice"),
        ("p/gioi_tinh", "quarantined", "required_missing"),
        ("p/ten", "accepted", "not_relevant"),
        ("p/ten", "accepted", None),
        ("_uuid", "duplicate", None),
    ]


def test_dirt_is_what_people_send():
    values = [one.value for one in export().dirty]
    assert 2493 <= int(values[0]) <= 2543
    assert values[1:5] == [UNKNOWN_CODE, "", "DTV99", FORMULA]


def test_the_last_row_repeats_an_earlier_one_in_all_but_its_index():
    rows = table().drop(columns="_index")
    assert rows.duplicated(keep=False).sum() == 2
    assert rows.duplicated().iloc[-1]


def test_an_answer_is_put_where_none_was_asked_and_a_formula_where_one_was():
    clean = answers().sort_values("end", ignore_index=True)
    hidden, formula = export().dirty[3:5]
    assert clean["p/ten"].iloc[hidden.row - 1] == ""
    assert clean["p/ten"].iloc[formula.row - 1] == "DTV01"


def test_rows_are_spoilt_only_where_the_questions_are_asked():
    few = answers()[["end", "p/gioi_tinh"]]
    spoilt, dirty = spoil(few, fields=FIELDS, rng=np.random.default_rng(1))
    assert [one.rule for one in dirty] == ["required_missing"]
    assert (spoilt != few).sum().sum() == 1


def test_the_same_seed_writes_the_same_bytes():
    assert export().content == export().content
    assert export().content != export(seed=2).content


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    plan = load_plan(find("hanoi_1371"))
    returns = simulate_returns(plan, as_of=date(2026, 6, 30), rng=np.random.default_rng(1))
    path = tmp_path_factory.mktemp("returns") / "administrative.csv"
    returns.to_csv(path, index=False)
    return returns, read_administrative(path, plan=plan)


def test_returns_are_read_without_a_fault_and_cover_every_administrative_target(figures):
    returns, read = figures
    assert len(read.shares) + len(read.years) == len(returns)
    assert {one.target for one in read.shares} == {"T2.1", "T3", "T4"}
    assert {one.target for one in read.years} == {"T2.4"}
    assert {one.phase for one in read.shares} == {"P2"}


def test_returns_say_that_they_are_simulated_and_name_no_unit(figures):
    returns, _ = figures
    assert set(returns["source"]) == {SOURCE}
    assert returns["unit"].str.fullmatch(r"DV\d{3}|LL\d").all()


def test_some_units_are_silent_and_some_are_late(figures):
    _, read = figures
    silent = [one for one in read.shares if one.reported_on is None]
    late = [one for one in read.shares if one.reported_on and one.reported_on > one.due_on]
    assert {one.target for one in silent} == {"T4"}
    assert len(silent) == 2
    assert late


def test_forces_report_apart_and_years_run_to_the_last_full_one(figures):
    _, read = figures
    assert {one.force for one in read.shares if one.target == "T2.1"} == {
        "standing", "reserve", "militia",
    }  # fmt: skip
    assert sorted({one.year for one in read.years}) == [2020, 2021, 2022, 2023, 2024, 2025]
    assert {one.kind for one in read.years} == {"law", "discipline"}
