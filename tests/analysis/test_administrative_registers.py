"""Registers: persons counted once, leavers on neither side, and what each reading counts."""

import json
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from analysis.administrative import count, shares_at, yearly_rates
from analysis.administrative_figures import administrative_figures
from analysis.administrative_registers import count_registers, numerators_of
from analysis.administrative_targets import count_outcome, rate_outcome
from analysis.errors import AnalysisError
from analysis.readings import default_way
from instruments.library import find
from instruments.load import load_plan
from instruments.plan import Phase
from reports.cli import main
from survey.errors import ImportRejected, StudyError
from survey.founding import new_study
from survey.readings import HANOI
from survey.registers.layout import COMPLETIONS, POSTS, UNITS, VIOLATIONS, books
from survey.registers.model import Completion, Post, Return, Unit
from survey.registers.pseudonyms import pseudonym
from survey.registers.received import check_return, receive, received, withdraw
from survey.settings import RegisterTerms
from survey.study import Study

TODAY = date(2026, 11, 24)
PHASE = Phase(id="P2", label={"vi": "2"}, begins=date(2025, 1, 1), ends=date(2027, 12, 31))
REQUIRED = frozenset({"luat", "nghiep_vu"})


@pytest.fixture(scope="module")
def plan():
    return load_plan(find("hanoi_1371"))


@pytest.fixture
def study(tmp_path) -> Study:
    made = new_study(tmp_path / "study")
    text = (made.folder / "study.yaml").read_text(encoding="utf-8")
    text += "registers:\n  T4: {required: [luat, nghiep_vu]}\n"
    (made.folder / "study.yaml").write_text(text, encoding="utf-8")
    return Study.open(made.folder)


def now() -> datetime:
    return datetime(2026, 7, 5, 8, tzinfo=HANOI)


def unit(code: str, *, reported: date | None = date(2026, 7, 5), **more) -> Unit:
    return Unit(**{"target": "T4", "unit": code, "force": "", "as_of": date(2026, 6, 30),
                   "due_on": date(2026, 7, 10), "reported_on": reported, "in_post": None,
                   "source": "Sổ"} | more)  # fmt: skip


def post(person: str, code: str = "u1", since=date(2024, 1, 1), until=None) -> Post:
    return Post(target="T4", unit=code, person=person, role="", since=since, until=until)


def done(person: str, *contents: str, on=date(2026, 3, 1), course="k1") -> Completion:
    return Completion(person=person, course=course, contents=contents, completed_on=on)


def counted(plan, *returns: Return, numerator="phase_all"):
    figures = count_registers(
        returns, plan=plan, terms={"T4": RegisterTerms(required=tuple(REQUIRED))}
    )
    rows = shares_at(figures, target="T4", phase="P2", today=TODAY)
    return count(rows, numerator=numerator, today=TODAY)


def test_one_course_with_all_contents_counts_and_attending_twice_counts_once(plan):
    both = done("a", "luat", "nghiep_vu")
    got = counted(plan, Return(units=(unit("u1"),), posts=(post("a"), post("b")),
                               completions=(both, both, done("b", "luat"))))  # fmt: skip
    assert (got.numerator, got.denominator) == (1, 2)


def test_a_double_role_is_one_person_in_the_unit_of_the_oldest_post(plan):
    reporter, mediator = post("a", "u2"), post("a", "u1", since=date(2025, 5, 1))
    given = Return(units=(unit("u1"), unit("u2")), posts=(reporter, mediator, post("b", "u1")),
                   completions=(done("a", "luat", "nghiep_vu"),))  # fmt: skip
    figures = count_registers([given], plan=plan, terms={"T4": RegisterTerms(required=("luat",))})
    assert {one.unit: one.denominator for one in figures.shares} == {"u1": 1, "u2": 1}
    assert (counted(plan, given).numerator, counted(plan, given).denominator) == (1, 2)


def test_leavers_and_newcomers_are_on_neither_side(plan):
    gone = post("gone", until=date(2026, 6, 29))
    last_day = post("last", until=date(2026, 6, 30))
    later = post("new", since=date(2026, 7, 1))
    trained = tuple(done(name, "luat", "nghiep_vu") for name in ("gone", "last", "new"))
    got = counted(plan, Return(units=(unit("u1"),), posts=(gone, last_day, later),
                               completions=trained))  # fmt: skip
    assert (got.numerator, got.denominator) == (1, 1)


