"""A study's cut comes from its judges, frozen before the answers, or the analysis is refused."""

import json
from copy import deepcopy
from datetime import datetime

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from scipy import special

from analysis.analyze import analyze
from analysis.errors import AnalysisError
from analysis.study_standards import frozen_standards
from reports.cli import main
from survey.journal import read_journal
from survey.study import Study
from tests.analysis.test_analyze import KNOWLEDGE, SETTINGS, TODAY, founded
from tests.analysis.test_study_awareness import knowing, with_cut

FILE = "standards/knowledge.yaml"
ITEMS = KNOWLEDGE[:4]
RATINGS = np.array([[0.5, 0.6, 0.7, 0.4], [0.6, 0.7, 0.6, 0.5], [0.4, 0.5, 0.8, 0.5]])


def document(**more) -> dict:
    said = [{"judge": f"j{at}", "ratings": dict(zip(ITEMS, row.tolist(), strict=True))}
            for at, row in enumerate(RATINGS)]  # fmt: skip
    return {"method": "angoff", "items": ITEMS, "judgements": said, "status": "panel",
            "descriptors": {"aware": {"vi": "Biết ai cấp giấy tờ.", "en": "Knows who issues papers."}},
            **more}  # fmt: skip


def settings() -> dict:
    made = deepcopy(SETTINGS)
    made["standards"] = {"knowledge": FILE}
    return made


def put(study: Study, **more) -> None:
    path = study.folder / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(document(**more), allow_unicode=True), encoding="utf-8")


def run(*arguments: object):
    return CliRunner().invoke(main, [str(one) for one in arguments], prog_name="hieuluat")


def judged(folder, *, freeze: bool = True, plan: dict | None = None, **more) -> Study:
    """A study whose standard was written, and frozen where asked, before its answers came."""

    def before(study: Study) -> None:
        put(study, **more)
        if freeze:
            done = run("plan-analysis", study.folder, "--by", "Lan", "--format", "json")
            assert done.exit_code == 0, done.output

    return founded(
        folder, data=knowing(), settings=settings(), plan=plan or with_cut(), before=before
    )


@pytest.fixture(scope="module")
def panel(tmp_path_factory) -> Study:
    return judged(tmp_path_factory.mktemp("panel"))


@pytest.fixture(scope="module")
def analysis(panel):
    return analyze(panel, today=TODAY)


def test_the_cut_is_the_panel_s_and_its_error_enters_the_interval(analysis):
    judges = RATINGS.mean(axis=1)
    (standard,) = analysis.standards
    assert standard.cut == pytest.approx(judges.mean())
    assert standard.se == pytest.approx(judges.std(ddof=1) / np.sqrt(3))
    assert (standard.items, standard.rounds[0].judges) == (4, 3)
    estimate = analysis.targets[0].estimate
    assert estimate.budget.cut > 0
    assert analysis.cuts["aware"]["knowledge"] == pytest.approx(judges.mean())
    assert analysis.latent.traits[0].cut_status == "panel"


def test_the_descriptors_and_the_day_of_freezing_travel_with_the_result(analysis):
    (standard,) = analysis.standards
    assert standard.descriptors["aware"]["en"] == "Knows who issues papers."
    assert datetime.fromisoformat(standard.frozen_at)
    assert len(standard.hash) == 64


def test_the_share_answers_to_the_cut_by_one_and_two_errors(analysis):
    (standard,) = analysis.standards
    assert [one.errors for one in standard.sensitivity] == [-2, -1, 0, 1, 2]
    shares = [one.share for one in standard.sensitivity]
    assert shares == sorted(shares, reverse=True)
    assert shares[2] == pytest.approx(analysis.targets[0].estimate.estimate)


def test_the_plan_that_was_fixed_is_still_the_one_that_is_printed(panel, analysis):
    proposed = panel.plan.indicators[0].cuts[0]
    assert proposed.at_least == 0.6
    assert analysis.provenance.plan == analyze(panel, today=TODAY).provenance.plan
    (entry,) = [one for one in read_journal(panel) if one.event == "standard_frozen"]
    assert json.loads(entry.detail)["sha256"] == analysis.standards[0].hash


def test_an_adopted_cut_is_a_constant_with_a_line_of_what_doubt_would_make_of_it(tmp_path):
    study = judged(
        tmp_path, status="adopted", cut=2.4, decision="12/QĐ-STP", adopted_on="2026-08-01"
    )
    found = analyze(study, today=TODAY)
    (standard,) = found.standards
    assert (standard.cut, standard.se) == (pytest.approx(0.6), 0.0)
    assert found.targets[0].estimate.budget.cut is None
    assert len(standard.sensitivity) == 5


def test_a_bookmark_is_carried_to_points_through_its_booklet(tmp_path):
    booklet = [{"item": one, "difficulty": b, "slope": 1.3}
               for one, b in zip(ITEMS, (-1.0, -0.3, 0.4, 1.2), strict=True)]  # fmt: skip
    pages = [{"judge": f"j{at}", "page": page} for at, page in enumerate((2, 3, 3))]
    study = judged(tmp_path, method="bookmark", booklet=booklet, judgements=pages)
    (found,) = frozen_standards(study, first_interview=None)
    theta = found.standard.cut
    expected = np.mean([special.expit(1.3 * (theta - one["difficulty"])) for one in booklet])
    assert found.report.cut == pytest.approx(expected)
    moved = np.mean([special.expit(1.3 * (theta + 1e-4 - one["difficulty"])) for one in booklet])
    assert found.report.se == pytest.approx(found.standard.se * (moved - expected) / 1e-4, rel=1e-3)


def test_a_standard_that_was_not_frozen_before_the_answers_is_refused(tmp_path):
    study = judged(tmp_path, freeze=False)
    with pytest.raises(AnalysisError, match="was not frozen before the first answers"):
        analyze(study, today=TODAY)
    late = run("plan-analysis", study.folder, "--by", "Lan", "--language", "en")
    assert late.exit_code == 1
    assert "a standard that is frozen after that proves nothing." in late.stderr


def test_a_standard_that_was_changed_since_is_refused(panel, tmp_path):
    path = panel.folder / FILE
    kept = path.read_text(encoding="utf-8")
    try:
        put(panel, descriptors={"aware": {"en": "Less.", "vi": "Ít hơn."}})
        with pytest.raises(AnalysisError, match="are not those that were frozen"):
            frozen_standards(panel, first_interview=None)
    finally:
        path.write_text(kept, encoding="utf-8")


def test_a_cut_that_was_adopted_after_the_first_interview_is_refused(tmp_path):
    study = judged(tmp_path, status="adopted", decision="12/QĐ-STP", adopted_on="2026-11-01")
    with pytest.raises(AnalysisError, match="A cut is adopted before the data are seen"):
        analyze(study, today=TODAY)


def test_items_and_dimensions_that_there_are_not_are_refused_by_name(tmp_path):
    def before(study: Study) -> None:
        put(study, items=["k1", "k9"], judgements=[
            {"judge": f"j{at}", "ratings": {"k1": 0.5, "k9": 0.6}} for at in range(2)])  # fmt: skip
        done = run("plan-analysis", study.folder, "--by", "Lan", "--language", "en")
        assert done.exit_code == 1
        assert "'k9' is no scored item of 'knowledge'." in done.stderr

    founded(tmp_path, data=knowing(20), settings=settings(), plan=with_cut(), before=before)
