"""Exports of other systems' own code: counts and cells as their truth says."""

import csv
import json
from datetime import datetime

import pytest

from survey.digest import digest
from survey.errors import ImportRejected
from survey.export import export
from survey.founding import new_study
from survey.imports import check_files, import_files
from survey.readings import HANOI
from survey.store import Store

KOBO = [
    "kobo_xml_values_groups.csv", "kobo_xml_values_all_versions.csv", "kobo_labels_en_summary.csv",
    "kobo_labels_vi_details.csv", "kobo_labels_vi.xlsx", "kobo_xml_values_typed.xlsx",
    "kobo_api_v2_data.json",
]  # fmt: skip
BY_HAND = [
    "excel_vi_utf8_bom.csv", "excel_vi_utf16le.txt", "excel_vi_cp1258_semicolon.csv",
    "excel_vi_merged.xlsx", "vi_nfd_utf8.csv", "vi_tcvn3.csv",
]  # fmt: skip
FULL = ["kobo_labels_vi.xlsx", "kobo_xml_values_typed.xlsx", "kobo_api_v2_data.json",
        "odk_central_submissions.csv.zip", "odk_central_nogroups.csv.zip"]  # fmt: skip


def now() -> datetime:
    return datetime(2026, 11, 24, tzinfo=HANOI)


@pytest.fixture
def make(shared, tmp_path):
    return lambda name="study": new_study(
        tmp_path / name, instruments=[str(shared / "exports" / "instrument_v1.xlsx")]
    )


