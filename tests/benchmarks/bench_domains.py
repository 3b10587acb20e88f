"""Proportions with standard errors in 126 domains, and the mean without domains."""

from race import Field

with Field(1_000_000, ("svy", "R survey")) as field:
    field.race(
        "Domain proportions with standard errors, against the bare sums by PSU and domain",
        [("hieuluat", "domains"), ("hieuluat", "floor numpy"), ("hieuluat", "floor duckdb")],
        laps=15, bar="both floors at least x0.5",
    )  # fmt: skip
    field.race(
        "Domain proportions with standard errors, against peers, designs bound beforehand",
        [("hieuluat", "domains"), ("svy", "domains"), ("R survey", "domains")],
        laps=3, bar="svy at least x50, R at least x100",
    )  # fmt: skip
    field.race(
        "Domain proportions, design bound in the time taken",
        [("hieuluat", "domains cold"), ("svy", "domains cold")], laps=3, bar="none",
    )  # fmt: skip
    field.race(
        "Mean without domains",
        [("hieuluat", "mean"), ("svy", "mean"), ("R survey", "mean")],
        laps=9, bar="svy and R at least x1",
    )  # fmt: skip
