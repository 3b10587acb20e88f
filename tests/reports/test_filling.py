"""Forms of other bodies: each figure in its place, every fault told at once, all else as it was."""

import json
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
import xlsxwriter
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from analysis.disclosure.screen import blank
from instruments.errors import DefinitionError
from instruments.form_mapping import FormMapping
from instruments.load import load_yaml
from reports.cli import main
from reports.filling.figures import Figure
from reports.filling.fill import Filled, fill_form, read_order
from reports.filling.workbook import Workbook
from reports.release_standing import DRAFT
from tests.reports.form_maker import FORM, SHEET, example

STAMP = "{at: A9, result: stamp}"


@pytest.fixture
def filled(analysis, plan, tmp_path):
    """Fill a form whose mapping is given as lines of YAML."""

    def fill(template: bytes, *cells: str, name: str = "form.xlsx", language: str = "vi",
             found=analysis) -> Filled:  # fmt: skip
        (tmp_path / name).write_bytes(template)
        lines = [f"kind: form\ntemplate: {name}\nlanguage: {language}\ncells:"]
        mapping = tmp_path / "mapping.yaml"
        mapping.write_text("\n  - ".join([*lines, *cells]) + "\n", encoding="utf-8")
        return fill_form(read_order(mapping), found, plan, standing=DRAFT)

    return fill


def book_of(**cells: object) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Data")
        for name, value in cells.items():
            page.write(name, value)
    return stream.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


EXAMPLE = (
    '{at: "Biểu 01!B2", result: stamp}',
    '{at: "Biểu 01!C6", result: "targets[target=T1a, phase=p2].estimate.estimate", show: share}',
    '{at: "Biểu 01!D6", result: "targets[target=T1a, phase=p2].threshold", show: share}',
    '{at: "Biểu 01!E6", result: "targets[target=T1a, phase=p2].verdict"}',
    '{at: "Biểu 01!C10", table: estimates, row: {Nội dung đo: có hiểu biết và ý thức chấp hành pháp luật, '
    "Nhóm: Nam}, column: Số người trả lời}",
)


def test_the_example_form_is_the_one_that_its_maker_makes():
    assert FORM.read_bytes() == example()
    mapping = load_yaml(FORM.parent / "mapping.yaml", FormMapping)
    assert len(mapping.cells) == 10


def test_figures_stand_in_their_cells_with_the_form_s_own_styles(filled):
    done = filled(example(), *EXAMPLE)
    page = load_workbook(BytesIO(done.data))[SHEET]
    assert page["B2"].value == "DỰ THẢO; SỐ LIỆU MÔ PHỎNG: không phản ánh người thật, địa bàn thật"
    assert (page["C6"].value, page["C6"].number_format) == (0.7131, "0.0%")
    assert page["D6"].value == 0.9
    assert page["E6"].value == "còn dưới mục tiêu, chưa đến hạn"
    assert page["C10"].value == 1490
    assert page["A1"].value.startswith("BIỂU 01")
    assert done.places == 5
    assert done.withheld == ()


def test_formulas_stay_without_the_results_of_the_empty_form(filled):
    done = filled(example(), *EXAMPLE).data
    page = load_workbook(BytesIO(done))[SHEET]
    assert page["F6"].value == "=MAX(0,D6-C6)"
    assert page["C12"].value == "=C10+C11"
    assert load_workbook(BytesIO(done), data_only=True)[SHEET]["C12"].value is None
    assert b'fullCalcOnLoad="1"' in parts_of(done)["xl/workbook.xml"]


def test_no_other_part_of_the_form_is_touched_and_bytes_repeat(filled):
    before, done = parts_of(example()), filled(example(), *EXAMPLE).data
    after = parts_of(done)
    changed = {name for name in before if before[name] != after[name]}
    assert before.keys() == after.keys()
    assert changed == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    assert filled(example(), *EXAMPLE).data == done


