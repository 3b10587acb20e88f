"""Sample sizes: textbook formulas, published figures, and waves simulated at the size given."""

import json
from math import ceil, inf, sqrt

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st
from scipy import stats

from analysis import intervals
from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import proportion
from analysis.sample_assumptions import Assumptions
from analysis.sample_cli import COMMANDS
from analysis.sample_size import power_to_decide, size_for_interval, size_for_target

CLUSTERS = Assumptions(take=20, icc=0.05, strata=30)


@pytest.mark.parametrize(
    ("share", "half_width", "interviews"),
    [(0.9, 0.02, 1729), (0.7, 0.03, 1793), (0.5, 0.03, 2135), (0.4, 0.03, 2049)],
)
def test_sizes_are_those_of_the_plans_notes_at_a_design_effect_of_two(
    share, half_width, interviews
):
    size = size_for_interval(share, half_width=half_width, given=Assumptions(deff=2))
    assert size.interviews == interviews


@pytest.mark.parametrize(
    ("population", "interviews"), [(1000, 278), (2000, 323), (10_000, 370), (100_000, 383)]
)
def test_sizes_of_finite_populations_are_the_textbooks(population, interviews):
    # Krejcie & Morgan (1970), table 1, at N = 1,000, 2,000 (322 there), 10,000 and 100,000 (384)
    size = size_for_interval(0.5, half_width=0.05, given=Assumptions(population=population))
    assert size.interviews == interviews


@given_by(
    st.floats(0.02, 0.98), st.floats(0.005, 0.2), st.floats(0.5, 4), st.sampled_from([inf, 5e4])
)
def test_without_psus_the_size_is_cochrans(share, half_width, deff, population):
    z = stats.norm.ppf(0.975)
    first = deff * z**2 * share * (1 - share) / half_width**2
    wanted = first if population == inf else first / (1 + (first - 1) / population)
    size = size_for_interval(
        share, half_width=half_width, given=Assumptions(deff=deff, population=population)
    )
    assert size.interviews == max(1, ceil(wanted - 1e-6))


@given_by(
    st.floats(0.05, 0.95), st.floats(0.01, 0.1), st.integers(2, 40), st.sampled_from(["mean", "logit"])
)  # fmt: skip
def test_one_psu_fewer_is_too_wide_and_the_printed_interval_is_used(share, wanted, take, interval):
    assumed = Assumptions(take=take, icc=0.03, strata=2)
    size = size_for_interval(share, half_width=wanted, interval=interval, given=assumed)
    maker = intervals.logit_interval if interval == "logit" else intervals.t_interval

    def half_width(psus: int) -> float:
        se = sqrt((1 + (take - 1) * 0.03) * share * (1 - share) / (psus * take))
        return float(np.diff(maker(share, se, psus - 2, 0.95))[0] / 2)

    assert size.interviews == size.psus * take
    assert half_width(size.psus) <= wanted * (1 + 1e-9)
    assert size.psus == 4 or half_width(size.psus - 1) > wanted


def test_people_to_approach_grow_with_nonresponse():
    size = size_for_interval(0.5, half_width=0.03, given=Assumptions(response=0.7))
    assert size.approached == ceil(size.interviews / 0.7)


@pytest.mark.parametrize(
    ("target", "above", "n_eff"),
    [(0.4, 0.03, 2138), (0.4, 0.05, 778), (0.4, 0.08, 307),
     (0.5, 0.03, 2173), (0.5, 0.05, 778), (0.5, 0.08, 299),
     (0.7, 0.03, 1719), (0.7, 0.05, 589), (0.7, 0.08, 211),
     (0.9, 0.03, 568), (0.9, 0.05, 150)],
)  # fmt: skip
def test_normal_approximation_gives_the_known_sizes_and_the_printed_interval_asks_for_more(
    target, above, n_eff
):
    truth = target + above
    z = stats.norm.ppf([0.975, 0.8]).sum()
    assert ceil(z**2 * truth * (1 - truth) / above**2) == n_eff
    size = size_for_target(target, truth=truth)
    assert n_eff <= size.interviews <= n_eff * (1.05 if target < 0.6 else 1.75)


@pytest.mark.parametrize(("target", "truth"), [(0.9, 0.93), (0.7, 0.75), (0.5, 0.42), (0.9, 0.85)])
def test_power_of_a_simple_sample_is_that_of_all_its_outcomes(target, truth):
    n = 400
    hits = np.arange(1, n)
    share = hits / n
    limits = intervals.logit_interval(share, np.sqrt(share * (1 - share) / n), inf, 0.95)
    decided = limits[:, 0] >= target if truth > target else limits[:, 1] < target
    exact = stats.binom.pmf(hits, n, truth)[decided].sum()
    assert power_to_decide(target, truth=truth, interviews=n) == pytest.approx(exact, abs=1e-9)


