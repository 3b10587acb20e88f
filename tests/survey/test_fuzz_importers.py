"""For any bytes the answer is rows or one refusal: the corpus and shared exports, mutated.

What is plain Python is fuzzed in this process, where any other exception is a fault of a source;
what compiled code reads is fuzzed through the reading process, whose answer is always typed.
"""

import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.errors import ImportRejected
from survey.importers.recognise import read_table
from survey.importers.sources import SOURCES, parse_table
from survey.importers.table import Override

CORPUS = sorted(Path(__file__).with_name("corpus").iterdir())
COMPILED = (".xlsx", ".xls", ".sav", ".zsav", ".por", ".dta")
TEXTS = [path for path in CORPUS if path.suffix not in COMPILED]
BINARIES = [path for path in CORPUS if path.suffix in COMPILED]
TOKENS = [
    b"\0", b'"', b"\n", b"\r", b"\t", b";", b",", b"{", b"}", b"[", b"]", b"\xff\xfe", b"\xef\xbb\xbf",
    b"=1+1", b"1e999", b"NaN", b"31/02/2026", b"\xe2\x80\xae", b"PK\x03\x04", b"PK\x05\x06", b"sep=;\n",
    b"{question_not_shown}", b"___", b"redcap_repeat_instrument", b"KEY,PARENT_KEY", b'{"ImportId":',
    b"[1]/", b"\\ud800", b"\\u0000", "ệ".encode(), "e\u0323\u0302".encode(), b"\xb5\xd6", b"9" * 400,
    b"," * 3_000, b"[" * 3_000,
]  # fmt: skip
heavy = settings(max_examples=1_500, deadline=None, derandomize=True,
                 suppress_health_check=list(HealthCheck))  # fmt: skip
few = settings(heavy, max_examples=120)


@st.composite
def mutated(draw: st.DrawFn, seeds: list[Path]) -> bytes:
    """A seed with a few cuts, flips, insertions and splices from another seed."""
    content = bytearray(draw(st.sampled_from(seeds)).read_bytes())
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        match draw(st.sampled_from(["cut", "flip", "insert", "splice", "double"])):
            case "cut":
                del content[at : at + draw(st.integers(1, 2_000))]
            case "flip" if content:
                content[at] ^= draw(st.integers(1, 255))
            case "insert":
                content[at:at] = draw(st.sampled_from(TOKENS) | st.binary(max_size=20))
            case "splice":
                other = draw(st.sampled_from(seeds)).read_bytes()
                content[at:at] = other[: draw(st.integers(1, 500))]
            case _:
                content[at:at] = content[at : at + draw(st.integers(1, 500))]
    return bytes(content)


def gone_through(path: Path, **told) -> None:
    """Read every row in this process, or be refused."""
    with suppress(ImportRejected):
        for row in parse_table(path, told=Override(**told)).lines():
            assert all(isinstance(cell, str) for cell in row.cells)


@pytest.mark.heavy
@heavy
@given(content=mutated(TEXTS), name=st.sampled_from(["a.csv", "a.json", "a.csv.zip", "a.xls"]))
def test_no_text_archive_or_document_makes_a_source_fail(tmp_path_factory, content, name):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)
    gone_through(path)


@pytest.mark.heavy
@heavy
@given(content=mutated(TEXTS), kind=st.sampled_from([source.KIND for source in SOURCES]))
def test_no_source_fails_on_a_file_that_a_person_takes_for_its_own(tmp_path_factory, content, kind):
    path = tmp_path_factory.getbasetemp() / "taken_for.csv"
    path.write_bytes(content)
    gone_through(path, kind=kind)


def cost_of_reading(path: Path) -> tuple[float, int]:
    """Seconds and the most KiB that any reading process took; no such process is left behind."""
    begun = time.monotonic()
    with suppress(ImportRejected):
        list(read_table(path).rows())
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    return time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


@pytest.fixture(scope="module")
def reader():
    """A process whose only children read files: those of other tests count for nothing in it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.heavy
@few
@given(content=mutated(BINARIES) | st.binary(max_size=300))
def test_no_bytes_break_the_reading_process_or_its_limits(tmp_path_factory, reader, content):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(content)
    seconds, memory = reader.submit(cost_of_reading, path).result()
    assert seconds < 10
    assert 0 < memory < 512 * 1024


@pytest.mark.heavy
def test_no_stretch_missing_from_a_shared_export_makes_a_source_fail(shared, tmp_path):
    for source in sorted((shared / "exports").iterdir()):
        if source.is_dir() or source.suffix in COMPILED or source.stat().st_size < 100:
            continue
        content = source.read_bytes()
        path = tmp_path / source.name
        for part in range(1, 12):
            at = len(content) * part // 12
            for changed in (content[:at], content[at:], content[: at - 40] + content[at:]):
                path.write_bytes(changed)
                gone_through(path)
