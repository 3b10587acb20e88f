"""The desk in a real browser: by keyboard alone, on a phone's width, with scripts and without."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest

from survey.readings import HANOI
from survey.store import Store
from survey.web.desk import Desk
from survey.web.worker import Job
from tests.survey.desk_browser import Clerk
from tests.survey.desk_server import serving

pytestmark = pytest.mark.heavy
WIDTHS = (360, 1280)
HOSTILE = {"gioi_tinh": "<script>document.title = 'owned'</script>", "k1": "{{7*7}}",
           "a1": "txt\u202egpj", "a2": "Z" * 100_000}  # fmt: skip


@pytest.fixture
def served(study):
    """The study's desk, and the address at which it answers."""
    desk = Desk.of(study, now=lambda: datetime(2026, 11, 24, 9, 30, tzinfo=HANOI))
    with serving(desk) as address:
        yield desk, f"{address}/"


@pytest.fixture
def clerk(tmp_path):
    clerk = Clerk(tmp_path / "profile")
    yield clerk
    clerk.close()


@pytest.fixture
def foreign(kobo, respond):
    """A file with one column under another name, one row of a Buddhist year, and hostile cells."""
    rows = [respond(n, **({"nam_sinh": "2528"} if n == 4 else {})) for n in range(1, 11)]
    path = kobo([*rows, respond(11, **HOSTILE)], name="phiếu <b>.csv")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("ca_nhan/gioi_tinh", "Nam hay nữ?"), encoding="utf-8")
    return path


def batches(desk: Desk) -> list[tuple[str, int, int]]:
    with Store.existing(desk.study.store_path) as store:
        found = [] if store is None else store.list_batches()
    return [(one.state, one.accepted, one.quarantined) for one in found]


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_file_goes_in_and_out_again_by_keyboard_alone_on_a_phone(served, clerk, foreign, scripts):
    desk, address = served
    clerk.script(runs=scripts)
    clerk.go(f"{address}vi/", width=360)
    clerk.press("Tab")
    assert clerk.focused() == "Đến nội dung chính"
    clerk.choose("#file", foreign)
    clerk.tab_to("Xem tệp")
    clerk.press("Enter")
    clerk.wait_for("Số cột chưa biết thuộc câu hỏi nào: 1")
    clerk.tab_to("Nam hay nữ?")
    clerk.pick("ca_nhan/gioi_tinh")
    clerk.tab_to("Xếp cột và kiểm tra")
    clerk.press("Enter")
    clerk.wait_for("Có phải ý là “1985”?")
    clerk.tab_to("Ghi 11 dòng")
    clerk.press("Enter")
    clerk.wait_for("Đã ghi thành lô 1")
    assert batches(desk) == [("sealed", 9, 2)]
    clerk.tab_to("Hoàn tác lô này")
    clerk.press("Enter")
    clerk.wait_for("Hoàn tác lô 1?")
    clerk.tab_to("Hoàn tác lô")
    clerk.press("Space")
    clerk.wait_for("đã hoàn tác")
    assert batches(desk) == [("undone", 0, 0)]
    assert clerk.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_contest_entries_go_in_and_out_by_keyboard_and_never_meet_the_sample(
    served, clerk, kobo, respond, scripts
):
    desk, address = served
    clerk.script(runs=scripts)
    clerk.go(f"{address}vi/", width=360)
    clerk.tab_to("Người trong mẫu khảo sát")
    clerk.press("ArrowDown")
    assert clerk.run("document.activeElement.value") == "contest"
    clerk.choose("#file", kobo([respond(n) for n in range(1, 6)]))
    clerk.tab_to("Xem tệp")
    clerk.press("Enter")
    clerk.wait_for("Đây là các phiếu dự thi mở")
    clerk.wait_for("Ghi 5 dòng")
    clerk.tab_to("Ghi 5 dòng")
    clerk.press("Enter")
    clerk.wait_for("Đã ghi thành lô 1")
    assert (batches(desk.contest), batches(desk)) == ([("sealed", 5, 0)], [])
    clerk.tab_to("Hoàn tác lô này")
    clerk.press("Enter")
    clerk.wait_for("Hoàn tác lô 1?")
    clerk.tab_to("Hoàn tác lô")
    clerk.press("Space")
    clerk.wait_for("đã hoàn tác")
    assert (batches(desk.contest), batches(desk)) == ([("undone", 0, 0)], [])
    clerk.tab_to("Về câu trả lời của mẫu khảo sát")
    clerk.press("Enter")
    clerk.wait_for("Chưa nhập dữ liệu nào")
    assert clerk.complaints == []


