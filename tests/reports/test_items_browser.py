"""The report on items in a real browser: nothing that axe finds, nothing that runs over the screen."""

from datetime import date

import pytest

from analysis.items.inspection import inspect
from reports.items.write import write_items
from tests.reports.items_spec import write_spec
from tests.survey.desk_browser import Clerk

pytestmark = pytest.mark.heavy


@pytest.fixture
def clerk(tmp_path):
    own = Clerk(tmp_path / "profile")
    yield own
    own.close()


@pytest.mark.parametrize(("language", "width"), [("vi", 360), ("en", 1280)])
def test_axe_finds_nothing_and_nothing_runs_over(tmp_path, clerk, width, language):
    inspection = inspect(write_spec(tmp_path))
    write_items(inspection, folder=tmp_path / "out", languages=[language], today=date(2026, 11, 24))
    clerk.go((tmp_path / "out" / "items.html").as_uri(), width=width)
    assert clerk.violations() == []
    assert clerk.run("document.documentElement.scrollWidth") <= width
    assert clerk.complaints == []
