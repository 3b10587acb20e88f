"""Adjusted contrasts: those of the regression, opt-in by named covariates, refused where unknown."""

from copy import deepcopy

import pytest

from analysis.analyze import analyze
from analysis.errors import AnalysisError
from tests.analysis.test_analyze import SETTINGS, TODAY, founded


def settings(*names: str) -> dict:
    made = deepcopy(SETTINGS)
    made["adjust_for"] = list(names)
    return made


def test_the_crude_difference_is_that_of_the_weighted_shares(tmp_path):
    found = analyze(founded(tmp_path, settings=settings("sex", "age")), today=TODAY)
    assert [one.activity for one in found.contrasts] == ["loa", "zalo"]
    zalo = found.contrasts[1]
    assert zalo.covariates == ("sex", "age")
    assert zalo.crude.ci[0] < zalo.crude.estimate < zalo.crude.ci[1]
    assert zalo.adjusted.se > 0
    assert abs(zalo.adjusted.estimate - zalo.crude.estimate) < 0.1
    assert zalo.adjusted.n == zalo.crude.n
    # Everybody who named an activity named the first: nobody is left to compare them with.
    assert found.contrasts[0].crude is None
    assert found.contrasts[0].note is not None


def test_an_unknown_covariate_is_refused_by_name(tmp_path):
    study = founded(tmp_path, settings=settings("sax"))
    with pytest.raises(AnalysisError, match="'sax' is no variable of the study"):
        analyze(study, today=TODAY)


def test_without_covariates_nothing_is_compared(tmp_path):
    assert analyze(founded(tmp_path), today=TODAY).contrasts == ()
