"""SPSS syntax: labels of variables and codes, and which codes are missing.

The limits are those of SPSS: names of 64 bytes, labels of 255 and 120 bytes, three missing values
of at most 8 bytes (IBM SPSS Statistics Command Syntax Reference, MISSING VALUES, VALUE LABELS).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from instruments.errors import Problem
from instruments.forms.exchange.variables import Variable, variables
from instruments.language import say
from instruments.model import Instrument

_NAME, _LABEL, _VALUE_LABEL, _MISSING, _MOST_MISSING, _PIECE = 64, 255, 120, 8, 3, 100
_RESERVED = frozenset(
    ("ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH")
)
_BREAKS = re.compile(r"\s*[\r\n\t\x0b\x0c\x1c-\x1f\x85\u2028\u2029]\s*")


def to_spss(instrument: Instrument, *, language: str | None = None) -> str:
    """Commands for a data set whose variables have these names; run them after reading it."""
    return _Writer.of(instrument, language).syntax()


def spss_losses(instrument: Instrument) -> Iterator[Problem]:
    """What the labels cannot say."""
    writer = _Writer.of(instrument, None)
    for variable in writer.names:
        yield from writer.losses(variable)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    names: Mapping[str, str]
    known: Mapping[str, Variable]
    language: str

    @classmethod
    def of(cls, instrument: Instrument, language: str | None) -> "_Writer":
        known = {variable.path: variable for variable in variables(instrument)}
        wanted = language if language in instrument.languages else instrument.default_language
        return cls(known=known, names=_names(known.values()),
                   language=wanted or instrument.languages[0])  # fmt: skip

    def syntax(self) -> str:
        commands = [f"* {name} = {path}." for path, name in self.names.items() if name != path]
        labelled = [(name, self.text(self.known[path].label)) for path, name in self.names.items()]
        commands += [
            f"VARIABLE LABELS {name}\n  {_quoted(label, _LABEL)}."
            for name, label in labelled
            if label
        ]
        for path, name in self.names.items():
            commands += self.codes(name, self.known[path])
        return "\n".join(["* Encoding: UTF-8.", *commands, ""])

    def codes(self, name: str, variable: Variable) -> Iterator[str]:
        if variable.item.type == "multiple" or not variable.options:
            return
        labels = [
            f"\n  {_value(option.code, variable)} {_quoted(self.text(option.label) or option.code, _VALUE_LABEL)}"
            for option in variable.options
        ]
        yield f"VALUE LABELS {name}{''.join(labels)}."
        missing = [_value(code, variable) for code in _missing(variable)]
        if missing:
            yield f"MISSING VALUES {name} ({', '.join(missing)})."

    def losses(self, path: str) -> Iterator[Problem]:
        variable = self.known[path]
        if variable.item.type == "multiple":
            yield Problem(
                where=path, what=say("Its codes stand in one text; SPSS cannot label them.")
            )
            return
        labels = [(self.text(variable.label), _LABEL)]
        labels += [(self.text(option.label), _VALUE_LABEL) for option in variable.options]
        for label, limit in labels:
            if len(_plain(label).encode()) > limit:
                yield Problem(where=path, what=say("The label '{label}' is cut off after {limit} bytes.",
                                                   label=label, limit=limit))  # fmt: skip
        lost = [option.code for option in variable.options
                if option.missing and option.code not in _missing(variable)]  # fmt: skip
        if lost:
            yield Problem(where=path, what=say("SPSS takes three missing values of at most 8 bytes;"
                                               " not declared: {codes}.", codes=", ".join(lost)))  # fmt: skip

    def text(self, text: Mapping[str, str]) -> str:
        return text.get(self.language) or next(iter(text.values()), "")


def _missing(variable: Variable) -> list[str]:
    found = [option.code for option in variable.options if option.missing]
    return [code for code in found if variable.numeric or len(code.encode()) <= _MISSING][
        :_MOST_MISSING
    ]


def _value(code: str, variable: Variable) -> str:
    return code if variable.numeric else _literal(code)


def _quoted(text: str, limit: int) -> str:
    """A label in pieces that fit on a line, cut at a character."""
    pieces = [""]
    for char in _cut(_plain(text), limit):
        if len((pieces[-1] + char).encode()) > _PIECE:
            pieces.append("")
        pieces[-1] += char
    return " +\n  ".join(map(_literal, pieces))


def _plain(text: str) -> str:
    return _BREAKS.sub(" ", text)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")


def _names(known: Iterable[Variable]) -> dict[str, str]:
    """Names that SPSS takes, different from each other in more than their case."""
    names: dict[str, str] = {}
    taken = set(_RESERVED)
    for variable in known:
        base = re.sub(r"[^A-Za-z0-9_.]", "_", variable.item.id).lstrip("_.").rstrip("_.") or "v"
        base = base if base[0].isalpha() else f"v{base}"
        name, number = base[:_NAME], 1
        while name.upper() in taken:
            number += 1
            name = f"{base[: _NAME - 6]}_{number}"
        taken.add(name.upper())
        names[variable.path] = name
    return names
