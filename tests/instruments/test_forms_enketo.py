"""XForms of ours in Enketo, the web client of KoboToolbox and ODK Central, in a browser.

Enketo is not installed with the project: ENKETO_WORK names the folder in which it was set up.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from instruments.forms.xform.write import to_xform
from instruments.library import find
from instruments.load import load_instrument

pytestmark = pytest.mark.heavy
FEATURES = [path for path in sorted((Path(__file__).parent / "features").glob("*.yaml"))
            if path.stem != "bank"]  # fmt: skip


@pytest.fixture
def enketo(shared: Path) -> Path:
    program = shared / "enketo" / "run.sh"
    work = os.environ.get("ENKETO_WORK")
    if not program.is_file() or work is None or not (Path(work) / "bundle.js").is_file():
        pytest.skip("Enketo is not set up; ENKETO_WORK names its folder")
    return program


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


@pytest.mark.parametrize("path", FEATURES, ids=lambda path: path.stem)
def test_each_feature_loads_without_an_error(path: Path, enketo: Path, tmp_path: Path) -> None:
    assert play(enketo, path, tmp_path, [])["load"]["errors"] == []


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
