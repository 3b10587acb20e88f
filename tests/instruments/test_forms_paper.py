"""The booklet as the person sees it who holds it: texts are read back from the PDF."""

import re
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pikepdf
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.errors import DefinitionError
from instruments.forms.gaps import gaps
from instruments.forms.paper.run import EDITIONS, PrintRun
from instruments.forms.paper.write import to_paper
from instruments.library import find
from instruments.load import load_instrument
from instruments.model import Instrument
from instruments.rotation import draw
from tests.instruments.drawn_instruments import instruments

FEATURES = Path(__file__).parent / "features"
HOSTILE = (
    "{{7*7}} #sys.version <script>alert(1)</script> $x^2$ *b* _i_ @ref `raw` \\n //c #pagebreak()"
)


def read(pdf: bytes, tmp_path: Path) -> str:
    """The words of a PDF with single spaces between them."""
    (tmp_path / "form.pdf").write_bytes(pdf)
    answer = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "form.pdf", "-"], capture_output=True, check=True
    )
    return " ".join(answer.stdout.decode().split())


def feature(name: str) -> Instrument:
    return load_instrument(FEATURES / f"{name}.yaml")


def small(*items: dict[str, object], **more: object) -> Instrument:
    return Instrument.model_validate({
        "id": "nho", "version": "1", "title": {"vi": "Phiếu nhỏ"}, "languages": ["vi"],
        "items": items, **more,
    })  # fmt: skip


def single(name: str, label: str, **more: object) -> dict[str, object]:
    options = [
        {"code": "x", "label": {"vi": f"Có {name}"}},
        {"code": "y", "label": {"vi": "Không"}},
    ]
    return {"id": name, "type": "single", "label": {"vi": label}, "options": options, **more}


def picture(pdf: bytes, tmp_path: Path) -> np.ndarray:
    """The first page at 300 dots an inch, true where it is black."""
    (tmp_path / "form.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", "300", "-gray", "-l", "1", tmp_path / "form.pdf"]
    content = subprocess.run(command, capture_output=True, check=True).stdout
    _, size, _, pixels = content.split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(pixels, dtype=np.uint8).reshape(height, width) < 128


def finders(line: np.ndarray) -> list[tuple[int, float]]:
    """Where a line of pixels crosses a QR code's corner marks (1:1:3:1:1), and their module."""
    edges = np.flatnonzero(np.diff(line.astype(int)))
    runs = np.diff(edges)
    found = []
    for at in range(len(runs) - 4):
        module = runs[at : at + 5].sum() / 7
        fits = np.abs(runs[at : at + 5] / module - [1, 1, 3, 1, 1]).max() < 0.4
        if module > 4 and fits and line[edges[at] + 1]:
            found.append((int(edges[at]) + 1, float(module)))
    return found


def modules(black: np.ndarray) -> np.ndarray:
    """The modules of the QR code on a page, found by its corner marks as a camera finds them."""
    crossed = [(row, marks) for row, line in enumerate(black) if len(marks := finders(line)) == 2]
    ((left, module), (right, _)), _ = Counter(tuple(marks) for _, marks in crossed).most_common(1)[
        0
    ]
    rows = [row for row, marks in crossed if marks[0][0] == left]
    count = round((right - left) / module) + 7
    top = rows[0] - int(np.argmin(black[rows[0] :: -1, left + 2]))
    at = ((np.arange(count) + 0.5) * module).astype(int)
    return black[np.ix_(int(top) + at, left + at)]


@pytest.fixture(scope="module")
def residents() -> Instrument:
    return load_instrument(find("residents"))


def test_the_shipped_questionnaire_has_parts_boxes_pages_and_its_code(residents, tmp_path):
    text = read(to_paper(residents, language="vi", run=PrintRun(codes=["A0001"])), tmp_path)
    assert text.index("A. Thông tin chung") < text.index("B. Phần khảo sát")
    assert re.search(r"Phiếu số .{0,60}A0001 Thời điểm trả lời: ngày tháng năm", text)
    last = int(re.findall(r"trang (\d+)/(\d+)", text)[-1][1])
    assert re.findall(r"trang (\d+)/", text) == [str(page) for page in range(1, last + 1)]
    assert text.count("☐") > 200
    assert "Chỉ trả lời nếu câu 63 trả lời “Có”" in text


def test_the_code_of_a_copy_is_a_qr_code_that_can_be_read_from_the_printed_page(tmp_path):
    for code in ("7", "HN-0042", "Phường Ba Đình 0000042"):
        printed = modules(picture(to_paper(feature("grid"), run=PrintRun(codes=[code])), tmp_path))
        symbol = segno.make(code, error="q", micro=False, boost_error=False)
        assert (printed == np.array([list(row) for row in symbol.matrix], dtype=bool)).all()


