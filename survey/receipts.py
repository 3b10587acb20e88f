"""Receipt codes: by one, a person asks for their own answers to be deleted, and nobody else can.

A code is not stored anywhere: it follows from the record and the study's secret. Twelve signs of
Crockford's base 32, without letters that look like digits, carry 60 bits.
"""

import csv
import hmac
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from survey.database import reading
from survey.durable import write_whole
from survey.schema import standing
from survey.store import Store
from survey.study import Study
from survey.tables import neutral

_FILE = "secret.key"
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011", "- ")
_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The code of an accepted record."""

    instrument: str
    key: str
    code: str


def secret_of(study: Study) -> bytes:
    """The study's secret, made at the first need in a file that only its owner may read."""
    path = study.folder / _FILE
    if not path.exists():
        write_whole(path, _write_secret)
    return bytes.fromhex(path.read_text(encoding="ascii"))


def receipt_code(secret: bytes, *, instrument: str, key: str) -> str:
    """The code of a record, such as ``7QK2-M0ZD-XW4R``."""
    tag = hmac.digest(secret, f"receipt\n{instrument}\n{key}".encode(), "sha256")
    number = int.from_bytes(tag[:8], "big")
    signs = "".join(_SIGNS[number >> 5 * at & 31] for at in range(_LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, _LENGTH, 4))


def as_given(code: str) -> str:
    """A code as people write it, compared with `receipt_code` without its hyphens."""
    return code.strip().upper().translate(_LOOKALIKES)


def receipts(study: Study) -> Iterator[Receipt]:
    """The code of every accepted record, by instrument and key."""
    secret = secret_of(study)
    question = (
        select(standing.c.instrument, standing.c.key)
        .where(standing.c.status == "accepted")
        .order_by(standing.c.instrument, standing.c.key)
    )
    with Store.existing(study.store_path) as store:
        if store is None:
            return
        with reading(store.engine) as connection:
            for instrument, key in connection.execute(question):
                code = receipt_code(secret, instrument=instrument, key=key)
                yield Receipt(instrument=instrument, key=key, code=code)


def write_receipts(study: Study, path: Path) -> int:
    """Write the codes as a CSV file for its owner alone; how many there are."""
    found = list(receipts(study))

    def write(place: Path) -> None:
        place.touch(mode=0o600)
        with place.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["_instrument", "_record", "receipt"])
            writer.writerows([neutral(one.instrument), neutral(one.key), one.code] for one in found)

    write_whole(path, write)
    return len(found)


def record_of_code(study: Study, code: str) -> Receipt | None:
    """The accepted record whose code this is."""
    wanted = as_given(code).encode()
    for one in receipts(study):
        if hmac.compare_digest(one.code.replace("-", "").encode(), wanted):
            return one
    return None


def _write_secret(path: Path) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(32))
