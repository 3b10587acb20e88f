"""The commands as a user runs them: which files appear, what is said, and what is refused."""

import json
import shutil
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from reports import demonstration
from reports.cli import main
from reports.demonstration import open_demo
from reports.format import Formatter
from survey.errors import StudyError
from tests.reports.form_maker import FORM, SHEET


@pytest.fixture(scope="module")
def study(simulated, tmp_path_factory) -> Path:
    """A small simulated study of its own."""
    return Path(shutil.copytree(simulated, tmp_path_factory.mktemp("reported") / "study"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], prog_name="hieuluat")


@pytest.fixture(scope="module")
def report(study, tmp_path_factory) -> Path:
    """The report on it, in every format and language."""
    folder = tmp_path_factory.mktemp("report")
    done = run("report", study, "-o", folder, "--today", "2026-11-24")
    assert done.exit_code == 0, done.output
    return folder


def test_a_form_of_another_body_is_filled_from_a_study(study, tmp_path):
    out = tmp_path / "filled.xlsx"
    done = run("fill", FORM.parent / "mapping.yaml", "--study", study, "-o", out,
               "--today", "2026-11-24", "--language", "en")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.output == f"Written: {out}\n10 places filled.\n"
    page = load_workbook(out)[SHEET]
    assert page["C10"].value + page["C11"].value > 800


def test_sheets_of_a_variable_that_is_not_judged_are_refused(study, tmp_path):
    done = run("areas", study, "-o", tmp_path, "--by", "units", "--language", "en")
    assert done.exit_code == 1
    assert "--by: The areas of 'units' are not judged." in done.output


def test_report_writes_every_format_in_both_languages_and_the_numbers(report):
    assert sorted(path.name for path in report.iterdir()) == [
        "report.docx", "report.en.docx", "report.en.html", "report.en.pdf", "report.en.xlsx",
        "report.html", "report.pdf", "report.xlsx", "result.json",
    ]  # fmt: skip


def test_report_in_one_language_and_format_writes_just_that(study, tmp_path):
    done = run("report", study, "-o", tmp_path, "--to", "html", "--language", "en",
               "--today", "2026-11-24", "--format", "json")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "files": [str(tmp_path / "report.html"), str(tmp_path / "result.json")],
        "simulated": True,
    }
    assert '<html lang="en">' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_page_and_the_result_file_hold_the_same_estimates(report):
    result = json.loads((report / "result.json").read_text(encoding="utf-8"))
    page = unescape((report / "report.html").read_text(encoding="utf-8"))
    numbers = Formatter("vi")
    judged = [each for each in result["targets"] if each["estimate"] is not None]
    assert [each["target"] for each in judged] == ["T1a", "T1b"]
    for each in judged:
        estimate, level = each["estimate"], each["threshold"]
        shown = numbers.percent(estimate["estimate"], se=estimate["se"], against=level)
        limits = numbers.interval(tuple(estimate["ci"]), se=estimate["se"], against=level)
        assert f"{shown} <small>({limits})" in page


def test_everything_about_simulated_answers_is_stamped(report):
    result = json.loads((report / "result.json").read_text(encoding="utf-8"))
    assert result["provenance"]["simulated"] is True
    assert "SỐ LIỆU MÔ PHỎNG" in (report / "report.html").read_text(encoding="utf-8")
    assert "SIMULATED DATA" in (report / "report.en.html").read_text(encoding="utf-8")


def test_the_same_study_reports_in_the_same_bytes(study, report, tmp_path):
    run("report", study, "-o", tmp_path, "--language", "vi", "--today", "2026-11-24")
    first, again = (
        json.loads((folder / "result.json").read_text(encoding="utf-8"))
        for folder in (report, tmp_path)
    )
    written = again.pop("files")
    assert len(written) == 4
    assert written.items() <= first.pop("files").items()
    assert again == first
    for name in written:
        assert (report / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_after_the_deadline_the_page_says_met_or_not_met(study, tmp_path):
    run("report", study, "-o", tmp_path, "--to", "html", "--today", "2028-01-15")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    first_page = page.split('<div class="annex">')[0]
    assert "Chưa đạt (xác suất đạt: dưới 1%)." in first_page
    assert "chưa đến hạn" not in first_page


def test_an_unknown_format_is_refused_with_those_that_exist(study, tmp_path):
    done = run("report", study, "-o", tmp_path / "out", "--to", "html,odt")
    assert done.exit_code == 2
    assert "'odt' is not among html, pdf, docx, xlsx" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_study_is_refused_by_name(tmp_path):
    done = run("report", tmp_path, "-o", tmp_path / "out", "--language", "en")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{tmp_path}: This is not the folder of a study")


def test_the_demo_opens_its_own_study_again_and_refuses_any_other(study, tmp_path, monkeypatch):
    made = []

    def copied(folder: Path, *, seed: int, earlier: object) -> None:
        made.append(seed)
        shutil.copytree(study, folder)

    monkeypatch.setattr(demonstration, "build_demo", copied)
    monkeypatch.setattr(demonstration, "_publish_earlier", lambda result, *, seed: None)
    folder = tmp_path / "demo" / "study"
    first = open_demo(folder, seed=5)
    again = open_demo(folder, seed=5)
    assert made == [5]
    assert first.settings == again.settings
    with pytest.raises(StudyError, match=r"holds a demonstration with seed 5\. Choose another"):
        open_demo(folder, seed=6)
    (tmp_path / "other").mkdir()
    with pytest.raises(StudyError, match=r"not empty and holds no demonstration\. Choose another"):
        open_demo(tmp_path / "other", seed=5)


def test_a_demo_that_breaks_off_leaves_nothing_behind(tmp_path, monkeypatch):
    def breaks(folder: Path, *, seed: int, earlier: object) -> None:
        folder.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(demonstration, "build_demo", breaks)
    with pytest.raises(KeyboardInterrupt):
        open_demo(tmp_path / "study", seed=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.heavy
def test_demo_goes_from_nothing_to_the_page_and_says_where_it_is(tmp_path):
    done = run("demo", "-o", tmp_path / "demo", "--language", "en")
    assert done.exit_code == 0, done.output
    assert f"Open {tmp_path / 'demo' / 'report.html'} first" in done.stdout
    assert "All answers are simulated" in done.stdout
    assert (tmp_path / "demo" / "study" / "study.yaml").is_file()
    result = json.loads((tmp_path / "demo" / "result.json").read_text(encoding="utf-8"))
    (areas,) = result["areas"]
    assert areas["is_latent"]
    assert areas["is_planned"]
    assert areas["planned"] == 30
    whole = next(one for one in result["trends"] if not one["by"])
    (changed,) = whole["changes"]
    assert changed["difference"] is not None
    assert changed["anchors"] >= 20
    assert all(one["adjusted"] for one in result["contrasts"])
    earlier = tmp_path / "demo" / "study" / "earlier" / "2025-12"
    published = json.loads((earlier / "result.json").read_text(encoding="utf-8"))
    assert published["provenance"]["simulated"]
    assert (earlier / "study" / "store.db").exists()
