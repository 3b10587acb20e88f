"""Two hundred invented names and phone numbers: sealed or left out, and found nowhere else."""

import os
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from datetime import datetime
from html import unescape

import httpx
import openpyxl
import pytest
from sqlalchemy import select

from survey.contact_key import key_place, read_key
from survey.contacts import Vault
from survey.founding import new_study
from survey.readings import HANOI
from survey.schema import metadata
from survey.store import Store
from survey.study import Study
from survey.web.desk import Desk
from survey.web.guard import note_bug
from tests.survey.desk_server import serving
from tests.survey.test_contacts import CONTACTS, HEADINGS, line

pytestmark = pytest.mark.heavy
NAMES = [f"Hoàng Yến Thứ {number:03}" for number in range(100)]
PHONES = [f"09870{number:05}" for number in range(100)]


def forms_of(text: str) -> list[bytes]:
    """A text as it could stand in a file: composed and decomposed, escaped, in UTF-16."""
    apart = unicodedata.normalize("NFD", text)
    escaped = text.encode("unicode_escape")
    return [text.encode(), apart.encode(), escaped, text.encode("utf-16-le")]


def rows():
    """Good rows, rows for quarantine, ragged ones and known ones, each with its canaries."""
    for at, (name, phone) in enumerate(zip(NAMES, PHONES, strict=True)):
        bad = "" if at % 7 == 0 else "dugn" if at % 11 == 0 else "dung"
        cells = line(at, k1=bad, name=name, phone=phone if at % 5 else f"{phone}x")
        yield [*cells, name, *(["thừa"] if at % 13 == 0 else [])]


@pytest.fixture
def world(tmp_path, form_text, as_csv):
    """A study, its file, and a folder in which everything temporary lands."""
    form = tmp_path / "form.yaml"
    form.write_text(form_text + CONTACTS, encoding="utf-8")
    study = new_study(tmp_path / "study", instruments=[str(form)])
    file = as_csv([[*HEADINGS, "Người được hỏi"], *rows()])
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text('"Người được hỏi": null\n', encoding="utf-8")
    (tmp_path / "tmp").mkdir()
    (tmp_path / "out").mkdir()
    return study, file, mapping, tmp_path


def test_no_planted_name_or_phone_leaves_the_vault(world):
    study, file, mapping, folder = world
    said = []

    def run(command, *words):
        answer = subprocess.run(
            [sys.executable, "-m", "reports", command, study.folder, *words, "--format", "json"],
            capture_output=True, check=True, timeout=300,
            env=os.environ | {"TMPDIR": str(folder / "tmp"), "LANG": "C.UTF-8"},
        )  # fmt: skip
        said.append(answer.stdout + answer.stderr)

    run("import", file, "--mapping", mapping)
    run("import", file, "--mapping", mapping, "--yes")
    run("import", file, "--mapping", mapping, "--yes")
    run("quarantine", "-o", folder / "out" / "q.xlsx")
    run("export", "-o", folder / "out" / "data.csv")
    run("receipts", "-o", folder / "out" / "codes.csv")
    run("journal")
    from survey.snapshot import freeze

    freeze(Study.open(study.folder))
    run("report", "-o", folder / "out" / "report")
    run("records", "-o", folder / "out" / "records.xlsx")
    run("undo", "1")
    run("import", file, "--mapping", mapping, "--yes")
    files = [path for path in folder.rglob("*") if path.is_file() and path != file]
    places = {str(path): path.read_bytes() for path in files}
    places["what was printed"] = b"".join(said)
    places["every table"] = repr(tables(study)).encode()
    places["cells of the workbook"] = repr(cells(folder / "out" / "q.xlsx")).encode()
    reports = sorted(path.suffix for path in (folder / "out" / "report").iterdir())
    assert set(reports) == {".html", ".pdf", ".docx", ".xlsx", ".json"}
    places |= {f"inside {path}": text for path in files for text in [inside(path)] if text}
    assert found_in(places) == set()
    kept = repr(Vault(study).opened(read_key(key_place(study))).contacts)
    assert sum(name in kept for name in NAMES) > 80


