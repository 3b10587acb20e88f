"""A weighting recipe as it is declared: steps, applied in the order in which they stand.

Both a study and a SPEC declare their steps with these fields; only the margins are named in their
own way. `analysis.weighting.recipe` carries a recipe out.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from instruments.language import say
from instruments.model import Definition

Method = Literal[
    "unknown_eligibility", "nonresponse", "propensity",
    "poststratify", "rake", "raking", "linear", "logit", "truncated", "trim",
    "standardize",
]  # fmt: skip
Disposition = Literal["respondent", "nonrespondent", "ineligible", "unknown"]
"""What became of a case; the leading digits 1 to 4 of AAPOR's final codes stand for 1st, 2nd, 4th
and 3rd of them."""


def _as_tuple(value: Any) -> Any:  # noqa: ANN401 - not yet validated
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""One variable or several."""
Share = Annotated[float, Field(ge=0, le=1)]


class RecipeStep(Definition):
    """One step of a weighting recipe; which fields count depends on `method`."""

    method: Method
    by: Names = ()
    """Variables in each of whose levels the step is done by itself."""
    status: str | None = None
    """Variable that says what became of each case: codes of AAPOR such as 2.1, or the four names."""
    codes: dict[Disposition, Names] = Field(default_factory=dict)
    """Values of `status` by what they mean, where they are neither AAPOR's nor the names."""
    classes: Names = ()
    """Variables known of all cases, whose combinations share weight among themselves."""
    minimum: Annotated[int, Field(ge=1)] = 20
    """Respondents below which a class is too small and advice is given."""
    most: Annotated[float, Field(gt=1)] = 3.0
    """Factor above which a class pays too much for its nonresponse and advice is given."""
    eligible: Share | None = None
    """Share of cases of unknown eligibility that are eligible (AAPOR's e); estimated where absent."""
    use: Literal["classes", "inverse"] = "classes"
    """Response propensities form `groups` classes of equal size, or divide the weights."""
    groups: Annotated[int, Field(ge=2, le=50)] = 5
    formula: str | None = None
    """Auxiliaries of a calibration with their `totals`, or predictors of response."""
    totals: dict[str, float | dict[str, float]] = Field(default_factory=dict)
    """By column of the formula, or of every PSU (`stage: 1`) or level (`by`) by column."""
    over: Names = ()
    """Groups that a direct standardization gives the composition of `population`."""
    population: tuple[dict[str, str | float], ...] = ()
    """Its categories, each `{variable: level, ..., total}`; totals count by their shares."""
    bounds: tuple[float, float] | None = None
    trim: tuple[float, float] | None = None
    variance: str | None = None
    aggregate_stage: int | None = None
    stage: Literal[0, 1] = 0
    tolerance: Annotated[float, Field(gt=0)] = 1e-11
    max_iterations: Annotated[int, Field(gt=0)] = 500
    compatibility: Literal["textbook", "r"] | None = None
    """Absent: R's error after `trim`, which ignores it, and the textbook's after all others."""
    lower: float | None = None
    upper: float | None = None
    relative_to: Literal["mean"] | None = None
    """Limits of `trim` as multiples of the mean weight; absent: in units of weight."""
    redistribute: bool = True
    strict: bool = False

    @model_validator(mode="after")
    def _speaks_of_its_method(self) -> Self:
        for name in sorted(self.model_fields_set & _ONLY.keys()):
            if self.method not in _ONLY[name]:
                raise ValueError(
                    say("'{field}' is no part of {method}.", field=name, method=self.method)
                )
        return self


_CASES: tuple[Method, ...] = ("unknown_eligibility", "nonresponse", "propensity")
_ONLY: dict[str, tuple[Method, ...]] = {
    "status": _CASES, "codes": _CASES, "minimum": _CASES, "most": _CASES,
    "classes": ("unknown_eligibility", "nonresponse"), "eligible": ("unknown_eligibility",),
    "use": ("propensity",), "groups": ("propensity",), "relative_to": ("trim",),
    "over": ("standardize",), "population": ("standardize",),
    "lower": ("trim",), "upper": ("trim",), "strict": ("trim",), "redistribute": ("trim",),
}  # fmt: skip
"""Fields that would be silently without effect in other methods."""
