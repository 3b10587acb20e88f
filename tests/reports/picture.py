"""Take the README's picture of the leaders' page: ``python -m tests.reports.picture``, by hand.

The page is that of the demonstration, so every number in the picture is simulated and says so.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

PICTURE = Path(__file__).parents[1] / "golden" / "leaders-page.png"
WIDTH, HEIGHT, COLOURS = 1280, 1790, 256
LARGEST = 300_000


def main() -> None:
    """Make the demonstration, load its page in Chromium, and keep the top of it."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("Chromium is not installed.")
    with TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "reports", "demo", "-o", folder], check=True)
        shot = folder / "page.png"
        subprocess.run([browser, *_options(folder, shot), f"file://{folder}/report.html"],
                       check=True, capture_output=True, timeout=120)  # fmt: skip
        with Image.open(shot) as page:
            page.convert("RGB").quantize(
                COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
            ).save(PICTURE, optimize=True)
    size = PICTURE.stat().st_size
    if size > LARGEST:
        sys.exit(f"{PICTURE} has {size} bytes, more than {LARGEST}.")


def _options(folder: Path, shot: Path) -> list[str]:
    return [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={folder / 'profile'}", f"--window-size={WIDTH},{HEIGHT}",
        "--virtual-time-budget=3000", f"--screenshot={shot}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
