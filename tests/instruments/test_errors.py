"""Problems read as sentences, in both languages, with their places."""

from instruments.errors import HieuluatError, Problem, place_in
from instruments.language import say


def test_a_place_is_said_in_the_readers_language_and_its_names_are_kept():
    assert place_in("sheet.xlsx, sheet 'row 3', row 41, column 'q7'", "vi") == (
        "sheet.xlsx, trang tính 'row 3', dòng 41, cột 'q7'"
    )
    assert place_in("a.yaml, line 7", "en") == "a.yaml, line 7"


def test_an_error_lists_every_problem_with_place_finding_and_cure():
    one = Problem(where="a.csv, row 3", what=say("'{v}' is not a code.", v="x"), hint=say("Use 1."))
    two = Problem(where="", what=say("'{v}' is not a code.", v="y"))
    assert HieuluatError([one, two]).text() == (
        "a.csv, row 3: 'x' is not a code. Use 1.\n'y' is not a code."
    )


def test_values_are_inserted_and_never_interpreted():
    assert say("'{v}' is odd.", v="{0.__class__}").text() == "'{0.__class__}' is odd."
