"""The desk's program killed, or stopped with Ctrl-C, while it stores: started again, it goes on."""

import json
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from survey.digest import digest
from survey.imports import import_files
from survey.store import Store
from survey.study import Study

pytestmark = pytest.mark.heavy
ROWS = 8000
ROOT = Path(__file__).parents[2]


class Program:
    """``hieuluat serve`` in a process of its own."""

    def __init__(self, study: Study) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "reports", "serve", study.folder, "--port", "0",
             "--format", "json"],
            stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        text = "".join(iter(self.process.stdout.readline, "}\n")) + "}"
        self.http = httpx.Client(base_url=json.loads(text)["url"] + "vi/", timeout=60)
        self.secret = self.find(r'name="secret" value="([^"]+)"', "")

    def find(self, pattern: str, place: str) -> str:
        return re.search(pattern, self.http.get(place).text)[1]

    def send(self, place: str, **fields) -> httpx.Response:
        return self.http.post(place, data={"secret": self.secret} | fields)

    def hand_in(self, file: Path) -> str:
        answer = self.http.post("files", data={"secret": self.secret},
                                files={"file": (file.name, file.read_bytes())})  # fmt: skip
        token = answer.headers["location"].rpartition("/")[2]
        self.wait(token)
        return token

    def wait(self, token: str) -> None:
        while self.http.get(f"files/{token}/state").json()["busy"]:
            time.sleep(0.05)

    def end(self, how: signal.Signals) -> None:
        self.http.close()
        self.process.send_signal(how)
        self.process.wait(timeout=30)
        self.process.stdout.close()
        assert self.process.returncode == (0 if how == signal.SIGINT else -how)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_desk_that_dies_while_it_stores_goes_on_when_it_is_started_again(
    study, tmp_path, kobo, respond, now, how
):
    file = kobo([respond(n, k1="" if n % 10 == 0 else "kb") for n in range(1, ROWS + 1)])
    clean = Study.open(copied(study, tmp_path / "clean"))
    begun = time.perf_counter()
    import_files(clean, [file], now=now)
    duration = time.perf_counter() - begun
    rng = random.Random(20261124)
    program = Program(study)
    token = program.hand_in(file)
    check = program.find(r'name="check" value="([0-9a-f]+)"', f"files/{token}")
    for _ in range(3):
        program.send(f"files/{token}/store", check=check)
        time.sleep(rng.uniform(0, duration))
        program.end(how)
        assert digest(study) in (
            digest(Study.open(copied(study, tmp_path / "none"))),
            digest(clean),
        )
        program = Program(study)
    program.send(f"files/{token}/store", check=check)
    program.wait(token)
    page = program.http.get(f"files/{token}").text
    program.end(signal.SIGINT)
    assert digest(study) == digest(clean)
    with Store.open(study.store_path) as store:
        assert [(one.state, one.accepted, one.quarantined) for one in store.list_batches()] == [
            ("sealed", ROWS * 9 // 10, ROWS // 10)
        ]
    assert "Đã ghi thành lô 1" in page or "Trong tệp không có gì mới" in page
    assert list((study.folder / ".desk").glob("*/*.csv")) == []


def copied(study: Study, target: Path) -> Path:
    """The same study before anything was imported."""
    if not target.exists():
        target.mkdir()
        (target / "study.yaml").write_bytes((study.folder / "study.yaml").read_bytes())
        (target / "instruments").symlink_to(study.folder / "instruments")
    return target
