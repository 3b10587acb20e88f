"""Tables written row by row, so that a study larger than memory can be."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

Line = Mapping[str, str | None]
Write = Callable[[Sequence[Line]], None]

_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_CODE = re.compile(r"[+-]?[\w.]+")


@contextmanager
def parquet(path: Path, names: Sequence[str]) -> Iterator[Write]:
    """Write a Parquet file of text columns."""
    import pyarrow as pa  # noqa: PLC0415 - CSV needs no pyarrow
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield lambda lines: writer.write_table(
            pa.table({name: [line.get(name) for line in lines] for name in names}, schema=schema)
        )


@contextmanager
def spreadsheet_csv(
    path: Path, names: Sequence[str], *, coded: Iterable[str] = ()
) -> Iterator[Write]:
    """Write a CSV file in which no cell is a formula; `coded` columns hold codes."""
    codes = frozenset(coded)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        yield lambda lines: writer.writerows(
            [neutral(line.get(name) or "", code=name in codes) for name in names] for line in lines
        )


def neutral(text: str, *, code: bool = False) -> str:
    """`text`, with an apostrophe before it where a spreadsheet would take it for a formula.

    Numbers stay as they are, and so do codes with a sign, such as -9.
    """
    if not text.lstrip(" \xa0").startswith(_ACTIVE):
        return text
    harmless = _NUMBER.fullmatch(text) or (code and _CODE.fullmatch(text))
    return text if harmless else f"'{text}"
