"""A number that may not be published is on no page, in no workbook and in no document."""

import json
from dataclasses import replace

import pytest

from analysis.disclosure.screen import code_of, screen
from analysis.result import Estimate
from analysis.serialise import as_json
from instruments.language import LANGUAGES
from reports.edition import Edition
from reports.sheets import sheets
from reports.view import page
from reports.writing import write_report

JOINT = "law_abiding"


def share(value: float, *, n: int, hits: int, **by: str) -> Estimate:
    """A share whose reliability is not in question."""
    return Estimate(of=JOINT, by=by, estimate=value, se=0.011, ci=(value - 0.02, value + 0.02),
                    df=96, n=n, hits=hits)  # fmt: skip


@pytest.fixture
def grouped(analysis):
    """Everybody, and three groups of which one has seven persons who are not aware."""
    return replace(analysis, estimates=(
        share(0.7131, n=3000, hits=2140),
        share(0.98765, n=600, hits=593, groups="key"),
        share(0.54321, n=1200, hits=700, groups="suburban"),
        share(0.71717, n=1200, hits=847, groups="none"),
    ))  # fmt: skip


def by_group(analysis):
    return {one.by.get("groups", ""): one for one in screen(analysis).estimates}


def test_seven_persons_take_another_group_with_them(grouped):
    found = {group: code_of(one) for group, one in by_group(grouped).items()}
    assert found[""] is None
    assert found["key"] == "c"
    assert sorted(filter(None, found.values())) == ["c", "c"]


def test_sizes_of_groups_that_are_large_enough_stay(grouped):
    assert by_group(grouped)["key"].n == 600


def test_no_count_of_those_who_have_it_is_published(grouped):
    assert all(one.hits is None for one in screen(grouped).estimates)


def test_a_group_without_respondents_is_not_available(analysis):
    empty = Estimate(of=JOINT, by={"groups": "key"}, estimate=None, se=None, ci=(None, None),
                     df=None, n=0, hits=0)  # fmt: skip
    kept = replace(analysis, estimates=(share(0.7, n=3000, hits=2100), empty))
    assert code_of(screen(kept).estimates[1]) == "x"


def test_what_is_too_unreliable_gives_way_to_what_is_confidential(analysis):
    few = share(0.5, n=20, hits=12, groups="key")
    unreliable = replace(analysis, estimates=(share(0.7, n=3000, hits=2100), few))
    assert code_of(screen(unreliable).estimates[1]) == "c"
    more = share(0.5, n=29, hits=15, groups="key")
    known = replace(analysis, estimates=(share(0.7, n=3000, hits=2100), more))
    assert code_of(screen(known).estimates[1]) == "u"


def test_a_target_whose_number_is_withheld_has_no_verdict(analysis):
    first = next(one for one in analysis.targets if one.estimate is not None)
    gone = replace(first, estimate=replace(first.estimate, n=12))
    found = screen(replace(analysis, targets=(gone,))).targets[0]
    assert found.verdict.word == "no_data"
    assert found.floor is None
    assert "too few respondents" in found.notes[-1].text("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_show_the_code_with_its_legend_and_the_number_nowhere(grouped, plan, language):
    edition = Edition(analysis=screen(grouped), plan=plan, language=language)
    shown = str(page(edition.analysis, plan, language=language))
    assert "[c]" in shown
    assert "98.8" not in shown.replace(",", ".")
    (meaning,) = {line for section in page(edition.analysis, plan, language=language).annex
                  for block in section.blocks if hasattr(block, "notes")
                  for line in block.notes if line.startswith("[c]")}  # fmt: skip
    assert "10" in meaning
    assert "0.98765" not in str(sheets(edition, page(grouped, plan, language=language)))


def test_every_file_of_a_report_is_screened(grouped, plan, tmp_path):
    write_report(grouped, plan, folder=tmp_path, formats=["html", "xlsx"], languages=["vi"])
    written = json.loads((tmp_path / "result.json").read_text())
    assert "0.98765" in json.dumps(as_json(grouped))
    assert "0.98765" not in json.dumps(written)
    assert "98,8%" not in (tmp_path / "report.html").read_text()
