"""Answers that were given while the law behind a question was changing."""

from dataclasses import dataclass
from datetime import date

from analysis.estimate_result import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionReport:
    """One question and one change of its law, with the answers between `opens` and `closes`.

    `before` of them were given before the day `changes`, and are scored by the key that held then,
    or left out where there is none (`has_former_key`); `after` from that day on, by the new one.
    `share` is the weighted share of all answers to the question that fell between.
    """

    item: str
    law: str
    article: str
    changes: date
    opens: date
    closes: date
    before: int
    after: int
    has_former_key: bool
    share: Estimate
