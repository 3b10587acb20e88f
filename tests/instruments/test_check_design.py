"""Rules of rotation, tables, booklets, drawn values, consent and indirect questions, by their words."""

from pathlib import Path

import pytest
import yaml

from instruments.errors import DefinitionError
from instruments.load import load_instrument

FEATURES = Path(__file__).parent / "features"


def problems(folder: Path, name: str, *changes: tuple[str, str]) -> list[str]:
    """What is told of a feature's definition with some of its words changed."""
    text = (FEATURES / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load_instrument(path)
    except DefinitionError as error:
        return [problem.text() for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("rotation", "id: c2, type: text", 'id: c2, type: text, show_if: "${c1} != \'\'"',
         "line 13, items.khoi.c2: 'c2' reads 'c1', which may come after it. "
         "Put both into a block of their own."),
        ("rotation", "vi: \"Câu 2\"", "vi: \"Câu ${c3}\"",
         "line 13, items.khoi.c2: 'c2' reads 'c3', which may come after it. "
         "Put both into a block of their own."),
        ("grid", "id: td3,", "id: td3, rotate: reverse,",
         "line 20, items.thai_do.td3.rotate: The rows of a table share their columns. "
         "Remove 'rotate'; the block may rotate its rows."),
        ("grid", "{id: td3,", "{id: td3, options: [{code: a, label: {vi: A, en: A}}],",
         "line 20, items.thai_do.td3: The options of 'td3' differ from those of the row above. "
         "Name one choice list for the whole block under 'choices'."),
        ("grid", "{id: td2,", "{id: td0, type: text, label: {vi: A, en: A}}\n      - {id: td2,",
         "line 19, items.thai_do.td0: A table has rows of type single or multiple, and notes. "
         "Move 'td0' out of the table."),
        ("booklets", "blocks: [b, c]", "blocks: [b, d]",
         "line 9, booklets.2.blocks[2]: There is no block 'd'. Use one of: chung, a, b, c."),
        ("booklets", "blocks: [b, c]", "blocks: [b, b]",
         "line 9, booklets.2.blocks[2]: The booklet has the block 'b' twice."),
        ("booklets", "booklet_item: tap", "booklet_item: tab",
         "line 6, booklet_item: There is no item 'tab'. Did you mean 'tap'?"),
        ("booklets", "booklet_item: tap", "rotate: shuffle",
         "line 7, booklets: No item holds the respondent's booklet. "
         "Add 'booklet_item' with the id of an item of type hidden."),
        ("booklets", "id: tap, type: hidden", 'id: tap, type: hidden, draw: ["1", "2"]',
         "line 6, booklet_item: 'tap' has the codes 1, 2, the booklets have 1, 2, 3. "
         "Give both the same codes."),
        ("list_experiment", 'draw: ["1", "2"]', 'draw: ["1"]',
         "line 15, items.nhom.draw: One value leaves nothing to draw. Give two or more."),
        ("list_experiment", "type: hidden, draw", 'type: text, label: {vi: N, en: N}, draw',
         "line 15, items.nhom.type: What is drawn is not asked. "
         "Use 'type: hidden' for an item with 'draw'."),
        ("list_experiment", 'treatment: "2"}', 'treatment: "3"}',
         "line 10, indirect.dua_tien.arms.treatment: '3' is no value of 'nhom'. Use one of: 1, 2."),
        ("list_experiment", ". <= 4", ". <= 5",
         "line 12, indirect.dua_tien.treatment: The checks of 'dem_b' do not accept exactly the "
         "counts 0 to 4. Give it the one check '. >= 0 and . <= 4'."),
        ("list_experiment", "control: dem_a", "control: nhom",
         "line 11, indirect.dua_tien.control: There is no item 'nhom' of type integer. "
         "Use one of: dem_a, dem_b."),
        ("randomized_response", "admits: co", "admits: cos",
         "line 7, indirect.vuot_den.admits: 'cos' is no option of 'vuot_den_do'. "
         "Did you mean 'co'?"),
        ("randomized_response", "p_forced_yes: 0.1667", "p_forced_yes: 0.5",
         "line 7, indirect.vuot_den.p_forced_yes: The probabilities exceed 1 together."),
        ("randomized_response", "p_truth: 0.6667", "p_truth: 0",
         "line 7, indirect.vuot_den.p_truth: Nobody would answer the question itself. "
         "Choose a probability above 0, such as 0.75."),
        ("randomized_response", ", p_forced_yes: 0.1667", "",
         "line 7, indirect.vuot_den: 'p_forced_yes' is missing. Add 'p_forced_yes: …'."),
        ("randomized_response", "method: forced", "method: warner",
         "line 7, indirect.vuot_den.p_forced_yes: This belongs to the method 'forced'. Remove it."),
        ("randomized_response", "method: forced", "method: dice",
         "line 7, indirect.vuot_den: 'method' cannot be 'dice'. "
         "Use one of: list, forced, warner."),
        ("consent", "text: loi_moi", "text: dong_y",
         "line 6, consent.text: There is no item 'dong_y' of type note. Use one of: loi_moi."),
        ("consent", "agree: co", "agree: yes_please",
         "line 6, consent.agree: 'yes_please' is no option of 'dong_y'. Use one of: co, khong."),
        ("interviewer", "mode: hinh_thuc", "mode: hinh_thut",
         "line 6, mode: There is no item at 'hinh_thut'. Did you mean 'hinh_thuc'?"),
        ("amended_law", "ends: 2027-03-31", "ends: 2027-01-31",
         "line 7, fieldwork.ends: 2027-01-31 lies before 2027-02-01. Exchange the dates."),
        ("vignette", "id: bia_dung, type: single, choices: yn, vignette: bia",
         "id: bia_dung, type: single, choices: yn, vignette: bai",
         "line 21, items.tinh_huong.bia_dung.vignette: There is no note 'bai'. Did you mean 'bia'?"),
        ("vignette", "choices: yn, vignette: bia, label: {vi: \"Ông làm",
         "choices: yn, vignette: phao, label: {vi: \"Ông làm",
         "line 21, items.tinh_huong.bia_dung.vignette: The situation is not told before the question "
         "in its block. Put the note before the questions about it."),
    ],
)  # fmt: skip
def test_a_design_that_does_not_hold(
    tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    assert f"{name}.yaml, {told}" in problems(tmp_path, name, (old, new))


def test_rotation_needs_two_parts_and_two_options_that_can_move(tmp_path: Path) -> None:
    fixed = tuple((f"id: c{n}, type: text", f"id: c{n}, fixed: true, type: text") for n in (1, 2))
    options = (("code: loa,", "code: loa, fixed: true,"), ("code: bao,", "code: bao, fixed: true,"))
    assert problems(tmp_path, "rotation", *fixed, *options) == [
        "rotation.yaml, line 8, items.khoi.rotate: Fewer than two parts can change places. "
        "Remove 'rotate', or 'fixed' from some parts.",
        "rotation.yaml, line 18, items.nguon.rotate: Fewer than two options can change places. "
        "Remove 'rotate'.",
    ]


def test_blocks_of_booklets_stand_side_by_side(tmp_path: Path) -> None:
    nested = (
        "  - {id: c, label: {vi: C, en: C},",
        "  - {id: o, label: {vi: O, en: O}, items: [{id: c, label: {vi: C, en: C},",
    )
    end = ("items: [{id: qc, type: text, label: {vi: Câu C, en: C}}]}",
           "items: [{id: qc, type: text, label: {vi: Câu C, en: C}}]}]}")  # fmt: skip
    assert problems(tmp_path, "booklets", nested, end) == [
        f"booklets.yaml, line {line}, booklets.{booklet}.blocks[{order}]: The blocks of booklets do "
        "not stand side by side. Put them into one block, or all at the top."
        for line, booklet, order in ((9, 2, 2), (10, 3, 1))
    ]


def test_a_block_names_a_choice_list_that_exists(tmp_path: Path) -> None:
    told = problems(tmp_path, "grid", ("choices: dong_y", "choices: dong_i"))
    assert told[-1] == (
        "grid.yaml, line 14, items.thai_do.choices: There is no choice list 'dong_i'. "
        "Did you mean 'dong_y'?"
    )


def test_an_even_warner_device_teaches_nothing(tmp_path: Path) -> None:
    forced = "method: forced, item: vuot_den_do, admits: co, p_truth: 0.6667, p_forced_yes: 0.1667"
    even = "method: warner, item: vuot_den_do, admits: co, p_truth: 0.5"
    assert problems(tmp_path, "randomized_response", (forced, even)) == [
        "randomized_response.yaml, line 7, indirect.vuot_den.p_truth: With an even chance of the "
        "question and its opposite nothing is learnt. "
        "Choose a probability away from one half, such as 0.7."
    ]


def test_every_feature_says_in_its_first_line_what_it_shows() -> None:
    for path in sorted(FEATURES.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# ")
        assert yaml.safe_load(text)["version"]
