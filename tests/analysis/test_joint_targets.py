"""Targets that are reached only together, other cuts of every target, and what was officially said."""

from copy import deepcopy
from datetime import date

import pytest

from analysis.analyze import analyze
from analysis.disclosure.screen import screen
from analysis.errors import AnalysisError
from analysis.joint_targets import joined
from analysis.result import JointVerdict, TargetResult, Verdict
from analysis.verdict import judge_together, no_data
from tests.analysis.test_analyze import PLAN, SETTINGS, TODAY, founded


def result(target: str, word: str) -> TargetResult:
    verdict = Verdict(word=word, by_point=word)
    return TargetResult(target=target, phase="P2", deadline=date(2027, 12, 31), due=False,
                        threshold=0.9, verdict=verdict)  # fmt: skip


CLAIM = {"target": "T1a", "phase": "P2", "said": {"vi": "hoàn thành tốt", "en": "well done"},
         "source": {"vi": "Báo", "en": "A paper"}, "day": "2026-01-09"}  # fmt: skip


def plan() -> dict:
    made = deepcopy(PLAN)
    made["indicators"][0]["cuts"][0]["alternatives"] = [0.4, 0.6, 0.8]
    return made


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    return analyze(founded(tmp_path_factory.mktemp("joint"), plan=plan(),
                           settings=SETTINGS | {"claims": [CLAIM]}), today=TODAY)  # fmt: skip


def test_a_target_and_its_part_have_one_verdict_together(analysis):
    (whole,) = analysis.joint
    assert (whole.targets, whole.phase) == (("T1a", "T1b"), "P2")
    assert whole.verdict == judge_together([one.verdict for one in analysis.targets])


@pytest.mark.parametrize(("words", "together"), [
    (("met", "met"), "met"), (("met", "not_met"), "not_met"),
    (("inconclusive", "not_met"), "not_met"), (("met", "inconclusive"), "inconclusive"),
    (("at_target", "below_target"), "below_target"), (("met", "no_data"), "no_data"),
])  # fmt: skip
def test_the_whole_is_met_only_where_each_is_and_not_met_where_one_is_not(words, together):
    targets = [result(name, word) for name, word in zip(("T1a", "T1b"), words, strict=True)]
    whole = JointVerdict(targets=("T1a", "T1b"), phase="P2", verdict=no_data())
    assert joined(whole, targets).verdict.word == together


def test_what_is_withheld_of_a_part_tells_nothing_through_the_whole(analysis):
    held = screen(analysis, minimum=10_000)
    part = next(one for one in held.targets if one.target == "T1b")
    assert part.verdict.word == "no_data"
    assert held.joint[0].verdict == judge_together([one.verdict for one in held.targets])


def test_every_other_cut_of_the_plan_has_a_verdict_of_its_own(analysis):
    for target in analysis.targets:
        cuts = [one for one in target.readings if one.cut is not None]
        assert [(one.reading, one.cut) for one in cuts] == [("knowledge", 0.4), ("knowledge", 0.8)]
        low, high = (one.estimates[0].estimate for one in cuts)
        assert low > target.estimate.estimate > high
        assert all(one.verdict is not None for one in cuts)


def test_an_official_claim_is_carried_untested_and_must_name_a_target_of_the_plan(
    analysis, tmp_path
):
    (claim,) = analysis.claims
    assert (claim.target, claim.said["en"]) == ("T1a", "well done")
    study = founded(tmp_path, settings=SETTINGS | {"claims": [CLAIM | {"target": "T9"}]})
    with pytest.raises(AnalysisError, match="The plan has no 'T9'"):
        analyze(study, today=TODAY)
