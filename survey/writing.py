"""Numbers, dates and times as people and spreadsheets write them, made canonical.

What is written in a way that can mean two things is left as it is: its question's reader refuses
it then, and a person decides.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?")
_DATE = r"(?:(?P<y1>[0-9]{4})[-/.](?P<m1>[0-9]{1,2})[-/.](?P<d1>[0-9]{1,2})|(?P<a>[0-9]{1,2})[-/.](?P<b>[0-9]{1,2})[-/.](?P<y2>[0-9]{4}))"
_CLOCK = (r"(?P<h>[0-9]{1,2})(?::|h|g|\s*giờ\s*)(?P<min>[0-9]{2})(?::(?P<s>[0-9]{2})(?P<f>\.[0-9]+)?)?"
          r"\s*(?P<half>SA|CH|AM|PM|sáng|chiều|tối)?")  # fmt: skip
_ZONE = r"(?P<zone>Z|(?:GMT|UTC)?[+-][0-9]{1,2}(?::?[0-9]{2})?)?"
_MOMENT = re.compile(rf"{_DATE}(?:[T ,]+{_CLOCK}\s*{_ZONE})?", re.IGNORECASE)
_CLOCK_FIRST = re.compile(rf"{_CLOCK}\s+{_DATE}", re.IGNORECASE)
_TIME = re.compile(rf"(?:1899-12-3[01]T)?{_CLOCK}", re.IGNORECASE)
_SERIAL = re.compile(r"[0-9]{5}(\.[0-9]+)?")
_FRACTION = re.compile(r"0?\.[0-9]+")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}\b")
_AFTERNOON = ("ch", "pm", "chiều", "tối")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_POINT = re.compile(r"[+-]?[0-9]+\.[0-9]+")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+")
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0+")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.000")
"""Of a whole number either, or three decimals."""
_GROUPS = {
    sign: re.compile(rf"[+-]?[0-9]{{1,3}}({re.escape(sign)}[0-9]{{3}})+") for sign in ".,\u00a0 "
}
_FEWEST_GROUPED = 3
_IN_WORDS = re.compile(
    r"(?:ngày\s+)?([0-9]{1,2})\s+tháng\s+([0-9]{1,2})(?:,|\s+năm)?\s+([0-9]{4})", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    rf"([0-9]{{1,2}})[-\s]?({'|'.join(_MONTHS)})[a-z]*\.?[-,\s]*([0-9]{{4}})", re.IGNORECASE
)
_NAMED_FIRST = re.compile(
    rf"({'|'.join(_MONTHS)})[a-z]*\.?\s+([0-9]{{1,2}}),?\s+([0-9]{{4}})", re.IGNORECASE
)
_EPOCH = datetime(1899, 12, 30)


def months_first(cells: Iterable[str]) -> bool | None:
    """Whether dates with slashes have the month first; None where no number is above 12."""
    pairs = [(int(found[1]), int(found[2])) for cell in cells
             if (found := _SLASHED.match(cell.strip()))]  # fmt: skip
    if any(first > 12 for first, _ in pairs):
        return False
    return True if any(second > 12 for _, second in pairs) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How one column writes what may be written in two ways."""

    month_first: bool = False
    comma: bool = False
    """Whether a comma stands before the decimals."""
    between: str = ""
    """What stands between thousands, where all of the column's numbers are written so."""

    @classmethod
    def of(cls, cells: Iterable[str], *, month_first: bool = False) -> Self:
        """What the cells of a column show; where they show neither order, `month_first`."""
        texts = [cell.strip() for cell in cells]
        shown = months_first(texts)
        return cls(
            month_first=month_first if shown is None else shown,
            comma=any(map(_COMMA.fullmatch, texts)) and not any(map(_POINT.fullmatch, texts)),
            between=next((sign for sign in _GROUPS if _is_grouped(texts, sign)), ""),
        )

    def writer(self, kind: str) -> Callable[[str], str]:
        """How the cells of a question of this type are made canonical."""
        return {
            "integer": self.integer, "decimal": self.decimal, "date": self.date,
            "today": self.date, "datetime": self.datetime, "start": self.datetime,
            "end": self.datetime, "time": self.time,
        }.get(kind, str)  # fmt: skip

    def integer(self, text: str) -> str:
        """A whole number without the decimals that a spreadsheet adds."""
        bare = self._ungrouped(text.strip())
        found = None if _THOUSANDS.fullmatch(bare) else _WHOLE.fullmatch(bare)
        return found[1] if found else bare if self.between else text

    def decimal(self, text: str) -> str:
        """A number with a decimal point."""
        bare = self._ungrouped(text.strip())
        if self.between:
            return bare
        if self.comma and _GROUPED.fullmatch(bare):
            return bare.replace(".", "").replace(",", ".")
        return bare.replace(",", ".") if self.comma and _COMMA.fullmatch(bare) else text

    def date(self, text: str) -> str:
        """A date by ISO 8601."""
        found = self._moment(text)
        return text if found is None else found[:10]

    def datetime(self, text: str) -> str:
        """A date and time by ISO 8601, with its zone where it tells one."""
        found = self._moment(text)
        return text if found is None else found

    def time(self, text: str) -> str:
        """A time of day, 08:30:00."""
        bare = text.strip()
        if _FRACTION.fullmatch(bare):
            return (_EPOCH + timedelta(seconds=round(float(bare) * 86400))).time().isoformat()
        found = _TIME.fullmatch(bare)
        return text if found is None else _clock(found)

    def _ungrouped(self, bare: str) -> str:
        is_so = self.between and _GROUPS[self.between].fullmatch(bare)
        return bare.replace(self.between, "") if is_so else bare

    def _moment(self, text: str) -> str | None:
        bare = _spelled(text.strip())
        if bare != text.strip() and _ISO.fullmatch(bare):
            return bare
        if _ISO.fullmatch(bare):
            return None
        if _SERIAL.fullmatch(bare):
            return (_EPOCH + timedelta(seconds=round(float(bare) * 86400))).isoformat()
        found = _MOMENT.fullmatch(bare) or _CLOCK_FIRST.fullmatch(bare)
        day = None if found is None else self._day(found)
        if found is None or day is None:
            return None
        return day if found["h"] is None else f"{day}T{_clock(found)}{_zone(found)}"

    def _day(self, found: re.Match[str]) -> str | None:
        if found["y1"]:
            parts = int(found["y1"]), int(found["m1"]), int(found["d1"])
        else:
            first, second = int(found["a"]), int(found["b"])
            day, month = (second, first) if self.month_first else (first, second)
            parts = int(found["y2"]), month, day
        try:
            return date(*parts).isoformat()
        except ValueError:
            return None


