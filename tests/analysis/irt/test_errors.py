"""What cannot be calibrated is refused with the item named, all problems at once."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.irt.fit import fit, refit
from analysis.irt.items import Grid, ItemModel, ItemParameters, NormalPrior, Priors
from analysis.irt.options import FitOptions
from analysis.irt.persons import known_persons
from analysis.irt.population import Population
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import covariance
from tests.analysis.irt.scales import ITEMS, simulated


def refusal(act) -> str:
    with pytest.raises(AnalysisError) as caught:
        act()
    return str(caught.value)


def test_items_that_tell_nothing_are_named_all_at_once():
    responses = simulated("grm", persons=200)
    codes = responses.codes.copy()
    codes[:, 0] = 2
    codes[:, 1] = np.where(codes[:, 1] == 1, 0, codes[:, 1])
    codes[:, 2] = -1
    assert refusal(lambda: fit(replace(responses, codes=codes), "grm")).splitlines() == [
        "items: everybody who answered item 's0' answered 2, so its difficulty has no place. Leave "
        "the item out of the model, or join its categories.",
        "items: nobody chose 1 in item 's1', so its step has no place. Leave the item out of the "
        "model, or join its categories.",
        "items: nobody answered item 's2'. Leave the item out of the model, or join its categories.",
    ]


def test_an_item_nobody_gets_right_is_refused_from_the_data_too():
    data = pd.DataFrame({"k1": [0, 1, 0, 1], "k2": [0, 0, 0, 0]})
    text = refusal(lambda: fit(ItemResponses.of(data, ["k1", "k2"]), "2pl"))
    assert text.startswith("items: everybody who answered item 'k2' answered 0")


def test_a_replicate_without_a_category_is_refused_with_the_item():
    responses = simulated("2pl", persons=300)
    fitted = fit(responses, "2pl")
    weights = (responses.codes[:, 3] == 0).astype(float)
    assert "item 'k3' answered 0" in refusal(lambda: refit(fitted, weights))


def test_models_that_do_not_suit_their_items_are_named():
    responses = simulated("grm", persons=50)
    models = {"s0": ItemModel(model="2pl"), "s1": ItemModel(model="grm", guessing=0.2),
              "s2": ItemModel(model="rsm"), "s3": ItemModel(model="rsm")}  # fmt: skip
    assert refusal(lambda: fit(responses, models)).splitlines() == [
        "model: item 's0' has 3 categories and 2pl is for two. Use grm, gpcm or pcm.",
        "model: item 's1' has a guessing parameter, which grm has not. Use 3pl.",
        "model: rsm needs the same categories in every item: 's2' has 3, 's3' 2. Use pcm.",
    ]
    assert "item 's3' has no model" in refusal(
        lambda: fit(responses, dict.fromkeys(responses.items[:3], ItemModel(model="grm")))
    )


def test_options_that_make_no_sense_are_named():
    responses = replace(simulated("2pl", persons=50), group=np.arange(50) % 2, groups=("1", "2"),
                        covariates=np.ones((50, 1)), covariate_names=("x",))  # fmt: skip
    how = FitOptions(reference="3", density="npml", moments=1,
                     priors=Priors(log_slope=NormalPrior(mean=0.0, sd=0.0)))  # fmt: skip
    assert refusal(lambda: fit(responses, "2pl", options=how)).splitlines() == [
        "reference: there is no group '3'. Groups: 1, 2.",
        "density: the density npml has no regression on covariates. Make groups of them, or use the "
        "density normal.",
        "density: 1 moments cannot make a density smooth on 61 nodes. Use 4 to 6.",
        "priors: the prior of log_slope has the standard deviation 0. Give one above zero.",
    ]
    assert refusal(lambda: Grid.of(3, 6.0)).startswith("nodes: 3 nodes on ±6.0 cannot carry")


def test_parameters_that_are_none_are_refused():
    steep = {"slope": 1.0, "thresholds": [0.5, 0.1]}
    assert refusal(lambda: ItemParameters.of_thresholds("s", "grm", **steep)) == (
        "parameters: the thresholds of graded item 's' do not increase. Correct the parameters of "
        "the item."
    )
    guess = {"slope": 1.0, "thresholds": [0.5], "guessing": 1.2}
    assert "guessing 1.2" in refusal(lambda: ItemParameters.of_thresholds("k", "3pl", **guess))
    nothing = {"slope": float("nan"), "thresholds": [0.5]}
    assert "no finite slope" in refusal(lambda: ItemParameters.of_thresholds("k", "2pl", **nothing))


def test_known_items_must_have_the_categories_of_the_data():
    data = pd.DataFrame({item.item: [0, 2, 0, 2] for item in ITEMS["grm"][:1]})
    population = Population.normal(Grid().nodes)
    ranked = ItemResponses.of(data, ["s0"])
    assert refusal(lambda: known_persons(ranked, ITEMS["grm"][:1], population)) == (
        "parameters: item 's0' has 2 categories in the data and 3 in its parameters. Declare the "
        "item's values, so that categories nobody chose are counted."
    )
    declared = ItemResponses.of(data, ["s0"], values={"s0": [0, 1, 2]})
    assert declared.codes[:, 0].tolist() == [0, 2, 0, 2]
    assert np.isfinite(
        known_persons(declared, ITEMS["grm"][:1], population).log_likelihoods()
    ).all()
    strange = refusal(lambda: ItemResponses.of(data, ["s0"], values={"s0": [0, 1]}))
    assert strange.startswith(
        "items: item 's0' has the answer 2, which is not among its values 0, 1"
    )


def test_answers_that_are_no_scores_are_refused_with_row_and_value():
    data = pd.DataFrame({"k1": [0, 1, 1], "k2": ["0", "1", "b"], "w": [1.0, 0.0, 1.0],
                         "g": ["x", None, "y"], "age": np.arange(3)})  # fmt: skip
    assert refusal(lambda: ItemResponses.of(data, ["k1", "k2"])) == (
        "items: row 3, column 'k2': 'b' is not a score. Items of a model are scored: write 0, 1, "
        "2 …, or name the code under missing_codes."
    )
    assert refusal(lambda: ItemResponses.of(data, ["k1"], weights="w")).startswith(
        "weights: row 2, column 'w': the weight 0 is not above zero (1 such rows)."
    )
    assert refusal(lambda: ItemResponses.of(data, ["k1"], groups="g")).startswith(
        "items: row 2, column 'g': the value is missing (1 such rows)."
    )
    assert refusal(lambda: ItemResponses.of(data, ["k3", "k1"])).startswith(
        "items: 'k3' is not a column of the data. Columns: k1, k2,"
    )
    wide = pd.DataFrame({"score": np.arange(200)})
    assert "has 200 different answers" in refusal(lambda: ItemResponses.of(wide, ["score"]))


def test_a_parameter_that_the_data_do_not_determine_is_named():
    responses = simulated("2pl", persons=100).subset(["k0"])
    fitted = fit(responses, "2pl", options=FitOptions(most=30))
    assert "of item 'k0'" in refusal(lambda: covariance(fitted))


def test_text_columns_are_indicators_named_as_in_r():
    data = pd.DataFrame({"k1": ["1", "0", "1"], "area": ["north", "south", "north"],
                         "age": [20.0, 30.0, 40.0]})  # fmt: skip
    found = ItemResponses.of(data, ["k1"], condition_on=["area", "age"])
    assert found.covariate_names == ("areasouth", "age")
    assert found.covariates.tolist() == [[0, 20], [1, 30], [0, 40]]
    assert found.codes[:, 0].tolist() == [1, 0, 1]


def odd_answers(seed: int) -> tuple[ItemResponses, str]:
    """Few persons, few items, traits that hardly vary or separate, cells left out."""
    rng = np.random.default_rng(seed)
    model = ("2pl", "rasch", "3pl", "grm", "gpcm", "pcm", "rsm")[seed % 7]
    persons, items = int(rng.integers(3, 60)), int(rng.integers(1, 9))
    steps = 1 if model in {"2pl", "rasch", "3pl"} else int(rng.integers(1, 5))
    theta = rng.choice([0.1, 1.0, 4.0]) * rng.normal(size=(persons, 1))
    noise = rng.choice([0.1, 1.0]) * rng.normal(size=(persons, items))
    codes = np.clip(np.round(0.7 * (theta + noise) + steps / 2), 0, steps)
    codes[rng.random(codes.shape) < rng.choice([0.0, 0.3])] = np.nan
    names = [f"i{j}" for j in range(items)]
    return ItemResponses.of(pd.DataFrame(codes, columns=names), names), model


@pytest.mark.parametrize("seed", range(70))
def test_odd_data_are_calibrated_or_refused_but_never_nan(seed):
    responses, model = odd_answers(seed)
    try:
        fitted = fit(responses, model, options=FitOptions(most=60))
        matrix = covariance(fitted)
    except AnalysisError:
        return
    assert all(np.isfinite([item.slope, *item.intercepts]).all() for item in fitted.items)
    assert np.isfinite(matrix).all()
    assert np.isfinite(fitted.log_likelihood)
    assert fitted.converged or "not_converged" in {flag.name for flag in fitted.flags}
