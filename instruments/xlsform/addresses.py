"""Parts of a definition by address: form paths of items and blocks, and of options in their lists."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

Plain = dict[str, Any]
LISTS = "choices/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A definition as plain data, and its items and blocks by form path."""

    data: Plain
    parts: dict[str, Plain]

    @classmethod
    def of(cls, data: Plain) -> Self:
        """Index a definition."""
        return cls(data=data, parts=dict(_parts(data.get("items", []), "")))

    @property
    def lists(self) -> dict[str, list[Plain]]:
        """The choice lists by name."""
        found: dict[str, list[Plain]] = self.data.setdefault("choice_lists", {})
        return found

    def options(self) -> Iterator[tuple[str, Plain]]:
        """Options with their addresses, those of an item under its path."""
        for name, options in self.lists.items():
            yield from _numbered(f"{LISTS}{name}", options)
        for path, part in self.parts.items():
            yield from _numbered(path, part.get("options", []))

    def find(self, address: str) -> Plain | None:
        """The part or option at an address, the definition itself at none."""
        if not address:
            return self.data
        if address in self.parts:
            return self.parts[address]
        above = address.rpartition("/")[0]
        listed = self.lists.get(above.removeprefix(LISTS), [])
        options = self.parts[above].get("options", []) if above in self.parts else listed
        return dict(_numbered(above, options)).get(address)

    def remove(self, address: str) -> None:
        """Take a part out."""
        part = self.parts.pop(address)
        above = self.parts.get(address.rpartition("/")[0], self.data)
        above["items"] = [one for one in above["items"] if one is not part]


def _numbered(place: str, options: list[Plain]) -> Iterator[tuple[str, Plain]]:
    """Addresses of the options of a list; codes that come again are counted."""
    seen: Counter[str] = Counter()
    for option in options:
        code = str(option["code"])
        seen[code] += 1
        yield f"{place}/{code}" + (f"#{seen[code]}" if seen[code] > 1 else ""), option


def _parts(items: list[Plain], above: str) -> Iterator[tuple[str, Plain]]:
    for part in items:
        path = f"{above}{part['id']}"
        yield path, part
        yield from _parts(part.get("items", []), f"{path}/")