def test_a_reader_of_the_screen_is_told_what_the_qr_code_says(tmp_path):
    (tmp_path / "form.pdf").write_bytes(to_paper(feature("grid"), run=PrintRun(codes=["HN-1"])))
    with pikepdf.open(tmp_path / "form.pdf") as pdf:
        told = [str(one.Alt) for one in pdf.objects
                if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]  # fmt: skip
    assert told == ["Phiếu số HN-1"]


@pytest.mark.parametrize("code", ["", "   ", "x" * 41, "a\u202eb", "a\nb"])
def test_a_number_that_nobody_can_type_again_is_refused(code):
    with pytest.raises(
        DefinitionError, match=r"cannot be the number of a copy\. Use up to 40 letters"
    ):
        to_paper(feature("grid"), run=PrintRun(codes=[code]))


def test_every_copy_counts_its_own_pages(tmp_path):
    text = read(to_paper(feature("grid"), run=PrintRun(codes=["7", "8"])), tmp_path)
    assert re.findall(r"trang (\d+/\d+) (\d)", text) == [("1/1", "7"), ("1/1", "8")]


def test_a_copy_prints_what_is_drawn_for_its_code_and_no_other_booklet(tmp_path):
    instrument = feature("booklets")
    questions = {"a": "Câu A", "b": "Câu B", "c": "Câu C"}
    for code in ("1", "2", "3", "4"):
        booklet = draw(instrument, seed=code).assigned["tap"]
        own = next(one.blocks for one in instrument.booklets if one.id == booklet)
        text = read(to_paper(instrument, language="vi", run=PrintRun(codes=[code])), tmp_path)
        shown = {name: text.find(label) for name, label in questions.items()}
        assert {name for name, at in shown.items() if at >= 0} == set(own)
        assert sorted(own, key=shown.__getitem__) == list(own)


def test_a_booklet_alone_is_printed_in_its_own_order(tmp_path):
    instrument = feature("booklets")
    printed = {
        booklet: re.findall(
            r"Câu ([ABC])",
            read(to_paper(instrument, language="vi", run=PrintRun(booklet=booklet)), tmp_path),
        )
        for booklet in ("1", "2", "3")
    }
    assert printed == {"1": ["A", "B"], "2": ["B", "C"], "3": ["C", "A"]}


def test_an_unknown_booklet_is_refused_with_those_that_exist():
    with pytest.raises(DefinitionError, match=r"There is no booklet '9'\. Booklets: 1, 2"):
        to_paper(feature("booklets"), run=PrintRun(booklet="9"))


def test_a_drawn_detail_stands_in_its_text_and_without_a_code_all_do(tmp_path):
    instrument = feature("vignette")
    level = draw(instrument, seed="1").assigned["muc"]
    words = {one.code: one.label["vi"] for one in instrument.items[0].draw}
    drawn = read(to_paper(instrument, language="vi", run=PrintRun(codes=["1"])), tmp_path)
    assert f"Ông Hòa uống {words[level]} rồi" in drawn
    undrawn = read(to_paper(instrument, language="vi"), tmp_path)
    assert "Ông Hòa uống một cốc bia / bốn cốc bia rồi" in undrawn


def test_a_condition_on_a_calculation_is_told_by_the_answers_that_it_reads(tmp_path):
    instrument = small(
        {"id": "sinh", "type": "integer", "label": {"vi": "Năm sinh"}},
        {"id": "tuoi", "type": "calculated", "calculation": "2026 - ${sinh}"},
        single("con", "Ông/bà có con không?", show_if="${tuoi} >= 18"),
    )
    text = read(to_paper(instrument), tmp_path)
    assert "▶ Chỉ trả lời nếu (2026 − câu trả lời của câu 1) từ 18 trở lên." in text
    assert "tuoi" not in text


def test_a_text_that_shows_an_answer_names_its_question(tmp_path):
    instrument = small(single("a", "Ở đâu?"), single("b", "Ở ${a} bao lâu?"))
    assert "Ở [câu trả lời của ông/bà ở câu 1] bao lâu?" in read(to_paper(instrument), tmp_path)


def test_hostile_texts_are_printed_letter_by_letter(tmp_path):
    text = {"vi": HOSTILE}
    item = {"id": "q", "type": "multiple", "label": text, "hint": text, "instruction": text, "card": True,
            "options": [{"code": "a", "label": text}, {"code": "b", "label": text}]}  # fmt: skip
    instrument = small(
        {"id": "b", "label": text, "items": [item, {"id": "n", "type": "note", "label": text}]},
        title=text,
    )
    run = PrintRun(edition="interviewer", codes=["#x"])
    shown = read(to_paper(instrument, run=run), tmp_path).replace(" ", "")
    assert shown.count(HOSTILE.replace(" ", "")) == 9
    assert "#x" in shown


