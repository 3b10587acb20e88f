"""An Office file with some of its parts replaced and all others as they were."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZipFile, ZipInfo


def rewritten(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The archive anew: members keep their order, age and packing; same parts, same bytes."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as given, ZipFile(stream, "w") as made:
        for one in given.infolist():
            member = ZipInfo(one.filename, date_time=one.date_time)
            member.compress_type, member.external_attr = one.compress_type, one.external_attr
            made.writestr(member, parts.get(one.filename) or given.read(one.filename))
    return stream.getvalue()
