"""How the plan's words are taken: defaults merged, one reading replaced at a time."""

from datetime import date

from analysis.readings import alternatives, default_way, threshold
from instruments.plan import Plan


def plan(**reading) -> Plan:
    return Plan.model_validate(
        {
            "kind": "plan",
            "id": "p",
            "version": "1",
            "title": {"en": "P"},
            "phases": [
                {"id": "P1", "label": {}, "begins": date(2021, 1, 1), "ends": date(2024, 12, 31)},
                {"id": "P2", "label": {}, "begins": date(2025, 1, 1), "ends": date(2027, 12, 31)},
            ],
            "populations": [{"id": "people", "label": {}, "age_from": 18}],
            "areas": [{"id": "suburban", "label": {}, "lists": ["old", "new"]}],
            "indicators": [
                {
                    "id": "aware",
                    "label": {},
                    "cuts": [
                        {"dimension": "knowledge", "at_least": 0.6},
                        {"dimension": "disposition", "at_least": 0.7},
                    ],
                }
            ],
            "targets": [
                {
                    "id": "T1b",
                    "label": {},
                    "quote": {},
                    "population": "people",
                    "measure": "survey",
                    "within": ["suburban"],
                    "indicator": "aware",
                    "final": 0.7,
                    "phases": {
                        "P1": {"level": 0.4},
                        "P2": {"level": 1.0, "basis": "share_of_target"},
                    },
                }
            ],
            "readings": [
                {
                    "id": "A3",
                    "question": {},
                    "applies_to": ["T1b"],
                    "default": "people",
                    "options": [
                        {"id": "people", "label": {}, "terms": {"basis": {"P1": "population"}}},
                        {
                            "id": "target",
                            "label": {},
                            "terms": {"basis": {"P1": "share_of_target"}},
                        },
                    ],
                },
                {
                    "id": "A4",
                    "question": {},
                    "applies_to": ["T1b"],
                    "default": "final",
                    "options": [
                        {"id": "final", "label": {}, "terms": {"basis": {"P2": "share_of_target"}}},
                        {
                            "id": "all",
                            "label": {},
                            "terms": {"basis": {"P2": "population"}},
                            "advice_only": True,
                        },
                    ],
                },
                {
                    "id": "A6",
                    "question": {},
                    "applies_to": ["T1b"],
                    "default": "old",
                    "options": [
                        {"id": "old", "label": {}, "terms": {"lists": {"suburban": "old"}}},
                        {"id": "new", "label": {}, "terms": {"lists": {"suburban": "new"}}},
                        {"id": "each", "label": {}, "terms": {"domain": "each"}},
                    ],
                },
                {
                    "id": "A5",
                    "question": {},
                    "applies_to": ["elsewhere"],
                    "default": "either",
                    "options": [{"id": "either", "label": {}, "terms": {"joint": "either"}}],
                },
                *([reading] if reading else []),
            ],
        }
    )


def way(phase: str = "P2", **reading):
    made = plan(**reading)
    return default_way(made, made.targets[0], phase=phase)


def others(phase: str):
    made = plan()
    found = alternatives(made, made.targets[0], phase=phase)
    return {(one.reading.id, one.option.id): one.way for one in found}


def test_a_share_of_the_final_target_is_their_product_without_float_dust():
    target = plan().targets[0]
    assert threshold(target, phase="P1", basis="population") == 0.4
    assert threshold(target, phase="P1", basis="share_of_target") == 0.28
    assert threshold(target, phase="P2", basis="share_of_target") == 0.7
    assert threshold(target, phase="P9", basis="population") is None


def test_the_default_way_merges_every_default_option_over_what_the_target_says():
    default = way()
    assert (default.basis, default.threshold) == ("share_of_target", 0.7)
    assert default.cuts == (("disposition", 0.7), ("knowledge", 0.6))
    assert default.lists == (("suburban", "old"),)
    assert (default.joint, default.age_from, default.domain) == ("both", 18, "union")
    assert way("P1").threshold == 0.4


def test_a_reading_that_does_not_apply_to_the_target_changes_nothing():
    assert way().joint == "both"


def test_a_reading_can_set_one_cut_and_leave_the_other():
    low = {
        "id": "cut", "question": {}, "applies_to": ["T1b"], "default": "low",
        "options": [{"id": "low", "label": {}, "terms": {"cuts": {"knowledge": 0.5}}}],
    }  # fmt: skip
    assert way(**low).cuts == (("disposition", 0.7), ("knowledge", 0.5))


def test_each_alternative_replaces_one_reading_and_keeps_the_rest():
    found = others("P2")
    assert set(found) == {("A4", "all"), ("A6", "new"), ("A6", "each")}
    assert found["A4", "all"].threshold == 1.0
    assert found["A4", "all"].lists == (("suburban", "old"),)
    assert found["A6", "new"].lists == (("suburban", "new"),)
    assert (found["A6", "each"].domain, found["A6", "each"].lists) == ("each", ())


def test_an_alternative_that_changes_nothing_in_the_phase_is_not_one():
    assert ("A3", "target") in others("P1")
    assert ("A3", "target") not in others("P2")
