"""Administrative counts: the file, its sums, and what silent units leave open."""

from datetime import date
from pathlib import Path

import pytest

from analysis.administrative import count, forces_of, shares_at, yearly_rates
from analysis.administrative_file import read_administrative
from analysis.errors import AnalysisError
from instruments.plan import Force, Phase, PhaseTarget, Plan, Population, Target

TODAY = date(2026, 11, 24)
HEADING = (
    "target,phase,as_of,unit,force,numerator_phase_all,numerator_phase_any,denominator,reported_on,due_on,"
    "source,year,kind,events,persons,average_strength"
)


def plan() -> Plan:
    def target(name: str, measure: str) -> Target:
        return Target(id=name, label={"en": name}, quote={"en": name}, population="people",
                      measure=measure, final=0.9, phases={"P2": PhaseTarget(level=1.0)})  # fmt: skip

    return Plan(
        kind="plan",
        id="p",
        version="1",
        title={"en": "P"},
        phases=(
            Phase(id="P2", label={"en": "2"}, begins=date(2025, 1, 1), ends=date(2027, 12, 31)),
        ),
        populations=(Population(id="people", label={"en": "people"}),),
        targets=(
            target("T1", "survey"),
            target("T3", "administrative_share"),
            target("T24", "administrative_rate"),
        ),
    )


def share(
    unit: str, have: object, some: object, of: object, day: str = "2026-07-05", **more
) -> str:
    row = dict.fromkeys(HEADING.split(","), "") | {
        "target": "T3", "phase": "P2", "as_of": "2026-06-30", "unit": unit, "force": "militia",
        "numerator_phase_all": have, "numerator_phase_any": some, "denominator": of, "reported_on": day,
        "due_on": "2026-07-10", "source": "Form 3",
    } | more  # fmt: skip
    return ",".join(str(cell) for cell in row.values())


def year(unit: str, when: int, kind: str, events: object, strength: object = 1000, **more) -> str:
    row = dict.fromkeys(HEADING.split(","), "") | {
        "target": "T24", "unit": unit, "force": "standing", "year": when, "kind": kind,
        "events": events, "persons": events, "average_strength": strength, "source": "Form 4",
    } | more  # fmt: skip
    return ",".join(str(cell) for cell in row.values())


def read(folder: Path, *rows: str, heading: str = HEADING):
    path = folder / "counts.csv"
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return read_administrative(path, plan=plan())


def counted(folder: Path, *rows: str, numerator: str = "phase_all", force: str = "pooled"):
    shares = shares_at(read(folder, *rows), target="T3", phase="P2", today=TODAY)
    return count(shares, numerator=numerator, today=TODAY, force=force)


def test_units_add_up_and_late_reports_are_counted(tmp_path):
    got = counted(tmp_path, share("u1", 80, 90, 100), share("u2", 45, 50, 50, day="2026-07-11"))
    assert (got.numerator, got.denominator, got.share) == (125, 150, pytest.approx(125 / 150))
    assert (got.low, got.high) == (got.share, got.share)
    assert (got.units_reporting, got.units_total, got.late) == (2, 2, 1)
    assert (got.as_of, got.source) == (date(2026, 6, 30), "Form 3")


def test_the_other_numerator_can_be_compared(tmp_path):
    assert counted(tmp_path, share("u1", 80, 90, 100), numerator="phase_any").numerator == 90


def test_a_silent_unit_bounds_the_share_by_its_strength(tmp_path):
    got = counted(tmp_path, share("u1", 80, 90, 100), share("u2", "", "", 100, day=""))
    assert (got.low, got.high, got.outstanding) == (0.4, 0.9, 100)
    assert (got.units_reporting, got.units_total) == (1, 2)


def test_a_silent_unit_of_unknown_strength_leaves_everything_possible(tmp_path):
    got = counted(tmp_path, share("u1", 80, 90, 100), share("u2", "", "", "", day=""))
    assert (got.low, got.high, got.outstanding) == (0.0, 1.0, None)


def test_a_report_dated_after_today_has_not_been_made(tmp_path):
    got = counted(tmp_path, share("u1", 80, 90, 100), share("u2", 9, 9, 100, day="2026-11-25"))
    assert (got.numerator, got.outstanding) == (80, 100)


def test_nobody_reporting_is_no_count(tmp_path):
    assert counted(tmp_path, share("u1", "", "", 100, day="")) is None


def test_the_newest_date_of_reference_is_taken(tmp_path):
    figures = read(
        tmp_path,
        share("u1", 70, 70, 100, as_of="2025-12-31"),
        share("u1", 80, 90, 100),
        share("u1", 99, 99, 100, as_of="2026-12-31"),
    )
    rows = shares_at(figures, target="T3", phase="P2", today=TODAY)
    assert [row.as_of for row in rows] == [date(2026, 6, 30)]


def test_each_force_is_counted_alone(tmp_path):
    rows = share("u1", 80, 90, 100), share("u1", 10, 10, 20, force="reserve")
    assert counted(tmp_path, *rows, force="reserve").denominator == 20
    assert counted(tmp_path, *rows).units_total == 1
    assert forces_of(read(tmp_path, *rows).shares) == ("militia", "reserve")