def test_every_page_is_accessible_fits_its_width_and_keeps_cells_inert(served, clerk, foreign, kobo,
                                                                       respond, tmp_path):  # fmt: skip
    (desk, address), found = served, {}
    page = tmp_path / "login.xls"
    page.write_text("<html><title>x</title>", encoding="utf-8")
    clean = kobo(
        [respond(n, **(HOSTILE if n == 1 else {})) for n in range(1, 120)], name="kobo.csv"
    )
    for name, path in {
        "columns": foreign,
        "refused": page,
        "checked": clean,
        "stored": clean,
    }.items():
        clerk.go(f"{address}en/")
        clerk.choose("#file", path)
        clerk.tab_to("Look at the file")
        clerk.press("Enter")
        clerk.wait_for("What the file was taken for")
        found[name] = clerk.run("location.pathname").rpartition("/")[2]
    desk.store(found["stored"], check=desk.uploads.find(found["stored"]).check)
    assert desk.worker.wait_until_idle(seconds=30)
    places = ["", "contest/", "contest/quarantine", "quarantine", "batches/1", "batches/1/undo", "nowhere",
              *(f"files/{token}" for token in found.values()),
              f"files/{found['checked']}/columns?change=4"]  # fmt: skip
    for language in ("vi", "en"):
        for place in places:
            for width in WIDTHS:
                clerk.go(f"{address}{language}/{place}", width=width)
                look_over(clerk, width=width)


def test_the_page_of_work_in_hand_is_accessible_and_ends_by_itself(served, clerk):
    desk, address = served
    go_on = threading.Event()

    def work(progress) -> None:
        progress(3000, 20000)
        go_on.wait(timeout=60)

    token = desk.uploads.begin("long.csv", at=desk.now()).done().token
    desk.worker.submit(Job(token=token, name="long.csv", kind="store", work=work))
    for width in WIDTHS:
        clerk.go(f"{address}vi/files/{token}", width=width)
        clerk.wait_for("Đã qua 3000 / 20000 dòng")
        look_over(clerk, width=width)
    go_on.set()
    clerk.wait_for("Xem lại tệp")


def test_what_makes_a_page_inaccessible_is_found(served, clerk):
    _, address = served
    clerk.go(f"{address}vi/")
    clerk.run("document.querySelector('label[for=file]').remove()")
    assert "label" in {one.partition(":")[0] for one in clerk.violations()}


def test_a_file_can_be_dropped_anywhere(served, clerk, foreign):
    _, address = served
    clerk.go(f"{address}vi/")
    clerk.drop(foreign, x=640, y=700)
    clerk.wait_for("Số cột chưa biết thuộc câu hỏi nào: 1")


def look_over(clerk: Clerk, *, width: int) -> None:
    where = clerk.run("location.href")
    assert clerk.violations() == [], where
    assert clerk.run("document.documentElement.scrollWidth") <= width, where
    assert "owned" not in clerk.run("document.title"), where
    assert clerk.run("Math.min(...[...document.querySelectorAll('main *, footer *, header *')]"
                     ".filter((one) => one.textContent.trim())"
                     ".map((one) => parseFloat(getComputedStyle(one).fontSize)))") >= 16, where  # fmt: skip
    assert [one for one in clerk.complaints if "404" not in one] == [], where
