"""Link functions of generalized linear models: the mean and its derivatives."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np
from scipy import special

from analysis.columns import Floats

Link = Literal["identity", "log", "logit", "probit", "cloglog"]


class LinkFunction(NamedTuple):
    """Mean from linear predictor, its first and second derivative, and predictor from mean."""

    mean: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    curvature: Callable[[Floats], Floats]
    start: Callable[[Floats], Floats]


def _normal_density(x: Floats) -> Floats:
    return np.asarray(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))


def _logistic_density(x: Floats) -> Floats:
    return np.asarray(special.expit(x) * special.expit(-x))


LINKS: Mapping[Link, LinkFunction] = {
    "identity": LinkFunction(lambda x: x, np.ones_like, np.zeros_like, lambda m: m),
    "log": LinkFunction(np.exp, np.exp, np.exp, np.log),
    "logit": LinkFunction(
        special.expit, _logistic_density,
        lambda x: _logistic_density(x) * -np.tanh(x / 2), special.logit,
    ),
    "probit": LinkFunction(
        special.ndtr, _normal_density, lambda x: -x * _normal_density(x), special.ndtri
    ),
    "cloglog": LinkFunction(
        lambda x: -np.expm1(-np.exp(x)), lambda x: np.exp(x - np.exp(x)),
        lambda x: -np.expm1(x) * np.exp(x - np.exp(x)), lambda m: np.log(-np.log1p(-m)),
    ),
}  # fmt: skip
