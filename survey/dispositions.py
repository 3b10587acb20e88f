"""Outcome rates of a fielding by AAPOR's Standard Definitions (10th edition, 2023).

Every case that was drawn has one final disposition. Rates are of counts, or of sums of the cases'
design weights; they are shares of the sample, not estimates, and have no error of their own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Disposition = Literal["I", "P", "R", "NC", "O", "UH", "UO", "NE"]
"""Complete interview, partial, refusal or break-off, non-contact, other eligible non-interview;
unknown whether a household is there, unknown otherwise; not eligible."""
DISPOSITIONS: tuple[Disposition, ...] = get_args(Disposition)
AAPOR_CODES: Mapping[str, Disposition] = {
    "1": "I", "1.1": "I", "1.2": "P", "2.1": "R", "2.2": "NC", "2.3": "O", "3": "UO", "3.1": "UH",
    "3.2": "UO", "3.9": "UO", "4": "NE",
}  # fmt: skip
"""AAPOR's numeric codes by their first digits; 2 alone does not say which of three it is."""
_NUMERIC = re.compile(r"[1-4](\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of the sample; `interviewer` and `group` are empty where they are not known."""

    unit: str
    outcome: Disposition
    weight: float = 1.0
    group: str = ""
    interviewer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRates:
    """All rates of one set of cases; one whose denominator is 0 is None.

    `e` is the share of cases of unknown eligibility that count as eligible; `e_given` says that
    the user named it, otherwise it is that among the cases whose eligibility is known.
    """

    cases: int
    counts: Mapping[Disposition, float]
    e: float | None
    e_given: bool
    rates: Mapping[str, float | None]


def outcome_rates(
    cases: Iterable[Case], *, weighted: bool = False, e: float | None = None
) -> OutcomeRates:
    """RR1 to RR6, COOP1 to 4, REF1 to 3 and CON1 to 3, by numbers of cases or by their weights.

    Without `e` the proportional allocation (CASRO) gives it: eligible over eligible and not
    eligible, among the cases known to be either (Standard Definitions; Smith 2009).
    """
    own = list(cases)
    counts: dict[Disposition, float] = dict.fromkeys(DISPOSITIONS, 0.0)
    for case in own:
        counts[case.outcome] += case.weight if weighted else 1.0
    share = proportional_allocation(counts) if e is None else e
    return OutcomeRates(cases=len(own), counts=counts, e=share, e_given=e is not None,
                        rates=rates_of(counts, e=share))  # fmt: skip


def proportional_allocation(counts: Mapping[Disposition, float]) -> float | None:
    """AAPOR's e among the cases of known eligibility; None where there is none."""
    eligible = sum(counts[name] for name in ("I", "P", "R", "NC", "O"))
    return _ratio(eligible, eligible + counts["NE"])


def rates_of(counts: Mapping[Disposition, float], *, e: float | None) -> dict[str, float | None]:
    """The rates of a table of counts, as the Standard Definitions write them."""
    complete, refused = counts["I"], counts["R"]
    some = complete + counts["P"]
    contacted = some + refused + counts["O"]
    eligible = contacted + counts["NC"]
    unknown = counts["UH"] + counts["UO"]
    likely = None if e is None and unknown else eligible + (e or 0.0) * unknown
    whole = eligible + unknown
    return {
        "RR1": _ratio(complete, whole), "RR2": _ratio(some, whole),
        "RR3": _ratio(complete, likely), "RR4": _ratio(some, likely),
        "RR5": _ratio(complete, eligible), "RR6": _ratio(some, eligible),
        "COOP1": _ratio(complete, contacted), "COOP2": _ratio(some, contacted),
        "COOP3": _ratio(complete, some + refused), "COOP4": _ratio(some, some + refused),
        "REF1": _ratio(refused, whole), "REF2": _ratio(refused, likely),
        "REF3": _ratio(refused, eligible),
        "CON1": _ratio(contacted, whole), "CON2": _ratio(contacted, likely),
        "CON3": _ratio(contacted, eligible),
    }  # fmt: skip


def disposition_of(code: str) -> Disposition | None:
    """The disposition that a letter code, or one of AAPOR's numbers such as 2.112, means."""
    plain = code.strip().upper()
    for one in DISPOSITIONS:
        if plain == one:
            return one
    if not _NUMERIC.fullmatch(plain):
        return None
    return AAPOR_CODES["4"] if plain[0] == "4" else AAPOR_CODES.get(plain[:3])


def _ratio(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None
