"""Settings written as YAML that people can read and edit."""

from collections.abc import Iterable
from typing import Any

import yaml

_SHORT = 70
"""Characters of values that still stand in one line."""


def to_yaml(document: Any) -> str:  # noqa: ANN401 - plain data
    """Plain data as YAML: keys in their order, no aliases, codes in quotation marks."""
    return yaml.dump(document, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=100)


class _Plain(yaml.SafeDumper):
    """Writes equal parts twice: definitions allow no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Never refer to a part by its anchor."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Codes such as 008 in quotes, so that no reader of YAML takes them for numbers."""
    quotes = '"' if text[:1].isdigit() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=quotes)


def _mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.MappingNode:
    in_line = _fits_a_line(data.values()) and _fits_a_line(data)
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=in_line)


def _sequence(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=_fits_a_line(data))


def _fits_a_line(values: Iterable[Any]) -> bool:
    texts = [None if isinstance(one, dict | list) else str(one) for one in values]
    return None not in texts and sum(len(one or "") for one in texts) < _SHORT


_Plain.add_representer(str, _text)
_Plain.add_representer(dict, _mapping)
_Plain.add_representer(list, _sequence)
