"""The key that opens contact data: made once, kept elsewhere, and of no use to who imports."""

import json
import shutil
import sqlite3
import stat
from contextlib import closing

import pytest
from click.testing import CliRunner

from reports.cli import main
from survey.contact_key import (
    asks_for_contacts,
    follow,
    key_beside,
    key_file,
    key_place,
    lock_of,
    make_pair,
    protect,
    read_key,
)
from survey.contact_list import Reason, write_contacts, write_original
from survey.contacts import Vault
from survey.contest import import_entries, undo_entries
from survey.double_entry import enter_twice
from survey.errors import StudyError
from survey.founding import new_study
from survey.imports import Reading, import_files
from survey.journal import read_journal, verify_journal
from survey.originals import Originals
from survey.receipts import receipts
from survey.withdrawal import forget
from tests.survey.test_contacts import CONTACTS, HEADINGS, NAME, PHONE, line, opened

KNOWN = {NAME: "Nguyễn Văn A", PHONE: "0912345678"}
PASSPHRASE = "mười hai con giáp"
REASON = Reason(why="gọi lại", by="Lan")
OLD_TABLE = (
    "CREATE TABLE contacts (batch INTEGER NOT NULL, row INTEGER NOT NULL,"
    " path TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (batch, row, path))"
)


@pytest.fixture
def form(tmp_path, form_text):
    path = tmp_path / "form.yaml"
    path.write_text(form_text + CONTACTS, encoding="utf-8")
    return path


@pytest.fixture
def study(tmp_path, form):
    return new_study(tmp_path / "study", instruments=[str(form)])


@pytest.fixture
def file(as_csv):
    return as_csv([HEADINGS, line(1), line(2, k1="")])


def everything_in(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_whoever_has_the_folder_alone_reads_no_contact_data(study, file, now, tmp_path):
    import_files(study, [file], now=now)
    assert b"0912345678" in file.read_bytes()
    assert b"0912345678" not in everything_in(study.folder)
    assert stat.S_IMODE(key_place(study).stat().st_mode) == 0o600
    key_place(study).rename(tmp_path / "usb")
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(StudyError, match="The key cannot be read"):
        read_key(key_place(study))
    import_files(study, [as_second(file)], now=now)
    assert not key_place(study).exists()
    assert len(Vault(study).opened(read_key(tmp_path / "usb")).contacts) == 4


def as_second(file):
    path = file.with_name("second.csv")
    path.write_text(file.read_text(encoding="utf-8").replace("u1", "u11").replace("u2", "u12"),
                    encoding="utf-8")  # fmt: skip
    return path


def test_a_key_under_a_passphrase_opens_with_it_alone(study, tmp_path):
    path = tmp_path / "khoa"
    lock = make_pair(study, path, passphrase=PASSPHRASE)
    assert key_file(path).protected
    assert read_key(path, passphrase=PASSPHRASE).lock == lock == lock_of(study)
    for wrong in ("", "muoi hai con giap"):
        with pytest.raises(StudyError, match="The passphrase does not open this key"):
            read_key(path, passphrase=wrong)
    protect(path, passphrase=PASSPHRASE, new="hai mươi bốn giờ")
    assert read_key(path, passphrase="hai mươi bốn giờ").lock == lock
    with pytest.raises(StudyError, match="The passphrase is too short"):
        protect(path, passphrase="hai mươi bốn giờ", new="ngắn")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_key_is_refused_inside_the_study_and_a_second_one_is_not_made(study, tmp_path):
    with pytest.raises(StudyError, match="The key would lie in the study's own folder"):
        make_pair(study, study.folder / "khoa")
    make_pair(study, tmp_path / "khoa")
    with pytest.raises(StudyError, match="The study has a key for its contact data already"):
        make_pair(study, tmp_path / "khoa2")
    assert not (tmp_path / "khoa2").exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"public": "00"}', '{"public": 1}', "\x00"])
def test_a_file_that_is_no_key_is_told_so(tmp_path, text):
    (tmp_path / "khoa").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="This is no key for contact data, or it is damaged"):
        read_key(tmp_path / "khoa")


