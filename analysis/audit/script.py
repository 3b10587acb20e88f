"""The auditor's R script: the study's own design and weighting, then the part that is always the same."""

import json
from collections.abc import Iterator
from importlib.resources import files
from textwrap import wrap

from analysis.audit.recipe import DISTANCES, calibration_of
from analysis.audit.table import AuditTable
from analysis.measured import Measured

DATA_FILE, MARGINS_FILE, ESTIMATES_FILE = "data.csv", "margins.csv", "estimates.csv"


def audit_script(made: Measured, table: AuditTable) -> str:
    """The whole script."""
    own = [*_head(made), *_data(table), *_design(made, table), *_weighting(made, table)]
    same = (files("analysis") / "audit" / "audit.R").read_text(encoding="utf-8")
    return "\n".join([*own, "", same])


def _head(made: Measured) -> Iterator[str]:
    settings = made.study.settings
    yield f"# Reproduces the published estimates of the study {settings.id} with R survey."
    yield f"# Snapshot {made.snapshot.hash}"
    if settings.simulated:
        yield "# ALL ANSWERS ARE SIMULATED."
    yield "# Run it in its own folder: Rscript audit.R"
    yield "suppressPackageStartupMessages(library(survey))"
    yield ""


def _data(table: AuditTable) -> Iterator[str]:
    names = ", ".join(json.dumps(name) for name in table.texts)
    yield from wrap(f"texts <- c({names})", width=100, subsequent_indent=" " * 11)
    yield f'data <- read.csv("{DATA_FILE}", na.strings = "", encoding = "UTF-8",'
    yield '                 colClasses = setNames(rep("character", length(texts)), texts))'
    yield ""


def _design(made: Measured, table: AuditTable) -> Iterator[str]:
    design = made.people.sample.design
    parts = {kind: " + ".join(table.of(kind)) for kind in ("psu", "stratum", "fpc")}
    (weight,) = table.of("final_weight") or table.of("weight")
    yield f"options(survey.lonely.psu = {json.dumps(design.lonely_psu)})"
    yield f"design <- svydesign(ids = ~{parts['psu'] or 1}, weights = ~{weight}, data = data,"
    for name, kind in (("strata", "stratum"), ("fpc", "fpc")):
        if parts[kind]:
            yield f"                    {name} = ~{parts[kind]},"
    yield f"                    nest = {_logical(bool(parts['psu']))})"
    yield ""


def _weighting(made: Measured, table: AuditTable) -> Iterator[str]:
    step = calibration_of(made.study.settings.weighting)
    if step is None:
        yield "# R survey has no such weighting: it takes the final weights as they are. Estimates,"
        yield "# their numbers of respondents and degrees of freedom are compared, errors are not."
        yield 'compared <- c("estimate", "df", "n")'
        yield "iterative <- FALSE"
        return
    yield 'compared <- c("estimate", "se", "lower", "upper", "df", "deff", "n", "n_eff")'
    yield f"iterative <- {_logical(bool(step.margins))}"
    if step.margins:
        yield from _calibration(table, DISTANCES[step.method])


def _calibration(table: AuditTable, distance: str) -> Iterator[str]:
    """Raking as calibration with the multiplicative distance, whose error is the textbook's."""
    yield f'margins <- read.csv("{MARGINS_FILE}", encoding = "UTF-8",'
    yield '                    colClasses = c(margin = "character", category = "character"))'
    yield "total <- sum(weights(design))"
    yield 'population <- c("(Intercept)" = total)'
    yield "for (margin in unique(margins$margin)) {"
    yield "  own <- margins[margins$margin == margin, ]"
    yield "  design$variables[[margin]] <- factor(design$variables[[margin]], own$category)"
    yield "  rest <- own[-1, ]"
    yield "  population[paste0(margin, rest$category)] <- total * rest$share"
    yield "}"
    yield f"design <- calibrate(design, ~{' + '.join(table.of('margin'))}, population,"
    yield f'                    calfun = "{distance}", epsilon = 1e-11, maxit = 500)'


def _logical(value: bool) -> str:  # noqa: FBT001 - private; its name is the question
    return "TRUE" if value else "FALSE"
