"""Errors of analysis: what must be refused rather than estimated wrongly."""

from collections.abc import Iterable

from instruments.errors import HieuluatError, Problem


class AnalysisError(HieuluatError):
    """A design, a weighting recipe or an estimate is refused."""


def refuse(problems: Iterable[Problem]) -> None:
    """Raise all problems at once, if there are any."""
    found = list(problems)
    if found:
        raise AnalysisError(found)
