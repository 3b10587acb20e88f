"""The commands `new`, `import`, `undo`, `digest` and `export` as outside programs call them."""

import json
from getpass import getuser

import pytest
from click.testing import CliRunner

from reports.cli import main


@pytest.fixture
def run():
    def invoke(*arguments: object, code: int = 0):
        answer = CliRunner().invoke(main, [str(one) for one in arguments])
        assert answer.exit_code == code, answer.output
        return answer

    return invoke


@pytest.fixture
def run_json(run):
    return lambda *arguments: json.loads(run(*arguments, "--format", "json").stdout)


def test_new_makes_a_study_and_says_what_is_next(run, run_json, tmp_path, form_file):
    made = run_json("new", tmp_path / "a", "--instrument", form_file)
    assert made["study"] == str(tmp_path / "a")
    assert made["instruments"][0].startswith("instruments/nhan_thuc-1-")
    said = run("new", tmp_path / "b", "--instrument", form_file, "--language", "vi").stdout
    assert said.startswith(f"Đã tạo {tmp_path / 'b'}.")


def test_import_prints_the_contracts_keys_and_stores_only_with_yes(run_json, study, kobo, respond):
    file = kobo([respond(1), respond(2, nam_sinh="2528"), respond(3, a1="1", a2="1", a3="1")])
    (checked,) = run_json("import", study.folder, file)
    assert list(checked) == ["file", "kind", "encoding", "delimiter", "rows", "accepted",
                             "quarantined", "duplicates", "flags", "problems", "batch"]  # fmt: skip
    assert checked["batch"] is None
    assert not study.store_path.exists()
    (stored,) = run_json("import", study.folder, file, "--yes")
    assert stored == checked | {"batch": "1"}
    (problem,) = stored["problems"]
    assert {key: problem[key] for key in ("row", "column", "value", "rule", "hint")} == {
        "row": 2, "column": "ca_nhan/nam_sinh", "value": "2528", "rule": "constraint",
        "hint": "1985",
    }  # fmt: skip
    assert [(one["row"], one["rule"]) for one in stored["flags"]] == [(3, "qc_straightline")]


def test_several_files_give_a_list_in_their_order(run_json, study, kobo, respond):
    files = [kobo([respond(n)], name=f"{n}.csv") for n in (1, 2)]
    assert [one["file"] for one in run_json("import", study.folder, *files)] == ["1.csv", "2.csv"]


def test_a_refused_file_exits_1_with_its_reason_on_standard_error_alone(run, study, tmp_path):
    page = tmp_path / "login.xls"
    page.write_text("<html><title>Login</title></html>", encoding="utf-8")
    answer = run("import", study.folder, page, "--yes", "--format", "json", "--language", "en",
                 code=1)  # fmt: skip
    assert answer.stdout == ""
    assert answer.stderr.startswith("login.xls: This is a web page ('Login'), not a table.")


def test_inspect_needs_no_study(run, run_json, kobo, respond):
    file = kobo([respond(1)])
    found = run_json("import", "--inspect", file)
    assert {**found, "columns": len(found["columns"])} == {
        "kind": "kobo", "encoding": "utf-8", "delimiter": ";", "rows": 1, "columns": 27,
    }  # fmt: skip
    assert "kind: kobo" in run("import", "--inspect", file).stdout


def test_import_for_people_names_the_kind_the_counts_and_each_problem(run, study, kobo, respond):
    file = kobo([respond(1), respond(2, nam_sinh="2528")])
    said = run("import", study.folder, file, "--language", "en").stdout.splitlines()
    assert said[0].startswith("kobo.csv: taken for kobo. It has KoboToolbox's own columns: _uuid")
    assert said[1:] == [
        "2 rows: 1 accepted, 1 quarantined, 0 known already.",
        "Nothing was stored; add --yes to store it.",
        "row 2, 'ca_nhan/nam_sinh', value '2528': Năm sinh từ 1920 đến 2008 Was '1985' meant?",
    ]
    assert "Stored as batch 1; 'hieuluat undo STUDY 1'" in run(
        "import", study.folder, file, "--yes", "--language", "en").stdout  # fmt: skip
    assert "Nothing in it is new" in run(
        "import", study.folder, file, "--yes", "--language", "en").stdout  # fmt: skip


