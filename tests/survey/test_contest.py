"""Open entries stay apart: in the store, in types, and at every door to an estimate."""

import inspect
import json
from dataclasses import fields

import pytest
from click.testing import CliRunner

from analysis import api
from analysis.analyze import analyze
from analysis.design import Sample
from instruments.errors import HieuluatError
from reports.cli import main
from survey.contest import (
    STAMP,
    AnswerCounts,
    ContestDescription,
    ContestEntries,
    contest_entries,
    describe_entries,
    import_entries,
    study_of_entries,
    undo_entries,
)
from survey.demo import TODAY
from survey.digest import digest
from survey.errors import StudyError
from survey.imports import Reading, import_files
from survey.quality.study import fieldwork_report
from survey.settings import StudySettings
from survey.snapshot import freeze
from survey.study import Study

NEEDS_NO_SAMPLE = {"margin", "power_to_decide", "size_for_interval", "size_for_target"}
"""Public functions of sizes and totals, which no data enter."""


NOBODY = ContestEntries(instruments=(), records=())


def silent(_: int, __: int) -> None:
    return


@pytest.fixture
def file(kobo, respond):
    return kobo([respond(n) for n in range(1, 13)])


@pytest.fixture
def entered(study, file, now):
    import_entries(study, [file], now=now, reading=Reading(), progress=silent)
    return study


def test_entries_are_kept_apart_from_the_answers_of_the_sample(entered):
    assert len(contest_entries(entered)) == 12
    assert freeze(entered).rows == 0
    assert digest(entered) == digest(Study.open(entered.folder))
    assert (entered.folder / "contest.db").exists()
    assert not (entered.folder / "store.db").exists()


def test_the_same_file_may_stand_in_both_streams_and_neither_sees_the_other(entered, file, now):
    (report,) = import_files(entered, [file], now=now)
    assert (report.accepted, report.duplicates) == (12, 0)
    assert undo_entries(entered, "1", now=now) == 12
    assert (len(contest_entries(entered)), freeze(entered).rows) == (0, 12)


def test_no_snapshot_and_so_no_estimate_is_made_of_the_study_over_the_entries(entered):
    with pytest.raises(StudyError, match="The answers to 'nhan_thuc' are open contest entries"):
        freeze(study_of_entries(entered))


def calls():
    for name in api.__all__:
        one = getattr(api, name)
        if inspect.isfunction(one) and name not in NEEDS_NO_SAMPLE:
            yield name, one


ARGUMENTS = {
    "of": "a", "formula": "a ~ b", "numerator": "a", "denominator": "b", "margins": [],
    "recipe": [], "steps": [], "by": (), "test": "F",
}  # fmt: skip


@pytest.mark.parametrize(("name", "function"), list(calls()))
def test_every_public_estimating_function_refuses_entries_with_the_reason(name, function):
    needed = [
        one for one in list(inspect.signature(function).parameters.values())[1:]
        if one.default is inspect.Parameter.empty and one.kind is not one.VAR_POSITIONAL
    ]  # fmt: skip
    positional = [
        ARGUMENTS.get(one.name, "a") for one in needed if one.kind is not one.KEYWORD_ONLY
    ]
    named = {
        one.name: ARGUMENTS.get(one.name, "a") for one in needed if one.kind is one.KEYWORD_ONLY
    }
    with pytest.raises(HieuluatError, match="Contest entries are no sample"):
        function(NOBODY, *positional, **named)


def test_entries_cannot_be_bound_to_a_design_or_made_a_table():
    import pandas as pd

    entries = NOBODY
    for door in (lambda: Sample.of(entries, api.Design()), lambda: pd.DataFrame(entries),
                 lambda: list(entries), lambda: entries["a"], lambda: entries.data):  # fmt: skip
        with pytest.raises(HieuluatError, match="entrants choose themselves"):
            door()
    assert not isinstance(entries, Sample)


def test_an_instrument_marked_as_a_contest_is_refused_by_import_analysis_and_quality(
    study, file, now
):
    text = (study.folder / "study.yaml").read_text(encoding="utf-8")
    marked = text + "streams: {nhan_thuc: contest}\n"
    (study.folder / "study.yaml").write_text(marked, encoding="utf-8")
    opened = Study.open(study.folder)
    reason = "The answers to 'nhan_thuc' are open contest entries"
    for door in (lambda: import_files(opened, [file], now=now), lambda: fieldwork_report(opened),
                 lambda: analyze(opened, today=TODAY)):  # fmt: skip
        with pytest.raises(StudyError, match=reason):
            door()
    import_entries(opened, [file], now=now, reading=Reading(), progress=silent)
    assert len(contest_entries(opened)) == 12


def test_a_study_cannot_name_one_store_for_both():
    with pytest.raises(ValueError, match="Contest entries need a store of their own"):
        StudySettings.model_validate({
            "id": "s", "title": {"vi": "S"}, "plan": "p", "instruments": ["i"],
            "wave": {"id": "w"}, "population": {"label": {"vi": "P"}},
            "store": "a.db", "contest_store": "a.db",
        })  # fmt: skip


def test_descriptions_are_counts_with_a_stamp_and_have_no_place_for_an_error(entered):
    found = describe_entries(contest_entries(entered))
    assert (found.stamp, found.entries, sum(found.days.values())) == (STAMP, 12, 12)
    by_item = {one.item: one for one in found.items}
    assert by_item["kien_thuc/k1"].counts == {"dung": 4, "sai": 4, "kb": 4}
    assert by_item["kien_thuc/nguon"].counts == {"tv": 8, "loa": 8, "khac": 0, "khong": 0}
    names = {one.name for kind in (ContestDescription, AnswerCounts) for one in fields(kind)}
    assert names & {"se", "ci", "estimate", "share", "weight"} == set()
    assert "không suy rộng" in STAMP.text("vi")


def test_the_commands_import_count_and_undo_entries(study, file):
    def run(*args):
        answer = CliRunner().invoke(main, [*map(str, args), "--format", "json"])
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)

    (dry,) = run("import", study.folder, file, "--stream", "contest")
    assert (dry["accepted"], dry["batch"]) == (12, None)
    (done,) = run("import", study.folder, file, "--stream", "contest", "--yes")
    shown = run("contest", study.folder)
    assert (shown["entries"], shown["stamp"]) == (12, STAMP.text("vi"))
    undone = run("undo", study.folder, done["batch"], "--stream", "contest", "--by", "Lan")
    assert undone["rows"] == 12
    assert run("contest", study.folder)["entries"] == 0


@pytest.mark.heavy
def test_a_type_checker_refuses_entries_where_a_sample_is_wanted(tmp_path):
    from mypy import api as mypy

    path = tmp_path / "wrong.py"
    path.write_text(
        "from analysis.api import mean\n"
        "from survey.contest import ContestEntries\n"
        "def wrong(entries: ContestEntries) -> object:\n"
        "    return mean(entries, of='a')\n", encoding="utf-8",
    )  # fmt: skip
    told, _, code = mypy.run(["--cache-dir", str(tmp_path / "cache"), str(path)])
    assert code == 1
    assert 'incompatible type "ContestEntries"; expected "Sample"' in told


def test_no_public_function_names_entries_among_what_it_takes():
    for name, function in calls():
        first = next(iter(inspect.signature(function).parameters.values()))
        assert "Contest" not in str(first.annotation), name
    assert ContestEntries not in Sample.__mro__
    assert Sample not in ContestEntries.__mro__
