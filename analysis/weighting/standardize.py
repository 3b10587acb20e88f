"""Direct standardization: every group is given the composition of one population.

The weights of each level of `over` are post-stratified to the shares of `population`, whose sum
within the level stays as it is: the group's size is held at its present estimate, which leaves means
and shares of groups as they are but not the errors of their totals (R `survey::svystandardize`;
Rothman, Greenland & Lash 2008, chapter 3).
"""

from analysis.columns import check_columns, factor
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.weighting.margins import Category, Margin, crossed
from instruments.errors import Problem
from instruments.language import Message, say
from survey.recipe import RecipeStep


def standardization(sample: Sample, step: RecipeStep) -> tuple[RecipeStep, Margin]:
    """The post-stratification within every level, and the margin that it aims at.

    Raises:
        AnalysisError: the population is not given, or not with the same variables throughout.
    """
    by = tuple(dict.fromkeys((*step.by, *step.over)))
    shares = _shares(step)
    names = tuple(name for name in step.population[0] if name != "total")
    problems = check_columns(sample.data, by, role="calibrate, over")
    if problems:
        raise AnalysisError(problems)
    factors = [factor(sample.data, n, declared=sample.factors, role="calibrate, over") for n in by]
    groups = crossed(factors)[0] if by else [()]
    count = len(groups)
    targets = {
        (*group, *category): share / count for group in groups for category, share in shares.items()
    }
    variables = (*by, *names)
    margin = Margin(name=" × ".join(variables), variables=variables, targets=targets, unit="share")
    plain = {"method": "poststratify", "by": by, "over": (), "population": ()}
    return step.model_copy(update=plain), margin


def _shares(step: RecipeStep) -> dict[Category, float]:
    """The share of every category in the standard population."""
    if not step.population:
        raise _refused(say("{method} needs `population`.", method=step.method))
    first = step.population[0]
    for entry in step.population:
        if set(entry) != {*first, "total"} or len(entry) < 2:
            raise _refused(say("an entry of the totals names {found}, not {expected}.",
                               found=", ".join(entry), expected=", ".join({**first, "total": 0})))  # fmt: skip
    names = [name for name in first if name != "total"]
    found = {tuple(str(e[n]) for n in names): float(e["total"]) for e in step.population}
    if len(found) < len(step.population) or min(found.values()) < 0 or not sum(found.values()) > 0:
        raise _refused(
            say("the population names a category twice, or its totals are not positive.")
        )
    whole = sum(found.values())
    return {category: total / whole for category, total in found.items()}


def _refused(what: Message) -> AnalysisError:
    hint = say("Give `population` as a list such as {example}.",
               example="[{age: young, total: 30}, {age: old, total: 70}]")  # fmt: skip
    return AnalysisError(Problem(where="calibrate, population", what=what, hint=hint))
