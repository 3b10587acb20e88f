"""Google Forms: the sheet of responses or the downloaded zip, headed by the questions' texts.

The first column is the time of the response; options that were ticked stand in one cell with commas
between; a grid gives a column for each of its rows, ``Question [Row]``.
"""

import re
from codecs import BOM_UTF8

from instruments.language import say
from survey.folding import fold
from survey.importers.headed import counter_columns, headed_table, headings_of
from survey.importers.table import Columns, Container, Contents, Evidence, Override, Table

KIND = "google"
CONTAINERS: frozenset[Container] = frozenset({"text", "archive", "workbook"})
_TIME = frozenset({"dau thoi gian", "timestamp"})
_SYSTEM = frozenset(
    {"dia chi email", "email address", "username", "ten nguoi dung", "diem so", "score",
     "total score", "tong diem"}
)  # fmt: skip
_QUIZ = re.compile(r".* \[(điểm số|điểm|score|phản hồi|feedback)\]", re.IGNORECASE)
_GRID = re.compile(r"(?P<question>.+?) ?\[(?P<row>[^\[\]]+)\]")


def recognise(contents: Contents) -> Evidence | None:
    """A file whose first column is the time of the response, as Google names it."""
    headings = headings_of(contents)
    if not headings or fold(headings[0]) not in _TIME or _saved_by_excel(contents):
        return None
    return Evidence(score=0.8, why=say("Its first column is '{name}', as in Google Forms.",
                                       name=headings[0]))  # fmt: skip


def _saved_by_excel(contents: Contents) -> bool:
    """Google writes UTF-8 without a mark and commas; anything else has gone through Excel."""
    if contents.container != "text":
        return False
    with contents.path.open("rb") as stream:
        marked = stream.read(3) == BOM_UTF8
    return marked or (contents.encoding, contents.delimiter) != ("utf-8", ",")


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records; what Google adds is told from the questions."""
    headings = headings_of(contents)
    times = frozenset(at for at, name in enumerate(headings) if fold(name) in _TIME)
    system = {at for at, name in enumerate(headings)
              if fold(name) in _SYSTEM or _QUIZ.fullmatch(name)}  # fmt: skip
    names = {at: _names(name) for at, name in enumerate(headings) if _GRID.fullmatch(name)}
    names |= dict.fromkeys(times, ("end",))
    columns = Columns(system=frozenset(system), serial=times, names=names,
                      counters=counter_columns(headings))  # fmt: skip
    return headed_table(contents, kind=KIND, evidence=evidence, columns=columns)


def _names(heading: str) -> tuple[str, ...]:
    """A grid's column by its row's text, within the grid's question or alone."""
    found = _GRID.fullmatch(heading)
    return () if found is None else (f"{found['question']}/{found['row']}", found["row"])
