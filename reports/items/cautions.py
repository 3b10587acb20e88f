"""What flags of a result mean to its reader: each in words, in a section of the report."""

from analysis.items.flags import all_flags
from instruments.language import Message, say
from reports.document import Answer, Answers, Section
from reports.items.edition import ItemsEdition

_ITEM = {
    "separation": say("answers follow from the others without error, so that slope and standard errors mean nothing"),
    "negative_slope": say("it runs against the other items: check its key"),
    "constant": say("everybody gave the same answer"),
    "seldom_chosen": say("an option that hardly anybody chooses"),
    "chosen_by_the_able": say("an option that those choose who know as much as those who are right"),
    "key_does_not_rise": say("the right answer is not chosen more often as the score rises"),
    "no_s_x2": say("too few answers at each score to compare them with the curve"),
    "nothing_left_if_deleted": say("without it one item is left, which is no scale"),
    "no_odds_ratio": say("no odds ratio: in one group all are right, or all wrong"),
    "no_breslow_day": say("too few scores to tell whether the difference is the same at all of them"),
    "no_stratum_with_both_groups": say("at no score are there persons of both groups"),
    "small_groups": say("groups of scores with too few persons for a share"),
    "nobody_with_other_answers": say("an option that nobody chose who answered another item"),
    "drifts": say("an anchor moved between the two calibrations by more than chance"),
}  # fmt: skip
_FIT = {
    "not_converged": say("the estimation has not settled: its figures are not to be used"),
    "range_too_narrow": say("persons stand at the ends of the range: ask for a wider one"),
    "no_population": say("no distribution of the trait is estimated"),
    "needs_one_population": say("not calculated for several groups or with covariates"),
    "complete_cases": say("too few persons answered every item"),
    "prior_not_used": say("a prior is given of a parameter that the model has not"),
    "no_variance": say("no standard error: the answers or the weights leave no variation"),
    "not_estimable": say("cannot be estimated from these data"),
    "not_positive_definite": say("the correlations contradict each other: too few answers to pairs of items"),
    "correlation_at_bound": say("a correlation stands at its bound: items repeat each other, or a combination of answers is missing"),
    "correlation_at_edge": say("the two traits cannot be told apart"),
    "at_bound": say("a correlation stands at its bound: items repeat each other, or a combination of answers is missing"),
    "no_pairs": say("nobody answered both items of a pair"),
    "heywood": say("an item without error of its own: the one-factor model does not hold"),
    "saturated": say("three items fit one factor in any case: nothing is tested"),
    "negative_alpha": say("the items contradict each other: check keys and codes"),
    "not_one_dimension": say("the items measure more than one thing"),
    "no_common_dimension": say("the items have nothing in common"),
    "two_parameter_true_scores": say("true scores have two parameters, since four do not fit"),
    "one_decision": say("the cut decides nothing: everybody is on one side of it"),
    "not_purified": say("items that differ stay in the comparison"),
    "items_left_out": say("items that not every part answered in every way are left out"),
    "few_anchors": say("few items in common: the link is weak"),
    "no_errors": say("without standard errors chance cannot be told from a move"),
}  # fmt: skip
_ESTIMATE = {
    "few_persons": say("few persons: the margin of error is itself uncertain"),
    "few_effective_persons": say("a few persons have nearly all of the weight: the margin of error is itself uncertain"),
    "nobody": say("nobody is in the group"),
    "no_interval": say("no interval: all or none are above the cut, or there are no degrees of freedom"),
    "outside_0_1": say("the estimate is no possible share: an assumption does not hold"),
    "errors_without_design": say("standard errors do not know the design of the sample: they are too small"),
    "replicates_lost": say("replicates in which nothing could be estimated"),
    "cut_without_se": say("the standard error of the cut is not known: the interval is too narrow by what the panel does not know"),
    "validity_without_se": say("how many persons the sensitivity and the specificity come from is not known: the interval is too narrow"),
    "not_conditioned_on": say("the groups are not in the model: differences between them are estimated too small"),
    "items_held_at_their_values": say("items are held at their values: the interval does not have their error"),
    "cut_error_left_out": say("the error of the cut is not in the interval: whole scores cannot tell it"),
    "trait_not_normal": say("the trait is not normal (skewness, excess kurtosis), so that shares under the normal model can be biased: ask for the method npml"),
    "guessing_without_prior": say("guessing without a prior is hardly determined by answers: give priors, or a fixed chance"),
    "normal_model_differs": say("the trait is not normal: the share under the normal model differs by more than chance"),
    "moments": say("the answers determine fewer features of the distribution than usual"),
    "no_estimate": say("persons without an estimate: only lowest or highest answers, or none"),
    "rows_left_out": say("rows of the data that the analysis leaves out"),
    "out_of_reach": say("cuts that no value of the trait reaches"),
    "no_share": say("a rule under which no share could be estimated"),
    "design_effect": say("the sensitive item changes what is said of the others: the difference is no share"),
    "admitted_but_not_counted": say("more admit it when asked directly than the list finds"),
    "not_frozen": say("the standard was not frozen before the results"),
}  # fmt: skip
WORDS: dict[str, Message] = {**_ITEM, **_FIT, **_ESTIMATE}
"""A flag's name, before what it is about, as a clause."""


def cautions(edition: ItemsEdition) -> Section | None:
    """Every flag of every analysis; None where there are none."""
    found = [
        Answer(lead=f"{one['id']}:", text="; ".join(in_words(edition, all_flags(one))))
        for one in edition.inspection.analyses if "error" not in one and all_flags(one)
    ]  # fmt: skip
    if not found:
        return None
    return Section(id="cautions", title=edition.tell(say("What the figures do not bear")),
                   blocks=(Answers(items=tuple(found)),))  # fmt: skip


def in_words(edition: ItemsEdition, flags: list[str]) -> list[str]:
    """Flags of one meaning together, with what each of them is about in brackets."""
    about: dict[str, list[str]] = {}
    for flag in flags:
        name, _, of = flag.partition(" (")
        name, _, subject = name.partition(": ")
        own = [part for part in (subject, of.removesuffix(")")) if part]
        about.setdefault(name, []).extend([", ".join(own)] if own else [])
    return [_clause(edition, name, of) for name, of in about.items()]


def _clause(edition: ItemsEdition, name: str, of: list[str]) -> str:
    said = edition.tell(WORDS[name]) if name in WORDS else name
    return f"{said} ({'; '.join(dict.fromkeys(of))})" if of else said
