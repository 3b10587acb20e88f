"""Drawn questionnaires and answers, written in many layouts by writers of our own, come back whole."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instruments.model import Block, Instrument, Item, Option
from survey.importers.sources import parse_table
from survey.importers.table import Override
from survey.intake import settled_file

pytestmark = pytest.mark.filterwarnings("error")

WORDS = ("Luật", "Tòa án", "Hòa giải, đối thoại", "Phường", "Loa phường", "Nữ", "Ý kiến khác",
         "Không biết", "Đồng ý", "Rất đồng ý", "Truyền hình", "Mạng xã hội", "Trợ giúp viên")  # fmt: skip
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1,
    max_size=8,
).filter(str.isprintable)  # fmt: skip


@dataclass(frozen=True)
class Survey:
    """An instrument and the answers of some people, by path; rosters as lists."""

    instrument: Instrument
    people: tuple[dict[str, object], ...]


@st.composite
def options(draw) -> tuple[Option, ...]:
    labels = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=5, unique=True))
    plain = draw(st.booleans())
    return tuple(
        Option(
            code=str(at) if plain else f"c{at}", label={"vi": label, "en": f"Option {label} {at}"}
        )
        for at, label in enumerate(labels, start=1)
    )


@st.composite
def items(draw, name: str) -> Item:
    kind = draw(st.sampled_from(["single", "multiple", "integer", "decimal", "text", "date"]))
    chosen = draw(options()) if kind in ("single", "multiple") else ()
    label = {"vi": f"Câu {name}: {draw(st.sampled_from(WORDS))}?", "en": f"Question {name}"}
    return Item(id=name, type=kind, label=label, options=chosen)


@st.composite
def answer(draw, item: Item) -> str:
    codes = [option.code for option in item.options]
    match item.type:
        case "single":
            return draw(st.sampled_from(codes))
        case "multiple":
            some = draw(st.lists(st.sampled_from(codes), min_size=1, unique=True))
            return " ".join(code for code in codes if code in some)
        case "integer":
            return str(draw(st.integers(-99, 99_999)))
        case "decimal":
            whole, part = draw(st.integers(-99, 999)), draw(st.integers(1, 99))
            return f"{whole}.{part:02}".rstrip("0")
        case "date":
            return (date(1950, 1, 1) + timedelta(days=draw(st.integers(0, 30_000)))).isoformat()
        case _:
            return draw(TEXTS)


@st.composite
def surveys(draw) -> Survey:
    own = [draw(items(f"q{at}")) for at in range(draw(st.integers(2, 5)))]
    inner = [draw(items(f"r{at}")) for at in range(draw(st.integers(1, 2)))]
    group = Block(id="nhom", label={"vi": "Nhóm", "en": "Group"}, items=tuple(own[1:]))
    roster = Block(id="buoc", label={"vi": "Bước", "en": "Step"}, items=tuple(inner), repeat=True)
    form = Instrument(id="f", version="v2", title={"vi": "F"}, languages=("vi", "en"),
                      items=(own[0], group, roster))  # fmt: skip
    people = []
    for number in range(draw(st.integers(2, 6))):
        said: dict[str, object] = {own[0].id: draw(answer(own[0])), "_uuid": f"u{number}"}
        said |= {f"nhom/{one.id}": draw(answer(one)) for one in own[1:] if draw(st.booleans())}
        times = draw(st.integers(0, 3))
        if times:
            said["buoc"] = [{f"buoc/{one.id}": draw(answer(one)) for one in inner}
                            for _ in range(times)]  # fmt: skip
        people.append(said)
    return Survey(form, tuple(people))


def questions(survey: Survey, *, inner: bool = False) -> dict[str, Item]:
    return {one.path: one.item for one in survey.instrument.placed()
            if (one.repeat is not None) is inner}  # fmt: skip


def label_of(item: Item, text: str, language: str) -> str:
    words = {option.code: option.label[language] for option in item.options}
    return ", ".join(words[code] for code in text.split()) if item.options else text


def heading_of(path: str, item: Item, language: str) -> str:
    groups = {"nhom": {"vi": "Nhóm", "en": "Group"}, "buoc": {"vi": "Bước", "en": "Step"}}
    *above, _ = path.split("/")
    return "/".join([*(groups[one][language] for one in above), item.label[language]])


def in_codes(survey: Survey) -> Iterator[list[str]]:
    paths = questions(survey)
    yield [*paths, "_uuid", "_version"]
    for one in survey.people:
        yield [*(str(one.get(path, "")) for path in paths), str(one["_uuid"]), "v2"]


def in_labels(survey: Survey, language: str, *, groups: bool) -> Iterator[list[str]]:
    own = questions(survey)
    yield [*(heading_of(path, item, language) if groups else item.label[language]
             for path, item in own.items()), "_uuid"]  # fmt: skip
    for one in survey.people:
        yield [*(label_of(item, str(one.get(path, "")), language) for path, item in own.items()),
               str(one["_uuid"])]  # fmt: skip


def in_options(survey: Survey, language: str) -> Iterator[list[str]]:
    """Multiple choices as a column for each option, by labels."""
    own = questions(survey)
    columns = [
        (path, item, option)
        for path, item in own.items()
        for option in (item.options if item.type == "multiple" else (None,))
    ]
    yield [*(heading_of(path, item, language)
             + ("" if option is None else f"/{option.label[language]}")
             for path, item, option in columns), "_uuid"]  # fmt: skip
    for one in survey.people:
        cells = []
        for path, item, option in columns:
            text = str(one.get(path, ""))
            cells.append(label_of(item, text, language) if option is None
                         else "" if not text else str(int(option.code in text.split())))  # fmt: skip
        yield [*cells, str(one["_uuid"])]


def dates_by_hand(lines: Iterator[list[str]], survey: Survey, form: str) -> Iterator[list[str]]:
    """Dates as d/m/yyyy or serial numbers, decimals with a comma."""
    own = list(questions(survey).values())
    yield next(lines)
    for cells in lines:
        yield [_by_hand(item, cell, form) for item, cell in zip(own, cells, strict=False)] + cells[len(own) :]  # fmt: skip


def _by_hand(item: Item, cell: str, form: str) -> str:
    if item.type == "decimal":
        return cell.replace(".", ",")
    if item.type != "date" or not cell:
        return cell
    day = date.fromisoformat(cell)
    if form == "serial":
        return str((day - date(1899, 12, 30)).days)
    return f"{day.day}/{day.month}/{day.year}"


def write(path: Path, lines: Iterator[list[str]], *, delimiter: str, encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(lines)
    return path


def read_back(path: Path, survey: Survey) -> list[dict[str, object]]:
    file = settled_file(
        parse_table(path, told=Override()), instruments=[survey.instrument], mapping={}
    )
    version = file.form_for("v2")
    found = []
    for row in file.table.rows():
        checked = version.checker.check(file.answers(row, "v2"), now=datetime.now(UTC))
        assert not checked.faults, checked.faults
        key = row.cells[file.settled.ids[0]]
        found.append(dict(checked.answers) | {"_uuid": key})
    return found


def without_rosters(survey: Survey) -> list[dict[str, object]]:
    return [{path: text for path, text in one.items() if path != "buoc"} for one in survey.people]


few = settings(max_examples=25, deadline=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip


@few
@given(surveys(), st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_codes_under_paths_come_back(tmp_path, survey, delimiter, encoding):
    path = write(tmp_path / "f.csv", in_codes(survey), delimiter=delimiter, encoding=encoding)
    assert read_back(path, survey) == without_rosters(survey)


@few
@given(surveys(), st.sampled_from(["vi", "en"]), st.booleans())
def test_labels_in_any_language_come_back(tmp_path, survey, language, groups):
    lines = in_labels(survey, language, groups=groups)
    path = write(tmp_path / "f.csv", lines, delimiter=",", encoding="utf-8")
    assert read_back(path, survey) == without_rosters(survey)


@few
@given(surveys(), st.sampled_from(["vi", "en"]))
def test_a_column_for_each_option_comes_back(tmp_path, survey, language):
    path = write(tmp_path / "f.csv", in_options(survey, language), delimiter=";", encoding="utf-8")
    assert read_back(path, survey) == without_rosters(survey)


@few
@given(surveys(), st.sampled_from(["slashes", "serial"]))
def test_dates_and_decimals_as_people_write_them_come_back(tmp_path, survey, form):
    lines = dates_by_hand(in_labels(survey, "vi", groups=True), survey, form)
    path = write(tmp_path / "f.csv", lines, delimiter=";", encoding="utf-8")
    assert read_back(path, survey) == without_rosters(survey)


def sheets(path: Path, survey: Survey) -> Path:
    """KoboToolbox's workbook: records on the first sheet, instances of the repeat on the second."""
    own, inner = questions(survey), questions(survey, inner=True)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        main, steps = book.add_worksheet("F"), book.add_worksheet("buoc")
        main.write_row(0, 0, [*own, "_id", "_uuid", "_submission_time", "__version__", "_index"])
        steps.write_row(0, 0, [*(one.rpartition("/")[2] for one in inner), "_index",
                               "_parent_table_name", "_parent_index"])  # fmt: skip
        line = 1
        for number, one in enumerate(survey.people, start=1):
            cells: Sequence[object] = [str(one.get(path, "")) for path in own]
            main.write_row(number, 0, [*cells, number, one["_uuid"], "", "v2", number])
            for instance in one.get("buoc", []):
                steps.write_row(line, 0, [*(instance.get(path, "") for path in inner), line, "F",
                                          number])  # fmt: skip
                line += 1
    return path