def test_each_reading_counts_what_its_words_say():
    def has(*courses):
        told = numerators_of(courses, required=REQUIRED, phase=PHASE, as_of=date(2026, 6, 30))
        return {name for name, one in told.items() if one}

    whole = ("luat", "nghiep_vu")
    assert has(done("a", *whole)) == {
        "phase_all",
        "phase_across",
        "phase_any",
        "year_all",
        "ever_all",
    }
    assert has(done("a", *whole, on=date(2025, 3, 1))) == {
        "phase_all", "phase_across", "phase_any", "ever_all",
    }  # fmt: skip
    assert has(done("a", *whole, on=date(2024, 3, 1))) == {"ever_all"}
    assert has(done("a", "luat"), done("a", "nghiep_vu")) == {"phase_across", "phase_any"}
    assert has(done("a", "khac")) == set()
    assert has(done("a", *whole, on=date(2026, 7, 1))) == set()


DAYS = st.dates(date(2023, 1, 1), date(2027, 1, 1))
COURSES = st.lists(st.builds(
    Completion, person=st.just("a"), course=st.just("k"), completed_on=DAYS,
    contents=st.lists(st.sampled_from(["luat", "nghiep_vu", "khac"]), unique=True).map(tuple),
), max_size=5)  # fmt: skip


@given(COURSES)
def test_narrower_readings_never_count_whom_wider_ones_do_not(courses):
    told = numerators_of(courses, required=REQUIRED, phase=PHASE, as_of=date(2026, 6, 30))
    for narrow, wide in [("year_all", "phase_all"), ("phase_all", "phase_across"),
                         ("phase_across", "phase_any"), ("phase_all", "ever_all")]:  # fmt: skip
        assert told[narrow] <= told[wide]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["u1", "u2", "u3"]),
                          DAYS, st.none() | DAYS), max_size=25))  # fmt: skip
def test_the_pool_counts_every_person_in_post_exactly_once(rows):
    posts = tuple(post(who, code, since=since, until=until) for who, code, since, until in rows)
    given_ = Return(units=tuple(unit(code) for code in ("u1", "u2", "u3")), posts=posts)
    plan = load_plan(find("hanoi_1371"))
    figures = count_registers([given_], plan=plan, terms={"T4": RegisterTerms(required=("luat",))})
    there = {one.person for one in posts if one.held_on(date(2026, 6, 30))}
    assert sum(one.denominator or 0 for one in figures.shares) == len(there)


def test_a_silent_unit_leaves_bounds_and_a_later_return_replaces_an_earlier_one(plan):
    first = Return(units=(unit("u1"), unit("u2", reported=None, in_post=2)), posts=(post("a"),),
                   completions=(done("a", "luat", "nghiep_vu"),))  # fmt: skip
    got = counted(plan, first)
    assert (got.low, got.high, got.outstanding) == (pytest.approx(1 / 3), 1, 2)
    second = Return(units=(unit("u2"),), posts=(post("b", "u2"), post("c", "u2")))
    again = counted(plan, first, second)
    assert (again.numerator, again.denominator, again.units_reporting) == (1, 3, 2)


def test_required_contents_that_nobody_named_are_asked_for(plan):
    with pytest.raises(AnalysisError) as caught:
        count_registers([Return(units=(unit("u1"),))], plan=plan, terms={})
    assert caught.value.text() == (
        "study.yaml, registers.T4: the contents that the target requires are not named. "
        "Write 'registers: {T4: {required: [noi_dung_1, noi_dung_2]}}' with their codes."
    )


def fill(study: Study, name: str, **sheets):
    path = study.folder.parent / name
    book = openpyxl.load_workbook(study.folder / "administrative" / "templates" / name)
    for title, rows in sheets.items():
        for row in rows:
            book[title.replace("_", " ")].append(row)
    book.save(path)
    return path


