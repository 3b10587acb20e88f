"""Every kind of PDF by two checkers of other authors, and what neither of them can see."""

import pikepdf
import pytest

from analysis.disclosure.publishing import public
from instruments.plan import Plan
from reports.area_page import area_page, subjects
from reports.edition import Edition
from reports.release_standing import DRAFTS
from reports.render import pdf
from reports.view import view
from tests.reports.complete import complete
from tests.reports.conftest import PLAN


def page_of(kind, language="vi"):
    """The report, the public edition, or the sheet of an area, with every optional part."""
    analysis, audience = complete(), "public" if kind == "public" else "internal"
    shown = public(analysis) if audience == "public" else analysis
    edition = Edition(analysis=shown, plan=Plan.model_validate(PLAN), language=language,
                      standing=DRAFTS[audience])  # fmt: skip
    return (
        area_page(edition, subjects(edition, "district")[1]) if kind == "sheet" else view(edition)
    )


def elements(node):
    """Every element of the structure tree below a node."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def text_under(node):
    return str(node.get("/Alt", "")).strip()


@pytest.mark.heavy
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", ["report", "public", "sheet"])
def test_two_checkers_find_nothing(tmp_path, kind, language):
    import page
    import pdfua

    path = tmp_path / "report.pdf"
    path.write_bytes(pdf.render(page_of(kind, language)))
    first = page.validate_pdf(path, profile=page.ValidationProfile.PDF_UA_1)
    assert [(one.rule_id, one.message) for one in first.failures] == []
    assert first.rules.passed >= 100
    second = pdfua.validate(path)
    assert [one.message for one in second.findings] == []
    assert {one.rule_id for one in second.skipped} <= {"UA-14-001"}  # fails by itself on any file


def test_language_title_tables_and_pictures_are_told_to_who_listens(tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf.render(page_of("sheet")))
    with pikepdf.open(path) as opened:
        root = opened.Root
        assert str(root.Lang) == "vi"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(opened.docinfo["/Title"]).startswith("DỰ THẢO; SỐ LIỆU MÔ PHỎNG")
        found = list(elements(root.StructTreeRoot))
    kinds = [str(one.S) for one in found]
    assert kinds.count("/H1") == 1
    assert kinds.count("/Table") == 2
    assert kinds.count("/TH") == 4 + 3
    pictures = [one for one in found if str(one.S) == "/Figure"]
    assert pictures
    assert all(text_under(one) for one in pictures)


def told_aside(page):
    """How often text is drawn that listeners are not told, as furniture of a page."""
    marks, count = [], 0
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) in {"BDC", "BMC"}:
            marks.append(str(operands[0]))
        elif str(operator) == "EMC":
            marks.pop()
        count += str(operator) in {"Tj", "TJ"} and "/Artifact" in marks
    return count


def test_the_stamp_of_the_first_page_is_content_and_no_furniture(tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf.render(page_of("report")))
    with pikepdf.open(path) as opened:
        aside = [told_aside(one) for one in opened.pages]
    assert aside[0] == 0
    assert all(count > 0 for count in aside[1:])
