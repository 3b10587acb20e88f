"""Contact data and original files go when the time that the study set itself is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from instruments.errors import Problem
from instruments.language import say
from survey.chain import note
from survey.contacts import Vault
from survey.database import writing
from survey.errors import StudyError
from survey.originals import Originals
from survey.store import Store
from survey.study import SETTINGS, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What was deleted: contact details, and original files."""

    contacts: int
    originals: int


def retention_ends(study: Study) -> date:
    """The last day on which contact data may be kept.

    Raises:
        StudyError: The settings do not say.
    """
    days, ends = study.settings.retention.contact_days, study.settings.wave.ends
    problems = []
    if days is None:
        problems.append(Problem(where=SETTINGS, what=say("No time is set after which contact data "
                                                         "are deleted."),
                                hint=say("Set it: 'retention: {{contact_days: 90}}'.")))  # fmt: skip
    if ends is None:
        problems.append(Problem(where=SETTINGS, what=say("The wave has no end."),
                                hint=say("Set 'ends' below 'wave'.")))  # fmt: skip
    if days is None or ends is None:
        raise StudyError(problems)
    return ends + timedelta(days=days)


def expire(study: Study, *, now: Callable[[], datetime], by: str = "") -> Expired:
    """Delete contact data and original files, once their time is over.

    Raises:
        StudyError: It is not over yet, or the settings do not say when it is.
    """
    last, time = retention_ends(study), now()
    if time.date() <= last:
        raise StudyError(Problem(where=SETTINGS, what=say(
            "Contact data are kept until {day}; nothing was deleted.", day=last.isoformat())))  # fmt: skip
    contacts = Vault(study).forget_all()
    originals = Originals(study).forget_all()
    if contacts or originals:
        detail = {"contacts": contacts, "originals": originals}
        with Store.open(study.store_path) as store, writing(store.engine) as connection:
            note(connection, "expired", None, detail, at=time, who=by)
    return Expired(contacts=contacts, originals=originals)
