"""Take the README's pictures of the report: ``python -m tests.reports.picture``, by hand.

The report is that of the demonstration, so every number in the pictures is simulated and says so.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

GOLDEN = Path(__file__).parents[1] / "golden"
PICTURES = {"leaders-page.png": ("", 1790), "districts.png": ("#areas", 1180)}
"""By file: the place of the page that the picture begins at, and its height."""
WIDTH, COLOURS = 1280, 256
LARGEST = 300_000


def main() -> None:
    """Make the demonstration, load its page in Chromium, and keep parts of it."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("Chromium is not installed.")
    with TemporaryDirectory() as name:
        subprocess.run([sys.executable, "-m", "reports", "demo", "-o", name], check=True)
        for file, (place, height) in PICTURES.items():
            shot = Path(name) / file
            subprocess.run(
                [browser, *_options(shot, height), f"file://{name}/report.html{place}"],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip
            _keep(shot)


def _keep(shot: Path) -> None:
    """Save a picture with few colours, so that it is small."""
    kept = GOLDEN / shot.name
    with Image.open(shot) as page:
        page.convert("RGB").quantize(
            COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        ).save(kept, optimize=True)
    if (size := kept.stat().st_size) > LARGEST:
        sys.exit(f"{kept} has {size} bytes, more than {LARGEST}.")


def _options(shot: Path, height: int) -> list[str]:
    return [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={shot.parent / 'profile'}", f"--window-size={WIDTH},{height}",
        "--virtual-time-budget=3000", f"--screenshot={shot}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
