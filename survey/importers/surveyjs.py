"""SurveyJS: the results of a survey as JSON, bare or in the envelope of the server that kept them.

``survey.data`` is an object by question: lists are the codes of a multiple choice, lists of objects
the panels of a dynamic panel, objects the rows of a matrix. ``question-Comment`` is the text behind
the option "other". ``survey.getPlainData()`` is a list of questions with their titles.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from instruments.language import say
from survey.errors import rejected
from survey.importers.headed import positions
from survey.importers.objects import table_of_objects
from survey.importers.table import Columns, Container, Contents, Evidence, Override, Table

KIND = "surveyjs"
CONTAINERS: frozenset[Container] = frozenset({"json"})
_Object = Mapping[str, Any]
_PLAIN = frozenset({"name", "title", "value", "displayValue"})
_DATA = ("data", "Data", "json", "result", "results", "SurveyResult")
_IDS = ("id", "Id", "_id", "InstanceId", "instanceId", "resultId", "uuid")
_TIMES = ("createdAt", "updatedAt", "created_at", "updated_at", "HappendAt", "completedAt")
_VERSIONS = frozenset({"version", "Version"})
"""Names of the form's version in an envelope; among the answers they may be a question's."""
_COMMENT = "-Comment"
_FILE = frozenset({"name", "type", "content"})


def recognise(contents: Contents) -> Evidence | None:
    """A list of objects that hold questions by name, or of lists of questions."""
    records = _records(contents.document)
    if not records:
        return None
    if all(_is_plain(one) for one in records):
        return Evidence(score=0.9, why=say("It lists questions with name, title and value, as "
                                           "SurveyJS does."))  # fmt: skip
    if all(isinstance(one, Mapping) for one in records):
        score = 0.8 if all(_data_of(one) is not one for one in records) else 0.3
        return Evidence(score=score, why=say("It is a list of answers by question, as SurveyJS "
                                             "writes them."))  # fmt: skip
    return None


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records, matrices opened up into their rows."""
    if _is_definition(contents.document):
        raise rejected(contents.name, say("This is a SurveyJS questionnaire, not its results."),
                       say("Save the results (survey.data) of each respondent."))  # fmt: skip
    given = [_plainly(one) if _is_plain(one) else one for one in _records(contents.document)]
    own = frozenset(key for one in given if _data_of(one) is not one for key in one)
    records = [_record(one) for one in given]
    return table_of_objects(contents, records, kind=KIND, evidence=evidence,
                            columns_of=lambda headings: _columns(headings, own))  # fmt: skip


def _records(document: object) -> Sequence[Any]:
    """The list of records, which may stand alone or under a name; one record alone is a list too."""
    if isinstance(document, list):
        return [document] if _is_plain(document) else document
    if not isinstance(document, Mapping):
        return ()
    lists = [value for value in document.values()
             if isinstance(value, list) and value and all(isinstance(one, Mapping | list) for one in value)]  # fmt: skip
    wrapped = len(lists) == 1 and all(
        _data_of(one) is not one or _is_plain(one) for one in lists[0]
    )
    return lists[0] if wrapped else [document]


def _is_definition(document: object) -> bool:
    return isinstance(document, Mapping) and any(
        isinstance(document.get(name), list)
        and all(
            isinstance(one, Mapping) and ("elements" in one or "type" in one)
            for one in document[name]
        )
        for name in ("pages", "elements")
    )


def _is_plain(value: object) -> bool:
    return (isinstance(value, list) and bool(value)
            and all(isinstance(one, Mapping) and len(_PLAIN & one.keys()) >= 3 for one in value))  # fmt: skip


def _plainly(questions: Sequence[_Object]) -> _Object:
    return {str(one.get("name")): one.get("value") for one in questions}


def _data_of(record: Any) -> Any:  # noqa: ANN401 - whatever the document holds
    """What stands in a record's envelope; the record itself where it has none."""
    if not isinstance(record, Mapping):
        return record
    inner = next((record[name] for name in _DATA if isinstance(record.get(name), Mapping)), None)
    plain = next((record[name] for name in _DATA if _is_plain(record.get(name))), None)
    return _plainly(plain) if plain is not None else record if inner is None else inner


def _record(record: _Object) -> _Object:
    data = _data_of(record)
    envelope = {} if data is record else {
        key: value for key, value in record.items()
        if key not in _DATA and not isinstance(value, Mapping | list)
    }  # fmt: skip
    answers = dict(_opened(data))
    return {key: value for key, value in envelope.items() if key not in answers} | answers


def _opened(data: _Object, above: str = "") -> Iterator[tuple[str, Any]]:
    """Answers by place: the rows of a matrix behind its name; files by their names alone."""
    for key, value in data.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            yield from _opened(value, f"{above}{key}/")
        elif _are_files(value):
            yield f"{above}{key}", " ".join(str(one["name"]) for one in value)
        elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            yield f"{above}{key}", [dict(_opened(one)) for one in value if isinstance(one, Mapping)]
        else:
            yield f"{above}{key}", value


def _are_files(value: object) -> bool:
    return (isinstance(value, list) and bool(value)
            and all(isinstance(one, Mapping) and one.keys() >= _FILE for one in value))  # fmt: skip


def _columns(headings: tuple[str, ...], own: frozenset[str]) -> Columns:
    """Identity and times stand in the envelope; a bare result may tell them too."""
    ids = positions(headings, tuple(name for name in _IDS if name in own))
    serial = positions(headings, _TIMES)
    outer = {at for at, name in enumerate(headings) if name in own}
    names = {at: tuple(_names(name)) for at, name in enumerate(headings)}
    versions = positions(headings, ("_version", "__version__", *sorted(own & _VERSIONS)))
    return Columns(ids=ids, versions=versions, system=frozenset({*outer, *serial, *versions}),
                   serial=frozenset({*ids, *serial}), names=names)  # fmt: skip


def _names(heading: str) -> Iterator[str]:
    if heading.endswith(_COMMENT):
        yield f"{heading.removesuffix(_COMMENT)}_other"
    elif "/" in heading:
        yield heading.rpartition("/")[2]
