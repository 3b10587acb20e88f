"""Which weighting recipes R `survey` can carry out just as we do."""

from survey.settings import Weighting, WeightingStep

DISTANCES = {"rake": "raking", "raking": "raking", "poststratify": "raking", "linear": "linear"}
"""R's distance for the methods that it calibrates alike."""
_PLAIN = {"method", "margins", "tolerance", "max_iterations"}
NOTHING = WeightingStep(method="rake")


def calibration_of(weighting: Weighting) -> WeightingStep | None:
    """The one calibration to margins that makes the weights, `NOTHING` where none does.

    None where R has no such step, or would give other errors: it cannot tell that cases stand for
    nonrespondents or that weights were capped, and takes errors of two calibrations in another
    order.
    """
    recipe = weighting.recipe()
    if not recipe:
        return NOTHING
    plain = all(step.method in DISTANCES and step.model_fields_set <= _PLAIN for step in recipe)
    return recipe[0] if plain and len(recipe) == 1 else None
