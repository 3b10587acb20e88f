"""The desk: a file goes in, is looked at, settled, checked, stored once and undone; nobody else may."""

import re
import stat
import threading
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from html import unescape

import httpx
import pytest

from survey import imports
from survey.contact_key import key_place, make_pair
from survey.digest import digest
from survey.founding import new_study
from survey.readings import HANOI
from survey.store import Store
from survey.web.desk import Desk
from survey.web.worker import Job
from tests.survey.desk_server import serving
from tests.survey.test_quarantine import mend
from tests.survey.test_told_apart import FORM as TWINS

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=HANOI)
HOSTILE = {
    "gioi_tinh": '<script>alert(1)</script>"><img src=x onerror=alert(2)>',
    "k1": "{{7*7}}${7*7}",
    "a1": "txt\u202egpj.exe",
    "a2": "Z" * 100_000,
}


@pytest.fixture
def open_desk(study):
    """Open the study's desk, as often as it is restarted; each is closed at the end."""
    with ExitStack() as stack:

        def start(*, now: datetime = NOW, study=study, **settings) -> "Visitor":
            desk = Desk.of(study, now=lambda: now, by="Lan")
            address = stack.enter_context(serving(desk, **settings))
            http = stack.enter_context(httpx.Client(base_url=address, timeout=60))
            return Visitor(desk, http)

        yield start


@pytest.fixture
def visitor(open_desk):
    return open_desk()


