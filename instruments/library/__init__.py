"""The definitions that come with the program, by name."""

from importlib.resources import files
from pathlib import Path

from instruments.errors import DefinitionError, Problem
from instruments.faults import did_you_mean
from instruments.language import say


def find(name: str) -> Path:
    """The file of a shipped definition: a plan by its folder's name, an instrument by its own.

    Raises:
        DefinitionError: Nothing of that name is shipped.
    """
    shipped = _shipped()
    if name not in shipped:
        raise DefinitionError(
            Problem(
                where="",
                what=say("There is neither a file nor a shipped definition '{name}'.", name=name),
                hint=did_you_mean(name, shipped),
            )
        )
    return shipped[name]


def _shipped() -> dict[str, Path]:
    folder = Path(str(files(__name__)))
    return {
        path.parent.name if path.stem == "plan" else path.stem: path
        for path in sorted(folder.glob("*/*.yaml"))
    }
