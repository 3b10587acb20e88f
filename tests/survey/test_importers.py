"""Files as tables: what is recognised, what is refused and in which words, and no bytes that crash."""

import csv
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

from survey.errors import ImportRejected
from survey.importers.recognise import read_table
from survey.importers.sources import parse_table
from survey.importers.table import Override
from tests.instruments.broken_files import truncated_xls

LINES = [["k1", "nơi ở", "k3"], ["1", "Tổ 5; ngõ 2", ""], ["2", 'ngõ "Hòa Bình"\nnhà 3', "x"]]


def as_text(delimiter: str, lines=LINES) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(lines)
    return stream.getvalue()


def cells(path: Path, **how) -> list[tuple[str, ...]]:
    table = read_table(path, **how)
    return [table.headings, *(row.cells for row in table.rows())]


def refusal(path: Path, **how) -> str:
    with pytest.raises(ImportRejected) as refused:
        list(read_table(path, **how).rows())
    return str(refused.value)


@pytest.fixture
def file(tmp_path):
    def write(content: bytes | str, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    def write(lines, name="file.xlsx") -> Path:
        with xlsxwriter.Workbook(tmp_path / name, {"strings_to_formulas": False}) as book:
            sheet = book.add_worksheet("T1")
            for at, line in enumerate(lines):
                sheet.write_row(at, 0, line)
        return tmp_path / name

    return write


def repacked(source: Path, name: str, **parts: bytes) -> Path:
    """A copy of a workbook with some parts replaced or added."""
    target = source.with_name(name)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        replaced = {part.replace("__", "/").replace("_xml", ".xml"): content
                    for part, content in parts.items()}  # fmt: skip
        for entry in old.namelist():
            if entry not in replaced:
                new.writestr(entry, old.read(entry))
        for entry, content in replaced.items():
            new.writestr(entry, content)
    return target


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "reported"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16"),
     ("utf-16-be", "utf-16")],
)  # fmt: skip
def test_encoding_and_delimiter_are_found(file, delimiter, encoding, reported):
    path = file(as_text(delimiter), encoding=encoding)
    contents = read_table(path).contents
    assert (contents.encoding, contents.delimiter) == (reported, delimiter)
    assert cells(path) == [tuple(line) for line in LINES]


def test_a_line_with_sep_states_the_delimiter(file):
    path = file("sep=;\r\nk1;k2\r\n1,5;2,5\r\n")
    assert cells(path) == [("k1", "k2"), ("1,5", "2,5")]
    assert [row.line for row in read_table(path).rows()] == [3]


def test_rows_know_their_line_and_empty_lines_are_no_records(file):
    path = file('k1,k2\n\n"a\nb",1\n,\nc,2\n')
    assert [(row.number, row.line) for row in read_table(path).rows()] == [(1, 3), (2, 6)]


def test_empty_cells_of_a_trailing_delimiter_are_dropped(file):
    assert cells(file("k1,k2\n1,2,\n3,4,\n")) == [("k1", "k2"), ("1", "2"), ("3", "4")]