def t4(study: Study):
    return fill(
        study, "T4.xlsx",
        Đơn_vị=[["T4", "X01", None, "30/06/2026", "10/07/2026", "05/07/2026", None, "Sổ X01"],
                ["T4", "X02", None, "2026-06-30", None, None, "3", "Sổ X02"]],
        Người_làm_nhiệm_vụ=[["T4", "X01", "CB-0007", "hòa giải viên", "01/02/2024", None],
                            ["T4", "X01", "cb-0007 ", "báo cáo viên", "01/05/2025", None],
                            ["T4", "X01", "CB-0008", None, "01/05/2025", None]],
        Nội_dung_đã_hoàn_thành=[["CB-0007", "K1", "luat; nghiep_vu", "03/03/2026"]],
    )  # fmt: skip


def test_new_writes_a_template_for_every_administrative_target(study, plan):
    folder = study.folder / "administrative" / "templates"
    assert sorted(path.name for path in folder.iterdir()) == sorted(books(plan))
    assert sorted(books(plan)) == ["T2.1.xlsx", "T2.4.xlsx", "T3.xlsx", "T4.xlsx"]
    sheets = openpyxl.load_workbook(folder / "T4.xlsx")
    assert sheets.sheetnames == [
        "Hướng dẫn",
        "Đơn vị",
        "Người làm nhiệm vụ",
        "Nội dung đã hoàn thành",
    ]
    for layout in (UNITS, POSTS, COMPLETIONS):
        heads = [cell.value for cell in sheets[layout.title["vi"]][1]]
        assert heads == [one.heading["vi"] for one in layout.fields]
    rates = openpyxl.load_workbook(folder / "T2.4.xlsx")
    assert rates.sheetnames == ["Hướng dẫn", VIOLATIONS.title["vi"]]


def test_a_filled_template_becomes_the_count_that_targets_are_judged_by(study):
    kept = receive(study, [t4(study)], by="Lan", now=now)
    assert (kept.number, len(kept.content.posts)) == (1, 3)
    figures = administrative_figures(study)
    got = count(figures.shares, numerator="phase_all", today=TODAY)
    assert (got.numerator, got.denominator, got.outstanding) == (1, 2, 3)
    assert (got.units_reporting, got.units_total, got.late) == (1, 2, 0)


def test_no_code_of_a_person_is_stored_anywhere_in_the_study(study):
    receive(study, [t4(study)], by="", now=now)
    stored = b"".join(path.read_bytes() for path in study.folder.rglob("*") if path.is_file())
    assert b"cb-000" not in stored.lower()
    assert (study.folder / "administrative" / "person.key").stat().st_mode & 0o077 == 0


def test_pseudonyms_are_equal_for_one_person_and_unlinkable_under_another_key():
    assert pseudonym(" CB-0007", key=b"k") == pseudonym("cb-0007", key=b"k")
    assert pseudonym("CB-0007", key=b"k") != pseudonym("CB-0008", key=b"k")
    assert pseudonym("CB-0007", key=b"k") != pseudonym("CB-0007", key=b"l")


def test_a_return_is_checked_without_being_stored_and_can_be_withdrawn(study):
    before = sorted(study.folder.rglob("*"))
    check_return(study, [t4(study)])
    assert sorted(study.folder.rglob("*")) == before
    receive(study, [t4(study)], by="Lan", now=now)
    withdraw(study, 1, by="Lan", now=now)
    assert [one.withdrawn for one in received(study)] == [True]
    assert administrative_figures(study) is None
    with pytest.raises(StudyError) as caught:
        withdraw(study, 1, by="Lan", now=now)
    assert "There is no return 1 that counts. Returns that count: -." in caught.value.text()


