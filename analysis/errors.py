"""Errors of analysis: what must be refused rather than estimated wrongly."""

from instruments.errors import HieuluatError


class AnalysisError(HieuluatError):
    """A design, a weighting recipe or an estimate is refused."""
