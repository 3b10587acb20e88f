"""Contact data: sealed in a file of their own for a key that lies elsewhere."""

import re
import sqlite3
import stat

import pytest
from sqlalchemy import select

from instruments.check.instrument import check_instrument
from instruments.load import load_instrument
from survey.contact_key import key_place, read_key
from survey.contact_list import Reason, write_contacts
from survey.contacts import Vault
from survey.digest import digest
from survey.errors import StudyError
from survey.export import export
from survey.founding import new_study
from survey.imports import import_files, undo_batch
from survey.journal import read_journal, verify_journal
from survey.quarantine_book import write_quarantine
from survey.schema import quarantine, records
from survey.snapshot import freeze
from survey.store import Store

NAME, PHONE = "lien_he/ho_ten", "lien_he/dien_thoai"
CONTACTS = """
  - id: lien_he
    items:
      - {id: ho_ten, type: text, contact: true, required: true, label: {vi: "Họ và tên"}}
      - id: dien_thoai
        type: text
        contact: true
        label: {vi: "Số điện thoại"}
        checks: [{rule: "regex(., '0[0-9]{9}')", message: {vi: "Mười chữ số, bắt đầu bằng 0"}}]
"""


@pytest.fixture
def with_contacts(form_text):
    return form_text + CONTACTS


@pytest.fixture
def study(tmp_path, with_contacts):
    path = tmp_path / "form.yaml"
    path.write_text(with_contacts, encoding="utf-8")
    return new_study(tmp_path / "study", instruments=[str(path)])


HEADINGS = ["_uuid", "gioi_tinh", "nam_sinh", "k1", "tranh_chap", "ho_ten", "dien_thoai"]


def line(number, *, k1="dung", name="Nguyễn Văn A", phone="0912345678"):
    return [f"u{number}", "nu", "1970", k1, "khong", name, phone]


def opened(study):
    """Contact data by row, as who holds the key sees them."""
    return Vault(study).opened(read_key(key_place(study))).contacts


def test_contact_data_are_kept_apart_by_row_and_leave_no_column_behind(
    study, as_csv, now, tmp_path
):
    (report,) = import_files(study, [as_csv([HEADINGS, line(1), line(2, k1="")])], now=now)
    assert (report.accepted, report.quarantined) == (1, 1)
    kept = opened(study)
    assert kept[1, 1] == kept[1, 2] == {NAME: "Nguyễn Văn A", PHONE: "0912345678"}
    assert stat.S_IMODE(study.vault.stat().st_mode) == 0o600
    (kept,) = study.inbox.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [name for name in freeze(study).frame().columns if "lien_he" in name] == []
    (path, _) = export(study, tmp_path / "out.csv")
    assert "lien_he" not in path.read_text(encoding="utf-8")


def test_neither_digest_nor_keys_tell_of_contact_data(tmp_path, with_contacts, as_csv, now):
    seen = set()
    for name in ("Nguyễn Văn A", "Trần Thị B"):
        path = tmp_path / "form.yaml"
        path.write_text(with_contacts, encoding="utf-8")
        study = new_study(tmp_path / name, instruments=[str(path)])
        rows = [line(1, name=name)[1:], line(2, name=name, k1="")[1:]]
        import_files(study, [as_csv([HEADINGS[1:], *rows], name=f"{name}.csv")], now=now)
        with Store.open(study.store_path) as store, store.engine.connect() as connection:
            keys = [connection.execute(select(table.c.key, table.c.seal)).all()
                    for table in (records, quarantine)]  # fmt: skip
        seen.add((digest(study), repr(keys)))
    assert len(seen) == 1


def test_a_wrong_number_or_a_missing_name_is_noted_without_its_value_and_keeps_nothing_out(
    study, as_csv, now
):
    (report,) = import_files(study, [as_csv([HEADINGS, line(1, name="", phone="123")])], now=now)
    assert report.accepted == 1
    assert [(one.note.rule, one.note.path, one.note.value) for one in report.notes
            if one.row == 1] == [
        ("contact_required_missing", NAME, None), ("contact_constraint", PHONE, None),
    ]  # fmt: skip
    assert "123" not in repr(report.as_json("vi")["flags"])