def test_headings_alone_are_a_table_without_records(file):
    assert cells(file("k1,k2\n")) == [("k1", "k2")]


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_said_to_be_empty(file, content):
    assert "file.csv: The file is empty." in refusal(file(content))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html><html><head><title>Login | Kobo</title></head></html>",
         "This is a web page ('Login | Kobo'), not a table. The download was probably refused"),
        (b"\n<HTML><body>", "This is a web page (''), not a table."),
        (b"%PDF-1.7 ...", "This is a PDF document, not a table."),
        (b"<?xml version='1.0'?><a/>", "This is an XML document, not a table."),
        ("Kính gửi ông bà\nthư này không có cột\n".encode(),
         "This is no table: the heading line has a single column"),
        (b"a,b,c\nx\ny\nz,z\n", "with ',' the heading has 3 columns, but most lines have another"),
        (b"k1,k2\n1,\x00\n", "Line 2 holds a NUL character"),
        (b"k1,k2\n1,x\xff\xfe\xfdz\n",
         "Line 2 holds bytes that are not UTF-8 text. In Excel save it as 'CSV UTF-8"),
        (b'k1,k2\n1,"open\n2,3\n', "line 2 on has a quotation mark that does not close its cell"),
        (b"k1,k2\n1," + b"x" * 200_000 + b"\n", "has a cell of more than 131072 characters"),
        (b"PK\x03\x04 broken", "The workbook is damaged and cannot be opened"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "The workbook is damaged"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_what_it_is(file, content, words):
    assert words in refusal(file(content))


def test_a_missing_file_and_a_folder_are_refused_in_words(tmp_path):
    assert "none.csv: The file cannot be read (No such file" in refusal(tmp_path / "none.csv")
    assert "The file cannot be read (Is a directory)" in refusal(tmp_path)


def test_a_bad_byte_far_down_refuses_the_file_before_any_row(file):
    good = b"k1,k2\n" + b"1,2\n" * 600_000
    path = file(good + b"1,\xff\n")
    with pytest.raises(ImportRejected, match="Line 600002 holds bytes that are not UTF-8"):
        read_table(path)


def test_a_wrong_forced_delimiter_is_refused_with_what_was_seen(file):
    path = file(as_text(";", [["k1", "k2", "k3"], ["a", "b", "c"]]))
    assert refusal(path, delimiter=",") == (
        "file.csv: ',' divides the heading into 1 column(s), and 100% of the lines alike. "
        "';' divides it into 3 columns: leave the delimiter out, or give this one."
    )
    assert "'ab' cannot be a delimiter. Give one character, or 'tab'." in refusal(
        path, delimiter="ab"
    )


def test_a_forced_delimiter_that_fits_is_taken(file):
    path = file("a:b\tc\n1:2\t3\n")
    assert cells(path) == [("a:b", "c"), ("1:2", "3")]
    assert cells(path, delimiter=":") == [("a", "b\tc"), ("1", "2\t3")]
    assert cells(path, delimiter="tab") == [("a:b", "c"), ("1:2", "3")]


def test_a_workbook_reads_as_text_with_whole_numbers_and_iso_dates(workbook):
    path = workbook([["k1", "k2", "k3"], [5, 0.5, "=1+1"], [True, "Tổ 5", ""]])
    table = read_table(path)
    assert (table.kind, table.contents.encoding, table.contents.delimiter) == ("excel", None, None)
    assert cells(path) == [("k1", "k2", "k3"), ("5", "0.5", "=1+1"), ("1", "Tổ 5", "")]


def test_a_workbook_has_no_delimiter(workbook):
    path = workbook([["k1", "k2"]])
    assert "This is a workbook; it has no delimiter." in refusal(path, delimiter=";")


def test_an_empty_workbook_is_refused(workbook):
    assert "The workbook has no cell with text." in refusal(workbook([]))


def test_a_truncated_workbook_is_refused(workbook, file):
    whole = workbook([["k1", "k2"], *([str(n), "x"] for n in range(500))]).read_bytes()
    assert "The workbook is damaged" in refusal(file(whole[: len(whole) // 2], name="half.xlsx"))


def test_a_workbook_that_makes_its_reader_fail_is_one_refusal(file, capfd):
    assert "old.xls: The file was not taken in: its reader failed" in refusal(
        file(truncated_xls(), name="old.xls")
    )
    assert capfd.readouterr().err == ""


def test_a_zip_without_workbook_is_refused(tmp_path):
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jpg", "a")
    assert "This is a zip archive, but no Excel workbook." in refusal(path)


def test_a_zip_bomb_is_stopped_while_it_inflates(workbook):
    bomb = repacked(workbook([["k1", "k2"]]), "bomb.xlsx", xl__media__a_xml=b"0" * 80_000_000)
    assert bomb.stat().st_size < 1_000_000
    assert "Unpacked, the workbook is larger than" in refusal(bomb)


def test_a_sheet_that_reaches_too_far_is_refused(workbook):
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    bomb = repacked(workbook([["k1"]]), "wide.xlsx", xl__worksheets__sheet1_xml=sheet)
    assert "reaches to row 1048576 and column 16384" in refusal(bomb)


def test_xml_entities_in_a_workbook_are_refused(workbook):
    sheet = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'
    bomb = repacked(workbook([["k1"]]), "entity.xlsx", xl__worksheets__sheet1_xml=sheet)
    assert "The workbook declares XML entities" in refusal(bomb)


def test_parts_outside_the_workbook_are_refused(workbook):
    source = workbook([["k1"]])
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("../../evil.xml", "x")
    assert "The workbook names parts outside itself." in refusal(source)


KOBO = ("start", "k1", "_id", "_uuid", "_submission_time", "__version__", "_index")


def test_kobo_is_known_by_its_own_columns_in_text_and_workbook(file, workbook):
    row = ["2026-09-01", "a", "7", "u1", "2026-09-01T01:00:00", "v1", "1"]
    for path in (file(as_text(";", [list(KOBO), row])), workbook([KOBO, row])):
        table = read_table(path)
        assert table.kind == "kobo"
        assert table.columns.ids == (3,)
        assert table.columns.versions == (5,)
        assert table.columns.system == {2, 3, 4, 5, 6}
        assert "_uuid, _id, _submission_time" in table.evidence.why.text()


def test_our_own_export_is_a_plain_table_with_identity_and_version(file):
    columns = read_table(file("k1,_uuid,_version,_record\n1,u,2,r\n")).columns
    assert (columns.ids, columns.versions, columns.system) == ((1,), (2,), {1, 2, 3})


simple = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(simple, min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(
    lines=tables, delimiter=st.sampled_from(",;\t|"), encoding=st.sampled_from(["utf-8", "utf-16"])
)
@example(lines=[["a", "b"], ["1,2;3|4", "\t"]], delimiter=";", encoding="utf-8")
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, lines, delimiter, encoding):
    lines = [[f"h{at}" for at in range(len(lines[0]))], *lines]
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_bytes(as_text(delimiter, lines).encode(encoding))
    expected = [tuple(line) for line in lines if any(line)]
    table = parse_table(path, told=Override(delimiter=delimiter))
    assert [table.headings, *(row.cells for row in table.rows())] == expected


SEEDS = [
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xfe",
    b"\xfe\xff",
    b'"',
    b"sep=;\n",
]


@given(start=st.sampled_from([b"", *SEEDS]), body=st.binary(max_size=300))
@example(start=b"", body=b"a;b\n\x00;1")
@example(start=b"", body=b'"a";"b"\n"1";"2')
@example(start=b"\xff\xfe", body=b"a\x00;\x00\xd8\xd8")
def test_any_bytes_are_rows_or_one_refusal(tmp_path_factory, start, body):
    path = tmp_path_factory.mktemp("bytes") / "file.csv"
    path.write_bytes(start + body)
    with suppress(ImportRejected):
        for row in parse_table(path, told=Override()).rows():
            assert all(isinstance(cell, str) for cell in row.cells)


@pytest.mark.heavy
@given(
    cut=st.integers(0, 6000), flips=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 255)))
)
def test_a_damaged_workbook_is_rows_or_one_refusal(tmp_path_factory, cut, flips):
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["k1", "k2"])
    content = bytearray(path.read_bytes())
    for at, value in flips:
        content[at % len(content)] = value
    path.write_bytes(content[: max(cut, 1)] if cut < 3000 else content)
    with suppress(ImportRejected):
        for row in read_table(path).rows():
            assert all(isinstance(cell, str) for cell in row.cells)