def _is_grouped(texts: Iterable[str], sign: str) -> bool:
    """Whether every number of a thousand and more has `sign` between its thousands, beyond doubt."""
    numbers = [text for text in texts if any(map(str.isdigit, text))]
    grouped = [text for text in numbers if _GROUPS[sign].fullmatch(text)]
    twice = any(text.count(sign) > 1 for text in grouped)
    small = all(text in grouped or (len(text.lstrip("+-")) <= 3 and text.lstrip("+-").isdecimal())
                for text in numbers)  # fmt: skip
    return twice and small and len(grouped) >= _FEWEST_GROUPED


def _spelled(text: str) -> str:
    """A date whose month is a word or is called one, by ISO 8601; a time behind it stays."""
    found = _IN_WORDS.match(text)
    parts = found and (found[3], int(found[2]), int(found[1]))
    if not parts and (found := _NAMED.match(text)):
        parts = found[3], _MONTHS.index(found[2].lower()) + 1, int(found[1])
    if not parts and (found := _NAMED_FIRST.match(text)):
        parts = found[3], _MONTHS.index(found[1].lower()) + 1, int(found[2])
    if not found or not parts:
        return text
    return f"{parts[0]}-{parts[1]:02}-{parts[2]:02}{text[found.end() :]}"


def _clock(found: re.Match[str]) -> str:
    hour, half = int(found["h"]), (found["half"] or "").lower()
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in ("sa", "am", "sáng") and hour == 12:
        hour = 0
    return f"{hour:02}:{found['min']}:{found['s'] or '00'}{found['f'] or ''}"


def _zone(found: re.Match[str]) -> str:
    text = (found["zone"] or "").upper().removeprefix("GMT").removeprefix("UTC")
    if not text or text == "Z":
        return "+00:00" if text else ""
    digits = text[1:].replace(":", "")
    hours, minutes = (digits, "00") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    return f"{text[0]}{int(hours):02}:{minutes}"
