"""XForms of ours in Enketo, the web client of KoboToolbox and ODK Central, in a browser.

Enketo is not installed with the project: ENKETO_WORK names the folder in which it was set up; without
it, it is brought from the npm registry once, into the cache of pytest.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest

from instruments.expression.values import Answer, to_text
from instruments.forms.paths import drawn_respondent
from instruments.forms.xform.write import to_xform
from instruments.library import find
from instruments.load import load_instrument

pytestmark = pytest.mark.heavy
FEATURES = [path for path in sorted((Path(__file__).parent / "features").glob("*.yaml"))
            if path.stem != "bank"]  # fmt: skip


SHIPPED = ["residents", "forces", "legal_reporters", "local_reporters"]
NOW = datetime(2026, 11, 24, 9)
UNSET = frozenset(
    ("note", "calculated", "hidden", "start", "end", "today", "metadata", "file", "geopoint")
)


@pytest.fixture(scope="session")
def enketo(shared: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The program that plays a form in Enketo."""
    folder = shared / "enketo"
    named = os.environ.get("ENKETO_WORK")
    work = Path(named) if named else request.config.cache.mkdir("enketo")
    if not (work / "bundle.js").is_file():
        set_up(folder / "setup.sh", work)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENKETO_WORK", str(work))
        yield folder / "run.sh"


def set_up(program: Path, work: Path) -> None:
    """Bring Enketo into a folder; where that cannot be done the tests are skipped, saying why."""
    if not program.is_file() or shutil.which("npm") is None:
        pytest.skip("Enketo cannot be set up: npm or ../shared/enketo/setup.sh is missing")
    try:
        done = subprocess.run([program], env={**os.environ, "ENKETO_WORK": str(work)}, timeout=300,
                              capture_output=True, text=True, check=False)  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip("Enketo cannot be set up: npm took more than five minutes")
    if done.returncode or not (work / "bundle.js").is_file():
        pytest.skip(f"Enketo cannot be set up: {(done.stdout + done.stderr).strip()[-300:]}")


def play(
    enketo: Path, instrument: Path, folder: Path, steps: list[list[object]]
) -> dict[str, object]:
    form, script = folder / "form.xml", folder / "script.json"
    form.write_text(to_xform(load_instrument(instrument)), encoding="utf-8")
    script.write_text(json.dumps(steps), encoding="utf-8")
    done = subprocess.run(
        [enketo, form, script], capture_output=True, text=True, check=False, timeout=90
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def given(answers: dict[str, Answer], instrument: Path) -> dict[str, str]:
    """What a respondent types or ticks, by path in the record."""
    asked = {one.item.id: one for one in load_instrument(instrument).placed()}
    return {
        f"/data/{asked[name].path}": written
        for name, answer in answers.items()
        if asked[name].item.type not in UNSET and (written := in_words(answer))
    }


def in_words(answer: object) -> str:
    return " ".join(answer) if isinstance(answer, list) else to_text(answer)


def stored(record: str) -> dict[str, str]:
    """The answers of a record by path; of a roster, those of the last entry."""
    found: dict[str, str] = {}

    def gather(node: ElementTree.Element, path: str) -> None:
        for child in node:
            place = f"{path}/{child.tag.rpartition('}')[2]}"
            gather(child, place)
            if len(child) == 0 and child.text:
                found[place] = child.text

    gather(ElementTree.fromstring(record), "/data")
    return found


@pytest.mark.parametrize("path", [*FEATURES, *map(find, SHIPPED)], ids=lambda path: path.stem)
def test_a_drawn_respondent_fills_the_form_and_the_record_holds_the_answers(
    path: Path, enketo: Path, tmp_path: Path
) -> None:
    instrument = load_instrument(path)
    answers = given(drawn_respondent(instrument, random=Random(7), now=NOW), path)
    result = play(enketo, path, tmp_path, [*(["set", *one] for one in answers.items()), ["xml"]])
    assert result["load"]["errors"] == []
    record = stored(str(result["xml"]))
    wrong = {place: record[place] for place in answers.keys() & record.keys()
             if sorted(record[place].split(" ")) != sorted(answers[place].split(" "))}  # fmt: skip
    assert wrong == {}
    lost = answers.keys() - record.keys()
    drawn = instrument.booklets or any(one.item.draw for one in instrument.placed())
    assert lost == set() or drawn


def test_the_shipped_questionnaire_plays(enketo: Path, tmp_path: Path) -> None:
    vi, en = "vi", "en"
    result = play(enketo, find("residents"), tmp_path, [
        ["expect_label", "/data/dong_thuan/dong_y", vi,
         "Ông/bà đã nghe (đọc) lời mời trên và có tự nguyện tham gia khảo sát không?"],
        ["expect_label", "/data/dong_thuan/dong_y", en,
         "You have heard (read) the invitation. Do you freely agree to take part?"],
        ["set", "/data/dong_thuan/dong_y", "khong"],
        ["expect_invalid", ["/data/dong_thuan/dong_y"]],
        ["set", "/data/dong_thuan/dong_y", "co"],
        ["set", "/data/tiep_can/can_tim_hieu", "khong giao_thong"],
        ["expect_invalid", ["/data/tiep_can/can_tim_hieu"]],
        ["set", "/data/dia_ban/hinh_thuc", "tu_ghi_mang"],
        ["expect_visible", "/data/dia_ban/ma_dtv", False],
        ["set", "/data/dia_ban/hinh_thuc", "phong_van_giay"],
        ["expect_visible", "/data/dia_ban/ma_dtv", True],
        ["xml"],
    ])  # fmt: skip
    assert result["load"]["errors"] == []
    assert "<can_tim_hieu>" in str(result["xml"])
