"""The fieldwork report of a study: what it finds in planted trouble, and what it leaves alone."""

import json
from datetime import datetime, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from instruments.load import load_instrument
from reports.cli import main
from survey.answers import Record
from survey.digest import digest
from survey.disposition_file import SampleOutcomes
from survey.dispositions import Case
from survey.errors import ImportRejected, StudyError
from survey.exclusions import counted, exclude, exclusions, include
from survey.imports import import_files, undo_batch
from survey.quality.backchecks import back_checks
from survey.quality.habits import habits
from survey.quality.interviews import coded, interviews_of, measured
from survey.quality.report import Sources, report_on
from survey.quality.signs import at_night, one_line, overlapping, too_fast
from survey.quality.study import fieldwork_report
from survey.quality.wording import as_json, sentences
from survey.settings import StudySettings
from survey.snapshot import freeze
from survey.store import Store

FORM = """
kind: instrument
id: phieu
version: "1"
title: {vi: "Phiếu"}
languages: [vi]
interviewer: dtv
interview_date: today
choice_lists:
  muc:
    - {code: "1", label: {vi: "1"}}
    - {code: "2", label: {vi: "2"}}
    - {code: "3", label: {vi: "3"}}
    - {code: "4", label: {vi: "4"}}
    - {code: kb, label: {vi: "Không biết"}, missing: dont_know}
items:
  - {id: start, type: start}
  - {id: end, type: end}
  - {id: today, type: today}
  - {id: dtv, type: text, label: {vi: "Mã"}}
  - {id: tuoi, type: integer, label: {vi: "Tuổi"}}
  - id: y_kien
    items:
ITEMS
"""
ITEMS = 16
ITEM = '      - {{id: a{n}, type: single, choices: muc, label: {{vi: "{n}"}}}}\n'


@pytest.fixture(scope="module")
def instrument(tmp_path_factory):
    items = "".join(ITEM.format(n=n) for n in range(ITEMS))
    path = tmp_path_factory.mktemp("form") / "phieu.yaml"
    path.write_text(FORM.replace("ITEMS\n", items), encoding="utf-8")
    return load_instrument(path)


def record(key: str, answers, *, start="2026-11-02T09:00:00+07:00", minutes=30.0, who="D1", age=41):
    begun = datetime.fromisoformat(start)
    said = {f"y_kien/a{n}": code for n, code in enumerate(answers)}
    return Record(key=key, uuid=key, instrument="phieu", version="1", answers={
        "start": start, "end": (begun + timedelta(minutes=minutes)).isoformat(),
        "today": start[:10], "dtv": who, "tuoi": str(age), **said,
    })  # fmt: skip


def honest(n: int, seed: int = 1) -> list[Record]:
    draw = np.random.default_rng(seed)
    return [
        record(
            f"r{at:03}", [str(one) for one in draw.integers(1, 5, ITEMS)], who=f"D{at % 6}",
            start=f"2026-11-{2 + at // 12:02}T{8 + at // 6 % 2 * 2:02}:{at % 6:02}:00+07:00",
            minutes=float(np.exp(draw.normal(3.4, 0.2))), age=int(draw.integers(18, 80)),
        )
        for at in range(n)
    ]  # fmt: skip


def report(instrument, records, **more):
    settings = StudySettings.model_validate({
        "id": "s", "title": {"vi": "S"}, "plan": "p", "instruments": ["i"], "wave": {"id": "w"},
        "population": {"label": {"vi": "P"}},
    })  # fmt: skip
    sources = Sources(settings=settings, excluded={}, **more)
    return report_on(interviews_of([instrument], records), sources, rng=np.random.default_rng(1))


def test_an_honest_file_has_no_flags(instrument):
    found = report(instrument, honest(120))
    assert found.signs == ()
    assert (found.interviews, found.interviewers) == (120, 6)
    assert {one.stands for one in found.by_interviewer} <= {"inside", "warning"}
    assert all(one.adjusted > 0.05 for one in found.drift)


def test_a_copy_is_flagged_with_the_record_that_it_copies(instrument):
    records = honest(120)
    copied = {
        **records[5].answers,
        **{k: v for k, v in records[90].answers.items() if "a" in k[7:]},
    }
    records[5] = Record(key="r005", uuid="r005", instrument="phieu", version="1", answers=copied)
    found = report(instrument, records)
    assert {one.record for one in found.signs if one.rule == "qc_near_duplicate"} == {
        "r005",
        "r090",
    }
    (text,) = [one.message.text() for one in found.signs if one.record == "r005"]
    assert "are those of r090; by chance the most alike share" in text
    assert {one.record for one in found.matches.pairs[:2]} == {"r005", "r090"}
    assert found.matches.pairs[0].percentile == 1 > found.matches.pairs[-1].percentile


