"""A small form of our own, and responses to it in the clothes of KoboToolbox."""

import csv
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import make_url

from survey.database import Address
from survey.founding import new_study
from survey.readings import HANOI
from survey.study import Study, address_of

Response = Mapping[str, str]

FORM = """
kind: instrument
id: nhan_thuc
version: "1"
title: {vi: "Nhận thức pháp luật"}
languages: [vi]
interview_date: today
choice_lists:
  muc:
    - {code: "1", label: {vi: "Rất không đồng ý"}}
    - {code: "2", label: {vi: "Không đồng ý"}}
    - {code: "3", label: {vi: "Trung lập"}}
    - {code: "4", label: {vi: "Đồng ý"}}
    - {code: "5", label: {vi: "Rất đồng ý"}}
items:
  - {id: start, type: start}
  - {id: end, type: end}
  - {id: today, type: today}
  - {id: thiet_bi, type: metadata}
  - id: ca_nhan
    items:
      - id: gioi_tinh
        type: single
        required: true
        label: {vi: "Giới tính"}
        options: [{code: nam, label: {vi: "Nam"}}, {code: nu, label: {vi: "Nữ"}}]
      - id: nam_sinh
        type: integer
        required: true
        label: {vi: "Năm sinh"}
        checks: [{rule: ". >= 1920 and . <= 2008", message: {vi: "Năm sinh từ 1920 đến 2008"}}]
      - {id: tuoi, type: calculated, calculation: "2026 - ${nam_sinh}"}
      - {id: dia_chi, type: text, label: {vi: "Tổ dân phố"}}
  - id: kien_thuc
    items:
      - id: k1
        type: single
        required: true
        label: {vi: "Đúng hay sai?"}
        options:
          - {code: dung, label: {vi: "Đúng"}}
          - {code: sai, label: {vi: "Sai"}}
          - {code: kb, label: {vi: "Không biết"}}
      - id: nguon
        type: multiple
        label: {vi: "Nguồn thông tin"}
        options:
          - {code: tv, label: {vi: "Truyền hình"}}
          - {code: loa, label: {vi: "Loa"}}
          - {code: khac, label: {vi: "Khác"}}
          - {code: khong, label: {vi: "Không"}, exclusive: true}
      - id: nguon_khac
        type: text
        required: true
        label: {vi: "Nguồn khác"}
        show_if: "selected(${nguon}, 'khac')"
  - id: thai_do
    items:
      - {id: a1, type: single, choices: muc, label: {vi: "Luật bảo vệ người dân"}}
      - {id: a2, type: single, choices: muc, label: {vi: "Tìm được trợ giúp"}}
      - {id: a3, type: single, choices: muc, label: {vi: "Luật khó hiểu"}}
  - id: trai_nghiem
    show_if: "${tuoi} >= 18"
    items:
      - id: tranh_chap
        type: single
        required: true
        label: {vi: "Có tranh chấp?"}
        options: [{code: co, label: {vi: "Có"}}, {code: khong, label: {vi: "Không"}}]
      - id: ngay
        type: date
        label: {vi: "Ngày"}
        show_if: "${tranh_chap} = 'co'"
        checks: [{rule: ". <= today()", message: {vi: "Không ở tương lai"}}]
      - id: buoc
        repeat: true
        show_if: "${tranh_chap} = 'co'"
        items:
          - id: viec
            type: single
            required: true
            label: {vi: "Đã làm gì?"}
            options: [{code: hoa_giai, label: {vi: "Hòa giải"}}, {code: toa_an, label: {vi: "Tòa"}}]
          - {id: chi_phi, type: decimal, label: {vi: "Chi phí"}, checks: [{rule: ". >= 0"}]}
  - {id: cam_on, type: note, label: {vi: "Xin cảm ơn"}}
"""

QUESTIONS = (
    "start", "end", "today", "thiet_bi", "ca_nhan/gioi_tinh", "ca_nhan/nam_sinh", "ca_nhan/tuoi",
    "ca_nhan/dia_chi", "kien_thuc/k1", "kien_thuc/nguon", "kien_thuc/nguon/tv",
    "kien_thuc/nguon/loa", "kien_thuc/nguon/khac", "kien_thuc/nguon/khong",
    "kien_thuc/nguon_khac", "thai_do/a1", "thai_do/a2", "thai_do/a3", "trai_nghiem/tranh_chap",
    "trai_nghiem/ngay", "cam_on",
)  # fmt: skip
SYSTEM = ("_id", "_uuid", "_submission_time", "_validation_status", "__version__", "_index")


def response(number: int = 1, **changes: str) -> dict[str, str]:
    """A response that holds; `changes` by item id."""
    day, minute = 1 + number % 28, number % 60
    answers = {
        "start": f"2026-09-{day:02}T08:{minute:02}:00.000+07:00",
        "end": f"2026-09-{day:02}T09:{minute:02}:07.000+07:00",
        "today": f"2026-09-{day:02}",
        "gioi_tinh": ("nam", "nu")[number % 2], "nam_sinh": str(1950 + number % 50),
        "tuoi": str(76 - number % 50), "dia_chi": f"Tổ {number}",
        "k1": ("dung", "sai", "kb")[number % 3], "nguon": ("tv", "loa", "tv loa")[number % 3],
        "a1": str(1 + number % 5), "a2": str(1 + (number + 1) % 5), "a3": "4",
        "tranh_chap": "khong", "_uuid": f"00000000-0000-4000-8000-{number:012}",
        "_id": str(1000 + number), "_submission_time": "2026-09-30T01:02:03",
        "__version__": "1", "_index": str(number), "_validation_status": "",
    }  # fmt: skip
    return answers | changes


