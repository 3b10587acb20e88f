"""A plan told and judged with the cuts that a study's standards set, in the place of its proposals."""

from collections.abc import Sequence

from analysis.trait_result import StandardReport
from instruments.plan import Cut, Plan


def plan_under(plan: Plan, standards: Sequence[StandardReport]) -> Plan:
    """The plan with its indicators cut by the standards in the place of its own proposals."""
    known = {one.dimension: one for one in standards}
    if not known:
        return plan
    indicators = tuple(
        one.model_copy(update={"cuts": tuple(_cut(cut, known.get(cut.dimension)) for cut in one.cuts)})
        for one in plan.indicators
    )  # fmt: skip
    return plan.model_copy(update={"indicators": indicators})


def _cut(cut: Cut, found: StandardReport | None) -> Cut:
    if found is None:
        return cut
    se = found.se if found.status == "panel" else None
    return cut.model_copy(update={"at_least": found.cut, "status": found.status, "se": se})
