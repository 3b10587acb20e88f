"""How the fieldwork of a study went, for the quality page: outcomes, exclusions, the sample drawn."""

from analysis.fieldwork_result import Excluded, Fieldwork, Outcome, OutcomeRate, SampleReport
from analysis.measured import Measured
from analysis.modes import mix
from survey.disposition_file import SampleOutcomes, read_outcomes
from survey.dispositions import DISPOSITIONS, outcome_rates
from survey.exclusions import by_reason
from survey.study import Study


def fieldwork(made: Measured) -> Fieldwork:
    """What the settings, the frozen exclusions and the list of cases tell.

    Raises:
        ImportRejected: the list of cases does not hold.
    """
    reasons = by_reason(made.excluded, instrument=made.instruments[0].id)
    sample = made.people.sample
    first = sample.stages[0]
    return Fieldwork(
        frame=made.study.settings.sample.frame,
        modes=mix(made),
        mode_item=made.instruments[-1].mode or "",
        has_weights=made.study.settings.sample.weight is not None,
        strata=first.strata,
        psus=first.units,
        interviews=len(made.responses.frame),
        excluded=tuple(Excluded(why=why, cases=cases) for why, cases in sorted(reasons.items())),
        sample=_sample(made.study),
    )


def _sample(study: Study) -> SampleReport | None:
    name = study.settings.sample.dispositions
    return None if name is None else sample_report(read_outcomes(study.folder / name))


def sample_report(listed: SampleOutcomes) -> SampleReport:
    """The outcomes and rates of a list of cases, by cases and, where it has them, by weights."""
    counted = outcome_rates(listed.cases)
    weighted = outcome_rates(listed.cases, weighted=True) if listed.weighted else None
    mass = 0.0 if weighted is None else sum(weighted.counts.values())
    return SampleReport(
        cases=counted.cases,
        held=int(counted.counts["I"] + counted.counts["P"]),
        e=counted.e,
        e_weighted=None if weighted is None else weighted.e,
        outcomes=tuple(
            Outcome(code=code, cases=int(counted.counts[code]),
                    share=counted.counts[code] / max(counted.cases, 1),
                    weighted=None if weighted is None else weighted.counts[code] / mass)
            for code in DISPOSITIONS
        ),
        rates=tuple(
            OutcomeRate(name=name, by_cases=rate,
                        by_weights=None if weighted is None else weighted.rates[name])
            for name, rate in counted.rates.items()
        ),
    )  # fmt: skip
