"""Two hundred invented names and phone numbers: sealed or left out, and found nowhere else."""

import os
import subprocess
import sys
import unicodedata

import openpyxl
import pytest
from sqlalchemy import select

from survey.founding import new_study
from survey.schema import metadata
from survey.store import Store
from survey.study import Study
from tests.survey.test_contacts import CONTACTS, HEADINGS, line

pytestmark = pytest.mark.heavy
NAMES = [f"Hoàng Yến Thứ {number:03}" for number in range(100)]
PHONES = [f"09870{number:05}" for number in range(100)]
SEALED = ("contacts.db", "inbox")
"""Where they may be: the vault, and the original files, both for their owner alone."""


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
    files = [path for path in folder.rglob("*") if path.is_file() and path != file
             and not any(name in path.relative_to(folder).parts for name in SEALED)]  # fmt: skip
    places = {str(path): path.read_bytes() for path in files}
    places["what was printed"] = b"".join(said)
    places["every table"] = repr(tables(study)).encode()
    places["cells of the workbook"] = repr(cells(folder / "out" / "q.xlsx")).encode()
    found = {(canary, place) for canary in (*NAMES, *PHONES) for place, text in places.items()
             if any(form in text for form in forms_of(canary))}  # fmt: skip
    assert found == set()
    kept = (study.folder / "contacts.db").read_bytes()
    assert sum(name.encode() in kept for name in NAMES) > 80


def tables(study):
    with Store.open(study.store_path) as store, store.engine.connect() as connection:
        return [connection.execute(select(table)).all() for table in metadata.sorted_tables]


def cells(path):
    book = openpyxl.load_workbook(path)
    return [[(cell.value, cell.comment and cell.comment.text) for cell in row]
            for sheet in book for row in sheet.iter_rows()]  # fmt: skip
