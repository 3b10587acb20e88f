"""Every kind of page with all that it can hold, in a real browser: on a phone and on a desk."""

from datetime import date

import pytest

from analysis.disclosure.publishing import public
from analysis.items.inspection import inspect
from instruments.plan import Plan
from reports.area_page import area_page, subjects
from reports.edition import Edition
from reports.items.write import write_items
from reports.release_standing import DRAFTS
from reports.render import html
from reports.view import view
from tests.reports.complete import complete
from tests.reports.conftest import PLAN
from tests.reports.items_spec import write_spec
from tests.survey.desk_browser import Clerk

pytestmark = pytest.mark.heavy

LOOK = """(async () => {
  await document.fonts.ready;
  const right = document.documentElement.clientWidth;
  const shown = [...document.querySelectorAll("body *")].filter(
    (each) => each.getClientRects().length && !["STYLE", "TITLE"].includes(each.tagName)
      && [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()));
  const size = (each) => parseFloat(getComputedStyle(each).fontSize)
    * (each.ownerSVGElement ? each.getScreenCTM().a : 1);
  const box = (each) => each.getBoundingClientRect();
  return {
    scroll: document.documentElement.scrollWidth,
    smallest: Math.min(...shown.map(size)),
    over: shown.filter((each) => box(each).right > right + 1 || box(each).left < -1)
      .map((each) => each.textContent.slice(0, 60)),
    drawings: [...document.querySelectorAll("figure svg")].filter(
      (each) => each.getClientRects().length).length,
  };
})()"""


@pytest.fixture(scope="module")
def clerk(tmp_path_factory):
    own = Clerk(tmp_path_factory.mktemp("browser") / "profile")
    yield own
    own.close()


@pytest.fixture(scope="module")
def analysis():
    return complete()


def pages(analysis, language):
    """The report, the public edition, the sheet of an area with a number, and of one without."""
    plan = Plan.model_validate(PLAN)
    internal, for_all = (
        Edition(analysis=own, plan=plan, language=language, standing=DRAFTS[audience])
        for audience, own in (("internal", analysis), ("public", public(analysis)))
    )
    yield "report", view(internal)
    yield "public", view(for_all)
    for subject in subjects(internal, "new_unit")[:2]:
        yield f"sheet-{subject.profile.area}", area_page(internal, subject)


def looked_at(clerk, path, *, width):
    """What is wrong with a page at a width, in words; nothing where all is well."""
    clerk.go(path.as_uri(), width=width)
    faults = [f"axe: {one}" for one in clerk.violations()]
    found = clerk.run(LOOK)
    if found["scroll"] > width:
        faults.append(f"scrolls to {found['scroll']} px")
    if found["smallest"] < 11:
        faults.append(f"text of {found['smallest']} px")
    faults += [f"runs over: {one}" for one in found["over"]]
    return [*faults, *clerk.complaints], found["drawings"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_is_wrong_with_any_page_on_a_phone_or_a_desk(analysis, clerk, tmp_path, language):
    faults, drawings = {}, {}
    for name, page in pages(analysis, language):
        path = tmp_path / f"{name}.html"
        path.write_text(html.render(page), encoding="utf-8")
        for width in (360, 1280):
            found, drawings[name, width] = looked_at(clerk, path, width=width)
            if found:
                faults[name, width] = found
    assert faults == {}
    assert drawings["report", 360] == drawings["report", 1280] >= 12


@pytest.mark.parametrize(("language", "width"), [("en", 360), ("vi", 1280)])
def test_nothing_is_wrong_with_the_report_on_items(tmp_path, clerk, width, language):
    inspection = inspect(write_spec(tmp_path))
    write_items(inspection, folder=tmp_path / "out", languages=[language], today=date(2026, 11, 24))
    found, drawings = looked_at(clerk, tmp_path / "out" / "items.html", width=width)
    assert found == []
    assert drawings > 2


def test_a_page_with_faults_is_found_out(clerk, tmp_path):
    path = tmp_path / "faulty.html"
    path.write_text('<!DOCTYPE html><html lang="vi"><meta name="viewport" content="width=device-width"><title>x</title><body><p style="font-size:9px">nhỏ</p>'
                    '<p style="width:900px">rộng</p><img src="data:,"></body></html>', encoding="utf-8")  # fmt: skip
    found, _ = looked_at(clerk, path, width=360)
    told = "\n".join(found)
    assert "axe: image-alt" in told
    assert "text of 9 px" in told
    assert "runs over: rộng" in told
