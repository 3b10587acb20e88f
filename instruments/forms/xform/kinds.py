"""What each type of question is in an XForm: its control, and the facts of its bind."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Control element with its attributes, none for what is not shown; attributes of the bind."""

    control: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    bind: Mapping[str, str] = field(default_factory=dict)
    hint: str | None = None


def _input(kind: str, **bind: str) -> Kind:
    return Kind(control="input", bind={"type": kind, **bind})


def _upload(mediatype: str) -> Kind:
    return Kind(control="upload", attributes={"mediatype": mediatype}, bind={"type": "binary"})


def _preload(preload: str, what: str, kind: str) -> Kind:
    return Kind(bind={"type": kind, "jr:preload": preload, "jr:preloadParams": what})


def _property(name: str) -> Kind:
    return _preload("property", name, "string")


def _days(most: int) -> Kind:
    return Kind(control="input", hint=f"Enter a number 0-{most}.",
                bind={"type": "int", "constraint": f"0 <= . and . <= {most}"})  # fmt: skip


KINDS: Mapping[str, Kind] = {
    "text": _input("string"),
    "integer": _input("int"),
    "decimal": _input("decimal"),
    "date": _input("date"),
    "time": _input("time"),
    "datetime": _input("dateTime"),
    "note": _input("string", readonly="true()"),
    "calculate": Kind(bind={"type": "string"}),
    "hidden": Kind(bind={"type": "string"}),
    "geopoint": _input("geopoint"),
    "geotrace": _input("geotrace"),
    "geoshape": _input("geoshape"),
    "barcode": _input("barcode"),
    "acknowledge": Kind(control="trigger", bind={"type": "string"}),
    "trigger": Kind(control="trigger"),
    "select_one": Kind(control="select1", bind={"type": "string"}),
    "select_multiple": Kind(control="select", bind={"type": "string"}),
    "rank": Kind(control="odk:rank", bind={"type": "odk:rank"}),
    "range": Kind(control="range", bind={"type": "int"}),
    "image": _upload("image/*"),
    "audio": _upload("audio/*"),
    "video": _upload("video/*"),
    "file": _upload("application/*"),
    "percentage": _input("int", constraint="0 <= . and . <= 100"),
    **{f"number of days in last {time}": _days(most) for time, most in
       {"month": 31, "six months": 183, "year": 365}.items()},
    "phone number": Kind(control="input", hint="Enter numbers only.",
                         bind={"type": "string", "constraint": r"regex(., '^\d*$')"}),
    "start": _preload("timestamp", "start", "dateTime"),
    "end": _preload("timestamp", "end", "dateTime"),
    "today": _preload("date", "today", "date"),
    "deviceid": _property("deviceid"),
    "phonenumber": _property("phonenumber"),
    "username": _property("username"),
    "email": _property("email"),
    "simserial": _property("simserial"),
    "subscriberid": _property("subscriberid"),
    **{f"uri:{name}": _property(f"uri:{name}") for name in
       ("deviceid", "phonenumber", "simserial", "subscriberid", "username", "email")},
    "osm": _upload("osm/*"),
    "select_one_external": _input("string"),
    "audit": Kind(bind={"type": "binary"}),
    "start-geopoint": Kind(bind={"type": "geopoint"}),
    "background-audio": Kind(bind={"type": "binary"}),
    "background-geopoint": Kind(control="trigger", bind={"type": "geopoint"}),
}  # fmt: skip