def test_a_key_whose_halves_do_not_belong_together_is_damaged(study, tmp_path):
    make_pair(study, tmp_path / "khoa")
    found = json.loads((tmp_path / "khoa").read_text(encoding="utf-8"))
    (tmp_path / "khoa").write_text(json.dumps(found | {"private": "11" * 32}), encoding="utf-8")
    with pytest.raises(StudyError, match="or it is damaged"):
        read_key(tmp_path / "khoa")


def test_after_a_lost_key_new_contact_data_open_and_old_ones_are_counted(
    study, file, now, tmp_path
):
    import_files(study, [file], now=now)
    old = read_key(key_place(study))
    lock = follow(study, old.lock, tmp_path / "new", passphrase="", by="Lan", now=now)
    import_files(study, [as_second(file)], now=now)
    found = Vault(study).opened(read_key(tmp_path / "new"))
    assert ({row[0] for row in found.contacts}, found.closed) == ({2}, 2)
    last = [one for one in read_journal(study) if one.event == "contact_key_replaced"]
    assert [json.loads(one.detail) for one in last] == [
        {"old": old.lock.name, "new": lock.name},
    ]
    with pytest.raises(StudyError, match="sealed for another key"):
        make_pair_of_another(study, tmp_path, now)


def make_pair_of_another(study, tmp_path, now):
    from survey.sealing import Key

    write_contacts(study, tmp_path / "c.csv", key=Key.new(), reason=REASON, now=now)


def as_before_sealing(study):
    """Turn a study into one as it was when contact data lay open."""
    contacts = opened(study)
    for sealed in study.inbox.glob("*.sealed"):
        read_key(key_place(study)).open_file(sealed, sealed.with_suffix(""))
        sealed.unlink()
    key_place(study).unlink()
    (study.folder / "contacts.pub").unlink()
    study.vault.unlink()
    with closing(sqlite3.connect(study.vault)) as connection, connection:
        connection.execute(OLD_TABLE)
        connection.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?)", [
            (*row, path, value) for row, contact in contacts.items()
            for path, value in contact.items()
        ])  # fmt: skip


def test_a_study_from_before_is_sealed_at_its_next_import_and_loses_nothing(study, file, now):
    import_files(study, [file], now=now)
    as_before_sealing(study)
    assert b"0912345678" in study.vault.read_bytes()
    import_files(study, [as_second(file)], now=now)
    assert b"0912345678" not in everything_in(study.folder)
    assert opened(study) == {(1, 1): KNOWN, (1, 2): KNOWN, (2, 1): KNOWN, (2, 2): KNOWN}
    assert verify_journal(study).faults == ()


def test_contact_data_from_before_are_sealed_when_they_are_first_read_or_deleted(
    study, file, now, tmp_path
):
    import_files(study, [file], now=now)
    as_before_sealing(study)
    shutil.copytree(study.folder, tmp_path / "copy")
    make_pair(study, key_place(study))
    assert opened(study) == {(1, 1): KNOWN, (1, 2): KNOWN}
    assert b"0912345678" not in study.vault.read_bytes()
    (code,) = [one.code for one in receipts(study)]
    assert forget(study, code, now=now).contacts == 2


def test_a_withdrawal_deletes_the_sealed_original_and_both_of_a_double_entry(
    study, as_csv, now, tmp_path
):
    one = as_csv([HEADINGS, line(1)], name="a.csv")
    two = as_csv([[*HEADINGS, "ghi_chu"], [*line(1), ""]], name="b.csv")
    enter_twice(study, (one, two), code="_uuid", now=now)
    assert sorted(path.suffix for path in study.inbox.iterdir()) == [".sealed"] * 2
    (code,) = [found.code for found in receipts(study)]
    gone = forget(study, code, now=now)
    assert (gone.contacts, len(gone.originals)) == (2, 2)
    assert list(study.inbox.iterdir()) == []


