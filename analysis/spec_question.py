"""What an estimate of a SPEC is about: its variables, or the word that is missing."""

from analysis.errors import AnalysisError
from analysis.spec_model import EstimateSpec
from instruments.errors import Problem
from instruments.language import Message, say


def variables(one: EstimateSpec) -> tuple[str, ...]:
    """The variables under `of`, at least one."""
    if one.of:
        return one.of
    raise incomplete(say("'{field}' is missing.", field="of"))


def only_variable(one: EstimateSpec) -> str:
    """The one variable of a proportion."""
    names = variables(one)
    if len(names) == 1:
        return names[0]
    raise incomplete(say("a proportion is of one variable; {count} are named.", count=len(names)))


def ratio_parts(one: EstimateSpec) -> tuple[tuple[str, ...], str]:
    """Numerators and denominator, from their fields or from of: 'y/x'."""
    if one.of and not one.numerator:
        pairs = [name.partition("/") for name in one.of]
        unders = {under for _, _, under in pairs}
        if len(unders) == 1 and "" not in unders:
            return tuple(top for top, _, _ in pairs), unders.pop()
    if one.denominator is None:
        raise incomplete(say("a ratio needs `numerator` and `denominator`, or of: 'y/x'."))
    if not one.numerator:
        raise incomplete(say("'{field}' is missing.", field="numerator"))
    return one.numerator, one.denominator


def incomplete(what: Message) -> AnalysisError:
    """An estimate that cannot be understood as it stands."""
    return AnalysisError(Problem(where="", what=what))
