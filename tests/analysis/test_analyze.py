"""A small made-up study end to end: two dimensions, areas, margins, exposure, ages, two versions."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from analysis.analyze import analyze
from analysis.errors import AnalysisError
from analysis.serialise import as_json
from reports.cli import main
from survey.founding import new_study
from survey.imports import Reading, import_files
from survey.study import Study

TODAY = date(2026, 11, 24)
KNOWLEDGE, DISPOSITION = [f"k{i}" for i in range(1, 6)], [f"d{i}" for i in range(1, 4)]
UNITS = pd.DataFrame(
    {"code": ["u1", "u2", "u3", "u4"], "kind": ["huyen", "huyen", "quan", "quan"],
     "settlement": ["rural", "urban", "urban", "urban"]}
)  # fmt: skip


def item(name: str, kind: str = "single", **more) -> dict:
    return {"id": name, "type": kind, "label": {"vi": f"Câu {name}", "en": f"Item {name}"}} | more


def options(**codes: str | None) -> list[dict]:
    return [
        {"code": code, "label": {"vi": code, "en": code}} | ({"missing": cause} if cause else {})
        for code, cause in codes.items()
    ]


def questionnaire(version: str = "1", right: str = "a") -> dict:
    choices = options(a=None, b=None, kb="dont_know", tc="refused")
    scored = {"options": choices, "key": {right: 1, "ab".replace(right, ""): 0}}
    return {
        "kind": "instrument", "id": "residents", "version": version,
        "title": {"vi": "Phiếu", "en": "Form"}, "languages": ["vi", "en"],
        "interview_date": "day",
        "dimensions": [
            {"id": "knowledge", "label": {"vi": "Hiểu biết", "en": "Knowledge"}},
            {"id": "disposition", "label": {"vi": "Ý thức", "en": "Disposition"}},
        ],
        "items": [
            item("day", "date"), item("point", "text"), item("home", "text"),
            item("sex", options=options(m=None, f=None, tc="refused")),
            item("born", "integer"),
            *(item(name, dimension="knowledge", reviewed=False, **scored) for name in KNOWLEDGE),
            *(item(name, dimension="disposition", options=choices, key={"a": 1, "b": 0.5})
              for name in DISPOSITION),
            item("reached", "multiple", options=options(loa=None, zalo=None, kb="dont_know")),
        ],
    }  # fmt: skip


def area_list(area: str, name: str, column: str | None, *members: str, **more) -> dict:
    text = {"vi": name, "en": name}
    return {"area": area, "id": name, "label": text, "document": text, "valid_from": "2021-01-01",
            "column": column, "members": list(members)} | more  # fmt: skip


SETTINGS = {
    "wave": {"id": "1"},
    "sample": {"table": "sample.csv", "key": {"item": "point", "column": "point"},
               "weight": "weight", "strata": ["stratum"], "psu": ["point"]},
    "population": {
        "label": {"vi": "Người từ 18 tuổi", "en": "Adults"}, "age_from": 18, "age": "age",
        "residence": {"item": "home", "column": "code"}, "units": "units.csv",
        "areas": [area_list("suburban", "huyen", "kind", "huyen"),
                  area_list("key", "invented", None, "u2", "u3", fictitious=True)],
        "margins": [{"id": "sex", "variables": ["sex"], "source": "Census", "as_of": "2019-04-01",
                     "base": "18+",
                     "shares": [{"sex": "m", "share": 0.5}, {"sex": "f", "share": 0.5}]}],
        "wanted_margins": ["sex", "education"],
    },
    "variables": {
        "sex": {"label": {"vi": "Giới tính", "en": "Sex"}, "item": "sex"},
        "age": {"label": {"vi": "Tuổi", "en": "Age"}, "item": "born", "birth_year": True,
                "bands": [18, 30, 60]},
        "groups": {"label": {"vi": "Nhóm", "en": "Group"}, "areas": ["key", "suburban"]},
    },
    "weighting": {"margins": ["sex"]},
    "exposure": "reached",
}  # fmt: skip

PHASES = {"P2": {"level": 1.0, "basis": "share_of_target"}}
TEXT = {"vi": "x", "en": "x"}
PLAN = {
    "kind": "plan", "id": "small", "version": "1", "title": TEXT, "languages": ["vi", "en"],
    "phases": [{"id": "P2", "label": TEXT, "begins": "2025-01-01", "ends": "2027-12-31"}],
    "populations": [{"id": "adults", "label": TEXT, "age_from": 18, "instrument": "residents"}],
    "areas": [{"id": "key", "label": {"vi": "Trọng yếu", "en": "Key"}, "lists": ["designated"]},
              {"id": "suburban", "label": {"vi": "Ngoại thành", "en": "Suburban"},
               "lists": ["huyen"]}],
    "indicators": [{"id": "aware", "label": {"vi": "Có hiểu biết và ý thức", "en": "Aware"},
                    "joint": "both",
                    "cuts": [{"dimension": "knowledge", "at_least": 0.6, "source": TEXT},
                             {"dimension": "disposition", "at_least": 0.6, "source": TEXT}]}],
    "targets": [
        {"id": "T1a", "label": TEXT, "quote": TEXT, "population": "adults", "measure": "survey",
         "indicator": "aware", "final": 0.9, "phases": PHASES},
        {"id": "T1b", "label": TEXT, "quote": TEXT, "population": "adults", "measure": "survey",
         "indicator": "aware", "final": 0.7, "phases": PHASES, "parent": "T1a",
         "within": ["key", "suburban"]},
    ],
}  # fmt: skip


def answers(rows: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    point = np.arange(rows) % 24
    made = pd.DataFrame(
        {
            "day": "2026-10-05",
            "point": [f"P{one}" for one in point],
            "home": np.array(["u1", "u2", "u3", "u4"])[point % 4],
            "sex": rng.choice(["m", "f"], rows, p=[0.3, 0.7]),
            "born": rng.integers(1940, 2008, rows).astype(str),
        }
    )
    able = rng.random(rows)
    for name in KNOWLEDGE:
        made[name] = np.where(
            rng.random(rows) < 0.4 + 0.5 * able, "a", rng.choice(["b", "kb"], rows)
        )
    for name in DISPOSITION:
        made[name] = rng.choice(["a", "b", "tc"], rows, p=[0.8, 0.15, 0.05])
    made["reached"] = rng.choice(["loa", "loa zalo", "kb", ""], rows)
    made.loc[:2, "born"] = "2010"
    return made


def founded(
    folder: Path, *, data: pd.DataFrame | None = None, settings: dict | None = None,
    forms: tuple[dict, ...] = (), plan: dict = PLAN, reading: Reading | None = None,
    before: Callable[[Study], object] = lambda study: None,
) -> Study:  # fmt: skip
    forms = forms or (questionnaire(),)
    for name, definition in (("plan", plan), *((f["version"], f) for f in forms)):
        (folder / f"{name}.yaml").write_text(json.dumps(definition, ensure_ascii=False))
    named = tuple(str(folder / f"{one['version']}.yaml") for one in forms)
    study = new_study(folder / "study", plan=str(folder / "plan.yaml"), instruments=named)
    path = study.folder / "study.yaml"
    made = yaml.safe_load(path.read_text()) | deepcopy(settings or SETTINGS)
    path.write_text(json.dumps(made, ensure_ascii=False))
    UNITS.to_csv(study.folder / "units.csv", index=False)
    sample = pd.DataFrame({"point": [f"P{i}" for i in range(24)]})
    sample["weight"] = 100 + 10 * sample.index
    sample["stratum"] = np.where(sample.index % 4 < 2, "huyen", "quan")
    sample.to_csv(study.folder / "sample.csv", index=False)
    (answers() if data is None else data).to_csv(folder / "answers.csv", index=False)
    study = Study.open(study.folder)
    before(study)
    import_files(study, [folder / "answers.csv"], reading=reading or Reading(),
                 now=lambda: datetime(2026, 11, 24, tzinfo=UTC))  # fmt: skip
    return study


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    return analyze(founded(tmp_path_factory.mktemp("small")), today=TODAY)


def credit(row: pd.Series, names: list[str], worth: dict[str, float]) -> float:
    known = [row[name] for name in names if row[name] != "tc"]
    if len(known) < len(names) / 2:
        return np.nan
    return float(np.mean([worth.get(one, 0) for one in known]))


def by_hand() -> pd.DataFrame:
    """Adults with their raked weights and whether they pass, from the raw answers."""
    data = answers()
    data = data[2026 - data["born"].astype(int) >= 18].copy()
    data["w"] = 100.0 + 10 * data["point"].str[1:].astype(int)
    for sex in ("m", "f"):
        mine = data["sex"] == sex
        data.loc[mine, "w"] *= 0.5 / data.loc[mine, "w"].sum()
    knows = data.apply(credit, axis=1, names=KNOWLEDGE, worth={"a": 1})
    obeys = data.apply(credit, axis=1, names=DISPOSITION, worth={"a": 1, "b": 0.5})
    data["aware"] = (
        ((knows >= 0.6) & (obeys >= 0.6)).astype(float).where(knows.notna() & obeys.notna())
    )
    return data.dropna(subset="aware")


def found(analysis, of: str, **by: str):
    return next(one for one in analysis.estimates if (one.of, dict(one.by)) == (of, by))


def test_the_headline_is_the_weighted_share_of_adults_who_pass_both_cuts(analysis):
    data = by_hand()
    headline = found(analysis, "aware")
    assert headline.estimate == pytest.approx(np.average(data["aware"], weights=data["w"]))
    assert headline.n == len(data)
    assert analysis.targets[0].estimate == headline


def test_groups_are_estimated_in_their_order_and_named(analysis):
    data = by_hand()
    men = data[data["sex"] == "m"]
    assert found(analysis, "aware", sex="m").estimate == pytest.approx(
        np.average(men["aware"], weights=men["w"])
    )
    groups = [one.by["groups"] for one in analysis.estimates
              if one.of == "aware" and "groups" in one.by]  # fmt: skip
    assert groups == ["key+suburban", "key", "suburban", "rest"]
    names = next(one for one in analysis.domains if one.variable == "groups").levels
    assert names["key+suburban"] == {"vi": "Trọng yếu + Ngoại thành", "en": "Key + Suburban"}
    assert names["key"]["en"] == "Key only"
    ages = [one.by["age"] for one in analysis.estimates if one.of == "aware" and "age" in one.by]
    assert ages == ["18-29", "30-59", "60+"]


def test_each_cut_stands_by_itself_beside_the_joint_share(analysis):
    joint, alone = found(analysis, "aware"), found(analysis, "knowledge")
    assert alone.estimate >= joint.estimate
    assert {one.of for one in analysis.estimates} == {"aware", "knowledge", "disposition"}


def test_the_domain_of_the_second_target_joins_both_lists_and_has_a_floor(analysis):
    data = by_hand()
    inside = data["home"].isin(["u1", "u2", "u3"])
    domain = analysis.targets[1]
    assert domain.estimate.estimate == pytest.approx(
        np.average(data["aware"][inside], weights=data["w"][inside])
    )
    assert [one.by["areas"] for one in domain.parts] == ["key", "suburban"]
    assert 0 < domain.floor.share < 1


def test_reach_of_activities_and_awareness_of_the_reached(analysis):
    data = answers()
    data = data[2026 - data["born"].astype(int) >= 18]
    known = data["reached"].isin(["loa", "loa zalo"])
    reach = {one.level: one for one in analysis.exposure if one.level}
    assert set(reach) == {"loa", "zalo"}
    assert reach["loa"].estimate == 1
    assert reach["zalo"].n == known.sum()
    aware = [one for one in analysis.exposure if dict(one.by) == {"reached": "zalo"}]
    assert [one.of for one in aware] == ["aware"]


def test_weighting_counts_and_warnings_say_what_a_reader_must_know(analysis):
    assert analysis.weighting.missing_margins == ("education",)
    young = len(answers()) - (2026 - answers()["born"].astype(int) >= 18).sum()
    assert analysis.responses["outside_base"] == young
    assert analysis.responses["base"] == len(answers()) - young
    told = [one.text() for one in analysis.warnings]
    assert told[0] == ("The list 'invented' for 'Key' is fictitious, for demonstration only.")
    assert "No lawyer has reviewed the keys of 5 items: k1, k2, k3, k4, k5." in told
    assert told[-2:] == [
        "Few sampling units, so that intervals are uncertain themselves: "
        "Key + Suburban; Key only; Suburban only; Elsewhere.",
        "No analysis plan was fixed before the first answers: "
        "all but the targets themselves is marked exploratory.",
    ]
    assert analysis.provenance.fieldwork == (date(2026, 10, 5), date(2026, 10, 5))


def test_the_same_study_on_the_same_day_is_the_same_document(analysis, tmp_path):
    again = analyze(founded(tmp_path), today=TODAY)
    assert as_json(again) == as_json(analysis)


def test_the_settings_are_known_by_their_tables_too(analysis, tmp_path):
    study = founded(tmp_path)
    with (study.folder / "sample.csv").open("a") as stream:
        stream.write("P99,1,quan\n")
    changed_table = analyze(study, today=TODAY)
    assert changed_table.provenance.snapshot == analysis.provenance.snapshot
    assert changed_table.provenance.settings != analysis.provenance.settings


def test_each_answer_is_scored_by_the_version_it_was_given_to(tmp_path):
    data = answers()
    data["_version"] = np.where(np.arange(len(data)) < 120, "1", "2")
    study = founded(tmp_path, data=data, forms=(questionnaire(), questionnaire("2", right="b")))
    items = {one.of: one for one in analyze(study, today=TODAY).items}
    right = np.where(data["_version"] == "1", data["k1"] == "a", data["k1"] == "b")
    adults = (2026 - data["born"].astype(int) >= 18).to_numpy()
    weights = (100 + 10 * data["point"].str[1:].astype(int)).to_numpy(dtype=float)
    for sex in ("m", "f"):
        mine = adults & (data["sex"] == sex).to_numpy()
        weights[mine] *= 0.5 / weights[mine].sum()
    assert items["k1"].estimate == pytest.approx(np.average(right[adults], weights=weights[adults]))


def test_the_command_prints_the_same_document_or_a_line_for_each_target(analysis, tmp_path):
    folder = str(founded(tmp_path).folder)
    asked = ["analyze", folder, "--today", "2026-11-24"]
    run = CliRunner().invoke(main, [*asked, "--format", "json"])
    assert run.exit_code == 0
    assert json.loads(run.stdout) == json.loads(json.dumps(as_json(analysis)))
    lines = CliRunner().invoke(main, [*asked, "--language", "vi"]).stdout.splitlines()
    assert lines[0].startswith("T1a    P2   below_target")


def changed(**parts) -> dict:
    made = deepcopy(SETTINGS)
    for place, value in parts.items():
        *path, last = place.split("__")
        inner = made
        for step in path:
            inner = inner[step]
        inner[last] = value
    return made


def test_who_refused_a_grouping_question_is_in_no_group_and_keeps_a_weight(tmp_path):
    data = answers()
    data.loc[10:13, "sex"] = "tc"
    got = analyze(founded(tmp_path, data=data), today=TODAY)
    assert {one.by["sex"] for one in got.estimates if "sex" in one.by} == {"m", "f"}
    assert got.responses["base"] == len(data) - 3
    assert (
        "4 respondents have no known 'Item sex'; in weighting they are a category of their own."
        in [one.text() for one in got.warnings]
    )


def test_an_item_whose_law_begins_during_fieldwork_is_left_out_before_and_told(tmp_path):
    form = questionnaire()
    law = {"number": "1/2026/QH16", "article": "1", "valid_from": "2026-10-20"}
    next(one for one in form["items"] if one["id"] == "k1")["law"] = law
    data = answers()
    data.loc[100:, "day"] = "2026-10-21"
    got = analyze(founded(tmp_path, data=data, forms=(form,)), today=TODAY)
    early = 100 - 3
    assert (
        f"Item k1 was left out of the score of {early} respondents: no key or law was in force on "
        "the day of their interview."
    ) in [one.text() for one in got.warnings]
    items = {one.of: one for one in got.items}
    assert items["k1"].n == items["k2"].n - early


def test_a_document_with_a_number_that_is_not_finite_is_a_bug(analysis):
    broken = replace(analysis, estimates=(replace(analysis.estimates[0], se=float("nan")),))
    with pytest.raises(ValueError, match="nan"):
        as_json(broken)


def test_a_study_without_margins_areas_or_residence_still_answers(tmp_path):
    bare = changed(weighting={}, variables={}, exposure=None, sample={},
                   population={"label": {"vi": "Người dân", "en": "People"}})  # fmt: skip
    got = analyze(founded(tmp_path, settings=bare), today=TODAY)
    whole, domain = got.targets
    assert whole.estimate.n > 200
    assert domain.verdict.word == "no_data"
    told = [one.text() for one in got.warnings]
    assert "There are no design weights: every response counts alike." in told
    assert (
        "The plan speaks of people aged 18 and over; the study asks no ages, so everybody who "
        "answered counts."
    ) in told
    assert got.exposure == ()


def test_a_study_without_responses_says_how_to_import_some(tmp_path):
    study = founded(tmp_path, data=answers()[:0])
    with pytest.raises(AnalysisError, match=r"no accepted responses\. Import some with"):
        analyze(study, today=TODAY)


def test_a_table_that_is_not_there_is_named(tmp_path):
    study = founded(tmp_path)
    (study.folder / "sample.csv").unlink()
    with pytest.raises(AnalysisError) as caught:
        analyze(study, today=TODAY)
    assert caught.value.text() == (
        "study.yaml, sample.table: there is no file 'sample.csv'. "
        "Put it there, or correct the path, which begins at the study's folder."
    )


def test_a_stratum_with_one_unit_stops_the_analysis_and_is_named(tmp_path):
    study = founded(tmp_path)
    sample = pd.read_csv(study.folder / "sample.csv")
    sample.loc[0, "stratum"] = "alone"
    sample.to_csv(study.folder / "sample.csv", index=False)
    with pytest.raises(AnalysisError, match="stratum 'alone'"):
        analyze(study, today=TODAY)


def test_a_study_of_two_populations_judges_only_the_one_whose_answers_are_analysed(tmp_path):
    soldiers = {"id": "soldiers", "label": TEXT, "instrument": "forces"}
    test = {"id": "T2.2", "label": TEXT, "quote": TEXT, "population": "soldiers", "measure": "test",
            "indicator": "aware", "final": 1.0, "phases": PHASES}  # fmt: skip
    plan = PLAN | {"populations": [*PLAN["populations"], soldiers],
                   "targets": [*PLAN["targets"], test]}  # fmt: skip
    forms = (questionnaire(), questionnaire("2") | {"id": "forces"})
    study = founded(tmp_path, forms=forms, plan=plan, reading=Reading(instrument="residents"))
    words = {one.target: one.verdict.word for one in analyze(study, today=TODAY).targets}
    assert {one.id for one in study.instruments} == {"residents", "forces"}
    assert words["T1a"] != "no_data"
    assert words["T2.2"] == "no_data"
