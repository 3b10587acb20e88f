"""Take the README's pictures of the report: ``python -m tests.reports.picture``, by hand.

The report is that of the demonstration, so every number in the pictures is simulated and says so.
"""

import base64
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from tests.instruments.browser import Browser

GOLDEN = Path(__file__).parents[1] / "golden"
PICTURES = {"leaders-page.png": ("body", 1925), "districts.png": ("#areas", 1180)}
"""By file: the part of the page that the picture begins with, and its height."""
WIDTH, COLOURS = 1280, 256
LARGEST = 300_000


def main() -> None:
    """Make the demonstration, load its page in Chromium, and keep parts of it."""
    with TemporaryDirectory() as name:
        subprocess.run([sys.executable, "-m", "reports", "demo", "-o", name], check=True)
        shoot(Path(name))


def shoot(folder: Path) -> None:
    """Keep parts of the report in a folder as pictures."""
    browser = Browser(folder / "profile")
    try:
        browser.open(folder / "report.html", width=WIDTH)
        browser.run("document.fonts.ready.then(() => true)")
        for file, (part, height) in PICTURES.items():
            _keep(_shot(browser, part, height), file)
    finally:
        browser.close()


def _shot(browser: Browser, part: str, height: int) -> bytes:
    top = browser.run(f"document.querySelector({part!r}).getBoundingClientRect().top + scrollY")
    clip = {"x": 0, "y": top, "width": WIDTH, "height": height, "scale": 1}
    taken = browser.send("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
    return base64.b64decode(taken["data"])


def _keep(shot: bytes, file: str) -> None:
    """Save a picture with few colours, so that it is small."""
    kept = GOLDEN / file
    with Image.open(BytesIO(shot)) as page:
        page.convert("RGB").quantize(
            COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        ).save(kept, optimize=True)
    if (size := kept.stat().st_size) > LARGEST:
        sys.exit(f"{kept} has {size} bytes, more than {LARGEST}.")


if __name__ == "__main__":
    main()
