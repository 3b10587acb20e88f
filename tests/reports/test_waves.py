"""The trend on the page: breaks are gaps with reasons, and no change is told without a baseline."""

from dataclasses import replace
from datetime import date

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.result import Trend, WaveChange, WavePoint
from analysis.wave_change import change
from instruments.language import say
from reports.cautions import cautions
from reports.chart_layout import NARROW, WIDE
from reports.document import Prose, Table
from reports.edition import Edition
from reports.format import Formatter
from reports.trends import TrendPicture, trend_figure
from reports.waves import waves
from tests.reports.agreement import disagreements
from tests.reports.conftest import CITY, share
from tests.reports.test_areas import DISTRICTS, with_areas

CUT = say("another cut score")
FIRST, SECOND = date(2022, 10, 1), date(2024, 10, 1)


def followed(now, *, target="T1a", broken=True, first=FIRST, **by: str) -> Trend:
    """Three waves, the first of which used another cut."""
    points = [
        WavePoint(label={"vi": "Đợt 1", "en": "Wave one"}, day=first,
                  estimate=share(0.52, 0.49, 0.55, **by)),
        WavePoint(label={"vi": "Đợt 2", "en": "Wave two"}, day=SECOND, breaks=(CUT,) if broken else (),
                  estimate=share(0.63, 0.6, 0.66, **by)),
    ]  # fmt: skip
    changes = []
    for point in points:
        difference, se, limits = change(point.estimate, now)
        made = WaveChange(label=point.label, day=point.day, difference=difference, se=se, ci=limits)
        if broken and point is points[0]:
            made = replace(made, difference=None, se=None, ci=(None, None), breaks=(CUT,))
        changes.append(made)
    last = WavePoint(
        label={"vi": "Đợt 3", "en": "Wave three"}, day=date(2026, 10, 20), estimate=now
    )
    return Trend(target=target, by=by, points=(*points, last), changes=tuple(changes))


@pytest.fixture
def with_waves(analysis):
    made = with_areas(analysis)
    areas = [
        followed(share(0.7, 0.66, 0.74, district=code), broken=False, district=code)
        for code in DISTRICTS
    ]
    return replace(made, trends=(followed(CITY), *areas))


def blocks(analysis, plan, kind, *, language="en"):
    edition = Edition(analysis=analysis, plan=plan, language=language)
    return [one for one in waves(edition).blocks if isinstance(one, kind)]


def test_without_earlier_waves_there_is_no_section(analysis, plan):
    assert blocks(analysis, plan, object) == []


def test_without_a_survey_at_the_plan_s_beginning_no_change_since_then_is_told(with_waves, plan):
    (prose,) = blocks(with_waves, plan, Prose)
    assert "of the change since then nothing can be said" in prose.paragraphs[0]
    before = replace(with_waves, trends=(followed(CITY, first=date(2020, 12, 1)),))
    (prose,) = blocks(before, plan, Prose)
    assert prose.paragraphs == ("The first wave was held before the plan began.",)


def test_a_break_is_a_gap_and_its_reason_stands_in_the_table(with_waves, plan):
    picture, *_ = blocks(with_waves, plan, TrendPicture)
    assert [dot.joined for dot in picture.panels[0].dots] == [True, False, True]
    table, *_ = blocks(with_waves, plan, Table)
    assert [row[2].text for row in table.rows] == [
        "not comparable", "+8.3 (+4.5; +12.1)", "–",
    ]  # fmt: skip
    assert table.rows[0][2].note == "another cut score"


def test_milestones_stand_where_and_when_the_plan_asks_for_them(with_waves, plan):
    picture, *_ = blocks(with_waves, plan, TrendPicture)
    found = [(round(one.x, 2), one.text) for one in picture.panels[0].milestones]
    assert found == [(2025.0, "50%"), (2028.0, "90%")]


def test_thirty_areas_stand_in_panels_on_the_same_scales(with_waves, plan):
    _, small = blocks(with_waves, plan, TrendPicture)
    assert len(small.panels) == 30
    assert small.panels[0].heading == "Huyện Ba Vì"
    assert (small.shares[0][0], small.shares[-1][0]) == (0, 1)


def test_a_wave_that_is_withheld_leaves_a_gap_and_no_number(analysis, plan):
    now = replace(CITY, estimate=None, se=None, ci=(None, None), flags=("withheld_u",))
    trend = followed(CITY, broken=False)
    gone = replace(
        trend, points=(*trend.points[:2], replace(trend.points[2], estimate=now)), changes=()
    )
    made = replace(analysis, trends=(gone,))
    (picture,) = blocks(made, plan, TrendPicture)
    assert len(picture.panels[0].dots) == 2
    (table,) = blocks(made, plan, Table)
    assert [row[1].text for row in table.rows][-1] == "[u]"
    assert {row[2].text for row in table.rows} == {"–"}


@pytest.mark.parametrize("layout", [WIDE, NARROW])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_letter_leaves_the_picture_or_is_too_small(with_waves, plan, layout, language):
    for picture in blocks(with_waves, plan, TrendPicture, language=language):
        drawn = trend_figure(picture, layout=layout)
        (axes,) = drawn.axes
        renderer = FigureCanvasAgg(drawn).get_renderer()
        boxes = [text.get_window_extent(renderer) for text in axes.texts]
        assert min(box.x0 for box in boxes) >= 0
        assert max(box.x1 for box in boxes) <= layout.width
        assert min(text.get_fontsize() for text in axes.texts) >= 11


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_number_is_the_same_in_every_format(with_waves, plan, language, tmp_path):
    found = disagreements(with_waves, plan, section="waves", language=language, folder=tmp_path)
    axes = {"20%", "40%", "60%", "80%", "0%", "100%", *map(str, range(2021, 2029))}
    assert {form: numbers - axes for form, numbers in found.items()} == {
        "pdf": set(), "docx": set(), "xlsx": set(), "json": set(),
    }  # fmt: skip


def test_points_carry_their_sign_unless_they_round_to_nothing():
    numbers = Formatter("vi")
    assert numbers.signed_points(0.0834) == "+8,3"
    assert numbers.signed_points(-0.0834) == "−8,3"
    assert numbers.signed_points(-0.0001) == "0,0"


def test_the_first_page_warns_of_what_the_waves_do_not_tell(with_waves, analysis, plan):
    def warned(made) -> str:
        edition = Edition(analysis=made, plan=plan, language="en")
        return "\n".join(cautions(edition).blocks[0].items)

    assert "there is no earlier one to compare it with" in warned(analysis)
    assert "A rise or a fall other than that between the waves" in warned(with_waves)
    trend = with_waves.trends[0]
    broken = replace(trend, changes=trend.changes[:1])
    assert "the waves cannot be compared" in warned(replace(with_waves, trends=(broken,)))
