"""What leaves a study: its digest, its snapshots and its exports."""

import csv

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.answers import Record, hash_of_set
from survey.export import export
from survey.imports import import_files, undo_batch
from survey.snapshot import freeze
from survey.staging import NewBatch, StagedRecord
from survey.store import Store
from survey.tables import neutral


@pytest.fixture
def filled(study, kobo, respond, now):
    """A study with three records, one answer of which was not to be given."""
    rows = [respond(3), respond(1, dia_chi="=1+1"), respond(2, nguon_khac="thừa", dia_chi="-5")]
    import_files(study, [kobo(rows)], now=now)
    return study


def store_record(study, now, **fields) -> None:
    record = Record(**({"uuid": None, "instrument": "nhan_thuc", "version": "1"} | fields))
    with Store.open(study.store_path) as store:
        new = NewBatch(file_sha256="0" * 64, file_name="web", kind="web", recipe=record.key,
                       mapping="{}")  # fmt: skip
        place = store.begin(new, at=now())
        staged = StagedRecord(row=1, record=record, content="c", likeness=None)
        place = store.add(place, rows_done=1, accepted=[staged], quarantined=[])
        store.seal(place, notes=[], at=now())


@pytest.fixture
def with_roster(study, now):
    steps = [{"trai_nghiem/buoc/viec": "toa_an", "trai_nghiem/buoc/chi_phi": "0.5"},
             {"trai_nghiem/buoc/viec": "hoa_giai"}]  # fmt: skip
    store_record(study, now, key="u1", answers={"kien_thuc/k1": "kb", "trai_nghiem/buoc": steps})
    store_record(study, now, key="u2", answers={"kien_thuc/k1": "sai"})
    return study


def read(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_export_has_a_column_per_question_and_three_of_identity(filled, tmp_path):
    (path, _) = export(filled, tmp_path / "out.csv")
    rows = read(path)
    assert list(rows[0]) == [
        "start", "end", "today", "ca_nhan/gioi_tinh", "ca_nhan/nam_sinh", "ca_nhan/tuoi",
        "ca_nhan/dia_chi", "kien_thuc/k1", "kien_thuc/nguon", "kien_thuc/nguon_khac", "thai_do/a1",
        "thai_do/a2", "thai_do/a3", "trai_nghiem/tranh_chap", "trai_nghiem/ngay", "_uuid",
        "_version", "_record",
    ]  # fmt: skip
    assert [row["_record"][-1] for row in rows] == ["1", "2", "3"]
    assert rows[0]["start"] == "2026-09-02T08:01:00+07:00"
    assert [row["ca_nhan/dia_chi"] for row in rows] == ["'=1+1", "-5", "Tổ 3"]
    assert rows[1]["kien_thuc/nguon"] == "tv loa"


def test_what_was_not_to_be_answered_is_in_exports_and_not_in_snapshots(filled, tmp_path):
    (path, _) = export(filled, tmp_path / "out.csv")
    assert read(path)[1]["kien_thuc/nguon_khac"] == "thừa"
    frame = freeze(filled).frame()
    assert frame["kien_thuc/nguon_khac"].isna().all()


def test_rosters_are_files_beside_the_export_that_name_the_record(with_roster, tmp_path):
    main, roster = export(with_roster, tmp_path / "out.csv")
    assert (main.name, roster.name) == ("out.csv", "out_trai_nghiem__buoc.csv")
    assert [row["kien_thuc/k1"] for row in read(main)] == ["kb", "sai"]
    assert read(roster) == [
        {"trai_nghiem/buoc/viec": "toa_an", "trai_nghiem/buoc/chi_phi": "0.5", "_record": "u1"},
        {"trai_nghiem/buoc/viec": "hoa_giai", "trai_nghiem/buoc/chi_phi": "", "_record": "u1"},
    ]


def test_parquet_holds_the_same_as_csv_without_apostrophes(filled, tmp_path):
    (path, _) = export(filled, tmp_path / "out.parquet", to="parquet")
    frame = pd.read_parquet(path)
    assert frame["ca_nhan/dia_chi"].tolist() == ["=1+1", "-5", "Tổ 3"]


def test_an_empty_study_exports_headings_alone(study, tmp_path):
    (path, _) = export(study, tmp_path / "out.csv")
    assert read(path) == []
    assert path.read_text(encoding="utf-8").startswith("start,end,")


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [("=1+1", False, "'=1+1"), ("+84 912", False, "'+84 912"), ("-9", False, "-9"),
     ("+8.5", False, "+8.5"), ("-abc", False, "'-abc"), ("-abc", True, "-abc"),
     ("=x", True, "'=x"), ("@SUM(A1)", False, "'@SUM(A1)"), ("\tx", False, "'\tx"),
     ("\rx", False, "'\rx"), (" =1", False, "' =1"), ("＝1", False, "'＝1"), ("a=1", False, "a=1"),
     ("-9", True, "-9"), ("", False, "")],
)  # fmt: skip
def test_no_cell_of_an_export_is_a_formula(text, code, expected):
    assert neutral(text, code=code) == expected


def test_a_snapshot_is_text_columns_by_form_path_named_by_its_content(filled):
    snapshot = freeze(filled)
    frame = snapshot.frame()
    assert (snapshot.rows, snapshot.path.name) == (3, f"{snapshot.hash}.parquet")
    assert list(frame.columns[:5]) == ["_record", "_uuid", "_version", "_instrument", "start"]
    assert set(frame["_instrument"]) == {"nhan_thuc"}
    assert frame["ca_nhan/nam_sinh"].tolist() == ["1951", "1952", "1953"]
    assert frame["trai_nghiem/ngay"].isna().all()


def test_the_same_content_is_the_same_snapshot_whatever_the_order_and_the_batches(
    filled, tmp_path, found, kobo, respond, now
):
    rows = [respond(1, dia_chi="=1+1"), respond(2, nguon_khac="thừa", dia_chi="-5"), respond(3)]
    other = found(tmp_path / "other")
    for at, row in enumerate(rows):
        import_files(other, [kobo([row], name=f"{at}.csv")], now=now)
    one, two = freeze(filled), freeze(other)
    assert one.hash == two.hash
    assert one.path.read_bytes() == two.path.read_bytes()


def test_a_snapshot_outlives_the_undoing_of_its_batch_and_is_never_written_again(filled, now):
    before = freeze(filled)
    stamp = before.path.stat().st_mtime_ns
    assert freeze(filled) == before
    undo_batch(filled, "1", now=now)
    after = freeze(filled)
    assert (after.rows, after.frame().empty) == (0, True)
    assert before.path.stat().st_mtime_ns == stamp
    assert len(before.frame()) == 3
    kinds = {path.suffix for path in filled.snapshots.iterdir()}
    assert kinds == {".parquet", ".json"}


def test_rosters_of_a_snapshot_are_frames_of_their_own(with_roster):
    frame = freeze(with_roster).roster("trai_nghiem/buoc")
    assert frame["_record"].tolist() == ["u1", "u1"]
    assert frame["trai_nghiem/buoc/viec"].tolist() == ["toa_an", "hoa_giai"]


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3), max_size=6))
def test_the_hash_of_a_set_does_not_depend_on_order_but_counts_members(members):
    assert hash_of_set(members) == hash_of_set(reversed(members))
    assert hash_of_set(members) != hash_of_set([*members, {"one": "more"}])