class Visitor:
    """A clerk without a browser."""

    def __init__(self, desk: Desk, http: httpx.Client) -> None:
        self.desk, self.http = desk, http

    def read(self, place: str = "", *, language: str = "en") -> str:
        answer = self.http.get(f"/{language}/{place}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def words(self, place: str = "", *, language: str = "en") -> str:
        """A page as people read it."""
        body = self.read(place, language=language).partition("<body>")[2]
        text = " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())
        return re.sub(r" ([,.:])", r"\1", text)

    def send(self, place: str, **fields):
        return self.http.post(f"/en/{place}", data={"secret": self.desk.secret} | fields)

    def hand_in(self, path, *, name: str | None = None) -> str:
        """Upload a file and wait until it is looked at; its token."""
        answer = self.http.post(
            "/en/files", data={"secret": self.desk.secret},
            files={"file": (name or path.name, path.read_bytes())},
        )  # fmt: skip
        assert answer.status_code == 303, answer.text
        self.wait()
        return answer.headers["location"].rpartition("/")[2]

    def wait(self) -> None:
        assert self.desk.worker.wait_until_idle(seconds=60)

    def store(self, token: str):
        check = re.search(r'name="check" value="([0-9a-f]+)"', self.read(f"files/{token}"))
        answer = self.send(f"files/{token}/store", check=check[1])
        self.wait()
        return answer

    def batches(self) -> list[tuple[str, int, int]]:
        with Store.existing(self.desk.study.store_path) as store:
            found = [] if store is None else store.list_batches()
        return [(one.state, one.accepted, one.quarantined) for one in found]


@pytest.fixture
def file(kobo, respond):
    """Ten rows, of which the fourth was born in a Buddhist year."""
    return kobo([respond(n, **({"nam_sinh": "2528"} if n == 4 else {})) for n in range(1, 11)])


def test_a_file_is_looked_at_checked_stored_and_undone(visitor, file):
    empty = digest(visitor.desk.study)
    token = visitor.hand_in(file)
    found = visitor.words(f"files/{token}")
    assert "rows in the file 10 accepted 9 in quarantine 1 known already 0" in found
    assert "KoboToolbox, UTF-8, delimiter ;" in found
    assert "4 5 ca_nhan/nam_sinh 2528 Năm sinh từ 1920 đến 2008 Was '1985' meant?" in found
    assert not visitor.desk.study.store_path.exists()
    assert visitor.store(token).headers["location"] == f"/en/files/{token}"
    assert "Stored as batch 1" in visitor.words(f"files/{token}")
    assert visitor.batches() == [("sealed", 9, 1)]
    assert "Imported by Lan" in visitor.words("batches/1")
    assert "9 accepted rows and 1 rows in quarantine will no longer count" in visitor.words(
        "batches/1/undo"
    )
    assert visitor.send("batches/1/undo").status_code == 303
    assert digest(visitor.desk.study) == empty
    assert visitor.send("batches/1/undo").headers["location"] == "/en/batches/1"
    assert "undone" in visitor.words("batches/1")


def test_storing_twice_by_double_click_reload_or_back_stores_once(visitor, file):
    token = visitor.hand_in(file)
    page = visitor.read(f"files/{token}")
    check = re.search(r'name="check" value="([0-9a-f]+)"', page)[1]
    for _ in range(3):
        assert visitor.send(f"files/{token}/store", check=check).status_code == 303
    visitor.wait()
    assert visitor.send(f"files/{token}/store", check=check).status_code == 303
    visitor.wait()
    assert visitor.batches() == [("sealed", 9, 1)]
    visitor.send(f"files/{token}/check")
    visitor.wait()
    assert "Stored as batch 1" in visitor.words(f"files/{token}")


def test_two_tabs_that_store_the_same_file_make_one_batch(visitor, file):
    tokens = [visitor.hand_in(file) for _ in range(2)]
    barrier = threading.Barrier(2)

    def act(token: str) -> None:
        check = visitor.desk.uploads.find(token).check
        barrier.wait()
        visitor.send(f"files/{token}/store", check=check)

    tabs = [threading.Thread(target=act, args=(token,)) for token in tokens]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    visitor.wait()
    assert visitor.batches() == [("sealed", 9, 1)]
    said = sorted(visitor.words(f"files/{token}").split("Store ")[1][:14] for token in tokens)
    assert said == ["Nothing in it ", "Stored as batc"]


def test_a_file_that_was_stored_before_says_as_which_batch(visitor, file):
    visitor.store(visitor.hand_in(file))
    again = visitor.words(f"files/{visitor.hand_in(file)}")
    assert "This very file was imported before, as batch 1." in again
    assert "Nothing in it is new; there is nothing to store." in again


def test_columns_are_settled_with_their_cells_in_view(visitor, kobo, respond):
    file = kobo([respond(n) for n in range(1, 8)])
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("ca_nhan/gioi_tinh", "Nam hay nữ?"), encoding="utf-8")
    token = visitor.hand_in(file)
    page = visitor.read(f"files/{token}")
    assert "Columns that the form does not tell: 1" in page
    number = re.search(r'<label for="c(\d+)"><bdi>Nam hay nữ\?', page)[1]
    assert "<li><bdi>nu</bdi>" in page
    check = re.search(r'name="check" value="([0-9a-f]+)"', page)[1]
    visitor.send(f"files/{token}/columns", check=check, **{f"c{number}": "ca_nhan/gioi_tinh"})
    visitor.wait()
    assert "Every row holds." in visitor.words(f"files/{token}")
    stale = visitor.send(f"files/{token}/columns", check=check, **{f"c{number}": "-"})
    assert stale.status_code == 409
    assert "read in another way since this page was made" in stale.text
    visitor.store(token)
    assert visitor.batches() == [("sealed", 7, 0)]


def test_columns_that_are_not_chosen_can_be_left_out_at_once(visitor, kobo, respond):
    file = kobo([respond(1)])
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("thai_do/a1", "X1?").replace("thai_do/a2", "X2?"), encoding="utf-8"
    )
    token = visitor.hand_in(file)
    check = re.search(r'name="check" value="([0-9a-f]+)"', visitor.read(f"files/{token}"))[1]
    visitor.send(f"files/{token}/columns", check=check, rest="out")
    visitor.wait()
    assert "Store 1 rows" in visitor.words(f"files/{token}")
    places = visitor.words(f"files/{token}/columns")
    assert "X1? 2 left out" in places


