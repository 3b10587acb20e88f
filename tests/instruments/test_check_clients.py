"""Forms from elsewhere that ODK Validate refuses are refused with the cell that stops them."""

from pathlib import Path

import pytest

from instruments.errors import DefinitionError
from instruments.forms.xform.mended import mended
from instruments.forms.xform.write import to_xform
from instruments.load import load_instrument
from tests.instruments.feature_forms import workbook

HEAD = "| type | name | label | relevant | calculation | required | readonly |\n"
CHOICES = "| list_name | name | label |\n| l | 1 | One |"


def form(folder: Path, *rows: str) -> Path:
    sheets = {"survey": HEAD + "\n".join(rows), "choices": CHOICES}
    return workbook("form", folder, {"form": sheets})


REFUSED = {
    "an answer that decides whether it must be given": (
        ["| text | a | A |  |  | ${a} != 'x' |  |"],
        "row 2, column 'required': The item 'a' waits for itself: a → a. Let one of them stand alone.",
    ),
    "an answer that decides whether it may be changed": (
        ["| text | a | A |  |  |  | . = 'x' |"],
        "row 2, column 'readonly': The item 'a' waits for itself: a → a. Let one of them stand alone.",
    ),
    "two questions by paths": (
        ["| text | a | A | /data/b = 1 |  |  |  |", "| text | b | B | ../a = 1 |  |  |  |"],
        "row 2, column 'relevant': The item 'a' waits for itself: a → b → a. Let one of them stand alone.",
    ),
    "a count of everything, itself included": (
        ["| calculate | n |  |  | count(../*) |  |  |"],
        "row 2, column 'calculation': The item 'n' waits for itself: n → n. Let one of them stand alone.",
    ),
    "a call with too few arguments": (
        ["| calculate | n |  |  | selected('a') |  |  |"],
        "row 2, column 'calculation': Character 1: 'selected' has 1 arguments. Give it 2.",
    ),
    "a day that no calendar has": (
        ["| text | a | A | date('2026-02-30') > today() |  |  |  |"],
        "row 2, column 'relevant': '2026-02-30' is no day. Write a day as 2026-01-31, with a time as"
        " 2026-01-31T18:30:00.",
    ),
    "an hour that no clock has": (
        ["| calculate | n |  |  | date-time('2026-01-01T25:00:00') |  |  |"],
        "row 2, column 'calculation': '2026-01-01T25:00:00' is no day. Write a day as 2026-01-31,"
        " with a time as 2026-01-31T18:30:00.",
    ),
    "a pattern that does not close": (
        ["| calculate | n |  |  | regex('a', '[a-z') |  |  |"],
        "row 2, column 'calculation': The pattern '[a-z' does not close, or repeats nothing."
        " Close every bracket, and write '\\' before a sign that stands for itself.",
    ),
    "a form of a day that Collect does not know": (
        ["| calculate | n |  |  | format-date(today(), '%d/%B') |  |  |"],
        "row 2, column 'calculation': ODK Collect does not know '%B' in the form of a day."
        " Use one of: %%, %3, %H, %M, %S, %W, %Y, %a, %b, %d, %e, %h, %m, %n, %y.",
    ),
    "an encoding that is none": (
        ["| calculate | n |  |  | digest('a', 'MD5', 'base46') |  |  |"],
        "row 2, column 'calculation': There is no encoding 'base46'. Did you mean 'base64'?",
    ),
    "a digest that is none": (
        ["| calculate | n |  |  | digest('a', 'SHA-265') |  |  |"],
        "row 2, column 'calculation': There is no digest 'SHA-265'. Did you mean 'SHA-256'?",
    ),
    "a text that is no place": (
        ["| geopoint | a | A |  |  |  |  |", "| calculate | n |  |  | distance(${a}, 'Hanoi') |  |  |"],
        "row 3, column 'calculation': 'Hanoi' is no place. Write latitude and longitude, with height"
        " and accuracy or without, and ';' between places.",
    ),
    "nothing to join": (
        ["| calculate | n |  |  | join() |  |  |"],
        "row 2, column 'calculation': 'join' has 0 arguments. Give it at least 1.",
    ),
    "more texts than can be measured": (
        ["| calculate | n |  |  | string-length('a', 'b') |  |  |"],
        "row 2, column 'calculation': 'string-length' has 2 arguments. Give it at most 1.",
    ),
    "an answer without its weight": (
        ["| text | a | A |  |  |  |  |",
         "| calculate | n |  |  | weighted-checklist(1, 2, ${a}, 1, ${a}) |  |  |"],
        "row 3, column 'calculation': 'weighted-checklist' has 5 arguments. The later ones come in"
        " pairs: complete the last.",
    ),
    "an entry of another roster": (
        ["| begin_repeat | r | R |  |  |  |  |", "| text | a | A |  |  |  |  |",
         "| end_repeat |  |  |  |  |  |  |", "| begin_repeat | s | S |  |  |  |  |",
         "| text | b | B |  |  |  |  |", "| end_repeat |  |  |  |  |  |  |",
         "| calculate | n |  |  | indexed-repeat(${a}, ${s}, 1) |  |  |"],
        "row 8, column 'calculation': 'a' is in no roster 's'. Use one of: r.",
    ),
    "a label of a question that no path names": (
        ["| select_one l | a | A |  |  |  |  |",
         "| calculate | n |  |  | jr:choice-name(${a}, ${a}) |  |  |"],
        "row 3, column 'calculation': The second argument of 'jr:choice-name' is not a text."
        " Write it out in quotation marks.",
    ),
    "a translation of a form without languages": (
        ["| calculate | n |  |  | jr:itext('l-0') |  |  |"],
        "row 2, column 'calculation': 'jr:itext' looks in translations, and the form has none."
        " Head a column of labels with a language, such as 'label::English (en)'.",
    ),
    "many answers taken for one": (
        ["| begin_repeat | r | R |  |  |  |  |", "| text | a | A |  |  |  |  |",
         "| end_repeat |  |  |  |  |  |  |", "| text | b | B | ${a} = 'x' |  |  |  |"],
        "row 5, column 'relevant': Character 1: 'a' has many answers here, one for each entry of the"
        " roster. Use it inside sum(…), count(…), min(…), max(…) or join(…).",
    ),
    "a group that holds a number": (
        ["| begin_group | g | G |  | 1 + 1 |  |  |", "| text | a | A |  |  |  |  |",
         "| end_group |  |  |  |  |  |  |"],
        "row 2, column 'calculation': A group has no answer to compute. Put it in a row of type"
        " calculate.",
    ),
    "options from an item of no roster": (
        ["| text | a | A |  |  |  |  |", "| select_one ${a} | b | B |  |  |  |  |"],
        "row 3, column 'type': 'a' is in no roster, so its answers are no options. None is declared"
        " here.",
    ),
    "a value in place of answers": (
        ["| calculate | n |  |  | 1 + sum(12) |  |  |"],
        "row 2, column 'calculation': '12' is one value where answers to a question are wanted."
        " Name the question: ${id}.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_stops_every_client_is_refused_with_its_cell(why: str, tmp_path: Path) -> None:
    rows, said = REFUSED[why]
    with pytest.raises(DefinitionError) as refused:
        load_instrument(form(tmp_path, *rows))
    assert refused.value.text() == f"form.xlsx, sheet 'survey', {said}"


KEPT = {
    "a step that is no name": (
        ["| calculate | n |  |  | count(/data/descendant::a) |  |  |"],
        "n: Clients do not follow 'descendant::' in a path."
        " Name each part on the way: '../part', '/data/part'.",
    ),
    "a step to parts of any name": (
        ["| text | a | A |  |  |  |  |", "| begin_group | g | G |  |  |  |  |",
         "| text | b | B |  |  |  |  |", "| text | c | C |  |  |  |  |",
         "| end_group |  |  |  |  |  |  |", "| calculate | n |  |  | count(../g/*) * 2 |  |  |"],
        "n: Clients do not follow '/*' in a path. Name each part on the way: '../part', '/data/part'.",
    ),
    "a list that is not there": (
        ["| calculate | n |  |  | instance('contact-summary')/context/age |  |  |"],
        "n: There is no list or file 'contact-summary'. Use one of: __last-saved, l.",
    ),
    "a function of clients in a browser alone": (
        ["| calculate | n |  |  | difference-in-months(today(), today()) |  |  |"],
        "n: ODK Collect does not know the function 'difference-in-months'. Say it by other functions,"
        " or make the XLSForm, which KoboToolbox plays in the browser.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", KEPT)
def test_what_only_clients_in_a_browser_run_is_kept_in_yaml_and_refused_in_an_xform(
    why: str, tmp_path: Path
) -> None:
    rows, said = KEPT[why]
    instrument = load_instrument(form(tmp_path, *rows))
    assert [one.text() for one in mended(instrument)] == [said]
    with pytest.raises(DefinitionError) as refused:
        to_xform(instrument)
    assert refused.value.text() == said


def test_a_group_that_is_shown_by_what_is_in_it_is_shown_always_in_collect(tmp_path: Path) -> None:
    """Every form of the Community Health Toolkit begins with such a group."""
    rows = ["| begin_group | inputs | I | ./source = 'user' |  |  |  |",
            "| text | source | A |  |  |  |  |", "| end_group |  |  |  |  |  |  |",
            "| begin_group | h | H | ./b = 'x' and ../n = 1 |  |  |  |"]  # fmt: skip
    instrument = load_instrument(form(tmp_path, *rows[:3]))
    assert [one.text() for one in mended(instrument)] == [
        "inputs: The condition './source = 'user'' reads answers inside the group that it shows:"
        " ODK Collect cannot wait for them, so that it is left out."
    ]
    assert "relevant" not in to_xform(instrument)
    more = [*rows[3:], "| text | b | B |  |  |  |  |", "| end_group |  |  |  |  |  |  |"]
    with pytest.raises(DefinitionError, match="The item 'b' waits for itself: b → b"):
        load_instrument(form(tmp_path, "| integer | n | N |  |  |  |  |", *more))


def test_rounding_that_collect_lacks_is_said_by_another_function(tmp_path: Path) -> None:
    row = "| calculate | n |  |  | floor(3.5) + 1 |  |  |"
    instrument = load_instrument(form(tmp_path, "| text | a | A |  |  |  |  |", row))
    assert [one.text() for one in mended(instrument)] == [
        "n: 'floor' is said by 'int', to the same value: ODK Collect does not know it."
    ]
    assert 'calculate="(int(3.5) - number(int(3.5) &gt; (3.5))) + 1"' in to_xform(instrument)


ACCEPTED = {
    "a function in a branch": ["| calculate | n |  |  | if(1 = 2, floor(3.5), '') |  |  |"],
    "a function behind a condition": ["| calculate | n |  | 1 = 2 | floor(3.5) |  |  |"],
    "its own entry and the roster": [
        "| begin_repeat | r | R |  |  |  |  |", "| calculate | n |  |  | count(../../r) |  |  |",
        "| calculate | p |  |  | position(..) |  |  |", "| end_repeat |  |  |  |  |  |  |"],
    "a number that begins with a point": ["| calculate | n |  |  | .5 + 1 |  |  |"],
    "days and patterns as Collect takes them": [
        "| calculate | n |  |  | concat(date(''), date('2026-1-31'), date('2026-01-31T10:00:00.000+07:00')) |  |  |",
        "| calculate | p |  |  | regex('a', '[a[b(]]') or regex('a', '^*(?<n>a)') or regex('a', '\\Q(\\E[\\d-a]') |  |  |",
        "| calculate | q |  |  | concat(format-date(today(), '%e.%n.%y'), \"date('foo')\", date(concat('2026', '-01-31'))) |  |  |"],
    "many answers that are gathered, in a branch or perhaps never there": [
        "| begin_repeat | r | R | 1 = 2 |  |  |  |", "| text | a | A |  |  |  |  |",
        "| end_repeat |  |  |  |  |  |  |", "| calculate | n |  |  | ${a} |  |  |",
        "| begin_repeat | s | S |  |  |  |  |", "| text | b | B |  |  |  |  |",
        "| end_repeat |  |  |  |  |  |  |", "| calculate | m |  |  | join(', ', ${b}) |  |  |",
        "| calculate | o |  |  | if(${m} = 'x', ${b}, indexed-repeat(${b}, ${s}, 1)) |  |  |"],
    "calls as Collect takes them": [
        "| geopoint | g | G |  |  |  |  |", "| select_one l | a | A |  |  |  |  |",
        "| calculate | n |  |  | distance(${g}, '21.03 105.85', '21.1 105.9 0 0;') |  |  |",
        "| calculate | m |  |  | concat(digest('a', 'sha-256', 'HEX'), pi(), string-length(), atan2(1, 2)) |  |  |",
        "| calculate | k |  |  | weighted-checklist(1, 2, ${a}, 1, ${a}, 2) + checklist(1, 2) |  |  |",
        "| calculate | j |  |  | jr:choice-name(${a}, '${a}') |  |  |"],
    "a path in a text": ["| calculate | n |  |  | concat('../n // x', '|') |  |  |"],
}  # fmt: skip


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_clients_run_is_let_through(what: str, tmp_path: Path) -> None:
    assert "<model" in to_xform(load_instrument(form(tmp_path, *ACCEPTED[what])))
