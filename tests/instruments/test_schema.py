"""The JSON Schema that editors use: it says what every field is for and accepts what we accept."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from instruments.cli import schema as command
from instruments.library import find
from instruments.schema import KINDS, json_schema

FEATURES = sorted((Path(__file__).parent / "features").glob("*.yaml"))
LIBRARY = find("hanoi_1371").parent
SHIPPED = [path for path in sorted(LIBRARY.parent.rglob("*.yaml"))
           if "\nkind: " in path.read_text(encoding="utf-8")]  # fmt: skip


class Plain(yaml.SafeLoader):
    """YAML as editors read it: dates are texts."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith("timestamp")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def document(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Plain)


TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
         "integer": int, "number": int | float}  # fmt: skip


def faults(value: Any, schema: Any, root: Any, at: str = "$") -> Iterator[str]:
    """What does not fit, by the keywords of JSON Schema that ours uses."""
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices and all(list(faults(value, one, root, at)) for one in choices):
        yield f"{at} is none of the alternatives"
    if "type" in schema and not is_a(value, schema["type"]):
        yield f"{at} is no {schema['type']}"
        return
    if value not in schema.get("enum", [schema.get("const", value)]):
        yield f"{at} is not one of the values"
    yield from _inside(value, schema, root, at)


def _inside(value: Any, schema: Any, root: Any, at: str) -> Iterator[str]:
    if isinstance(value, str):
        yield from _of_text(value, schema, at)
    elif isinstance(value, dict):
        yield from _of_object(value, schema, root, at)
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from faults(one, schema.get("items", {}), root, f"{at}[{position}]")
    elif is_a(value, "number") and not _in_range(value, schema):
        yield f"{at} is out of range"


def is_a(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _in_range(value: float, schema: Any) -> bool:
    return schema.get("minimum", value) <= value <= schema.get("maximum", value)


def _of_text(value: str, schema: Any, at: str) -> Iterator[str]:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6):
        yield f"{at} has a wrong length"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at} does not match"


def _of_object(value: dict[str, Any], schema: Any, root: Any, at: str) -> Iterator[str]:
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}.{name} is missing"
    for name, one in value.items():
        yield from faults(name, schema.get("propertyNames", {}), root, f"{at}.{name}")
        rules = [known[name]] if name in known else [
            rule for pattern, rule in patterns.items() if re.search(pattern, name)]  # fmt: skip
        other = schema.get("additionalProperties", {})
        if not rules and other is False:
            yield f"{at}.{name} is unknown"
        for rule in rules or ([other] if isinstance(other, dict) else []):
            yield from faults(one, rule, root, f"{at}.{name}")


def schema_of(definition: Any) -> Any:
    return json_schema(definition.get("kind", "instrument"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_and_field_is_explained(kind: str) -> None:
    schema = json_schema(kind)
    parts = {**schema.get("$defs", {}), kind: schema}
    silent = [
        f"{name}.{field}"
        for name, part in parts.items()
        for field, about in part.get("properties", {}).items()
        if not about.get("description")
    ]
    assert silent == []
    assert [name for name, part in parts.items() if not part.get("description")] == []


@pytest.mark.parametrize("path", [*FEATURES, *SHIPPED], ids=lambda path: path.stem)
def test_every_definition_that_we_ship_or_test_fits_the_schema(path: Path) -> None:
    definition = document(path)
    assert list(faults(definition, schema_of(definition), schema_of(definition))) == []


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("items", 0, "type"), "singel"),
        (("items", 0, "options", 0, "code"), "a b"),
        (("items", 0, "options", 0, "code"), 1),
        (("items", 0, "colour"), "red"),
        (("items", 0, "key"), {"a": 2}),
        (("items", 0, "rotate"), "random"),
        (("version",), 1),
        (("languages",), "vi"),
        (("items", 0), {"use": "bank.yaml"}),
        (("items", 0), {"use": "bank.yaml#k1", "label": {"vi": "X"}}),
        (("include",), ["../x.yaml"]),
    ],
)
def test_a_mistake_in_a_field_is_seen_by_the_schema(way: tuple[str | int, ...], value: Any) -> None:
    definition = copy.deepcopy(document(FEATURES[0].with_name("single.yaml")))
    part = definition
    for step in way[:-1]:
        part = part[step]
    part[way[-1]] = value
    assert list(faults(definition, json_schema("instrument"), json_schema("instrument"))) != []


def test_the_command_prints_the_schema() -> None:
    for kind in KINDS:
        result = CliRunner().invoke(command, [kind])
        assert json.loads(result.stdout) == json.loads(json.dumps(json_schema(kind)))