def test_every_fault_is_told_at_once_with_its_line(filled):
    with pytest.raises(DefinitionError) as refused:
        filled(
            example(),
            '{at: "Biểu 01!B2", result: stamp}',
            '{at: "Biểu 1!B2", result: responses.base}',
            '{at: "Biểu 01!F6", result: responses.base}',
            '{at: "Biểu 01!B1", result: responses.base}',
            '{at: "Biểu 01!7C", result: responses.base}',
            '{at: "B2", result: responses.base}',
            '{at: "Biểu 01!C6", result: "targets[target=T1x, phase=p2].threshold"}',
            '{at: "Biểu 01!C7", result: "targets[target=T1a].threshold"}',
            '{at: "Biểu 01!D7", result: responses.bases}',
            '{at: "Biểu 01!E7", result: targets}',
            '{at: "Biểu 01!E8", table: estimate, row: {a: b}, column: c}',
            '{at: "Biểu 01!E9", table: estimates, row: {Nhom: Nam}, column: Ước lượng}',
            '{at: "Biểu 01!C11", table: estimates, row: {Nhóm: Name}, column: Ước lượng}',
            '{at: "Biểu 01!B2", result: provenance.study, show: share}',
        )
    told = [(one.where.rpartition("line ")[2].split(",")[0], one.text().split(": ", 1)[1])
            for one in refused.value.problems]  # fmt: skip
    assert told == [
        ("6", "The form has no sheet 'Biểu 1'. Did you mean 'Biểu 01'?"),
        ("7", "Cell Biểu 01!F6 holds a formula. Fill the cells that it is worked out from."),
        ("8", "Cell Biểu 01!B1 lies in the merged cells A1:F1. Name the first of them."),
        ("9", "'Biểu 01!7C' is no cell of a workbook. Write it like Sheet!C7."),
        ("10", "The form has several sheets, and 'B2' names none. Write it like Biểu 01!B2."),
        ("11", "0 of 'targets' have target=T1x, phase=p2. Did you mean 'T1b'?"),
        ("12", "2 of 'targets' have target=T1a. Say more of the one that is meant."),
        ("13", "The report has no 'bases' here. Did you mean 'base'?"),
        ("14", told[8][1]),
        ("15", "The report has no table 'estimate'. Did you mean 'estimates'?"),
        ("16", "Table 'estimates' has no column 'Nhom'. Did you mean 'Nhóm'?"),
        ("17", "0 rows of table 'estimates' have Nhóm=Name. Did you mean 'Nam'?"),
        ("18", "'thu-nghiem' is a text and no number. Show it as words."),
        ("18", "Place Biểu 01!B2 is filled twice."),
    ]
    assert told[8][1].startswith("'targets' names ")


def test_a_withheld_figure_prints_its_code_and_is_named(analysis, filled):
    hidden = tuple(blank(one, code="c", n=0) if one.by == {"sex": "m"} else one
                   for one in analysis.estimates)  # fmt: skip
    done = filled(
        book_of(A1="form"), STAMP,
        '{at: B1, result: "estimates[of=law_abiding, by.sex=m].estimate", show: percent}',
        '{at: B2, result: "estimates[of=law_abiding, by.sex=m].n"}',
        '{at: B3, result: "targets[target=T2.2, phase=p2].estimate.estimate", show: percent}',
        '{at: B4, result: "estimates[of=law_abiding, by.sex=f].estimate", show: percent}',
        '{at: B5, table: estimates, row: {Nhóm: Nam}, column: Ước lượng}',
        '{at: B6, result: "estimates[of=law_abiding, by=].n"}',
        found=replace(analysis, estimates=hidden),
    )  # fmt: skip
    page = load_workbook(BytesIO(done.data))["Data"]
    assert [page[f"B{row}"].value for row in range(1, 7)] == [
        "[c]",
        "[c]",
        "[x]",
        70.6,
        "[c]",
        3012,
    ]
    assert done.withheld == ("B1", "B2", "B3", "B5")


def test_simulated_answers_are_refused_where_the_form_would_not_say_so(analysis, filled):
    with pytest.raises(DefinitionError, match="The answers are simulated, and nothing in the form"):
        filled(book_of(A1="form"), "{at: B1, result: responses.base}")
    real = replace(analysis, provenance=replace(analysis.provenance, simulated=False))
    assert filled(book_of(A1="form"), "{at: B1, result: responses.base}", found=real).places == 1


@given(places=st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["A", "B", "D", "Z", "AA", "AB", "BC"])),
                       min_size=1, max_size=12, unique=True))  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_any_cells_of_a_sheet_can_be_filled_in_any_order(places):
    form = Workbook(book_of(A1="form", D7=5, AA7="x", B30=1))
    figures = {form.find(f"{column}{row}"): Figure(value=row, text="") for row, column in places}
    page = load_workbook(BytesIO(form.fill(figures)))["Data"]
    assert all(page[f"{column}{row}"].value == row for row, column in places)
    kept = {"D7": 5, "AA7": "x", "B30": 1}
    assert all(page[name].value == value for name, value in kept.items()
               if (int(name.lstrip("ABD")), name.rstrip("0123456789")) not in places)  # fmt: skip


