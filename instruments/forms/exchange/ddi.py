"""DDI-Codebook 2.5: what the variables of the answers mean, for archives.

Elements stand in the order of the schema (DDI Alliance 2012, codebook.xsd).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from instruments.expression.parse import parse
from instruments.expression.sentence import Wording, condition
from instruments.forms.exchange.variables import Variable, variables
from instruments.forms.xform.xml import Element, document
from instruments.language import LANGUAGES, Language, Text, in_language
from instruments.model import Block, Instrument, Option

_ROOT = {
    "xmlns": "ddi:codebook:2_5",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": "ddi:codebook:2_5"
    " http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd",
    "version": "2.5",
}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*")
_NOT_ASKED = frozenset(("calculated", "hidden", "start", "end", "today", "metadata"))


def to_ddi(instrument: Instrument) -> str:
    """The codebook of the answers; it holds no scoring."""
    known = list(variables(instrument))
    writer = _Writer(
        known={variable.item.id: variable for variable in known},
        numbers={variable.path: f"V{number}" for number, variable in enumerate(known, start=1)},
    )
    data = [*writer.groups(instrument.items, ""), *map(writer.variable, known)]
    study = Element("stdyDscr", inside=[_citation(instrument)])
    return document(Element("codeBook", _ROOT, [study, Element("dataDscr", inside=data)]))


def _citation(instrument: Instrument) -> Element:
    first, *others = _texts("titl", instrument.title)
    parallel = [Element("parTitl", one.attributes, one.inside) for one in others]
    number = Element("IDNo", inside=[instrument.id])
    version = Element("verStmt", inside=[Element("version", inside=[instrument.version])])
    return Element(
        "citation", inside=[Element("titlStmt", inside=[first, *parallel, number]), version]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    known: Mapping[str, Variable]
    numbers: Mapping[str, str]

    def groups(self, parts: Sequence[object], above: str) -> Iterator[Element]:
        """The blocks, each with all variables inside it."""
        for part in parts:
            if not isinstance(part, Block):
                continue
            path = f"{above}{part.id}/"
            inside = [number for name, number in self.numbers.items() if name.startswith(path)]
            if inside:
                facts = {"ID": f"G_{path[:-1].replace('/', '__')}", "type": _kind(part), "var": " ".join(inside),
                         "name": path[:-1]}  # fmt: skip
                yield Element("varGrp", facts, list(_texts("labl", part.label)))
            yield from self.groups(part.items, path)

    def variable(self, variable: Variable) -> Element:
        interval = "contin" if variable.numeric and not variable.options else "discrete"
        facts = {"ID": self.numbers[variable.path], "name": variable.path, "intrvl": interval}
        return Element("var", facts, list(self.told(variable)))

    def told(self, variable: Variable) -> Iterator[Element]:
        yield from _texts("labl", variable.label)
        if variable.item.type not in _NOT_ASKED and variable.label:
            yield from _question(variable)
        yield from self.universe(variable)
        yield from (_category(option) for option in variable.options)
        if variable.item.calculation is not None:
            command = Element("drvcmd", inside=[variable.item.calculation])
            yield Element("derivation", inside=[command])
        yield Element("varFormat", {"type": "numeric" if variable.numeric else "character"})

    def universe(self, variable: Variable) -> Iterator[Element]:
        """Who is asked: the conditions of the blocks and of the item, in both our languages."""
        written = [*(block.show_if for block in variable.blocks), variable.item.show_if]
        conditions = [parse(text) for text in written if text is not None]
        if not conditions:
            return
        for language in LANGUAGES:
            wording = Wording(language=language, question=str, option=self.option(language))
            told = "; ".join(condition(one, wording) for one in conditions)
            yield Element("universe", {"xml:lang": language}, [told])

    def option(self, language: Language) -> Callable[[str, str], str]:
        def label(name: str, code: str) -> str:
            options = self.known[name].options if name in self.known else ()
            labels = (in_language(one.label, language) for one in options if one.code == code)
            return next(labels, "") or code

        return label


def _kind(block: Block) -> str:
    if block.repeat:
        return "repetition"
    return "grid" if block.grid else "section"


def _question(variable: Variable) -> Iterator[Element]:
    """The wording, one for each language, as ``qstn`` may stand once for each."""
    for language, words in variable.label.items():
        inside = [Element("qstnLit", inside=[words])]
        hint, instruction = (
            text.get(language) for text in (variable.item.hint, variable.item.instruction)
        )
        if hint:
            inside.append(Element("postQTxt", inside=[hint]))
        if instruction:
            inside.append(Element("ivuInstr", inside=[instruction]))
        yield Element("qstn", _language(language), inside)


def _category(option: Option) -> Element:
    facts = {"missing": "Y", "missType": option.missing} if option.missing else {}
    inside = [Element("catValu", inside=[option.code]), *_texts("labl", option.label)]
    return Element("catgry", facts, inside)


def _texts(tag: str, text: Text) -> Iterator[Element]:
    for language, words in text.items():
        yield Element(tag, _language(language), [words])


def _language(code: str) -> dict[str, str]:
    return {"xml:lang": code} if _TAG.fullmatch(code) and code != "default" else {}
