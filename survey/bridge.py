"""The bridge over a change of mode: what the mode itself does to a share, from a drawn sample.

Part of ``study.yaml``, under an earlier wave.
"""

from typing import Annotated

from pydantic import Field

from instruments.language import Text
from instruments.model import Definition, Id


class ModeEffect(Definition):
    """The share by this wave's mode less that by the earlier one's, at one time, and its error."""

    difference: Annotated[float, Field(gt=-1, lt=1)]
    se: Annotated[float, Field(gt=0, lt=1)]


class ModeBridge(Definition):
    """Effects by target, from people whose mode was drawn at random; `source` names the document."""

    source: Text
    effects: dict[Id, ModeEffect]
