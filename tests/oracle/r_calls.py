"""R calls of the reference results, read into the parts that a SPEC needs."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """One call: its function, unnamed arguments and named ones, all as text."""

    function: str
    args: tuple[str, ...]
    named: dict[str, str] = field(default_factory=dict)

    def number(self, name: str, default: float) -> float:
        return float(self.named.get(name, default))


def parse_call(text: str) -> Call:
    """Split `f(a, b = c)` at its own commas."""
    function, _, rest = text.strip().partition("(")
    args, named = [], {}
    for part in split(rest.strip()[:-1]):
        name, sign, value = part.partition("=")
        if sign and re.fullmatch(r"\s*[\w.]+\s*", name) and not value.startswith("="):
            named[name.strip()] = value.strip()
        else:
            args.append(part.strip())
    return Call(function.strip(), tuple(args), named)


def split(text: str, at: str = ",") -> list[str]:
    """Split at a sign outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == at and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def variables(formula: str) -> list[str]:
    """Summands of a one-sided formula."""
    return [part.strip() for part in split(formula.strip().lstrip("~"), "+")]


def numbers(vector: str) -> list[float]:
    """The entries of `c(1, 2)` or of a single number."""
    inner = re.sub(r"^c\((.*)\)$", r"\1", vector.strip())
    return [float(part.partition("=")[2] or part) for part in split(inner)]


def unquote(text: str) -> str:
    return text.strip().strip("\"'")


def sample_of(text: str) -> tuple[str, str | None]:
    """The design and the condition of `subset(design, condition)`."""
    if text.startswith("subset("):
        design, condition = split(text[len("subset(") : -1])
        return design.strip(), condition.strip()
    return text, None
