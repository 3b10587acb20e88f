"""One number for all accepted answers of a study, whatever files they came from.

Per record it covers the instance id, the form version and the value of every form path, repeats in
order; nothing that belongs to the source system, the file or the time of the import. A record
without an id counts by its answers alone, so that the same answers in another format agree.
"""

from survey.answers import Record, hash_of_set
from survey.store import Store
from survey.study import Study


def digest(study: Study) -> str:
    """SHA-256 over the accepted records in canonical order, in 64 hexadecimal digits."""
    with Store.existing(study.store_path) as store:
        return hash_of_set(() if store is None else map(_covered, store.accepted()))


def _covered(record: Record) -> list[object]:
    return [record.uuid or "", record.version, record.answers]
