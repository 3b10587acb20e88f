"""A Word form: marks such as ``{{a}}`` in its text give way to figures, in the type of the mark."""

from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from lxml import etree

from instruments.faults import did_you_mean
from instruments.language import say
from reports.filling.archive import rewritten
from reports.filling.figures import Figure, Lost

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


class Letter:
    """A form as it was given."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        with ZipFile(BytesIO(data)) as archive:
            self._tree = etree.fromstring(archive.read(_BODY), _PARSER)
        self._texts = ["".join(each.text or "" for each in own) for own in self._pieces()]

    def find(self, at: str) -> str:
        """The mark, which stands exactly once.

        Raises:
            Lost: It stands nowhere in the text, or more than once.
        """
        if not (at.startswith("{{") and at.endswith("}}")):
            raise Lost(
                say("'{at}' is no mark of a letter.", at=at), say("Write it in double braces.")
            )
        count = sum(text.count(at) for text in self._texts)
        if count != 1:
            raise Lost(say("The mark {at} stands {count} times in the form.", at=at, count=count),
                       did_you_mean(at, self._marks()) if not count else None)  # fmt: skip
        return at

    def fill(self, figures: Mapping[str, Figure]) -> bytes:
        """The form with its figures; the same figures give the same bytes."""
        for pieces in self._pieces():
            for mark, figure in figures.items():
                _replace(pieces, mark, figure.text)
        data = etree.tostring(self._tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        return rewritten(self._data, {_BODY: data})

    def _pieces(self) -> list[list[Any]]:
        """By paragraph, the pieces of its text: Word parts it wherever somebody once edited."""
        return [list(one.iter(f"{_WORD}t")) for one in self._tree.iter(f"{_WORD}p")]

    def _marks(self) -> list[str]:
        words = (part.partition("}}")[0] for text in self._texts for part in text.split("{{")[1:])
        return list(Counter("{{" + word + "}}" for word in words))


def _replace(pieces: list[Any], mark: str, text: str) -> None:
    """Put a text where a mark begins, and take the rest of the mark out of the pieces after it."""
    whole = "".join(one.text or "" for one in pieces)
    begin = whole.find(mark)
    if begin < 0:
        return
    end, at = begin + len(mark), 0
    for one in pieces:
        own = one.text or ""
        first, last = max(begin - at, 0), min(end - at, len(own))
        if first < last:
            here = text if at <= begin < at + len(own) else ""
            one.text = own[:first] + here + own[last:]
        at += len(own)
