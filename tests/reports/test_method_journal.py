"""A report prints the head of the journal, by which the data under it can be verified."""

from dataclasses import replace

from reports.edition import Edition
from reports.method import footer


def test_the_footer_prints_the_head_of_the_journal_where_the_study_has_one(analysis, plan):
    rests = replace(analysis.provenance, journal="ab12" * 16)
    without = Edition(analysis=analysis, plan=plan, language="vi")
    with_head = replace(without, analysis=replace(analysis, provenance=rests))
    assert len(footer(without)) == 1
    assert "ab12ab12ab12" in footer(with_head)[1]
