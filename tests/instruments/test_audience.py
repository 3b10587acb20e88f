"""What an assessor marks stays with the assessor."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from instruments.audience import for_respondent, has_assessor
from instruments.errors import DefinitionError
from instruments.forms.cli import form
from instruments.forms.exchange.ddi import to_ddi
from instruments.forms.exchange.spss import to_spss
from instruments.forms.exchange.surveyjs import to_surveyjs
from instruments.forms.gaps import gaps
from instruments.forms.html.page import to_html
from instruments.forms.paper.write import to_paper
from instruments.forms.xform.write import to_xform
from instruments.forms.xlsform import to_xlsform
from instruments.library import find
from instruments.load import load_instrument
from instruments.model import Instrument

FORCES = load_instrument(find("forces"))
REQUIRED_POINT = "không cho thuê, cho mượn tài khoản ngân hàng"
LEVEL = "Nêu đúng cả ba ý bắt buộc"


def assessed(*, show_if: str | None = None) -> Instrument:
    levels = {"muc": [{"code": "0", "label": {"vi": "Kém"}}, {"code": "1", "label": {"vi": "Tốt"}}]}
    mark = {"id": "diem", "type": "single", "choices": "muc", "label": {"vi": "Điểm"}}
    rest = {"id": "het", "type": "text", "label": {"vi": "Ý kiến"}, "show_if": show_if}
    return Instrument.model_validate({
        "id": "thu", "version": "1", "title": {"vi": "Thử"}, "languages": ["vi"],
        "choice_lists": levels,
        "items": [{"id": "ngoai", "items": [{"id": "cham", "assessor": True, "items": [mark]}]}, rest],
    })  # fmt: skip


def test_the_assessors_blocks_their_lists_and_what_is_left_empty_are_taken_out() -> None:
    left = for_respondent(assessed())
    assert [part.id for part in left.items] == ["het"]
    assert left.choice_lists == {}
    assert not has_assessor(left)


def test_booklets_keep_the_blocks_that_are_left() -> None:
    whole = FORCES.model_copy(update={"booklets": tuple(
        one.model_copy(update={"blocks": (*one.blocks, "thuc_hanh")}) for one in FORCES.booklets
    )})  # fmt: skip
    assert for_respondent(whole).booklets == FORCES.booklets


def test_a_condition_on_a_mark_is_refused_with_its_place() -> None:
    with pytest.raises(DefinitionError) as refused:
        for_respondent(assessed(show_if="${diem} = '1'"))
    assert str(refused.value) == (
        "items[1].show_if: It reads 'diem', a mark of the assessor."
        " Ask of respondents only what they can know."
    )


def test_a_form_without_a_rubric_is_left_as_it_is() -> None:
    residents = load_instrument(find("residents"))
    assert for_respondent(residents) is residents


@pytest.mark.parametrize("kind", ["xlsform", "xform", "html", "surveyjs"])
def test_a_respondents_device_gets_nothing_of_the_rubric(kind: str, tmp_path) -> None:
    output = tmp_path / "form.xlsx"
    arguments = [
        "forces",
        "--to",
        kind,
        "-o",
        str(output),
        "--edition",
        "respondent",
        "--format",
        "json",
    ]
    done = CliRunner().invoke(form, arguments)
    assert done.exit_code == 0, done.output
    assert not any("assessor" in loss["what"] for loss in json.loads(done.stdout)["losses"])
    assert "bai_1" not in _words(output)
    assert REQUIRED_POINT not in _words(output)
    assert LEVEL not in _words(output)


@pytest.mark.parametrize("kind", ["xlsform", "xform", "html", "surveyjs"])
def test_a_whole_form_for_devices_says_that_the_rubric_is_in_it(kind: str) -> None:
    first = gaps(FORCES, kind=kind)[0]
    assert first.text() == (
        "forces: The assessor's parts are in it: they tell what earns marks. Keep it on the assessor's"
        " device; for respondents make one with '--edition respondent'."
    )


def test_only_paper_has_further_editions(tmp_path) -> None:
    arguments = ["forces", "--to", "html", "-o", str(tmp_path / "x"), "--edition", "assessor"]
    with pytest.raises(DefinitionError, match="Only paper has the edition 'assessor'"):
        CliRunner().invoke(form, arguments, catch_exceptions=False)


WRITERS: dict[str, Callable[[Instrument], Any]] = {
    "xlsform": to_xlsform, "xform": to_xform, "html": to_html, "ddi": to_ddi,
    "surveyjs": lambda one: to_surveyjs(one).text, "spss": to_spss, "paper": to_paper,
}  # fmt: skip
CODE, OTHER_CODE, RUBRIC = "khoa7391", "khac7392", "ba ý bắt buộc 7393"


def keyed(credit: str) -> Instrument:
    options = [{"code": code, "label": {"vi": code}} for code in (CODE, OTHER_CODE)]
    item = {"id": "q", "type": "single", "label": {"vi": "Hỏi"}, "options": options,
            "key": [{"credit": {credit: 1}}], "topic": "t7394", "source": "nguồn 7395"}  # fmt: skip
    mark = {"id": "diem", "type": "single", "label": {"vi": "Điểm"}, "instruction": {"vi": RUBRIC},
            "options": options}  # fmt: skip
    return Instrument.model_validate({
        "id": "thu", "version": "1", "title": {"vi": "Thử"}, "languages": ["vi"],
        "topics": [{"id": "t7394", "label": {"vi": "Chủ đề"}}],
        "items": [item, {"id": "cham", "assessor": True, "items": [mark]}],
    })  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in WRITERS if kind != "xlsform"])
def test_no_writer_tells_which_option_is_right_nor_what_earns_marks(kind: str) -> None:
    one, other = (WRITERS[kind](for_respondent(keyed(code))) for code in (CODE, OTHER_CODE))
    assert one == other
    text = one.decode("latin-1") if isinstance(one, bytes) else one
    assert RUBRIC not in text
    assert "nguồn 7395" not in text


def test_the_sheets_that_reach_a_phone_are_the_same_whatever_is_right(tmp_path) -> None:
    found = []
    for code in (CODE, OTHER_CODE):
        path = tmp_path / f"{code}.xlsx"
        path.write_bytes(to_xlsform(for_respondent(keyed(code))))
        book = load_workbook(path, read_only=True)
        found.append([[*book[name].values] for name in ("survey", "choices", "settings")])
        assert RUBRIC not in _words(path)
    assert found[0] == found[1]


def _words(path) -> str:
    if path.read_bytes()[:2] != b"PK":
        return path.read_text(encoding="utf-8")
    book = load_workbook(path, read_only=True)
    return " ".join(str(cell) for sheet in book for row in sheet.values for cell in row if cell)
