"""Long lists a page at a time, by what an address asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

ON_A_PAGE = 50
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages(Generic[_Item]):
    """One page of many items, and the addresses of the others."""

    items: Sequence[_Item]
    number: int
    last: int
    query: Mapping[str, str]
    name: str = "page"
    anchor: str = ""

    def address(self, number: int) -> str:
        """The address of another page of the list, the rest of the page as it is."""
        query = urlencode({**self.query, self.name: number})
        return f"?{query}{self.anchor}"


def page_number(query: QueryParams, count: int, *, name: str = "page") -> tuple[int, int]:
    """The page asked for, within those that there are, and the last one."""
    last = max(-(-count // ON_A_PAGE), 1)
    asked = query.get(name, "")
    number = int(asked) if asked.isdecimal() and len(asked) < 10 else 1
    return min(max(number, 1), last), last


def paged(
    items: Sequence[_Item], query: QueryParams, *, name: str = "page",
    keep: Sequence[str] = (), anchor: str = "",
) -> Pages[_Item]:  # fmt: skip
    """The items of the page that an address asks for; `keep` is what its links carry on."""
    number, last = page_number(query, len(items), name=name)
    shown = items[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    kept = {one: query[one] for one in keep if one in query}
    return Pages(items=shown, number=number, last=last, query=kept, name=name, anchor=anchor)
