"""A clerk at the desk: a real browser that is spoken to by keys, and looked at with axe."""

import json
import time
from pathlib import Path
from typing import Any

from axe_core_python.base import AXE_SCRIPT

from tests.instruments.browser import Browser

KEYS = {"Tab": 9, "Enter": 13, "Space": 32, "ArrowDown": 40}
_NAME = """(() => {
  const one = document.activeElement;
  const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
  return (one.getAttribute("aria-label") || label || one.innerText).trim();
})()"""
_HAS_OUTLINE = """(() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
})()"""


class Clerk(Browser):
    """One page at a time, worked with by keyboard alone."""

    def go(self, address: str, *, width: int = 1280, height: int = 900) -> None:
        """Open an address at a width."""
        self.complaints.clear()
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 700)  # fmt: skip
        self.send("Page.navigate", url=address)
        self.settle()

    def settle(self) -> None:
        """Wait until the page is there; without scripts it can call nobody back."""
        while self.run("document.readyState") != "complete":
            time.sleep(0.02)

    def script(self, *, runs: bool) -> None:
        """Let pages run their scripts, or not."""
        self.send("Emulation.setScriptExecutionDisabled", value=not runs)

    def press(self, key: str) -> None:
        """Press and let go of a key."""
        text = {"Enter": "\r", "Space": " "}.get(key)
        common: dict[str, Any] = {
            "key": " " if key == "Space" else key, "code": key,
            "windowsVirtualKeyCode": KEYS[key],
        }  # fmt: skip
        self.send("Input.dispatchKeyEvent", type="keyDown", **common,
                  **({} if text is None else {"text": text}))  # fmt: skip
        self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def focused(self) -> str:
        """What a screen reader would call the element that has the focus."""
        return self.run(_NAME)

    def tab_to(self, name: str) -> None:
        """Go on with Tab until the focus is on what is called `name`, and can be seen there."""
        for _ in range(200):
            if self.focused() == name:
                assert self.run(_HAS_OUTLINE), f"no outline on {name}"
                return
            self.press("Tab")
        raise AssertionError(f"no '{name}' is reached by Tab")

    def pick(self, value: str) -> None:
        """Go down the choices of the focused list until one is chosen."""
        for _ in range(200):
            if self.run("document.activeElement.value") == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"no '{value}' is among the choices")

    def choose(self, selector: str, path: Path) -> None:
        """Answer a file chooser, which is no part of the page."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def drop(self, path: Path, *, x: int, y: int) -> None:
        """Drag a file onto the page and let it go."""
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.send("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def wait_for(self, text: str) -> None:
        """Wait until the page says `text`, and its style sheet is there as well."""
        deadline = time.monotonic() + 30
        while text not in self.read():
            assert time.monotonic() < deadline, f"'{text}' is not said in: {self.read()}"
            time.sleep(0.1)
        self.settle()

    def read(self) -> str:
        """What the page says; nothing while another is being loaded."""
        try:
            return " ".join(str(self.run("document.body ? document.body.innerText : ''")).split())
        except AssertionError:
            return ""

    def violations(self) -> list[str]:
        """What axe-core finds on the page."""
        found = self.run(f"{AXE_SCRIPT}; axe.run(document).then((one) => one.violations)")
        return [f"{one['id']}: {json.dumps([node['html'] for node in one['nodes']])[:500]}"
                for one in found]  # fmt: skip