def test_pace_overlap_clock_and_night_are_flagged(instrument):
    records = honest(60)
    records += [
        record("fast", ["1", "2"] * 8, minutes=4, who="D8"),
        record("first", ["2", "3"] * 8, who="D9"),
        record("second", ["3", "1"] * 8, start="2026-11-02T09:10:00+07:00", who="D9"),
        record("back", ["1", "4"] * 8, minutes=-5, who="D7"),
        record("night", ["4", "2"] * 8, start="2026-11-03T23:30:00+07:00", who="D9"),
    ]
    interviews = interviews_of([instrument], records)
    assert [one.record for one in too_fast(interviews)] == ["fast"]
    assert [(one.record, one.rule) for one in overlapping(interviews)] == [
        ("back", "qc_clock"), ("second", "qc_overlap"),
    ]  # fmt: skip
    assert [(one.record, one.value) for one in at_night(interviews)] == [("night", "23:30")]


def test_an_interviewer_who_hears_nothing_but_dont_know_stands_outside_the_funnel(instrument):
    records = [
        record(one.key, ["kb"] * 12 + list("1234"), who="D0", start=str(one.answers["start"]))
        if one.answers["dtv"] == "D0" else one
        for one in honest(120)
    ]  # fmt: skip
    found = report(instrument, records)
    outside = {(m.interviewer, m.indicator) for m in found.by_interviewer if m.stands == "alarm"}
    assert ("D0", "dont_know") in outside
    assert {name for name, _ in outside} == {"D0"}


def test_one_line_and_rounding_are_habits_of_an_interview(instrument):
    interviews = interviews_of([instrument], [
        record("a", ["4"] * ITEMS, age=40), record("b", list("1234") * 4, age=41),
    ])  # fmt: skip
    by_name = dict(habits(interviews))
    assert by_name["one_line"].tolist() == [1, 0]
    assert by_name["by_five"].tolist() == [1, 0]
    assert by_name["dont_know"].tolist() == [0, 0]
    assert [one.record for one in one_line(interviews)] == ["a"]


def test_scales_are_measured_by_their_codes_and_dont_know_is_no_answer(instrument):
    interviews = interviews_of([instrument], [record("a", ["4", "kb"]), record("b", ["1", "2"])])
    by_path = dict(measured(interviews))
    assert by_path["y_kien/a0"].tolist() == [4, 1]
    assert np.isnan(by_path["y_kien/a1"][0])
    assert by_path["y_kien/a1"][1] == 2
    assert coded(interviews).shape == (2, 2)


def test_rates_are_told_by_cases_and_by_weights_and_a_list_that_differs_is_named(instrument):
    cases = (Case(unit="1", outcome="I", weight=3), Case(unit="2", outcome="UH", weight=1),
             Case(unit="3", outcome="NE", weight=1), Case(unit="4", outcome="R", weight=1, group="A"))  # fmt: skip
    given = SampleOutcomes(cases=cases, weighted=True)
    found = report(instrument, honest(30), outcomes=given)
    told = [one.text("vi") for one in sentences(found)]
    assert told[1] == (
        "4 đơn vị mẫu: RR1 33,3%, RR3 37,5%, RR5 50,0%, COOP1 50,0%, REF1 33,3%, CON1 66,7% "
        "(theo AAPOR; e = 0,667 phân bổ theo tỷ lệ)."
    )
    assert told[2] == "Theo quyền số thiết kế: RR1 60,0%, RR3 62,5% (e = 0,800)."
    assert "Danh sách đơn vị mẫu ghi 1 phiếu phỏng vấn; số phiếu đã nhận là 30." in told
    assert set(found.outcomes.by_group) == {"A"}


def test_an_empty_study_has_a_report_without_numbers(instrument):
    found = report(instrument, [])
    assert (found.interviews, found.signs, found.matches, found.drift) == (0, (), None, ())
    json.dumps(as_json(found, "vi"), allow_nan=False)
    assert next(one.text() for one in sentences(found)) == "0 interviews by 0 interviewers."


def test_the_document_holds_no_nan_and_no_python_object(instrument):
    document = as_json(report(instrument, honest(60)), "en")
    json.dumps(document, allow_nan=False)
    assert document["field_period"] == ["2026-11-02", "2026-11-06"]


def test_back_checks_compare_the_questions_that_were_asked_again(instrument, tmp_path):
    interviews = interviews_of([instrument], [record("a", ["1", "2"]), record("b", ["3", "2"])])
    path = tmp_path / "checks.csv"
    path.write_text("record,a0,y_kien/a1\na,1,2\nb,4,2\n", encoding="utf-8")
    found = back_checks(path, interviews, ids={})
    assert [(one.item, one.pairs, one.agreed) for one in found.items] == [
        ("y_kien/a0", 2, 0.5), ("y_kien/a1", 2, 1),
    ]  # fmt: skip
    path.write_text("record,a0,b7\na,1,2\nc,4,2\n", encoding="utf-8")
    with pytest.raises(ImportRejected) as caught:
        back_checks(path, interviews, ids={})
    assert caught.value.text().splitlines() == [
        "checks.csv: 'b7' is no question of the form. "
        "Head the column by the form path or the id of the question.",
        "checks.csv, line 3, column 'record': no accepted interview has the id 'c'. "
        "Use one of: a, b.",
    ]