@pytest.mark.parametrize("edition", ["respondent", "interviewer", "answer-sheet"])
def test_another_key_prints_the_same_bytes(edition):
    items = [
        single("a", "Đúng?", key="x", dimension="d"),
        single("b", "Sai?", key="y", dimension="d"),
    ]
    dimensions = [{"id": "d", "label": {"vi": "Chiều"}}]
    other = [{**item, "key": {"x": 0.5, "y": 0.25}} for item in items]
    one, two = (
        to_paper(small(*each, dimensions=dimensions), run=PrintRun(edition=edition))
        for each in (items, other)
    )
    assert one == two


def test_interviewers_get_instructions_codes_and_one_card_for_each_list(tmp_path):
    card = {"card": True, "instruction": {"vi": "Không đọc."}}
    instrument = small(
        {"id": "a", "type": "single", "choices": "m", "label": {"vi": "Một"}, **card},
        {"id": "b", "type": "single", "choices": "m", "label": {"vi": "Hai"}, **card},
        single("c", "Ba", **card),
        choice_lists={"m": [{"code": "1", "label": {"vi": "Đồng ý"}}, {"code": "2", "label": {"vi": "Không"}}]},
    )  # fmt: skip
    text = read(to_paper(instrument, run=PrintRun(edition="interviewer")), tmp_path)
    assert re.findall(r"Đưa thẻ (\d)", text) == ["1", "1", "2"]
    assert re.findall(r"Thẻ (\d)", text) == ["1", "2"]
    assert text.count("Không đọc.") == 3
    assert "Đồng ý [1]" in text
    plain = read(to_paper(instrument), tmp_path)
    assert "Không đọc." not in plain
    assert "[1]" not in plain


def test_a_card_has_the_letters_of_the_booklet_and_offers_no_way_out(tmp_path):
    lists = {"m": [
        {"code": "1", "label": {"vi": "Đồng ý"}}, {"code": "kb", "label": {"vi": "Không biết"}, "missing": "dont_know"},
        {"code": "2", "label": {"vi": "Phản đối"}}, {"code": "tc", "label": {"vi": "Từ chối"}, "missing": "refused"},
    ]}  # fmt: skip
    item = {"id": "a", "type": "single", "choices": "m", "label": {"vi": "Một"}, "card": True}
    instrument = small(item, choice_lists=lists)
    text = read(to_paper(instrument, run=PrintRun(edition="interviewer")), tmp_path)
    booklet, card = text.split("Thẻ 1")
    assert re.search(r"A Đồng ý.*B Không biết.*C Phản đối.*D Từ chối", booklet)
    assert re.search(r"A Đồng ý.*C Phản đối", card)
    assert "Không biết" not in card
    assert "Từ chối" not in card


def test_the_answer_sheet_has_the_letters_of_the_booklet_and_no_question(tmp_path):
    instrument = small(
        single("a", "Đúng hay sai?"), {"id": "t", "type": "text", "label": {"vi": "Vì sao?"}}
    )
    sheet = read(to_paper(instrument, run=PrintRun(edition="answer-sheet")), tmp_path)
    assert "1. ☐ A [x] ☐ B [y] 2." in sheet
    assert "Đúng" not in sheet
    assert "☐ A Có a ☐ B Không" in read(to_paper(instrument), tmp_path)


def assessed(**more: object) -> Instrument:
    marks = {"id": "cham", "assessor": True, "items": [
        {"id": "viec", "type": "note", "label": {"vi": "Làm mẫu."}, "instruction": {"vi": "Phải nêu đủ ba ý."}},
        single("diem", "Nói rõ không?"),
    ]}  # fmt: skip
    return small(single("a", "Ông bà ở đâu?"), {"id": "ma", "type": "text", "label": {"vi": "Mã giám khảo"}},
                 marks, interviewer="ma", **more)  # fmt: skip


def test_a_rubric_stands_on_the_assessors_paper_and_on_no_other(tmp_path):
    texts = {
        name: read(to_paper(assessed(), run=PrintRun(edition=name)), tmp_path) for name in EDITIONS
    }
    for name in ("respondent", "interviewer", "answer-sheet"):
        assert not re.search("Làm mẫu|ba ý|Nói rõ|diem", texts[name])
    assert re.search(r"không cho người được đánh giá xem 1?.*2\. Mã giám khảo.*Làm mẫu\. "
                     r"Dành cho giám khảo: Phải nêu đủ ba ý\. 3\. Nói rõ không\?", texts["assessor"])  # fmt: skip
    assert "Ông bà ở đâu" not in texts["assessor"]


