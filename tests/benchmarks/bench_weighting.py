"""Raking of five margins, and 200 bootstrap replicates in 126 domains."""

from race import Field

with Field(1_000_000, ("svy",)) as field:
    field.race(
        "Raking of 5 margins to 1e-6",
        [("hieuluat", "rake"), ("svy", "rake")], laps=7, bar="svy at least x60",
    )  # fmt: skip
    field.race(
        "200 bootstrap replicates by 126 domains, replicates made beforehand",
        [("hieuluat", "replicates"), ("svy", "replicates")],
        laps=5, bar="none",
    )  # fmt: skip
    field.race(
        "200 bootstrap replicates by 126 domains, made in the time taken",
        [("hieuluat", "replicates cold"), ("svy", "replicates cold")],
        laps=3, bar="svy at least x50, hieuluat in less than 300 MB",
    )  # fmt: skip
