"""Every kind of analysis that a SPEC for `items` can ask for: its fields, and who answers."""

from collections.abc import Callable
from typing import Any, NamedTuple

from analysis.items.answers import (
    awareness,
    classical,
    conditional,
    decisions,
    dif,
    drift,
    fit,
    guessing,
    models,
    options,
    panels,
    sensitive,
    shapes,
    standards,
    traits,
)
from analysis.items.spec_model import AnalysisSpec


class Kind(NamedTuple):
    """The fields of a kind of analysis, and the function that answers it."""

    spec: type[AnalysisSpec]
    answer: Callable[[Any, Any], dict[str, Any]]


KINDS: dict[str, Kind] = {
    "classical": Kind(classical.ClassicalSpec, classical.answer_classical),
    "polychoric": Kind(classical.PolychoricSpec, classical.answer_polychoric),
    "distractors": Kind(options.DistractorsSpec, options.answer_distractors),
    "dimensionality": Kind(options.DimensionalitySpec, options.answer_dimensionality),
    "irt": Kind(shapes.IrtSpec, models.answer_irt),
    "curves": Kind(traits.CurvesSpec, traits.answer_curves),
    "scores": Kind(traits.ScoresSpec, traits.answer_scores),
    "fit": Kind(fit.FitSpec, fit.answer_fit),
    "andersen": Kind(conditional.AndersenSpec, conditional.answer_andersen),
    "dif": Kind(dif.DifSpec, dif.answer_dif),
    "classification": Kind(decisions.ClassificationSpec, decisions.answer_classification),
    "linking": Kind(decisions.LinkingSpec, decisions.answer_linking),
    "drift": Kind(drift.DriftSpec, drift.answer_drift),
    "standard_setting": Kind(panels.StandardSettingSpec, panels.answer_standard_setting),
    "standard": Kind(standards.StandardFileSpec, standards.answer_standard),
    "cut_sensitivity": Kind(standards.SensitivitySpec, standards.answer_sensitivity),
    "awareness": Kind(awareness.AwarenessSpec, awareness.answer_awareness),
    "guessing": Kind(guessing.GuessingSpec, guessing.answer_guessing),
    "list_experiment": Kind(sensitive.ListExperimentSpec, sensitive.answer_list_experiment),
    "randomized_response": Kind(sensitive.RandomizedSpec, sensitive.answer_randomized),
}
