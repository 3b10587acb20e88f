"""Don't-knows by every rule, on the page: the shares, their range, and what a rule would decide."""

from dataclasses import replace

from analysis.trait_result import CandourReport, RuleShare
from instruments.language import say
from reports.candour import candour
from tests.reports.test_standards_page import told

SHARES = {"wrong": 0.713, "wrong_guessing": 0.707, "chance": 0.755, "category": 0.74, "ignore": 0.8}
FOUND = CandourReport(
    of="aware", target="T1a", phase="p2", asked=24, unknown=0.0985,
    rules=tuple(RuleShare(rule=rule, share=share) for rule, share in SHARES.items()),
)  # fmt: skip


def with_share(rule: str, **changes: object) -> CandourReport:
    return replace(FOUND, rules=tuple(
        replace(one, **changes) if one.rule == rule else one for one in FOUND.rules))  # fmt: skip


def test_nothing_is_said_where_no_rule_was_tried(analysis, plan):
    assert told(candour, analysis, plan) == ("", [])


def test_each_rule_has_its_row_and_the_range_closes_the_table(analysis, plan):
    prose, (table,) = told(candour, replace(analysis, candour=(FOUND,)), plan)
    assert "the 24 questions in which something is to be known, 9.9% are “don't know”" in prose
    assert "T1a: 71.3% as in this report, from 70.7% to 80.0% by the rules." in prose
    assert [row[1].text for row in table.rows] == [
        "71.3%", "70.7%", "75.5%", "74.0%", "80.0%", "70.7% – 80.0%",
    ]  # fmt: skip
    assert "the rule decides" not in prose


def test_a_target_within_the_range_is_said_to_hang_on_the_rule(analysis, plan):
    over = with_share("ignore", share=0.91)
    prose, _ = told(candour, replace(analysis, candour=(over,)), plan)
    assert "For T1a the rule decides whether the estimate reaches the target of 90%." in prose


def test_a_rule_without_a_share_tells_why(analysis, plan):
    why = say("under it the model of the items does not converge")
    _, (table,) = told(
        candour, replace(analysis, candour=(with_share("chance", share=None, note=why),)), plan
    )
    assert table.rows[2][1].text == "–"
    assert table.notes[-1] == ("No share by the rule “As a guess, one of m”: under it the model of the "
                               "items does not converge.")  # fmt: skip


def test_it_is_told_in_vietnamese(analysis, plan):
    prose, (table,) = told(candour, replace(analysis, candour=(FOUND,)), plan, language="vi")
    assert "T1a: 71,3% theo cách tính của báo cáo này, từ 70,7% đến 80,0% tùy cách tính." in prose
    assert table.rows[-1][0].text == "Khoảng dao động"
