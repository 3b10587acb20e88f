"""Flags on careless interviews: what is flagged, and what must not be."""

import pytest

from instruments.load import load_instrument
from instruments.model import Instrument
from survey.form import prepare
from survey.quality import (
    Durations,
    Timing,
    grids,
    likeness,
    near_duplicate,
    straight_lines,
    substantive_paths,
    timing,
)
from survey.quality import clocks as clocks_of


@pytest.fixture
def form(form_file):
    return prepare(load_instrument(form_file))


def agree(*codes: str) -> dict[str, str]:
    return {f"thai_do/a{at}": code for at, code in enumerate(codes, start=1)}


def test_a_grid_is_a_block_of_three_items_on_one_scale_of_three_points(form):
    (grid,) = grids(form)
    assert (grid.path, grid.items) == ("thai_do", ("thai_do/a1", "thai_do/a2", "thai_do/a3"))
    assert (grid.scale, grid.middle) == (("1", "2", "3", "4", "5"), "3")


def scales(*, assessor: bool, alike: bool) -> tuple:
    def options(name):
        words = "Đồng ý" if alike else f"Mức {name}"
        return [{"code": code, "label": {"vi": f"{words} {code}"}} for code in "0123"]

    items = [
        {"id": f"m{at}", "type": "single", "label": {"vi": "Mức"}, "options": options(at)}
        for at in range(3)
    ]
    return grids(prepare(Instrument.model_validate({
        "id": "cham", "version": "1", "title": {"vi": "Chấm"}, "languages": ["vi"],
        "items": [{"id": "bai", "assessor": assessor, "items": items}],
    })))  # fmt: skip


def test_levels_of_a_rubric_and_letters_of_different_answers_are_no_grid():
    assert [grid.path for grid in scales(assessor=False, alike=True)] == ["bai"]
    assert scales(assessor=True, alike=True) == ()
    assert scales(assessor=False, alike=False) == ()


@pytest.mark.parametrize(
    ("codes", "flagged"),
    [(("5", "5", "5"), True), (("1", "1", "1"), True), (("3", "3", "3"), False),
     (("5", "5", "4"), False), (("5", "5"), False), ((), False)],
)  # fmt: skip
def test_one_answer_throughout_a_grid_is_flagged_but_for_the_neutral_one(form, codes, flagged):
    notes = straight_lines(grids(form), agree(*codes))
    assert [(note.rule, note.path) for note in notes] == [("qc_straightline", "thai_do")] * flagged


def timings(*seconds: float, version: str = "1") -> list[Timing]:
    return [Timing(row=at, version=version, seconds=one, path="end")
            for at, one in enumerate(seconds, start=1)]  # fmt: skip


def test_less_than_three_tenths_of_the_median_is_too_fast():
    found = Durations().add(timings(1000, 1000, 1000, 299, 301)).speeders()
    assert [(row, note.rule, note.value) for row, note in found] == [(4, "qc_speeder", "299")]


def test_versions_have_medians_of_their_own_and_four_interviews_have_none():
    long, short = timings(*[1000] * 5), timings(*[250] * 5, version="2")
    assert Durations().add([*long, *short]).speeders() == []
    assert Durations().add(timings(1000, 1000, 1000, 1)).speeders() == []


def test_the_time_of_an_interview_is_between_the_devices_start_and_end(form):
    answers = {"start": "2026-09-01T08:00:00+07:00", "end": "2026-09-01T08:20:30.500+07:00"}
    found = timing(clocks_of(form), answers, row=7, version="1")
    assert found == Timing(row=7, version="1", seconds=1230.5, path="end")
    assert timing(clocks_of(form), {"start": answers["start"]}, row=7, version="1") is None


def test_likeness_covers_what_was_said_and_needs_eight_answers(form):
    paths = substantive_paths(form)
    said = {"ca_nhan/gioi_tinh": "nu", "ca_nhan/nam_sinh": "1970", "ca_nhan/dia_chi": "Tổ 1",
            "kien_thuc/k1": "kb", "kien_thuc/nguon": "tv", **agree("1", "2", "3")}  # fmt: skip
    assert likeness(paths, said) == likeness(paths, said | {"start": "x", "ca_nhan/tuoi": "56"})
    assert likeness(paths, said) != likeness(paths, said | {"kien_thuc/k1": "sai"})
    assert likeness(paths, dict(list(said.items())[:7])) is None


def test_a_near_duplicate_names_the_record_that_it_is_like():
    assert near_duplicate("u1").rule == "near_duplicate_of:u1"
    assert near_duplicate("row 3", every_cell=True).message.text() == (
        "Every cell is the same as in row 3; both are kept."
    )