def test_messages_are_in_the_language_of_the_study(run, study, kobo, respond):
    said = run("import", study.folder, kobo([respond(1)])).stdout
    assert "1 dòng: nhận 1, cách ly 0, đã có 0." in said


NO_STORE = "store.db: Không mở được kho dữ liệu (file is not a database)."
NO_ANSWERS = "cuộc khảo sát chưa có phiếu nào được nhận."


@pytest.mark.parametrize(
    ("command", "rest", "said"),
    [
        ("import", ["empty.csv"], "empty.csv: Tệp trống."),
        ("undo", ["1"], NO_STORE),
        ("digest", [], NO_STORE),
        ("export", ["-o", "out.csv"], NO_STORE),
        ("analyze", [], NO_ANSWERS),
        ("report", ["-o", "report.out"], NO_ANSWERS),
    ],
)
def test_refusals_are_in_the_language_of_the_study(run, study, tmp_path, command, rest, said):
    rest = [tmp_path / one if "." in one else one for one in rest]
    (tmp_path / "empty.csv").touch()
    if said == NO_STORE:
        study.store_path.write_text("this is no store, though it is long enough", encoding="utf-8")
    assert said in run(command, study.folder, *rest, code=1).stderr
    english = run(command, study.folder, *rest, "--language", "en", code=1).stderr
    assert said not in english


def test_a_broken_definition_is_told_in_the_language_of_the_study(run, study):
    (copy,) = (study.folder / "instruments").glob("nhan_thuc-*.json")
    copy.unlink()
    assert "Không có tệp này." in run("digest", study.folder, code=1).stderr


def test_mapping_and_delimiter_are_options(run, run_json, study, as_csv, tmp_path):
    file = as_csv([["Giới", "nam_sinh", "k1", "tranh_chap"], ["nu", "1970", "kb", "khong"]],
                  delimiter="|")  # fmt: skip
    refused = run("import", study.folder, file, "--language", "en", code=1).stderr
    assert "Column 'Giới' belongs to no question of the form." in refused
    mapping = tmp_path / "m.yaml"
    mapping.write_text("Giới: ca_nhan/gioi_tinh\n", encoding="utf-8")
    (report,) = run_json("import", study.folder, file, "--mapping", mapping)
    assert (report["accepted"], report["delimiter"]) == (1, "|")
    refused = run("import", study.folder, file, "--delimiter", ",", "--language", "en", code=1)
    assert "',' divides the heading into 1 column(s)" in refused.stderr


def test_undo_digest_and_export(run, run_json, study, kobo, respond, tmp_path):
    empty = run_json("digest", study.folder)["digest"]
    run("import", study.folder, kobo([respond(1)]), "--yes")
    filled = run_json("digest", study.folder)["digest"]
    assert len(filled) == 64
    assert filled != empty
    out = tmp_path / "out.csv"
    assert run_json("export", study.folder, "-o", out)["files"][0] == str(out)
    assert run_json("undo", study.folder, "1") == {"batch": "1", "rows": 1}
    assert run("digest", study.folder).stdout.strip() == empty
    assert "Batches that can be undone: -" in run(
        "undo", study.folder, "1", "--language", "en", code=1).stderr  # fmt: skip


def test_import_and_undo_tell_the_journal_who_did_them(run, run_json, study, kobo, respond):
    run("import", study.folder, kobo([respond(1)]), "--yes", "--by", "Nguyễn Thị Lan")
    run("undo", study.folder, "1", "--by", "Trần Văn Bình")
    run("import", study.folder, kobo([respond(1)]), "--yes")
    told = [(one["event"], one["who"]) for one in run_json("journal", study.folder)]
    assert told == [
        ("opened", "Nguyễn Thị Lan"), ("sealed", "Nguyễn Thị Lan"), ("undone", "Trần Văn Bình"),
        ("opened", getuser()), ("sealed", getuser()),
    ]  # fmt: skip


def test_a_command_without_study_or_file_is_a_usage_error(run, study):
    assert "Name a study and at least one file." in run("import", study.folder, code=2).stderr
