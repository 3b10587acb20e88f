"""What each page of the desk shows; nothing here changes anything."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from instruments.errors import Problem
from instruments.language import LANGUAGES, Language, Message, in_language, say
from survey import quarantine
from survey.contact_key import key_beside
from survey.contest import STAMP
from survey.corrections import KIND as CORRECTION
from survey.corrections import changes_of
from survey.import_report import RowFault
from survey.store import Batch
from survey.web.columns import columns_of, places_of
from survey.web.desk import Desk, check_name
from survey.web.findings import Checked, Column, Failed, Finding, Refused, Unsettled
from survey.web.paging import ON_A_PAGE, Pages, page_number, paged
from survey.web.uploads import Upload
from survey.web.wording import KINDS, RULES, STATES, how_far, overrides
from survey.web.worker import Job

SETTLED_AT_ONCE = 40
_NAMES: Mapping[Language, str] = {"vi": "Tiếng Việt", "en": "English"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Screens:
    """The pages of one desk."""

    desk: Desk
    templates: Environment
    exposed: bool
    limit: int

    def home(self, request: Request) -> Response:
        """Files in, batches out."""
        desk = self.desk
        batches = desk.batches()
        with desk.opened() as store:
            count = 0 if store is None else quarantine.count(store)
        return self.page(
            request, "home.html.j2", here="home", running=desk.worker.running(),
            waiting=[(one, self._state(one)) for one in desk.uploads.waiting()],
            batches=batches, page=paged(batches, request.query_params), states=STATES,
            quarantined=count, limit_mb=self.limit // (1 << 20),
        )  # fmt: skip

    def upload(self, request: Request) -> Response:
        """An upload as it stands: being worked on, refused, unsettled, checked or stored."""
        upload = self.found(request)
        job = self.desk.worker.job_of(upload.token)
        if upload.kept is not None:
            return self._about(request, "stored.html.j2", upload)
        if job is not None:
            return self._busy(request, job)
        return self._shown(request, upload, self.desk.finding(upload.token))

    def state(self, request: Request) -> Response:
        """How far the work on an upload is, for the script."""
        job = self.desk.worker.job_of(request.path_params["token"])
        if job is None:
            return JSONResponse({"busy": False})
        text = how_far(job, running=self.desk.worker.running()).text(language_of(request))
        return JSONResponse({"busy": True, "text": text, "done": job.done, "rows": job.rows})

    def columns(self, request: Request) -> Response:
        """Where each column goes, with one of them open to be changed."""
        upload = self.found(request)
        if upload.kept is not None or self.desk.worker.job_of(upload.token) is not None:
            return self.upload(request)
        table = columns_of(self.desk.study, self.desk.uploads.path_of(upload),
                           self.desk.reading_of(upload.choice))  # fmt: skip
        changing = request.query_params.get("change", "")
        opened = [one for one in table.columns if str(one.number) == changing]
        return self._columns(request, upload, table, opened=opened)

    def batch(self, request: Request) -> Response:
        """One batch."""
        batch = self.found_batch(request)
        changes = changes_of(self.desk.study, batch.id) if batch.kind == CORRECTION else []
        return self.page(request, "batch.html.j2", batch=batch, states=STATES, changed=len(changes),
                         page=paged(changes, request.query_params))  # fmt: skip

    def undo(self, request: Request) -> Response:
        """What undoing a batch would do."""
        batch = self.found_batch(request)
        if batch.state not in ("open", "sealed"):
            return self.batch(request)
        return self.page(request, "undo.html.j2", batch=batch)

    def quarantine(self, request: Request) -> Response:
        """Rows that wait to be corrected, each with its problems."""
        asked = request.query_params.get("batch", "")
        batch = int(asked) if asked.isdecimal() and len(asked) < 10 else None
        with self.desk.opened() as store:
            count = 0 if store is None else quarantine.count(store, batch=batch)
            number, last = page_number(request.query_params, count)
            rows = [] if store is None else quarantine.listed(
                store, batch=batch, offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE
            )  # fmt: skip
        query = {} if batch is None else {"batch": str(batch)}
        return self.page(
            request, "quarantine.html.j2", here="quarantine", count=count, batch=batch,
            page=Pages(items=rows, number=number, last=last, query=query),
        )  # fmt: skip

    def message(
        self, request: Request, heading: Message, *, status: int,
        problems: Sequence[Problem] = (), words: Message | None = None, back: str | None = None,
    ) -> Response:  # fmt: skip
        """A page that says what could not be done."""
        return self.page(
            request, "message.html.j2", status=status, heading=heading, problems=problems,
            words=words, back=back or root_of(request, self.desk),
        )  # fmt: skip

    def found(self, request: Request) -> Upload:
        """The upload that an address names.

        Raises:
            HTTPException: 404 there is none.
        """
        upload = self.desk.uploads.find(request.path_params["token"])
        if upload is None:
            raise HTTPException(404)
        return upload

    def found_batch(self, request: Request) -> Batch:
        """The batch that an address names.

        Raises:
            HTTPException: 404 there is none.
        """
        number = request.path_params["batch"]
        for one in self.desk.batches():
            if one.id == number:
                return one
        raise HTTPException(404)

    def language(self, request: Request) -> Language:
        """The language of an address, else the study's."""
        return language_of(request, default=self.desk.study.settings.language)

    def page(
        self, request: Request, template: str, *, status: int = 200, **shown: object
    ) -> Response:
        """Render a template with what every page has."""
        study, language = self.desk.study, self.language(request)
        instruments = {one.id: one.title for one in study.instruments}
        text = self.templates.get_template(template).render({
            "language": language, "root": root_of(request, self.desk), "here": "",
            "room": f"/{language}/", "is_contest": study.is_contest, "exposed": self.exposed,
            "key": key_beside(study), "stamp": STAMP,
            "languages": list(_addresses(request)), "secret_word": self.desk.secret,
            "study_title": in_language(study.settings.title, language),
            "instruments": list(instruments.items()), "overrides": overrides(), "kinds": KINDS, **shown,
        })  # fmt: skip
        return HTMLResponse(text, status_code=status)

    def _shown(self, request: Request, upload: Upload, finding: Finding | None) -> Response:
        match finding:
            case Checked():
                return self._checked(request, upload, finding)
            case Unsettled():
                opened = [one for one in finding.columns if one.unsettled]
                return self._columns(request, upload, finding, opened=opened)
            case Refused():
                shown = paged(finding.problems, request.query_params)
                return self._about(request, "refused.html.j2", upload, page=shown)
            case _:
                failed = finding.number if isinstance(finding, Failed) else None
                return self._about(request, "unchecked.html.j2", upload, failed=failed)

    def _busy(self, request: Request, job: Job) -> Response:
        heading = say("Being stored") if job.kind == "store" else say("Being checked")
        far = how_far(job, running=self.desk.worker.running())
        return self.page(request, "busy.html.j2", job=job, heading=heading, progress=far)

    def _checked(self, request: Request, upload: Upload, finding: Checked) -> Response:
        report, query = finding.report, request.query_params
        counts = Counter(one.fault.rule for one in report.faults)
        rule = query.get("rule", "") if query.get("rule") in counts else ""
        faults = [one for one in report.faults if not rule or one.fault.rule == rule]
        columns = Counter(_column(one) for one in faults)
        column = query.get("column", "") if query.get("column") in columns else ""
        faults = [one for one in faults if not column or _column(one) == column]
        same = [one for one in self.desk.batches()
                if one.file_sha256 == upload.sha256 and one.state == "sealed"]  # fmt: skip
        return self._about(
            request, "checked.html.j2", upload, report=report, taken=finding.taken, rule=rule,
            rules=[(name, RULES.get(name, name), count) for name, count in counts.most_common()],
            columns=sorted(columns.items()), column=column, same=same,
            page=paged(faults, query, keep=("rule", "column", "notes"), anchor="#problems"),
            notes=paged(report.notes, query, name="notes", keep=("rule", "column", "page"),
                        anchor="#notes"),
        )  # fmt: skip

    def _columns(
        self, request: Request, upload: Upload, table: Unsettled, *, opened: Sequence[Column]
    ) -> Response:
        return self._about(
            request, "columns.html.j2", upload, taken=table.taken, open=opened[:SETTLED_AT_ONCE],
            why=table.why, unsettled=sum(one.unsettled for one in table.columns), check=check_name(upload),
            further=max(len(opened) - SETTLED_AT_ONCE, 0),
            settled=[one for one in table.columns if not one.unsettled and one not in opened],
            titles=places_of(self.desk.study, upload.choice.instrument),
        )  # fmt: skip

    def _about(self, request: Request, template: str, upload: Upload, **shown: object) -> Response:
        choice = {"kind": upload.choice.kind, "encoding": upload.choice.encoding,
                  "delimiter": upload.choice.delimiter}  # fmt: skip
        others = [one for one in self.desk.uploads.waiting() if one.token != upload.token]
        return self.page(request, template, status=200, upload=upload, choice=choice,
                         others=others, **shown)  # fmt: skip

    def _state(self, upload: Upload) -> Message:
        """An upload's state in a word or two."""
        job = self.desk.worker.job_of(upload.token)
        if job is not None:
            return say("being stored") if job.kind == "store" else say("being checked")
        match self.desk.finding(upload.token):
            case Checked():
                return say("checked, not stored")
            case Unsettled():
                return say("columns to be settled")
            case Refused():
                return say("cannot be taken in")
            case _:
                return say("to be checked again")


def _column(one: RowFault) -> str:
    return one.column or one.fault.path


def root_of(request: Request, desk: Desk) -> str:
    """Where the pages of a desk begin, in the language of an address."""
    room = "contest/" if desk.study.is_contest else ""
    return f"/{language_of(request, default=desk.study.settings.language)}/{room}"


def language_of(request: Request, *, default: Language = "vi") -> Language:
    """The language that an address begins with."""
    first = request.url.path.strip("/").partition("/")[0]
    return next((one for one in LANGUAGES if one == first), default)


def _addresses(request: Request) -> Iterator[tuple[str, str, str]]:
    """The page in each language; after a form was sent, the first page."""
    path = request.url.path.removeprefix(f"/{language_of(request)}")
    query = f"?{request.url.query}" if request.url.query else ""
    rest = f"{path}{query}" if request.method == "GET" and path != request.url.path else "/"
    for code, name in _NAMES.items():
        yield code, name, f"/{code}{rest}"
