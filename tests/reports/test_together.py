"""Below the table of targets: what holds of them together, and what was officially said, untested."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.provenance_result import OfficialClaim
from analysis.result import JointVerdict, ReadingResult, Verdict
from reports.annex import readings
from reports.edition import Edition
from reports.verdicts import verdict_table

CLAIM = OfficialClaim(target="T1a", phase="p1", said={"vi": "hoàn thành tốt", "en": "well done"},
                      source={"vi": "Báo A", "en": "Paper A"}, day=date(2025, 1, 9))  # fmt: skip


def notes(analysis, plan) -> str:
    (table,) = verdict_table(Edition(analysis=analysis, plan=plan, language="en")).blocks
    return "\n".join(table.notes)


@pytest.mark.parametrize(("word", "said"), [
    ("below_target", "below the target, deadline not reached"), ("inconclusive", "cannot be concluded"),
])  # fmt: skip
def test_targets_that_are_reached_only_together_have_one_line(analysis, plan, word, said):
    whole = JointVerdict(targets=("T1a", "T1b"), phase="p2",
                         verdict=Verdict(word=word, by_point=word))  # fmt: skip
    found = notes(replace(analysis, joint=(whole,)), plan)
    assert f"T1a + T1b together: {said} (met only where each of them is" in found


def test_a_whole_of_which_nothing_is_known_is_not_mentioned(analysis, plan):
    whole = JointVerdict(targets=("T1a", "T1b"), phase="p2",
                         verdict=Verdict(word="no_data", by_point="no_data"))  # fmt: skip
    assert "together" not in notes(replace(analysis, joint=(whole,)), plan)


def test_an_official_claim_stands_with_its_source_and_is_called_untested(analysis, plan):
    found = notes(replace(analysis, claims=(CLAIM,)), plan)
    assert "“well done” (Paper A, 9 Jan 2025). It is repeated here and was not tested." in found


def test_another_cut_is_a_row_of_the_readings_with_a_verdict(analysis, plan):
    result = next(one for one in analysis.targets if one.target == "T1a" and one.readings)
    other = ReadingResult(reading="knowledge", option="0.7", cut=0.7, threshold=result.threshold,
                          estimates=(result.estimate,), verdict=result.verdict)  # fmt: skip
    made = replace(analysis, targets=(replace(result, readings=(other,)),))
    (table,) = readings(Edition(analysis=made, plan=plan, language="en")).blocks
    assert table.rows[1][0].text.endswith(": from 70% of the points")
    assert table.caption == "T1a: the conclusion is unchanged in 1 of 1 alternatives"