def test_two_columns_for_one_question_are_both_asked_about(visitor, as_csv):
    token = visitor.hand_in(as_csv([["k1", "kien_thuc/k1"], ["dung", "sai"]]))
    page = visitor.words(f"files/{token}")
    assert "Columns that the form does not tell: 2" in page
    assert "all belong to 'kien_thuc/k1'. Keep one of them." in page


def test_what_was_settled_serves_the_next_file_of_the_same_kind(visitor, kobo, respond):
    for number in (1, 2):
        file = kobo([respond(number)], name=f"{number}.csv")
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("thai_do/a1", "X1?"), encoding="utf-8")
    token = visitor.hand_in(file.with_name("1.csv"))
    check = re.search(r'name="check" value="([0-9a-f]+)"', visitor.read(f"files/{token}"))[1]
    visitor.send(f"files/{token}/columns", check=check, rest="out")
    visitor.wait()
    visitor.store(token)
    again = visitor.hand_in(file.with_name("2.csv"))
    assert "Store 1 rows" in visitor.words(f"files/{again}")
    assert "X1? 3 left out" in visitor.words(f"files/{again}/columns")


def test_a_column_that_is_settled_wrongly_can_be_changed(visitor, file):
    token = visitor.hand_in(file)
    address = re.search(r"files/\S+/columns\?change=\d+(?=\" aria-label=\"Change where .thai_do/a1.)",
                        visitor.read(f"files/{token}/columns").replace("&#39;", "'"))[0]  # fmt: skip
    page = visitor.read(address)
    assert '<option value="thai_do/a1" selected>' in page
    number = address.rpartition("=")[2]
    check = re.search(r'name="check" value="([0-9a-f]+)"', page)[1]
    visitor.send(f"files/{token}/columns", check=check, **{f"c{number}": "-"})
    visitor.wait()
    assert visitor.desk.uploads.find(token).choice.mapping == {"thai_do/a1": None}


def test_a_study_of_several_questionnaires_asks_which_one_is_answered(
    open_desk, tmp_path, form_file, form_text, kobo, respond
):
    other = tmp_path / "other.yaml"
    other.write_text(form_text.replace("id: nhan_thuc", "id: canh_sat"), encoding="utf-8")
    study = new_study(tmp_path / "two", instruments=[str(form_file), str(other)])
    visitor = open_desk(study=study)
    assert "Which questionnaire does it answer?" in visitor.words()
    token = visitor.hand_in(kobo([respond(1)]))
    assert "The study has 2 instruments." in visitor.words(f"files/{token}")
    visitor.send(f"files/{token}/reading", instrument="canh_sat")
    visitor.wait()
    visitor.store(token)
    with Store.open(study.store_path) as store:
        assert [one.instrument for one in store.accepted()] == ["canh_sat"]


def test_a_wrong_guess_is_overridden(visitor, as_csv):
    file = as_csv([["k1", "x"], ["dung", "a|b"], ["sai", "c|d"]], name="odd.csv", delimiter="|")
    token = visitor.hand_in(file)
    visitor.send(f"files/{token}/reading", delimiter="|", kind="csv", encoding="utf-8")
    visitor.wait()
    choice = visitor.desk.uploads.find(token).choice
    assert (choice.delimiter, choice.kind, choice.encoding) == ("|", "csv", "utf-8")
    assert "said to be csv" in visitor.words(f"files/{token}")


def test_a_refused_file_says_why_and_what_to_do(visitor, tmp_path):
    path = tmp_path / "login.xls"
    path.write_text("<html><title><script>alert(1)</script></title></html>", encoding="utf-8")
    said = visitor.words(f"files/{visitor.hand_in(path)}")
    assert "login.xls: This is a web page" in said
    assert "The download was probably refused: log in again and repeat the export." in said
    assert "cannot be taken in" in visitor.words()


