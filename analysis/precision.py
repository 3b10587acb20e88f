"""How exactly a number is known before it decides anything.

Sums made in parallel differ in their last digits from run to run, so a number is compared with a
threshold, and printed, at the digits that repeat.
"""

DIGITS = 12


def settled(value: float) -> float:
    """`value` to the twelve significant digits at which numbers are compared with thresholds."""
    return float(f"{value:.{DIGITS}g}")