def test_an_original_is_given_back_as_it_came_and_the_journal_tells_who_took_it(
    study, file, now, tmp_path
):
    import_files(study, [file], now=now)
    key = read_key(key_place(study))
    (path,) = write_original(study, "1", tmp_path / "out.csv", key=lambda: key, reason=REASON,
                             now=now)  # fmt: skip
    assert path.read_bytes() == file.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    last = read_journal(study)[-1]
    assert (last.event, last.batch, last.who) == ("original_read", 1, "Lan")
    with pytest.raises(StudyError, match="No original is kept of this batch"):
        write_original(study, "7", tmp_path / "no", key=lambda: key, reason=REASON, now=now)


def test_a_study_without_contact_data_has_no_key_and_keeps_originals_as_they_came(
    tmp_path, form_text, file, as_csv, now
):
    path = tmp_path / "plain.yaml"
    path.write_text(form_text, encoding="utf-8")
    study = new_study(tmp_path / "plain", instruments=[str(path)])
    source = as_csv([HEADINGS[:5], line(1)[:5]], name="plain.csv")
    import_files(study, [source], now=now)
    assert (asks_for_contacts(study), lock_of(study), key_beside(study)) == (False, None, None)
    (kept,) = study.inbox.iterdir()
    assert kept.read_bytes() == source.read_bytes()
    make_pair(study, tmp_path / "khoa")
    Originals(study).keep(file, contacts=False)
    assert sorted(path.suffix for path in study.inbox.iterdir()) == [".sealed"] * 2


def test_contact_data_of_contest_entries_are_kept_and_undone_by_themselves(study, file, now):
    import_files(study, [file], now=now)
    import_entries(study, [file], now=now, reading=Reading(), progress=lambda _, __: None)
    undo_entries(study, "1", now=now)
    assert opened(study) == {(1, 1): KNOWN, (1, 2): KNOWN}


def test_the_commands_make_use_and_protect_the_key(tmp_path, form, file, monkeypatch):
    def run(command, *words, exit_code=0):
        answer = CliRunner().invoke(main, [command, str(tmp_path / "s"), *map(str, words)])
        assert answer.exit_code == exit_code, answer.output
        return answer

    def run_json(command, *words):
        return json.loads(run(command, *words, "--format", "json").stdout)

    key = tmp_path / "s.contacts-key"
    made = run("new", "--instrument", form, "--language", "en", "--format", "json")
    assert json.loads(made.stdout)["contact_key"] == str(key)
    assert made.stderr.startswith(f"The key that opens contact data is in {key}, without a passp")
    told = run("import", file, "--yes", "--language", "vi")
    assert f"Khóa mở thông tin liên hệ nằm trong {key}, chưa có mật khẩu" in told.stderr
    monkeypatch.setenv("HIEULUAT_NEW_PASSPHRASE", PASSPHRASE)
    assert run_json("contact-key", key)["protected"]
    key.rename(tmp_path / "khoa")
    words = ("-o", tmp_path / "c.csv", "--why", "gọi lại", "--by", "Lan")
    refused = run("contacts", *words, "--language", "en", exit_code=1)
    assert f"{key}: The key cannot be read (No such file or directory)." in refused.stderr
    refused = run("contacts", *words, "--key", tmp_path / "khoa", "--language", "en", exit_code=1)
    assert "The passphrase does not open this key." in refused.stderr
    monkeypatch.setenv("HIEULUAT_PASSPHRASE", PASSPHRASE)
    assert run_json("contacts", *words, "--key", tmp_path / "khoa")["records"] == 1
    assert "Nguyễn Văn A" in (tmp_path / "c.csv").read_text(encoding="utf-8-sig")
    files = run_json("original", "1", *words, "--key", tmp_path / "khoa")["files"]
    assert files == [str(tmp_path / "c.csv")]
    assert (tmp_path / "c.csv").read_bytes() == file.read_bytes()
    monkeypatch.delenv("HIEULUAT_PASSPHRASE")
    new = run_json("contact-key", tmp_path / "khoa2", "--replace")
    assert not new["protected"]
    assert run("import", file, "--yes", "--language", "en").stderr == ""
