"""Chapters of the README do what they say: their files are written, their commands are run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FIRST, SHARE = (
    "## Write your first instrument in ten minutes",
    "## The share of people above a cut, in five minutes",
)
FENCE = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def chapter(title: str) -> str:
    """The chapter from its title to the next one."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text.split(f"{title}\n")[1].partition("\n## ")[0]


def run(command: str, folder: Path) -> str:
    """What a command prints; it fails only where its comment says so."""
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                               "LC_ALL": "C.UTF-8"}, check=False, timeout=120)  # fmt: skip
    expected = 1 if "# exits with 1" in command else 0
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout


def follow(text: str, folder: Path) -> int:
    """Do what the chapter says; the number of commands run."""
    printed, count = "", 0
    for kind, name, content in FENCE.findall(text):
        if name:
            with (folder / name).open("a", encoding="utf-8") as stream:
                stream.write(content)
        elif kind == "sh":
            commands = content.splitlines()
            printed = "\n".join(run(command, folder) for command in commands)
            count += len(commands)
        else:
            missing = [line for line in content.splitlines() if line not in printed.splitlines()]
            assert missing == [], printed
    return count


def test_a_first_instrument_comes_about_as_the_chapter_tells(tmp_path: Path) -> None:
    assert follow(chapter(FIRST), tmp_path) == 10
    assert (tmp_path / "first.pdf").read_bytes().startswith(b"%PDF")
    answers = (tmp_path / "answers.csv").read_text(encoding="utf-8")
    assert answers.splitlines()[1].startswith("co,gplx dang_ky,45,c,3f2a")


def test_the_share_above_a_cut_is_found_as_the_chapter_tells(tmp_path: Path) -> None:
    assert follow(chapter(SHARE), tmp_path) == 2


def test_what_the_chapter_prints_is_really_compared(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="two"):
        follow("```sh\necho two\n```\n\n```\none\n```\n", tmp_path)
    with pytest.raises(AssertionError):
        follow("```sh\nfalse\n```\n", tmp_path)
