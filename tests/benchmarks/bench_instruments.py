"""An instrument of 1,000 items: checked, and made into every form, against pyxform's conversion.

python tests/benchmarks/bench_instruments.py
"""

import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random

from instruments.forms.html.page import to_html
from instruments.forms.paper.run import PrintRun
from instruments.forms.paper.write import to_paper
from instruments.forms.paths import simulate
from instruments.forms.xform.write import to_xform
from instruments.forms.xlsform import to_xlsform
from instruments.inspection import inspect
from instruments.load import load_instrument

ITEMS = 1_000
LAPS = 3
HEAD = """kind: instrument
id: lon
version: "1"
title: {vi: Phiếu lớn, en: A large form}
languages: [vi, en]
choice_lists:
  muc:
    - {code: "1", label: {vi: Hoàn toàn không đồng ý, en: Strongly disagree}}
    - {code: "2", label: {vi: Không đồng ý, en: Disagree}}
    - {code: "3", label: {vi: Đồng ý, en: Agree}}
    - {code: kb, label: {vi: Không biết, en: Do not know}, missing: dont_know}
items:
"""


def definition() -> str:
    """Blocks of twenty questions of every kind, with skips, checks and calculations between them."""
    lines = [HEAD]
    for number in range(ITEMS):
        if number % 20 == 0:
            block = number // 20
            lines.append(
                f"  - id: khoi_{block}\n    label: {{vi: Khối {block}, en: Block {block}}}\n"
            )
            lines.append("    items:\n")
        lines.append(f"      - {_item(number)}\n")
    return "".join(lines)


def _item(number: int) -> str:
    label = f"label: {{vi: Câu hỏi số {number} về pháp luật, en: Question {number} about the law}}"
    skip = f", show_if: \"${{q{number - 2}}} != ''\"" if number > 2 else ""
    kinds = (
        f"{{id: q{number}, type: single, choices: muc, {label}, required: true}}",
        f"{{id: q{number}, type: integer, {label}{skip}, checks: {{rule: '. >= 0 and . <= 120',"
        " message: {vi: Từ 0 đến 120., en: From 0 to 120.}}}",
        f"{{id: q{number}, type: multiple, choices: muc, {label}{skip}}}",
        f"{{id: q{number}, type: text, {label}}}",
        f"{{id: q{number}, type: calculated, calculation: 'coalesce(${{q{max(number - 3, 0)}}}, 0)'}}",
    )
    return kinds[number % len(kinds)]


def theirs(path: Path) -> str:
    """What pyxform makes of the XLSForm, without ODK Validate."""
    from pyxform.xls2xform import convert

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(convert(xlsform=str(path), validate=False).xform)


def timed(name: str, work: Callable[[], object], *, bar: float | None = None) -> float:
    """The best of a few laps, printed beside its bar."""
    seconds = []
    for _ in range(LAPS):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    verdict = (
        "" if bar is None else f"   bar {bar:g} s: {'met' if min(seconds) < bar else 'MISSED'}"
    )
    print(f"{name:<44}{min(seconds):8.2f} s{verdict}")
    return min(seconds)


def page(path: Path) -> str:
    """The preview with its simulated respondents, as the command makes it."""
    instrument = load_instrument(path)
    paths = simulate(instrument, respondents=200, random=Random(1), now=datetime.now())
    return to_html(instrument, paths=paths)


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "lon.yaml"
    path.write_text(definition(), encoding="utf-8")
    found = inspect(path)
    if found.problems:
        sys.exit(found.problems[0].text())
    timed(f"check, {ITEMS} items", lambda: inspect(path), bar=1.0)
    timed("load and check, without advice", lambda: load_instrument(path))
    forms = [
        timed("YAML to XLSForm", lambda: to_xlsform(load_instrument(path))),
        timed("YAML to XForm", lambda: to_xform(load_instrument(path))),
        timed("YAML to HTML with paths", lambda: page(path)),
        timed("YAML to paper PDF", lambda: to_paper(load_instrument(path), run=PrintRun())),
    ]
    print(f"{'all four forms':<44}{sum(forms):8.2f} s   bar 10 s: "
          f"{'met' if sum(forms) < 10 else 'MISSED'}")  # fmt: skip
    sheet = folder / "lon.xlsx"
    sheet.write_bytes(to_xlsform(load_instrument(path)))
    ours = timed("XLSForm to XForm", lambda: to_xform(load_instrument(sheet)))
    rival = timed("XLSForm to XForm, pyxform", lambda: theirs(sheet))
    print(f"{'pyxform takes':<44}{rival / ours:8.2f} times as long")


if __name__ == "__main__":
    main()