def test_every_bad_cell_of_every_sheet_is_told_at_once(study):
    path = fill(
        study, "T4.xlsx",
        Đơn_vị=[["T44", "X01", None, "31/06/2026", None, "05/07/2026", None, "Sổ"],
                ["T4", "X02", "Dân quan", "30/06/2026", None, "01/06/2026", None, None],
                ["T4", "X02", None, "30/06/2026", None, "05/07/2026", None, "Sổ"]],
        Người_làm_nhiệm_vụ=[["T4", "X09", "CB-1", None, "01/05/2025", "01/04/2025"]],
        Nội_dung_đã_hoàn_thành=[[None, "K1", "luat", "hôm qua"]],
    )  # fmt: skip
    with pytest.raises(ImportRejected) as caught:
        check_return(study, [path])
    units = "T4.xlsx, sheet 'Đơn vị', line"
    people = "T4.xlsx, sheet 'Người làm nhiệm vụ', line 2, column"
    courses = "T4.xlsx, sheet 'Nội dung đã hoàn thành', line 2, column"
    assert caught.value.text().splitlines() == [
        f"{units} 2, column 'Ngày chốt số liệu': '31/06/2026' is not a date. "
        "Write it as day/month/year, such as 30/06/2026.",
        f"{units} 2, column 'Ngày chốt số liệu': this day lies in no phase of the plan.",
        f"{units} 2, column 'Mục tiêu': 'T44' is not known here. Did you mean 'T4'?",
        f"{units} 3, column 'Ngày báo cáo': the report is dated before the day that it describes.",
        f"{units} 3, column 'Lực lượng': 'Dân quan' is not known here. "
        "Did you mean 'Dân quân tự vệ'?",
        f"{units} 3, column 'Nguồn': the cell is empty. Fill it in.",
        f"{people} 'Đến ngày': the last day lies before the first.",
        f"{courses} 'Mã người': the cell is empty. Fill it in.",
        f"{courses} 'Ngày hoàn thành': 'hôm qua' is not a date. "
        "Write it as day/month/year, such as 30/06/2026.",
        f"{units} 4: unit 'X02' stands here again for the same target and time; it is already in "
        "line 3. Keep one of the two rows.",
        f"{people} 'Mã đơn vị': unit 'X09' has not reported on T4, but persons of it are listed. "
        "Add the unit with its date of report to the sheet of units.",
    ]


def t24(study: Study, *rows):
    return fill(study, "T2.4.xlsx", Vi_phạm=[["T2.4", *row, "Báo cáo"] for row in rows])


def test_violations_give_rates_of_events_and_of_persons_apart(study):
    rows = [("U1", None, "2024", "Vi phạm pháp luật", "6", "4", "1000", None, None, None),
            ("U1", None, "2024", "discipline", "10", "12", "1000", None, None, None),
            ("U1", None, "2025", "law", "3", "3", "1000", None, None, None),
            ("U1", None, "2025", "discipline", "9", "11", "1000", None, None, None)]  # fmt: skip
    receive(study, [t24(study, *rows)], by="", now=now)
    years = administrative_figures(study).years
    assert [r.per_thousand for r in yearly_rates(years).rates] == [16, 12]
    assert [r.per_thousand for r in yearly_rates(years, numerator="persons").rates] == [16, 14]
    assert [r.per_thousand for r in yearly_rates(years, kind="law").rates] == [6, 3]


def test_rates_alone_are_pooled_by_relative_strength_and_tell_no_counts(study):
    rows = [("U1", None, "2025", "law", None, None, None, "2,0", "1,0", "3"),
            ("U1", None, "2025", "discipline", None, None, None, "4", "4", "3"),
            ("U2", None, "2025", "law", None, None, None, "6", "5", "1"),
            ("U2", None, "2025", "discipline", None, None, None, "0", "0", "1")]  # fmt: skip
    receive(study, [t24(study, *rows)], by="", now=now)
    (law,) = yearly_rates(administrative_figures(study).years, kind="law").rates
    assert (law.per_thousand, law.events, law.strength) == (3, None, None)
    (pooled,) = yearly_rates(administrative_figures(study).years).rates
    assert pooled.per_thousand == pytest.approx((3 * 6 + 6) / 4)


def test_counts_of_some_units_and_rates_of_others_cannot_be_pooled(study):
    path = t24(study, ("U1", None, "2025", "law", "1", "1", "100", None, None, None),
               ("U2", None, "2025", "law", None, None, None, "6", "5", "1"),
               ("U3", None, "2025", "luat", "1", "1", "100", "6", None, None))  # fmt: skip
    with pytest.raises(ImportRejected) as caught:
        check_return(study, [path])
    place = "T2.4.xlsx, sheet 'Vi phạm', line"
    lines = caught.value.text().splitlines()
    assert (
        f"{place} 4, column 'Số vụ trên 1.000': the row gives counts and rates. "
        "Give events, persons and strength, or rates alone."
    ) in lines
    assert (
        f"{place} 3: some units of 2025 give counts, others rates. "
        "Give rates and relative strength of all units of a year, or counts of all."
    ) in lines


