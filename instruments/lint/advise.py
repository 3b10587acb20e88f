"""All advice on an instrument."""

from collections.abc import Callable, Iterable, Iterator

from instruments.check.findings import Where, path
from instruments.check.instrument import contradictions
from instruments.check.view import view
from instruments.language import say
from instruments.laws import LawRegister, shipped_laws
from instruments.lint.advice import Advice, Remark, Subject
from instruments.lint.coverage import blueprint, few_items, no_dont_know
from instruments.lint.designs import (
    costly_protection,
    few_statements,
    unbalanced_booklets,
    unlinked_booklets,
)
from instruments.lint.keys import (
    all_of_the_above,
    key_length,
    key_position,
    one_direction,
    shuffled_scale,
)
from instruments.lint.law import (
    field_period_missing,
    law_changes,
    law_out_of_force,
    law_unknown,
    unreviewed,
)
from instruments.lint.wording import (
    double_negation,
    hard_to_read,
    long_for_a_phone,
    untranslated,
)
from instruments.model import Fieldwork, Instrument
from instruments.xlsform.columns import ORIGIN

Rule = Callable[[Subject], Iterable[Remark]]


def advise(
    instrument: Instrument,
    *,
    where: Where = path,
    fieldwork: Fieldwork | None = None,
    laws: LawRegister | None = None,
) -> list[Advice]:
    """Everything to reconsider; `fieldwork` stands for the instrument's own field period."""
    subject = Subject(
        view=view(instrument, where=where),
        laws=laws or shipped_laws(),
        fieldwork=fieldwork or instrument.fieldwork,
    )
    return [
        Advice(rule=rule.__name__, where=where(remark.at), what=remark.what, why=remark.why)
        for rule in RULES
        for remark in rule(subject)
    ]


def contradictory(subject: Subject) -> Iterator[Remark]:
    """What can never be shown or passed in a form from elsewhere; in our own that is a problem."""
    if ORIGIN not in subject.view.instrument.settings:
        return
    for found in contradictions(subject.view):
        yield Remark(
            found.at, found.what, found.hint or say("Compare it with the other conditions.")
        )


RULES: tuple[Rule, ...] = (
    field_period_missing, law_out_of_force, law_changes, law_unknown, unreviewed,
    key_position, key_length, all_of_the_above, one_direction, shuffled_scale,
    no_dont_know, blueprint, few_items,
    long_for_a_phone, hard_to_read, double_negation, untranslated,
    unbalanced_booklets, unlinked_booklets, few_statements, costly_protection, contradictory,
)  # fmt: skip
"""Every rule, by the subject that it concerns."""