@given_by(st.floats(0.1, 0.9), st.floats(0.03, 0.09), st.sampled_from([0.5, 0.8, 0.9]))
@settings(max_examples=25)
def test_power_is_reached_and_one_interview_fewer_misses_it(target, above, power):
    size = size_for_target(target, truth=target + above, power=power)
    assert size.reached >= power
    fewer = size.interviews - 1
    assert power_to_decide(target, truth=target + above, interviews=fewer) < power


def waves(seed: int, *, psus: int, truth: float, count: int) -> pd.DataFrame:
    """Simulated waves side by side: 30 strata, 20 interviews per PSU, intraclass correlation 0.05."""
    rng = np.random.default_rng(seed)
    psu = np.repeat(np.arange(psus), 20)
    known = 1 / 0.05 - 1
    shares = rng.beta(truth * known, (1 - truth) * known, size=(psus, count))
    hits = (rng.random((len(psu), count)) < shares[psu]).astype(float)
    data = pd.DataFrame(hits, columns=[f"wave{i}" for i in range(count)])
    return pd.concat([data, pd.DataFrame({"h": psu % 30, "psu": psu, "w": 1.0})], axis="columns")


@pytest.mark.parametrize(("target", "truth"), [(0.7, 0.75), (0.9, 0.93)])
def test_waves_simulated_at_the_size_given_decide_as_often_as_was_asked(target, truth):
    size = size_for_target(target, truth=truth, power=0.8, given=CLUSTERS)
    psus = -(-size.psus // 30) * 30
    asked = power_to_decide(target, truth=truth, interviews=psus * 20, given=CLUSTERS)
    count = 600
    data = waves(7, psus=psus, truth=truth, count=count)
    sample = Sample.of(data, Design(weights="w", strata=("h",), psu=("psu",)))
    met = [proportion(sample, of=f"wave{i}", equals=1)[0].ci[0] >= target for i in range(count)]
    assert np.mean(met) == pytest.approx(asked, abs=3 * sqrt(0.16 / count) + 0.01)


def test_impossible_assumptions_are_refused_all_at_once():
    with pytest.raises(AnalysisError) as caught:
        size_for_target(
            0.9, truth=0.9, given=Assumptions(icc=1.5, response=0, deff=2, weighting=1.2)
        )
    assert caught.value.text().splitlines() == [
        "response: 0 is not possible. Give a number between 0 and 1.",
        "icc: 1.5 is not possible. Give a number between 0 and 1.",
        "take: interviews per PSU are not given, but an intraclass correlation or strata. "
        "Say how many interviews a PSU takes.",
        "deff: the design effect is given, and also what it would follow from. "
        "Leave the intraclass correlation and the effect of weighting out.",
        "truth: the truth is taken to be the target 0.9 itself, which no sample decides. "
        "Take a truth above or below the target.",
    ]


def test_a_population_too_small_for_the_psus_says_so():
    with pytest.raises(AnalysisError, match="no sample of up to 380 interviews is enough"):
        size_for_target(0.7, truth=0.73, given=Assumptions(take=20, population=399, strata=10))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(COMMANDS["sample"], ["size", *arguments])


def test_the_command_prints_a_table_of_every_combination():
    done = run("--target", "0.9", "--take", "20", "--icc", "0.05", "--strata", "30",
               "--above", "0.03", "--response", "0.8", "--language", "en")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        "target  truth  power  interviews  PSUs  to approach  deff  df   n_eff  reached\n"
        "   0.9   0.93    0.8        1480    74         1850  1.95  44  758.97  0.80428\n"
        "   0.9   0.93    0.9        1900    95         2375  1.95  65  974.36  0.90024\n"
    )


def test_the_commands_json_holds_doubles_in_full_and_infinity_as_text():
    done = run("--share", "0.9", "--half-width", "0.02", "--deff", "2", "--format", "json")
    document = json.loads(done.stdout)
    (row,) = document["intervals"]
    assert (row["interviews"], row["df"], row["psus"]) == (1729, "inf", None)
    assert row["reached"] == pytest.approx(0.02, rel=1e-3)
    assert document["targets"] == []


def test_the_command_without_a_question_says_what_to_give():
    done = run("--take", "20")
    assert done.exit_code == 2
    assert "Give --share with --half-width, or --target." in done.stderr
