"""The layers hold: each import-linter contract is broken once on purpose and says so."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("instruments", "survey", "analysis", "reports")
VIOLATIONS = {
    "Data flows one way": ("instruments/errors.py", "import survey.errors"),
    "No import cycles": ("instruments/language.py", "import instruments.errors"),
    "Nothing imports a command line": ("analysis/result.py", "import survey.cli"),
    "know nothing of presentation": ("analysis/result.py", "import jinja2"),
    "they do not compute": ("reports/__main__.py", "import scipy"),
    "Engines stay behind": ("analysis/result.py", "import duckdb"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.csv"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_an_injected_violation_breaks_its_contract(copy: Path, contract: str) -> None:
    file, line = VIOLATIONS[contract]
    path = copy / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    answer = lint(copy)
    broken = [row for row in answer.stdout.splitlines() if " BROKEN" in row]
    assert answer.returncode == 1
    assert any(contract in row for row in broken), answer.stdout


def test_every_command_can_be_loaded_and_tells_its_use() -> None:
    from importlib import import_module

    from reports.cli import COMMANDS

    for name, module in COMMANDS.items():
        command = import_module(module).COMMANDS[name]
        assert command.help, f"{name} has no help"


def test_every_command_stands_in_the_readme() -> None:
    from reports.cli import COMMANDS

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"hieuluat {name}" not in readme] == []


def test_help_answers_without_the_heavy_packages() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from reports.cli import main;"
        "answer = CliRunner().invoke(main, ['--help']); assert answer.exit_code == 0, answer.output;"
        "print([name for name in ('numpy', 'pandas', 'pydantic', 'scipy', 'matplotlib', 'sqlalchemy')"
        " if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert answer.stdout.strip() == "[]"
