"""How the headline answers to the cut of a panel: at its cut, and one and two errors to either side."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.describe import moved
from analysis.people import People
from analysis.trait_result import Sensitivity, StandardReport
from instruments.plan import Indicator

ERRORS = (-2.0, -1.0, 0.0, 1.0, 2.0)


def sensitive(one: StandardReport, people: People, headline: Sequence[Indicator]) -> StandardReport:
    """The standard with the share above each of these cuts, the errors being the panel's last ones.

    An adopted cut is a constant; its line tells what the panel's doubt would have made of it.
    """
    own = [each for each in headline if any(cut.dimension == one.dimension for cut in each.cuts)]
    if not own or not one.rounds[-1].se:
        return one
    steps = [(errors, one.cut + errors * one.rounds[-1].se) for errors in ERRORS]
    return replace(one, sensitivity=tuple(
        Sensitivity(errors=errors, cut=cut, share=moved(
            own[0], dimension=one.dimension, cut=cut).share(people, of=own[0].id).estimate)
        for errors, cut in steps if 0 < cut < 1
    ))  # fmt: skip
