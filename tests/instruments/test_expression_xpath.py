"""References become paths; nothing else of an expression changes."""

from random import Random

import pytest

from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.expression.xpath import Mention, mentions, rewrite
from instruments.forms.xform.write import to_xform
from instruments.model import Block, Instrument, Item
from tests.instruments.meaning import meaning
from tests.instruments.vectors import Maker


def told(mention: Mention) -> str:
    marks = [name for name in ("last_saved", "absolute", "foreign") if getattr(mention, name)]
    return "/".join(["", *marks, mention.id])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${a}-1 > ${b}", " /a -1 >  /b "),
        ("'${a}' = ${ a }", "' /a ' =  /a "),
        ("${last-saved#a} + 1", " /last_saved/a  + 1"),
        ("indexed-repeat(${a}, ${r}, ${n}) + ${b}",
         "indexed-repeat( /absolute/a ,  /absolute/r ,  /n ) +  /b "),
        ("indexed-repeat(${a}, ${r}, position(..), ${s}, ${i}, ${t}, 2)",
         "indexed-repeat( /absolute/a ,  /absolute/r , position(..),  /absolute/s ,  /i ,  /absolute/t , 2)"),
        ("if(${x} = ',', indexed-repeat(${a}, ${r}, if(${n} > 1, 2, 1)), ${b})",
         "if( /x  = ',', indexed-repeat( /absolute/a ,  /absolute/r , if( /n  > 1, 2, 1)),  /b )"),
        ("instance('l')/root/item[name = ${a}]/label = ${b}",
         "instance('l')/root/item[name =  /foreign/a ]/label =  /b "),
        ("$a + {b} ${}", "$a + {b} ${}"),
    ],
)  # fmt: skip
def test_each_reference_is_replaced_by_what_its_place_asks_for(text: str, expected: str) -> None:
    assert rewrite(text, told) == expected


def test_rewriting_to_the_same_references_keeps_the_meaning_of_drawn_expressions() -> None:
    maker = Maker(Random(5))
    for text in [maker.expression() for _ in range(500)]:
        again = rewrite(text, lambda mention: f"${{{mention.id}}}")
        assert mentions(text) == ("${" in text)
        assert parse(again.replace("' ${code} '", "'${code}'")) == parse(text)


def test_a_reference_inside_a_roster_means_its_own_entry() -> None:
    def text(name: str, **fields: object) -> Item:
        return Item.model_validate({"id": name, "type": "text", "label": {"vi": "?"}, **fields})

    inner = Block(id="g", items=(text("d", show_if="${c} != '' and ${top} != ''"),))
    roster = Block(id="r", repeat=True, items=(text("c", show_if="${other} = 'x'"), inner))
    away = Block(id="s", repeat=True, items=(text("other"), text("e", show_if="${d} = ''")))
    made = Instrument(
        id="i", version="1", title={"vi": "x"}, languages=("vi",), items=(text("top"), away, roster)
    )
    binds = meaning(to_xform(made))["binds"]
    assert binds["/data/r/g/d"]["relevant"] == "../../c!='' and/data/top!=''"
    assert binds["/data/r/c"]["relevant"] == "/data/s/other='x'"
    assert binds["/data/s/e"]["relevant"] == "/data/r/g/d=''"


def test_an_unknown_reference_is_refused_with_its_place() -> None:
    item = Item(id="a", type="text", label={"vi": "?"}, show_if="${toi} = '1'")
    made = Instrument(id="i", version="1", title={"vi": "x"}, languages=("vi",),
                      items=(Item(id="tuoi", type="integer"), item))  # fmt: skip
    with pytest.raises(DefinitionError) as refused:
        to_xform(made)
    assert refused.value.text() == "/data/a: There is no item 'toi'. Did you mean 'tuoi'?"
