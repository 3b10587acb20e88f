"""What only the full report tells, across formats and layouts: one number, one appearance, readable."""

import re
from html import unescape

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.disclosure.publishing import public
from reports import likert, pictures
from reports.chart_layout import NARROW, WIDE
from reports.document import Picture
from reports.edition import Edition
from reports.release_standing import DRAFTS
from reports.render import html
from reports.sheets import sheets
from reports.view import view
from tests.reports.agreement import disagreements, section_of
from tests.reports.detailed import FULL, TRIAL, edition

SECTIONS = ("gaps", "items", "opinions", "quality", "strengths", "limitations", "errors")
LAYOUTS = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)


def drawn(language="vi") -> list[Picture]:
    page = view(edition(language))
    return [block for name in SECTIONS for block in section_of(page, name).blocks
            if isinstance(block, Picture)]  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_details_read_as_agreed(golden, text_of, language):
    shown = html.render(view(edition(language)))
    parts = [re.search(f'<section class="{name}".*?</section>', shown, re.DOTALL)[0]
             for name in SECTIONS]  # fmt: skip
    golden.check(f"reports_details_{language}.txt", text_of("\n".join(parts)))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("section", ["gaps", "items", "opinions", "quality", "errors"])
def test_every_number_of_a_detail_is_the_same_in_every_format(tmp_path, section, language):
    found = disagreements(FULL, TRIAL, section=section, language=language, folder=tmp_path)
    assert found == {"pdf": set(), "docx": set(), "xlsx": set(), "json": set()}


def test_no_word_of_the_details_says_what_brings_a_difference_about():
    for language, words in (("vi", ("đóng góp", "do tác động", "nhờ")), ("en", ("contribut",))):
        shown = html.render(view(edition(language))).lower()
        assert not [word for word in words if word in unescape(shown)]


def test_the_public_edition_has_none_of_it():
    own = Edition(analysis=public(FULL), plan=TRIAL, language="en", standing=DRAFTS["public"])
    page = view(own)
    assert not {one.id for one in page.annex} & set(SECTIONS)
    assert "k2" not in str(own.analysis.latent)
    assert all(not one.at_cut for one in own.analysis.latent.traits)
    named = {one.name for one in sheets(own, page)}
    assert named.isdisjoint({"Answers", "Differences", "Outcomes", "Items at the cut"})


@LAYOUTS
def test_texts_of_every_drawing_are_text_large_enough_and_inside(layout):
    for picture in drawn():
        drawing = pictures.svg(picture, layout=layout)
        sizes = re.findall(r"font-size: ([\d.]+)px", drawing)
        assert len(sizes) >= drawing.count("<text") > 5
        assert min(map(float, sizes)) >= 11
        figure = pictures.figure(picture, layout=layout)
        renderer = FigureCanvasAgg(figure).get_renderer()
        for text in figure.axes[0].texts:
            box = text.get_window_extent(renderer)
            assert box.x0 >= -1, text.get_text()
            assert box.x1 <= layout.width + 1, text.get_text()


@LAYOUTS
def test_no_two_texts_of_a_drawing_lie_on_each_other(layout):
    for picture in drawn():
        figure = pictures.figure(picture, layout=layout)
        renderer = FigureCanvasAgg(figure).get_renderer()
        boxes = [(one.get_text(), one.get_window_extent(renderer)) for one in figure.axes[0].texts]
        for at, (text, box) in enumerate(boxes):
            for other, place in boxes[at + 1 :]:
                apart = (box.x1 <= place.x0 + 1 or place.x1 <= box.x0 + 1
                         or box.y1 <= place.y0 + 4 or place.y1 <= box.y0 + 4)  # fmt: skip
                assert apart, (text, other)


@LAYOUTS
def test_the_same_bars_are_drawn_in_the_same_bytes(layout):
    (one,) = [each for each in drawn() if isinstance(each, likert.Likert)]
    assert pictures.svg(one, layout=layout) == pictures.svg(one, layout=layout)


def test_bars_are_told_apart_in_grey():
    def grey(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, middle, light = sorted(map(grey, likert.FILLS.values()))
    assert (middle + 0.05) / (dark + 0.05) >= 3
    assert (light + 0.05) / (middle + 0.05) >= 1.5


@LAYOUTS
def test_bars_are_as_long_as_their_shares_and_stand_around_the_centre(layout):
    (one,) = [each for each in drawn() if isinstance(each, likert.Likert)]
    parts = [patch for patch in pictures.figure(one, layout=layout).axes[0].patches
             if patch.get_height() == likert.BAR]  # fmt: skip
    shares = [each.share for row in one.rows for each in row.segments]
    assert len(parts) == len(shares)
    lengths = [part.get_width() / share for part, share in zip(parts, shares, strict=True)]
    assert max(lengths) == pytest.approx(min(lengths))
    middles = [part.get_x() + part.get_width() / 2 for part in parts[2::5]]
    assert middles[0] == pytest.approx(middles[1])
