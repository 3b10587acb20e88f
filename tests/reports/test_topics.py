"""What is known by topic, whom activities reached, and which groups the chart shows."""

from dataclasses import replace

from analysis.result import DomainLabel, Estimate
from reports.comparison import comparison
from reports.edition import Edition
from reports.method import method
from reports.topics import reach, topics


def edition(analysis, plan, **changes) -> Edition:
    return Edition(analysis=replace(analysis, **changes), plan=plan, language="en")


def test_the_three_best_and_the_three_least_known_topics_are_named_with_one_caution(analysis, plan):
    best, least = topics(edition(analysis, plan)).blocks
    assert [row[0].text for row in best.rows] == ["Traffic", "Drugs", "Family"]
    assert [row[0].text for row in least.rows] == ["Land", "Personal data", "Complaints"]
    assert (best.rows[0][1].text, best.rows[0][1].note) == ("82.0%", "(80.0%\xa0to\xa084.0%)")
    assert best.notes == ()
    assert least.notes[0].startswith("A topic has few items")


def test_few_topics_stand_in_one_table_and_none_in_no_section(analysis, plan):
    (whole,) = topics(edition(analysis, plan, topics=analysis.topics[:6])).blocks
    assert len(whole.rows) == 6
    assert whole.caption == "Topics, the best known first"
    assert topics(edition(analysis, plan, topics=())).blocks == ()


def test_reach_is_told_as_an_association_and_never_as_an_effect(analysis, plan):
    (table,) = reach(edition(analysis, plan)).blocks
    assert table.notes == (
        "An association and no effect: those whom an activity reached differ from the others in "
        "more than that.",
    )
    assert [cell.text for cell in table.rows[0]] == ["Loudspeakers", "41.2%", "74.0%", "1,241"]
    assert [cell.text for cell in table.rows[1]] == ["Quiz contests", "3.1%", "79.0%", "93"]
    assert table.rows[1][3].note == "few sampling units"
    assert table.columns[2].title == "Of those reached: understand and respect the law"
    assert reach(edition(analysis, plan, exposure=())).blocks == ()


def test_the_method_says_who_has_no_score_and_what_dont_know_means(analysis, plan):
    (prose,) = method(edition(analysis, plan)).blocks
    assert (
        "A person has a score on a dimension with answers to at least 50% of its items; persons "
        "without a score count in no share of that dimension (knowledge of the law: 0; respect for "
        "the law: 12)." in prose.paragraphs
    )
    assert "Don't know counts as a wrong answer for knowledge of the law." in prose.paragraphs
    assert "Don't know is left out, as a refusal is, for respect for the law." in prose.paragraphs


def group(level: str, value: float) -> Estimate:
    return Estimate(of="law_abiding", by={"areas": level}, estimate=value, se=0.02,
                    ci=(value - 0.04, value + 0.04), df=90, n=500)  # fmt: skip


def test_the_chart_shows_disjoint_groups_in_place_of_areas_that_overlap(analysis, plan):
    levels = {"key+suburban": 0.62, "key": 0.66, "suburban": 0.71, "rest": 0.73}
    named = {level: {"en": level.title()} for level in levels}
    partition = DomainLabel(variable="areas", label={"en": "Areas"}, levels=named)
    estimates = tuple(one for one in analysis.estimates if set(one.by) <= {"sex"}) + tuple(
        group(level, value) for level, value in levels.items()
    )
    own = edition(analysis, plan, domains=(partition, analysis.domains[1]), estimates=estimates)
    (chart,) = comparison(own).blocks
    assert [(row.label, row.is_part) for row in chart.rows[2:]] == [
        ("Key+Suburban", True), ("Key", True), ("Suburban", True), ("Rest", False),
        ("Men", False), ("Women", False),
    ]  # fmt: skip
    assert [row.target for row in chart.rows] == [0.9] + [0.7] * 4 + [None] * 3
    assert [row.target_text for row in chart.rows] == ["90%", "70%"] + [""] * 6


def test_a_grouping_that_does_not_fit_whole_is_left_to_the_annex(analysis, plan):
    many = tuple(replace(group(str(n), 0.7), by={"sex": str(n)}) for n in range(9))
    own = edition(analysis, plan, estimates=(*analysis.estimates[:1], *many))
    (chart,) = comparison(own).blocks
    assert [row.label for row in chart.rows[2:]] == ["Key areas", "Suburban districts"]
