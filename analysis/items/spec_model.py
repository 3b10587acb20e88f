"""What a SPEC for `items` may say, as data; each kind of analysis adds fields of its own."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from analysis.errors import AnalysisError
from analysis.spec_model import DesignSpec, Part
from instruments.errors import DefinitionError
from instruments.faults import problems_of
from instruments.language import Text, say
from instruments.source import Node
from instruments.yaml_source import read_yaml

Cause = Literal["omitted", "not_reached", "dont_know"]
Treatment = Literal["wrong", "ignore"]


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, each of which stands once."""
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if twice:
        raise ValueError(say("'{name}' stands twice here.", name=twice[0]), say("Write it once."))
    return names


OnceEach = Annotated[tuple[str, ...], AfterValidator(_once)]
"""Names, none of them twice."""
Named = Annotated[OnceEach, Field(min_length=1)]
"""One name or more, none of them twice."""


class MissingSpec(Part):
    """What an answer that is missing counts as, by why it is missing.

    `not_administered` is an empty cell and always ignored.
    """

    omitted: Treatment = "wrong"
    not_reached: Treatment = "wrong"
    dont_know: Treatment = "wrong"
    not_administered: Literal["ignore"] = "ignore"


class Finite(Part):
    """A part of a SPEC in which no number is infinite or none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Shared(Finite):
    """What the whole SPEC says for all analyses, and what each may say for itself."""

    data: str | None = None
    items: Named | None = None
    weights: str | None = None
    design: DesignSpec | None = None
    missing: MissingSpec | None = None
    missing_codes: dict[Cause, tuple[str, ...]] | None = None
    where: str | None = None


class AnalysisSpec(Shared):
    """One analysis."""

    id: str
    kind: str

    @property
    def own_weights(self) -> bool:
        """Whether the analysis says itself how to weight; null is unweighted."""
        return "weights" in self.model_fields_set


class ItemsSpec(Shared):
    """A whole SPEC."""

    instrument: str | None = None
    title: Text = Field(default_factory=dict)
    labels: dict[str, Text] = Field(default_factory=dict)
    simulated: bool = False
    """Says of made-up data that they are; every report of them is stamped."""
    factors: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    analyses: tuple[dict[str, Any], ...]
    """Each is read on its own as its kind, so that a wrong one leaves the others be."""


def load_items_spec(path: Path) -> tuple[ItemsSpec, Node]:
    """Read a SPEC; every breach is raised at once with its line.

    Raises:
        AnalysisError: The file does not say what to analyse.
    """
    try:
        root, problems = read_yaml(path, aliases=True)
    except DefinitionError as error:
        raise AnalysisError(error.problems) from None
    try:
        spec = ItemsSpec.model_validate(_plain(root))
    except ValidationError as error:
        raise AnalysisError([*problems, *problems_of(error, root, ItemsSpec)]) from None
    if problems:
        raise AnalysisError(problems)
    return spec, root


def _plain(node: Node, *, codes: bool = False) -> Any:  # noqa: ANN401 - YAML data
    """The document as data; codes of missing answers as they are written."""
    if isinstance(node.value, list):
        return [_plain(child, codes=codes) for child in node.value]
    if isinstance(node.value, dict):
        return {key: _plain(child, codes=codes or key in ("missing_codes", "factors"))
                for key, child in node.value.items()}  # fmt: skip
    return node.plain if codes and node.plain is not None else node.value
