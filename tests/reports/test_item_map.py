"""Easy and hard questions for leaders: in words, with the cut between them."""

from analysis.disclosure.screen import blank
from reports.item_map import LONGEST, item_map
from tests.reports.conftest import share
from tests.reports.detailed import FULL, edition


def test_the_cut_parts_what_people_at_it_answer_right_from_what_they_answer_wrong():
    chart, table = item_map(edition()).blocks
    assert chart.rule[0] == 2
    assert chart.rule[1].startswith("The cut: who just reaches 60% of the points")
    assert chart.rule[1] in chart.description
    assert [row[3].text for row in table.rows] == ["88.0%", "71.0%", "38.0%", "17.0%"]
    assert [row.value for row in chart.rows] == [0.91, 0.83, 0.55, 0.32]


def test_a_long_question_is_cut_between_words_on_the_chart_and_whole_in_the_table():
    chart, table = item_map(edition("vi")).blocks
    assert chart.rows[3].label == "Khi nào phải hòa giải trước khi khởi kiện về tranh chấp …"
    assert len(chart.rows[3].label) <= LONGEST + 2
    assert table.rows[3][0].text.endswith("giữa hai hộ liền kề?")


def test_without_a_scale_questions_go_by_their_shares_and_no_cut_is_drawn():
    chart, table = item_map(edition(latent=None)).blocks
    assert chart.rule is None
    assert len(table.columns) == 3
    assert item_map(edition(items=())).blocks == ()


def test_a_withheld_question_is_left_out_of_the_map():
    first, *rest = FULL.items
    own = edition(items=(blank(first, code="u", n=12), *rest))
    chart, table = item_map(own).blocks
    assert len(chart.rows) == len(table.rows) == 3
    assert "0.91" not in chart.description


def test_many_questions_make_several_charts_on_one_axis():
    many = tuple(share(0.9 - at / 50, 0.88 - at / 50, 0.92 - at / 50, of="k2") for at in range(40))
    *charts, _ = item_map(edition(items=many, latent=None)).blocks
    assert [len(chart.rows) for chart in charts] == [14, 14, 12]
    assert len({chart.ticks for chart in charts}) == 1
    assert len({chart.id for chart in charts}) == 3
