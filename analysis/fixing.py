"""All that is fixed before the first answers, by one act: the standards, then the analysis plan."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analysis.study_standards import StudyStandard, freeze_standards
from survey.analysis_plan import Planned, plan_analysis
from survey.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What was fixed; a study may have standards and no plan."""

    plan: Planned | None
    standards: tuple[StudyStandard, ...]

    @property
    def document(self) -> dict[str, Any]:
        """The hashes, and the cut of each standard as a share of the points."""
        standards = [
            {"dimension": one.dimension, "hash": one.standard.hash, "cut": one.report.cut,
             "se": one.report.se, "status": one.report.status}
            for one in self.standards
        ]  # fmt: skip
        plan = {} if self.plan is None else {"hash": self.plan.hash, "at": self.plan.at}
        return {**plan, **({"standards": standards} if standards else {})}


def fix(study: Study, *, by: str, now: Callable[[], datetime]) -> Fixed:
    """Freeze the standards that study.yaml names, and its analysis plan.

    Raises:
        HieuluatError: There is neither, one of them does not hold, or answers count already.
    """
    standards = freeze_standards(study, by=by, now=now) if study.settings.standards else ()
    if standards and study.settings.analysis_plan is None:
        return Fixed(plan=None, standards=standards)
    return Fixed(plan=plan_analysis(study, by=by, now=now), standards=standards)
