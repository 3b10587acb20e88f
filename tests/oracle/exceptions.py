"""Records of the published reference that are not met, each with its reason."""

UNMET = {
    "irt.latreg.TAM.timss": "TAM leaves the density on its nodes unnormalised, which moves β by 0.002",
    "irt.rsm_cml.psychotools.timss": "psychotools takes items of two categories as of three, one never chosen",
    "fit.M2.gpcm.science": "mirt leaves the denominator out of the slope of expected scores in a",
    "ctt.guttman.lsat6": "psych tries only half of the splits of an odd number of items",
    "ctt.guttman.verbal": "psych draws 10,000 splits at random; ours is a better half",
    "ctt.guttman.sat12": "psych draws 10,000 splits at random; ours is a better half",
    "ctt.polychor_ml12.bfi_N_missing": "polycor stops early: our likelihood is higher by 0.36",
    "dif.ordinal_logistic.bfi_A": "polr stops early: our likelihood is higher",
    "dif.ordinal_logistic.verbal_poly": "polr stops early: our likelihood is higher",
    "class.hanson_brennan.sim3pl": "betafunctions' integral is 4e-5 off: its table sums to 1.00002",
    "class.livingston_lewis.sim3pl": "betafunctions' consistency matrix is not symmetric",
}  # fmt: skip
"""The same question, another number."""
OUTSIDE = {
    "dif.raju_lord.verbal": "Lord's chi-square is not part of the contract",
    "ctt.omega_psych.verbal": "omega by a rotated three-factor solution is not part of the contract",
    "ctt.omega_psych.verbal_poly": "omega by a rotated three-factor solution is not part of the contract",
    "ctt.omega_psych.sat12": "omega by a rotated three-factor solution is not part of the contract",
    "ctt.omega_psych.sim3pl": "omega by a rotated three-factor solution is not part of the contract",
}  # fmt: skip
"""Questions that `items` does not answer."""
REPRODUCED = {
    "irt.rasch_mml.reliability": "mirt adds σ² to the information where 1/σ² belongs, under N(0, 1)",
    "irt.pcm.reliability": "mirt adds σ² to the information where 1/σ² belongs, under N(0, 1)",
    "irt.pcm_mml.TAM.timss": "TAM leaves the density on its nodes unnormalised",
    "irt.latreg.TAM.verbal_booklets": "TAM leaves the density on its nodes unnormalised",
    "irt.rasch_mml.TAM.verbal_booklets": "TAM leaves the density on its nodes unnormalised",
    "irt.3pl_prior2.fit": "mirt has a wrong sign in the second derivative of its log-normal prior",
    "irt.3pl_prior2.scores": "mirt weights by √I, which is Warm's weight only without guessing",
    "ctt.polychoric.verbal": "psych smooths a matrix that is not positive definite",
    "pv.above_": "R's half-samples follow the order of rows: given as columns they agree",
}
"""Starts of records whose checks put in what the reference does otherwise, and then meet it."""