def test_an_assessors_paper_of_a_form_without_rubric_is_refused():
    with pytest.raises(DefinitionError, match="Nothing in this form is marked by an assessor"):
        to_paper(feature("grid"), run=PrintRun(edition="assessor"))


def test_only_a_form_without_a_last_word_gets_ours(tmp_path):
    thanks = "Xin cảm ơn ông/bà đã trả lời."
    assert thanks in read(to_paper(small(single("a", "Ở đâu?"))), tmp_path)
    note = {"id": "het", "type": "note", "label": {"vi": "Hết rồi."}}
    assert thanks not in read(to_paper(small(single("a", "Ở đâu?"), note)), tmp_path)


def test_a_grid_of_long_words_is_asked_question_by_question(tmp_path):
    options = [
        {"code": "1", "label": {"vi": "Rất-không-đồng-ý-chút-nào"}},
        {"code": "2", "label": {"vi": "Đồng ý"}},
    ]
    rows = [{"id": name, "label": {"vi": f"Câu {name}"}} for name in ("a", "b")]
    block = {"id": "g", "grid": True, "choices": "m", "items": rows}
    text = read(to_paper(small(block, choice_lists={"m": options})), tmp_path)
    assert text.count("Rất-không-đồng-ý-chút-nào") == 2
    table = read(to_paper(feature("grid"), language="vi"), tmp_path)
    assert table.count("Nửa") == 1


def test_english_is_printed_when_asked_for(residents, tmp_path):
    text = read(to_paper(residents, language="en", run=PrintRun(codes=["1"])), tmp_path)
    assert "B. Survey" in text
    assert "page 1/" in text


def test_the_same_form_is_the_same_bytes():
    assert to_paper(feature("grid")) == to_paper(feature("grid"))


@settings(max_examples=15, deadline=None)
@given(instruments(), st.sampled_from(EDITIONS[:3]), st.sampled_from([(), ("1",), ("1", "x")]))
def test_any_instrument_is_a_tagged_pdf_in_every_edition(instrument, edition, codes):
    pdf = to_paper(instrument, run=PrintRun(codes=codes, edition=edition))
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in pdf


def test_what_paper_cannot_do_is_named():
    instrument = small(
        {"id": "cho", "type": "geopoint", "label": {"vi": "Ở đâu?"}},
        {"id": "bat_dau", "type": "start"},
        {"id": "tuoi", "type": "integer", "checks": {"rule": ". > 0"}, "label": {"vi": "Tuổi"}},
        {"id": "xa", "type": "single", "choices": "xa", "label": {"vi": "Xã"}},
        {"id": "nha", "repeat": True, "items": [single("q", "Ai?", choice_filter="name = 'x'")]},
        choice_lists={"xa": [{"code": str(code)} for code in range(41)]}, rotate="shuffle",
    )  # fmt: skip
    assert [(gap.where, gap.what.text()) for gap in gaps(instrument, kind="paper")] == [
        ("nho", "Only a copy with a code of its own is drawn for its respondent; one without is the form as it is written."),
        ("cho", "The question is left out: paper cannot take such an answer."),
        ("bat_dau", "Paper does not note it by itself."),
        ("tuoi", "Paper does not check the answer; it is checked when it is imported."),
        ("xa", "41 options are too many to print; there is a line to write on."),
        ("nha", "There is room for 3 entries."),
        ("nha/q", "All options are printed, whatever was answered before."),
    ]  # fmt: skip


def test_a_question_stands_whole_on_a_page_unless_its_options_fill_more_than_one(tmp_path):
    def question(name: str, count: int, words: str) -> dict[str, object]:
        options = [
            {"code": f"o{at}", "label": {"vi": f"{name}-{at}. {words}"}} for at in range(count)
        ]
        return single(name, f"Hỏi {name}", options=options)

    short, long = "một phương án đủ dài để đứng riêng một dòng", "dài " * 40
    counts = {"a": 19, "b": 19, "c": 19, "d": 13, "e": 20}
    form = small(*(question(name, counts[name], short) for name in "abcd"),
                 question("e", counts["e"], long))  # fmt: skip
    pages = re.split(r"trang \d+/\d+", read(to_paper(form, language="vi"), tmp_path))
    places = {
        name: [next(at for at, page in enumerate(pages) if f"{name}-{option}. " in page)
               for option in range(count)]
        for name, count in counts.items()
    }  # fmt: skip
    assert [len(set(places[name])) for name in "abcd"] == [1, 1, 1, 1]
    ends = Counter(places["e"])
    assert len(ends) > 1
    assert ends[places["e"][0]] >= 3
    assert ends[places["e"][-1]] > 1
