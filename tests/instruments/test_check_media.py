"""A form takes no file along that lies outside the folder that goes with it."""

from pathlib import Path

import pytest

from instruments.errors import DefinitionError
from instruments.load import load_instrument
from tests.instruments.feature_forms import workbook

CURE = "Put the file beside the form and write its name alone."


def form(folder: Path, *, kind: str = "select_one l", shown: str = "", option: str = "") -> Path:
    survey = (
        "| type | name | label | media::image | default |\n"
        f"| {kind} | a | A | {shown if kind != 'image' else ''} | {shown if kind == 'image' else ''} |"
    )
    choices = f"| list_name | name | label | media::image |\n| l | 1 | One | {option} |"
    folder.mkdir(exist_ok=True)
    return workbook("form", folder, {"form": {"survey": survey, "choices": choices}})


@pytest.mark.parametrize(
    "name",
    ["../secret.png", "a/../../b.png", "/etc/passwd", "~/b.png", "C:\\b.png", "https://x.vn/b.png",
     "jr://images/../b.png"],
)  # fmt: skip
def test_a_picture_that_leads_out_of_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    for number, cell in enumerate(({"shown": name}, {"option": name})):
        with pytest.raises(DefinitionError) as refused:
            load_instrument(form(tmp_path / str(number), **cell))
        (problem,) = refused.value.problems
        assert f"'{name}' leads out of the folder of the form. {CURE}" in problem.text()


def test_a_list_and_a_first_picture_are_held_to_the_same(tmp_path: Path) -> None:
    for number, cells in enumerate((
        {"kind": "select_one_from_file ../people.csv"},
        {"kind": "image", "shown": "../first.png"},
    )):  # fmt: skip
        with pytest.raises(DefinitionError, match="leads out of the folder"):
            load_instrument(form(tmp_path / str(number), **cells))


def test_files_beside_the_form_and_in_folders_of_it_are_taken(tmp_path: Path) -> None:
    for number, name in enumerate(("b.png", "pictures/b.png", "jr://images/b.png", "a..b.png")):
        load_instrument(form(tmp_path / str(number), shown=name, option=name))
