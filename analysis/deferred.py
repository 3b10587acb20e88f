"""Values that cost something and are often not asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Deferred(Generic[T]):
    """A value that is worked out when it is first asked for, and kept."""

    make: Callable[[], T]
    _made: list[T] = field(default_factory=list)

    def __call__(self) -> T:
        """The value."""
        if not self._made:
            self._made.append(self.make())
        return self._made[0]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled is the value, not what it would be made of."""
        return known, (self(),)


def known(value: T) -> Deferred[T]:
    """A value that is there already."""
    return Deferred(lambda: value, [value])
