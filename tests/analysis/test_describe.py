"""What is reported beside the targets: topics of what is to be known."""

import numpy as np
import pandas as pd

from analysis.describe import topics
from instruments.model import Dimension, Instrument, Item, Key, Option


def item(name: str, topic: str | None, dimension: str = "knowledge") -> Item:
    return Item(id=name, type="single", topic=topic, dimension=dimension,
                options=(Option(code="a"), Option(code="b")), key=(Key(credit={"a": 1}),))  # fmt: skip


INSTRUMENT = Instrument(
    id="i", version="1", title={"en": "I"}, languages=("en",),
    dimensions=(
        Dimension(id="knowledge", label={"en": "Knowledge"}),
        Dimension(id="disposition", label={"en": "Disposition"}, dont_know="missing"),
    ),
    items=(item("k1", "land"), item("k2", "traffic"), item("k3", "land"), item("k4", None),
           item("d1", "attitude", "disposition")),
)  # fmt: skip


def test_a_topic_is_the_average_credit_on_its_items_that_a_person_answered():
    credit = pd.DataFrame(
        {"k1": [1, 0, np.nan], "k2": [0.5, 1, np.nan], "k3": [0, 0, 1], "k4": [1, 1, 1],
         "d1": [1, 1, 1]}
    )  # fmt: skip
    found = topics(credit, INSTRUMENT)
    assert list(found) == ["land", "traffic"]
    assert found["land"].tolist() == [0.5, 0, 1]
    assert found["traffic"].tolist()[:2] == [0.5, 1]
    assert np.isnan(found["traffic"][2])