def test_a_mended_row_keeps_its_contact_data(study, as_csv, now, tmp_path):
    import openpyxl

    import_files(study, [as_csv([HEADINGS, line(1, k1="")])], now=now)
    write_quarantine(study, tmp_path / "q.xlsx")
    book = openpyxl.load_workbook(tmp_path / "q.xlsx")
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert [name for name in headings if "lien_he" in name] == []
    sheet.cell(2, headings.index("kien_thuc/k1") + 1, "dung")
    book.save(tmp_path / "q.xlsx")
    (report,) = import_files(study, [tmp_path / "q.xlsx"], now=now)
    assert report.accepted == 1
    assert opened(study)[2, 1] == {NAME: "Nguyễn Văn A", PHONE: "0912345678"}


def test_undoing_a_batch_deletes_its_contact_data_from_the_disk(study, as_csv, now):
    import_files(study, [as_csv([HEADINGS, line(1)])], now=now)
    with sqlite3.connect(study.vault) as connection:
        (box,) = connection.execute("SELECT box FROM sealed").fetchone()
    assert box in study.vault.read_bytes()
    undo_batch(study, "1", now=now)
    assert opened(study) == {}
    assert box not in study.vault.read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{id: ho_ten, type: text,", "{id: ho_ten, type: integer,",
         "Contact data are a text outside rosters. Make 'ho_ten' a text of its own."),
        ("{id: ho_ten, type: text,", "{id: ho_ten, type: text, dimension: d,",
         "Contact data cannot be scored. Leave out key and dimension."),
        ("type: date", "type: date\n        show_if: \"${ho_ten} != ''\"",
         "It reads the contact data 'ho_ten'. Contact data are sealed apart from the answers; use "
         "another item."),
        ("Xin cảm ơn", "Xin cảm ơn ${ho_ten}",
         "It shows the contact data 'ho_ten'. Contact data are sealed apart from the answers; use "
         "another item."),
    ],
)  # fmt: skip
def test_an_instrument_in_which_contact_data_do_not_stand_alone_is_refused(
    tmp_path, with_contacts, old, new, told
):
    text = with_contacts.replace(old, new, 1)
    text = re.sub(r"show_if: \"\$\{tranh_chap\} = 'co'\"\n        checks", "checks", text)
    path = tmp_path / "form.yaml"
    path.write_text(text, encoding="utf-8")
    from instruments.errors import DefinitionError

    with pytest.raises(DefinitionError) as refused:
        check_instrument(load_instrument(path))
    assert told in refused.value.text()


def test_contact_data_are_given_out_with_an_entry_in_the_journal_that_names_nobody(
    study, as_csv, now, tmp_path
):
    rows = [HEADINGS, line(1), line(2, k1=""), line(3, name="=1+1")]
    import_files(study, [as_csv(rows)], now=now)
    path = tmp_path / "contacts.csv"
    key = read_key(key_place(study))
    with pytest.raises(StudyError) as refused:
        write_contacts(study, path, key=key, reason=Reason(why=" ", by=""), now=now)
    assert [one.where for one in refused.value.problems] == ["--why", "--by"]
    assert not path.exists()
    reason = Reason(why="Gọi lại kiểm tra", by="Lan")
    assert write_contacts(study, path, key=key, reason=reason, now=now).records == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text(encoding="utf-8-sig").splitlines() == [
        f"_instrument,_record,{PHONE},{NAME}", "nhan_thuc,u1,0912345678,Nguyễn Văn A",
        "nhan_thuc,u3,0912345678,'=1+1",
    ]  # fmt: skip
    last = read_journal(study)[-1]
    assert (last.event, last.who) == ("contacts_read", "Lan")
    assert last.detail == '{"records":2,"why":"Gọi lại kiểm tra"}'
    assert verify_journal(study).faults == ()