def test_problems_are_paged_and_chosen_by_kind(visitor, kobo, respond):
    rows = [respond(n, **({"k1": "lạ"} if n % 10 else {"nam_sinh": "2528"})) for n in range(1, 131)]
    token = visitor.hand_in(kobo(rows))
    first, last = visitor.words(f"files/{token}"), visitor.words(f"files/{token}?page=3")
    assert "Problems: 130" in first
    assert "Page 1 of 3" in first
    assert "130 131 ca_nhan/nam_sinh" in last
    assert "130 131" not in first
    rule = visitor.words(f"files/{token}?rule=constraint")
    assert "Page 1 of" not in rule
    assert rule.count("Was '1985' meant?") == 13
    assert "Page 3 of 3" in visitor.words(f"files/{token}?page=99999")


def test_hostile_cells_are_inert_on_every_screen(visitor, kobo, respond):
    file = kobo([respond(1, **HOSTILE), respond(2, nam_sinh="=cmd|'/c calc'!A0")])
    name = '<img src=x onerror=alert(3)>"{{8*8}}\u202e.csv'
    token = visitor.hand_in(file, name=name)
    visitor_pages = [f"files/{token}", f"files/{token}/columns", "", "missing/<script>"]
    seen = [visitor.http.get(f"/en/{place}").text for place in visitor_pages]
    visitor.store(token)
    places = (f"files/{token}", "batches/1", "batches/1/undo", "quarantine", "")
    seen += [visitor.read(place) for place in places]
    for page in seen:
        assert not re.search(r"<script>|<img|onerror=alert\(\d\)>[^&]", page)
        assert "\u202e" not in page
        assert "Z" * 2000 not in page
        assert len(page) < 100_000
        assert not re.search(r"\b(49|64)\b", re.sub(r"\s\S*=\"[^\"]*\"", "", page))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen[0]
    assert "txt[U+202E]gpj.exe" in seen[0]
    assert f'title="{"Z" * 999}…"' in seen[0]


def test_hostile_headings_are_inert_where_columns_are_settled(visitor, as_csv):
    heading = "<script>alert(1)</script>{{7*7}}\u202e"
    file = as_csv([["_uuid", heading, "W" * 5000], ["1", "<b>x</b>", "{{7*7}}"]])
    page = visitor.read(f"files/{visitor.hand_in(file)}")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}[U+202E]" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "W" * 1001 not in page


def test_every_page_keeps_to_itself_and_runs_no_inline_script(visitor, file):
    token = visitor.hand_in(file)
    for place in ("", f"files/{token}", f"files/{token}/columns", "quarantine", "nowhere"):
        answer = visitor.http.get(f"/vi/{place}")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers
        assert not re.search(
            r"<script(?! src)|<style| style=| on[a-z]+=\"|javascript:", answer.text
        )
        assert 'lang="vi"' in answer.text