def letter_of(*runs: str) -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for at, text in enumerate(runs):
        paragraph.add_run(text).bold = at == 0
    document.add_paragraph("Ghi chú: {{ghi chú}}")
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_marks_of_a_letter_give_way_to_words_though_word_parted_them(filled):
    done = filled(
        letter_of("Tỷ lệ {{t", "1a}}", " trong {{số người}} người."),
        '{at: "{{t1a}}", result: "targets[target=T1a, phase=p2].estimate.estimate", show: share}',
        '{at: "{{số người}}", result: responses.base}',
        '{at: "{{ghi chú}}", result: stamp}',
        name="form.docx",
    )  # fmt: skip
    document = docx.Document(BytesIO(done.data))
    assert document.paragraphs[0].text == "Tỷ lệ 71,3% trong 3.012 người."
    assert document.paragraphs[0].runs[0].text == "Tỷ lệ 71,3%"
    assert document.paragraphs[0].runs[0].bold
    assert "MÔ PHỎNG" in document.paragraphs[1].text


def test_a_mark_that_is_missing_or_stands_twice_is_told(filled):
    with pytest.raises(DefinitionError) as refused:
        filled(letter_of("{{a}} {{a}}"), '{at: "{{a}}", result: stamp}', '{at: "{{ghi}}", result: responses.base}',
               "{at: C7, result: responses.base}", name="form.docx")  # fmt: skip
    text = str(refused.value)
    assert "The mark {{a}} stands 2 times in the form." in text
    assert "The mark {{ghi}} stands 0 times in the form. Did you mean '{{ghi chú}}'?" in text
    assert "'C7' is no mark of a letter. Write it in double braces." in text


def test_lines_of_a_csv_form_without_a_figure_stay_byte_for_byte(filled):
    given_ = '\ufeffTT;"Nội ""dung""";Số\r\n1;"hai\r\ndòng";\r\n2;c;;\r\nGhi chú;\r\n'
    done = filled(given_.encode(), "{at: C2, result: responses.base}", "{at: B4, result: stamp}",
                  '{at: C3, result: "targets[target=T1a, phase=p2].estimate.estimate", show: percent}',
                  name="form.csv").data.decode()  # fmt: skip
    assert done.startswith('\ufeffTT;"Nội ""dung""";Số\r\n1;"hai\r\ndòng";3012\r\n2;c;71,3;\r\n')
    with pytest.raises(DefinitionError, match=r"The form ends before cell D9\."):
        filled(given_.encode(), "{at: D9, result: stamp}", name="form.csv")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("{at: A1}", "Name one figure: by result, or by table, row and column."),
        (
            "{at: A1, result: a, table: b}",
            "Name one figure: by result, or by table, row and column.",
        ),
        (
            "{at: A1, table: b, column: c}",
            "Name one figure: by result, or by table, row and column.",
        ),
    ],
)
def test_an_entry_names_exactly_one_figure(filled, cell, told):
    with pytest.raises(DefinitionError, match=told):
        filled(book_of(A1="form"), STAMP, cell)


@pytest.mark.parametrize("name", ["form.xlsx", "form.docx", "form.csv"])
def test_a_form_that_is_none_is_refused_in_words(filled, name):
    with pytest.raises(DefinitionError, match="The form cannot be read as what its name says"):
        filled("không phải biểu".encode("utf-16"), STAMP, name=name)


def test_a_form_of_another_kind_and_a_missing_one_are_refused(filled, tmp_path):
    with pytest.raises(DefinitionError, match=r"A form is an \.xlsx, \.docx or \.csv file\."):
        filled(b"", STAMP, name="form.pdf")
    mapping = tmp_path / "lost.yaml"
    mapping.write_text(f"kind: form\ntemplate: gone.xlsx\ncells: [{STAMP}]\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="There is no such file"):
        read_order(mapping)


def test_the_schema_of_a_mapping_is_printed_for_editors():
    schema = json.loads(CliRunner().invoke(main, ["schema", "form"]).output)
    assert schema["$defs"]["FormCell"]["properties"]["at"]["description"].startswith("Where: ")
    assert set(schema["required"]) == {"kind", "template", "cells"}
