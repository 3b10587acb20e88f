"""A report is a draft until a list is gone through; what is released can be verified for good."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from reports.cli import main
from reports.release_register import find, releases
from survey.study import Study

WAIVED = ("--waive", "keys=Minh họa", "--waive", "cuts=Minh họa")
WHY = "Đơn vị 12 gửi lại số liệu."


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], prog_name="hieuluat")


@pytest.fixture(scope="module")
def study(simulated, tmp_path_factory) -> Path:
    """A small simulated study with a release, and a public one that takes its place."""
    folder = tmp_path_factory.mktemp("released")
    shutil.copytree(simulated, folder / "study")
    for name, *more in (
        ("first",),
        ("second", "--supersedes", "minh_hoa_ha_noi-1", "--reason", WHY, "--audience", "public"),
    ):
        done = run("release", folder / "study", "-o", folder / name, "--by", "Lan",
                   "--today", "2026-11-24", *WAIVED, *more)  # fmt: skip
        assert done.exit_code == 0, done.output
    return folder / "study"


@pytest.fixture
def copy(study, tmp_path) -> Path:
    return shutil.copytree(study, tmp_path / "study")


def test_a_report_that_fails_a_check_stays_a_draft_and_says_so_on_every_page(study, tmp_path):
    done = run("release", study, "-o", tmp_path, "--by", "Lan", "--today", "2026-11-24",
               "--language", "en")  # fmt: skip
    assert done.exit_code == 1
    assert "keys: NOT OK. A lawyer has reviewed the keys. 49 keys are not reviewed." in done.output
    assert "journal: ok." in done.output
    assert done.output.endswith(f"Not released. The draft is in {tmp_path}.\n")
    assert len(releases(Study.open(study))) == 2
    assert '<p class="stamp" role="note">DỰ THẢO; ' in (tmp_path / "report.html").read_text()
    book = CalamineWorkbook.from_path(tmp_path / "report.en.xlsx")
    for name in book.sheet_names:
        assert book.get_sheet_by_name(name).to_python()[1][0].startswith("DRAFT; SIMULATED DATA")


def test_a_release_is_kept_with_its_list_hashes_and_head_and_stands_in_the_journal(study):
    first, second = releases(Study.open(study))
    assert (first.id, first.version, first.by) == ("minh_hoa_ha_noi-1", 1, "Lan")
    states = {one["id"]: (one["state"], one["reason"]) for one in first.checks}
    assert states["keys"] == ("waived", "Minh họa")
    assert {state for name, (state, _) in states.items() if name not in {"keys", "cuts"}} == {"ok"}
    assert second.previous == first.hash
    assert set(first.files) >= {"report.html", "report.en.pdf", "report.docx", "result.json"}
    told = run("journal", study, "--format", "json").output
    assert [json.loads(one["detail"])["sha256"] for one in json.loads(told)
            if one["event"] == "released"] == [first.hash, second.hash]  # fmt: skip


def test_a_superseding_report_opens_with_what_it_corrects_and_why(study):
    page = (study / "reports/minh_hoa_ha_noi-2/report.html").read_text(encoding="utf-8")
    assert "Bản phát hành minh_hoa_ha_noi-2, bản công khai; SỐ LIỆU MÔ PHỎNG" in page
    assert page.index("Thông báo đính chính") < page.index("Kết luận")
    assert "thay thế bản phát hành minh_hoa_ha_noi-1 ngày 24/11/2026" in page
    assert f"Lý do: {WHY}" in page


def test_a_public_edition_is_rounded_and_holds_no_count_of_the_forces(study):
    document = json.loads((study / "reports/minh_hoa_ha_noi-2/result.json").read_text())
    assert {one["n"] % 10 for one in document["estimates"]} == {0}
    assert all(one["estimate"] is None or round(one["estimate"], 3) == one["estimate"]
               for one in document["estimates"])  # fmt: skip
    secret = [one for one in document["targets"] if one["target"] in {"T2.1", "T2.4"}]
    assert secret
    assert not any(one["count"] or one["rates"] or one["by_force"] for one in secret)


def test_a_public_draft_is_safe_beside_releases_and_is_derived_anew(study, tmp_path):
    done = run("report", study, "-o", tmp_path, "--public", "--to", "html", "--today", "2026-11-24",
               "--language", "en")  # fmt: skip
    assert done.exit_code == 0, done.output
    document = json.loads((tmp_path / "result.json").read_text())
    assert {one["n"] % 10 for one in document["estimates"]} == {0}
    assert document["standing"]["audience"] == "public"
    done = run("verify", tmp_path, "--study", study, "--language", "en")
    assert done.exit_code == 0, done.output


@pytest.mark.heavy
def test_a_release_whose_place_was_taken_matches_and_says_so(study):
    done = run("verify", study / "reports/minh_hoa_ha_noi-1", "--format", "json")
    found = json.loads(done.output)
    assert found["differences"] == []
    assert found["doubts"] == ["Bản phát hành minh_hoa_ha_noi-2 đã thay thế bản này."]
    assert done.exit_code == 1


def test_an_untouched_release_is_derived_anew_from_wherever_it_was_copied(study):
    done = run("verify", study.parent / "second" / "report.pdf", "--language", "en")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("It still matches: ")


def test_every_kind_of_tampering_is_told_in_its_own_sentence(copy):
    released = copy / "reports/minh_hoa_ha_noi-2"
    page = released / "report.html"
    page.write_text(page.read_text(encoding="utf-8").replace("%", "% ", 1), encoding="utf-8")
    result = released / "result.json"
    document = json.loads(result.read_text(encoding="utf-8"))
    document["targets"][0]["threshold"] = 0.123
    document["provenance"]["version"] = "0.0.1"
    result.write_text(json.dumps(document), encoding="utf-8")
    settings = copy / "study.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n# Đã sửa\n", encoding="utf-8")
    undone = run("undo", copy, 1)
    assert undone.exit_code == 0, undone.output
    done = run("verify", released, "--language", "en")
    assert done.exit_code == 1
    for sentence in (
        "report.html was changed after it was written: its hash is another.",
        "result.json was changed after it was written: its hash is another.",
        "It rests on batches that were undone since: 1.",
        "The settings or a table of the study were changed since.",
        "It was written by version 0.0.1 of the program; this is version 0.1.0.",
        "targets[0].threshold: printed 0.123, derived ",
        "It does not match: 5 doubts, 1 differences among ",
    ):
        assert sentence in done.output


def test_a_register_or_snapshot_that_was_touched_is_found(copy):
    study = Study.open(copy)
    record = copy / "reports/0001.json"
    record.write_text(record.read_text(encoding="utf-8").replace("Lan", "Mai"), encoding="utf-8")
    for one in copy.glob("snapshots/*.parquet"):
        one.unlink()
    done = run("verify", copy / "reports/minh_hoa_ha_noi-2", "--language", "en")
    assert done.exit_code == 1
    snapshot = find(study, "minh_hoa_ha_noi-2").snapshot[:12]
    assert f"The snapshot {snapshot} on which it rests is not there any more" in done.output
    assert "a record does not follow from the one before it" in done.output
    first = run("verify", copy / "reports/minh_hoa_ha_noi-1", "--language", "en").output
    assert "The journal has no entry of this release as the register tells it." in first


def test_a_request_that_lacks_names_or_reasons_is_refused_with_all_of_it(study, tmp_path):
    done = run("release", study, "-o", tmp_path, "--by", " ", "--supersedes", "minh_hoa_ha_noi-1",
               "--waive", "key=x", "--waive", "cuts", "--language", "en")  # fmt: skip
    assert done.exit_code == 1
    for sentence in (
        "--by: It is empty. Say who releases the report.",
        "A report that takes the place of another says which and why.",
        "--waive: There is no check 'key'. Did you mean 'keys'?",
        "'cuts' is waived without a reason. Write --waive cuts=REASON.",
    ):
        assert sentence in done.output
    unknown = run("release", study, "-o", tmp_path, "--by", "Lan", "--supersedes", "x-9",
                  "--reason", "y", "--language", "en")  # fmt: skip
    assert "No release is 'x-9'. Releases of this study: minh_hoa_ha_noi-1" in unknown.output


def test_a_report_without_its_study_beside_it_asks_for_it(tmp_path):
    (tmp_path / "report.html").write_text("x")
    done = run("verify", tmp_path / "report.html", "--language", "en")
    assert done.exit_code == 1
    assert "The study that it rests on is not beside it. Name it with --study." in done.output
