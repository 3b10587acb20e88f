"""Targets that are reached only together, and what was officially said of targets.

A target that is a part of another with the same measure (plan.md: “trong đó”) is judged with it: the
whole is met only where each is, and not met where any one is not.
"""

from collections.abc import Iterator, Sequence

from analysis.errors import refuse
from analysis.provenance_result import OfficialClaim
from analysis.result import JointVerdict, TargetResult
from analysis.verdict import judge_together
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.plan import Plan
from survey.settings import Claim


def joint_verdicts(plan: Plan, targets: Sequence[TargetResult]) -> Iterator[JointVerdict]:
    """By phase, every survey target that has parts, together with them."""
    parts: dict[str, list[str]] = {}
    measures = {one.id: one.measure for one in plan.targets}
    for one in plan.targets:
        if one.measure == "survey" and one.parent and measures.get(one.parent) == "survey":
            parts.setdefault(one.parent, [one.parent]).append(one.id)
    for names in parts.values():
        for phase in dict.fromkeys(one.phase for one in targets):
            found = [one for one in targets if one.phase == phase and one.target in names]
            if len(found) == len(names):
                yield joined(JointVerdict(targets=tuple(names), phase=phase,
                                          verdict=found[0].verdict), targets)  # fmt: skip


def joined(one: JointVerdict, targets: Sequence[TargetResult]) -> JointVerdict:
    """The same targets judged together by these results."""
    found = [each.verdict for each in targets
             if each.phase == one.phase and each.target in one.targets]  # fmt: skip
    return JointVerdict(targets=one.targets, phase=one.phase, verdict=judge_together(found))


def official_claims(claims: Sequence[Claim], plan: Plan) -> tuple[OfficialClaim, ...]:
    """The claims that the settings name.

    Raises:
        AnalysisError: A target or phase is not in the plan.
    """
    targets, phases = [one.id for one in plan.targets], [one.id for one in plan.phases]
    refuse(
        Problem(where="study.yaml, claims", what=say("The plan has no '{name}'.", name=name),
                hint=did_you_mean(name, known))
        for one in claims for name, known in ((one.target, targets), (one.phase, phases))
        if name not in known
    )  # fmt: skip
    return tuple(OfficialClaim(target=one.target, phase=one.phase, said=one.said,
                               source=one.source, day=one.day) for one in claims)  # fmt: skip
