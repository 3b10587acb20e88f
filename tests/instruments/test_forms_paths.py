"""Simulated respondents meet what the rules of the form let them meet."""

from datetime import datetime
from random import Random

import pytest

from instruments.forms.html.page import to_html
from instruments.forms.paths import Paths, simulate
from instruments.library import find
from instruments.load import load_instrument
from instruments.model import Block, Instrument, Item, Option

NOW = datetime(2026, 11, 24)
YES_NO = (Option(code="1", label={"vi": "Có"}), Option(code="0", label={"vi": "Không"}))


def make(*parts: Item | Block) -> Instrument:
    return Instrument(id="i", version="1", title={"vi": "x"}, languages=("vi",), items=parts)


def ask(name: str, kind: str = "single", **fields: object) -> Item:
    given = {"id": name, "type": kind, "label": {"vi": "Một câu hỏi ngắn"}}
    return Item.model_validate(given | ({"options": YES_NO} if kind == "single" else {}) | fields)


def paths(instrument: Instrument, *, respondents: int = 400, seed: int = 1) -> Paths:
    return simulate(instrument, respondents=respondents, random=Random(seed), now=NOW)


def test_a_branch_of_a_coin_is_met_by_half_and_one_within_it_by_a_quarter() -> None:
    inner = Block(id="b", show_if="${a} = '1'", items=(ask("c"), ask("d", show_if="${c} = '1'")))
    shares = paths(make(ask("a"), inner)).shares
    assert shares["a"] == 1
    assert shares["b"] == shares["c"]
    assert shares["c"] == pytest.approx(0.5, abs=4 * 0.025)
    assert shares["d"] == pytest.approx(0.25, abs=4 * 0.022)


def test_hard_checks_bound_the_answers_and_with_them_the_branches() -> None:
    age = ask("age", "integer", checks={"rule": ". >= 18 and . <= 30"})
    shares = paths(
        make(age, ask("child", show_if="${age} < 18"), ask("old", show_if="${age} > 20"))
    ).shares
    assert shares["child"] == 0
    assert 0 < shares["old"] < 1


def test_a_question_for_a_narrow_border_is_found_though_chance_alone_would_miss_it() -> None:
    money = ask("money", "integer")
    assert paths(make(money, ask("rare", show_if="${money} = 123456789"))).shares["rare"] > 0


def test_drawn_groups_and_calculations_lead_on() -> None:
    group = Item(id="g", type="hidden", draw=[{"code": "1"}, {"code": "2"}, {"code": "3"}])
    twice = Item(id="t", type="calculated", calculation="${g} * 2")
    shares = paths(make(group, twice, ask("a", show_if="${t} = 4"))).shares
    assert shares["a"] == pytest.approx(1 / 3, abs=0.1)


def test_time_grows_with_words_and_answers() -> None:
    short, long = make(ask("a")), make(ask("a", label={"vi": "từ " * 100}), ask("b"))
    assert paths(short).minutes[1] < paths(long).minutes[1]
    assert paths(long).minutes[1] == pytest.approx(
        (100 * 0.3 + 2 * 0.3 + 4 + (4 + 2) * 0.3 + 4) / 60
    )


def test_the_same_chance_gives_the_same_ways(tmp_path: object) -> None:
    residents = load_instrument(find("residents"))
    assert paths(residents, respondents=50) == paths(residents, respondents=50)


def test_the_page_tells_researchers_who_meets_what() -> None:
    made = make(ask("a"), ask("b", label={"vi": "Câu của một nửa"}, show_if="${a} = '1'"))
    page = to_html(
        made, paths=Paths(respondents=200, shares={"a": 1, "b": 0.493}, minutes=(1, 2, 3))
    )
    assert "<td>2</td><td>Câu của một nửa</td><td>49%</td>" in page
    assert "khoảng 2 phút" in page
    assert page.count("<tr>") == 1