def test_csv_files_of_the_sheets_are_read_like_the_workbook(study, tmp_path):
    units, posts = tmp_path / "units.csv", tmp_path / "posts.csv"
    units.write_text("target,unit,as_of,reported_on,source\nT4,X01,2026-06-30,2026-07-01,Sổ\n",
                     encoding="utf-8")  # fmt: skip
    posts.write_text("target,unit,person,since\nT4,X01,CB-1,2024-02-01\n", encoding="utf-8")
    content = check_return(study, [units, posts])
    assert (len(content.units), len(content.posts)) == (1, 1)


def test_the_command_checks_stores_and_withdraws(study):
    def run(*args):
        answer = CliRunner().invoke(
            main, ["register", str(study.folder), *args, "--format", "json"]
        )
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)

    path = str(t4(study))
    assert run(path) == {"number": None, "units": 2, "posts": 3, "persons": 2, "completions": 1,
                         "violations": 0}  # fmt: skip
    assert run(path, "--yes")["number"] == 1
    assert run("--withdraw", "1") == {"withdrawn": 1}


def test_a_figure_in_the_file_of_counts_and_in_a_register_is_refused(study):
    receive(study, [t4(study)], by="", now=now)
    counts = study.folder / "administrative" / "counts.csv"
    counts.write_text(
        "target,phase,as_of,unit,numerator_phase_all,denominator,reported_on,source\n"
        "T4,P2,2026-06-30,X01,1,2,2026-07-05,Mẫu\n", encoding="utf-8",
    )  # fmt: skip
    text = (study.folder / "study.yaml").read_text(encoding="utf-8")
    (study.folder / "study.yaml").write_text(
        text + "administrative: administrative/counts.csv\n", encoding="utf-8"
    )
    with pytest.raises(AnalysisError) as caught:
        administrative_figures(Study.open(study.folder))
    assert caught.value.text() == (
        "administrative: T4, unit 'X01', 2026-06-30: the file of counts and the registers both "
        "give a figure. Take the row out of the file of counts, or withdraw the register."
    )


def test_a_plan_may_count_persons_in_place_of_events_and_contents_gathered_over_courses(
    study, plan
):
    rows = [("U1", None, str(year), kind, str(events), str(persons), "1000", None, None, None)
            for year, events, persons in ((2024, 8, 4), (2025, 6, 5))
            for kind in ("law", "discipline")]  # fmt: skip
    courses = [
        ["CB-0008", "K1", "luat", "01/02/2026"],
        ["CB-0008", "K2", "nghiep_vu", "01/03/2026"],
    ]
    fill_more = fill(study, "T4.xlsx", Đơn_vị=[
        ["T4", "X01", None, "30/06/2026", None, "05/07/2026", None, "Sổ"],
    ], Người_làm_nhiệm_vụ=[["T4", "X01", "CB-0008", None, "01/05/2025", None]],
        Nội_dung_đã_hoàn_thành=courses)  # fmt: skip
    receive(study, [fill_more, t24(study, *rows)], by="", now=now)
    figures = administrative_figures(study)
    phase = next(one for one in plan.phases if one.begins <= TODAY <= one.ends)
    target = {one.id: one for one in plan.targets}

    def taken(name: str, counts: str):
        way = replace(default_way(plan, target[name], phase=phase.id), counts=counts)
        judge = rate_outcome if name == "T2.4" else count_outcome
        return judge(figures, target[name], phase, way, today=TODAY)

    events, persons = taken("T2.4", "phase_all"), taken("T2.4", "persons")
    assert [rate.per_thousand for rate in events.rates] == [16, 12]
    assert [rate.per_thousand for rate in persons.rates] == [8, 10]
    assert {one.numerator for one in persons.series} == {"persons"}
    assert (events.verdict.word, persons.verdict.word) == ("at_target", "below_target")
    assert taken("T4", "phase_all").count.numerator == 0
    assert taken("T4", "phase_across").count.numerator == 1