def numbered(survey: Survey) -> Iterator[list[str]]:
    """Repeats in columns ``buoc[1]/r0``, as older exports have them."""
    own, inner = questions(survey), questions(survey, inner=True)
    most = max(len(one.get("buoc", [])) for one in survey.people)
    spread = [(at, path) for at in range(most) for path in inner]
    yield [*own, *(f"buoc[{at + 1}]/{path.rpartition('/')[2]}" for at, path in spread),
           "_uuid", "_submission_time", "__version__", "_index"]  # fmt: skip
    for number, one in enumerate(survey.people):
        given = one.get("buoc", [])
        yield [*(str(one.get(path, "n/a")) for path in own),
               *(given[at].get(path, "n/a") if at < len(given) else "n/a" for at, path in spread),
               str(one["_uuid"]), "2026-09-01T01:00:00", "v2", str(number)]  # fmt: skip


@few
@given(surveys())
def test_repeats_come_back_from_sheets_columns_and_json_alike(tmp_path, survey):
    results = [{**one, "_submission_time": "2026-09-01T01:00:00", "_id": 1, "__version__": "v2"}
               for one in survey.people]  # fmt: skip
    as_json = tmp_path / "f.json"
    as_json.write_text(json.dumps({"count": len(results), "results": results}), encoding="utf-8")
    spread = write(tmp_path / "f.csv", numbered(survey), delimiter=";", encoding="utf-8")
    for path in (sheets(tmp_path / "f.xlsx", survey), spread, as_json):
        assert read_back(path, survey) == list(survey.people), path.suffix


