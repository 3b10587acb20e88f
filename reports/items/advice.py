"""What the author of an item should do about it, in words, from its statistics.

Limits: difficulty and corrected item-total correlation as Ebel & Frisbie (1991), infit 0.7 to 1.3 as
Wright & Linacre (1994), DIF classes of the ETS (Zwick 2012), distractors as Haladyna & Downing
(1993).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.items.inspection import Inspection
from instruments.language import Message, say

Json = Mapping[str, Any]
EASY, HARD = 0.9, 0.1
WEAK = 0.2
NOISY, TAME = 1.3, 0.7


def advice(inspection: Inspection, item: str) -> tuple[Message, ...]:
    """Every reason to look at an item again; empty where there is none."""
    classical = inspection.rows("classical").get(item)
    fit = inspection.rows("fit").get(item)
    options = inspection.rows("distractors").get(item)
    found = [
        *(() if classical is None else _classical(classical, inspection)),
        *(() if fit is None else _fit(fit, count=len(inspection.items))),
        *_groups(inspection, item),
        *(() if options is None else _options(options)),
    ]
    return tuple(found)


def _classical(row: Json, inspection: Inspection) -> Iterator[Message]:
    if "constant" in row["flags"]:
        yield say("everybody gave the same answer: the item tells nothing; leave it out")
        return
    if row["p"] is not None and row["p"] > EASY:
        yield say("nearly everybody is right: the item tells people apart at the bottom only")
    if row["p"] is not None and row["p"] < HARD:
        yield say("hardly anybody is right: check the key, or keep it for the top of the scale")
    related = row["corrected_item_total"]
    if related is not None and related < 0:
        yield say("those who are right on it are wrong on the others: check the key first")
    elif related is not None and related < WEAK:
        yield say("it hardly tells who knows from who does not: reread its words and its options")
    whole = (inspection.first("classical") or {}).get("alpha", {}).get("estimate")
    without = row["if_deleted"]["alpha"]
    if whole is not None and without is not None and without > whole:
        yield say("the scale would be more reliable without it")


def _fit(row: Json, *, count: int) -> Iterator[Message]:
    if row["infit"] is not None and row["infit"] > NOISY:
        yield say("answers are more erratic than the model allows: guessing, or two readings of it")
    if row["infit"] is not None and row["infit"] < TAME:
        yield say("answers are more regular than the model expects: it may repeat another item")
    if row["s_x2_p"] is not None and row["s_x2_p"] < 0.05 / count:
        yield say("the curve does not follow the answers: compare line and marks in its plot")


def _groups(inspection: Inspection, item: str) -> Iterator[Message]:
    for row, group in differing(inspection, item):
        if row.get("ets_class") == "B":
            yield say(
                "works somewhat differently by {group} at equal knowledge: watch it", group=group
            )
        else:
            yield say("works differently by {group} at equal knowledge: have its words reviewed; it is "
                      "no anchor between these groups", group=group)  # fmt: skip


def differing(inspection: Inspection, item: str) -> Iterator[tuple[Json, str]]:
    """The tests of group differences that an item fails, and the groups' variable."""
    for one in inspection.all("dif"):
        group = group_of(inspection, one["id"])
        for row in one["items"]:
            if row["item"] == item and _fails(row):
                yield row, group


def group_of(inspection: Inspection, name: str) -> str:
    """The variable by which an analysis of group differences compares."""
    given = next((one for one in inspection.spec.analyses if one.get("id") == name), {})
    return str(given.get("group", name))


def _fails(row: Json) -> bool:
    if row.get("ets_class") is not None:
        return bool(row["ets_class"] in ("B", "C"))
    return row.get("p") is not None and bool(row["p"] < 0.05)


def _options(row: Json) -> Iterator[Message]:
    for flag in row["flags"]:
        name, _, option = flag.partition(": ")
        if name == "chosen_by_the_able":
            yield say("those who choose '{option}' know as much as those who are right: it may be "
                      "right too, or the key is wrong", option=option)  # fmt: skip
        elif name == "seldom_chosen":
            yield say("hardly anybody chooses '{option}': write another", option=option)
        else:
            yield say("the right answer is not chosen more often as the score rises")
