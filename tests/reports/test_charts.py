"""The chart: real text that stays inside, shapes that tell verdicts apart, the same bytes each time."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from reports import charts, pictures
from reports.chart_layout import NARROW, WIDE, arrange
from reports.document import Chart
from reports.lettering import text_width, wrap
from reports.view import page

LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)


@pytest.fixture
def chart(analysis, plan) -> Chart:
    made = page(analysis, plan, language="vi")
    return next(block for part in made.front for block in part.blocks if block.kind == "chart")


@LAYOUTS
def test_every_text_of_the_chart_is_text_in_the_drawing_and_at_least_11_pixels(chart, layout):
    drawing = pictures.svg(chart, layout=layout)
    written = re.findall(
        r'<text style="[^"]*font-size: ([\d.]+)px[^"]*"[^>]*>([^<]+)</text>', drawing
    )
    assert len(written) == drawing.count("<text")
    assert min(float(size) for size, _ in written) >= 11
    joined = " ".join(text for _, text in written)
    for row in chart.rows:
        assert row.text.split("(")[0].strip() in joined


@LAYOUTS
def test_no_text_runs_off_the_edge(chart, layout):
    long = "Báo cáo viên, cộng tác viên, tuyên truyền viên pháp luật, hòa giải viên của địa phương"
    rows = tuple(replace(row, label=f"T9. {long}") for row in chart.rows)
    drawn = charts.figure(replace(chart, rows=rows), layout=layout)
    renderer = FigureCanvasAgg(drawn).get_renderer()
    for text in drawn.axes[0].texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= layout.width + 1, text.get_text()


@LAYOUTS
def test_the_same_chart_is_drawn_in_the_same_bytes(chart, layout):
    assert pictures.svg(chart, layout=layout) == pictures.svg(chart, layout=layout)


def test_each_verdict_has_a_shape_of_its_own():
    shapes = {
        mark: (style["marker"], style.get("fillstyle"), style.get("markerfacecolor"))
        for mark, style in charts.MARKERS.items()
    }
    assert len(set(shapes.values())) == len(shapes)


def test_rows_do_not_overlap(chart):
    for layout in (WIDE, NARROW):
        rows = arrange(chart, layout).rows
        assert all(above.bottom <= below.top for above, below in pairwise(rows))


def test_dollar_signs_in_a_label_are_not_mathematics(chart):
    rows = (replace(chart.rows[0], label="$x^2$ & <b>"),)
    drawing = pictures.svg(replace(chart, rows=rows), layout=WIDE)
    assert "$x^2$ &amp; &lt;b&gt;" in drawing


def test_the_alternative_text_says_every_number_target_and_verdict(chart):
    assert chart.description == (
        "SỐ LIỆU MÔ PHỎNG: không phản ánh người thật, địa bàn thật. "
        "T1a. Cán bộ, Nhân dân nói chung: 71,3% (68,9% - 73,7%), mục tiêu 90%, "
        "còn dưới mục tiêu, chưa đến hạn; "
        "T1b. Địa bàn trọng yếu, huyện ngoại thành: 69,9% (67,4% - 72,3%), mục tiêu 70%, "
        "chưa đủ căn cứ kết luận; "
        "Địa bàn trọng yếu: 67,1% (62,0% - 71,9%), mục tiêu 70%; "
        "Huyện ngoại thành: 70,9% (68,0% - 73,5%), mục tiêu 70%; "
        "Địa bàn còn lại: 72,7% (69,1% - 76,1%); "
        "Nam: 72,0% (68,7% - 75,1%); Nữ: 70,6% (67,4% - 73,7%)."
    ).replace(" - ", "\xa0\u2011\xa0")


def test_an_axis_that_does_not_begin_at_zero_says_where_it_begins(chart):
    assert chart.ticks[0] == (0.4, "40%")
    assert chart.axis_note == "trục bắt đầu từ 40%"


@given(st.text(alphabet="ab ướ₫", min_size=1, max_size=60), st.floats(min_value=40, max_value=300))
def test_wrapped_lines_fit_and_lose_no_letter(text, width):
    lines = wrap(text, width=width, size=13)
    assert all(text_width(line, size=13) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
