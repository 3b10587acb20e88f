"""The report of a whole city: 8 kinds of pictures, 30 districts, 126 units, 60 items, in every format.

python tests/benchmarks/bench_report.py

The named rival is matplotlib's own default way with the very same drawings: each picture saved by
`Figure.savefig` as SVG, PDF and PNG, and no page, table, font, tag or letter around them. Ours makes the
finished report from the same pictures. Times are printed as ratios in the same run beside their bars.
"""

import json
import subprocess
import sys
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import resource  # noqa: E402 - the path comes first

SECONDS, MEGABYTES, LAPS, ITEMS = 15.0, 600.0, 2, 60
SIZES = {"html": 1_000_000, "pdf": 3_000_000}


def city() -> Any:
    """The made-up analysis with every optional part, and sixty items."""
    from tests.reports.complete import complete
    from tests.reports.conftest import share

    made = complete()
    names = [f"k{at:02}" for at in range(1, ITEMS + 1)]
    items = tuple(share(0.3 + 0.6 * at / ITEMS, 0.28 + 0.6 * at / ITEMS, 0.32 + 0.6 * at / ITEMS, of=name)
                  for at, name in enumerate(names))  # fmt: skip
    labels = {name: {"vi": f"Câu hỏi kiến thức {name} về quyền và nghĩa vụ", "en": f"Question {name}"}
              for name in names}  # fmt: skip
    latent = made.latent
    if latent is not None:
        at_cut = {name: 0.2 + 0.7 * at / ITEMS for at, name in enumerate(names)}
        latent = replace(latent, traits=(replace(latent.traits[0], at_cut=at_cut, items=ITEMS),))
    return replace(made, items=items, labels={**made.labels, **labels}, latent=latent)


def given() -> tuple[Any, Any]:
    """The analysis and its plan."""
    from instruments.plan import Plan
    from tests.reports.conftest import PLAN

    return city(), Plan.model_validate(PLAN)


def pictures_of(analysis: Any, plan: Any) -> list[Any]:
    """Every picture of the report."""
    from reports.document import Picture
    from reports.view import page

    shown = page(analysis, plan, language="vi")
    sections = (*shown.front, *shown.boxes, *shown.annex)
    return [one for section in sections for one in section.blocks if isinstance(one, Picture)]


def kind_of(picture: Any) -> tuple[str, str, bool]:
    """Its class, what it is about, and whether it has many small panels."""
    panels = getattr(picture, "panels", ())
    return type(picture).__name__, picture.id.partition("-")[0], len(panels) > 1


def ours() -> dict[str, Any]:
    """The whole report in Vietnamese: page, PDF, letter, workbook, result file."""
    from reports.release_standing import DRAFT
    from reports.writing import RENDERERS, render_report

    analysis, plan = given()
    kinds = {kind_of(one) for one in pictures_of(analysis, plan)}
    begin, cpu = time.perf_counter(), time.process_time()
    files = render_report(
        analysis, plan, formats=tuple(RENDERERS), languages=("vi",), standing=DRAFT
    )
    return _told(
        begin, cpu, {name: len(data) for name, data in files.items()} | {"kinds": len(kinds)}
    )


def rival() -> dict[str, Any]:
    """The pictures alone, each as SVG, PDF and PNG by matplotlib's defaults."""
    import matplotlib as mpl

    from reports.chart_layout import WIDE
    from reports.pictures import figure

    analysis, plan = given()
    drawn = pictures_of(analysis, plan)
    begin, cpu, sizes = (
        time.perf_counter(),
        time.process_time(),
        dict.fromkeys(("svg", "pdf", "png"), 0),
    )
    with mpl.rc_context(mpl.rcParamsDefault):
        for one in drawn:
            for form in sizes:
                stream = BytesIO()
                figure(one, layout=WIDE).savefig(stream, format=form, dpi=200)
                sizes[form] += len(stream.getvalue())
    return _told(begin, cpu, sizes | {"pictures": len(drawn)})


def _told(begin: float, cpu: float, sizes: dict[str, int]) -> dict[str, Any]:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu,
            "megabytes": memory, "sizes": sizes}  # fmt: skip


def lap(side: str) -> dict[str, Any]:
    """One side in a process of its own, in which nothing is drawn yet."""
    done = subprocess.run(
        [sys.executable, __file__, side], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Race both sides in turn and print what came of it beside the bars."""
    taken = {"ours": [lap("ours")], "rival": [lap("rival")]}
    for _ in range(LAPS - 1):
        for side, laps in taken.items():
            laps.append(lap(side))
    least = {side: min(laps, key=lambda one: one["cpu"]) for side, laps in taken.items()}
    own, other = least["ours"], least["rival"]
    sizes = own["sizes"]
    print(
        f"City report, {sizes['kinds']} kinds of pictures, 30 districts, 126 units, {ITEMS} items"
    )
    print(f"  hieuluat, all formats      {own['seconds']:6.2f} s  cpu {own['cpu']:6.2f} s   "
          f"[bar {SECONDS:.0f} s]  {own['megabytes']:.0f} MB [bar {MEGABYTES:.0f} MB]")  # fmt: skip
    print(f"  matplotlib, pictures alone {other['seconds']:6.2f} s  cpu {other['cpu']:6.2f} s   "
          f"x{other['cpu'] / own['cpu']:.2f} of ours by processor")  # fmt: skip
    for form, bar in SIZES.items():
        print(f"  report.{form}: {sizes[f'report.{form}']:,} bytes  [bar {bar:,}]")
    print(f"  pictures alone, as SVG by default: {other['sizes']['svg']:,} bytes")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps({"ours": ours, "rival": rival}[sys.argv[1]]()))
    else:
        main()