def test_no_planted_name_or_phone_is_on_a_page_of_the_desk_or_in_its_log(world, tmp_path):
    study, file, _, _ = world
    desk = Desk.of(study, now=lambda: datetime(2026, 11, 24, 9, 30, tzinfo=HANOI), by="Lan")
    pages = {}
    with serving(desk) as address, httpx.Client(base_url=address, timeout=60) as http:

        def read(place):
            pages[place] = http.get(f"/vi/{place}").raise_for_status().content
            return pages[place].decode(errors="replace")

        answer = http.post("/vi/files", data={"secret": desk.secret},
                           files={"file": (file.name, file.read_bytes())})  # fmt: skip
        token = answer.headers["location"].rpartition("/")[2]
        assert desk.worker.wait_until_idle(seconds=60)
        column = re.search(r'name="(c\d+)"', http.get(f"/vi/files/{token}").text)[1]
        check = re.search(r'name="check" value="(\w+)"', http.get(f"/vi/files/{token}").text)[1]
        http.post(f"/vi/files/{token}/columns",
                  data={"secret": desk.secret, "check": check, column: "-"})  # fmt: skip
        assert desk.worker.wait_until_idle(seconds=60)
        checked = read(f"files/{token}")
        check = re.search(r'name="check" value="(\w+)"', checked)[1]
        http.post(f"/vi/files/{token}/store", data={"secret": desk.secret, "check": check})
        assert desk.worker.wait_until_idle(seconds=60)
        for place in ("", f"files/{token}", "batches/1", "batches/1/undo", "quarantine"):
            read(place)
        assert "Lô 1" in unescape(pages["batches/1"].decode())
        for name in ("quarantine.xlsx", "records.xlsx"):
            read(name)
            (tmp_path / name).write_bytes(pages[name])
            pages[f"inside {name}"] = inside(tmp_path / name)
    kept = {str(path): path.read_bytes() for path in (study.folder / ".desk").rglob("*")
            if path.is_file()}  # fmt: skip
    assert found_in(pages | kept) == set()


def test_the_log_of_the_desk_holds_no_word_of_an_error(world, caplog):
    with pytest.raises(ValueError, match="Hoàng") as raised:
        int(NAMES[0])
    note_bug(raised.value)
    assert found_in({"log": caplog.text.encode()}) == set()
    assert "ValueError at test_canaries.py" in caplog.text


def test_a_line_that_is_left_out_is_noted_by_its_number_alone(world, tmp_path):
    study, *_ = world
    path = tmp_path / "cong.xlsx"
    book = openpyxl.Workbook()
    for cells in (HEADINGS, line(1), line(2), ["Tổng cộng", NAMES[0]]):
        book.active.append(cells)
    book.save(path)
    from survey.imports import import_files

    (report,) = import_files(study, [path], now=lambda: datetime(2026, 11, 24, tzinfo=HANOI))
    notes = [one.note for one in report.notes if one.note.rule == "line_left_out"]
    assert [(one.value, one.message.text("en")) for one in notes] == [
        ("4", "Line 4 is no record; 1 lines are left out.")
    ]
    assert found_in({"every table": repr(tables(study)).encode()}) == set()


def found_in(places):
    """Which canary is in which place."""
    return {(canary, place) for canary in (*NAMES, *PHONES) for place, text in places.items()
            if any(form in text for form in forms_of(canary))}  # fmt: skip


def inside(path):
    """What is in a file that packs or encodes its text."""
    if path.suffix in {".docx", ".xlsx"}:
        with zipfile.ZipFile(path) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    if path.suffix == ".pdf" and shutil.which("pdftotext"):
        return subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True).stdout
    return unescape(path.read_text(encoding="utf-8")).encode() if path.suffix == ".html" else b""


def tables(study):
    with Store.open(study.store_path) as store, store.engine.connect() as connection:
        return [connection.execute(select(table)).all() for table in metadata.sorted_tables]


def cells(path):
    book = openpyxl.load_workbook(path)
    return [[(cell.value, cell.comment and cell.comment.text) for cell in row]
            for sheet in book for row in sheet.iter_rows()]  # fmt: skip
