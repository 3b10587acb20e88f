"""Bad input through the command line: each refusal names place, value and cure, and writes nothing."""

import re
import shutil
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from reports.cli import main
from survey.founding import new_study
from tests.survey.conftest import FORM, kobo_lines, response, write_csv


def run(*arguments: object, language: str = "en") -> Result:
    return CliRunner().invoke(main, [*map(str, arguments), "--language", language])


def written(folder: Path) -> dict[str, str]:
    """Every file below a folder, by the hash of its bytes."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def refused(folder: Path, *arguments: object) -> str:
    """What is said on standard error, alone; the folder stays as it was, in both languages."""
    before = written(folder)
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    vietnamese = run(*arguments, language="vi")
    assert vietnamese.exit_code == 1
    assert vietnamese.stderr not in ("", result.stderr)
    assert written(folder) == before
    return result.stderr.removesuffix("\n")


# Files of responses ------------------------------------------------------------------------------


@pytest.fixture
def study(tmp_path: Path) -> Path:
    form = tmp_path / "nhan_thuc.yaml"
    form.write_text(FORM, encoding="utf-8")
    return new_study(tmp_path / "study", instruments=[str(form)]).folder


Rows = list[list[str]]
RESPONSES = kobo_lines([response(1), response(2), response(3)])


def renamed(rows: Rows) -> Rows:
    return [["gioi_tin" if cell == "ca_nhan/gioi_tinh" else cell for cell in row] for row in rows]


def without_an_id(rows: Rows) -> Rows:
    at = rows[0].index("_uuid")
    return [[*row[:at], "", *row[at + 1 :]] if n == 2 else row for n, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        (
            renamed, [],
            "responses.csv: Columns are unsettled: 1; nothing was stored. Settle them in a file "
            "for --mapping, each on its line: 'heading: form path', 'heading: _uuid' where it "
            "numbers the records, or 'heading: null' to leave it out.\n"
            "responses.csv: Column 'gioi_tin' belongs to no question of the form. "
            "Did you mean 'ca_nhan/gioi_tinh'?",
        ),
        (
            without_an_id, [],
            "responses.csv: Column '_uuid' identifies the records, but is empty in 1 of 3: rows 2. "
            "Fill it, or leave it out with --mapping ('_uuid: null'): records are then known by "
            "all their cells.",
        ),
        (
            lambda rows: rows, ["--delimiter", "tab"],
            "responses.csv: 'tab' divides the heading into 1 column(s), and 100% of the lines "
            "alike. ';' divides it into 27 columns: leave the delimiter out, or give this one.",
        ),
    ],
    ids=["unsettled column", "id column partly empty", "wrong forced delimiter"],
)  # fmt: skip
def test_a_table_that_does_not_fit_the_form_is_refused_whole(
    study: Path, tmp_path: Path, change: Callable[[Rows], Rows], options: list[str], said: str
) -> None:
    file = write_csv(tmp_path / "responses.csv", change(RESPONSES))
    assert refused(study, "import", study, file, "--yes", *options) == said


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "empty.csv", b"",
            "empty.csv: The file is empty. Export it again, and look whether there are records to "
            "export.",
        ),
        (
            "blank.csv", b"\n \r\n",
            "blank.csv: The file is empty. Export it again, and look whether there are records to "
            "export.",
        ),
        (
            "letter.pdf", b"%PDF-1.7 ...",
            "letter.pdf: This is a PDF document, not a table. "
            "Export the responses as CSV or Excel.",
        ),
        (
            "letter.csv", "Kính gửi quý cơ quan\nXin gửi kết quả\n".encode(),
            "letter.csv: This is no table: the heading line has a single column whichever of "
            ", ; tab | divides it. Give a file whose first line names the columns.",
        ),
        (
            "login.xls", b"<html><title>Login</title></html>",
            "login.xls: This is a web page ('Login'), not a table. The download was probably "
            "refused: log in again and repeat the export.",
        ),
    ],
    ids=["empty", "blank", "PDF", "letter", "web page"],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused(
    study: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert refused(study, "import", study, file, "--yes") == said


def test_a_wrong_code_keeps_only_its_own_row_apart(study: Path, tmp_path: Path) -> None:
    rows = kobo_lines([response(1), response(2, gioi_tinh="x"), response(3)])
    result = run("import", study, write_csv(tmp_path / "responses.csv", rows), "--yes")
    assert result.exit_code == 0
    assert "3 rows: 2 accepted, 1 quarantined, 0 known already." in result.stdout
    assert (
        "row 2, 'ca_nhan/gioi_tinh', value 'x': 'x' is not an option of this question."
        in result.stdout.splitlines()
    )


# Definitions -------------------------------------------------------------------------------------

SHORT = """\
kind: instrument
id: f
version: "1"
title: {vi: "Phiếu"}
languages: [vi]
items:
  - id: k1
    type: single
    label: {vi: "Câu một"}
    options: [{code: co, label: {vi: "Có"}}, {code: khong, label: {vi: "Không"}}]
  - id: k2
    type: text
    label: {vi: "Câu hai"}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "code: khong", "code: no",
            "form.yaml, line 10, items.k1.options[2].code: no without quotation marks is not read "
            'as a text. Write "no".',
        ),
        (
            "id: k2", "id: k1",
            "form.yaml, line 11, items.k1.id: The item 'k1' exists already: form.yaml, line 7, "
            "items.k1.id. Give each item its own id.",
        ),
        (
            'label: {vi: "Câu một"}', 'label: {vi: "Câu một"}\n    key: khongg',
            "form.yaml, line 10, items.k1.key: The key 'khongg' is no option. "
            "Did you mean 'khong'?",
        ),
    ],
    ids=["no as a code", "duplicate item id", "key that is not an option"],
)  # fmt: skip
def test_a_definition_that_does_not_hold_founds_no_study(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in SHORT
    form = tmp_path / "form.yaml"
    form.write_text(SHORT.replace(old, new), encoding="utf-8")
    assert refused(tmp_path, "check", form) == said
    assert refused(tmp_path, "new", tmp_path / "study", "--instrument", form) == said
    assert not (tmp_path / "study").exists()


# Margins, weights, strata of a study -------------------------------------------------------------


@pytest.fixture(scope="module")
def made(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated study that was analyzed once."""
    folder = Path(shutil.copytree(simulated, tmp_path_factory.mktemp("made") / "study"))
    assert run("analyze", folder, "--today", "2026-11-24").exit_code == 0
    return folder


@pytest.fixture
def analyzed(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "study"))


def report(study: Path) -> str:
    """What refuses the report; neither the study nor a page is written."""
    said = refused(study.parent, "report", study, "-o", study.parent / "out")
    assert not (study.parent / "out").exists()
    return said


YOUNG_MEN = re.compile(r'    - \{sex: nam, age: "18-29", share: ([\d.]+)\}\n')
OTHER_MEN = re.compile(r'(    - \{sex: nam, age: "30-44", share: )([\d.]+)\}')


def settings(study: Path, change: Callable[[str], str]) -> None:
    path = study / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(change(text), encoding="utf-8")


def test_a_margin_that_lacks_a_category_of_the_respondents_is_refused(analyzed: Path) -> None:
    def merged(text: str) -> str:
        young = YOUNG_MEN.search(text)
        assert young is not None
        return OTHER_MEN.sub(
            lambda other: f"{other[1]}{float(other[2]) + float(young[1])!r}}}",
            text.replace(young[0], ""),
        )

    settings(analyzed, merged)
    said = report(analyzed)
    assert re.fullmatch(
        r"study\.yaml, weighting, margin 'sex\.age': \d+ respondents are in category 'nam × 18-29', "
        r"for which there is no target\. Its categories: nam × 30-44, nam × 45-59, nam × 60\+, "
        r"nu × 18-29, nu × 30-44, nu × 45-59, nu × 60\+\. Add the category with its total, or "
        r"recode these respondents\.",
        said,
    ), said


def test_a_margin_whose_shares_do_not_sum_to_one_is_refused(analyzed: Path) -> None:
    share = YOUNG_MEN.search((analyzed / "study.yaml").read_text(encoding="utf-8"))
    assert share is not None
    settings(analyzed, lambda text: text.replace(share[0], ""))
    assert report(analyzed) == (
        f"study.yaml, population.margins, sex.age: the shares sum to {1 - float(share[1]):.10g}, "
        "not to 1. Give every category its share of the same base."
    )


def points(study: Path, **cells: str) -> str:
    """Change cells of one sampled point; its code."""
    path = study / "sample/points.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column, value in cells.items():
        table.loc[1, column] = value
    path.write_text(table.to_csv(index=False), encoding="utf-8")
    return str(table.loc[1, "point"])


@pytest.mark.parametrize("weight", ["0", "-2.5"])
def test_a_weight_that_is_not_above_zero_is_refused_once_with_its_point(
    analyzed: Path, weight: str
) -> None:
    point = points(analyzed, weight=weight)
    assert report(analyzed) == (
        f"sample/points.csv, 'weight', point '{point}': the weight {weight} is not above 0. "
        "A design weight is one over the probability of selection; correct it."
    )


def test_a_lonely_psu_is_refused_with_its_stratum(analyzed: Path) -> None:
    points(analyzed, stratum="alone")
    assert report(analyzed) == (
        "design.strata: stratum 'alone' has only one PSU, so its variance cannot be estimated. "
        "Either join it with a similar stratum, or set `lonely_psu` to certainty (it was taken "
        "with certainty), remove (it adds nothing), adjust (centre it at the mean of all PSUs) or "
        "average (give it the mean variance of the other strata)."
    )


# The same in a SPEC, on data without a study -----------------------------------------------------

DATA = pd.DataFrame({
    "y": [1, 0, 1, 1, 0, 1], "w": [10, 20, 15, 10, 30, 15], "h": ["a", "a", "a", "b", "b", "b"],
    "sex": ["m", "f", "m", "f", "m", "f"],
})  # fmt: skip
SPEC = """\
data: data.csv
design: {{weights: w, strata: [h]}}
calibrate: {calibrate}
estimates: [{{id: a, statistic: mean, of: y}}]
"""
SEX = "{{variables: [sex], totals: [{{sex: m, total: {men}}}, {{sex: f, total: {women}}}]}}"
STRATA = "{variables: [h], totals: [{h: a, total: 60}, {h: b, total: 60}]}"


def spec(folder: Path, calibrate: str, cells: Mapping[str, object]) -> Path:
    """A SPEC and its data, of which some cells of the second row are changed."""
    data = DATA.copy()
    for column, value in cells.items():
        data.loc[1, column] = value
    data.to_csv(folder / "data.csv", index=False)
    path = folder / "spec.yaml"
    path.write_text(SPEC.format(calibrate=calibrate), encoding="utf-8")
    return path


def raked(*margins: str) -> str:
    return f"[{{method: rake, margins: [{', '.join(margins)}]}}]"


@pytest.mark.parametrize(
    ("calibrate", "cells", "said"),
    [
        (
            raked("{variables: [sex], totals: [{sex: m, total: 100}]}"), {},
            "spec.yaml, line 3, calibrate, margin 'sex': 3 respondents are in category 'f', for which there is no "
            "target. Its categories: m. Add the category with its total, or recode these "
            "respondents.",
        ),
        (
            raked(SEX.format(men=50, women=50), STRATA), {},
            "spec.yaml, line 3, calibrate, margin 'h': its categories sum to 120, those of margin 'sex' to 100: no "
            "weights can meet both. All margins describe one population: correct the totals, or "
            "give each as shares of the same base.",
        ),
        (
            "[]", {"w": 0},
            "spec.yaml, line 2, design.weights: row 2, column 'w': the weight 0 is not above zero "
            "(1 such rows). A design weight is the inverse of a selection probability. Correct it, "
            "or remove rows that were not sampled; to look at a part of the sample use `where` or "
            "`by`.",
        ),
    ],
    ids=["missing category", "different totals", "weight of zero"],
)  # fmt: skip
def test_a_spec_is_refused_in_the_same_words(
    tmp_path: Path, calibrate: str, cells: Mapping[str, object], said: str
) -> None:
    assert refused(tmp_path, "estimate", spec(tmp_path, calibrate, cells)) == said


def test_a_spec_with_a_lonely_psu_refuses_what_rests_on_it(tmp_path: Path) -> None:
    given = spec(tmp_path, "[]", {"h": "alone"})
    before = written(tmp_path)
    result = run("estimate", given)
    assert result.exit_code == 1
    assert result.stdout == (
        "a: spec.yaml, line 2, design.strata: stratum 'alone' has only one PSU, so its variance "
        "cannot be estimated. Either join it with a similar stratum, or set `lonely_psu` to "
        "certainty (it was taken with certainty), remove (it adds nothing), adjust (centre it at "
        "the mean of all PSUs) or average (give it the mean variance of the other strata).\n"
    )
    assert written(tmp_path) == before


# Files and folders of the system -----------------------------------------------------------------


def test_a_folder_where_a_file_is_wanted_is_told_in_words(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for kind in ("xform", "html", "xlsform"):
        assert refused(tmp_path, "form", "residents", "--to", kind, "-o", out) == (
            f"{out}: This is a folder, and a file is wanted. Name a file in it."
        )


def test_a_name_that_no_disk_takes_is_told_in_words(tmp_path: Path) -> None:
    out = tmp_path / ("n" * 300)
    assert refused(tmp_path, "form", "residents", "--to", "xform", "-o", out) == (
        f"{out}: The name is too long. Choose a shorter one."
    )


def test_a_full_disk_is_told_in_words(tmp_path: Path) -> None:
    assert refused(tmp_path, "form", "residents", "--to", "html", "-o", "/dev/full") == (
        "The disk is full. Make room on it, then run the command again."
    )