@pytest.fixture
def expected(shared):
    return json.loads((shared / "exports" / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", KOBO)
def test_every_odd_row_is_found_and_no_other(shared, make, expected, name):
    (report,) = import_files(make(), [shared / "exports" / name], now=now)
    wanted = expected[name]
    assert (report.rows, report.accepted, report.quarantined, report.duplicates) == (
        wanted["data_rows"], wanted["accept"], wanted["quarantine"], wanted["exact_duplicate"],
    )  # fmt: skip
    odd = {row["row"]: row for row in wanted["rows"]}
    uuids = {row["rid"]: row["uuid"] for row in wanted["rows"]} | {
        "R006": "a8a0f3a2-6371-4a94-93fb-02645675eabe"
    }
    faults = {one.row: (one.fault.path, one.fault.rule) for one in report.faults}
    assert faults == {
        at: (row["issues"][0]["field"], row["issues"][0]["reason"])
        for at, row in odd.items() if row["status"] == "quarantine"
    }  # fmt: skip
    notes = {one.row: one.note.rule for one in report.notes}
    assert notes == {
        at: _with_uuid(row["issues"][0]["reason"], uuids)
        for at, row in odd.items() if row["status"] == "accept"
    }  # fmt: skip
    (buddhist,) = [one.fault for one in report.faults if one.fault.value == "2528"]
    assert buddhist.proposal == "1985"


@pytest.mark.parametrize("name", KOBO)
def test_stored_cells_are_those_of_the_truth(shared, make, tmp_path, name):
    study = make()
    import_files(study, [shared / "exports" / name], now=now)
    with (shared / "exports" / "truth.csv").open(encoding="utf-8", newline="") as stream:
        truth = {row["uuid"]: row for row in csv.DictReader(stream) if row["status"] == "accept"}
    rows = {row["_uuid"]: row for row in exported(study, tmp_path)}
    assert rows.keys() == truth.keys()
    for uuid, row in rows.items():
        for column, value in truth[uuid].items():
            if "/" in column or column in ("start", "end", "today", "arm", "diem"):
                assert row[column].removeprefix("'") == value, (uuid, column)
        assert row["_version"] == truth[uuid]["version"]


def exported(study, tmp_path, at=0):
    path = export(study, tmp_path / "out.csv")[at]
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("name", BY_HAND)
def test_records_without_an_id_are_those_of_the_truth(shared, make, expected, tmp_path, name):
    study = make()
    (report,) = import_files(study, [shared / "exports" / name], now=now)
    wanted = expected[name]
    assert (report.rows, report.accepted, report.quarantined, report.duplicates) == (
        wanted["data_rows"], wanted["accept"], wanted["quarantine"], wanted["exact_duplicate"],
    )  # fmt: skip
    if "encoding" in wanted:
        assert report.encoding == wanted["encoding"].removesuffix("-sig")
        assert report.delimiter == wanted["delimiter"]
    with (shared / "exports" / "truth.csv").open(encoding="utf-8", newline="") as stream:
        truth = [row for row in csv.DictReader(stream) if row["status"] == "accept"]
    rows = exported(study, tmp_path)
    columns = [name for name in rows[0] if "/" in name and any(row[name] for row in rows)]
    assert len(columns) == 14
    case = str.lower if "tcvn3" in name else str
    assert sorted(
        [case(row[name].removeprefix("'")) for name in columns] for row in rows
    ) == sorted([case(row[name]) for name in columns] for row in truth)


def test_every_full_format_is_one_survey_with_its_repeats(shared, make, tmp_path):
    digests = set()
    for name in FULL:
        study = make(name)
        import_files(study, [shared / "exports" / name], now=now)
        digests.add(digest(study))
    assert len(digests) == 1
    (other,) = import_files(study, [shared / "exports" / FULL[0]], now=now)
    assert (other.accepted, other.quarantined, other.duplicates) == (0, 0, 42)
    roster = "truth_trai_nghiem__buoc.csv"
    with (shared / "exports" / roster).open(encoding="utf-8", newline="") as stream:
        truth = list(csv.DictReader(stream))
    steps = exported(study, tmp_path, at=1)
    kept = {row["_record"] for row in exported(study, tmp_path)}
    names = ("trai_nghiem/buoc/viec", "trai_nghiem/buoc/chi_phi")
    assert {(row["_record"], *(row[name] for name in names)) for row in steps} == {
        (row["uuid"], *(row[name] for name in names)) for row in truth if row["uuid"] in kept
    }


def test_ragged_rows_are_set_aside_and_headings_alone_are_nothing(shared, make):
    study = make()
    (ragged,) = check_files(study, [shared / "exports" / "bad_ragged.csv"], now=now)
    assert (ragged.rows, ragged.accepted, ragged.quarantined) == (11, 7, 4)
    assert [one.row for one in ragged.faults if one.fault.rule == "ragged"] == [3, 6]
    (empty,) = check_files(study, [shared / "exports" / "bad_header_only.csv"], now=now)
    assert empty.rows == 0


@pytest.mark.parametrize("name", ["bad_html_login.xls", "bad_truncated.xlsx"])
def test_broken_files_are_refused(shared, make, name):
    with pytest.raises(ImportRejected, match=name):
        check_files(make(), [shared / "exports" / name], now=now)


@pytest.fixture
def sat12(shared, tmp_path):
    """A form of the 32 items and the design's columns, its ids as the data's headings."""
    with (shared / "oracle_irt" / "data" / "sat12.csv").open(encoding="utf-8") as stream:
        headings = next(csv.reader(stream))
    items = "\n".join(
        f'  - {{id: {name}, type: single, choices: right, required: true, label: {{en: "{name}"}}}}'
        for name in headings if name.startswith("Item.")
    )  # fmt: skip
    design = "\n".join(f"  - {{id: {name}, type: hidden}}" for name in ("w", "stratum", "psu"))
    path = tmp_path / "sat12.yaml"
    path.write_text(
        'kind: instrument\nid: sat12\nversion: "1"\ntitle: {en: "Science test"}\n'
        "languages: [en]\nchoice_lists:\n  right:\n"
        '    - {code: "0", label: {en: Wrong}}\n    - {code: "1", label: {en: Right}}\n'
        f"items:\n{items}\n{design}\n",
        encoding="utf-8",
    )
    return new_study(tmp_path / "sat12", instruments=[str(path)])


def test_people_without_ids_are_known_by_all_their_cells(shared, sat12):
    file = shared / "oracle_irt" / "data" / "sat12.csv"
    (report,) = import_files(sat12, [file], now=now)
    assert (report.kind, report.rows, report.accepted, report.duplicates) == ("csv", 600, 600, 0)
    (again,) = import_files(sat12, [file], now=now)
    assert (again.accepted, again.duplicates) == (0, 600)
    with Store.open(sat12.store_path) as store:
        right = sum(record.answers["Item.1"] == "1" for record in store.accepted())
    with file.open(encoding="utf-8") as stream:
        assert right == sum(row["Item.1"] == "1" for row in csv.DictReader(stream))


def _with_uuid(reason: str, uuids: dict[str, str]) -> str:
    name, colon, rid = reason.partition(":")
    return f"{name}{colon}{uuids[rid]}" if colon else reason