def test_rates_are_per_thousand_of_strength_counted_once_for_both_kinds(tmp_path):
    figures = read(
        tmp_path,
        year("u1", 2025, "law", 3), year("u1", 2025, "discipline", 7),
        year("u1", 2026, "law", 2), year("u1", 2026, "discipline", 4),
    )  # fmt: skip
    pooled, law = yearly_rates(figures.years), yearly_rates(figures.years, kind="law")
    assert [rate.per_thousand for rate in pooled.rates] == [10, 6]
    assert [rate.per_thousand for rate in law.rates] == [3, 2]
    assert [(rate.events, rate.strength) for rate in pooled.rates] == [(10, 1000), (6, 1000)]


def test_a_year_that_lacks_a_unit_has_no_rate_and_the_unit_is_named(tmp_path):
    figures = read(
        tmp_path,
        year("u1", 2025, "law", 3), year("u2", 2025, "law", 3),
        year("u1", 2026, "law", 2),
    )  # fmt: skip
    got = yearly_rates(figures.years, kind="law")
    assert [rate.year for rate in got.rates] == [2025]
    assert got.incomplete == {2026: ("u2",)}


def test_every_bad_cell_is_told_at_once_with_line_column_and_cure(tmp_path):
    with pytest.raises(AnalysisError) as caught:
        read(
            tmp_path,
            share("u1", 120, 130, 100),
            share("u2", -3, 5, 100),
            share("u3", 60, 50, 100, as_of="30/06/2026"),
            share("u4", "1.234", "", "2.000", phase="P9"),
            year("u5", 2025, "traffic", 3, strength=0),
            share("", 1, 1, 2, target="T33"),
        )
    assert caught.value.text().splitlines() == [
        "counts.csv, line 2, column 'numerator_phase_all': 120 of 100 persons is more than all. "
        "Count each person once (persons, not attendances), or correct the number in post.",
        "counts.csv, line 2, column 'numerator_phase_any': 130 of 100 persons is more than all. "
        "Count each person once (persons, not attendances), or correct the number in post.",
        "counts.csv, line 3, column 'numerator_phase_all': '-3' is not a whole number of at least 0. "
        "Write digits only, without separators of thousands.",
        "counts.csv, line 4, column 'as_of': '30/06/2026' is not a date. "
        "Write it as year-month-day, such as 2026-06-30.",
        "counts.csv, line 4, column 'numerator_phase_all': 60 persons are more than the 50 of column "
        "'numerator_phase_any'. Who is counted here is counted there as well.",
        "counts.csv, line 5, column 'phase': 'P9' is not known here. Use one of: P2.",
        "counts.csv, line 5, column 'numerator_phase_all': '1.234' is not a whole number of at least 0. "
        "Write digits only, without separators of thousands.",
        "counts.csv, line 5, column 'denominator': '2.000' is not a whole number of at least 0. "
        "Write digits only, without separators of thousands.",
        "counts.csv, line 6, column 'kind': 'traffic' is not known here. "
        "Use one of: law, discipline.",
        "counts.csv, line 6, column 'average_strength': '0' is not a number above 0. "
        "Write digits, without separators of thousands.",
        "counts.csv, line 7, column 'target': 'T33' is not known here. Did you mean 'T3'?",
    ]


def test_forces_are_known_by_the_plans_ids_and_labels_and_no_others(tmp_path):
    names = {"vi": "Dân quân tự vệ", "en": "Militia"}
    own = plan().model_copy(update={"forces": (Force(id="militia", label=names),)})
    path = tmp_path / "counts.csv"

    def forces(*given: str) -> list[str]:
        rows = [share(f"u{n}", 1, 1, 2, force=one) for n, one in enumerate(given)]
        path.write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
        return [one.force for one in read_administrative(path, plan=own).shares]

    assert forces("militia", "Dân quân tự vệ", "Militia", "") == ["militia"] * 3 + [""]
    with pytest.raises(AnalysisError) as caught:
        forces("Militai")
    assert caught.value.text() == (
        "counts.csv, line 2, column 'force': 'Militai' is not known here. Did you mean 'Militia'?"
    )


def test_a_target_that_a_survey_measures_takes_no_counts(tmp_path):
    with pytest.raises(AnalysisError, match="'T1' is not known here"):
        read(tmp_path, share("u1", 1, 1, 2, target="T1"))


def test_a_unit_that_stands_twice_is_refused_with_both_lines(tmp_path):
    with pytest.raises(AnalysisError) as caught:
        read(tmp_path, share("u1", 8, 9, 10), share("u2", 8, 9, 10), share("u1", 8, 9, 10))
    assert caught.value.text() == (
        "counts.csv, line 4: unit 'u1' stands here again for the same target and time; it is "
        "already in line 2. Keep one of the two rows."
    )


def test_law_and_discipline_of_one_unit_share_one_strength(tmp_path):
    with pytest.raises(AnalysisError, match="strength 1100 differs from 1000 in line 2"):
        read(tmp_path, year("u1", 2025, "law", 3), year("u1", 2025, "discipline", 7, 1100))


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(AnalysisError, match=r"counts.csv: there is no column 'reported_on'"):
        read(tmp_path, share("u1", 1, 1, 2), heading=HEADING.replace("reported_on", "report_date"))
