"""XLSForm in: real forms are read whole, and what cannot be read names its row and column."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from instruments.errors import DefinitionError
from instruments.load import load_instrument
from instruments.model import Instrument, Item
from instruments.xlsform.losses import losses
from tests.instruments.broken_files import truncated_xls

CHOICES = [["list_name", "name", "label"], ["yn", "co", "Có"], ["yn", "khong", "Không"]]


def book(folder: Path, *, name: str = "form.xlsx", **sheets: list[list[object]]) -> Path:
    path = folder / name
    workbook = xlsxwriter.Workbook(path)
    for title, rows in sheets.items():
        sheet = workbook.add_worksheet(title)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    workbook.close()
    return path


def form(folder: Path, *rows: list[object], head: str = "type name label", **more: object) -> Path:
    return book(folder, survey=[head.split(), *rows], **{"choices": CHOICES, **more})


def read(folder: Path, *rows: list[object], **more: object) -> list[Item]:
    return [placed.item for placed in load_instrument(form(folder, *rows, **more)).placed()]


def refused(path: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        load_instrument(path)
    return [problem.text() for problem in caught.value.problems]


@pytest.fixture
def sample(shared: Path) -> Instrument:
    return load_instrument(shared / "exports" / "instrument_v1.xlsx")


def test_the_sample_form_has_its_paths_in_order(sample: Instrument) -> None:
    assert [placed.path for placed in sample.placed()] == [
        "start", "end", "today", "audit", "arm", "dia_ban/phuong", "dia_ban/to_dan_pho",
        "ca_nhan/gioi_tinh", "ca_nhan/nam_sinh", "ca_nhan/tuoi", "ca_nhan/hoc_van",
        "kien_thuc/k1", "kien_thuc/k2", "kien_thuc/nguon", "kien_thuc/nguon_khac",
        "thai_do/a1", "thai_do/a2", "thai_do/a3", "trai_nghiem/tranh_chap",
        "trai_nghiem/ngay_tc", "trai_nghiem/buoc/viec", "trai_nghiem/buoc/chi_phi",
        "diem", "cam_on",
    ]  # fmt: skip


def test_the_head_of_the_sample_form_is_read(sample: Instrument) -> None:
    assert sample.id == "hanoi_legal_sample"
    assert sample.version == "vA1hanoi2026091"
    assert sample.title == {"vi": "Khảo sát nhận thức pháp luật Hà Nội (mẫu)"}
    assert sample.languages == ("vi", "en")
    assert sample.default_language == "vi"
    assert {name: len(options) for name, options in sample.choice_lists.items()} == {
        "ward": 4, "gender": 3, "edu": 4, "k1": 4, "yndk": 3, "src": 6, "likert": 5, "yn": 2,
        "step": 4,
    }  # fmt: skip


def test_items_of_the_sample_form_keep_their_rules(sample: Instrument) -> None:
    items = {placed.item.id: placed.item for placed in sample.placed()}
    born = items["nam_sinh"]
    assert (born.type, born.required) == ("integer", True)
    assert born.checks[0].rule == ". >= 1920 and . <= 2008"
    assert born.checks[0].message == {
        "vi": "Năm sinh phải từ 1920 đến 2008",
        "en": "Year must be 1920-2008",
    }
    assert items["arm"].calculation == "once(int(random()*2)+1)"
    assert items["nguon"].type == "multiple"
    assert items["nguon_khac"].show_if == "selected(${nguon}, 'khac')"
    assert items["k1"].settings["parameters"] == "randomize=true"
    assert (items["audit"].type, items["audit"].settings["type"]) == ("metadata", "audit")
    assert [option.code for option in sample.options_of(items["k1"])] == ["0", "50", "80", "kb"]
    assert sample.choice_lists["src"][3].label["vi"] == "Luật sư, trợ giúp viên"


def test_a_roster_of_the_sample_form_is_one(sample: Instrument) -> None:
    placed = {one.item.id: one for one in sample.placed()}
    assert placed["chi_phi"].repeat == "trai_nghiem/buoc"
    assert placed["ngay_tc"].repeat is None
    assert placed["chi_phi"].blocks[0].show_if == "${tuoi} >= 18"


FORMS = {
    "kpi__good_eats_multilang.xls": 12, "kpi__sample_accent.xlsx": 1, "pyxform__calculate.xls": 4,
    "pyxform__choice_filter_test.xlsx": 3, "pyxform__field-list.xlsx": 1, "pyxform__group.xlsx": 3,
    "pyxform__or_other.xlsx": 2, "pyxform__specify_other.xlsx": 1, "pyxform__table-list.xls": 5,
    "pyxform__tutorial.xls": 10, "pyxform__yes_or_no_question.xlsx": 1,
    "web-forms__socio-economic-survey-v20240515.xlsx": 17, "xlsform2lstsv__testA.xlsx": 24,
}  # fmt: skip


@pytest.mark.parametrize(("name", "count"), FORMS.items())
def test_real_forms_are_read_whole(shared: Path, name: str, count: int) -> None:
    instrument = load_instrument(shared / "xlsforms" / name)
    assert len(list(instrument.placed())) == count


def test_what_is_not_ours_is_kept_in_a_real_form(shared: Path) -> None:
    name = "web-forms__socio-economic-survey-v20240515.xlsx"
    items = {
        placed.item.id: placed.item
        for placed in load_instrument(shared / "xlsforms" / name).placed()
    }
    computed = items["SEClass"]
    assert computed.calculation is None
    assert computed.settings["calculation"].startswith("jr:itext(instance('seclass')")
    assert items["se_list"].show_if == "false()"
    assert items["district"].choice_filter == "region=${region}"


def test_spellings_of_headings_and_types_are_understood(tmp_path: Path) -> None:
    survey = [
        ["Type", "Name", "label:English (en)", "Label :: Tiếng Việt (vi)", "bind:relevant",
         "constraint message", "bind::constraint", "read only"],
        ["select one from yn or specify other", "a", "A", "Á"],
        ["Begin Group", "g", "G", "Gờ"],
        ["int", "b", "B", "Bờ", "${a} = ‘co’", "too big", ". < 9", "yes"],
        ["end_group"],
    ]  # fmt: skip
    instrument = load_instrument(book(tmp_path, survey=survey, choices=CHOICES))
    first, second = (placed.item for placed in instrument.placed())
    assert (first.type, first.or_other, first.label) == ("single", True, {"en": "A", "vi": "Á"})
    assert second.show_if == "${a} = 'co'"
    assert second.checks[0].rule == ". < 9"
    assert second.settings["read_only"] == "yes"
    assert instrument.id == "form"


def test_cells_are_read_as_people_see_them(tmp_path: Path) -> None:
    choices = [
        ["list name", "name", "label", "cap"],
        ["n", 1, "Một", 2.5],
        ["n", "02", "Hai", True],
        [],
        ["n", "a", " Ba ", ""],
    ]
    instrument = load_instrument(form(tmp_path, ["select_one n", "q", "Q"], choices=choices))
    options = instrument.choice_lists["n"]
    assert [option.code for option in options] == ["1", "02", "a"]
    assert [dict(option.filters) for option in options] == [{"cap": "2.5"}, {"cap": "TRUE"}, {}]
    assert options[2].label == {"default": "Ba"}


def test_a_disabled_row_and_a_row_of_comments_ask_nothing(tmp_path: Path) -> None:
    rows = [["note", "a", "A", "", ""], ["note", "b", "B", "yes", ""], ["", "", "", "", "todo"]]
    items = read(tmp_path, *rows, head="type name label disabled comment")
    assert [item.id for item in items] == ["a"]


REFUSALS: list[tuple[list[list[object]], str]] = [
    ([["selct_one yn", "a", "A"]], "row 2, column 'type': There is no type 'selct_one yn'. "
     "Did you mean 'select_one'?"),
    ([["select_one_from_file a.txt", "a", "A"]], "row 2, column 'type': 'a.txt' is no file of "
     "choices. Name a file that ends in .csv, .xml or .geojson."),
    ([["begin loop", "a", "A"]], "row 2, column 'type': The loop does not name a "
     "choice list. Write 'begin_loop over LIST'."),
    ([["begin loop over yno", "a", "A"], ["text", "b", "B"], ["end loop"]],
     "row 2, column 'type': There is no choice list 'yno'."),
    ([["begin group", "meta", "A"], ["text", "b", "B"], ["end group"]], "row 2, column 'name': "
     "'meta' is what clients call the part of a record that describes it. Choose another name."),
    ([["select_one yno", "a", "A"]], "row 2, column 'type': There is no choice list 'yno'. "
     "Did you mean 'yn'?"),
    ([["text", "", "A"]], "row 2: The row has no name. Fill the column 'name'."),
    ([["", "a", "A"]], "row 2: The row has no type. Fill the column 'type'."),
    ([["text", "số 1", "A"]], "row 2, column 'name': 'số 1' is not an identifier. Use letters "
     "without marks, digits, '_', '-' and '.', at most 255; begin with a letter."),
    ([["text", "a", "A"], [], ["text", "a", "B"]], "row 4, column 'name': The id 'a' is used "
     "already: form.xlsx, sheet 'survey', row 2, column 'name'. Give each part of a block its own "
     "id."),
    ([["begin group", "g", "G"], ["text", "a", "A"], ["end group"], ["text", "a", "${a}"]],
     "row 5, column 'label': There are 2 parts called 'a'. Rename all but one of them."),
    ([["begin group", "g", "G"], ["text", "a", "A"]], "row 2, column 'type': This group is not "
     "closed. Add a row of type 'end_group'."),
    ([["text", "a", "A"], ["end group"]], "row 3, column 'type': This closes nothing. "
     "Remove the row."),
    ([["begin group", "g", "G"], ["text", "a", "A"], ["end repeat"]], "row 4, column 'type': This "
     "closes a repeat, but the group of row 2 is open. Write 'end_group'."),
    ([["text", "a", "A"], ["note", "b", "${c}"]], "row 3, column 'label': There is no item 'c'. "
     "Use one of: a, b."),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "message"), REFUSALS)
def test_what_cannot_be_read_names_row_and_column(
    tmp_path: Path, rows: list[list[object]], message: str
) -> None:
    assert refused(form(tmp_path, *rows)) == [f"form.xlsx, sheet 'survey', {message}"]


def test_a_wrong_expression_names_its_cell_and_character(tmp_path: Path) -> None:
    path = form(tmp_path, ["text", "a", "A", "${b} = 1"], head="type name label relevant")
    assert refused(path) == [
        "form.xlsx, sheet 'survey', row 2, column 'relevant': There is no item 'b'. Use one of: a."
    ]


def test_all_problems_of_a_form_are_told_at_once(tmp_path: Path) -> None:
    choices = [["list_name", "name", "label"], ["yn", "", "Có"], ["", "khong", "Không"]]
    path = form(tmp_path, ["text", "", "A"], ["intger", "b", "B"], choices=choices)
    assert [line.split(", ", 1)[1] for line in refused(path)] == [
        "sheet 'survey', row 2: The row has no name. Fill the column 'name'.",
        "sheet 'survey', row 3, column 'type': There is no type 'intger'. Did you mean 'integer'?",
        "sheet 'choices', row 2: The choice has no name. Fill the column 'name' with its code.",
    ]


def test_a_code_with_a_space_and_a_code_twice_are_refused(tmp_path: Path) -> None:
    twice = [*CHOICES, ["yn", "co", "Có"]]
    assert refused(form(tmp_path, ["select_one yn", "a", "A"], choices=twice)) == [
        "form.xlsx, sheet 'choices', row 4, column 'name': 'co' is used already: form.xlsx, "
        "sheet 'choices', row 2, column 'name'. Give each its own."
    ]
    allowed = {"choices": twice, "settings": [["allow_choice_duplicates"], ["yes"]]}
    assert read(tmp_path, ["select_one yn", "a", "A"], **allowed)
    spaced = [*CHOICES, ["yn", "có lẽ", "Có lẽ"]]
    assert read(tmp_path, ["select_one yn", "a", "A"], choices=spaced)
    assert refused(form(tmp_path, ["select_multiple yn", "a", "A"], choices=spaced)) == [
        "form.xlsx, sheet 'choices', row 4, column 'name': 'có lẽ' contains a space. Codes have none."
    ]


def test_two_columns_that_say_the_same_are_refused(tmp_path: Path) -> None:
    survey = [["type", "name", "label", "Label"], ["text", "a", "A", "B"]]
    assert refused(book(tmp_path, survey=survey)) == [
        "form.xlsx, sheet 'survey': Two columns are headed 'label'. Keep one of them."
    ]


def test_a_workbook_that_is_no_form_names_its_sheets(tmp_path: Path) -> None:
    assert refused(book(tmp_path, Sheet1=[["a"]])) == [
        "form.xlsx: There is no sheet 'survey'; there are: sheet1. "
        "An XLSForm has the sheets 'survey', 'choices' and 'settings'."
    ]


def test_entities_are_saved_to_by_name_where_there_are_several(tmp_path: Path) -> None:
    entities = [["list_name", "label"], ["trees", "'x'"], ["people", "'y'"]]
    rows = [["text", name, "A", saved] for name, saved in
            (("a", "trees#kind"), ("b", "age"), ("c", "tree#age"))]  # fmt: skip
    path = form(tmp_path, *rows, head="type name label save_to", entities=entities)
    assert refused(path) == [
        "form.xlsx, sheet 'survey', row 3, column 'save_to': It is not said to which entity this is "
        "saved. Write 'trees#age'.",
        "form.xlsx, sheet 'survey', row 4, column 'save_to': There is no entity 'tree'. "
        "Did you mean 'trees'?",
    ]


def test_what_no_client_could_read_is_refused(tmp_path: Path) -> None:
    head = "type name label bind::x:length save_to"
    assert refused(form(tmp_path, ["text", "a", "A", "3", "name"], head=head)) == [
        "form.xlsx, sheet 'survey', row 2, column 'bind::x:length': The prefix 'x' stands for no "
        "namespace. Declare it in the settings under 'namespaces'.",
        "form.xlsx, sheet 'survey', row 2, column 'save_to': There is no sheet 'entities' to save "
        "this to. Add the sheet, or empty the column.",
    ]


def test_two_spellings_of_a_language_are_two_languages(tmp_path: Path) -> None:
    survey = [["type", "name", "label::English (en)", "hint::English(en)"], ["text", "a", "A", "B"]]
    instrument = load_instrument(book(tmp_path, survey=survey))
    assert instrument.languages == ("en", "English(en)")
    (item,) = (placed.item for placed in instrument.placed())
    assert (item.label, item.hint) == ({"en": "A"}, {"English(en)": "B"})


def test_a_choice_of_no_list_is_left_out_and_named(tmp_path: Path) -> None:
    path = form(tmp_path, ["select_one yn", "a", "A"], choices=[*CHOICES, ["", "x", "X"]])
    assert len(load_instrument(path).choice_lists["yn"]) == 2
    assert [loss.text() for loss in losses(path)] == [
        "form.xlsx, sheet 'choices', row 4: The choice has no list and was left out."
    ]


def test_two_questions_of_a_form_may_filter_each_other(tmp_path: Path) -> None:
    rows = [
        ["select_one yn", "a", "A", "name != ${b}"],
        ["select_one yn", "b", "B", "name != ${a}"],
    ]
    assert len(read(tmp_path, *rows, head="type name label choice_filter")) == 2


def test_a_sheet_that_stands_alone_is_the_survey(tmp_path: Path) -> None:
    path = book(tmp_path, Sheet1=[["type", "name", "label"], ["text", "a", "A"]])
    assert [placed.item.id for placed in load_instrument(path).placed()] == ["a"]


def test_columns_of_choices_keep_the_names_that_filters_use(tmp_path: Path) -> None:
    choices = [["list_name", "name", "label", "Type", "count", "tag", "title"],
               ["yn", "1", "A", "t", "2", "g", "h"]]  # fmt: skip
    instrument = load_instrument(form(tmp_path, ["select_one yn", "a", "A"], choices=choices))
    assert instrument.choice_lists["yn"][0].filters == {
        "Type": "t", "count": "2", "tag": "g", "title": "h"
    }  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    ["selected(${a}, 1)", "regex(${a}, '^(?=.*1).{4,}$')", "c", "../a > 3", "count(/form/a) = 1"],
)
def test_a_rule_beyond_the_language_is_carried_as_it_is(tmp_path: Path, rule: str) -> None:
    _, item = read(tmp_path, ["text", "a", "A"], ["text", "b", "B", rule, rule],
                   head="type name label relevant constraint")  # fmt: skip
    assert (item.show_if, item.checks) == (None, ())
    assert (item.settings["relevant"], item.settings["constraint"]) == (rule, rule)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "This is not an Excel workbook."),
        (b"<html>login</html>", "This is not an Excel workbook."),
        (
            b"PK\x03\x04 broken",
            "The workbook is damaged and cannot be opened (File is not a zip file).",
        ),
        (
            truncated_xls(),
            "The workbook is damaged and cannot be opened (its reader failed).",
        ),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(content)
    assert refused(path) == [
        f"form.xlsx: {what} Export it again, or open it in Excel and save it anew as .xlsx."
    ]


def test_a_cell_at_the_end_of_the_sheet_is_refused_before_it_fills_the_memory(
    tmp_path: Path,
) -> None:
    path = form(tmp_path, ["text", "a", "A"])
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part.endswith("sheet1.xml"):
                content = content.replace(b'r="A2"', b'r="XFD1048576"')
            target.writestr(part, content)
    assert refused(bomb) == [
        "bomb.xlsx: A sheet reaches to row 1048576 and column 16384; at most 50000 rows, 2048 "
        "columns and 10000000 cells are read. Delete stray cells far from the table."
    ]


def test_a_workbook_that_grows_when_unpacked_is_refused(tmp_path: Path) -> None:
    path = form(tmp_path, ["text", "a", "A"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * (101 << 20))
    assert refused(path)[0].startswith("form.xlsx: Unpacked, the workbook is larger than 11 MB")


def test_the_old_column_of_the_id_gives_way_to_the_new_one_and_is_named(tmp_path: Path) -> None:
    path = form(tmp_path, ["text", "a", "A"], settings=[["form_id", "id_string"], ["new", "old"]])
    assert load_instrument(path).id == "new"
    assert [loss.text() for loss in losses(path)] == [
        "form.xlsx, sheet 'settings', column 'id_string': The column 'form_id' holds; this one was"
        " left out."
    ]


def test_marks_apart_from_their_letters_are_joined_and_named(tmp_path: Path) -> None:
    path = form(tmp_path, ["text", "a", "Tuo\u0302\u0309i"], ["text", "b", "Tuổi"])
    assert read(tmp_path, ["text", "a", "Tuo\u0302\u0309i"])[0].label == {"default": "Tuổi"}
    assert [loss.text() for loss in losses(path)] == [
        "form.xlsx, sheet 'survey', row 2, column 'label': Letters and their marks were joined"
        " (Unicode NFC); they look the same."
    ]


def test_line_breaks_of_windows_are_named(tmp_path: Path) -> None:
    path = form(tmp_path, ["text", "a", "one\r\ntwo"])
    assert [loss.text() for loss in losses(path)] == [
        "form.xlsx, sheet 'survey', row 2, column 'label': A line break of Windows is written as one of"
        " every system."
    ]


def test_settings_below_an_empty_row_are_taken_and_named(tmp_path: Path) -> None:
    path = form(tmp_path, ["text", "a", "A"], settings=[["form_id"], [], ["ours"]])
    assert load_instrument(path).id == "ours"
    assert [loss.text() for loss in losses(path)] == [
        "form.xlsx, sheet 'settings', row 3: Other programs read settings in row 2 alone; these were"
        " taken nevertheless."
    ]
