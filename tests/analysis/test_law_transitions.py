"""Interviews that fell while a law changed: counted by question, and no key passed over in silence."""

from copy import deepcopy
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analysis.analyze import analyze
from analysis.disclosure.publishing import public
from analysis.measured import measure
from analysis.serialise import as_json
from analysis.wave_link import published_scales
from reports.edition import Edition
from reports.item_map import item_map
from reports.old_law import old_law
from reports.quality import limitations
from tests.analysis.test_analyze import TODAY, founded, questionnaire
from tests.analysis.test_study_awareness import knowing, with_cut

CHANGE = "2026-10-06"


def form(**law: object) -> dict:
    """Of k1 the right answer changes with its law; k2's law is old; the others name none."""
    made = deepcopy(questionnaire())
    old = {"number": "1/2020", "article": "Điều 1", "valid_from": "2020-01-01"}
    for one in made["items"]:
        if one["id"] == "k1":
            one["law"] = [{**old, "valid_to": "2026-10-05"},
                          {"number": "2/2026", "article": "Điều 2", "valid_from": CHANGE, **law}]  # fmt: skip
            one["key"] = [{"credit": {"a": 1}, "valid_to": "2026-10-05"},
                          {"credit": {"b": 1}, "valid_from": CHANGE}]  # fmt: skip
        if one["id"] == "k2":
            one["law"] = [old]
    return made


def asked():
    """A third of the interviews the day before the change, a third on it, a third months after.

    Who knows the law knows the one of the day.
    """
    data = knowing()
    data["day"] = np.array(["2026-10-05", CHANGE, "2026-12-20"])[np.arange(len(data)) % 3]
    swapped = data["k1"].replace({"a": "b", "b": "a"})
    data["k1"] = swapped.where(data["day"] >= CHANGE, data["k1"])
    return data


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("changing")
    return founded(folder, data=asked(), forms=(form(transition_days=30),),
                   plan=with_cut(status="adopted"))  # fmt: skip


@pytest.fixture(scope="module")
def analysis(study):
    return analyze(study, today=date(2027, 1, 5))


def test_answers_before_and_after_are_counted_and_weighted(analysis, study):
    (one,) = analysis.transitions
    assert (one.item, one.law, one.changes) == ("k1", "2/2026", date(2026, 10, 6))
    assert (one.opens, one.closes) == (date(2026, 9, 6), date(2026, 11, 5))
    made = measure(study, today=TODAY)
    weights, days = made.people.sample.weights, made.drawn.days
    given = made.people.frame["k1"].notna().to_numpy()
    near = (days < "2026-12-01").to_numpy() & given
    assert one.before == int((near & (days < CHANGE).to_numpy()).sum())
    assert one.after == int((near & (days >= CHANGE).to_numpy()).sum())
    assert one.share.estimate == pytest.approx(weights[near].sum() / weights[given].sum())
    assert one.share.n == given.sum()


def test_each_is_scored_by_the_key_of_its_day(study):
    made = measure(study, today=TODAY)
    days, said = made.drawn.days, made.people.frame["k1"]
    for day, right in (("2026-10-05", "a"), (CHANGE, "b")):
        own = (days == day) & said.isin(["a", "b"])
        assert (made.scores.credit["k1"][own] == (said[own] == right)).all()


def test_the_question_is_flagged_in_its_row_and_on_its_scale(analysis):
    flags = {one.of: one.flags for one in analysis.items}
    assert "law_in_transition" in flags["k1"]
    assert "law_in_transition" not in flags["k2"]
    scale = published_scales(as_json(analysis))["knowledge"].scale
    assert [one.item for one in scale if one.in_transition] == ["k1"]


def test_the_day_of_promulgation_opens_the_time(tmp_path):
    law = form(promulgated=CHANGE, transition_days=0)
    found = analyze(founded(tmp_path, data=asked(), forms=(law,),
                            plan=with_cut(status="adopted")), today=TODAY)  # fmt: skip
    (one,) = found.transitions
    assert one.before == 0
    assert one.after > 0
    assert one.opens == one.closes == date(2026, 10, 6)


def test_a_question_without_a_former_key_is_said_not_to_be_scored_before(analysis, study):
    (one,) = analysis.transitions
    assert one.has_former_key
    told = old_law(Edition(analysis=analysis, plan=study.plan, language="en"))
    row = told.blocks[-1].rows[0]
    assert [cell.note for cell in row[3:]] == ["by the former key", "by the new key"]
    bare = replace(analysis, transitions=(replace(one, has_former_key=False),))
    told = old_law(Edition(analysis=bare, plan=study.plan, language="vi"))
    assert told.blocks[-1].rows[0][3].note == "không chấm điểm"


def test_the_pages_say_it_and_the_public_edition_does_not(analysis, study):
    edition = Edition(analysis=analysis, plan=study.plan, language="en")
    (table,) = [one for one in item_map(edition).blocks if one.kind == "table"]
    notes = {row[0].text: row[2].note for row in table.rows}
    assert "asked while its law changed" in notes["Item k1"]
    assert "law" not in notes["Item k2"]
    told = " ".join(limitations(edition).blocks[0].items)
    assert "1 questions were asked while the law behind them changed" in told
    assert public(analysis).transitions == ()