def test_requests_from_elsewhere_are_turned_away_and_do_nothing(visitor, file):
    visitor.store(visitor.hand_in(file))
    elsewhere = [
        ({"host": "evil.example"}, 421),
        ({"host": "localhost.evil.example:8000"}, 421),
        ({"host": "192.168.1.5:8000"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ]
    for headers, status in elsewhere:
        answer = visitor.http.post("/en/batches/1/undo", headers=headers,
                                   data={"secret": visitor.desk.secret})  # fmt: skip
        assert answer.status_code == status, headers
        assert "This was not done" in answer.text
    assert visitor.batches() == [("sealed", 9, 1)]


def test_forms_without_the_secret_do_nothing(visitor, file):
    token = visitor.hand_in(file)
    check = visitor.desk.uploads.find(token).check
    for fields in ({}, {"secret": "guess"}, {"secret": "ả"}):
        answer = visitor.http.post(f"/en/files/{token}/store", data={"check": check} | fields)
        assert answer.status_code == 403
    answer = visitor.http.post("/en/files", files={"file": ("a.csv", b"x")}, data={"secret": "no"})
    assert answer.status_code == 403
    assert visitor.batches() == []
    assert [one.token for one in visitor.desk.uploads.waiting()] == [token]


def test_forms_are_taken_with_the_origin_that_browsers_send(visitor, file):
    token = visitor.hand_in(file)
    answer = visitor.http.post(
        f"/en/files/{token}/discard", data={"secret": visitor.desk.secret},
        headers={"origin": str(visitor.http.base_url).rstrip("/"), "sec-fetch-site": "same-origin"},
    )  # fmt: skip
    assert answer.status_code == 303


def test_an_upload_over_the_limit_is_refused_in_words_and_leaves_nothing(open_desk, tmp_path):
    visitor = open_desk(limit=1 << 20)
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b\n" * 400_000)
    answer = visitor.http.post("/en/files", data={"secret": visitor.desk.secret},
                               files={"file": (path.name, path.read_bytes())})  # fmt: skip
    assert answer.status_code == 413
    assert "The files are larger than 1 MB together." in answer.text
    assert list(visitor.desk.uploads.folder.glob("*/*")) == []


def test_several_files_are_looked_at_one_after_the_other(visitor, kobo, respond):
    files = [kobo([respond(n)], name=f"{n}.csv") for n in (1, 2)]
    answer = visitor.http.post(
        "/en/files", data={"secret": visitor.desk.secret},
        files=[("file", (one.name, one.read_bytes())) for one in files],
    )  # fmt: skip
    assert answer.headers["location"] == "/en/"
    visitor.wait()
    assert visitor.words().count("checked, not stored") == 2


def test_no_file_chosen_is_said(visitor):
    answer = visitor.http.post("/en/files", data={"secret": visitor.desk.secret},
                               files={"file": ("", b"")})  # fmt: skip
    assert answer.status_code == 400
    assert "No file was chosen." in answer.text


def test_uploads_lie_in_a_private_folder_and_go_when_they_are_done(visitor, file):
    token = visitor.hand_in(file)
    folder = visitor.desk.uploads.folder
    path = visitor.desk.uploads.path_of(visitor.desk.uploads.find(token))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / token).stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    visitor.store(token)
    assert not path.exists()
    other = visitor.hand_in(file)
    visitor.send(f"files/{other}/discard")
    assert not (folder / other).exists()


def test_uploads_older_than_a_day_go_when_the_desk_opens(open_desk, file):
    token = open_desk().hand_in(file)
    folder = open_desk(now=NOW + timedelta(hours=23)).desk.uploads.folder
    assert (folder / token).exists()
    assert (
        open_desk(now=NOW + timedelta(hours=25)).http.get(f"/en/files/{token}").status_code == 404
    )
    assert not (folder / token).exists()


def test_a_restart_forgets_no_file_and_stores_what_was_checked_before(open_desk, file):
    before = open_desk()
    token = before.hand_in(file)
    check = before.desk.uploads.find(token).check
    after = open_desk()
    assert "What was found in this file is no longer remembered." in after.words(f"files/{token}")
    assert after.desk.secret == before.desk.secret
    after.send(f"files/{token}/store", check=check)
    after.wait()
    assert after.batches() == [("sealed", 9, 1)]


def test_closing_the_desk_in_an_import_leaves_it_to_be_gone_on_with(open_desk, kobo, respond):
    visitor = open_desk()
    file = kobo([respond(n) for n in range(1, 3001)])
    token = visitor.hand_in(file)
    check = visitor.desk.uploads.find(token).check
    visitor.desk.store(token, check=check)
    while (job := visitor.desk.worker.job_of(token)) is not None and not job.done:
        time.sleep(0.001)
    visitor.desk.close()
    stopped = visitor.batches()
    assert stopped in ([("open", 0, 0)], [("sealed", 3000, 0)])
    again = open_desk()
    assert ("interrupted" in again.words()) == (stopped[0][0] == "open")
    again.send(f"files/{token}/store", check=check)
    again.wait()
    assert again.batches() == [("sealed", 3000, 0)]


def test_work_in_hand_is_shown_with_its_progress_and_the_next_file_waits(visitor, file):
    waiting, go_on = threading.Event(), threading.Event()
    token = visitor.hand_in(file)

    def work(progress) -> None:
        progress(3000, 20000)
        waiting.set()
        go_on.wait(timeout=30)

    visitor.desk.worker.submit(Job(token="x" * 22, name="long.csv", kind="store", work=work))
    assert waiting.wait(timeout=30)
    visitor.send(f"files/{token}/check")
    page = visitor.read(f"files/{token}")
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert "Waits until &#39;long.csv&#39; is done" in page
    assert "Being imported now: long.csv." in visitor.words()
    state = visitor.http.get(f"/vi/files/{'x' * 22}/state").json()
    assert (state["busy"], state["done"], state["rows"]) == (True, 3000, 20000)
    assert state["text"].startswith("Đã qua 3000 / 20000 dòng, còn khoảng")
    refused = visitor.send(f"files/{token}/discard")
    assert refused.status_code == 409
    go_on.set()
    visitor.wait()
    assert visitor.http.get(f"/en/files/{token}/state").json() == {"busy": False}


def test_a_bug_shows_a_number_and_the_log_has_the_trace_without_cells(visitor, file, monkeypatch,
                                                                      caplog):  # fmt: skip
    def broken(*_: object, **__: object) -> None:
        raise ValueError("Nguyễn Thị Canary")

    monkeypatch.setattr("survey.web.examine.check_files", broken)
    token = visitor.hand_in(file)
    said = visitor.words(f"files/{token}")
    number = re.search(r"number ([0-9a-f]{6})", said)[1]
    monkeypatch.setattr("survey.web.screens.columns_of", broken)
    answer = visitor.http.get(f"/en/files/{token}/columns")
    assert answer.status_code == 500
    for text in (said, answer.text, caplog.text):
        assert "Canary" not in text
        assert "Traceback" not in text
    assert number in caplog.text
    assert "ValueError at" in caplog.text
    assert re.search(r"test_desk\.py:\d+ broken", caplog.text)


def test_the_other_language_is_the_same_page(visitor, file):
    token = visitor.hand_in(file)
    page = visitor.read(f"files/{token}?rule=constraint", language="vi")
    assert f'href="/en/files/{token}?rule=constraint"' in page
    assert "Kết quả kiểm tra" in page
    assert visitor.http.get("/").headers["location"] == "/vi/"


def test_the_quarantine_is_listed_by_batch_and_given_out_as_a_workbook(visitor, file):
    assert "No row is in quarantine." in visitor.words("quarantine")
    visitor.store(visitor.hand_in(file))
    listed = visitor.words("quarantine?batch=1")
    assert "Batch 1, row 4 (line 5)" in listed
    assert "ca_nhan/nam_sinh 2528 Năm sinh từ 1920 đến 2008 Was '1985' meant?" in listed
    assert "No row is in quarantine." in visitor.words("quarantine?batch=7")
    answer = visitor.http.get("/vi/quarantine.xlsx")
    assert answer.content.startswith(b"PK")
    assert "attachment" in answer.headers["content-disposition"]
    assert list(visitor.desk.uploads.folder.glob("tmp*")) == []


def test_a_disk_that_is_full_is_said_in_words(visitor, file, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("survey.web.uploads.Incoming._put", full)
    answer = visitor.http.post("/en/files", data={"secret": visitor.desk.secret},
                               files={"file": (file.name, file.read_bytes())})  # fmt: skip
    assert answer.status_code == 422
    assert "It cannot be written (No space left on device)." in answer.text
    assert list(visitor.desk.uploads.folder.glob("*/*")) == []


def test_what_the_store_refuses_is_said_where_the_clerk_is(visitor, file, monkeypatch):
    token = visitor.hand_in(file)
    monkeypatch.setattr(imports, "hash_of_file", lambda _: "0" * 64)
    visitor.store(token)
    assert "The file was changed while it was read." in visitor.words(f"files/{token}")


def test_problems_can_be_looked_at_by_column_and_by_kind_together(visitor, kobo, respond):
    rows = [respond(n) for n in range(1, 4)]
    rows += [respond(4, nam_sinh="2528"), respond(5, k1="x"), respond(6, gioi_tinh="x")]
    token = visitor.hand_in(kobo(rows))
    assert "all columns ca_nhan/gioi_tinh (1) ca_nhan/nam_sinh (1) kien_thuc/k1 (1)" in (
        visitor.words(f"files/{token}")
    )
    found = visitor.words(f"files/{token}?column=kien_thuc/k1").partition("Problems: 3")[2]
    assert "5 6 kien_thuc/k1 x" in found
    assert "2528" not in found
    both = visitor.words(f"files/{token}?rule=unknown_choice&column=ca_nhan/nam_sinh")
    assert "6 7 ca_nhan/gioi_tinh x" in both


def test_accepted_records_are_downloaded_corrected_brought_in_listed_and_undone(
    visitor, file, tmp_path
):
    study = visitor.desk.study
    visitor.store(visitor.hand_in(file))
    before = digest(study)
    book = tmp_path / "records.xlsx"
    answer = visitor.http.get("/en/records.xlsx?instrument=nhan_thuc")
    assert 'filename="study-records.xlsx"' in answer.headers["content-disposition"]
    book.write_bytes(answer.content)
    corrected = mend(book, {(2, "ca_nhan/dia_chi"): "<b>Tổ 9", (2, "_why"): "Hỏi lại"})
    token = visitor.hand_in(corrected)
    found = visitor.words(f"files/{token}")
    assert "Answers that change: 1" in found
    assert "'ca_nhan/dia_chi': Tổ 1 -> <b>Tổ 9" in found
    assert digest(study) == before
    visitor.store(token)
    told = visitor.words("batches/2")
    assert "Answers corrected 1" in told
    assert told.partition("Reason ")[2].startswith(
        "00000000-0000-4000-8000-000000000001 ca_nhan/dia_chi Tổ 1 <b>Tổ 9 Hỏi lại"
    )
    assert "&lt;b&gt;Tổ 9" in visitor.read("batches/2")
    visitor.send("batches/2/undo")
    assert digest(study) == before


def test_the_workbook_of_quarantine_comes_back_through_the_same_door(visitor, file, tmp_path):
    visitor.store(visitor.hand_in(file))
    book = tmp_path / "q.xlsx"
    book.write_bytes(visitor.http.get("/en/quarantine.xlsx").content)
    token = visitor.hand_in(
        mend(book, {(2, "ca_nhan/nam_sinh"): "1985", (2, "ca_nhan/tuoi"): "41"})
    )
    assert "accepted 1 in quarantine 0" in visitor.words(f"files/{token}")
    visitor.store(token)
    assert visitor.batches() == [("sealed", 9, 0), ("sealed", 1, 0)]


def test_a_codebook_handed_in_beside_a_file_is_chosen_for_it(visitor, file, tmp_path):
    book = tmp_path / "dictionary.csv"
    book.write_text(
        "Variable / Field Name,Form Name,Field Type,Field Label,Choices\nk1,f,radio,K1,\n"
    )
    other, token = visitor.hand_in(book), visitor.hand_in(file)
    assert "dictionary.csv" in visitor.words(f"files/{token}")
    visitor.send(f"files/{token}/reading", dictionary=other, kind="", encoding="", delimiter="")
    visitor.wait()
    desk = visitor.desk
    upload = desk.uploads.find(token)
    chosen = desk.reading_of(upload.choice).dictionary
    assert chosen is not None
    assert chosen.read_bytes() == book.read_bytes()
    desk.discard(other)
    assert desk.reading_of(upload.choice).dictionary is None


def test_two_desks_of_one_study_store_a_file_once(open_desk, file):
    one, other = open_desk(), open_desk()
    token = one.hand_in(file)
    check = re.search(r'name="check" value="([0-9a-f]+)"', one.read(f"files/{token}"))[1]
    threads = [threading.Thread(target=desk.send, args=(f"files/{token}/store",),
                                kwargs={"check": check}) for desk in (one, other) * 3]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one.wait()
    other.wait()
    counting = [one for one in one.batches() if one[0] == "sealed"]
    assert counting == [("sealed", 9, 1)]


class Entrants(Visitor):
    """A clerk in the room of the contest."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__(visitor.desk.contest, visitor.http)

    def read(self, place: str = "", *, language: str = "en") -> str:
        return super().read(f"contest/{place}", language=language)

    def send(self, place: str, **fields):
        return super().send(f"contest/{place}", **fields)

    def hand_in_there(self, path) -> str:
        """Where a file goes that is handed in on the contest's own page."""
        answer = self.http.post("/en/contest/files", data={"secret": self.desk.secret},
                                files={"file": (path.name, path.read_bytes())})  # fmt: skip
        self.wait()
        return answer.headers["location"]


def test_contest_entries_are_brought_in_and_undone_in_a_room_of_their_own(visitor, file, study):
    before = digest(study)
    assert "Whose answers are in the file?" in visitor.words()
    answer = visitor.http.post(
        "/en/files", data={"secret": visitor.desk.secret, "stream": "contest"},
        files={"file": (file.name, file.read_bytes())},
    )  # fmt: skip
    place, _, token = answer.headers["location"].rpartition("/")
    assert place == "/en/contest/files"
    entrants = Entrants(visitor)
    entrants.wait()
    assert "open contest entries. They are kept apart" in entrants.words(f"files/{token}")
    assert entrants.store(token).headers["location"] == f"/en/contest/files/{token}"
    assert entrants.batches() == [("sealed", 9, 1)]
    assert visitor.batches() == []
    assert "Nothing has been imported yet." in visitor.words()
    assert visitor.http.get("/en/batches/1").status_code == 404
    assert digest(study) == before
    assert "Batch 1, row 4" in entrants.words("quarantine")
    assert "No row is in quarantine." in visitor.words("quarantine")

    visitor.store(visitor.hand_in(file))
    entrants.send("batches/1/undo")
    assert (entrants.batches(), visitor.batches()) == (
        [("undone", 0, 0)], [("sealed", 9, 1)],
    )  # fmt: skip
    visitor.send("batches/1/undo")
    assert visitor.batches() == [("undone", 0, 0)]


def test_the_room_of_the_contest_takes_its_own_forms_alone(visitor, file):
    answer = visitor.http.post("/en/contest/files", data={"secret": visitor.desk.secret},
                               files={"file": (file.name, file.read_bytes())})  # fmt: skip
    assert answer.status_code == 403
    late = visitor.http.post("/en/files", data={"secret": visitor.desk.secret},
                             files=[("file", (file.name, file.read_bytes())),
                                    ("stream", (None, "contest"))])  # fmt: skip
    assert late.headers["location"].startswith("/en/files/")
    entrants = Entrants(visitor)
    assert "Whose answers are in the file?" not in entrants.words()
    assert entrants.hand_in_there(file).startswith("/en/contest/files/")


def test_a_key_that_lies_beside_the_study_is_told_on_every_page(open_desk, study):
    visitor = open_desk()
    assert "key that opens contact data" not in visitor.words()
    make_pair(study, key_place(study))
    assert "The key that opens contact data is in" in visitor.words()
    key_place(study).unlink()
    assert "key that opens contact data" not in visitor.words()


def test_columns_of_one_name_are_asked_about_with_the_column_before_each(open_desk, tmp_path):
    form, path = tmp_path / "twins.yaml", tmp_path / "twins.csv"
    form.write_text(TWINS, encoding="utf-8")
    path.write_text("Luật nào?,Ghi rõ,Nguồn nào?,Ghi rõ,tuoi,cu,_uuid\n"
                    + "".join(f"khac,x,tv khac,y,{n},130,u{n}\n" for n in range(20, 30)),
                    encoding="utf-8")  # fmt: skip
    visitor = open_desk(study=new_study(tmp_path / "twins", instruments=[str(form)]))
    page = visitor.words(f"files/{visitor.hand_in(path)}")
    assert "Ghi rõ#1 It stands behind column 'Luật nào?'." in page
    assert "Ghi rõ#2 It stands behind column 'Nguồn nào?'." in page
