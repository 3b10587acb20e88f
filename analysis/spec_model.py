"""What a SPEC for `estimate` may say, as data."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analysis.errors import AnalysisError
from analysis.imputation import Compatibility
from analysis.links import Link
from analysis.lonely import Rule as LonelyRule
from analysis.pps import Form, Method
from analysis.quantiles import Rule
from analysis.regression import Family
from analysis.replicates import Kind
from instruments.errors import DefinitionError
from instruments.faults import problems_of
from instruments.language import say
from instruments.source import Node
from instruments.yaml_source import read_yaml
from survey.recipe import Names, RecipeStep

Missing = Literal["casewise", "error"]


class Part(BaseModel):
    """Base of all parts of a SPEC: frozen, and nothing unknown is let pass."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=True)


class ReplicateSpec(Part):
    """How replicate weights are made or where they are; see `analysis.replicates`."""

    kind: Kind
    rho: Annotated[float, Field(ge=0, lt=1)] = 0.3
    count: Annotated[int, Field(ge=2)] = 200
    seed: int = 1
    columns: str = ""
    scale: Annotated[float, Field(gt=0)] = 1.0
    rscales: tuple[float, ...] = ()
    mse: bool = False
    order: str | None = None


class DesignSpec(Part):
    """How the sample was drawn; see `analysis.design.Design`."""

    weights: str | None = None
    strata: Names = ()
    psu: Names = ()
    fpc: Names = ()
    nest: bool = False
    df: float | None = None
    lonely_psu: LonelyRule = "fail"
    domain_lonely: bool = False
    pps: Method | None = None
    pps_variance: Form = "ht"
    pps_p2bar: float | None = None
    joint: str | None = None
    replicates: ReplicateSpec | None = None


class MarginSpec(Part):
    """Population totals of the categories of `variables`, each `{variable: level, ..., total}`."""

    variables: Names
    totals: tuple[dict[str, str | float], ...]


class CalibrationSpec(RecipeStep):
    """One step of the weighting recipe, its margins written out."""

    margins: tuple[MarginSpec, ...] = ()


class ImputationSpec(Part):
    """Where multiply imputed data sets are: numbered by a column of one file, or in files."""

    column: str | None = None
    files: tuple[str, ...] = ()
    compatibility: Compatibility = "textbook"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: object) -> object:
        if isinstance(given, str):
            return {"column": given}
        return {"files": given} if isinstance(given, list) else given

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.column is None) == (len(self.files) < 2):
            raise ValueError(
                say("name one column that numbers the imputations, or two files or more.")
            )
        return self


Statistic = Literal[
    "mean", "total", "variance", "ratio", "proportion", "quantile", "glm", "contrast", "chisq",
    "ttest", "ranktest", "termtest", "margins", "kappa", "alpha",
    "gofchisq",
]  # fmt: skip


class EstimateSpec(Part):
    """One question; which fields count depends on `statistic`."""

    id: str
    statistic: Statistic
    of: Names = ()
    numerator: Names = ()
    denominator: str | None = None
    by: Names = ()
    where: str | None = None
    equals: str | None = None
    interval: str | None = None
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    df: float | None = None
    deff: Literal["replace"] | bool | None = None
    covariance: bool = False
    missing: Missing | None = None
    probs: tuple[Annotated[float, Field(ge=0, le=1)], ...] = (0.5,)
    rule: Rule = "math"
    formula: str | None = None
    family: Family = "gaussian"
    link: Link | None = None
    source: str | None = Field(default=None, alias="from")
    expression: Names = ()
    term: str | None = None
    test: str | None = None
    shares: dict[str, float] = Field(default_factory=dict)


class Spec(Part):
    """A whole SPEC."""

    data: str | None = None
    factors: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    missing: Missing = "casewise"
    imputations: ImputationSpec | None = None
    design: DesignSpec
    calibrate: tuple[CalibrationSpec, ...] = ()
    estimates: tuple[dict[str, Any], ...]
    """Each is an `EstimateSpec`, read on its own so that a wrong one leaves the others be."""


_AS_WRITTEN = ("factors", "equals", "codes")
"""Below these, scalars are levels: text as it stands in the file, so that ``No`` is not false."""


def load_spec(path: Path) -> tuple[Spec, Node]:
    """Read a SPEC; every breach is raised at once with its line.

    Raises:
        AnalysisError: The file does not say what to estimate.
    """
    try:
        root, problems = read_yaml(path, aliases=True)
    except DefinitionError as error:
        raise AnalysisError(error.problems) from None
    try:
        spec = Spec.model_validate(_plain(root))
    except ValidationError as error:
        raise AnalysisError([*problems, *problems_of(error, root, Spec)]) from None
    if problems:
        raise AnalysisError(problems)
    return spec, root


def read_estimate(spec: Spec, index: int, root: Node) -> EstimateSpec:
    """Read one estimate of a SPEC.

    Raises:
        AnalysisError: With the line of what is not understood.
    """
    try:
        return EstimateSpec.model_validate(spec.estimates[index])
    except ValidationError as error:
        node = root.at(("estimates", index))
        raise AnalysisError(problems_of(error, node, EstimateSpec)) from None


def _plain(node: Node, *, written: bool = False, margin: bool = False) -> Any:  # noqa: ANN401
    """The document as plain data, levels as they are written."""
    if isinstance(node.value, list):
        return [_plain(child, written=written, margin=margin) for child in node.value]
    if isinstance(node.value, dict):
        return {
            key: _plain(
                child,
                written=written or key in _AS_WRITTEN or (margin and key != "total"),
                margin=margin
                or (key in ("totals", "population") and isinstance(child.value, list)),
            )
            for key, child in node.value.items()
        }
    return node.plain if written and node.plain is not None else node.value