def kobo_lines(
    responses: Sequence[Response], *, groups: bool = True, multiple: str = "both"
) -> list[list[str]]:
    """Headings and rows as KoboToolbox writes them."""
    wanted = [path for path in QUESTIONS if _written(path, multiple)]
    headings = [path if groups else _without_group(path) for path in wanted]
    rows = [[*(_cell(path, one) for path in wanted), *(one.get(name, "") for name in SYSTEM)]
            for one in responses]  # fmt: skip
    return [[*headings, *SYSTEM], *rows]


def write_csv(path: Path, lines: Sequence[Sequence[str]], *, delimiter: str = ";") -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(lines)
    return path


@pytest.fixture
def now() -> Callable[[], datetime]:
    return lambda: datetime(2026, 11, 24, 9, 30, tzinfo=HANOI)


@pytest.fixture(scope="session")
def form_text() -> str:
    return FORM


@pytest.fixture
def form_file(tmp_path: Path, form_text: str) -> Path:
    path = tmp_path / "nhan_thuc.yaml"
    path.write_text(form_text, encoding="utf-8")
    return path


_NUMBERS = count(1)
ON_BOTH = frozenset({"test_store", "test_imports", "test_outputs", "test_corrections",
                     "test_quarantine", "test_double_entry", "test_journal", "test_withdrawal",
                     "test_writers", "test_ledger", "test_corrections_book",
                     "test_exclusions"})  # fmt: skip
"""Modules whose tests run on SQLite and on PostgreSQL."""
SERVER = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None,
             key=lambda path: float(path.parent.name))  # fmt: skip
"""The programs of the newest PostgreSQL on this machine."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if (
        "engine_name" in metafunc.fixturenames
        and metafunc.module.__name__.split(".")[-1] in ON_BOTH
    ):
        heavy = pytest.param("postgresql", marks=pytest.mark.heavy)
        metafunc.parametrize("engine_name", ["sqlite", heavy])


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own, reached through a socket in its folder; its URL."""
    if SERVER is None:
        pytest.skip("PostgreSQL is not here (no /usr/lib/postgresql/*/bin)")
    folder = Path(
        tempfile.mkdtemp(prefix="pg")
    )  # short: a socket's path has 107 characters at most
    unprivileged = {"user": "nobody"} if os.geteuid() == 0 else {}
    if unprivileged:
        shutil.chown(folder, "nobody")
    run = partial(subprocess.run, check=True, capture_output=True, cwd=folder, **unprivileged)
    data = folder / "data"
    run([SERVER / "initdb", "-D", data, "-U", "survey", "-A", "trust", "-E", "UTF8",
         "--locale=C.UTF-8"])  # fmt: skip
    settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run([SERVER / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start"])
    yield f"postgresql://survey@/postgres?host={folder}"
    run([SERVER / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    shutil.rmtree(folder)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, engine_name: str) -> str:
    """What stands behind ``store:`` in study.yaml: a file, or a database of the test's own."""
    if engine_name == "sqlite":
        return "store.db"
    url = make_url(request.getfixturevalue("server"))
    name = f"test_{next(_NUMBERS)}"
    subprocess.run([SERVER / "createdb", "-h", str(url.query["host"]), "-U", "survey", name],
                   check=True)  # fmt: skip
    return url.set(database=name).render_as_string()


@pytest.fixture
def address(tmp_path: Path, place: str) -> Address:
    """A store that is not there yet."""
    return address_of(tmp_path, place, schema="study")


@pytest.fixture
def found(place: str, form_file: Path) -> Callable[..., Study]:
    """Make a study whose store is that of the engine under test."""

    def make(folder: Path, *, instruments: Sequence[str] = (str(form_file),)) -> Study:
        study = new_study(folder, instruments=instruments)
        if place == "store.db":
            return study
        settings = folder / "study.yaml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("store: store.db", f"store: {place}"), encoding="utf-8")
        return Study.open(folder)

    return make


@pytest.fixture
def study(tmp_path: Path, found: Callable[..., Study]) -> Study:
    return found(tmp_path / "study")


@pytest.fixture
def kobo(tmp_path: Path) -> Callable[..., Path]:
    """Write responses as a KoboToolbox file: ``kobo(responses, name=..., groups=...)``."""

    def write(responses: Sequence[Response], *, name: str = "kobo.csv", **how: object) -> Path:
        return write_csv(tmp_path / name, kobo_lines(responses, **how))

    return write


@pytest.fixture
def respond() -> Callable[..., dict[str, str]]:
    return response


@pytest.fixture
def as_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write lines of cells as a CSV file in the test's folder."""

    def write(
        lines: Sequence[Sequence[str]], *, name: str = "file.csv", delimiter: str = ","
    ) -> Path:
        return write_csv(tmp_path / name, lines, delimiter=delimiter)

    return write


def _without_group(path: str) -> str:
    return path.partition("/")[2] or path


def _written(path: str, multiple: str) -> bool:
    is_split = path.startswith("kien_thuc/nguon/")
    is_single = path == "kien_thuc/nguon"
    return not ((is_split and multiple == "single") or (is_single and multiple == "split"))


def _cell(path: str, one: Response) -> str:
    if path.startswith("kien_thuc/nguon/"):
        return str(int(path.rpartition("/")[2] in one.get("nguon", "").split()))
    return one.get(path.rpartition("/")[2], "")
