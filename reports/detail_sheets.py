"""The full report's further tables as sheets: sampling errors, answers, differences, fieldwork."""

from collections.abc import Iterator

from analysis.result import Estimate, Gap
from instruments.language import Message, say
from reports.edition import Edition
from reports.gaps import gap_name, gap_word
from reports.item_map import chances
from reports.opinions import answer_name
from reports.quality import OUTCOMES, RATES
from reports.sampling_errors import domains, estimate_of, for_everybody, measures
from reports.sheet import ESTIMATE, Form, Sheet, Value, estimate_cells, made_sheet

_Columns = tuple[tuple[Message, Form], ...]
_DIFFERENCE: _Columns = (
    (say("Difference"), "share"), (say("Lower limit of the difference"), "share"),
    (say("Upper limit of the difference"), "share"),
    (say("Confidence of the difference"), "share"),
    (say("Standard error of the difference"), "share"),
)  # fmt: skip


def detail_sheets(edition: Edition) -> tuple[Sheet, ...]:
    """One sheet for each kind of table; without rows where the analysis has none."""
    return (_errors(edition), _answers(edition), _gaps(edition), _chances(edition),
            _outcomes(edition), _rates(edition), _excluded(edition))  # fmt: skip


def _errors(edition: Edition) -> Sheet:
    columns: _Columns = (
        (say("Measured"), "text"), (say("Variable"), "text"), (say("Domain"), "text"), *ESTIMATE,
        (say("DEFT"), "number"), (say("SE/R"), "share"),
    )  # fmt: skip
    rows = [
        (edition.name(of), edition.variable(by), edition.group(by),
         *_with_errors(estimate_of(edition, of, by)))
        for of in measures(edition) for by in domains(edition, of)
    ]  # fmt: skip
    rows += [(name, "", edition.group({}), *_with_errors(one))
             for name, one in for_everybody(edition)]  # fmt: skip
    return made_sheet(edition, say("Sampling errors"), columns, rows)


def _with_errors(one: Estimate | None) -> tuple[Value, ...]:
    if one is None:
        return ("[x]", *(None,) * (len(ESTIMATE) + 1))
    return (*estimate_cells(one), one.deft, one.cv)


def _answers(edition: Edition) -> Sheet:
    columns: _Columns = (
        (say("Question"), "text"), (say("Answer"), "text"), (say("Worth"), "number"), *ESTIMATE,
    )  # fmt: skip
    whole, none = edition.tell(say("for, altogether")), edition.tell(say("no answer"))
    rows: list[tuple[Value, ...]] = []
    for one in edition.analysis.answers:
        name = edition.name(one.item)
        rows += [(name, answer_name(edition, each), one.credit[each.level or ""],
                  *estimate_cells(each)) for each in one.shares]  # fmt: skip
        rows.append((name, whole, None, *estimate_cells(one.favourable)))
        rows.append((name, none, None, *estimate_cells(one.unanswered)))
    return made_sheet(edition, say("Answers"), columns, rows)


def _gaps(edition: Edition) -> Sheet:
    columns: _Columns = (
        (say("Measured"), "text"), (say("Group or topic"), "text"), *ESTIMATE,
        (say("Held against"), "text"), (say("Level asked"), "share"), *_DIFFERENCE,
        (say("Tested"), "text"),
    )  # fmt: skip
    rows = (row for one in edition.analysis.gaps for row in _gap_rows(edition, one))
    return made_sheet(edition, say("Differences"), columns, rows)


def _gap_rows(edition: Edition, one: Gap) -> Iterator[tuple[Value, ...]]:
    """A row against the target, where there is one, and a row against the others."""
    head = (edition.name(one.share.of), gap_name(edition, one), *estimate_cells(one.share))
    if one.to_target is not None:
        yield (*head, one.target, one.threshold, *_difference(one.to_target), None)
    others = edition.tell(say("all others"))
    yield (*head, others, None, *_difference(one.to_others), gap_word(edition, one))


def _difference(found: Estimate | None) -> tuple[Value, ...]:
    if found is None:
        return (None,) * len(_DIFFERENCE)
    return (found.estimate, *found.ci, found.confidence, found.se)


def _chances(edition: Edition) -> Sheet:
    columns: _Columns = (
        (say("Item"), "text"), (say("Question"), "text"), (say("Chance at the cut"), "share"),
    )  # fmt: skip
    rows = ((item, edition.name(item), chance) for item, chance in chances(edition)[0].items())
    return made_sheet(edition, say("Items at the cut"), columns, rows)


def _outcomes(edition: Edition) -> Sheet:
    columns: _Columns = (
        (say("Code"), "text"), (say("Outcome"), "text"), (say("Cases"), "count"),
        (say("Share"), "share"), (say("By design weights"), "share"),
    )  # fmt: skip
    found = edition.analysis.fieldwork
    listed = None if found is None else found.sample
    rows = ((one.code, edition.tell(OUTCOMES[one.code]), one.cases, one.share, one.weighted)
            for one in (() if listed is None else listed.outcomes))  # fmt: skip
    return made_sheet(edition, say("Outcomes"), columns, rows)


def _rates(edition: Edition) -> Sheet:
    columns: _Columns = (
        (say("AAPOR rate"), "text"), (say("What it is"), "text"), (say("By cases"), "share"),
        (say("By design weights"), "share"),
    )  # fmt: skip
    found = edition.analysis.fieldwork
    listed = None if found is None else found.sample
    rows: list[tuple[Value, ...]] = []
    if listed is not None:
        rows = [(one.name, edition.tell(RATES[one.name]), one.by_cases, one.by_weights)
                for one in listed.rates]  # fmt: skip
        counted = say("Share of cases of unknown eligibility that count as eligible")
        rows.append(("e", edition.tell(counted), listed.e, listed.e_weighted))
    return made_sheet(edition, say("Outcome rates"), columns, rows)


def _excluded(edition: Edition) -> Sheet:
    columns: _Columns = ((say("Reason"), "text"), (say("Interviews"), "count"))
    found = edition.analysis.fieldwork
    rows = ((one.why, one.cases) for one in (() if found is None else found.excluded))
    return made_sheet(edition, say("Exclusions"), columns, rows)
