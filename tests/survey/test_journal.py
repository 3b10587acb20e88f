"""The journal: a chain in which no change goes unseen, of itself or of what it tells."""

import random

import pytest
from sqlalchemy import delete, insert, select, update

from survey.chain import NOTHING
from survey.database import writing
from survey.imports import import_files, undo_batch
from survey.journal import journal_head, read_journal, verify_journal
from survey.schema import batches, journal, quarantine, records, standing
from survey.store import Store


@pytest.fixture
def busy(study, kobo, respond, now):
    """A study with three batches, the second undone, and two rows in quarantine."""
    import_files(study, [kobo([respond(1), respond(2, k1="")], name="a.csv")], now=now, by="lan")
    import_files(study, [kobo([respond(3)], name="b.csv")], now=now)
    undo_batch(study, "2", now=now, by="minh")
    import_files(study, [kobo([respond(4), respond(5, k1="?")], name="c.csv")], now=now)
    return study


def meddle(study, statement) -> None:
    with Store.open(study.store_path) as store, writing(store.engine) as connection:
        connection.execute(statement)


def faults(study, printed=None) -> list[str]:
    return [one.text() for one in verify_journal(study, printed=printed).faults]


def test_the_journal_tells_what_was_done_and_by_whom(busy):
    told = [(one.event, one.batch, one.who) for one in read_journal(busy)]
    assert told == [
        ("opened", 1, "lan"), ("sealed", 1, "lan"), ("opened", 2, ""), ("sealed", 2, ""),
        ("undone", 2, "minh"), ("opened", 3, ""), ("sealed", 3, ""),
    ]  # fmt: skip


def test_an_untouched_store_agrees_with_its_journal(busy, study):
    verified = verify_journal(busy)
    assert (verified.entries, verified.faults) == (7, ())
    assert verified.head == journal_head(busy) == read_journal(busy)[-1].hash


def test_a_study_without_a_store_has_an_empty_journal(study):
    assert journal_head(study) == NOTHING
    assert verify_journal(study).faults == ()


def test_a_head_that_a_report_printed_is_found_again_while_the_study_goes_on(
    busy, kobo, respond, now
):
    printed = journal_head(busy)
    import_files(busy, [kobo([respond(9)], name="d.csv")], now=now)
    assert faults(busy, printed) == faults(busy, printed[:12].upper()) == []


def test_a_journal_that_was_cut_off_does_not_lead_to_the_printed_head(busy):
    printed = journal_head(busy)
    meddle(busy, delete(standing).where(standing.c.batch == 3))
    meddle(busy, update(batches).where(batches.c.id == 3).values(state="open"))
    meddle(busy, delete(journal).where(journal.c.id == 7))
    assert faults(busy) == []
    assert faults(busy, printed) == [
        f"The journal never had the head {printed}: entries were cut off or written anew since the "
        "report was printed, or it is the report of another study."
    ]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (update(journal).where(journal.c.id == 2).values(who="other"),
         "Journal entry 2 ('sealed', 2026-11-24T09:30:00+07:00) does not follow from the one before "
         "it: one of the two was changed, or one between them removed."),
        (update(batches).where(batches.c.id == 2).values(state="sealed"),
         "Batch 2 is 'sealed'; by the journal it is 'undone'."),
        (update(records).where(records.c.batch == 1).values(answers='{"kien_thuc/k1":"dung"}'),
         "Row 1 of batch 1 was changed."),
        (update(quarantine).where(quarantine.c.batch == 3).values(problems="[]"),
         "Row 2 of batch 3 was changed."),
        (delete(quarantine).where(quarantine.c.batch == 3),
         "Rows of batch 3 were added, removed or sealed anew."),
        (delete(standing).where(standing.c.status == "accepted", standing.c.batch == 1),
         "Row 1 of batch 1 should count, and does not."),
        (insert(standing).values(status="accepted", instrument="nhan_thuc", key="x", batch=2, row=1),
         "Row 1 of batch 2 counts, and should not."),
    ],
)  # fmt: skip
def test_every_meddling_is_told(busy, statement, told):
    meddle(busy, statement)
    assert told in faults(busy)


def test_no_random_change_of_any_cell_goes_unseen(busy):
    rng = random.Random(20261124)
    watched = [(table, column) for table in (journal, records, quarantine)
               for column in table.columns if column.name not in ("id", "row", "batch")]  # fmt: skip
    for _ in range(25):
        table, column = rng.choice(watched)
        with Store.open(busy.store_path) as store, writing(store.engine) as connection:
            lines = connection.execute(select(table)).all()
            line = rng.choice(lines)
            identity = [one == getattr(line, one.name) for one in table.primary_key]
            before = getattr(line, column.name)
            changed = 1 if isinstance(before, int) else f"{before or ''}x"[-64:]
            connection.execute(update(table).where(*identity).values({column.name: changed}))
        assert faults(busy) != [], (table.name, column.name)
        meddle(busy, update(table).where(*identity).values({column.name: before}))
        assert faults(busy) == []


@pytest.mark.heavy
def test_twenty_thousand_entries_are_verified_in_a_few_seconds(study, now):
    import time

    from survey.chain import note

    with Store.open(study.store_path) as store, writing(store.engine) as connection:
        for number in range(20_000):
            note(connection, "included", None, {"key": str(number)}, at=now())
    begin = time.perf_counter()
    assert verify_journal(study).faults == ()
    assert time.perf_counter() - begin < 10