@pytest.fixture
def filled(study, kobo, respond, now):
    import_files(study, [kobo([respond(n) for n in range(1, 21)])], now=now)
    return study


def keys(study) -> list[str]:
    with Store.existing(study.store_path) as store:
        return [one.key for one in counted(store)]


def test_an_excluded_interview_leaves_the_snapshot_but_neither_store_nor_digest(filled, now):
    before, first = digest(filled), keys(filled)[0]
    full = freeze(filled)
    assert exclude(filled, [first], why="Bịa", by="Lan", now=now) == [first]
    less = freeze(filled)
    assert (less.rows, first in set(less.frame()["_record"])) == (19, False)
    assert [(one.key, one.why, one.by) for one in less.excluded] == [(first, "Bịa", "Lan")]
    assert (digest(filled), less.hash != full.hash) == (before, True)


def test_taking_an_exclusion_back_restores_the_snapshot_and_both_decisions_stay(filled, now):
    full, first = freeze(filled).hash, keys(filled)[0]
    exclude(filled, [first], why="Bịa", by="Lan", now=now)
    assert exclude(filled, [first], why="Bịa", by="Lan", now=now) == []
    assert include(filled, [first], why="Nhầm phiếu", by="Minh", now=now) == [first]
    assert freeze(filled).hash == full
    with Store.existing(filled.store_path) as store:
        assert exclusions(store) == {}


def test_an_exclusion_outlives_undoing_the_batch_and_importing_the_file_again(
    study, kobo, respond, now
):
    file = kobo([respond(n) for n in range(1, 6)])
    import_files(study, [file], now=now)
    first = keys(study)[0]
    exclude(study, [first], why="Bịa", by="Lan", now=now)
    undo_batch(study, "1", now=now)
    assert freeze(study).excluded == ()
    import_files(study, [file], now=now)
    assert (freeze(study).rows, [one.key for one in freeze(study).excluded]) == (4, [first])


def test_unknown_interviews_and_missing_reasons_are_all_told_and_nothing_is_decided(filled, now):
    first = keys(filled)[0]
    with pytest.raises(StudyError) as caught:
        exclude(filled, [first, first[:-1] + "x", "zzz"], why="Bịa", by="Lan", now=now)
    lines = caught.value.text().splitlines()
    assert lines[0].startswith(f"No accepted interview is '{first[:-1]}x'. Did you mean '")
    assert lines[1].startswith("No accepted interview is 'zzz'.")
    with pytest.raises(StudyError) as caught:
        exclude(filled, [first], why=" ", by="", now=now)
    assert caught.value.text().splitlines() == [
        "--why: It is empty. Say what is wrong with the interviews: reports print it.",
        "--by: It is empty. Say who decides.",
    ]
    assert len(keys(filled)) == 20


def test_commands_show_the_report_and_take_interviews_out_and_back(filled):
    first = keys(filled)[0]

    def run(*args):
        answer = CliRunner().invoke(main, [*args, "--format", "json"])
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)

    folder = str(filled.folder)
    assert run("quality", folder)["interviews"] == 20
    done = run("exclude", folder, first, "--why", "Bịa", "--by", "Lan")
    assert done == {"event": "excluded", "records": [first]}
    shown = run("quality", folder)
    assert (shown["interviews"], shown["excluded"]) == (19, {"Bịa": 1})
    run("exclude", folder, f"uuid:{first}", "--why", "Nhầm", "--by", "Lan", "--undo")
    assert run("quality", folder)["interviews"] == 20


def test_a_file_that_the_settings_name_and_that_is_not_there_is_told_with_its_place(filled):
    text = (filled.folder / "study.yaml").read_text(encoding="utf-8")
    text = text.replace("sample: {}", "sample: {dispositions: sample/none.xlsx}")
    (filled.folder / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        fieldwork_report(type(filled).open(filled.folder))
    assert caught.value.text() == (
        "study.yaml, sample.dispositions: there is no file 'sample/none.xlsx'. "
        "Put it there, or correct the path, which begins at the study's folder."
    )


def test_a_report_counts_what_was_taken_out_and_says_why(filled, now):
    from analysis.analyze import analyze
    from analysis.errors import AnalysisError

    everything = analyze(filled, today=now().date())
    assert "excluded" not in everything.responses
    exclude(filled, keys(filled)[:2], why="Phiếu bịa", by="Lan", now=now)
    made = analyze(filled, today=now().date())
    counts = {name: made.responses[name] for name in ("accepted", "excluded", "base")}
    assert counts == {"accepted": 20, "excluded": 2, "base": 18}
    told = "2 interviews were taken out of the analysis by a person: Phiếu bịa"
    assert told in [one.text() for one in made.warnings]
    assert made.provenance.snapshot != everything.provenance.snapshot
    exclude(filled, keys(filled), why="Tất cả", by="Lan", now=now)
    with pytest.raises(AnalysisError, match="has no accepted responses"):
        analyze(filled, today=now().date())