def by_hand(path: Path, survey: Survey) -> Path:
    """A sheet with a title, headings on two lines of merged cells, a total and a signature."""
    own = questions(survey)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Phiếu")
        sheet.write(0, 0, "ỦY BAN NHÂN DÂN PHƯỜNG")
        sheet.merge_range(3, 0, 4, 0, "STT")
        sheet.merge_range(3, 1, 4, 1, "_uuid")
        first = next(iter(own.values()))
        sheet.merge_range(3, 2, 4, 2, first.label["vi"])
        rest = list(own.items())[1:]
        if len(rest) > 1:
            sheet.merge_range(3, 3, 3, 2 + len(rest), "Nhóm")
        else:
            sheet.write(3, 3, "Nhóm")
        for at, (_, item) in enumerate(rest):
            sheet.write(4, 3 + at, item.label["vi"])
        for number, one in enumerate(survey.people):
            sheet.write_row(5 + number, 0, [number + 1, one["_uuid"]])
            for at, (path_, item) in enumerate(own.items()):
                sheet.write_string(5 + number, 2 + at,
                                   label_of(item, str(one.get(path_, "")), "vi"))  # fmt: skip
        sheet.write_row(6 + len(survey.people), 0, ["Tổng cộng", len(survey.people)])
        sheet.write(8 + len(survey.people), 0, "Người lập biểu")
        book.add_worksheet("Ghi chú").write(0, 0, "99 = không trả lời")
    return path


@few
@given(surveys())
def test_a_sheet_as_staff_lay_it_out_comes_back(tmp_path, survey):
    path = by_hand(tmp_path / "f.xlsx", survey)
    assert read_back(path, survey) == without_rosters(survey)
    aside = [row.cells[0] for row in parse_table(path, told=Override()).lines() if not row.number]
    assert aside == ["Tổng cộng", "Người lập biểu"]
