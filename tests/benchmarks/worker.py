"""The other end of a race: does one task at a time on request and tells time, memory and result.

Standard library only, because it also runs inside the rivals' own environments.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Task = tuple[Callable[[], Any], Callable[[Any], dict[str, float]]]
"""What is timed, and what of its result shows that the same work was done."""


def serve(tasks: Mapping[str, Task]) -> None:
    """Answer each task named on a line of standard input with a line of JSON."""
    for line in sys.stdin:
        run, check = tasks[line.strip()]
        print(json.dumps(_lap(run, check)), flush=True)


def _lap(run: Callable[[], Any], check: Callable[[Any], dict[str, float]]) -> dict[str, Any]:
    gc.collect()
    before = memory("VmRSS")
    _reset_peak()
    cpu, start = time.process_time(), time.perf_counter()
    result = run()
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    beyond = memory("VmHWM") - before
    return {"seconds": seconds, "cpu": used, "megabytes": beyond, "check": check(result)}


def memory(kind: str) -> float:
    """A memory figure of this process in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(kind):
            return int(line.split()[1]) / 1024
    return 0.0


def _reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        print("the peak of memory cannot be reset here", file=sys.stderr)
