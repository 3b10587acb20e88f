"""The page in a real browser, on a phone and on a desk: nothing too small, nothing run over."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape

import pytest

from reports.render import html
from reports.view import page
from tests.reports.detailed import FULL

pytestmark = pytest.mark.heavy

PROBE = """
<script>
addEventListener("load", async () => {
  await document.fonts.ready;
  const shown = [...document.querySelectorAll("body *")].filter(
    (each) => each.getClientRects().length && [...each.childNodes].some(
      (node) => node.nodeType === 3 && node.textContent.trim()));
  const right = document.documentElement.clientWidth;
  const size = (each) => {
    const scale = each.ownerSVGElement ? each.getScreenCTM().a : 1;
    return parseFloat(getComputedStyle(each).fontSize) * scale;
  };
  const boxes = shown.filter((each) => !["STYLE", "SCRIPT", "TITLE"].includes(each.tagName));
  document.title = JSON.stringify({
    width: innerWidth,
    scroll: document.documentElement.scrollWidth,
    smallest: Math.min(...boxes.map(size)),
    over: boxes.filter((each) => each.getBoundingClientRect().right > right + 1
      || each.getBoundingClientRect().left < -1).map((each) => each.textContent.slice(0, 60)),
    charts: [...document.querySelectorAll("figure svg")].filter(
      (each) => each.getClientRects().length).map((each) => each.getAttribute("class")),
    fonts: [...document.fonts].map((each) => each.status),
  });
});
</script>
"""


@dataclass(frozen=True)
class Browser:
    """Headless Chromium with a profile of its own."""

    command: str
    folder: object

    def run(self, shown: str, *arguments: str, width: int = 1280) -> str:
        """Load a page at a width and return what Chromium prints."""
        path = self.folder / "page.html"
        path.write_text(shown, encoding="utf-8")
        return subprocess.run(
            [
                self.command, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                f"--user-data-dir={self.folder / 'profile'}", "--hide-scrollbars",
                f"--window-size={width},900", "--virtual-time-budget=3000", *arguments, f"file://{path}",
            ],
            capture_output=True, text=True, check=True, timeout=120,
        ).stdout  # fmt: skip


@pytest.fixture
def browser(tmp_path):
    command = shutil.which("chromium") or shutil.which("chromium-browser")
    if command is None:
        pytest.skip("Chromium is not installed")
    return Browser(command, tmp_path)


def probed(browser: Browser, shown: str, width: int) -> dict:
    """What the page measures about itself; the policy that forbids scripts is lifted for it."""
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", shown)
    framed = f'<iframe id="frame" width="{width}" height="900" style="border:0" srcdoc="{_quoted(open_page.replace("</body>", PROBE + "</body>"))}"></iframe>'
    outer = (
        "<!DOCTYPE html><meta charset=utf-8><body style='margin:0'>"
        + framed
        + "<script>const poll = setInterval(() => { const t = document.getElementById('frame')"
        ".contentDocument.title; if (t.startsWith('{')) { document.title = t; clearInterval(poll); }"
        " }, 50);</script>"
    )
    dumped = browser.run(outer, "--dump-dom", width=1400)
    return json.loads(unescape(re.search(r"<title>(\{.*?\})</title>", dumped)[1]))


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("width", "layout"), [(360, "narrow"), (768, "wide"), (1280, "wide")])
def test_text_is_readable_and_inside_the_screen(plan, browser, language, width, layout):
    found = probed(browser, html.render(page(FULL, plan, language=language)), width)
    assert found["width"] == width
    assert found["scroll"] <= width
    assert found["over"] == []
    assert found["smallest"] >= 11
    assert found["charts"] == [layout] * 5
    assert found["fonts"] == ["loaded", "loaded"]


def test_printed_on_a4_the_answer_fits_on_the_first_page(analysis, plan, browser):
    shown = html.render(page(analysis, plan, language="vi"))
    target = browser.folder / "page.pdf"
    browser.run(shown, "--no-pdf-header-footer", f"--print-to-pdf={target}")
    text = subprocess.run(
        ["pdftotext", target, "-"], capture_output=True, check=True
    ).stdout.decode()
    first, second, *_ = text.split("\f")
    assert "Việc cần làm" in first
    assert "Phụ lục" in second
